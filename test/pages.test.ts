// Every code block of every page, run with every rule. SKEPTIC_PAGE=sql-injection runs the pages with that in their path.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { rules } from "../rules/index.ts";
import type { Page } from "../server/cli/page.ts";
import { openEngine } from "./harness/engine.ts";
import type { Known } from "./harness/marks.ts";
import { readPages, repository } from "./harness/pages.ts";
import { empty } from "./harness/project.ts";
import { plain } from "./harness/report.ts";
import { caseProblems } from "./harness/run-case.ts";

const HEADINGS = ["Vulnerable", "Safe", "Fix safety", "Limits", "References"];

const pages = readPages();
const known: Known = { missing: 0, spurious: 0 };

for (const page of pages) {
  describe(page.path, () => {
    test("is a page", () => {
      const problems = pageProblems(page);
      if (problems.length > 0) throw plain(problems.join("\n"));
    });
    for (const section of page.sections)
      test(section.name, async () => {
        const engine = await openEngine();
        const problems = section.cases.flatMap((one) =>
          caseProblems(engine, one, known).map((text) => `${page.path}:${one.line} ${text}`),
        );
        if (problems.length > 0) throw plain(`${section.name}\n${problems.join("\n")}`);
      });
  });
}

test("every rule has its page", () => {
  const paths = rules.rules.map(({ id }) => `rules/${id}.md`);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(repository, path))),
    [],
  );
});

test("no tree is left alive", async () => {
  const engine = await openEngine();
  empty(engine);
  assert.equal(engine.liveTrees(), 0);
});

test("today's wrong answers", (t) => {
  t.diagnostic(`the pages know ${known.missing} missing and ${known.spurious} spurious findings`);
});

function pageProblems(page: Page): string[] {
  if (!page.path.startsWith("rules/")) return [...page.problems];
  const id = page.path.slice("rules/".length, -".md".length);
  const isRule = rules.rules.some((rule) => rule.id === id);
  const order = page.headings.filter((name) => HEADINGS.includes(name));
  return [
    ...page.problems,
    ...(isRule ? [] : [`there is no rule ${id}`]),
    ...HEADINGS.filter((name) => !page.headings.includes(name)).map(
      (name) => `"## ${name}" is missing`,
    ),
    ...(order.join() === HEADINGS.filter((name) => order.includes(name)).join()
      ? []
      : [`the order of headings is ${HEADINGS.join(", ")}`]),
  ];
}
