// A few rounds of what `npm run fuzz` does for longer, over the project's own code and the demo, and the parts it is made of.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { applyEdits } from "../../server/base/text.ts";
import { freshEngine } from "../harness/engine.ts";
import { blockEnd, editsBetween, linesOf } from "./lines.ts";
import { planRound, readSources } from "./plan.ts";
import { randomFrom } from "./random.ts";
import { replay } from "./replay.ts";
import type { Act, Round } from "./round.ts";
import { shrunk } from "./shrink.ts";

const SEED = 20251125;
const ROUNDS = 4;
const SIZE = { text: 12_000, files: 6, changes: 12 };
const root = join(import.meta.dirname, "..", "..");

describe("random edits over real code", () => {
  test(`findings are those of a fresh engine (seed ${SEED})`, async (t) => {
    const [live, fresh] = [await freshEngine(), await freshEngine()];
    const folders = ["demo", "server", "client"].map((name) =>
      readSources(join(root, name), (file) => fresh.wants(file)),
    );
    let comparisons = 0;
    let withFindings = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const round = planRound(folders, randomFrom(SEED + i), fresh, SIZE);
      const fault = replay(round, live, fresh, "always", {
        compared(findings) {
          comparisons++;
          if (findings > 0) withFindings++;
        },
      });
      assert.equal(fault, undefined, `round ${i}, act ${fault?.at}: ${fault?.what} ${fault?.text}`);
    }
    t.diagnostic(`${comparisons} comparisons, ${withFindings} with findings`);
    assert.ok(withFindings > 0);
    for (const engine of [live, fresh]) engine.dispose();
  });

  test("a seed always gives the same round", async () => {
    const engine = await freshEngine();
    const folders = [readSources(join(root, "demo"), (file) => engine.wants(file))];
    const plan = (seed: number): Round => planRound(folders, randomFrom(seed), engine, SIZE);
    assert.deepEqual(plan(1), plan(1));
    assert.notDeepEqual(plan(1), plan(2));
    engine.dispose();
  });

  test("a block is a statement with what is inside it", () => {
    const lines = linesOf("def f():\n    a\n\n    b\nc\nfunction g() {\n  d;\n}\ne\n");
    assert.equal(blockEnd(lines, 0), 4);
    assert.equal(blockEnd(lines, 1), 3);
    assert.equal(blockEnd(lines, 5), 8);
  });

  test("edits turn one text into the other", () => {
    const before = "a\nb\nc\nd\ne\n";
    for (const after of ["", "a\nb\nc\nd\ne", "x\na\nB\nc\ne\nf", "e\nd\nc\nb\na\n", before])
      assert.equal(applied(before, after), after);
    assert.equal(editsBetween(before, "A\nb\nc\nd\nE\n").length, 2);
  });

  test("a round is made as small as its fault allows", () => {
    const text = (file: string, value: string): Act => ({ do: "text", file, text: value });
    const round: Round = {
      files: [
        ["a.py", "one\ntwo\nthree\nfour\n"],
        ["b.py", "other\n"],
      ],
      acts: [
        { do: "open", file: "b.py" },
        text("b.py", "x\n"),
        text("a.py", "one\ntwo\nbad\nfour\n"),
        { do: "work" },
        { do: "settle" },
      ],
    };
    const fails = ({ acts }: Round): boolean =>
      acts.some((act) => act.do === "text" && act.text.includes("bad"));
    assert.deepEqual(shrunk(round, fails, 5_000), {
      files: [["a.py", ""]],
      acts: [text("a.py", "bad\n"), { do: "settle" }],
    });
  });
});

function applied(before: string, after: string): string {
  return editsBetween(before, after).reduce((text, edit) => applyEdits(text, [edit]), before);
}
