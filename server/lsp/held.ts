/**
 * Findings while a part of a text does not parse. An item that does not parse keeps its last shown findings and gets no new
 * one; all others are fresh. Inside an item that does not parse, a function that does is fresh if it was edited itself: what
 * is around it, such as imports, may be missing for as long as a line is half-typed.
 */
import type { Span } from "../base/text.ts";
import type { ItemState } from "../engine/api.ts";
import { identityOf, type Shown } from "./departures.ts";
import type { OpenDocument } from "./document.ts";

export function withHeld(
  fresh: readonly Shown[],
  { file, shown, edited }: Pick<OpenDocument, "file" | "shown" | "edited">,
  items: readonly ItemState[],
): readonly Shown[] {
  const isHeldAt = (span: Span): boolean => {
    const around = items.filter(
      (item) => item.span.start <= span.start && span.start < item.span.end,
    );
    const own = around[around.length - 1];
    if (own === undefined || own.hasError) return true;
    return around.some((item) => item.hasError) && !edited.some((place) => meet(place, own.span));
  };
  /** A finding is about every item of this file on its path. */
  const isHeld = (finding: Shown): boolean =>
    isHeldAt(finding.span) ||
    finding.flow.some((step) => step.file === file && isHeldAt(step.span));
  const now = fresh.filter((finding) => !isHeld(finding));
  const known = new Set(now.map(identityOf));
  const kept = (shown ?? []).filter((one) => isHeld(one) && !known.has(identityOf(one)));
  return [...now, ...kept].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

function meet(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
