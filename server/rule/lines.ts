/** Files of lines: options and addresses of requirements files, and `key = value` of ini files, with places. */
import type { Span } from "./rule.ts";

export interface Line {
  /** Without its comment, and with the lines that continue it. */
  readonly text: string;
  readonly start: number;
}

/** Lines of a requirements file as pip reads them: `\` joins, ` #` begins a comment. Offsets in `text` are those of the file. */
export function requirementsLines(text: string): readonly Line[] {
  const out: Line[] = [];
  for (let at = 0; at < text.length; ) {
    const start = at;
    let joined = "";
    for (;;) {
      const end = lineEnd(text, at);
      const next = end + (text.startsWith("\r\n", end) ? 2 : 1);
      const continues = text[end - 1] === "\\";
      joined += continues ? `${text.slice(at, end - 1)} ` : text.slice(at, end);
      if (continues) joined += " ".repeat(next - end);
      at = next;
      if (!continues || at >= text.length) break;
    }
    const comment = /(?:^|\s)#.*$/s.exec(joined);
    const kept = comment === null ? joined : joined.slice(0, comment.index);
    if (kept.trim() !== "") out.push({ text: kept, start });
  }
  return out;
}

export interface Option {
  readonly name: string;
  readonly value: string;
  /** Of the value, and of both. */
  readonly span: Span;
  readonly whole: Span;
}

/** `--name value`, `--name=value` and `-n value` at the start of a line of requirements. */
export function optionOf({ text, start }: Line): Option | undefined {
  const match = /^(\s*)(--?[\w-]+)(?:\s*=\s*|\s+|$)(\S*)/.exec(text);
  if (match === null) return undefined;
  const [all, before = "", name = "", value = ""] = match;
  const end = start + all.length;
  return {
    name,
    value,
    span: { start: end - value.length, end },
    whole: { start: start + before.length, end },
  };
}

/** Keys of an ini file, of whatever section: `key = value`, with the lines indented below it. */
export function iniValues(text: string): readonly Option[] {
  const out: Option[] = [];
  let key = "";
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    const match = /^([\w@:/.-]+)(\s*[=:]\s*)(.*?)\s*$/.exec(line);
    const more = /^(\s+)(\S.*?)\s*$/.exec(line);
    if (/^\s*[#;[]/.test(line)) {
      if (/^\s*\[/.test(line)) key = "";
    } else if (match !== null) {
      const [, name = "", sign = "", value = ""] = match;
      key = name;
      const start = at + name.length + sign.length;
      out.push({
        name,
        value,
        span: { start, end: start + value.length },
        whole: { start: at, end: start + value.length },
      });
    } else if (more !== null && key !== "") {
      const [, before = "", value = ""] = more;
      const start = at + before.length;
      const span = { start, end: start + value.length };
      out.push({ name: key, value, span, whole: span });
    }
    at = end + (text.startsWith("\r\n", end) ? 2 : 1);
  }
  return out;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}
