/**
 * What it costs to follow who wrote what: edits of a text of 20,000 lines with 5,000 ranges of several writers.
 * `node .cache/bench/origin.cjs` prints one JSON object per kind of edit, in microseconds by the clock.
 */
import { createAuthors, follow } from "../server/origin/authors.ts";
import type { Mark, MarkedSpan } from "../server/origin/mark.ts";

const LINES = 20_000;
const LINE = "    value = compute(other, 12345)\n";
const EDITS = 3000;

const ai: Mark = { origin: "ai", evidence: [{ kind: "shape", time: 0, confidence: "low" }] };
const human: Mark = {
  origin: "human",
  evidence: [{ kind: "typing", time: 0, confidence: "high" }],
};

const block = Array.from({ length: 30 }, (_, i) => `    other_${i} = compute(${i})\n`).join("");
measure("typing at one place", (i, length) => [Math.floor(length / 2), 0, "abcdefghij"[i % 10]!]);
measure("typing at random places", (_, length) => [anywhere(length), 0, "x"]);
measure("deleting at random places", (_, length) => [anywhere(length - 1), 1, ""]);
measure("blocks of 30 lines at random places", (_, length) => [anywhere(length), 0, block]);

function measure(
  name: string,
  edit: (i: number, length: number) => readonly [start: number, removed: number, text: string],
): void {
  const marks: MarkedSpan[] = Array.from({ length: 5000 }, (_, i) => ({
    start: i * 4 * LINE.length,
    end: (i * 4 + 2) * LINE.length,
    mark: i % 2 === 0 ? ai : human,
  }));
  let text = LINE.repeat(LINES);
  const authors = createAuthors(text.length, marks);
  const times: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    const [start, removed, newText] = edit(i, text.length);
    const one = { start, end: start + removed, newText };
    const before = performance.now();
    follow(authors, text, [one], { kind: "written", mark: newText.length > 1 ? ai : human });
    times.push((performance.now() - before) * 1000);
    text = text.slice(0, start) + newText + text.slice(one.end);
    // Flat, as the server's text is.
    text.charCodeAt(0);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): number => Number(times[Math.floor(times.length * part)]?.toFixed(1));
  console.log(JSON.stringify({ edits: name, p50: at(0.5), p99: at(0.99), slowest: at(0.9999) }));
}

function anywhere(length: number): number {
  return Math.floor(Math.random() * length);
}
