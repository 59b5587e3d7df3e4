/** What an analysis reads, with keys of the answers: its result is kept, and used again while all answers have the same keys. */

import { mix, textKey } from "../base/mix.ts";
import type { Item } from "../ir/ir.ts";
import { irKey, namesKey } from "./difference.ts";
import type { Facts, Injected } from "./facts.ts";
import { type KeptObjects, keptKey } from "./kept.ts";
import type { Knowledge } from "./knowledge.ts";
import { classKey, hitsKey } from "./result-keys.ts";
import type { ClassShape, Shape, Summary } from "./summary.ts";
import type { Value } from "./value.ts";
import { deepKey } from "./value-keys.ts";

export interface Read {
  readonly what: keyof Facts;
  readonly args: readonly unknown[];
  readonly key: Key;
}
/** Of a fact's value. */
type Key = string | number;
export interface Kept<T> {
  readonly reads: readonly Read[];
  readonly result: T;
}

const MAX_KEPT = 3;

/** Kept results are good while all they read is unchanged. */
export function verify<T>(kept: Kept<T>[] | undefined, facts: Facts): T | undefined {
  for (const entry of kept ?? []) {
    let same = true;
    for (const read of entry.reads) {
      const value = (facts[read.what] as (...args: readonly unknown[]) => unknown)(...read.args);
      if (keyOfFact(read.what, value) !== read.key) {
        same = false;
        break;
      }
    }
    if (same) return entry.result;
  }
  return undefined;
}

export function keep<T>(
  table: Map<string, Kept<T>[]>,
  key: string,
  reads: readonly Read[],
  result: T,
): void {
  const list = table.get(key) ?? [];
  list.unshift({ reads, result });
  if (list.length > MAX_KEPT) list.pop();
  table.set(key, list);
}

/** Facts that note what is read. Within one run a fact keeps its first answer. */
export function recording(facts: Facts, knowledge: Knowledge): { facts: Facts; reads: Read[] } {
  const reads: Read[] = [];
  const note = <T>(what: keyof Facts, args: readonly unknown[], value: T): T => {
    reads.push({ what, args, key: keyOfFact(what, value) });
    return value;
  };
  const one = <A, T>(what: keyof Facts, read: (a: A) => T): ((a: A) => T) => {
    const known = new Map<A, T>();
    return (a) => {
      const old = known.get(a);
      if (old !== undefined || known.has(a)) return old as T;
      const value = note(what, [a], read(a));
      known.set(a, value);
      return value;
    };
  };
  const two = <A, B, T>(what: keyof Facts, read: (a: A, b: B) => T): ((a: A, b: B) => T) => {
    const known = new Map<A, Map<B, T>>();
    return (a, b) => {
      let inner = known.get(a);
      if (inner === undefined) {
        inner = new Map();
        known.set(a, inner);
      }
      const old = inner.get(b);
      if (old !== undefined || inner.has(b)) return old as T;
      const value = note(what, [a, b], read(a, b));
      inner.set(b, value);
      return value;
    };
  };
  const imports = new Map<string, Value>();
  return {
    reads,
    facts: {
      knowledge,
      imported: (item, module, name, also) => {
        const key = `${module} ${name ?? ""}`;
        const old = imports.get(key);
        if (old !== undefined) return old;
        const value = facts.imported(item, module, name, also);
        imports.set(key, note("imported", [item, module, name, also], value));
        return value;
      },
      free: two("free", facts.free),
      exported: one("exported", facts.exported),
      entry: one("entry", facts.entry),
      defaultOf: two("defaultOf", facts.defaultOf),
      injected: two("injected", facts.injected),
      classOf: one("classOf", facts.classOf),
      fieldOf: two("fieldOf", facts.fieldOf),
      summary: one("summary", facts.summary),
      enclosed: one("enclosed", facts.enclosed),
      captures: one("captures", facts.captures),
      child: two("child", facts.child),
      writtenInside: one("writtenInside", facts.writtenInside),
      kept: one("kept", facts.kept),
      ir: one("ir", facts.ir),
      parentOf: one("parentOf", facts.parentOf),
      shape: one("shape", facts.shape),
      typeRefs: two("typeRefs", facts.typeRefs),
    },
  };
}

function keyOfFact(what: keyof Facts, value: unknown): Key {
  if (value === undefined) return "-";
  switch (what) {
    case "imported":
    case "exported":
    case "fieldOf":
    case "defaultOf":
      return deepKey(value as Value);
    case "free": {
      const f = value as { value: Value; captured: boolean };
      return mix(f.captured ? 1 : 2, deepKey(f.value));
    }
    case "summary":
      return (value as Summary).outside;
    case "enclosed": {
      const hits = value as Summary["hits"];
      return hits.length === 0 ? 0 : hitsKey(hits);
    }
    case "shape":
      return (value as Shape).key;
    case "entry":
    case "typeRefs":
      return JSON.stringify(value);
    case "classOf":
      return classKey(value as ClassShape);
    case "injected":
      return mix(deepKey((value as Injected).by), textKey((value as Injected).taker));
    case "captures":
      return (value as readonly string[]).join(",");
    case "writtenInside":
      return namesKey(value as ReadonlySet<string>);
    case "kept":
      return keptKey(value as KeptObjects);
    case "ir":
      return irKey(value as Item);
    default:
      return String(value);
  }
}
