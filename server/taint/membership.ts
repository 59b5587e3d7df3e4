/** What it proves of a key that something was found under it: that it is one of the table's keys, if these are the program's own. */
import type { Op } from "../ir/ir.ts";
import { argument, type Call } from "./arguments.ts";
import { isRecord } from "./containers.ts";
import { spread } from "./fields.ts";
import { both } from "./join.ts";
import { clearedBy, HOST_KINDS, kindBit } from "./kinds.ts";
import type { GuardRow } from "./model.ts";
import { assume, isForeign, proveAt, weakened } from "./proofs.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import type { State } from "./state.ts";
import { canBe, KEYS, type Value } from "./value.ts";

/** Someone else decides which keys, or elements of a list, there are. */
export function hasForeignKeys(value: Value): boolean {
  if (!isRecord(value)) return isForeign(value);
  const keys = value.fields?.get(KEYS)?.taint ?? [];
  return isForeign({ refs: [], taint: [...value.taint, ...keys] });
}

/** What finding nothing but a default proves: nothing, if the default is as good as what is found. */
function hasDefault(call: Call): boolean {
  const other = argument(call, 1);
  return call.args.length > 1 && (other === undefined || canBe(other.value, true) !== false);
}

/** The kinds for which the key of a look-up in `table` is then harmless; undefined if it is not known to be a table. */
export function keyOfTable(call: Call, row: GuardRow): number | undefined {
  const table = argument(call, row.needs?.arg ?? "recv")?.value;
  if (table === undefined || hasDefault(call)) return undefined;
  const mask = clearedBy(row.clears);
  if (isTable(call.run, table, row)) return hasForeignKeys(table) ? undefined : mask;
  // An element of a table of which nothing is known is most likely data; should it be a client, its keys are addresses.
  const holder = call.receiverOp === undefined ? undefined : call.run.item.ops[call.receiverOp];
  const isElement = holder?.op === "index" && table.refs.length === 0 && table.fields === undefined;
  return isElement && !isForeign(table) ? mask & ~(HOST_KINDS | kindBit("network")) : undefined;
}

function isTable(run: Run, value: Value, row: GuardRow): boolean {
  const types = row.needs?.values ?? [];
  const refs = resolve(run, value).refs;
  if (refs.length === 0) return value.fields !== undefined && value.taint.length === 0;
  return refs.every((r) => r.startsWith("lib:") && types.includes(r.slice(4)));
}

/** `table[key]`: by rows of "*.%index()", whose argument 0 is the key. */
export function lookedUp(
  run: Run,
  table: Value,
  key: Value,
  op: Op & { op: "index" },
  state: State,
  found: Value,
): Value {
  const rows = spread(key).length === 0 ? [] : run.facts.knowledge.guards("*.%index()");
  let out = found;
  for (const row of rows) {
    if (!isTable(run, table, row) || hasForeignKeys(table)) continue;
    const proof = proveAt(run, key, op.key, clearedBy(row.clears));
    if (row.proves === "return") Object.assign(state, assume(state, proof));
    else {
      const { key: _key, ...rest } = out;
      out = {
        ...rest,
        whenTrue: both(rest.whenTrue, proof),
        whenFalse: both(rest.whenFalse, weakened(proof)),
      };
    }
  }
  return out;
}
