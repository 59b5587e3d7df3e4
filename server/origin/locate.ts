/** Finds the text that an agent wrote in what the file holds now, and marks it. */
import type { Span } from "../base/text.ts";
import { lines } from "./align.ts";
import { type Authors, mark } from "./authors.ts";
import type { HookRecord, WrittenText } from "./hook.ts";
import { type Evidence, type Mark, withEvidence } from "./mark.ts";

/** A line with fewer letters is found by chance. */
const LEAST_LETTERS = 8;
const MOST_PLACES = 50;

/** Marks what a record tells of; returns the edits whose text is not there (yet). */
export function applyHook(
  authors: Authors,
  text: string,
  { edits, tool, time }: HookRecord,
): readonly WrittenText[] {
  const evidence: Evidence = {
    kind: "agent-hook",
    time: Date.parse(time),
    confidence: "high",
    tool,
  };
  return edits.filter((edit) => {
    const place = bestPlace(authors, text, edit);
    if (place === undefined) return true;
    for (const span of place) put(authors, span, evidence, edit.whole === true);
    return false;
  });
}

/**
 * For text that a formatter changed: its lines that stand in the file once, with a little less trust. True when there are
 * some.
 */
export function applyLines(
  authors: Authors,
  text: string,
  edit: WrittenText,
  { tool, time }: HookRecord,
): boolean {
  const evidence: Evidence = {
    kind: "agent-hook",
    time: Date.parse(time),
    confidence: "medium",
    tool,
  };
  const places = new Map<string, Span | undefined>();
  for (const { key, start, end } of lines(text))
    places.set(key, places.has(key) ? undefined : { start, end });
  let found = false;
  for (const [from, to] of edit.inserted)
    for (const { key } of lines(edit.text.slice(from, to))) {
      const span = places.get(key);
      if (span === undefined || key.replace(/[^\p{L}\p{N}]/gu, "").length < LEAST_LETTERS) continue;
      put(authors, span, evidence, true);
      found = true;
    }
  return found;
}

function put(authors: Authors, span: Span, evidence: Evidence, mayBeOld: boolean): void {
  mark(authors, span, (before): Mark => {
    if (before === undefined) return { origin: "ai", evidence: [evidence] };
    if (before.origin === "ai") return withEvidence(before, evidence);
    return mayBeOld ? before : { origin: "ai", evidence: [evidence] };
  });
}

/** Where the new parts are: of several places, the first that no hook told of before. */
function bestPlace(authors: Authors, text: string, edit: WrittenText): Span[] | undefined {
  const places = exactPlaces(text, edit);
  const all = places.length > 0 ? places : loosePlaces(text, edit);
  const isFree = (spans: readonly Span[]): boolean =>
    spans.every((span) =>
      authors.track
        .within(span)
        .every(({ mark: { evidence } }) => evidence[0].kind !== "agent-hook"),
    );
  return all.find(isFree) ?? all[0];
}

function exactPlaces(text: string, edit: WrittenText): Span[][] {
  const out: Span[][] = [];
  if (edit.text.trim() === "") return out;
  for (let at = text.indexOf(edit.text); at >= 0 && out.length < MOST_PLACES; ) {
    out.push(edit.inserted.map(([start, end]) => ({ start: at + start, end: at + end })));
    at = text.indexOf(edit.text, at + 1);
  }
  return out;
}

/** The same, whatever white space stands between the signs: line ends, and what a formatter did. */
function loosePlaces(text: string, edit: WrittenText): Span[][] {
  const signs = /\S/g;
  const needle = edit.text.replace(/\s+/g, "");
  if (needle === "") return [];
  const offsets: number[] = [];
  for (const { index } of text.matchAll(signs)) offsets.push(index);
  const hay = text.replace(/\s+/g, "");
  const before = (offset: number): number => edit.text.slice(0, offset).replace(/\s+/g, "").length;
  const out: Span[][] = [];
  for (let at = hay.indexOf(needle); at >= 0 && out.length < MOST_PLACES; ) {
    const from = at;
    out.push(
      edit.inserted.flatMap(([start, end]) => {
        const first = from + before(start);
        const last = from + before(end) - 1;
        if (last < first) return [];
        return [{ start: offsets[first] as number, end: (offsets[last] as number) + 1 }];
      }),
    );
    at = hay.indexOf(needle, at + 1);
  }
  return out;
}
