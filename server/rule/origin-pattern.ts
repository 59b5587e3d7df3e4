/** Which origins a regular expression lets in besides those it was written for: its ways to match, and what is open in each. */

/** How much of the text the caller compares by itself: none of its ends, its start, both. */
export type Ends = "search" | "start" | "whole";
/**
 * What is open: the start ("evilexample.com"), the end ("example.com.evil.com"), the text before the last two labels ("glued"), a dot
 * that stands for any character ("dot"), every name of a top-level domain ("wide") or of a domain that gives names to everybody ("shared").
 */
export type Opening = "start" | "end" | "glued" | "dot" | "wide" | "shared";

/** A character as it is, one of several, or several of any. */
type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "one"; readonly isDot: boolean }
  | { readonly kind: "some" }
  | { readonly kind: "start" | "end" };
type Way = readonly Token[];

const MOST_WAYS = 128;
/** Nobody can register a name there. */
const RESERVED =
  /^(?:localhost|local|test|example|invalid|internal|intranet|lan|home|corp|localdomain|svc)$/i;

/** Where everybody can have a name at once, for nothing: from the private part of the public suffix list. */
const SHARED = new Set(
  "vercel.app netlify.app onrender.com herokuapp.com github.io gitlab.io pages.dev workers.dev web.app firebaseapp.com fly.dev railway.app up.railway.app replit.app replit.dev repl.co glitch.me surge.sh ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev loca.lt trycloudflare.com azurewebsites.net azurestaticapps.net cloudfront.net amplifyapp.com appspot.com run.app deno.dev lovable.app lovableproject.com github.dev app.github.dev gitpod.io codesandbox.io csb.app stackblitz.io webcontainer.io streamlit.app hf.space".split(
    " ",
  ),
);
export function isShared(domain: string): boolean {
  return SHARED.has(domain.toLowerCase());
}
/** Somebody can register a name that has other letters in front of this one. */
export function canBeGlued(name: string): boolean {
  const labels = name.split(".");
  if (labels.length === 2) return !RESERVED.test(labels[1] as string);
  return labels.length > 2 && isShared(labels.slice(1).join("."));
}

/** The worst that one of its ways leaves open; undefined if none does, or it is not understood, or it lets in everything. */
export function openingOf(source: string, ends: Ends): Opening | undefined {
  const ways = waysOf(source);
  if (ways === undefined) return undefined;
  const found = ways.flatMap((way) => judge(way, ends) ?? []);
  return (["end", "start", "wide", "shared", "glued", "dot"] as const).find((one) =>
    found.includes(one),
  );
}

/** A literal is written "/.../flags". */
export function sourceOf(text: string): string | undefined {
  return /^\/([\s\S]+)\/[a-z]*$/.exec(text)?.[1];
}

function judge(way: Way, ends: Ends): Opening | undefined {
  const isStart = ends !== "search" || way[0]?.kind === "start";
  const isEnd = ends === "whole" || way.at(-1)?.kind === "end";
  const tokens = way.filter((t) => t.kind !== "start" && t.kind !== "end");
  const scheme = schemeEnd(tokens);
  if (scheme === undefined) return undefined;
  const rest = tokens.slice(scheme);
  const close = rest.findIndex((t) => t.kind === "text" && /[:/]/.test(t.text));
  const host = close < 0 ? rest : rest.slice(0, close);
  // Every origin, or every one with a scheme: that is told as such.
  if (!host.some((t) => t.kind === "text" && t.text !== ".")) return undefined;
  if (close < 0 && !isEnd) return "end";
  if (!isStart && scheme === 0 && !isText(host[0], ".")) return "start";
  if (!isStart && scheme === 0 && isShared(textOf(host.slice(1)))) return "shared";
  return insideOf(host);
}
function textOf(tokens: Way): string {
  return tokens.map((t) => (t.kind === "text" ? t.text : "?")).join("");
}

/** Where the host begins; undefined if no website has the scheme. */
function schemeEnd(tokens: Way): number | undefined {
  const text = tokens
    .map((t) => (t.kind === "text" ? t.text : t.kind === "one" ? "?" : "*"))
    .join("");
  const at = text.indexOf("://");
  if (at >= 0) return /^(?:https?|[?*h].*)$/i.test(text.slice(0, at)) ? at + 3 : undefined;
  return text.startsWith("//") ? 2 : text.startsWith("/") ? 1 : 0;
}

