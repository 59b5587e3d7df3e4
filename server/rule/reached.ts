/** Everything of the project that a value leads to: the functions and classes that are named on the way, in whatever file. */
import { childrenOf } from "./items.ts";
import type { Code, Op, ProgramContext, ValueId } from "./rule.ts";
import { inputsOf } from "./slice.ts";

export interface Reached {
  /** Functions, with all that stands in them. */
  readonly functions: readonly Code[];
  /** The operations, each with where it stands. */
  readonly ops: readonly { readonly code: Code; readonly op: Op }[];
  /** What is named and stands in no file of the project: modules, and names in them. */
  readonly outside: readonly { readonly module: string; readonly name: string }[];
}

/** @param from a value of an item, or what a file gives to others under a name. */
export function reachedFrom(context: ProgramContext, code: Code, from: ValueId): Reached {
  const walk = createWalk(context);
  walk.value(code, from);
  return walk.all();
}

export function reachedByName(context: ProgramContext, module: Code, name: string): Reached {
  const walk = createWalk(context);
  walk.name(module, name);
  return walk.all();
}

/** Of functions; what leads to more than these is a framework, not a part of a client. */
const MAX_FUNCTIONS = 100;

function createWalk(context: ProgramContext) {
  const seen = new Map<string, Set<ValueId>>();
  const functions = new Map<string, Code>();
  const ops: { code: Code; op: Op }[] = [];
  const outside: { module: string; name: string }[] = [];
  const todo: (readonly [Code, ValueId])[] = [];

  function named(code: Code, name: string): void {
    for (let at: Code | undefined = code; at !== undefined; at = parentOf(at)) {
      const stores = at.ir.ops.flatMap((op) =>
        op.op === "store" && at?.ir.slots[op.slot] === name ? [op.value] : [],
      );
      for (const value of stores) todo.push([at, value]);
      if (stores.length > 0) return;
    }
  }
  function parentOf(code: Code): Code | undefined {
    if (code.ir.kind === "module") return undefined;
    return (
      (code.parent === undefined ? undefined : code.other(code.parent)) ??
      code.other(`${code.file}#`)
    );
  }
  function into(code: Code): void {
    if (functions.has(code.item) || functions.size >= MAX_FUNCTIONS) return;
    functions.set(code.item, code);
    code.ir.ops.forEach((_op, id) => {
      todo.push([code, id]);
    });
  }
  /** `member`: what of it is asked for, where it is a module. */
  function imported(code: Code, op: Op & { readonly op: "import" }, member?: string): void {
    const { module } = op;
    const name = op.name === "default" ? member : (op.name ?? member);
    const apart = module.endsWith(".") ? "" : ".";
    const inside =
      op.name === undefined
        ? undefined
        : context.imported(code.file, `${module}${apart}${op.name}`);
    const isModule = inside !== undefined && code.language === "python";
    const file = isModule ? inside : context.imported(code.file, op.also ?? module);
    const other = file === undefined ? undefined : context.code(`${file}#`);
    if (other === undefined) outside.push({ module, name: name ?? "" });
    else if (isModule && member !== undefined) exported(other, member);
    else if (name !== undefined) exported(other, name);
  }
  function exported(module: Code, name: string): void {
    const one = module.ir.exports.find((each) => each.kind !== "star" && each.exported === name);
    if (one?.kind === "from") {
      const file = context.imported(module.file, one.module);
      const other = file === undefined ? undefined : context.code(`${file}#`);
      if (other !== undefined) exported(other, one.name ?? name);
    } else named(module, one?.kind === "local" ? one.local : name);
  }
  function step(code: Code, id: ValueId): void {
    const own = seen.get(code.item) ?? new Set();
    seen.set(code.item, own);
    if (id < 0 || own.has(id)) return;
    own.add(id);
    const op = code.op(id);
    ops.push({ code, op });
    if (op.op === "free") named(code, op.name);
    if (op.op === "import") imported(code, op);
    if (op.op === "member") {
      for (const from of importsOf(code, op.object)) imported(from.code, from.op, op.name);
    }
    if (op.op === "load")
      code.ir.ops.forEach((other, at) => {
        if (other.op === "store" && other.slot === op.slot) todo.push([code, at]);
      });
    if (op.op === "closure") {
      const child = context.code(childrenOf(code).get(op.hole) ?? "");
      if (child !== undefined) into(child);
    }
    for (const input of inputsOf(op)) todo.push([code, input]);
  }
  /** The imports that a variable stands for. */
  function importsOf(
    code: Code,
    id: ValueId,
  ): { code: Code; op: Op & { readonly op: "import" } }[] {
    const op = code.op(id);
    if (op.op === "import") return [{ code, op }];
    const name = op.op === "load" ? code.ir.slots[op.slot] : op.op === "free" ? op.name : undefined;
    for (
      let at: Code | undefined = code;
      name !== undefined && at !== undefined;
      at = parentOf(at)
    ) {
      const scope = at;
      const stores = scope.ir.ops.flatMap((one) =>
        one.op === "store" && scope.ir.slots[one.slot] === name ? [scope.op(one.value)] : [],
      );
      if (stores.length > 0)
        return stores.flatMap((value) =>
          value.op === "import" ? [{ code: scope, op: value }] : [],
        );
    }
    return [];
  }
  return {
    value: (code: Code, id: ValueId) => {
      todo.push([code, id]);
    },
    name: exported,
    all(): Reached {
      for (let next = todo.pop(); next !== undefined; next = todo.pop()) step(...next);
      return { functions: [...functions.values()], ops, outside };
    },
  };
}
