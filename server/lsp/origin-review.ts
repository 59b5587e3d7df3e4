/** What an AI inserted and nobody has reviewed yet: first what makes findings go away, then findings, then the rest. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Finding, Severity } from "../engine/api.ts";
import { isCommitted, type Mark, type MarkedSpan } from "../origin/mark.ts";
import { originWords } from "../origin/words.ts";
import { silencesIn } from "../report/silences.ts";
import type { Context } from "./context.ts";
import { type Places, placesIn } from "./origin-places.ts";
import type { AiChange } from "./origin-protocol.ts";
import { visible } from "./plain.ts";
import type { Reports } from "./reports.ts";

/** Parts this many lines apart are looked at together. */
const LINES_BETWEEN = 3;

const ORDER: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

interface Group extends Span {
  readonly mark: Mark;
}

export async function aiChanges(context: Context, reports: Reports): Promise<AiChange[]> {
  const { origins, folders } = context;
  await origins.lookAround(folders.all().map(({ root }) => root));
  const now = Date.now();
  const ranked = origins.files().flatMap((file) => {
    const text = origins.text(file);
    if (text === undefined || folders.silences(file)) return [];
    const places = placesIn(context, file);
    if (places === undefined) return [];
    return groupsOf(text, origins.marks(file), places).map((group) => ({
      time: group.mark.evidence[0].time,
      change: changeOf(context, reports, file, text, places, group, now),
    }));
  });
  return ranked
    .sort((a, b) => weight(a.change) - weight(b.change) || b.time - a.time)
    .map(({ change }) => change);
}

/** None of them goes from one cell to the next. */
function groupsOf(text: string, marks: readonly MarkedSpan[], places: Places): Group[] {
  const out: Group[] = [];
  const parts = marks.flatMap(({ start, end, mark }) =>
    places.parts({ start, end }).map((part) => ({ ...part, mark })),
  );
  for (const { start: from, end: to, mark } of parts) {
    const part = text.slice(from, to);
    const start = from + part.length - part.trimStart().length;
    const end = to - part.length + part.trimEnd().length;
    const isMeant = mark.origin === "ai" && mark.reviewed === undefined && !isCommitted(mark);
    if (!isMeant || start >= end) continue;
    const last = out[out.length - 1];
    const between = last === undefined ? "" : text.slice(last.end, start);
    const isApart =
      last === undefined ||
      between.split("\n").length > LINES_BETWEEN ||
      places.parts({ start: last.start, end }).length > 1;
    if (isApart) {
      out.push({ start, end, mark });
      continue;
    }
    const isLater = mark.evidence[0].time > last.mark.evidence[0].time;
    out[out.length - 1] = { start: last.start, end, mark: isLater ? mark : last.mark };
  }
  return out;
}

function changeOf(
  context: Context,
  reports: Reports,
  file: FileId,
  text: string,
  places: Places,
  group: Group,
  now: number,
): AiChange {
  const { engine } = context;
  const touches = (span: Span): boolean => span.start < group.end && group.start < span.end;
  const found = engine.has(file) ? reports.check(file).findings : [];
  const findings = found
    .filter(
      (one) =>
        touches(one.span) || one.flow.some((step) => step.file === file && touches(step.span)),
    )
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return {
    ...places.at(group),
    sentence: capital(originWords({ origin: "ai", mark: group.mark }, now) ?? ""),
    silences: silencesIn(engine, file, text)
      .filter(touches)
      .map(({ words }) => capital(visible(words))),
    findings: findings.map((one: Finding) => ({
      title: visible(one.title),
      rule: one.rule,
      severity: one.severity,
      ...places.at(one.span),
    })),
  };
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Smaller comes first. */
function weight({ silences, findings: [worst] }: AiChange): number {
  if (silences.length > 0) return -1;
  return worst === undefined ? ORDER.length : ORDER.indexOf(worst.severity);
}
