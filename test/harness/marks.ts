/** What is wrong with the findings of a page, in lines; `server/cli/marks.ts` reads the marks. */
import { type Expectation, type Outcome, outcomes, type Seen } from "../../server/cli/marks.ts";

/** Marks of a page that hold today's wrong answers. */
export interface Known {
  missing: number;
  spurious: number;
}

/** One line for every way in which a file's findings are not what its marks say. */
export function differences(
  file: string,
  seen: readonly Seen[],
  expectations: readonly Expectation[],
  rules: ReadonlySet<string>,
  known: Known,
): string[] {
  const own = seen.filter((one) => one.file === file);
  const values = expectations.filter(({ demand }) => demand.kind === "value");
  const out = values.flatMap((mark) => valueProblem(file, mark, own, known));
  const isShown = (one: Seen): boolean =>
    values.some(({ line, rule }) => line === one.line && rule === one.rule);
  const rest = own.filter((one) => !isShown(one));
  const marks = expectations.filter((mark) => !values.includes(mark));
  for (const one of outcomes(rest, marks)) {
    if (one.kind !== "unexpected") {
      if (one.mark.demand.kind === "missing") known.missing++;
      if (one.mark.demand.kind === "spurious") known.spurious++;
    }
    out.push(...problemOf(file, one, own, rules));
  }
  return out;
}

/** What `reveal_value` shows. */
function valueProblem(
  file: string,
  { line, rule, demand }: Expectation,
  seen: readonly Seen[],
  known: Known,
): string[] {
  if (demand.kind !== "value") return [];
  const got = seen.find((one) => one.line === line && one.rule === rule);
  const where = `${file}:${line}`;
  if (demand.should !== undefined) known.missing++;
  if (got === undefined) return [`${where} is no call of reveal_value`];
  if (got.text === demand.should) return [`${where} is right now: write "value: ${got.text}"`];
  return got.text === demand.text
    ? []
    : [`${where} expected value ${demand.text}, got ${got.text}`];
}

function problemOf(
  file: string,
  one: Outcome,
  seen: readonly Seen[],
  rules: ReadonlySet<string>,
): string[] {
  if (one.kind === "found" || one.kind === "known") return [];
  if (one.kind === "unexpected") {
    const { line, level, rule, text } = one.got;
    return [`${file}:${line} expected silence, got ${level} [${rule}]: ${text}`];
  }
  const { line, rule, demand } = one.mark;
  const where = `${file}:${line}`;
  const level = demand.kind === "found" ? demand.level : undefined;
  if (one.kind === "level")
    return [`${where} expected ${level} [${rule}], got ${one.got.level}: ${one.got.text}`];
  if (one.kind === "mended")
    return [
      one.got === undefined
        ? `${where} is no longer wrong: take "spurious: [${rule}]" away`
        : `${where} is found now: write "${one.got.level}: [${rule}]"`,
    ];
  const elsewhere = seen.filter((other) => other.rule === rule && other.line !== line);
  const hint = !rules.has(rule)
    ? " (there is no such rule)"
    : elsewhere.length > 0
      ? ` (it is on line ${elsewhere.map((other) => other.line).join(", ")})`
      : "";
  return [`${where} expected ${level ?? "a finding"} [${rule}], got nothing${hint}`];
}
