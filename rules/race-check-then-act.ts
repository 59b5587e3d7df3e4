import { childrenOf } from "../server/rule/items.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Match,
  type Observation,
  type Op,
  rule,
  type Span,
  type ValueId,
} from "../server/rule/rule.ts";
import { inputsOf, madeFrom } from "../server/rule/slice.ts";
import { storesOf } from "../server/rule/stores.ts";
import { rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "race-check-then-act",
  title: "Stored number that two requests change at once",
  category: "access",
  severity: "low",
  cwe: [362],
  owasp: ["A04:2021", "A06:2025"],
  items: { sinks: ["lookup"], check },
  say: ({ facts }) => ({
    what: `${String(facts?.field)} is read, compared, and stored with what was computed from the old value.`,
    why: "Two requests at the same time read the same value and both pass the comparison: one coupon pays twice, a balance goes below zero.",
    fix:
      facts?.python === true
        ? "Compare and change it in one UPDATE (filter(...).update with F()), or lock the row first (select_for_update, with_for_update)."
        : "Compare and change it in one query ($inc, decrement, with the condition in its filter), or lock the row in a transaction.",
  }),
  fixes: () => [
    {
      title: "Compare and change it in one query",
      grade: "manual",
      edits: [],
      reason:
        "Put the condition into the filter of one atomic update, and look at how many rows it changed. No edit is offered: what is answered when it changed none is the author's to say.",
    },
  ],
});

interface Change {
  readonly field: string;
  readonly slot: number;
  readonly span: Span;
  readonly op: ValueId;
}

function check(calls: readonly Observation[], code: Code): readonly Match[] {
  if (isTest(code.file) || isSample(code.file)) return [];
  const found = new Set(
    calls.flatMap((call) =>
      rowData(call, "lookup")?.makes === true ? [] : [code.op(call.site.op)],
    ),
  );
  if (found.size === 0) return [];
  const changes = [...assigned(code), ...handedOver(code)];
  if (changes.length === 0 || isLocked(code)) return [];
  const compared = comparedFields(code);
  const out: Match[] = [];
  const seen = new Set<string>();
  for (const { field, slot, span, op } of changes) {
    const before = compared.get(`${slot}.${field}`);
    if (before === undefined || before.start > span.start || seen.has(`${slot}.${field}`)) continue;
    if (!storesOf(code, slot).some((id) => madeFrom(code, id).some((one) => found.has(one))))
      continue;
    seen.add(`${slot}.${field}`);
    out.push({
      item: code.item,
      span,
      op,
      confidence: "low",
      facts: { field, python: code.language === "python" },
      related: [{ item: code.item, span: before, text: "the comparison" }],
    });
  }
  return out;
}

/** `account.balance -= amount`, and the account is saved. */
function assigned(code: Code): Change[] {
  return code.ir.ops.flatMap((op, id) => {
    if (op.op !== "setMember") return [];
    const slot = slotOf(code, op.object);
    if (slot === undefined || !isComputed(code, op.value, slot, op.name)) return [];
    return isSaved(code, slot, op.span) ? [{ field: op.name, slot, span: op.span, op: id }] : [];
  });
}
/** `update({ where, data: { balance: account.balance - amount } })` */
function handedOver(code: Code): Change[] {
  const { ops } = code.ir;
  return ops.flatMap((call, id) => {
    if (call.op !== "call") return [];
    const callee = code.op(call.callee);
    if (callee.op !== "member" || !UPDATES.test(callee.name)) return [];
    return call.args.flatMap((arg) => entriesIn(code, arg.value, id, arg.name));
  });
}
const UPDATES =
  /^(?:update|update_one|updateOne|updateMany|findByIdAndUpdate|findOneAndUpdate|set|upsert|patch|values)$/;
