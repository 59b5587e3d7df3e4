/** What a function does, whatever data there is: asks who is calling, refuses, writes. The models say which calls and reads do. */
import type { Literal, Op } from "../ir/ir.ts";
import { argument } from "./arguments.ts";
import { deedBit } from "./kinds.ts";
import type { Knowledge } from "./knowledge.ts";
import type { DeedRow } from "./model.ts";
import type { Run } from "./run.ts";
import { constants, UNKNOWN, type Value } from "./value.ts";

/** Longer texts are no names. */
const MAX_NAME = 40;

export function noteDeeds(run: Run, op: Op, value: Value): void {
  const k = run.facts.knowledge;
  for (const ref of value.refs)
    if (ref.startsWith("lib:"))
      for (const row of k.deeds(ref.slice(4)))
        if (row.when === undefined) run.deeds |= deedBit(row.does);
  switch (op.op) {
    case "call":
      called(run, op);
      break;
    case "member":
      run.deeds |= k.deedsOfName(op.name, "field");
      break;
    case "const":
      // A key, a status, an address, a few words: `request.headers.get("X-Signature")`, `redirect("/login")`.
      if (typeof op.value === "number" || isName(op.value))
        run.deeds |= k.deedsOfName(String(op.value), "field");
      break;
    default:
      break;
  }
}

/** What a library's function does: what the models say, or its name. */
export function deedsOfPath(k: Knowledge, path: string): number {
  const plain = path.endsWith("()") ? path : `${path}()`;
  let bits = 0;
  // Also of what begins so: `body("name").isEmail()`.
  const starts = [...plain.matchAll(/\(\)/g)].map((call) => plain.slice(0, call.index + 2));
  for (const p of [path, ...starts])
    for (const row of k.deeds(p)) if (row.when === undefined) bits |= deedBit(row.does);
  if (bits !== 0) return bits;
  for (const step of path.split(/[./()[\]]+/)) bits |= k.deedsOfName(step, "call");
  return bits & deedBit("may-check");
}

function isName(value: Literal): boolean {
  return typeof value === "string" && value.length <= MAX_NAME && /^[\w ./-]+!?$/.test(value);
}

function called(run: Run, op: Op & { op: "call" }): void {
  const k = run.facts.knowledge;
  const callee = run.item.ops[op.callee];
  const name = callee?.op === "member" || callee?.op === "free" ? callee.name : nameOf(run, callee);
  // A decorator is called by the module, not by the function.
  if (name !== undefined && op.form !== "decorator") run.deeds |= k.deedsOfName(name, "call");
  const paths = (run.values[op.callee]?.refs ?? []).flatMap((r) =>
    r.startsWith("lib:") ? [`${r.slice(4)}()`] : [],
  );
  if (callee?.op === "member") paths.push(`*.${callee.name}()`);
  for (const path of paths)
    for (const row of k.deeds(path)) if (holds(run, op, row)) run.deeds |= deedBit(row.does);
}

function nameOf(run: Run, callee: Op | undefined): string | undefined {
  return callee?.op === "load" ? run.item.slots[callee.slot] : undefined;
}

function holds(run: Run, op: Op & { op: "call" }, { when }: DeedRow): boolean {
  if (when === undefined) return true;
  const args = op.args.map((a) => ({
    value: run.values[a.value] ?? UNKNOWN,
    op: a.value,
    span: a.span,
    ...(a.name === undefined ? {} : { name: a.name }),
    ...(a.spread === undefined ? {} : { spread: a.spread }),
  }));
  const known = constants(argument({ args }, when.arg)?.value);
  return known?.some((c) => when.among.some((one) => one === c)) ?? false;
}
