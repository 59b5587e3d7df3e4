/** Names that the item does not bind: captured, of the module or global; and what a telling name is taken for. */

import type { Op, ValueId } from "../ir/ir.ts";
import { joinTaint } from "./join.ts";
import { PLACE } from "./labels.ts";
import { madeElsewhere } from "./made.ts";
import { keeping } from "./places.ts";
import { pathValue } from "./references.ts";
import type { Run } from "./run.ts";
import { trail } from "./summary.ts";
import { ofRef, type Ref, type Taint, type Value, withTaint } from "./value.ts";

/** The value of a free name: captured, of the module, or a global of the language; a name bound to nothing may be guessed. */
export function freeValue(run: Run, name: string, op: Op): Value {
  const found = run.facts.free(run.id, name);
  if (found !== undefined) {
    if (run.shapesOnly) return found.value;
    if (!found.captured) return foundValue(run, found.value);
    const label: Taint = {
      label: `free:${name}:`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: trail("step", run.id, op.span, `${name} from the enclosing function`),
    };
    return found.value.scalar || found.value.alts !== undefined
      ? found.value
      : withTaint(found.value, joinTaint(found.value.taint, [label]));
  }
  return globalValue(run, name, op);
}

/** What a call elsewhere made; what functions stored in the variable that holds it stays with it. */
export function foundValue(run: Run, value: Value): Value {
  const out = madeElsewhere(run, value);
  if (out === undefined) return value;
  let all = out;
  for (const t of value.taint)
    all = t.kind === PLACE ? keeping(all, t, 0) : withTaint(all, joinTaint(all.taint, [t]));
  return all;
}

function globalValue(run: Run, name: string, op: Op): Value {
  const k = run.facts.knowledge;
  const path = k.canon(`${k.globals}.${name}`);
  if (k.knows(path)) return pathValue(run, path, op, false);
  const guesses = k.hint(name);
  if (guesses.length > 0)
    return { refs: guesses.map((g): Ref => `lib:${g}`), taint: [], guessed: true };
  return ofRef(`lib:${path}`);
}

/** A value that is nothing known but has a telling name ("cursor") is taken for what such names usually are. */
export function withHint(run: Run, value: Value, op: ValueId): Value {
  if (
    value.refs.some(
      (r) =>
        !r.startsWith(`lib:${run.facts.knowledge.globals}.`) ||
        run.facts.knowledge.knows(r.slice(4)),
    ) ||
    value.alts !== undefined ||
    value.fields !== undefined ||
    value.scalar
  )
    return value;
  const name = nameOf(run, op);
  const guesses = name === undefined ? [] : run.facts.knowledge.hint(name);
  if (guesses.length === 0) return value;
  return { ...withTaint(value, value.taint), refs: guesses.map((g) => `lib:${g}`), guessed: true };
}

/** The last identifier of an expression: `self.db` is "db". */
export function nameOf(run: Run, id: ValueId): string | undefined {
  const op = run.item.ops[id] as Op;
  if (op.op === "load") return (run.item.slots[op.slot] as string).replace(/#\d+$/, "");
  if (op.op === "free") return op.name;
  if (op.op === "member") return op.name;
  if (op.op === "await" || op.op === "annotate") return nameOf(run, op.value);
  return undefined;
}
