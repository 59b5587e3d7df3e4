/**
 * `node .cache/fixes/main.cjs [--rule ID] [--strict] [--offered] [--judged FILE] [--out FILE] FOLDER...` (built and called by `npm run fixes`): each fix of each
 * finding of real projects, alone. Says what broke a promise, then counts by rule and grade, and by rule how many findings have an
 * edit. --offered applies none; --judged counts those apart that a table of judgements calls true. FILE of --out gets a line of JSON for each finding: `{ where, rule, level, fixes: [{ title, grade, reason }] }`.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Engine, Finding, Fix } from "../../server/engine/api.ts";
import { readSources } from "../fuzz/plan.ts";
import { freshEngine } from "../harness/engine.ts";
import { judged, withFix } from "../harness/fixes.ts";
import { automatic, type Checked, lineOf, load, type Texts } from "../harness/project.ts";
import { pythonFaults, typescriptFault } from "./parsers.ts";

interface Tried {
  readonly where: string;
  readonly rule: string;
  readonly grade: string;
  readonly problems: string[];
}

/** A finding and what is offered for it. */
interface Found {
  readonly where: string;
  readonly rule: string;
  readonly level: string;
  readonly fixes: readonly Pick<Fix, "title" | "grade" | "reason">[];
}

void main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rule: { type: "string" },
      strict: { type: "boolean" },
      out: { type: "string" },
      offered: { type: "boolean" },
      judged: { type: "string" },
    },
  });
  if (values.out !== undefined) writeFileSync(values.out, "");
  const found: Found[] = [];
  const engine = await freshEngine();
  const all: Tried[] = [];
  for (const folder of positionals) {
    const { texts } = readSources(folder, (file) => engine.wants(file));
    const start = performance.now();
    load(engine, texts, { strict: values.strict === true });
    while (engine.step(1000).pending > 0);
    const before = checkOnly(engine, texts.keys());
    const wanted = before.findings.filter(({ rule }) => (values.rule ?? rule) === rule);
    const own = wanted.map((finding): Found => foundOf(engine, basename(folder), texts, finding));
    found.push(...own);
    if (values.out !== undefined)
      appendFileSync(values.out, own.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const tried = values.offered === true ? [] : tryAll(engine, texts, before, wanted);
    all.push(...tried);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const failed = tried.filter(({ problems }) => problems.length > 0).length;
    console.log(
      `${basename(folder)}: ${texts.size} files, ${wanted.length} findings, ${tried.length} fixes, ${failed} broke a promise (${seconds} s)`,
    );
    for (const one of tried)
      if (one.problems.length > 0) console.log(`\n${one.where}\n${one.problems.join("\n")}`);
  }
  if (values.offered !== true) console.log(`\n${table(all)}`);
  console.log(`\n${reach(found)}`);
  if (values.judged !== undefined) {
    const isTrue = judgedTrue(readFileSync(values.judged, "utf8"));
    console.log(`\nJudged true:\n\n${reach(found.filter(isTrue))}`);
  }
  process.exitCode = all.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

/** The engine holds `texts`, before and after. */
function tryAll(
  engine: Engine,
  texts: Texts,
  before: Checked,
  findings: readonly Finding[],
): readonly Tried[] {
  const jobs = findings.flatMap((finding) =>
    engine.fixes(finding.file, finding.fingerprint).map((fix) => ({ finding, fix })),
  );
  const python: { readonly text: string; readonly of: Tried }[] = [];
  const out = jobs.map(({ finding, fix }): Tried => {
    const line = lineOf(texts, finding.file, finding.span.start);
    const { rule } = finding;
    const where = `${finding.file}:${line} [${rule}] "${fix.title}" (${fix.grade})`;
    const tried: Tried = { where, rule, grade: fix.grade, problems: [] };
    if (!automatic(fix)) return tried;
    const after = withFix(texts, fix);
    if (typeof after === "string") {
      tried.problems.push(after);
      return tried;
    }
    const files = [...fix.edits, ...(fix.creates ?? [])].map(({ file }) => file);
    if (files.every((file) => after.get(file) === texts.get(file)))
      tried.problems.push("changes nothing");
    tried.problems.push(...applied(engine, { before, finding, fix, after, files }));
    for (const file of files) {
      if (texts.has(file)) engine.set(file, texts.get(file) ?? "", { open: false });
      else engine.remove(file);
      const text = after.get(file) ?? "";
      if (file.endsWith(".py")) python.push({ text, of: tried });
      else if (/\.[cm]?[jt]sx?$/.test(file)) {
        const fault = typescriptFault(file, text);
        if (fault !== "" && typescriptFault(file, texts.get(file) ?? "") === "")
          tried.problems.push(`TypeScript's parser: ${fault}`);
      }
    }
    return tried;
  });
  for (const [i, fault] of pythonFaults(python.map(({ text }) => text)).entries())
    if (fault !== "") python[i]?.of.problems.push(`Python's parser: ${fault}`);
  return out;
}

function applied(
  engine: Engine,
  {
    before,
    finding,
    fix,
    after,
    files,
  }: {
    readonly before: Checked;
    readonly finding: Finding;
    readonly fix: Fix;
    readonly after: Texts;
    readonly files: readonly string[];
  },
): readonly string[] {
  for (const file of files) engine.set(file, after.get(file) ?? "", { open: false });
  try {
    // Where nothing was found before, and nothing is edited, nothing is expected.
    const looked = new Set([...files, ...before.findings.map(({ file }) => file)]);
    const now = checkOnly(engine, looked);
    return judged(engine, { before, now, after, finding, fix }).map((text) =>
      around(text, after.get(finding.file) ?? "", finding, fix),
    );
  } catch (error) {
    return [`the engine: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Like `check`, without waiting for the files that are not asked for. */
function checkOnly(engine: Engine, names: Iterable<string>): Checked {
  const reports = [...names].map((name) => ({ name, report: engine.check(name) }));
  return {
    findings: reports.flatMap(({ report }) => report.findings),
    broken: reports.flatMap(({ name, report }) => (report.hasError ? [name] : [])),
  };
}

/** The first line of a problem, and of the whole file only what stands around the fix. */
function around(problem: string, text: string, finding: Finding, fix: Fix): string {
  const [head = ""] = problem.split("\n");
  const edit = fix.edits.find(({ file }) => file === finding.file)?.edits.at(-1);
  const at = text.slice(0, edit?.start ?? finding.span.start).split("\n").length - 1;
  const lines = text.split("\n").slice(Math.max(0, at - 4), at + 10);
  return `  ${head}\n${lines.map((line) => `    | ${line}`.slice(0, 160)).join("\n")}`;
}

function foundOf(engine: Engine, project: string, texts: Texts, finding: Finding): Found {
  const { file, rule, level, span, fingerprint } = finding;
  const fixes = engine.fixes(file, fingerprint).map(({ title, grade, reason }) => ({
    title,
    grade,
    ...(reason === undefined ? {} : { reason }),
  }));
  return { where: `${project}/${file}:${lineOf(texts, file, span.start)}`, rule, level, fixes };
}

/** Rows `| number | rule | true | level | package@version file:line | why |`. */
function judgedTrue(table: string): (one: Found) => boolean {
  const row = /^\| \d+ \| ([a-z-]+) \| true \| \w+ \| @?(\S+)@(\S+) (\S+) \|/gm;
  const keys = [...table.matchAll(row)].map(
    ([, rule, name = "", version, place]) =>
      `${rule} ${name.replace("/", "-")}-${version}/${place}`,
  );
  const all = new Set(keys);
  return ({ rule, where }) => all.has(`${rule} ${where}`);
}

/** By rule, how many findings have an edit; then why the others have none. */
function reach(found: readonly Found[]): string {
  const isOpen = ({ fixes }: Found): boolean => fixes.some(({ grade }) => grade !== "manual");
  const rules = [...new Set(found.map(({ rule }) => rule))].sort();
  const row = (name: string, of: readonly Found[]): string => {
    const edited = of.filter(isOpen).length;
    return `| ${name} | ${of.length} | ${edited} | ${Math.round((100 * edited) / Math.max(of.length, 1))} % |`;
  };
  const reasons = new Map<string, number>();
  for (const one of found.filter((each) => !isOpen(each))) {
    const why = `${one.rule}: ${one.fixes[0]?.reason?.replace(/^.*No edit is offered: /, "") ?? "no fix"}`;
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  return [
    "| Rule | findings | with an edit | share |",
    "|---|---|---|---|",
    ...rules.map((rule) =>
      row(
        rule,
        found.filter((one) => one.rule === rule),
      ),
    ),
    row("all", found),
    "",
    "Without an edit:",
    "",
    ...[...reasons].sort((a, b) => b[1] - a[1]).map(([why, count]) => `- ${count} ${why}`),
  ].join("\n");
}

function table(tried: readonly Tried[]): string {
  const grades = ["safe", "suggested", "placeholder", "manual"];
  const rules = [...new Set(tried.map(({ rule }) => rule))].sort();
  const row = (name: string, of: readonly Tried[]): string =>
    `| ${[name, ...grades.map((g) => of.filter(({ grade }) => grade === g).length), of.filter(({ problems }) => problems.length > 0).length].join(" | ")} |`;
  return [
    `| Rule | ${grades.join(" | ")} | broke a promise |`,
    `|---|${"---|".repeat(grades.length + 1)}`,
    ...rules.map((rule) =>
      row(
        rule,
        tried.filter((one) => one.rule === rule),
      ),
    ),
    row("all", tried),
  ].join("\n");
}
