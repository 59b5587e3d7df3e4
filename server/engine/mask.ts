/**
 * Secrets leave a file neither in a code frame nor in a report. Every mask keeps the length of the text, so that columns
 * stay right, and shows the last 4 characters of a value of 16 or more, none of a shorter one. For display only: what a
 * secret is decides a rule; here a name or a place makes a value suspect, and its own look decides.
 */
import type { Span } from "../base/text.ts";
import { isPassword, isPlaceholder, isRandom, isWords } from "../rule/secret-value.ts";

const STRING = /(["'`])((?:\\.|(?!\1)[^\\])*)\1?/gs;

/** Values that give themselves away by their prefix. Every repetition is bounded: the time stays linear. */
const KNOWN =
  /\b(?:(?:sk|pk|rk|whsec)[-_](?:live|test|proj|ant|or)?[-_]?[\w-]{12,300}|gh[oprsu]_\w{20,300}|github_pat_\w{20,300}|glpat-[\w-]{16,100}|xox[abeoprs]-[\w-]{10,300}|xapp-[\w-]{10,300}|hooks\.slack\.com\/services\/[\w/]{20,100}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,60}|npm_\w{30,60}|pypi-[\w-]{30,300}|hf_\w{20,60}|sb_secret_[\w-]{20,100}|SG\.[\w-]{16,60}\.[\w-]{16,60}|eyJ[\w-]{8,400}\.[\w-]{8,4000}\.[\w-]{0,1000})/g;

/** Prefixes that names have too. */
const LOOSE = /^(?:[spr]k|whsec|npm|hf)[-_]/;

/** `user:password@` in a URL. */
const CREDENTIALS = /(:\/\/[^\s:/@"'`]{0,200}:)([^\s/@"'`]{3,200})(?=@)/g;

/** What an HTTP header carries. */
const BEARER = /\b((?:Bearer|Basic|Token)\s{1,3})([\w.~+/=-]{12,2000})/gi;

const SECRET_WORD =
  "secret|passw(?:or)?d|passphrase|pwd|token|(?:api|access|account|private|signing|encryption|shared)_?-?(?:access_?-?)?key|credentials?";

/** A quoted value given to a name that speaks of a secret. */
const NAMED = new RegExp(
  `((?:${SECRET_WORD})\\w{0,40}["'\\]]?\\s{0,9}(?::\\s{0,9}[\\w.[\\]| ]{1,60})?\\s{0,9}(=|:|,)\\s{0,9}[rbuf]{0,2}(["'\`]))((?:\\\\.|(?!\\3)[^\\\\]){1,5000})`,
  "gi",
);

/** `Password=value;` in a connection string or a query. */
const PAIR = new RegExp(`((?:${SECRET_WORD})\\w{0,40}=)([^\\s;&"'\`]{3,2000})`, "gi");

const PASSWORD_NAME = /(?:passw(?:or)?d|passphrase|pwd)["'\]]?\s*(?::[\w.[\]| ]+)?\s*[=:]/i;

/** A variable of a file of them: `KEY=value`, without quotes. */
const VARIABLE =
  /^(\s*(?:export\s+)?(?:[A-Z][A-Z0-9_]*=|[A-Za-z_][\w.-]*\s*=\s*(?=[^\s()[\]{};,]+(?:\s+#.*)?$)))([^\s"'`#]\S*)/;

/** A line of a PEM block. */
const KEY_BODY = /^[\s"'`]*([A-Za-z0-9+/]{40,}={0,2})(?:\\n)?["'`,;+\s\\]*$/;

/** What stands in place of a value, as long as it; `shown` of its last characters may stay, if not as many as usual. */
type Hide = (value: string, shown?: number) => string;

/** Hides what is a secret by its form, whatever stands around it. */
export function maskKnown(text: string): string {
  return hideKnown(text, hide);
}

/** For code that is only looked at: hides also what the names around it make suspect. */
export function maskSecrets(line: string): string {
  return hideSecrets(line, hide);
}

function hideKnown(text: string, hide: Hide): string {
  return text
    .replace(KNOWN, (value) => (LOOSE.test(value) && isWords(value) ? value : hide(value)))
    .replace(CREDENTIALS, (all, before: string, value: string) =>
      isPlaceholder(value) ? all : before + hide(value),
    );
}

function hideSecrets(line: string, hide: Hide): string {
  const out = hideKnown(line, hide)
    .replace(NAMED, (all, before: string, sign: string, _quote, value: string) =>
      isSuspect(before, value, sign === ",") ? before + hide(value) : all,
    )
    .replace(VARIABLE, (all, before: string, value: string) =>
      isSuspect(before, value, false) ? before + hide(value) : all,
    )
    .replace(STRING, (literal) =>
      literal
        .replace(BEARER, (all, before: string, value: string) =>
          isRandom(value) ? before + hide(value) : all,
        )
        .replace(PAIR, (all, before: string, value: string) =>
          isSuspect(before, value, false) ? before + hide(value) : all,
        ),
    );
  const body = KEY_BODY.exec(out)?.[1];
  return body !== undefined && !isWords(body) ? out.replace(body, hide(body, 0)) : out;
}

/** People choose passwords, machines choose the rest. What only follows a name after a comma has to be random. */
function isSuspect(before: string, value: string, isNext: boolean): boolean {
  return !isNext && PASSWORD_NAME.test(before) ? isPassword(value) : isRandom(value);
}

/** Hides every string literal of a line that a finding about secrets points to. */
export function maskStrings(line: string): string {
  return maskSecrets(
    line.replace(
      STRING,
      (all, quote: string, value: string) => quote + hide(value) + all.slice(1 + value.length),
    ),
  );
}

/** Hides the parts of a text that lie in `spans`, given in offsets of the file; `start` is the text's own offset. */
export function maskSpans(text: string, start: number, spans: readonly Span[]): string {
  let out = text;
  for (const span of spans) {
    const from = Math.max(0, span.start - start);
    const to = Math.min(text.length, span.end - start);
    if (from >= to) continue;
    const whole = from === span.start - start && to === span.end - start;
    const part = out.slice(from, to);
    out = out.slice(0, from) + (whole ? maskValue(part) : "*".repeat(part.length)) + out.slice(to);
  }
  return out;
}

/** A span is a literal, or an assignment that ends in the value: names before the last `=` or `:` stay readable. */
function maskValue(part: string): string {
  if (/["'`]/.test(part)) return maskStrings(part);
  const at = valueStart(part);
  return part.slice(0, at) + hide(part.slice(at));
}

/** A function that hides these values, and every secret known by its form, in any text. Short values are left alone. */
export function valueMask(values: readonly string[]): (text: string) => string {
  const long = [...new Set(values)].filter((value) => value.length >= LEAST);
  return (text) =>
    maskKnown(long.reduce((out, value) => out.replaceAll(value, () => hide(value)), text));
}

/** Hides also what only looks random: for a text that nobody wrote to be read. */
export function maskRandom(text: string): string {
  return text.replace(/[\w.~+/=-]{10,}/g, (word) => (isRandom(word) ? hide(word) : word));
}

/** The contents of the string literals in a piece of code, or what stands after its last `=` or `:`. */
export function literalValues(code: string): string[] {
  const literals = [...code.matchAll(STRING)].map((match) => match[2] ?? "");
  if (literals.length > 0) return literals;
  return [code.slice(valueStart(code)).trim()];
}
/** Behind the last sign of an assignment; of a variable without quotes, whose value may have such signs, behind the first. */
function valueStart(code: string): number {
  const variable = /^[A-Za-z_][\w.-]*=(?=\S)/.exec(code);
  return variable?.[0].length ?? Math.max(code.lastIndexOf("="), code.lastIndexOf(":")) + 1;
}

/** What `maskSecrets` hides in a file, as values: for text in which they stand without the names beside them. */
export function hiddenValues(text: string): string[] {
  const out: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const masked = hideSecrets(line, erase);
    if (masked === line) continue;
    for (const { index, 0: run } of masked.matchAll(ERASED))
      out.push(line.slice(index, index + run.length));
  }
  return out;
}

/**
 * The code of a span with one and the same mark in place of each secret, whatever its value and length: two files that
 * differ in a secret alone read the same. `values` are secrets known by other means.
 */
export function withoutSecrets(text: string, span: Span, values: readonly string[]): string {
  let from = span.start;
  while (from > 0 && span.start - from < NEAR && !/[\r\n]/.test(text[from - 1] as string)) from--;
  let to = span.end;
  while (to < text.length && to - span.end < NEAR && !/[\r\n]/.test(text[to] as string)) to++;
  const lines = text.slice(from, to).split(/(\r\n|\r|\n)/);
  const erased = lines.map((line) => hideSecrets(line, erase)).join("");
  const own = erased.slice(span.start - from, span.end - from);
  return values
    .filter((value) => value.length >= LEAST)
    .reduce((out, value) => out.replaceAll(value, erase), own)
    .replace(ERASED, "***");
}

/** So much of a line around a span is looked at for the names beside it. */
const NEAR = 500;

/** Shorter values are part of too many other words. */
const LEAST = 6;

const ERASED = /\ue000+/g;

/** A mark that no code holds, so that what was hidden is known from what was there. */
const erase: Hide = (value) => "\ue000".repeat(value.length);

/** So much of a value of `LONG` characters is shown. */
const SHOWN = 4;
const LONG = 16;

function hide(value: string, shown = value.length >= LONG ? SHOWN : 0): string {
  return "*".repeat(value.length - shown) + value.slice(value.length - shown);
}
