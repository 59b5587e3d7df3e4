/** Keeps other sites' requests out: SameSite of the session cookie, a framework's own check in its list. */
import { given, written } from "../given.ts";
import type { Code, Context, Edit, Fix, Match, ValueId } from "../rule.ts";
import { bare, rowData } from "../tokens.ts";
import { quoted, setEntry, setKeyword, setProperty } from "./arguments.ts";

export function csrfFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const one = (
    title: string,
    edits: readonly Edit[] | undefined,
    reason: string,
  ): readonly Fix[] =>
    edits === undefined || edits.length === 0
      ? [{ title, grade: "manual", edits: [], reason }]
      : [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
  switch (match.facts?.how) {
    case "missing":
      return one(
        "Set SameSite=Lax on the session cookie",
        match.facts.none === true ? undefined : lax(match, code, context),
        match.facts.none === true
          ? "Check a token or the Origin header before these routes. No edit is offered: SameSite=None says that another site needs the cookie, and which one only you can tell."
          : "Set SameSite=Lax where the session cookie is made. No edit is offered: its options are not written here.",
      );
    case "list":
      return one(
        "Put the check into the list",
        listed(match, code),
        "Put the check into the list, behind the layer of sessions.",
      );
    case "exempt":
      return one(
        "Take the exemption away",
        withoutDecorator(match, code),
        "Take the exemption away, and send the token with the form or in a header. No edit is offered: it is no decorator on a line of its own.",
      );
    default:
      return one(
        "Leave the check on",
        undefined,
        "Take this away, and send the token with each form, or in a header of what scripts send. No edit is offered: without the token the forms are refused.",
      );
  }
}

function lax(match: Match, code: Code, context: Context): readonly Edit[] | undefined {
  const { call, op: id } = match;
  const data = call === undefined ? undefined : rowData(call, "csrf");
  const op = id === undefined ? undefined : code.op(id);
  if (call === undefined || data === undefined || op?.op !== "call") return undefined;
  if (data.setting !== undefined) {
    const store = code.ir.ops.find((o) => o.op === "store" && bareId(code, o.value) === id);
    const at = code.statement(op.span);
    const name = store?.op === "store" ? code.ir.slots[store.slot] : undefined;
    if (at === undefined || name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return undefined;
    const text = `${name}.config["${String(data.setting)}"] = "Lax"`;
    return [
      { start: at.end, end: at.end, newText: `${code.newline}${code.indent(at.start)}${text}` },
    ];
  }
  if (data.object === undefined) {
    const edit = setKeyword(code, op, String(data.sameSite), quoted(code, "lax"));
    return edit === undefined ? undefined : [edit];
  }
  const [position = "0", key] = String(data.object).split(".");
  const value = `"lax"`;
  if (key === undefined) {
    const edit = setProperty(code, op, Number(position), "sameSite", value);
    return edit === undefined ? undefined : [edit];
  }
  const inner = written(code, given(call, data.object), context);
  if (inner?.op.op === "record") {
    if (inner.code.file !== code.file) return undefined;
    const edit = setEntry(inner.code, inner.op, "sameSite", value);
    return edit === undefined ? undefined : [edit];
  }
  if (given(call, data.object).kind !== "absent") return undefined;
  const edit = setProperty(code, op, Number(position), key, `{ sameSite: ${value} }`);
  return edit === undefined ? undefined : [edit];
}
function bareId(code: Code, id: ValueId): ValueId {
  const op = code.op(id);
  return op.op === "annotate" ? bareId(code, op.value) : id;
}

/** Behind the layer of sessions, in its own line if that has one. */
function listed(match: Match, code: Code): readonly Edit[] | undefined {
  const store = code.op(match.op ?? 0);
  const list = store.op === "store" ? bare(code, store.value) : undefined;
  if (list?.op !== "sequence") return undefined;
  const layer = list.elements
    .map(({ value }) => code.op(value))
    .find((op) => op.op === "const" && /sessions/.test(String(op.value)));
  if (layer === undefined) return undefined;
  const { start, end } = code.absolute(layer.span);
  const quote = code.fileText[start] ?? '"';
  const line = code.fileText.lastIndexOf("\n", start);
  const isAlone = code.fileText.slice(line + 1, start).trim() === "";
  const gap = isAlone ? `,${code.newline}${code.indent(start)}` : ", ";
  return [{ start: end, end, newText: `${gap}${quote}${String(match.facts?.add)}${quote}` }];
}

/** The line of the decorator. */
function withoutDecorator(match: Match, code: Code): readonly Edit[] | undefined {
  const op = code.op(match.op ?? 0);
  if (op.op !== "call") return undefined;
  const { start, end } = code.absolute(op.form === "decorator" ? code.op(op.callee).span : op.span);
  const line = code.fileText.lastIndexOf("\n", start - 1) + 1;
  const next = code.fileText.indexOf("\n", end);
  if (next < 0 || !/^[ \t]*@$/.test(code.fileText.slice(line, start))) return undefined;
  return code.fileText.slice(end, next).trim() === ""
    ? [{ start: line, end: next + 1, newText: "" }]
    : undefined;
}
