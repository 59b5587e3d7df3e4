/** Whether a client was given a way to connect that refuses addresses: an adapter, a transport, an agent, a dispatcher. */
import { type Reached, reachedByName, reachedFrom } from "./reached.ts";
import type { Code, Context, Hit, Op, ProgramContext, ValueId } from "./rule.ts";
import { inputsOf } from "./slice.ts";
import { bare } from "./tokens.ts";
import { entered } from "./url.ts";

/**
 * "checks": it refuses some addresses, or stands in no file of the project and is named like something that does. "unseen": it stands
 * in no file of the project. "plain": it refuses none. Undefined: there is none.
 */
export type Connector = "checks" | "unseen" | "plain";

export function connectorOf(hit: Hit, code: Code, context: ProgramContext): Connector | undefined {
  const found = connectors(hit, code).map((value) =>
    kindOf(reachedFrom(context, code, value), context, hit),
  );
  return (["checks", "unseen", "plain"] as const).find((kind) => found.includes(kind));
}

/** What a file gives to others under this name refuses addresses: each way to connect that is set in it, or else it itself. */
export function refusesAddresses(context: ProgramContext, module: Code, name: string): boolean {
  const reached = reachedByName(context, module, name);
  const set = reached.functions.flatMap((code) =>
    code.ir.ops.flatMap((op) => connectorsSet(code, op).map((value) => ({ code, value }))),
  );
  if (set.length === 0) return refuses(reached, context);
  return set.every(({ code, value }) => refuses(reachedFrom(context, code, value), context));
}

/** What SSRF rules say of a call whose client has one; undefined: nothing. */
export function unlessConnected(
  hit: Hit,
  code: Code,
  context: Context,
): { readonly confidence?: "medium" } | undefined {
  const kind = connectorOf(hit, code, context);
  if (kind === "checks") return undefined;
  return kind === "unseen" ? { confidence: "medium" } : {};
}

function connectors(hit: Hit, code: Code): readonly ValueId[] {
  const call = code.op(hit.site.op);
  if (call.op !== "call") return [];
  const out = call.args.flatMap(({ value }) => connectorsSet(code, bare(code, value)));
  const callee = code.op(call.callee);
  const client = callee.op === "member" ? code.op(callee.object) : undefined;
  if (client?.op !== "load") return out;
  for (const op of code.ir.ops) {
    const target = mounted(code, op)?.on;
    if (target?.op === "load" && target.slot === client.slot) out.push(...connectorsSet(code, op));
    if (op.op !== "store" || op.slot !== client.slot) continue;
    const made = entered(code, op.value);
    if (made.op !== "call") continue;
    for (const { name, value } of made.args) if (ARGUMENT.test(name ?? "")) out.push(value);
  }
  return out;
}

/** In the fields of options, or by the call that mounts it. */
function connectorsSet(code: Code, op: Op): readonly ValueId[] {
  if (op.op === "record")
    return op.entries.flatMap(({ key, value }) =>
      typeof key === "string" && OPTION.test(key) && code.op(value).op !== "const" ? [value] : [],
    );
  const adapter = mounted(code, op)?.adapter;
  return adapter === undefined ? [] : [adapter];
}
function mounted(
  code: Code,
  op: Op,
): { readonly on: Op; readonly adapter: ValueId | undefined } | undefined {
  const method = op.op === "call" ? code.op(op.callee) : undefined;
  if (op.op !== "call" || method?.op !== "member" || method.name !== "mount") return undefined;
  const adapter = op.args.find(({ name }) => name === "adapter") ?? op.args[1];
  return { on: code.op(method.object), adapter: adapter?.value };
}
const OPTION = /^(?:dispatcher|agent|httpAgent|httpsAgent|lookup|requestHandler)$/;
const ARGUMENT = /^(?:connector|transport|resolver|mounts)$/;

