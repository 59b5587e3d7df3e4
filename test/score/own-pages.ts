/**
 * The rule pages as labelled samples, plainly and in other clothes. A line that a page marks for its own rule is a hole; a program
 * in which nothing is marked is a safe one.
 */

import type { Case, Page } from "../../server/cli/page.ts";
import type { Engine, Finding } from "../../server/engine/api.ts";
import { check, lineOf, load } from "../harness/project.ts";
import { type Clothed, PLAIN, VARIANTS } from "./clothes.ts";
import { type Counts, countsOf } from "./rates.ts";
import { isNote } from "./samples.ts";

export interface PageScore {
  readonly byCategory: ReadonlyMap<string, Counts>;
  readonly byVariant: ReadonlyMap<string, Counts>;
  /** Programs that a variant cannot dress, or has nothing to change in. */
  readonly undressed: ReadonlyMap<string, number>;
  /** Marked lines that are missed in other clothes and found without: "CRLF: rules/x.md:12 app.py:3". */
  readonly lost: readonly string[];
}

export function scorePages(engine: Engine, pages: readonly Page[]): PageScore {
  const byCategory = new Map<string, Counts>();
  const byVariant = new Map<string, Counts>();
  const undressed = new Map<string, number>();
  const lost: string[] = [];
  const categories = new Map(engine.rules().map(({ id, category }) => [id, category]));
  for (const page of pages) {
    const rule = page.path.slice(page.path.lastIndexOf("/") + 1, -".md".length);
    const category = categories.get(rule);
    if (category === undefined) continue;
    for (const test of page.sections.flatMap(({ cases }) => cases)) {
      if (test.broken) continue;
      const texts = new Map(test.files.map(({ name, text }) => [name, text]));
      load(engine, texts, { strict: test.strict });
      const { findings, broken } = check(engine, texts.keys());
      let plainly: readonly string[] = [];
      for (const variant of [PLAIN, ...VARIANTS]) {
        const clothed = variant.dress(texts, findings, rule);
        const seen = clothed === undefined ? undefined : look(engine, test, clothed);
        if (clothed === undefined || seen === undefined || seen.broken > broken.length) {
          undressed.set(variant.name, (undressed.get(variant.name) ?? 0) + 1);
          continue;
        }
        const own = seen.findings.filter((one) => one.rule === rule);
        const missed = count(countsOf(byVariant, variant.name), test, rule, own, clothed);
        if (variant === PLAIN) {
          count(countsOf(byCategory, category), test, rule, own, clothed);
          plainly = missed;
        } else
          for (const place of missed.filter((one) => !plainly.includes(one)))
            lost.push(`${variant.name}: ${page.path}:${test.line} ${place}`);
      }
    }
  }
  return { byCategory, byVariant, undressed, lost };
}

function look(
  engine: Engine,
  test: Case,
  { texts }: Clothed,
): { findings: readonly Finding[]; broken: number } {
  load(engine, texts, { strict: test.strict });
  const { findings, broken } = check(engine, texts.keys());
  return { findings, broken: broken.length };
}

/** Counts, and names the marked lines that are missed. */
function count(
  counts: Counts,
  test: Case,
  rule: string,
  own: readonly Finding[],
  { texts, shift }: Clothed,
): string[] {
  const missed: string[] = [];
  const left = [...own];
  let marks = 0;
  for (const { name, expectations } of test.files)
    for (const { line, rule: marked, demand } of expectations) {
      if (demand.kind === "value") continue;
      marks++;
      if (marked !== rule || demand.kind === "spurious") continue;
      const at = left.findIndex(
        ({ file, span }) => file === name && lineOf(texts, file, span.start) === line + shift(name),
      );
      if (at < 0) {
        counts.missed++;
        missed.push(`${name}:${line}`);
      } else {
        counts.found++;
        if (isNote(left[at] as Finding)) counts.notes++;
        left.splice(at, 1);
      }
    }
  // What is found at a line that is not marked for it is an alarm, wherever it is.
  if (left.length > 0) counts.alarms++;
  else if (marks === 0) counts.silent++;
  return missed;
}
