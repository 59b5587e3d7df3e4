/** Notes about suppressions that do nothing: incomplete ones, those whose day is over, and those whose rule reports nothing where they apply. */
import { isDay } from "../base/day.ts";
import { hash128 } from "../base/hash.ts";
import { nearNames } from "../base/near.ts";
import type { Edit, Span } from "../base/text.ts";
import type { Fix } from "../rule/rule.ts";
import type { Message } from "./api.ts";
import type { FindingsInput, Found } from "./input.ts";
import { withoutSecrets } from "./mask.ts";
import { type Directive, isComplete, isExpired, type Suppressor } from "./suppress.ts";

/** `isKnown` says whether the analysis can tell what the rule would report here. */
export function suppressionNotes(
  input: FindingsInput,
  suppressor: Suppressor,
  isKnown: (rule: string) => boolean,
): Found[] {
  return input.directives.flatMap((d) => {
    const idle = suppressor.unused(d).filter(isKnown);
    if (!isComplete(d, input.ruleIds)) return [incomplete(input, d, idle)];
    if (isExpired(d, input.today)) return [expired(input, d)];
    return idle.length === 0 ? [] : [unused(input, d, idle)];
  });
}

/** `idle`: the rules that a reason would not give anything to suppress. */
function incomplete(input: FindingsInput, d: Directive, idle: readonly string[]): Found {
  const unknown = d.rules.filter((r) => !input.ruleIds.has(r));
  const rest = d.rules.filter((r) => !idle.includes(r));
  const message = lack(input, d, unknown);
  const needsReason =
    d.reason === "" && unknown.length === 0 && rest.length > 0 && d.scope !== "misplaced";
  const list = idle.length === 0 ? input.text.slice(d.list.start, d.list.end) : rest.join(", ");
  const text = input.text.slice(d.start, d.list.start) + list + input.text.slice(d.list.end, d.end);
  const withReason = `${text.replace(/\s*(--\s*)?(\*\/)?\s*$/, "")} -- ${text.endsWith("*/") ? " */" : ""}`;
  return note(
    input,
    d,
    { rule: "suppression-incomplete", title: "Suppression that does not apply", message },
    needsReason
      ? // Empty: a text of ours would pass for a reason.
        {
          ...fix(input, "Add a place for the reason", { ...spanOf(d), newText: withReason }),
          grade: "placeholder",
        }
      : fix(input, "Remove the suppression", removal(input.text, d)),
  );
}

/** What a suppression lacks that does not apply, the first of it. */
function lack(input: FindingsInput, d: Directive, unknown: readonly string[]): Message {
  const shown = "What it was meant to hide is shown.";
  const day = "Write the last day on which it holds like this: until 2027-03-01.";
  if (unknown.length > 0)
    return {
      what: `This suppression names an unknown rule (${unknown.join(", ")}), so it does not apply.`,
      why: shown,
      fix: `Name a rule that exists${likeness(unknown, input.ruleIds)}.`,
    };
  if (d.scope === "misplaced")
    return {
      what: "This suppression is for the whole file but stands behind code, so it does not apply.",
      why: `${shown} Whoever reads the file must see it at the top.`,
      fix: "Move it above the first statement.",
    };
  if (d.scope === "file" && d.rules.length === 0)
    return {
      what: "This suppression is for the whole file but names no rule, so it does not apply.",
      why: `${shown} Nobody can say in advance that all rules are wrong about a file.`,
      fix: "Name the rules in brackets: ignore-file[rule].",
    };
  if (d.until === "")
    return {
      what: "This suppression says until, but no day, so it does not apply.",
      why: shown,
      fix: day,
    };
  if (d.until !== undefined && !isDay(d.until))
    return {
      what: `This suppression ends on a day that cannot be read (${d.until}), so it does not apply.`,
      why: shown,
      fix: day,
    };
  return {
    what: "This suppression has no reason, so it does not apply.",
    why: "A finding hidden without a reason cannot be reviewed later.",
    fix: "Write why this is safe behind `--`.",
  };
}

function expired(input: FindingsInput, d: Directive): Found {
  return note(
    input,
    d,
    {
      rule: "suppression-expired",
      title: "Suppression whose time is over",
      message: {
        what: `This suppression ended on ${d.until}, so it suppresses nothing any more.`,
        why: "What it hid is shown again, so that somebody looks at it.",
        fix: "Mend what it hid, or write a later day and why it may wait.",
      },
      isUnneeded: true,
    },
    fix(input, "Remove the suppression", removal(input.text, d)),
  );
}

function unused(input: FindingsInput, d: Directive, idle: readonly string[]): Found {
  const rest = d.rules.filter((r) => !idle.includes(r));
  const names = idle.join(", ");
  return note(
    input,
    d,
    {
      rule: "suppression-unused",
      title: "Suppression that suppresses nothing",
      message: {
        what: `This suppression of ${names} suppresses nothing.`,
        why: "It would hide a new finding here that nobody has looked at.",
        fix: rest.length > 0 ? `Take ${names} off its list.` : "Remove the comment.",
      },
      isUnneeded: rest.length === 0,
    },
    rest.length > 0
      ? fix(input, `Remove ${names} from the suppression`, {
          ...d.list,
          newText: rest.join(", "),
        })
      : fix(input, "Remove the suppression", removal(input.text, d)),
  );
}

interface Note {
  readonly rule: string;
  readonly title: string;
  readonly message: Message;
  /** The comment as a whole does nothing. */
  readonly isUnneeded?: boolean;
}

function note(
  input: FindingsInput,
  d: Directive,
  { rule, title, message, isUnneeded = false }: Note,
  mend: Fix,
): Found {
  const { file, nameOf, text } = input;
  const code = (x: Directive): string => withoutSecrets(text, spanOf(x), []);
  const own = code(d);
  const ordinal = input.directives.filter((x) => x.start < d.start && code(x) === own).length;
  return {
    finding: {
      rule,
      title,
      category: "suppression",
      cwe: [],
      owasp: [],
      severity: "low",
      confidence: "high",
      level: "information",
      gravity: "information",
      message,
      file,
      span: spanOf(d),
      flow: [],
      paths: [],
      morePaths: 0,
      marks: [],
      ...(isUnneeded ? { isUnneeded } : {}),
      fingerprint: hash128(`${rule}|${nameOf(file)}|${own}|${ordinal}`).slice(0, 16),
    },
    hits: [],
    fixes: () => [mend],
    fixesAt: () => [],
  };
}

function fix(input: FindingsInput, title: string, edit: Edit): Fix {
  return { title, grade: "suggested", edits: [{ file: input.file, edits: [edit] }] };
}

function spanOf(d: Directive): Span {
  return { start: d.start, end: d.end };
}

function likeness(unknown: readonly string[], known: ReadonlySet<string>): string {
  const near = unknown.flatMap((id) => nearNames(id, known).slice(0, 1));
  return near.length === 0 ? "" : `; perhaps ${near.join(", ")}`;
}

/** The comment with its line if nothing else stands there, and else with the white space before it. */
function removal(text: string, d: Directive): Edit {
  let { start, end } = d;
  if (d.alone) {
    while (start > 0 && !isBreak(text[start - 1])) start--;
    while (end < text.length && !isBreak(text[end])) end++;
    if (text[end] === "\r" && text[end + 1] === "\n") end += 2;
    else if (end < text.length) end++;
    return { start, end, newText: "" };
  }
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  const isLast = end >= text.length || isBreak(text[end]);
  return isLast ? { start, end, newText: "" } : { ...spanOf(d), newText: "" };
}

function isBreak(c: string | undefined): boolean {
  return c === "\n" || c === "\r";
}
