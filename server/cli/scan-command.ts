/** `skeptic scan`. */
import { constants, existsSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Engine, Finding, Level, Problem } from "../engine/api.ts";
import { type BaselineOption, goneFrom, lookedAt, openBaseline, sortOut } from "./baseline.ts";
import { type ChangeOptions, changedScan } from "./changed.ts";
import { type Paint, painter, plain } from "./color.ts";
import { writeReport } from "./disk.ts";
import { visible } from "./escape.ts";
import { systemReason } from "./files.ts";
import { type EngineFactory, EXIT, type Io, type Output, UsageError } from "./io.ts";
import { jsonReport } from "./json-report.ts";
import { hiddenIn, loadOwn } from "./own.ts";
import { sarifReport } from "./sarif-report.ts";
import { fixesOf, LEVELS, type ScanResult, secretMask, secretSpans } from "./scan-result.ts";
import { configure, type Reported } from "./settings.ts";
import { plural, textReport } from "./text-report.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface ScanOptions extends Reported, ChangeOptions {
  readonly format: "text" | "json" | "sarif";
  readonly output?: string;
  readonly baseline?: BaselineOption;
  readonly failOn: "error" | "warning" | "info" | "information" | "never";
  readonly rule: readonly string[];
  readonly exclude: readonly string[];
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export async function scanCommand(
  given: readonly string[],
  options: ScanOptions,
  factory: EngineFactory,
  io: Io,
  version: string,
): Promise<number> {
  const started = io.now();
  if (options.output !== undefined) await checkOutput(io, options.output);
  const engine = await factory();
  const onProgress = progress(io, options.quiet);
  try {
    await loadOwn(engine, io.cwd);
    const { paths: told, rules } = named(given, options.rule, engine, io);
    configure(engine, rules, options);
    const { paths, scan: changes } = await changedScan(io.cwd, told, options);
    const baseline = await openBaseline(io.cwd, options.baseline);
    const { exclude } = options;
    const workspace = await openWorkspace(engine, io.cwd, {
      paths,
      exclude,
      onProgress,
      onFound: io.roomFor,
    });
    await workspace.settle();
    const all = wanted(workspace.findings(), rules);
    const { shown, ofNewRules, known, worse } = sortOut(engine, all, baseline, version);
    const among = (some: readonly Finding[]): readonly Finding[] =>
      changes?.among(workspace, some) ?? some;
    const findings = among(shown);
    const hidden = {
      ...(await hiddenIn(workspace)),
      ...(changes === undefined ? {} : { unchanged: shown.length - findings.length }),
      ...(baseline === undefined ? {} : { baseline: known.length }),
    };
    const view = baseline && {
      known: new Set(among(known)),
      worse,
      // What did not change is not asked for.
      gone:
        changes === undefined
          ? goneFrom(baseline, all, lookedAt(io.cwd, paths, workspace.requested)).filter(
              ({ rule }) => rules.length === 0 || rules.includes(rule),
            )
          : [],
    };
    const secrets = secretSpans([...findings, ...(view?.known ?? [])]);
    const result: ScanResult = {
      version,
      workspace,
      findings,
      fixes: new Map(findings.map((finding) => [finding, fixesOf(workspace, finding)])),
      rules: engine.rules(),
      hidden,
      since: changes?.since,
      own: engine.own(),
      secrets,
      mask: secretMask(workspace, secrets),
      seconds: (io.now() - started) / 1000,
      ofNewRules,
      baseline: view,
      exitCode: exitCode(
        findings.filter((finding) => !ofNewRules.has(finding)),
        options.failOn,
        workspace.problems,
      ),
    };
    const text = render(result, options, io);
    if (options.output === undefined) io.stdout.write(text);
    else await save(io, options.output, text);
    if (options.format === "text") printProblems(workspace, io);
    if (options.output !== undefined && !options.quiet)
      io.stderr.write(
        `${plural(findings.length, "finding")} in ${plural(workspace.requested.length, "file")}, written to ${visible(options.output)}\n`,
      );
    return result.exitCode;
  } finally {
    onProgress("");
    engine.dispose();
  }
}

