// What the engine knows of values: every code block of test/semantics/*.md. SKEPTIC_PAGE=values runs the pages with that in
// their path. Ends with the share of known wrong answers.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openRevealEngine } from "./harness/engine.ts";
import type { Known } from "./harness/marks.ts";
import { readSemantics } from "./harness/pages.ts";
import { plain } from "./harness/report.ts";
import { caseProblems } from "./harness/run-case.ts";

/** Known wrong answers may be this part of all questions. */
const MOST_WRONG = 0.08;

const known: Known = { missing: 0, spurious: 0 };
let questions = 0;

for (const page of readSemantics())
  describe(page.path, () => {
    test("is a page", () => assert.deepEqual(page.problems, []));
    for (const section of page.sections)
      test(section.name, async () => {
        const engine = await openRevealEngine();
        const problems = section.cases.flatMap((one) => {
          questions += one.files.reduce((sum, { text }) => sum + calls(text), 0);
          return caseProblems(engine, one, known).map((text) => `${page.path}:${one.line} ${text}`);
        });
        if (problems.length > 0) throw plain(`${section.name}\n${problems.join("\n")}`);
      });
  });

test("few of the answers are known to be wrong", (t) => {
  const wrong = known.missing + known.spurious;
  t.diagnostic(
    `${questions} questions, of which ${known.missing} are known to be missed and ${known.spurious} to be answered too often`,
  );
  assert.ok(wrong <= questions * MOST_WRONG, `${wrong} of ${questions} answers are wrong`);
});

function calls(text: string): number {
  return text.match(/\breveal\w*\(/g)?.length ?? 0;
}
