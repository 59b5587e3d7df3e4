/** Runs one case of a page: findings, fixed text, every fix, every variant. */

import type { Case } from "../../server/cli/page.ts";
import type { Engine } from "../../server/engine/api.ts";
import { fixAll, fixProblems, indent } from "./fixes.ts";
import { differences, type Known } from "./marks.ts";
import { check, lineOf, load, seen, summary } from "./project.ts";
import { variantProblems } from "./variants.ts";

/** One line (or a few) for everything that is not as the page says; counts the marks of wrong answers into `known`. */
export function caseProblems(engine: Engine, test: Case, known: Known): string[] {
  const texts = new Map(test.files.map(({ name, text }) => [name, text]));
  const options = { strict: test.strict };
  const rules = new Set(engine.rules().map(({ id }) => id));
  load(engine, texts, options);
  const { findings, broken } = check(engine, texts.keys());
  const out = test.broken ? [] : broken.map((name) => `${name} does not parse`);
  const found = findings.map((finding) => seen(finding, texts));
  for (const { name, expectations } of test.files)
    out.push(...differences(name, found, expectations, rules, known));
  out.push(...shapeProblems(findings, texts));
  out.push(...flowProblems(findings, texts, test.flows));
  if (out.length === 0)
    out.push(...variantProblems(engine, texts, options, summary(findings, texts)));
  out.push(...fixProblems(engine, texts, options));
  if (test.fixed.size > 0) out.push(...fixedProblems(engine, test, texts, options));
  return out;
}

/** The lines a finding's path stands on, from source to sink, each named once in a row. */
function flowProblems(
  findings: ReturnType<typeof check>["findings"],
  texts: ReadonlyMap<string, string>,
  expected: Case["flows"],
): string[] {
  return expected.flatMap(({ at, lines }) => {
    const got = findings
      .filter(({ file, span }) => `${file}:${lineOf(texts, file, span.start)}` === at)
      .map(({ flow }) =>
        flow
          .map(({ file, span }) => `${file}:${lineOf(texts, file, span.start)}`)
          .filter((place, index, all) => place !== all[index - 1])
          .join(" > "),
      );
    return got.includes(lines)
      ? []
      : [`flow at ${at}: expected ${lines}, got ${got.join(", or ")}`];
  });
}

function shapeProblems(
  findings: ReturnType<typeof check>["findings"],
  texts: ReadonlyMap<string, string>,
): string[] {
  const places = findings.flatMap((finding) => [finding, ...finding.flow]);
  return places
    .filter(
      ({ file, span }) =>
        !(0 <= span.start && span.start <= span.end && span.end <= (texts.get(file)?.length ?? -1)),
    )
    .map(({ file, span }) => `a place is outside its file: ${file} ${span.start}-${span.end}`);
}

function fixedProblems(
  engine: Engine,
  test: Case,
  texts: ReadonlyMap<string, string>,
  options: { readonly strict: boolean },
): string[] {
  const after = fixAll(engine, texts, options);
  if (typeof after === "string") return [after];
  return [...test.fixed].flatMap(([name, expected]) => {
    const got = after.get(name) ?? "";
    return got === expected
      ? []
      : [`fixed text of ${name}, expected:\n${indent(expected)}\n  got:\n${indent(got)}`];
  });
}
