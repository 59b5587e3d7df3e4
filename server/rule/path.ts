/** What can be told about a path that reaches the file system: what it starts with, what was checked, where its parts come from. */

import type { Code, Context, Hit, Op, ValueId } from "./rule.ts";
import { kindBit } from "./rule.ts";
import { storesOf } from "./stores.ts";
import { common, HOLE, surroundings } from "./surroundings.ts";

/** `sendFile(name, { root })` stays inside the root by itself. */
export function isConfinedSend(hit: Hit, code: Code): boolean {
  if (hit.row.data?.does !== "sends") return false;
  const call = code.op(hit.site.op);
  if (call.op !== "call") return false;
  return call.args.some((a) => {
    const record = code.op(a.value);
    return record.op === "record" && record.entries.some((e) => e.key === "root");
  });
}

/** What is left of the data lies between two dots or two slashes: `name.split(".").pop()`. */
export function isPiece(hit: Hit): boolean {
  return (hit.cleared & kindBit("piece")) !== 0;
}

/** What the checks on the way leave open: a folder beside the right one, or an absolute path. */
export function openEnd(hit: Hit): "beside" | "absolute" | undefined {
  if ((hit.cleared & kindBit("beside-folder")) !== 0) return "beside";
  return (hit.cleared & kindBit("no-climb")) !== 0 ? "absolute" : undefined;
}

/**
 * Behind the data stand letters of the program's own: a file's name, which leaves the data no more than the folder, a folder's,
 * or an ending.
 */
export function hasFixedName(hit: Hit, code: Code): boolean {
  const { name } = hit.row.data ?? {};
  if (typeof name === "number") {
    const call = code.op(hit.site.op);
    const given =
      call.op === "call" ? call.args.filter((a) => a.name === undefined)[name] : undefined;
    return given !== undefined && isWrittenText(code, given.value, 0);
  }
  const end = common(hit, ({ after }) => after.split(HOLE)[0]);
  return end !== undefined && /[^./\\]/.test(end);
}

/** A text that the function writes itself, or one of a few. */
function isWrittenText(code: Code, id: ValueId, depth: number): boolean {
  const op = code.op(id);
  if (op.op === "const") return typeof op.value === "string";
  if (op.op !== "load" || depth > 3) return false;
  const stores = storesOf(code, op.slot);
  return stores.length > 0 && stores.every((value) => isWrittenText(code, value, depth + 1));
}

/** How the data gets out of the folder: by "..", as an absolute path that takes the folder's place, or both. */
export function reachOf(hit: Hit): "climbs" | "absolute" | "both" {
  if ((hit.cleared & kindBit("no-climb")) !== 0) return "absolute";
  return (hit.cleared & kindBit("not-absolute")) !== 0 ? "climbs" : "both";
}

/** No folder of the program's own stands before the data. */
export function isWholePath(hit: Hit): boolean {
  return (
    reachOf(hit) === "both" &&
    (hit.cleared & kindBit("behind")) === 0 &&
    surroundings(hit).every(({ before }) => before === "")
  );
}

/** What the call does with the file: what its row says, or the mode that it is opened in. */
export function fileUse(hit: Hit, code: Code): string {
  const { does, mode, replaces } = hit.row.data ?? {};
  const call = code.op(hit.site.op);
  // Of two paths, only the second one is written to.
  if (replaces === "target" && call.op === "call" && isFirst(call, hit)) return "reads";
  if (mode !== undefined && call.op === "call") {
    const [position, name] = String(mode).split("|");
    const given =
      call.args.find((a) => a.name === name && name !== undefined) ??
      call.args.filter((a) => a.name === undefined)[Number(position)];
    const value = given === undefined ? undefined : code.op(given.value);
    if (value?.op === "const" && /[wax+]/.test(String(value.value))) return "writes";
  }
  return String(does ?? "reads");
}

function isFirst({ args }: Extract<Op, { op: "call" }>, { arg }: Hit): boolean {
  return args.some(
    (a, at) => a.value === arg && (a.name === undefined ? at === 0 : a.name === "src"),
  );
}

/** What a decorator stands before, with others in between. */
function decorated(code: Code, { args }: Extract<Op, { op: "call" }>): Op | undefined {
  const target = args[0] === undefined ? undefined : code.op(args[0].value);
  return target?.op === "call" && target.form === "decorator" ? decorated(code, target) : target;
}

/** The data is one segment of the URL's path in a framework that never lets a "/" into it. */
export function urlSegment(hit: Hit, context: Context): boolean {
  let first = hit.trail;
  while (first.prev !== undefined) first = first.prev;
  const code = context.code(first.item);
  if (code === undefined || code.language !== "python") return false;
  const name = /^\w+/.exec(code.text(first.span))?.[0];
  const parent = code.parent === undefined ? undefined : context.code(code.parent);
  if (name === undefined || parent === undefined || !code.ir.params.some((p) => p.name === name))
    return false;
  const child = /[^/#.]*$/.exec(first.item.replace(/~\d+$/, ""))?.[0];
  // Of several routes one is enough that lets a "/" through; other decorators have texts of their own.
  let found = false;
  for (const op of parent.ir.ops) {
    if (op.op !== "call" || op.form !== "decorator") continue;
    const target = decorated(parent, op);
    if (target?.op !== "closure" || parent.ir.holes[target.hole]?.name !== child) continue;
    const maker = parent.op(op.callee);
    const route =
      maker.op === "call" && maker.args[0] !== undefined
        ? parent.op(maker.args[0].value)
        : undefined;
    if (route?.op !== "const" || typeof route.value !== "string") continue;
    if (!new RegExp(`[{<:]${name}[}>:]`).test(route.value)) continue;
    if (!new RegExp(`\\{${name}\\}|<(string(\\([^)]*\\))?:)?${name}>`).test(route.value))
      return false;
    found = true;
  }
  return found;
}
