// Random edits of marked text, against a model that keeps the mark of every character.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createAuthors, follow } from "../../server/origin/authors.ts";
import { type Mark, type MarkedSpan, sameMark } from "../../server/origin/mark.ts";
import { createTrack } from "../../server/origin/track.ts";
import { AI, GUESS, HUMAN, letters, PASTED } from "./marks.ts";

const MARKS: readonly (Mark | undefined)[] = [undefined, AI, GUESS, PASTED, HUMAN];

interface Step {
  readonly at: number;
  readonly removed: number;
  readonly pieces: readonly { readonly length: number; readonly mark: number }[];
}

const steps = fc.array(
  fc.record({
    at: fc.nat(),
    removed: fc.nat(12),
    pieces: fc.array(fc.record({ length: fc.nat(6), mark: fc.nat(MARKS.length - 1) }), {
      maxLength: 3,
    }),
  }),
  { minLength: 1, maxLength: 40 },
);

function assertWellFormed(spans: readonly MarkedSpan[], length: number): void {
  let last: MarkedSpan | undefined;
  for (const span of spans) {
    assert.ok(span.start < span.end, "not empty");
    assert.ok(span.start >= 0 && span.end <= length, "within the text");
    if (last !== undefined) {
      assert.ok(last.end <= span.start, "in order, without overlap");
      assert.ok(last.end < span.start || !sameMark(last.mark, span.mark), "neighbours differ");
    }
    last = span;
  }
}

/** The kind of mark of every character. */
function perCharacter(length: number, spans: readonly MarkedSpan[]): (string | undefined)[] {
  const out = new Array<string | undefined>(length).fill(undefined);
  for (const { start, end, mark } of spans) out.fill(nameOf(mark), start, end);
  return out;
}

function nameOf(mark: Mark | undefined): string | undefined {
  return mark === undefined ? undefined : `${mark.origin} ${mark.evidence[0].kind}`;
}

describe("the track", () => {
  test("keeps for every character the mark that a list of characters keeps", () => {
    fc.assert(
      fc.property(fc.nat(30), steps, (length, all: readonly Step[]) => {
        const track = createTrack(length);
        const model: (Mark | undefined)[] = new Array(length).fill(undefined);
        for (const { at, removed, pieces } of all) {
          const start = at % (model.length + 1);
          const end = Math.min(model.length, start + removed);
          const units = pieces.flatMap((one) =>
            new Array<Mark | undefined>(one.length).fill(MARKS[one.mark]),
          );
          const marks: MarkedSpan[] = [];
          let offset = 0;
          for (const one of pieces) {
            const mark = MARKS[one.mark];
            if (mark !== undefined && one.length > 0)
              marks.push({ start: offset, end: offset + one.length, mark });
            offset += one.length;
          }
          const beside = track.beside(start);
          assert.equal(nameOf(beside.before), nameOf(model[start - 1]));
          assert.equal(nameOf(beside.after), nameOf(model[start]));
          const gone = track.splice({ start, end }, units.length, marks);
          assert.deepEqual(perCharacter(end - start, gone), model.slice(start, end).map(nameOf));
          model.splice(start, end - start, ...units);
          assert.equal(track.length(), model.length);
          const seen = track.all();
          assertWellFormed(seen, model.length);
          assert.deepEqual(perCharacter(model.length, seen), model.map(nameOf));
          const half = { start: Math.floor(start / 2), end: model.length };
          assert.deepEqual(
            perCharacter(
              half.end - half.start,
              track.within(half).map((one) => ({
                ...one,
                start: one.start - half.start,
                end: one.end - half.start,
              })),
            ),
            model.slice(half.start).map(nameOf),
          );
        }
      }),
    );
  });
});

const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "(", ";"), maxLength: 12 });
const edits = fc.array(
  fc.record({ at: fc.nat(), removed: fc.nat(8), newText: text, by: fc.nat(MARKS.length - 1) }),
  { minLength: 1, maxLength: 30 },
);
/** How many edits one change has, in turn. */
const batches = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 30, maxLength: 30 });

interface RandomEdit {
  readonly at: number;
  readonly removed: number;
  readonly newText: string;
  readonly by: number;
}

