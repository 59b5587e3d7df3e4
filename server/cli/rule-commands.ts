/** `skeptic rules`, without its tests, and `skeptic explain`. */
import type { RuleInfo } from "../engine/api.ts";
import { type Paint, painter } from "./color.ts";
import { safeJson, visible, visibleLines } from "./escape.ts";
import { type ExplainOptions, explainFinding, SHORTEST, targetOf } from "./explain-finding.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { FOLDER, loadOwn } from "./own.ts";
import { noSuchRule } from "./settings.ts";

export interface RulesOptions {
  readonly format: "text" | "json";
  readonly color: boolean;
}

export async function rulesCommand(
  options: RulesOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const rules = await listed(factory, io);
  if (options.format === "json") {
    io.stdout.write(`${safeJson(rules.map(({ page: _, ...rule }) => rule))}\n`);
    return EXIT.clean;
  }
  const paint = painter(io, io.stdout, options.color);
  const width = Math.max(0, ...rules.map(({ id }) => id.length));
  let category = "";
  const lines: string[] = [];
  for (const rule of rules) {
    if (rule.category !== category) {
      if (category !== "") lines.push("");
      category = rule.category;
      lines.push(paint("bold", category));
    }
    lines.push(
      `  ${paint("cyan", rule.id.padEnd(width))}  ${rule.severity.padEnd(8)}  ${rule.title}`,
    );
  }
  lines.push("", `${rules.length} rules. Read one: skeptic rules show RULE-ID`);
  io.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return EXIT.clean;
}

/** All about one rule: what it is of, and its page. */
export async function showCommand(
  id: string,
  { format, color }: RulesOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const rules = await listed(factory, io);
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined)
    throw new UsageError(
      noSuchRule(
        id,
        rules.map((one) => one.id),
      ),
    );
  if (format === "json") {
    io.stdout.write(`${safeJson(rule)}\n`);
    return EXIT.clean;
  }
  const paint = painter(io, io.stdout, color);
  const about = [
    `${rule.severity} severity`,
    rule.category === "own" ? `of this project (${FOLDER})` : rule.category,
    ...rule.cwe.map((number) => `CWE-${number}`),
    ...rule.owasp.map((one) => `OWASP ${one}`),
  ];
  io.stdout.write(
    `${paint("cyan", visible(rule.id))}  ${paint("dim", visible(about.join(" - ")))}\n\n`,
  );
  io.stdout.write(`${pageOf(rule, paint)}\n`);
  return EXIT.clean;
}

/** Explains a rule by its page, or a finding by its fingerprint or place in these paths. */
export async function explainCommand(
  what: string,
  paths: readonly string[],
  options: ExplainOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const rules = await listed(factory, io);
  const rule = rules.find((one) => one.id === what);
  const target = rule === undefined ? targetOf(what) : undefined;
  if (target !== undefined) return explainFinding(what, target, paths, options, factory, io);
  if (rule === undefined) {
    const known = rules.map((one) => one.id);
    if (/^[0-9a-f]+$/i.test(what) && what.length < SHORTEST)
      throw new UsageError(
        `${what} is too short for a fingerprint: give at least ${SHORTEST} of its digits, or FILE:LINE`,
      );
    throw new UsageError(
      `${noSuchRule(what, known)}; a finding is named by FILE:LINE or its fingerprint`,
    );
  }
  const paint = painter(io, io.stdout, options.color);
  io.stdout.write(`${pageOf(rule, paint)}\n`);
  return EXIT.clean;
}

function pageOf({ title, url, page }: RuleInfo, paint: Paint): string {
  return headings(visibleLines(page === "" ? `# ${title}\n\n${url}` : page).trim(), paint);
}

/** With those of the project in the working directory. */
async function listed(factory: EngineFactory, io: Io): Promise<readonly RuleInfo[]> {
  const engine = await factory();
  try {
    await loadOwn(engine, io.cwd);
    return [...engine.rules()].sort(
      (a, b) => compare(a.category, b.category) || compare(a.id, b.id),
    );
  } finally {
    engine.dispose();
  }
}

function headings(page: string, paint: Paint): string {
  let fenced = false;
  return page
    .split("\n")
    .map((line) => {
      if (line.startsWith("```")) fenced = !fenced;
      return !fenced && line.startsWith("#") ? paint("bold", line) : line;
    })
    .join("\n");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
