/** From which other operation a value was made, as far as the item's own text says: of what was checked, the whole. */
import type { SlotId, ValueId } from "../ir/ir.ts";
import type { GuardRow, PassRow } from "./model.ts";
import { clearedByPattern, type MatchTest } from "./patterns.ts";
import { replaceGroup } from "./regex.ts";
import type { Run } from "./run.ts";
import { constants, type Derivation, onlyConst } from "./value.ts";

/** `path.relative(root, target)`, `Path(target).resolve()`, or a variable that is set to it once: the way to `target`. */
export function wayTo(
  run: Run,
  op: ValueId,
): { readonly op: ValueId; readonly derive: Derivation } | undefined {
  const step = madeBy(run, op);
  if (step?.row.derive !== "relative" && step?.row.derive !== "resolved") return undefined;
  let at = step.op;
  // `Path(target)` is the same text.
  for (let depth = 0; depth < MAX_STEPS; depth++) {
    const inner = run.item.ops[at]?.op === "call" ? madeBy(run, at) : undefined;
    const isSame = inner?.row.same === true || inner?.row.concat === true;
    if (inner === undefined || !isSame || inner.row.derive !== undefined || inner.count !== 1)
      break;
    at = inner.op;
  }
  return { op: at, derive: step.row.derive };
}

/** The library call that made a value, and the last argument that went into it. */
function madeBy(
  run: Run,
  op: ValueId,
): { readonly row: PassRow; readonly op: ValueId; readonly count: number } | undefined {
  const made = run.item.ops[origin(run, op, 0)];
  if (made?.op !== "call" || made.args.some((a) => a.spread !== undefined)) return undefined;
  const callee = run.item.ops[made.callee];
  for (const ref of run.values[made.callee]?.refs ?? []) {
    if (!ref.startsWith("lib:")) continue;
    const row = run.facts.knowledge.passes(`${ref.slice(4)}()`)[0];
    const target = row?.from[row.from.length - 1];
    const given =
      target === "recv" && callee?.op === "member"
        ? callee.object
        : target === "*" && made.args.length === 1
          ? made.args[0]?.value
          : typeof target === "number"
            ? made.args[target]?.value
            : undefined;
    if (row !== undefined && given !== undefined)
      return { row, op: given, count: made.args.length };
  }
  return undefined;
}

/** `match[1]` of `match = text.match(/^v\d+-(.+)$/)`: the text, and for what it is harmless if the group is. */
export function groupOf(
  run: Run,
  op: ValueId,
): { readonly op: ValueId; readonly mask: number } | undefined {
  const index = run.item.ops[origin(run, op, 0)];
  if (index?.op !== "index") return undefined;
  const group = onlyConst(run.values[index.key])?.value;
  const made = run.item.ops[origin(run, index.object, 0)];
  if (typeof group !== "number" || group < 1 || made?.op !== "call") return undefined;
  const callee = run.item.ops[made.callee];
  if (callee?.op !== "member" || made.args.some((a) => a.spread !== undefined)) return undefined;
  const at = (spec: GuardRow["subject"]): ValueId | undefined =>
    spec === "recv" ? callee.object : typeof spec === "number" ? made.args[spec]?.value : undefined;
  const refs = (run.values[made.callee]?.refs ?? []).filter((r) => r.startsWith("lib:"));
  const paths = [...refs.map((r) => r.slice(4)), `*.${callee.name}`];
  for (const row of paths.flatMap((path) => run.facts.knowledge.guards(`${path}()`))) {
    const is = row.needs?.is;
    if (row.proves !== "true" || !isMatch(is)) continue;
    const text = at(row.subject);
    const pattern = at(row.needs?.arg ?? "");
    const all = pattern === undefined ? undefined : constants(run.values[pattern]);
    if (text === undefined || all === undefined) continue;
    const mask = all.reduce<number>((out, one) => {
      const rest = typeof one === "string" ? replaceGroup(one, group) : undefined;
      return rest === undefined ? 0 : out & clearedByPattern(is, rest);
    }, -1);
    return { op: text, mask };
  }
  return undefined;
}

function isMatch(is: string | undefined): is is MatchTest {
  return is === "search" || is === "match" || is === "whole";
}

const MAX_STEPS = 4;
/** The operation that gave what a variable holds, if there is only one, apart from nothing. */
function origin(run: Run, op: ValueId, depth: number): ValueId {
  const load = run.item.ops[op];
  if (load?.op !== "load") return op;
  const stored = onlyStored(run, load.slot);
  return stored < 0 || depth > MAX_STEPS ? op : origin(run, stored, depth + 1);
}

function onlyStored(run: Run, slot: SlotId): ValueId {
  let found = -1;
  if (run.shared?.has(slot)) return found;
  for (const op of run.item.ops) {
    if (op.op !== "store" || op.slot !== slot) continue;
    const value = run.item.ops[op.value];
    if (value?.op === "const" && (value.value === null || value.value === undefined)) continue;
    if (found >= 0) return -1;
    found = op.value;
  }
  return found;
}