/** Makes the changes and takes them back, so many at a time: the marks after each step, and those that were there then. */
function undone(
  start: string,
  all: readonly (readonly RandomEdit[])[],
  sizes: readonly number[],
): { found: string; wanted: string }[] {
  const authors = createAuthors(start.length);
  const states: { text: string; marks: string }[] = [];
  let now = start;
  const note = (): void => {
    states.push({ text: now, marks: letters(now.length, authors.track.all()) });
  };
  note();
  for (const change of all) {
    let after = now;
    const made = change.map(({ at, removed, newText }) => {
      const from = at % (after.length + 1);
      const edit = { start: from, end: Math.min(after.length, from + removed), newText };
      after = after.slice(0, edit.start) + newText + after.slice(edit.end);
      return edit;
    });
    // Text that was there before gets its old marks back, which is another test.
    if (states.some((state) => state.text === after)) continue;
    const mark = MARKS[change[0]?.by ?? 0];
    follow(authors, now, made, mark ? { kind: "written", mark } : { kind: "moved" });
    now = after;
    note();
  }
  const out: { found: string; wanted: string }[] = [];
  let at = states.length - 1;
  for (const size of [...sizes, 1000]) {
    const to = Math.max(0, at - size);
    const state = states[to] as { text: string; marks: string };
    if (to === at) break;
    const whole = { start: 0, end: now.length, newText: state.text };
    follow(authors, now, [whole], { kind: "undone" });
    now = state.text;
    out.push({ found: letters(now.length, authors.track.all()), wanted: state.marks });
    at = to;
  }
  return out;
}

describe("the authors of a text", () => {
  test("stay well formed under all edits", () => {
    fc.assert(
      fc.property(text, edits, (start, all) => {
        const authors = createAuthors(start.length);
        let now = start;
        for (const { at, removed, newText, by } of all) {
          const from = at % (now.length + 1);
          const edit = { start: from, end: Math.min(now.length, from + removed), newText };
          const mark = MARKS[by];
          follow(authors, now, [edit], mark ? { kind: "written", mark } : { kind: "moved" });
          now = now.slice(0, edit.start) + newText + now.slice(edit.end);
          assert.equal(authors.track.length(), now.length);
          assertWellFormed(authors.track.all(), now.length);
        }
      }),
    );
  });

  test("are as before after everything was undone, in one step or in several", () => {
    fc.assert(
      fc.property(
        text,
        edits,
        batches,
        fc.array(fc.integer({ min: 1, max: 5 })),
        (start, all, counts, sizes) => {
          const rest = [...all];
          const made = counts
            .map((count) => rest.splice(0, count))
            .filter(({ length }) => length > 0);
          for (const { found, wanted } of undone(start, made, sizes)) assert.equal(found, wanted);
        },
      ),
    );
  });

  test("are as before after repeated text was taken back in two steps", () => {
    const all = [
      [{ at: 941994270, removed: 0, newText: " \naa ", by: 1 }],
      [{ at: 0, removed: 5, newText: "a", by: 0 }],
    ];
    const last = undone("aa\n", all, [1]).at(-1);
    assert.deepEqual(last, { found: "...", wanted: "..." });
  });

  test("are those of the same characters after white space moved", () => {
    const code = fc.array(
      fc.record({ token: fc.constantFrom("a", "bc", "(", ")", ",", "d"), by: fc.nat(4) }),
      { minLength: 1, maxLength: 30 },
    );
    const gaps = fc.array(fc.constantFrom(" ", "\n", "\n    ", "\t"), {
      minLength: 31,
      maxLength: 31,
    });
    fc.assert(
      fc.property(code, gaps, gaps, (tokens, first, second) => {
        const lay = (spaces: readonly string[]): { text: string; starts: number[] } => {
          let out = "";
          const starts = tokens.map(({ token }, i) => {
            out += spaces[i];
            out += token;
            return out.length - token.length;
          });
          return { text: out, starts };
        };
        const before = lay(first);
        const after = lay(second);
        const authors = createAuthors(
          before.text.length,
          tokens.flatMap(({ token, by }, i) => {
            const start = before.starts[i] as number;
            const mark = MARKS[by];
            return mark === undefined ? [] : [{ start, end: start + token.length, mark }];
          }),
        );
        const edit = { start: 0, end: before.text.length, newText: after.text };
        follow(authors, before.text, [edit], { kind: "moved" });
        const seen = perCharacter(after.text.length, authors.track.all());
        for (const [i, { token, by }] of tokens.entries()) {
          const at = after.starts[i] as number;
          for (let k = at; k < at + token.length; k++) assert.equal(seen[k], nameOf(MARKS[by]));
        }
      }),
    );
  });
});
