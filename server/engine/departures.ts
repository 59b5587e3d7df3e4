/**
 * Findings of other files as seen from a file whose data they are about: each stands at the call through which the data
 * leaves for good.
 */
import type { FileId } from "../base/brand.ts";
import { absoluteSpan } from "../languages/items.ts";
import { fileOf, type Program } from "../project/program.ts";
import type { Fix } from "../rule/rule.ts";
import type { Hit } from "../taint/summary.ts";
import type { Trail } from "../taint/value.ts";
import type { Departure, Place } from "./api.ts";
import type { Contribution } from "./contributions.ts";
import { steps } from "./findings.ts";
import type { Found } from "./input.ts";

/** Files with sinks to which this file's own data flows. */
export function receivers({ hits, roots }: Contribution, file: FileId): ReadonlySet<FileId> {
  const out = new Set<FileId>();
  for (const hit of hits) out.add(fileOf(hit.site.item));
  for (const { hit } of roots) out.add(fileOf(hit.site.item));
  out.delete(file);
  return out;
}

/** In the order of their places. A call has one departure for each finding: the best path through it. */
export function departuresOf(
  file: FileId,
  own: Contribution,
  program: Program,
  foundIn: (file: FileId) => readonly Found[],
): readonly Departure[] {
  const mine = new Set<Hit>([...own.hits, ...own.roots.map(({ hit }) => hit)]);
  const out: Departure[] = [];
  for (const target of [...receivers(own, file)].sort()) {
    for (const { finding, hits } of foundIn(target)) {
      const seen = new Set<string>();
      for (const hit of hits) {
        if (!mine.has(hit)) continue;
        const exit = exitOf(hit.trail, file);
        const item = exit === undefined ? undefined : program.item(exit.item);
        if (exit === undefined || item === undefined) continue;
        const span = absoluteSpan(item.source, exit.span);
        const key = `${span.start}-${span.end}`;
        if (seen.has(key)) continue;
        seen.add(key);
        out.push({
          ...finding,
          file,
          span,
          flow: steps(hit.trail, program),
          sink: { file: finding.file, span: finding.span },
        });
      }
    }
  }
  return out.sort(
    (a, b) =>
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      compare(a.sink.file, b.sink.file) ||
      a.sink.span.start - b.sink.span.start ||
      compare(a.rule, b.rule),
  );
}

/**
 * Ways to mend a finding outside of its own file: at the call of `from`, which is one of its departures; or without `from`
 * at the file that its only flow comes from.
 */
export function fixesElsewhere(
  { finding, hits, fixesAt }: Found,
  program: Program,
  from: Place | undefined,
): readonly Fix[] {
  if (from === undefined) {
    const [hit] = hits;
    if (hit === undefined || hits.length > 1) return [];
    let file: FileId = finding.file;
    for (let t: Trail | undefined = hit.trail; t !== undefined; t = t.prev)
      if (t.role === "call") file = fileOf(t.item);
    const exit = file === finding.file ? undefined : exitOf(hit.trail, file);
    return exit === undefined ? [] : fixesAt(hit, exit);
  }
  for (const hit of hits) {
    const exit = exitOf(hit.trail, from.file);
    const item = exit === undefined ? undefined : program.item(exit.item);
    if (exit === undefined || item === undefined) continue;
    const span = absoluteSpan(item.source, exit.span);
    if (span.start === from.span.start && span.end === from.span.end) return fixesAt(hit, exit);
  }
  return [];
}

/** The last call of the file on the way: after it the data does not come back. */
function exitOf(last: Trail, file: FileId): Trail | undefined {
  for (let t: Trail | undefined = last; t !== undefined; t = t.prev)
    if (t.role === "call" && fileOf(t.item) === file) return t;
  return undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
