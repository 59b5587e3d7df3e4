/** Findings that move along with the text while it does not parse. */
import type { FileId } from "../base/brand.ts";
import type { Edit, Span } from "../base/text.ts";
import type { Finding } from "../engine/api.ts";
import type { Shown } from "./departures.ts";

/** The findings after the edits (each in offsets of the text before it); one whose text is gone is left out. */
export function moveFindings(
  findings: readonly Shown[],
  file: FileId,
  edits: readonly Edit[],
): readonly Shown[] {
  if (edits.length === 0) return findings;
  const moved: Shown[] = [];
  for (const finding of findings) {
    const span = moveAll(finding.span, edits);
    if (span === undefined) continue;
    const move = (path: Finding["flow"]): Finding["flow"] =>
      path.map((step) => {
        if (step.file !== file) return step;
        const at = moveAll(step.span, edits) ?? { start: span.start, end: span.start };
        return { ...step, span: at };
      });
    moved.push({ ...finding, span, flow: move(finding.flow), paths: finding.paths.map(move) });
  }
  return moved;
}

/** The places edited so far, after further edits, and those of these edits. */
export function movePlaces(places: readonly Span[], edits: readonly Edit[]): readonly Span[] {
  let out = [...places];
  for (const edit of edits) {
    const now = { start: edit.start, end: edit.start + edit.newText.length };
    const before = out.flatMap((place) => moveSpan(place, edit) ?? []);
    const last = before[before.length - 1];
    // Typing goes on where it was.
    if (last !== undefined && last.start <= now.end && now.start <= last.end)
      before[before.length - 1] = {
        start: Math.min(last.start, now.start),
        end: Math.max(last.end, now.end),
      };
    else before.push(now);
    out = before;
  }
  return out;
}

function moveAll(span: Span, edits: readonly Edit[]): Span | undefined {
  let current: Span | undefined = span;
  for (const edit of edits) {
    current = moveSpan(current, edit);
    if (current === undefined) return undefined;
  }
  return current;
}

/** Where a span is after an edit; undefined when the edit replaced all of it. */
export function moveSpan(span: Span, edit: Edit): Span | undefined {
  const delta = edit.newText.length - (edit.end - edit.start);
  if (edit.end <= span.start) return { start: span.start + delta, end: span.end + delta };
  if (edit.start >= span.end) return span;
  if (edit.start <= span.start && edit.end >= span.end) return undefined;
  if (edit.start <= span.start)
    return { start: edit.start + edit.newText.length, end: span.end + delta };
  if (edit.end >= span.end) return { start: span.start, end: edit.start };
  return { start: span.start, end: span.end + delta };
}