/** `--rule a b` reads as two rules too: a second one that is no path, but is the id of a rule. */
export function named(
  given: readonly string[],
  rules: readonly string[],
  engine: Engine,
  io: Io,
): { readonly paths: readonly string[]; readonly rules: readonly string[] } {
  if (rules.length === 0) return { paths: given, rules };
  const known = new Set(engine.rules().map((rule) => rule.id));
  const more = given.filter((name) => known.has(name) && !existsSync(resolve(io.cwd, name)));
  const paths = given.filter((name) => !more.includes(name));
  return { paths: paths.length === 0 ? ["."] : paths, rules: [...rules, ...more] };
}

export function wanted(findings: readonly Finding[], rules: readonly string[]): readonly Finding[] {
  return rules.length === 0 ? findings : findings.filter(({ rule }) => rules.includes(rule));
}

/** Milliseconds until the first sign of life in a log, and between two. */
const FIRST_SIGN = 10_000;
const NEXT_SIGN = 60_000;

/** On terminals a line that is replaced while the work goes on; in a log a line now and then, and none for a short run. */
export function progress(io: Io, quiet: boolean, unit = " files"): (text: string) => void {
  const output = io.stderr;
  if (quiet) return () => undefined;
  let shown = "";
  if (!output.isTTY) {
    let due = io.now() + FIRST_SIGN;
    return (text) => {
      if (text === "" || io.now() < due) return;
      // One file may need half of the others: that is no standstill.
      const still = text === shown ? "still " : "";
      shown = text;
      due = io.now() + NEXT_SIGN;
      output.write(`skeptic: ${still}${text}${unit}\n`);
    };
  }
  return (text) => {
    if (text === shown) return;
    shown = text;
    output.write(`\r\u001b[K${text}`);
  };
}

export function printProblems(workspace: Workspace, io: Io): void {
  for (const { file, message } of workspace.problems)
    io.stderr.write(
      `skeptic: ${file === undefined ? "" : `${visible(file)}: `}${visible(message)}\n`,
    );
}

export function terminalWidth(output: Output): number {
  return Math.max(40, Math.min(output.columns ?? 100, 140));
}

/** A crash of ours must not look like a clean project to CI. */
function exitCode(
  findings: readonly Finding[],
  failOn: ScanOptions["failOn"],
  problems: readonly Problem[],
): number {
  if (failed(findings, failOn)) return EXIT.findings;
  return problems.some((p) => p.crash) ? EXIT.failed : EXIT.clean;
}

/** Hints never fail a run. */
function failed(findings: readonly Finding[], failOn: ScanOptions["failOn"]): boolean {
  if (failOn === "never") return false;
  const threshold: Level = failOn === "info" ? "information" : failOn;
  return findings.some(({ level }) => LEVELS.indexOf(level) <= LEVELS.indexOf(threshold));
}

function render(result: ScanResult, options: ScanOptions, io: Io): string {
  if (options.format === "json") return jsonReport(result);
  if (options.format === "sarif") return sarifReport(result);
  const toFile = options.output !== undefined;
  const paint: Paint = toFile ? plain : painter(io, io.stdout, options.color);
  return textReport(result, {
    paint,
    width: toFile ? 100 : terminalWidth(io.stdout),
    show: options.verbose ? "details" : options.quiet ? "findings" : "all",
  });
}

/** Before the work, not after it. */
export async function checkOutput(io: Io, output: string): Promise<void> {
  const path = resolve(io.cwd, output);
  try {
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    await access(info === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw new UsageError(`cannot write ${visible(output)}: ${systemReason(error)}`);
  }
}

export async function save(io: Io, output: string, text: string): Promise<void> {
  try {
    await writeReport(resolve(io.cwd, output), text);
  } catch (error) {
    throw new UsageError(`cannot write ${visible(output)}: ${systemReason(error)}`);
  }
}