function kindOf(reached: Reached, context: ProgramContext, hit: Hit): Connector {
  if (refuses(reached, context)) return "checks";
  if (reached.outside.some(({ module, name }) => CHECK.test(name) || CHECK.test(module)))
    return "checks";
  if (reached.functions.length > 0) return "plain";
  const client = /^[\w-]+/.exec(hit.row.path)?.[0];
  const isOfClient = ({ module }: { readonly module: string }): boolean =>
    module.startsWith("node:") || /^[\w-]+/.exec(module)?.[0] === client;
  return reached.outside.length > 0 && reached.outside.every(isOfClient) ? "plain" : "unseen";
}
/** Of what is out of sight. */
const CHECK =
  /public|safe|secure|valid|allow|trust|verif|guard|check|filter|ssrf|restrict|block|deny/i;

/** In one of the functions, something is refused because of an address. */
function refuses(reached: Reached, context: ProgramContext): boolean {
  return reached.functions.some((code) =>
    code.ir.blocks.some((block, at) => {
      if (block.end.kind !== "throw" && !block.ops.some((id) => isHandedError(code, id)))
        return false;
      return nearestConditions(code, at).some((id) => asksForAddress(code, id, context));
    }),
  );
}

/** The last condition on each way to a block. */
function nearestConditions(code: Code, block: number): readonly ValueId[] {
  const out: ValueId[] = [];
  const seen = new Set<number>();
  const todo = [block];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const [from, { end }] of code.ir.blocks.entries()) {
      if (end.kind === "jump" && end.to === at) todo.push(from);
      if (end.kind === "branch" && (end.then === at || end.else === at)) out.push(end.condition);
    }
  }
  return out;
}

/** `callback(new Error("..."))` */
function isHandedError(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return (
    op.op === "call" &&
    op.args.some(({ value }) => {
      const arg = code.op(value);
      return arg.op === "call" && arg.isNew && /Error$/.test(code.text(code.op(arg.callee).span));
    })
  );
}

function asksForAddress(code: Code, condition: ValueId, context: ProgramContext): boolean {
  if (comparesHost(code, condition)) return true;
  return reachedFrom(context, code, condition).ops.some(({ code: where, op }) =>
    looksAtAddress(where, op),
  );
}

/** A library is asked what kind of address it is, or whether it lies in a network. */
function looksAtAddress(code: Code, op: Op): boolean {
  if (op.op === "member" && ADDRESS_KIND.test(op.name)) return true;
  if (op.op !== "call") return false;
  return ADDRESS_CLASS.test(code.text(code.op(op.callee).span));
}
const ADDRESS_KIND =
  /^is_?(?:private|global|public|loopback|link_?local|reserved|multicast|unspecified)/i;
const ADDRESS_CLASS =
  /(?:^|\.)(?:ip_address|ip_network|IPv[46]Address|IPv[46]Network|IPAddress|IPNetwork|BlockList)$/;

/** A host's name is looked for in a list, compared, or handed to a function that decides. */
function comparesHost(code: Code, condition: ValueId): boolean {
  const op = code.op(condition);
  if (op.op === "unary") return comparesHost(code, op.operand);
  const sides =
    op.op === "compare"
      ? [op.left, op.right]
      : op.op === "call"
        ? op.args.map(({ value }) => value)
        : [];
  return sides.some((side) => isHost(code, side));
}

/** Made from a host's name. Of `a, b = host, port` each name has its own part. */
function isHost(code: Code, value: ValueId): boolean {
  const seen = new Set<ValueId>();
  const todo = [value];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    if (id < 0 || seen.has(id)) continue;
    seen.add(id);
    const op = code.op(id);
    if (op.op === "member" && HOST.test(op.name)) return true;
    const part = op.op === "index" ? partOf(code, op) : undefined;
    // What is asked with a host's name is something else; what its own methods give is not.
    const from = op.op === "call" ? [op.callee] : inputsOf(op);
    todo.push(...(part === undefined ? from : [part]));
    if (op.op === "load")
      code.ir.ops.forEach((other, at) => {
        if (other.op === "store" && other.slot === op.slot) todo.push(at);
      });
  }
  return false;
}
function partOf(code: Code, op: Op & { readonly op: "index" }): ValueId | undefined {
  const [whole, key] = [code.op(op.object), code.op(op.key)];
  if (whole.op !== "sequence" || key.op !== "const" || typeof key.value !== "number")
    return undefined;
  return whole.elements.some(({ spread }) => spread) ? undefined : whole.elements[key.value]?.value;
}
const HOST = /^(?:host|hostname|netloc)$/;
