/** Which calls a rule looks at. */
import type { SinkKind } from "../taint/kinds.ts";
import type { Observation } from "../taint/summary.ts";

interface Spec {
  readonly watch?: readonly string[];
  readonly sinks?: readonly SinkKind[];
}

export function concerns(o: Observation, spec: Spec): boolean {
  return (
    isWatched(o, spec.watch) ||
    (spec.sinks !== undefined &&
      o.sinks.some((s) => s.data?.rule === undefined && spec.sinks?.includes(s.kind)))
  );
}
/** Those of a list that a rule looks at, in their order. The list is asked by every rule: it is sorted out once. */
export function concerned(list: readonly Observation[], spec: Spec): readonly Observation[] {
  let index = indexes.get(list);
  if (index === undefined) {
    index = indexOf(list);
    indexes.set(list, index);
  }
  const places = new Set<number>();
  for (const path of spec.watch === undefined ? [] : expandedOf(spec.watch))
    for (const at of index.paths.get(path) ?? []) places.add(at);
  for (const kind of spec.sinks ?? []) for (const at of index.sinks.get(kind) ?? []) places.add(at);
  return [...places].sort((a, b) => a - b).map((at) => list[at] as Observation);
}

interface Index {
  readonly paths: ReadonlyMap<string, readonly number[]>;
  readonly sinks: ReadonlyMap<SinkKind, readonly number[]>;
}
const indexes = new WeakMap<readonly Observation[], Index>();
function indexOf(list: readonly Observation[]): Index {
  const paths = new Map<string, number[]>();
  const sinks = new Map<SinkKind, number[]>();
  const add = <K>(into: Map<K, number[]>, key: K, at: number): void => {
    const places = into.get(key);
    if (places === undefined) into.set(key, [at]);
    else places.push(at);
  };
  list.forEach((o, at) => {
    for (const path of o.paths) add(paths, path, at);
    // A row of one rule of the project's own is no affair of other rules.
    for (const { kind, data } of o.sinks) if (data?.rule === undefined) add(sinks, kind, at);
  });
  return { paths, sinks };
}

function isWatched(o: Observation, watch: readonly string[] | undefined): boolean {
  if (watch === undefined) return false;
  const paths = expandedOf(watch);
  return o.paths.some((p) => paths.has(p));
}
const expanded = new WeakMap<readonly string[], ReadonlySet<string>>();
function expandedOf(watch: readonly string[]): ReadonlySet<string> {
  let set = expanded.get(watch);
  if (set === undefined) {
    set = new Set(watch.flatMap(expandBraces));
    expanded.set(watch, set);
  }
  return set;
}
function expandBraces(path: string): string[] {
  const open = path.indexOf("{");
  if (open < 0) return [path];
  const close = path.indexOf("}", open);
  return path
    .slice(open + 1, close)
    .split(",")
    .flatMap((m) => expandBraces(path.slice(0, open) + m.trim() + path.slice(close + 1)));
}
