/** Findings by type and by who is declared to have written their line, per 1,000 lines. */
import { GROUPS, type Group, type Rate, type TypeRow } from "./report.ts";
import { rateOf, ratioOf } from "./statistics.ts";

/** With fewer lines a rate says nothing. */
export const LEAST_LINES = 200;
/** With fewer findings of both kinds together a ratio says nothing. */
export const LEAST_FINDINGS = 5;

export interface Placed {
  readonly rule: string;
  readonly title: string;
  readonly category: string;
  readonly group: Group;
}

type Lines = Readonly<Record<Group, number>>;

/** A row for all, one for each category that was found, the most frequent first, and below it one for each of its rules. */
export function typeRows(findings: readonly Placed[], lines: Lines): readonly TypeRow[] {
  const rows: TypeRow[] = [rowOf("all", "all", "All findings", findings, lines)];
  for (const [category, some] of grouped(findings, (one) => one.category)) {
    rows.push(rowOf("category", category, categoryTitle(category), some, lines));
    for (const [rule, few] of grouped(some, (one) => one.rule))
      rows.push(rowOf("rule", rule, few[0]?.title ?? rule, few, lines));
  }
  return rows;
}

function rowOf(
  kind: TypeRow["kind"],
  id: string,
  title: string,
  findings: readonly Placed[],
  lines: Lines,
): TypeRow {
  const count = (group: Group): { findings: number; lines: number } => ({
    findings: findings.filter((one) => one.group === group).length,
    lines: lines[group],
  });
  const groups = Object.fromEntries(GROUPS.map((group) => [group, rate(count(group))])) as Record<
    Group,
    Rate
  >;
  const [ai, rest] = [count("declaredAi"), count("undeclared")];
  const tells =
    ai.lines >= LEAST_LINES &&
    rest.lines >= LEAST_LINES &&
    ai.findings + rest.findings >= LEAST_FINDINGS;
  return { kind, id, title, groups, ratio: (tells ? ratioOf(ai, rest) : undefined) ?? null };
}

export function rate(count: { readonly findings: number; readonly lines: number }): Rate {
  const { findings, lines } = count;
  return { findings, perThousand: (lines < LEAST_LINES ? undefined : rateOf(count)) ?? null };
}

function grouped(
  all: readonly Placed[],
  key: (one: Placed) => string,
): readonly (readonly [string, readonly Placed[]])[] {
  const map = new Map<string, Placed[]>();
  for (const one of all) {
    const list = map.get(key(one));
    if (list === undefined) map.set(key(one), [one]);
    else list.push(one);
  }
  return [...map].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
}

/** Categories are single words; two are abbreviations. */
function categoryTitle(category: string): string {
  if (category.length <= 4) return category.toUpperCase();
  const words = category.replaceAll("-", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
