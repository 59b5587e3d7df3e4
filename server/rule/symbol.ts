/**
 * What an expression means across files: two expressions with an identity in common are the same thing (the same module
 * variable, the same environment variable, equal constants, the same field of a class). No identity: nothing can be said.
 */

import { binder, exportOf } from "./given.ts";
import type { Code, Op, ProgramContext, ValueId } from "./rule.ts";
import { storesOf } from "./stores.ts";

const MAX_DEPTH = 14;
/** Global objects that are the same in every file. */
const SHARED: readonly string[] = ["process", "globalThis", "Deno", "Bun", "window", "global"];

export function identities(code: Code, id: ValueId, context: ProgramContext): readonly string[] {
  return [...new Set(trace(code, id, context, 0).map(normal))].filter(
    (x) => !/^(?:import|module|global):[^.]*$/.test(x),
  );
}

function trace(code: Code, id: ValueId, context: ProgramContext, depth: number): readonly string[] {
  if (depth > MAX_DEPTH || id < 0) return [];
  const op = code.op(id);
  const next = (v: ValueId): readonly string[] => trace(code, v, context, depth + 1);
  switch (op.op) {
    case "const":
      return typeof op.value === "string" && op.value !== ""
        ? [`const:${JSON.stringify(op.value)}`]
        : [];
    case "annotate":
    case "await":
      return next(op.value);
    case "load":
      return variable(code, code.ir.slots[op.slot] as string, context, depth);
    case "free": {
      const bound = binder(code, op.name);
      if (bound !== undefined) return variable(bound.code, bound.name, context, depth);
      return SHARED.includes(op.name) ? [`global:${op.name}`] : [`unbound:${code.file} ${op.name}`];
    }
    case "import": {
      const file = context.imported(code.file, op.module);
      if (file === undefined)
        return [
          `import:${op.module.replace(/^node:/, "")}${op.name === undefined || op.name === "default" ? "" : `.${op.name}`}`,
        ];
      return op.name === undefined ? [`module:${file}`] : exported(file, op.name, context, depth);
    }
    case "this":
      return ownClass(code);
    case "member":
      return step(code, op.object, op.name, context, depth);
    case "index": {
      const key = code.op(op.key);
      return key.op === "const" && typeof key.value === "string"
        ? step(code, op.object, key.value, context, depth)
        : [];
    }
    case "call":
      return called(code, op, context, depth);
    default:
      return [];
  }
}

function step(
  code: Code,
  object: ValueId,
  name: string,
  context: ProgramContext,
  depth: number,
): readonly string[] {
  return trace(code, object, context, depth + 1).flatMap((base) =>
    base.startsWith("module:")
      ? exported(base.slice(7), name, context, depth + 1)
      : [`${base}.${name}`],
  );
}

function variable(
  code: Code,
  name: string,
  context: ProgramContext,
  depth: number,
): readonly string[] {
  const slot = code.ir.slots.indexOf(name);
  const param = code.ir.params.findIndex((p) => p.slot === slot);
  if (param >= 0)
    return param === 0 && code.language === "python" && name === "self" ? ownClass(code) : [];
  const stores = storesOf(code, slot);
  const values = stores.flatMap((value) => trace(code, value, context, depth + 1));
  // What an import binds is the thing it leads to, not a variable of this file.
  const own =
    code.ir.kind === "module" &&
    !name.startsWith("%") &&
    !stores.some((value) => code.op(value).op === "import")
      ? [`var:${code.file} ${name}`]
      : [];
  return name.startsWith("%") || stores.length === 1 ? [...own, ...values] : own;
}

function exported(
  file: string,
  name: string,
  context: ProgramContext,
  depth: number,
): readonly string[] {
  const target = exportOf(file, name, context, 0);
  return target === undefined
    ? [`var:${file} ${name}`]
    : variable(target.code, target.name, context, depth + 1);
}

/** The class whose method this is: "FILE#A.method" is of FILE#A. */
function ownClass(code: Code): readonly string[] {
  const name = code.item.slice(code.item.indexOf("#") + 1);
  const parts = /^([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\.[^./]+(?:\/|$)/.exec(name);
  return parts === null ? [] : [`class:${code.file} ${parts[1]}`];
}

/** Conversions keep what they convert; `getenv("X")` is a variable of the environment; other calls are as their text. */
function called(
  code: Code,
  op: Op & { op: "call" },
  context: ProgramContext,
  depth: number,
): readonly string[] {
  const callee = code.op(op.callee);
  const first = op.args[0];
  const name = callee.op === "member" ? callee.name : "";
  if (name === "encode" && first === undefined && callee.op === "member")
    return trace(code, callee.object, context, depth + 1);
  if (first !== undefined && (name === "encode" || name === "from" || name === "createSecretKey"))
    return trace(code, first.value, context, depth + 1);
  const key = first === undefined ? undefined : code.op(first.value);
  const bases = trace(code, op.callee, context, depth + 1);
  if (key?.op === "const" && typeof key.value === "string") {
    const text = key.value;
    return bases.map((b) =>
      /(?:^import:os\.getenv|\.environ\.get)$/.test(b)
        ? `env:${text}`
        : `${b}(${JSON.stringify(text)})`,
    );
  }
  return first === undefined ? bases.map((b) => `${b}()`) : [];
}

/** One name for the ways to write an environment variable. */
function normal(identity: string): string {
  const env =
    /^(?:global:process\.env|import:process\.env|import:os\.environ|global:Bun\.env)\.(\w+)$/.exec(
      identity,
    );
  return env === null ? identity : `env:${env[1]}`;
}
