/** The branches that a place of an item lies behind. */
import { type Dominators, dominatorsOf } from "./dominators.ts";
import type { Code, ValueId } from "./rule.ts";

export interface Condition {
  readonly text: string;
  readonly of: ValueId;
  /** The side of the branch. */
  readonly taken: boolean;
  /** Of several with "or" between them one has held. */
  readonly isAny?: true;
  /** Other branches have come and met again since. */
  readonly isFar?: true;
}
/** The branch conditions that every way to the operation has passed. */
export function conditionsAt(code: Code, id: ValueId): Condition[] {
  return withAlternatives(code, id).filter((c) => c.isAny !== true);
}
/** Of `a or b` both together. */
export function withAlternatives(code: Code, id: ValueId): Condition[] {
  return allConditionsOf(
    code,
    code.ir.blocks.findIndex((b) => b.ops.includes(id)),
  );
}
export function conditionsOf(code: Code, block: number): Condition[] {
  return allConditionsOf(code, block).filter((c) => c.isAny !== true);
}
/** `abort(403)` of Flask and its like, `sys.exit()`: nothing comes after it. */
function endsAll(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  if (callee?.op === "free") return code.language === "python" && callee.name === "abort";
  const of = callee?.op === "member" && callee.name === "exit" ? code.op(callee.object) : undefined;
  return of?.op === "free" && (of.name === "sys" || of.name === "process");
}
interface Ways {
  /** By block, the blocks from which a way leads straight to it. */
  readonly before: readonly (readonly number[])[];
  readonly dominators: Dominators;
}
const known = new WeakMap<Code["ir"], Ways>();
function waysOf(code: Code): Ways {
  const old = known.get(code.ir);
  if (old !== undefined) return old;
  const { blocks } = code.ir;
  const before: number[][] = blocks.map(() => []);
  blocks.forEach(({ ops, end, handler }, at) => {
    if (ops.some((op) => endsAll(code, op))) return;
    const next = end.kind === "jump" ? [end.to] : end.kind === "branch" ? [end.then, end.else] : [];
    if (handler !== undefined) next.push(handler);
    for (const to of new Set(next)) before[to]?.push(at);
  });
  const made = { before, dominators: dominatorsOf(blocks, before) };
  known.set(code.ir, made);
  return made;
}

function allConditionsOf(code: Code, block: number): Condition[] {
  const { blocks } = code.ir;
  const ways = waysOf(code);
  let at: number | undefined = block;
  let isFar = false;
  const out: Condition[] = [];
  for (const seen = new Set<number>(); at !== undefined && at > 0 && !seen.has(at); ) {
    seen.add(at);
    const before: readonly number[] = ways.before[at] ?? [];
    const any = anyOf(code, at, before);
    if (any !== undefined) {
      out.push(any.condition);
      at = any.first;
      continue;
    }
    const from = before[0];
    // What has split and meets again says nothing, but all that stands before it does.
    if (before.length !== 1 || from === undefined) {
      at = ways.dominators[at];
      isFar = true;
      continue;
    }
    const end = blocks[from]?.end;
    const isSide = end?.kind === "branch" && (end.then === at || end.else === at);
    if (isSide && !isCatch(code, end.condition))
      out.push({
        text: code.text(code.op(end.condition).span),
        of: end.condition,
        taken: end.then === at,
        ...(isFar ? { isFar } : {}),
      });
    at = from;
  }
  return out;
}

/** `a or b`, if the block is reached when one of them holds and in no other way. */
function anyOf(
  code: Code,
  at: number,
  before: readonly number[],
): { readonly condition: Condition; readonly first: number } | undefined {
  const ends = before.map((i) => code.ir.blocks[i]?.end);
  const alternatives: ValueId[] = [];
  for (const end of ends) {
    if (end?.kind !== "branch" || end.then !== at || isCatch(code, end.condition)) return undefined;
    alternatives.push(end.condition);
  }
  // Each but one is asked when another one did not hold.
  const first = before.filter(
    (block) => !ends.some((end) => end?.kind === "branch" && end.else === block),
  );
  const [head] = first;
  if (before.length < 2 || first.length !== 1 || head === undefined) return undefined;
  const text = alternatives.map((id) => code.text(code.op(id).span)).join(" or ");
  return {
    condition: {
      text,
      of: alternatives[before.indexOf(head)] as ValueId,
      taken: true,
      isAny: true,
    },
    first: head,
  };
}

/** The test of an exception's class that a handler begins with. */
function isCatch(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return op.op === "compare" && code.op(op.left).op === "caught";
}
