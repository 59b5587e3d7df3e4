/** Whether a value is certainly a text: by its own expression, its declaration, or by what the models say of the library. */
import type { TypeRef } from "../../ir/ir.ts";
import { binder } from "../given.ts";
import type { Code, Context, Op, ValueId } from "../rule.ts";

/** "text"; "maybe": a text or nothing; undefined: it may be anything. */
export type TextValue = "text" | "maybe" | undefined;

const MAX_DEPTH = 12;

/** Looks at variables of this function only, and at all that they are set to. */
export function textValue(code: Code, id: ValueId, context: Context, depth = 0): TextValue {
  if (depth > MAX_DEPTH) return undefined;
  const op = code.op(id);
  const next = (value: ValueId): TextValue => textValue(code, value, context, depth + 1);
  switch (op.op) {
    case "const":
      if (op.value === null) return "maybe";
      return typeof op.value === "string" && !isBytes(code, op) ? "text" : undefined;
    case "join":
      return isBytes(code, op) ? undefined : "text";
    case "binary":
      return op.operator === "+" && next(op.left) === "text" ? "text" : undefined;
    case "slice":
      return next(op.object) === "text" ? "text" : undefined;
    case "annotate":
      return next(op.value);
    case "index":
      return holdsTexts(code, op.object, context) || next(op.object) === "text"
        ? "text"
        : undefined;
    case "load":
      return ofVariable(code, op.slot, context, depth);
    case "call":
      return ofCall(code, op, context, depth);
    default:
      return undefined;
  }
}

