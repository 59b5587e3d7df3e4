/** Sets, replaces and removes keyword arguments and properties of options objects; commas and layout of the rest stay. */
import type { Code, Edit, Op, ValueId } from "../rule.ts";

type Call = Op & { readonly op: "call" };
type RecordOp = Op & { readonly op: "record" };

/** `f(x)` -> `f(x, name=value)`; an argument of that name gets the new value. Undefined where `**kwargs` may hold it. */
export function setKeyword(code: Code, call: Call, name: string, value: string): Edit | undefined {
  const there = call.args.find((a) => a.name === name);
  if (there !== undefined) return replace(code, there.value, value);
  if (call.args.some((a) => a.spread === "entries")) return undefined;
  return append(code, call, `${name}=${value}`);
}

/** Removes a keyword argument with its comma. */
export function removeKeyword(code: Code, call: Call, name: string): Edit | undefined {
  const at = call.args.findIndex((a) => a.name === name);
  const arg = call.args[at];
  if (arg === undefined) return undefined;
  return removeBetween(code, arg.span, call.args[at - 1]?.span, call.args[at + 1]?.span);
}

/**
 * Sets a property of the options object at `position`: `f(x)` -> `f(x, { name: value })`. Positions before it that are
 * missing are passed as `undefined`. Undefined where the options are not written as an object here, or one is spread in last.
 */
export function setProperty(
  code: Code,
  call: Call,
  position: number,
  name: string,
  value: string,
): Edit | undefined {
  if (call.args.slice(0, position + 1).some((a) => a.spread !== undefined)) return undefined;
  const arg = call.args[position];
  if (arg === undefined) {
    const missing = new Array<string>(position - call.args.length).fill("undefined");
    return append(code, call, [...missing, `{ ${name}: ${value} }`].join(", "));
  }
  const record = bare(code, arg.value);
  if (record.op === "closure") {
    // A callback in the place of the options moves on by one.
    const at = code.absolute(record.span).start;
    return { start: at, end: at, newText: `{ ${name}: ${value} }, ` };
  }
  return record.op === "record" ? setEntry(code, record, name, value) : undefined;
}

/** Sets an entry of an object literal. */
export function setEntry(
  code: Code,
  record: RecordOp,
  name: string,
  value: string,
): Edit | undefined {
  const there = record.entries.findLast((e) => e.key === name);
  if (there !== undefined) {
    if (there.keySpan === undefined || code.op(there.value).span.start <= there.keySpan.start)
      return { ...code.absolute(there.span), newText: `${name}: ${value}` };
    return replace(code, there.value, value);
  }
  const last = record.entries[record.entries.length - 1];
  const whole = code.absolute(record.span);
  if (last === undefined)
    return { start: whole.start, end: whole.end, newText: `{ ${name}: ${value} }` };
  const end = code.absolute(last.span).end;
  const start = code.absolute(last.span).start;
  const multiline = /[\r\n]/.test(code.fileText.slice(whole.start, start));
  const separator = multiline ? `,${code.newline}${code.indent(start)}` : ", ";
  return { start: end, end, newText: `${separator}${name}: ${value}` };
}

/** Removes an entry of an object literal with its comma. */
export function removeEntry(code: Code, record: RecordOp, name: string): Edit | undefined {
  const at = record.entries.findIndex((e) => e.key === name);
  const entry = record.entries[at];
  if (entry === undefined) return undefined;
  return removeBetween(
    code,
    entry.span,
    record.entries[at - 1]?.span,
    record.entries[at + 1]?.span,
  );
}

function bare(code: Code, id: ValueId): Op {
  const op = code.op(id);
  return op.op === "annotate" || op.op === "await" ? bare(code, op.value) : op;
}

function replace(code: Code, value: ValueId, text: string): Edit {
  const at = code.absolute(code.op(value).span);
  return { start: at.start, end: at.end, newText: text };
}

function append(code: Code, call: Call, text: string): Edit | undefined {
  const last = call.args[call.args.length - 1];
  const span = code.absolute(call.argsSpan);
  if (span.end <= span.start) return undefined;
  if (last === undefined) return { start: span.start + 1, end: span.start + 1, newText: text };
  const at = code.absolute(last.span);
  const own = /[\r\n][ \t]*$/.test(code.fileText.slice(span.start, at.start));
  return {
    start: at.end,
    end: at.end,
    newText: own ? `,${code.newline}${code.indent(at.start)}${text}` : `, ${text}`,
  };
}

function removeBetween(
  code: Code,
  span: { start: number; end: number },
  before: { start: number; end: number } | undefined,
  after: { start: number; end: number } | undefined,
): Edit {
  const at = code.absolute(span);
  if (after !== undefined) return { start: at.start, end: code.absolute(after).start, newText: "" };
  if (before !== undefined) return { start: code.absolute(before).end, end: at.end, newText: "" };
  const comma = /^\s*,/.exec(code.fileText.slice(at.end))?.[0] ?? "";
  return { start: at.start, end: at.end + comma.length, newText: "" };
}

/** Removes an element of a list with its comma. */
export function removeElement(
  code: Code,
  list: Op & { readonly op: "sequence" },
  at: number,
): Edit {
  const span = (i: number): { start: number; end: number } | undefined => {
    const e = list.elements[i];
    return e === undefined ? undefined : code.op(e.value).span;
  };
  return removeBetween(
    code,
    span(at) as { start: number; end: number },
    span(at - 1),
    span(at + 1),
  );
}

/**
 * Sets what a model row calls "2|algorithms" or "2.algorithms": the keyword or position that is there, else the keyword; a
 * property of the options object. `0.x` of a call whose options are not written here gives undefined.
 */
export function setArgument(code: Code, call: Call, spec: string, value: string): Edit | undefined {
  const all = spec.split("|");
  for (const one of all) {
    const there = /^\d+$/.test(one)
      ? call.args.filter((a) => a.name === undefined)[Number(one)]
      : call.args.find((a) => a.name === one);
    if (there !== undefined && !call.args.some((a) => a.spread === "items"))
      return replace(code, there.value, value);
  }
  const keyword = all.find((one) => /^[A-Za-z_]\w*$/.test(one));
  if (keyword !== undefined) return setKeyword(code, call, keyword, value);
  const property = /^(\d+)\.(\w+)$/.exec(all[0] ?? "");
  return property === null
    ? undefined
    : setProperty(code, call, Number(property[1]), property[2] as string, value);
}

/** A string literal in the quotes the file uses. */
export function quoted(code: Code, text: string): string {
  const single =
    (code.fileText.match(/'[^'"\n]*'/g) ?? []).length >
    (code.fileText.match(/"[^'"\n]*"/g) ?? []).length;
  return single ? `'${text}'` : `"${text}"`;
}

/** Removes an argument with its comma. */
export function removeArgument(code: Code, call: Call, arg: Call["args"][number]): Edit {
  const at = call.args.indexOf(arg);
  return removeBetween(code, arg.span, call.args[at - 1]?.span, call.args[at + 1]?.span);
}