function insideOf(host: Way): Opening | undefined {
  for (const [at, token] of host.entries()) {
    if (token.kind !== "one" && token.kind !== "some") continue;
    const rest = host.slice(at + 1);
    if (token.kind === "some" && rest.length === 0) return at > 0 ? "end" : undefined;
    const name = rest.map((t) => (isDot(t) ? "." : textOf([t]))).join("");
    const top = name.slice(name.lastIndexOf(".") + 1);
    if (top.includes("?") || RESERVED.test(top) || /^\d+$/.test(top)) continue;
    if (name.startsWith(".")) {
      if (token.kind !== "some") continue;
      if (!name.slice(1).includes(".")) return "wide";
      const isAll = host.slice(0, at).every((t) => t.kind !== "text" || t.text === ".");
      if (isAll && isShared(name.slice(1))) return "shared";
    } else if (token.kind === "some" ? canBeGlued(name) : name.split(".").length === 2) {
      if (token.kind === "some") return "glued";
      if (token.isDot && at > 0) return "dot";
    }
  }
  return undefined;
}
function isDot(token: Token): boolean {
  return isText(token, ".") || (token.kind === "one" && token.isDot);
}
function isText(token: Token | undefined, text: string): boolean {
  return token?.kind === "text" && token.text === text;
}

interface Reader {
  readonly source: string;
  at: number;
  broken: boolean;
}

function waysOf(source: string): readonly Way[] | undefined {
  const r: Reader = { source: source.replace(/^\(\?[aiu]+\)/, ""), at: 0, broken: false };
  const ways = choice(r);
  return r.broken || r.at < r.source.length || ways.length > MOST_WAYS ? undefined : ways;
}

function choice(r: Reader): readonly Way[] {
  const out: Way[] = [];
  for (;;) {
    out.push(...sequence(r));
    if (r.source[r.at] !== "|") return out;
    r.at++;
  }
}

function sequence(r: Reader): readonly Way[] {
  let ways: readonly Way[] = [[]];
  while (r.at < r.source.length && !r.broken) {
    if (/[|)]/.test(r.source[r.at] as string)) break;
    const one = repeated(r, atom(r));
    ways = ways.flatMap((before) => one.map((after) => [...before, ...after]));
    if (ways.length > MOST_WAYS) r.broken = true;
  }
  return ways;
}

function repeated(r: Reader, ways: readonly Way[]): readonly Way[] {
  const sign = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?/.exec(r.source.slice(r.at));
  if (sign === null) return ways;
  r.at += sign[0].length;
  const isMany = !sign[0].startsWith("?") && sign[3] !== "1";
  const isOptional =
    /^[*?]/.test(sign[0]) || sign[1] === "0" || (sign[0].startsWith("{") && sign[1] === "");
  const many = ways.map((way) => {
    const [only] = way;
    return isMany && way.length === 1 && only?.kind === "one" ? [{ kind: "some" } as const] : way;
  });
  return isOptional ? [[], ...many] : many;
}

function atom(r: Reader): readonly Way[] {
  const c = r.source[r.at++] as string;
  switch (c) {
    case "^":
      return [[{ kind: "start" }]];
    case "$":
      return [[{ kind: "end" }]];
    case ".":
      return [[{ kind: "one", isDot: true }]];
    case "[":
      return [[charClass(r)]];
    case "(":
      return group(r);
    case "\\":
      return escaped(r);
    default:
      return [[{ kind: "text", text: c }]];
  }
}

function group(r: Reader): readonly Way[] {
  const head = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(r.source.slice(r.at));
  if (head !== null) r.at += head[0].length;
  else if (r.source[r.at] === "?") r.broken = true;
  const ways = choice(r);
  if (r.source[r.at++] !== ")") r.broken = true;
  return ways;
}

function escaped(r: Reader): readonly Way[] {
  const c = r.source[r.at++] ?? "";
  if (c === "A") return [[{ kind: "start" }]];
  if (c === "Z" || c === "z") return [[{ kind: "end" }]];
  if (c === "b") return [[]];
  if (c === "d") return [[{ kind: "text", text: "0" }]];
  if (/[wWSDs]/.test(c)) return [[{ kind: "one", isDot: false }]];
  if (/[A-Za-z0-9]/.test(c)) r.broken = true;
  return [[{ kind: "text", text: c }]];
}

function charClass(r: Reader): Token {
  const inside = /^(\^?\]?(?:\\.|[^\]\\])*)\]/.exec(r.source.slice(r.at));
  if (inside === null) {
    r.broken = true;
    return { kind: "some" };
  }
  r.at += inside[0].length;
  const text = inside[1] as string;
  if (/^\\?[.:/-]$/.test(text)) return { kind: "text", text: text.replace("\\", "") };
  if (/^(?:0-9|\\d)+$/.test(text)) return { kind: "text", text: "0" };
  // One of the signs that end a label, as in `[./]example\.com$`.
  if (/^[.:/\\]+$/.test(text)) return { kind: "text", text: "." };
  return { kind: "one", isDot: false };
}