/** Certainly no text: a list, a new object, a parameter that is declared to be something else. */
export function isOtherValue(code: Code, id: ValueId, context: Context, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  const op = code.op(id);
  if (op.op === "sequence" || op.op === "record") return true;
  if (op.op === "call") {
    const path = pathOf(code, op.callee, context);
    return path !== undefined && /(?:^|\.)[A-Z]\w*$/.test(path) && !context.isText(`${path}()`);
  }
  if (op.op !== "load") return false;
  const stores = code.ir.ops.filter(
    (o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot,
  );
  const [only] = stores;
  if (stores.length !== 1 || only === undefined) return false;
  const value = code.op(only.value);
  if (value.op !== "param") return isOtherValue(code, only.value, context, depth + 1);
  const type = code.ir.params[value.index]?.annotation;
  return (
    type?.kind === "array" ||
    type?.kind === "record" ||
    (type?.kind === "name" &&
      ofType(type) === undefined &&
      !["Any", "object", "Annotated", "Optional", "Union"].includes(type.path.at(-1) ?? ""))
  );
}

function isBytes(code: Code, op: Op): boolean {
  return /^[rf]?b/i.test(code.text(op.span)) && /^\w+["']/.test(code.text(op.span));
}

function ofVariable(code: Code, slot: number, context: Context, depth: number): TextValue {
  // A function inside may set it as well.
  if (code.ir.holes.length > 0 && !isConstant(code, slot)) return undefined;
  let out: TextValue;
  for (const block of code.ir.blocks)
    for (const id of block.ops) {
      const op = code.op(id);
      if (op.op !== "store" || op.slot !== slot) continue;
      const value = code.op(op.value);
      let one =
        value.op === "param"
          ? ofParameter(code, value.index)
          : textValue(code, op.value, context, depth + 1);
      // `x or "..."`: nothing does not stay in the variable.
      if (
        one === "maybe" &&
        block.end.kind === "branch" &&
        block.end.condition === op.value &&
        stores(code, block.end.else, slot)
      )
        one = "text";
      if (one === undefined) return undefined;
      out = out === "maybe" ? out : one;
    }
  return out;
}

/** `const name = ...` of JavaScript. */
function isConstant(code: Code, slot: number): boolean {
  const all = code.ir.ops.filter((op) => op.op === "store" && op.slot === slot);
  const [only] = all;
  const at = all.length === 1 && only !== undefined ? code.statement(only.span) : undefined;
  return at !== undefined && /^const\s/.test(code.fileText.slice(at.start, at.end));
}

function stores(code: Code, block: number, slot: number): boolean {
  return (code.ir.blocks[block]?.ops ?? []).some((id) => {
    const op = code.op(id);
    return op.op === "store" && op.slot === slot;
  });
}

function ofParameter(code: Code, index: number): TextValue {
  const param = code.ir.params[index];
  if (param === undefined || (param.kind !== "positional" && param.kind !== "keyword"))
    return undefined;
  const declared = ofType(param.annotation);
  if (declared !== "text" || !param.hasDefault) return declared;
  return defaultOf(code, index) === true ? "text" : "maybe";
}

function ofType(type: TypeRef | undefined): TextValue {
  if (type?.kind === "union") {
    const members = type.members.map((m) => (isNone(m) ? "maybe" : ofType(m)));
    if (members.includes(undefined)) return undefined;
    return members.includes("maybe") ? "maybe" : "text";
  }
  if (type?.kind !== "name") return undefined;
  const name = type.path.at(-1);
  if (name === "str") return type.path.length === 1 ? "text" : undefined;
  if (name === "Annotated") return ofType(type.args[0]);
  return name === "Optional" && ofType(type.args[0]) !== undefined ? "maybe" : undefined;
}
function isNone(type: TypeRef): boolean {
  return type.kind === "name" && type.path.join(".") === "None";
}

/** A default that is a text, or a declaration such as `Query(...)` that asks for a value; undefined if it is out of sight. */
function defaultOf(code: Code, index: number): boolean | undefined {
  const parent = code.parent === undefined ? undefined : code.other(code.parent);
  const made = (parent?.ir.ops ?? []).filter(
    (o): o is Op & { op: "closure" } =>
      o.op === "closure" && parent?.ir.holes[o.hole]?.name === code.ir.name,
  );
  const id = made.length === 1 ? made[0]?.defaults[index] : undefined;
  if (parent === undefined || id === undefined) return undefined;
  const op = parent.op(id);
  if (op.op !== "call") return op.op === "const" && typeof op.value === "string";
  const [first] = op.args;
  if (first === undefined) return true;
  const given = first.name === undefined ? parent.op(first.value) : undefined;
  return given?.op === "const" && (given.value === undefined || typeof given.value === "string");
}

function ofCall(code: Code, op: Op & { op: "call" }, context: Context, depth: number): TextValue {
  const path = pathOf(code, op.callee, context);
  if (path !== undefined && context.isText(`${path}()`)) return "text";
  const callee = code.op(op.callee);
  if (callee.op !== "member") return undefined;
  if (textValue(code, callee.object, context, depth + 1) === "text")
    return context.isText(`%.str().${callee.name}()`) ? "text" : undefined;
  if (callee.name !== "get" || !holdsTexts(code, callee.object, context)) return undefined;
  if (op.args.some((a) => a.spread !== undefined)) return undefined;
  const [key, otherwise, ...more] = op.args;
  if (key === undefined || more.length > 0 || key.name !== undefined) return undefined;
  if (otherwise === undefined) return "maybe";
  if (otherwise.name !== undefined && otherwise.name !== "default") return undefined;
  return textValue(code, otherwise.value, context, depth + 1);
}

function holdsTexts(code: Code, id: ValueId, context: Context): boolean {
  const path = pathOf(code, id, context);
  return path !== undefined && context.holdsTexts(path);
}

/** The path of a value of a library: "flask.request.args"; what nothing binds begins with "%". */
export function pathOf(code: Code, id: ValueId, context: Context, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const op = code.op(id);
  switch (op.op) {
    case "import":
      if (op.module.startsWith(".") || context.imported(code.file, op.module) !== undefined)
        return undefined;
      return op.name === undefined ? op.module : `${op.module}.${op.name}`;
    case "free": {
      const bound = binder(code, op.name);
      return bound === undefined
        ? `%.${op.name}`
        : pathOfVariable(bound.code, bound.name, context, depth);
    }
    case "load":
      return pathOfVariable(code, code.ir.slots[op.slot] as string, context, depth);
    case "member": {
      const object = pathOf(code, op.object, context, depth + 1);
      return object === undefined ? undefined : `${object}.${op.name}`;
    }
    default:
      return undefined;
  }
}

function pathOfVariable(
  code: Code,
  name: string,
  context: Context,
  depth: number,
): string | undefined {
  const slot = code.ir.slots.indexOf(name);
  const values = code.ir.ops.filter(
    (o): o is Op & { op: "store" } => o.op === "store" && o.slot === slot,
  );
  const [only] = values;
  if (values.length !== 1 || only === undefined) return undefined;
  const value = code.op(only.value);
  if (value.op !== "param") return pathOf(code, only.value, context, depth + 1);
  const type = code.ir.params[value.index]?.annotation;
  if (type?.kind !== "name" || type.args.length > 0) return undefined;
  const [first, ...rest] = type.path;
  const bound = first === undefined ? undefined : binder(code, first);
  const base =
    bound === undefined ? undefined : pathOfVariable(bound.code, bound.name, context, depth + 1);
  return base === undefined ? undefined : `${[base, ...rest].join(".")}()`;
}
