/** Fixes for files that are sent: the folder is given to the framework apart from the name, so that it refuses what leaves the folder. */
import type { Code, Context, Edit, Fix, Hit, Op, ValueId } from "../rule.ts";
import { setProperty } from "./arguments.ts";
import { importEdit } from "./imports.ts";
import { dataPieces } from "./one-line.ts";
import { pathOf } from "./text-value.ts";

type Call = Op & { readonly op: "call" };
const TITLE = "Let the framework keep it inside the folder";

/**
 * Undefined where the call is no such one, or where the folder and the name do not stand apart in it. Safe where what there was to
 * send is sent as before.
 */
export function sendFromFolder(hit: Hit, code: Code, context: Context): Fix | undefined {
  const { within } = hit.row.data ?? {};
  const call = code.op(hit.site.op);
  if (typeof within !== "string" || call.op !== "call" || hit.arg < 0) return undefined;
  if (call.args[0]?.value !== hit.arg || call.args[0].name !== undefined) return undefined;
  const found = apart(hit, code, context);
  if (found === undefined) return undefined;
  const edits = within.startsWith("option:")
    ? byOption(code, call, within.slice("option:".length), found)
    : byFunction(code, call, within, found);
  const isSame = edits !== undefined && hit.marks === 0 && !catches(code, hit.site.op);
  return edits === undefined
    ? undefined
    : { title: TITLE, grade: isSame ? "safe" : "suggested", edits: [{ file: code.file, edits }] };
}

interface Apart {
  readonly folder: string;
  readonly name: string;
}

/** `join(FOLDER, name)`, `FOLDER / name`, and a text with the folder, a slash and the name: the data stands in the name alone. */
function apart(hit: Hit, code: Code, context: Context): Apart | undefined {
  const op = code.op(hit.arg);
  const found = split(code, op, context);
  const pieces = dataPieces(hit, code);
  if (found === undefined || pieces === undefined) return undefined;
  const { span } = code.op(found.name);
  const isInName = pieces.every((p) => span.start <= p.span.start && p.span.end <= span.end);
  const name = code.text(span);
  // A folder in front of the data is the one that is meant.
  if (/^(?:join|binary)$/.test(code.op(found.name).op) && /[\\/]/.test(name)) return undefined;
  return isInName && !/[\r\n]|\bawait\b/.test(found.folder + name)
    ? { folder: found.folder, name }
    : undefined;
}

function split(
  code: Code,
  op: Op,
  context: Context,
): { readonly folder: string; readonly name: ValueId } | undefined {
  if (op.op === "call") {
    const path = pathOf(code, op.callee, context);
    const name = op.args.at(-1)?.value;
    const rest = op.args.slice(0, -1);
    if (!/(?:^|[.:])path(?:\.default)?(?:\.posix)?\.join$/.test(path ?? "") || name === undefined)
      return undefined;
    if (rest.length === 0 || op.args.some((a) => a.spread !== undefined || a.name !== undefined))
      return undefined;
    const [only] = rest;
    const folder =
      rest.length === 1 && only !== undefined
        ? code.text(only.span)
        : `${code.text(code.op(op.callee).span)}(${rest.map((a) => code.text(a.span)).join(", ")})`;
    return { folder, name };
  }
  if (op.op === "binary" && op.operator === "/")
    return { folder: code.text(code.op(op.left).span), name: op.right };
  if (op.op !== "join" || op.parts.length !== 3) return undefined;
  const [base, slash, last] = op.parts;
  if (base?.kind !== "hole" || slash?.kind !== "text" || last?.kind !== "hole") return undefined;
  return slash.text === "/" && (last.format ?? "") === "" && (base.format ?? "") === ""
    ? { folder: code.text(code.op(base.value).span), name: last.value }
    : undefined;
}

function byOption(
  code: Code,
  call: Call,
  option: string,
  { folder, name }: Apart,
): Edit[] | undefined {
  const [first] = call.args;
  const edit = setProperty(code, call, 1, option, folder);
  if (first === undefined || edit === undefined) return undefined;
  const at = code.absolute(code.op(first.value).span);
  // Where nothing stands behind the path, both are one edit.
  return edit.start === at.end && edit.start === edit.end
    ? [{ ...at, newText: name + edit.newText }]
    : [{ ...at, newText: name }, edit];
}

function byFunction(
  code: Code,
  call: Call,
  wanted: string,
  { folder, name }: Apart,
): Edit[] | undefined {
  const [first] = call.args;
  const dot = wanted.lastIndexOf(".");
  const callee = code.op(call.callee);
  if (first === undefined) return undefined;
  const own = wanted.slice(dot + 1);
  const { edit, local } =
    callee.op === "member"
      ? { edit: undefined, local: own }
      : importEdit(code, { module: wanted.slice(0, dot), name: own });
  const span = callee.op === "member" ? callee.nameSpan : callee.span;
  return [
    ...(edit === undefined ? [] : [edit]),
    { ...code.absolute(span), newText: local },
    { ...code.absolute(code.op(first.value).span), newText: `${folder}, ${name}` },
  ];
}

/** Something is done where the file is missing: that is told in another way then. */
function catches(code: Code, at: ValueId): boolean {
  const { start, end } = code.absolute(code.op(at).span);
  return code.ir.statements
    .map((s) => code.absolute(s))
    .some((s) => s.start < start && end <= s.end && /^try\b/.test(code.fileText.slice(s.start)));
}