function entriesIn(code: Code, value: ValueId, call: ValueId, name?: string): Change[] {
  const op = code.op(value);
  if (op.op === "record")
    return op.entries.flatMap((entry) =>
      typeof entry.key === "string" ? entriesIn(code, entry.value, call, entry.key) : [],
    );
  if (op.op !== "binary" || name === undefined) return [];
  const member = [op.left, op.right]
    .map((side) => code.op(side))
    .find((side) => side.op === "member");
  const slot = member?.op === "member" ? slotOf(code, member.object) : undefined;
  return slot !== undefined && isComputed(code, value, slot, name)
    ? [{ field: name, slot, span: op.span, op: call }]
    : [];
}

/** Arithmetic on the same field of the same object, as it was read. */
function isComputed(code: Code, value: ValueId, slot: number, field: string): boolean {
  const op = code.op(value);
  if (op.op === "annotate") return isComputed(code, op.value, slot, field);
  if (op.op === "call" && op.args.length > 0)
    return op.args.some((arg) => isComputed(code, arg.value, slot, field));
  if (op.op !== "binary" || !/^[-+*]=?$/.test(op.operator)) return false;
  return [op.left, op.right].some((side) => isField(code, side, slot, field));
}
function isField(code: Code, id: ValueId, slot: number, field: string): boolean {
  const op = code.op(id);
  return op.op === "member" && op.name === field && slotOf(code, op.object) === slot;
}
function slotOf(code: Code, id: ValueId): number | undefined {
  const op = code.op(id);
  return op.op === "annotate" ? slotOf(code, op.value) : op.op === "load" ? op.slot : undefined;
}

/** By variable and field: the first comparison that asks for an order. */
function comparedFields(code: Code): ReadonlyMap<string, Span> {
  const out = new Map<string, Span>();
  for (const op of code.ir.ops) {
    if (op.op !== "compare" || !/^[<>]=?$/.test(op.operator)) continue;
    for (const side of [op.left, op.right])
      for (const id of [side, ...inputsOf(code.op(side))]) {
        const member = code.op(id);
        const slot = member.op === "member" ? slotOf(code, member.object) : undefined;
        if (member.op !== "member" || slot === undefined) continue;
        const key = `${slot}.${member.name}`;
        if (!out.has(key)) out.set(key, op.span);
      }
  }
  return out;
}
/** The object is saved afterwards, or what it belongs to is. */
function isSaved(code: Code, slot: number, after: Span): boolean {
  return code.ir.ops.some((op) => {
    if (op.op !== "call" || op.span.start < after.start) return false;
    const callee = code.op(op.callee);
    if (callee.op !== "member") return false;
    if (/^(?:commit|flush)$/.test(callee.name)) return true;
    return (
      /^(?:a?save|update)$/.test(callee.name) &&
      (slotOf(code, callee.object) === slot ||
        op.args.some((arg) => slotOf(code, arg.value) === slot))
    );
  });
}

const LOCK =
  /transaction|atomic|for_?update|(?<![bc])lock|mutex|acquire|exclusive|semaphore|serializable|version/i;
/** Something here, or around it, makes others wait or fails for them. */
function isLocked(code: Code): boolean {
  if (code.ir.ops.some((op) => LOCK.test(wordOf(code, op)))) return true;
  for (let inner = code; inner.parent !== undefined; ) {
    const up = inner.other(inner.parent);
    if (up === undefined) return false;
    if (isHandedToLock(up, inner)) return true;
    inner = up;
  }
  return false;
}
/** `db.$transaction(async () => ...)`, `@transaction.atomic` */
function isHandedToLock(up: Code, inner: Code): boolean {
  const children = childrenOf(up);
  return up.ir.ops.some((op) => {
    if (op.op !== "call") return false;
    const takes = op.args.some(({ value }) => {
      const arg = up.op(value);
      return arg.op === "closure" && children.get(arg.hole) === inner.item;
    });
    return takes && madeFromWords(up, op.callee);
  });
}
function madeFromWords(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return LOCK.test(wordOf(code, op)) || inputsOf(op).some((one) => madeFromWords(code, one));
}
function wordOf(code: Code, op: Op): string {
  switch (op.op) {
    case "free":
    case "member":
      return op.name;
    case "load":
      return code.ir.slots[op.slot] ?? "";
    default:
      return "";
  }
}
