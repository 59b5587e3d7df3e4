/**
 * Places: variables that outlive a call, into which functions write and from which others read without being called by
 * them. What is read from one is data of the kind "place"; what was stored there is put in for it when all functions are
 * known (`stored.ts`), so no function's summary depends on those that happen to share a variable with it.
 */
import type { Item } from "../ir/ir.ts";
import type { PlacedItem } from "../project/program.ts";
import type { Table } from "./cells.ts";
import type { Ground } from "./ground.ts";
import { joinTaint } from "./join.ts";
import type { Knowledge } from "./knowledge.ts";
import { extend, PLACE, sourceLabel } from "./labels.ts";
import type { PassRow } from "./model.ts";
import type { Modules } from "./modules.ts";
import { trail } from "./summary.ts";
import { OWN, type Touches, touchedBy, WRITTEN } from "./touched.ts";
import type { Classes } from "./types.ts";
import { type ItemId, markBit, type Ref, type Taint, UNKNOWN, type Value } from "./value.ts";

export interface Touching {
  readonly table: Table<Touches>;
  /** Names outside themselves that functions inside the item may write into, and how. */
  readonly touchedInside: (id: ItemId) => Touches;
}

const NOTHING: Touches = new Map();

export function createTouching({ cells, signatureOf }: Ground): Touching {
  const table = cells.table<Touches>("touched");

  const touchedInside = (id: ItemId): Touches => {
    const cell = table.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as Touches;
    const touches = cells.within(cell, () => touchedBelow(id)) as Touches;
    cells.set(cell, touches);
    return touches;
  };
  const touchedBelow = (id: ItemId): Touches => {
    const all = new Map<string, Set<string>>();
    const add = (touches: Touches, item: Item): void => {
      for (const [name, hows] of touches) {
        if (item.slots.includes(name)) continue;
        const known = all.get(name);
        if (known === undefined) all.set(name, new Set(hows));
        else for (const how of hows) known.add(how);
      }
    };
    for (const child of signatureOf(id)?.children ?? []) {
      const ir = signatureOf(child)?.ir;
      if (ir === undefined) continue;
      add(touchedBy(ir).names, ir);
      add(touchedInside(child), ir);
    }
    return all.size === 0 ? NOTHING : all;
  };

  return { table, touchedInside };
}

export interface Places {
  /** A variable's value as functions read it: what they may have stored in it comes with it. */
  readonly withStored: (owner: ItemId, slot: string, name: string, value: Value) => Value;
  /** The same for what an import leads to. */
  readonly exportedPlace: (ref: Ref, value: Value) => Value;
}

export function createPlaces(
  { itemOf, signatureOf, knowledge }: Ground,
  { ownerOf }: Modules,
  { classOf }: Classes,
  { touchedInside }: Touching,
): Places {
  const withStored: Places["withStored"] = (owner, slot, name, value) => {
    const placed = itemOf(owner);
    if (placed === undefined || !mayHold(placed, name, value)) return value;
    // What is passed is an object of the caller's.
    if (placed.ir.params.some((p) => placed.ir.slots[p.slot] === slot)) return value;
    const op = placed.ir.ops.find((o) => o.op === "store" && placed.ir.slots[o.slot] === slot);
    const at = trail(
      "source",
      owner,
      op?.span ?? { start: 0, end: 0 },
      `${name} keeps what functions store in it`,
    );
    const taint: Taint = {
      label: sourceLabel(owner, slot, PLACE),
      kind: PLACE,
      cleared: 0,
      marks: markBit("stored"),
      derive: "same",
      trail: at,
    };
    return keeping(value, taint, 0);
  };

  const exportedPlace: Places["exportedPlace"] = (ref, value) => {
    if (value === UNKNOWN || value.refs.some((r) => r.startsWith("fn:"))) return value;
    const owner = ownerOf(ref);
    return owner === undefined
      ? value
      : withStored(`${owner.file}#`, owner.local, owner.local, value);
  };

  /** Functions may write into it: those that the owner holds do, or it is made for that and others can reach it. */
  const mayHold = ({ id, ir }: PlacedItem, name: string, value: Value): boolean => {
    if (value.refs.some((r) => /^(?:fn|module|export):/.test(r))) return false;
    const k = knowledge(id);
    const hows = touchedInside(id).get(name);
    if (hows?.has(WRITTEN)) return true;
    const classes = value.refs.filter((r) => r.startsWith("inst:"));
    if (classes.length > 0)
      return (
        (hows !== undefined || ir.kind === "module") &&
        classes.some((r) => changesItself(r.slice(5), k, 0))
      );
    if (value.refs.some((r) => r.startsWith("class:"))) return false;
    if (hows !== undefined && writesByMethod(hows, value, k)) return true;
    // Empty when the program begins, and within reach of other files.
    return ir.kind === "module" && value.taint.length === 0 && isEmptyContainer(value, k);
  };

  const changesItself = (classId: string, k: Knowledge, depth: number): boolean => {
    const shape = classOf(classId);
    if (shape === undefined || depth > 4) return false;
    for (const hole of shape.methods) {
      const method = signatureOf(signatureOf(shape.item)?.children[hole] ?? "")?.ir;
      if (method === undefined || /^(?:__init__|constructor)$/.test(method.name)) continue;
      const hows = touchedBy(method).names.get(OWN);
      if (hows !== undefined && (hows.has(WRITTEN) || writesByMethod(hows, UNKNOWN, k)))
        return true;
    }
    return shape.bases.some((base) =>
      base.refs.some((r) => r.startsWith("class:") && changesItself(r.slice(6), k, depth + 1)),
    );
  };

  return { withStored, exportedPlace };
}

/** An empty list or record, also one that a library call made. */
function isEmptyContainer({ refs, fields, alts }: Value, k: Knowledge): boolean {
  if (alts !== undefined || (fields?.size ?? 0) > 0) return false;
  if (refs.length === 0) return fields !== undefined;
  return refs.every((r) => r.startsWith("lib:") && k.passes(r.slice(4)).some(makesContainer));
}
function makesContainer({ gives }: PassRow): boolean {
  return gives === "from-entries" || gives === "record" || gives === "list";
}

function writesByMethod(hows: ReadonlySet<string>, { refs }: Value, k: Knowledge): boolean {
  for (const how of hows) {
    if (how === WRITTEN) continue;
    if (k.passes(`*.${how}()`).some((row) => row.to === "recv")) return true;
    for (const r of refs)
      if (r.startsWith("lib:") && k.passes(`${r.slice(4)}.${how}()`).some((p) => p.to === "recv"))
        return true;
  }
  return false;
}

const MAX_DEPTH = 3;
/** What it holds at first is not all that it may hold: each part may be what was stored there. */
export function keeping(value: Value, stored: Taint, depth: number): Value {
  const {
    alts,
    fields,
    closed: _closed,
    scalar: _scalar,
    falsy: _falsy,
    key: _key,
    ...rest
  } = value;
  return {
    ...rest,
    taint: joinTaint(value.taint, [stored]),
    ...(alts?.some((a) => "parts" in a) ? { alts } : {}),
    ...(fields === undefined || depth >= MAX_DEPTH
      ? {}
      : {
          fields: new Map(
            [...fields].map(([key, v]) => [
              key,
              keeping(v, { ...stored, label: extend(stored.label, key) }, depth + 1),
            ]),
          ),
        }),
  };
}
