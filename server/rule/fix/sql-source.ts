/** Where the SQL text of a call is built, and whether it can be changed there. */
import type { Code, Op, ValueId } from "../rule.ts";
import { readSql, type SqlText } from "./sql-text.ts";

/** The variable that holds the text is read anywhere but in this argument and in its own `+=`. */
export function isUsedElsewhere(code: Code, arg: ValueId): boolean {
  const op = code.op(arg);
  if (op.op === "await" || op.op === "annotate") return isUsedElsewhere(code, op.value);
  if (op.op !== "load") return false;
  const grown = new Set<ValueId>();
  for (const o of code.ir.ops) {
    if (o.op !== "store" || o.slot !== op.slot) continue;
    const value = code.op(o.value);
    if (value.op === "binary") grown.add(value.left);
  }
  return code.ir.ops.some(
    (o, id) => o.op === "load" && o.slot === op.slot && id !== arg && !grown.has(id),
  );
}

/** A variable in the expression is assigned between two places. */
export function changesBefore(code: Code, expression: string, from: number, to: number): boolean {
  const names = new Set(expression.match(/[A-Za-z_$][\w$]*/g) ?? []);
  return code.ir.ops.some(
    (o) =>
      o.op === "store" &&
      o.span.start >= from &&
      o.span.start < to &&
      names.has((code.ir.slots[o.slot] ?? "").replace(/#\d+$/, "")),
  );
}

export interface Source {
  readonly sql: SqlText;
  readonly store?: Op & { op: "store" };
}

/** The literal, or the stores that build the variable: one, or a first one and `+=` after it. */
export function sourceOf(code: Code, arg: ValueId): readonly Source[] | undefined {
  const direct = readSql(code, arg);
  if (direct !== undefined) return [{ sql: direct }];
  const op = code.op(arg);
  if (op.op === "await" || op.op === "annotate") return sourceOf(code, op.value);
  if (op.op !== "load") return undefined;
  const stores = code.ir.ops
    .filter((o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot)
    .sort((a, b) => a.span.start - b.span.start);
  const out: Source[] = [];
  for (const [i, store] of stores.entries()) {
    let value = store.value;
    let grown = code.op(value);
    if (i > 0) {
      if (grown.op !== "binary" || grown.operator !== "+") return undefined;
      const left = code.op(grown.left);
      if (left.op !== "load" || left.slot !== op.slot) return undefined;
      value = grown.right;
      grown = code.op(value);
    }
    const sql = readSql(code, value);
    if (sql === undefined) return undefined;
    out.push({ sql, store });
  }
  return out.length === 0 ? undefined : out;
}
