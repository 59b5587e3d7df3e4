/** Fixes for filters: a value that may be an object is compared as what it is, or made a text. */

import { type Code, type Edit, type Fix, type Match, spread, type Value } from "../rule.ts";
import { quoted } from "./arguments.ts";

const TITLE = "Make the values texts";

export function castFixes(match: Match, code: Code): readonly Fix[] {
  const refuse = (why: string): readonly Fix[] => [
    {
      title: TITLE,
      grade: "manual",
      edits: [],
      reason: `Put ${code.language === "python" ? "str(...)" : "String(...)"} around each value, or check the body against a schema. No edit is offered: ${why}.`,
    },
  ];
  const { hit } = match;
  if (hit === undefined || hit.arg < 0 || match.facts?.place !== "value")
    return refuse("which fields the filter may have is the author's to say");
  const edits: Edit[] = [];
  collect(code, hit.arg, hit.value, edits);
  if (edits.length === 0) return refuse("the filter is not written in this place");
  const equal = equalEdits(code, hit.arg, hit.value);
  const all: readonly Fix[] = [
    { title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] },
  ];
  if (equal.length < edits.length || hit.row.data?.equal === undefined) return all;
  // Operators of an object are what it changes; a text, a number or nothing is found as before.
  const isSafe = hit.row.data.equal === "tried" && hit.marks === 0 && !hit.guessed;
  const fix: Fix = {
    title: "Compare with $eq",
    grade: isSafe ? "safe" : "suggested",
    edits: [{ file: code.file, edits: equal }],
  };
  // Nothing finds what lacks the field; a text of it does not.
  return isSafe ? [fix, ...all] : [...all, fix];
}

/** The entries at the top of the filter; further inside an object means itself, operators and all. */
function equalEdits(code: Code, id: number, value: Value): readonly Edit[] {
  const op = code.op(id);
  if (op.op !== "record") return [];
  return op.entries.flatMap((entry) => {
    if (typeof entry.key !== "string" || /^(?:\$|\.{3}$)/.test(entry.key)) return [];
    const field = value.fields?.get(entry.key);
    if (field === undefined || spread(field).length === 0 || field.scalar) return [];
    const inner = code.op(entry.value);
    const text = code.text(inner.span);
    if (["const", "join", "binary", "record"].includes(inner.op) || /^$|[\r\n]/.test(text))
      return [];
    const at = code.absolute(inner.span);
    const whole = code.absolute(entry.span);
    const isShort = whole.start === at.start && whole.end === at.end;
    const key = code.language === "python" ? quoted(code, "$eq") : "$eq";
    return [
      { ...at, newText: `${isShort ? `${text}: ` : ""}{${pad(code)}${key}: ${text}${pad(code)}}` },
    ];
  });
}
function pad(code: Code): string {
  return code.language === "python" ? "" : " ";
}

/** The entries of the filter that hold data. */
function collect(code: Code, id: number, value: Value, edits: Edit[]): void {
  const op = code.op(id);
  if (op.op !== "record") return;
  for (const entry of op.entries) {
    if (typeof entry.key !== "string" || entry.key === "...") continue;
    const field = value.fields?.get(entry.key);
    if (field === undefined || spread(field).length === 0 || field.scalar) continue;
    const inner = code.op(entry.value);
    if (inner.op === "record") {
      if (!entry.key.startsWith("$")) collect(code, entry.value, field, edits);
      continue;
    }
    const text = code.text(inner.span);
    const cast = code.language === "python" ? "str" : "String";
    if (inner.op === "const" || inner.op === "join" || inner.op === "binary") continue;
    if (text === "" || /[\r\n]/.test(text) || text.startsWith(`${cast}(`)) continue;
    const { start, end } = code.absolute(inner.span);
    // `{ email }` is its own key.
    const isShort =
      code.absolute(entry.span).start === start && code.absolute(entry.span).end === end;
    edits.push({ start, end, newText: `${isShort ? `${text}: ` : ""}${cast}(${text})` });
  }
}
