/** The extension that a stored upload keeps: only one that the program compared with a list of its own. */
import { alwaysBefore } from "../control.ts";
import { origin } from "../given.ts";
import type { Code, Context, Op, ValueId } from "../rule.ts";
import { calledItem } from "../url.ts";
import type { Wanted } from "./imports.ts";

const EXTENSION = /^\.?[a-z0-9]{1,8}$/i;
/** What takes the extension of a name: `os.path.splitext(name)`, `Path(name).suffix`, `path.extname(name)`, `name.rsplit(".", 1)`. */
const TAKES = /\.suffix\b|\bsplitext\(|\bextname\(|\.r?split\(\s*["']\.["']|\.lastIndexOf\(/;

export interface Extension {
  readonly wanted: Wanted;
  /** The extension with its dot, in small letters. */
  readonly text: (local: string) => string;
}

/** `name`: the client's name as it is written here. Undefined where no list is seen on every way to `place`. */
export function checkedExtension(
  code: Code,
  context: Context,
  name: string,
  place: ValueId,
): Extension | undefined {
  const isChecked = code.ir.ops.some((op, id) => {
    if (op.op !== "compare" && op.op !== "call") return false;
    const asks = asksForExtension(code, context, op, name) || isCheckOf(code, context, op, name);
    return asks && alwaysBefore(code, id, place);
  });
  if (!isChecked) return undefined;
  return code.language === "python"
    ? { wanted: { module: "pathlib", name: "Path" }, text: (p) => `${p}(${name}).suffix.lower()` }
    : { wanted: { module: "path" }, text: (p) => `${p}.extname(${name}).toLowerCase()` };
}

/** `Path(name).suffix in ALLOWED`, `ALLOWED.includes(ext)`, `ALLOWED.has(path.extname(name))`. */
function asksForExtension(code: Code, context: Context, op: Op, name: string): boolean {
  let element: ValueId | undefined;
  let list: ValueId | undefined;
  if (op.op === "compare" && (op.operator === "in" || op.operator === "not in")) {
    element = op.left;
    list = op.right;
  } else if (op.op === "call") {
    const callee = code.op(op.callee);
    if (callee.op !== "member" || !/^(?:includes|has)$/.test(callee.name)) return false;
    element = op.args[0]?.value;
    list = callee.object;
  }
  if (element === undefined || list === undefined) return false;
  const made = origin({ code, op: code.op(element), id: element }, context);
  const text = made.code.text(made.op.span);
  return TAKES.test(text) && text.includes(name) && isListOfExtensions(code, context, list);
}

function isListOfExtensions(code: Code, context: Context, id: ValueId): boolean {
  const place = origin({ code, op: code.op(id), id }, context);
  // `new Set([...])`, `frozenset({...})`
  const inner = place.op.op === "call" ? place.op.args[0]?.value : undefined;
  const list = inner === undefined ? place.op : place.code.op(inner);
  return (
    list.op === "sequence" &&
    list.elements.length > 0 &&
    list.elements.every(({ value }) => {
      const one = place.code.op(value);
      return one.op === "const" && typeof one.value === "string" && EXTENSION.test(one.value);
    })
  );
}

/** A function of the program that asks for the extension of its parameter: `allowed_file(file.filename)`. */
function isCheckOf(code: Code, context: Context, op: Op, name: string): boolean {
  if (op.op !== "call") return false;
  const position = op.args.findIndex((a) => code.text(a.span) === name);
  const callee = position < 0 ? undefined : calledItem(code, op);
  const param = callee?.ir.params[position];
  return (
    callee !== undefined &&
    param !== undefined &&
    callee.ir.ops.some((o) => asksForExtension(callee, context, o, param.name))
  );
}
