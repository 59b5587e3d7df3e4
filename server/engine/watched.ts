/** Which calls a rule looks at. */
import type { SinkKind } from "../taint/kinds.ts";
import type { Observation } from "../taint/summary.ts";

export function concerns(
  o: Observation,
  spec: { readonly watch?: readonly string[]; readonly sinks?: readonly SinkKind[] },
): boolean {
  return (
    isWatched(o, spec.watch) ||
    (spec.sinks !== undefined && o.sinks.some((s) => spec.sinks?.includes(s.kind)))
  );
}
function isWatched(o: Observation, watch: readonly string[] | undefined): boolean {
  if (watch === undefined) return false;
  return o.paths.some((p) => watchMatches(watch, p));
}
const expanded = new WeakMap<readonly string[], Set<string>>();
function watchMatches(watch: readonly string[], path: string): boolean {
  let set = expanded.get(watch);
  if (set === undefined) {
    set = new Set(watch.flatMap(expandBraces));
    expanded.set(watch, set);
  }
  return set.has(path);
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
