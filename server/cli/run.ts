/** Arguments in, exit code out: 0 nothing at the threshold, 1 findings, 2 could not run. */
import { Argument, Command, CommanderError, Option } from "commander";
import { FRAMEWORKS, KINDS, type Kind } from "../generate/generate.ts";
import { FORMATS } from "../report/format.ts";
import { type BaselineOptions, baselineCommand } from "./baseline-command.ts";
import { type DebugOptions, debugCommand } from "./debug-command.ts";
import { type DepsOptions, depsCommand } from "./deps-command.ts";
import { visible, visibleLines } from "./escape.ts";
import type { ExplainOptions } from "./explain-finding.ts";
import { type FixCommandOptions, fixCommand } from "./fix-command.ts";
import { type GenerateOptions, generateCommand } from "./generate-command.ts";
import { HOOK_FAILED, hookCommand } from "./hook-command.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import {
  packagesCommand,
  packagesForgetCommand,
  packagesUpdateCommand,
  type UpdateOptions,
} from "./packages-command.ts";
import type { ReportOptions } from "./report-command.ts";
import { explainCommand, type RulesOptions, rulesCommand, showCommand } from "./rule-commands.ts";
import { type RuleTestOptions, ruleTestsCommand } from "./rule-tests.ts";
import { type ScanOptions, scanCommand } from "./scan-command.ts";
import { profileOption, thresholdOptions } from "./settings.ts";
import { type WhyOptions, whyCommand } from "./why-command.ts";

/** `argv` without the program's own name. Never throws. */
export async function run(
  argv: readonly string[],
  factory: EngineFactory,
  io: Io,
  version: string,
): Promise<number> {
  let exitCode: number = EXIT.clean;
  const program = commands(factory, io, version, (code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.failed;
    }
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    const failed = argv[0] === "hook" ? HOOK_FAILED : EXIT.failed;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : failed;
    if (error instanceof UsageError) io.stderr.write(`skeptic: ${error.message}\n`);
    else io.stderr.write(`skeptic: internal error\n${trace(error)}\n`);
    return failed;
  }
}

function commands(
  factory: EngineFactory,
  io: Io,
  version: string,
  done: (exitCode: number) => void,
): Command {
  const program = new Command("skeptic")
    .description(
      "Finds insecure code in Python, TypeScript and JavaScript by following the data.\nRuns on this machine only: no network, no account.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError("(more: skeptic --help)")
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(visibleLines(text)),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", EXAMPLES);

  const scan = program
    .command("scan")
    .description("report insecure code")
    .argument("[path...]", "files and folders", ["."])
    .addOption(choice("-f, --format <format>", "of the report", ["text", "json", "sarif"], "text"))
    .option("-o, --output <file>", "write the report to a file instead of stdout")
    .addOption(
      choice(
        "--fail-on <level>",
        "exit with 1 for findings of this level or a worse one (hints never count; information is info)",
        ["error", "warning", "info", "information", "never"],
        "error",
      ),
    )
    .addOption(
      list("-r, --rule <id>", "only this rule; repeat it or separate ids by commas", commas),
    )
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .option(
      "--changed [rev]",
      "only what changed since this commit (default: HEAD; main... is the merge base with main)",
    )
    .option(
      "--baseline <file>",
      "only what is not in this file (default: .skeptic/baseline.json, if there is one)",
    )
    .option("--no-baseline", "report known findings too")
    .option(
      "--changed-lines",
      "of that, only findings on changed lines or whose data passes one",
      false,
    )
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .option("-q, --quiet", "only the findings: no summary, no progress", false)
    .option("-v, --verbose", "also speed, findings by rule and each file left out", false)
    .addHelpText("after", SCAN_EXAMPLES)
    .action(async (paths: string[], options: ScanOptions) =>
      done(await scanCommand(paths, options, factory, io, version)),
    );
  for (const option of thresholdOptions()) scan.addOption(option);

  const baseline = program
    .command("baseline")
    .description("accept the findings of today: later scans report only new ones")
    .argument("[path...]", "files and folders", ["."])
    .option("-o, --output <file>", "write to this file instead of .skeptic/baseline.json")
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .option("-q, --quiet", "no progress", false)
    .addHelpText("after", BASELINE_HELP)
    .action(async (paths: string[], options: BaselineOptions) =>
      done(await baselineCommand(paths, options, factory, io, version)),
    );
  for (const option of thresholdOptions()) baseline.addOption(option);

  program
    .command("fix")
    .description("rewrite insecure code to the safe pattern")
    .argument("[path...]", "files and folders", ["."])
    .addOption(
      choice(
        "--grade <grade>",
        "safe: proved not to break normal use; suggested: also those you should review",
        ["safe", "suggested"],
        "safe",
      ),
    )
    .option("--check", "write nothing: print a patch, exit with 1 if there is one", false)
    .addOption(
      list("-r, --rule <id>", "only this rule; repeat it or separate ids by commas", commas),
    )
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .option("-q, --quiet", "no list of what was fixed and what remains, no progress", false)
    .addHelpText("after", FIX_EXAMPLES)
    .action(async (paths: string[], options: FixCommandOptions) =>
      done(await fixCommand(paths, options, factory, io)),
    );

  const report = program
    .command("report")
    .description(
      "what is found in code of an AI and in the rest, over time; needs git for most of it",
    )
    .argument("[folder]", "what it is about", ".")
    .addOption(
      new Option(
        "-f, --format <format>",
        "of the report (default: by the name of the file, else md)",
      ).choices(FORMATS),
    )
    .option("-o, --output <file>", "write the report to a file instead of stdout")
    .option("--since <file>", "compare with a report of --format json (default: the last one)")
    .option("--no-record", "keep nothing for the next report")
    .addOption(whole("--points <number>", "older states for the trend; 0 for none", 12, 200))
    .addOption(
      whole(
        "--time <seconds>",
        "at most, for git's answers and again for older states",
        60,
        36_000,
      ),
    )
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .option("-q, --quiet", "no progress", false)
    .addHelpText("after", REPORT_HELP)
    .action(async (folder: string, options: ReportOptions) => {
      const { reportCommand } = await import("./report-command.ts");
      done(await reportCommand(folder, options, factory, io, version));
    });
  for (const option of thresholdOptions()) report.addOption(option);

  program
    .command("generate")
    .description("print, or write, files that protect a project")
    .addArgument(new Argument("<what>", "what to make").choices(KINDS))
    .option("-C, --folder <folder>", "of the project", ".")
    .addOption(
      new Option(
        "--framework <name>",
        "for headers (default: those among the dependencies)",
      ).choices(FRAMEWORKS),
    )
    .option("--write", "write the files instead of printing them", false)
    .option("--force", "also replace files that are there with another text", false)
    .addHelpText("after", GENERATE_HELP)
    .action(async (what: Kind, options: GenerateOptions) =>
      done(await generateCommand(what, options, io)),
    );

  const rules = program
    .command("rules")
    .description("list the rules, with those of the project; show one, or test the project's")
    .addOption(choice("-f, --format <format>", "of the list", ["text", "json"], "text"))
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .allowExcessArguments(false)
    .addHelpText("after", RULES_EXAMPLES)
    .action(async (options: RulesOptions) => done(await rulesCommand(options, factory, io)));
  rules
    .command("list")
    .description("list the rules, as without a word")
    .action(async (_: unknown, command: Command) =>
      done(await rulesCommand(command.optsWithGlobals<RulesOptions>(), factory, io)),
    );
  rules
    .command("show")
    .description("print one rule: what it looks for, examples, limits")
    .argument("<id>", "the id of a rule")
    .action(async (id: string, _: unknown, command: Command) =>
      done(await showCommand(id, command.optsWithGlobals<RulesOptions>(), factory, io)),
    );
  rules
    .command("test")
    .description("run the examples of pages (*.md) with the rules in .skeptic/rules")
    .argument("<folder>", "a folder of pages, or one page")
    .action(async (folder: string, _: unknown, command: Command) =>
      done(await ruleTestsCommand(folder, command.optsWithGlobals<RuleTestOptions>(), factory, io)),
    );

  program
    .command("explain")
    .description(
      "print all about one finding: its path, how sure it is, its fix; or the page of a rule",
    )
    .argument("<what>", "a fingerprint (or its start), FILE:LINE, or the id of a rule")
    .argument("[path...]", "for a finding: the files and folders to scan", [])
    .addOption(profileOption())
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .addHelpText("after", EXPLAIN_EXAMPLES)
    .action(async (what: string, paths: string[], options: ExplainOptions) =>
      done(await explainCommand(what, paths, options, factory, io)),
    );
  program
    .command("why")
    .description(
      "say why nothing is reported at a place: no rule, made harmless, suppressed, or not known",
    )
    .argument("<place>", "FILE:LINE or FILE:LINE:COLUMN")
    .argument("[path...]", "the files and folders to follow data through (default: .)", [])
    .addOption(profileOption())
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .action(async (place: string, paths: string[], options: WhyOptions) =>
      done(await whyCommand(place, paths, options, factory, io, version)),
    );
  const packages = program
    .command("packages")
    .description("say which names of packages are known, and since when; bring newer lists")
    .allowExcessArguments(false)
    .addHelpText("after", PACKAGES_HELP)
    .action(async () => done(await packagesCommand(io)));
  packages
    .command("update")
    .description("take lists of names from files; the network is not asked")
    .argument("<file...>", "npm=FILE, pypi=FILE, or files whose names begin so")
    .addOption(
      list("--complete <registry>", "its list has every name there is: npm or pypi", commas),
    )
    .option(
      "--date <day>",
      "when the lists were made, as 2026-11-02 (default: the day of the file)",
    )
    .action(async (files: string[], options: UpdateOptions) =>
      done(await packagesUpdateCommand(files, options, io)),
    );
  packages
    .command("forget")
    .description("use the lists that came with Skeptic again")
    .action(async () => done(await packagesForgetCommand(io)));
  program
    .command("deps")
    .description("what a change does to the packages (needs git), and what is in an installed one")
    .argument("[path...]", "files and folders", ["."])
    .option("--diff <rev>", "compare with this commit (main... is the merge base with main)")
    .option(
      "--inspect [name...]",
      "look into installed packages; with --diff and no name, into those that changed",
    )
    .option("--python <folder>", "the environment of Python to look in (default: the project's)")
    .addOption(choice("-f, --format <format>", "of the list", ["text", "json", "md"], "text"))
    .option("-o, --output <file>", "write the list to a file instead of stdout")
    .addOption(
      choice(
        "--fail-on <level>",
        "exit with 1 for what is to be looked at",
        ["warning", "never"],
        "warning",
      ),
    )
    .addOption(list("-e, --exclude <glob>", "leave these files out; may be repeated", one))
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .addHelpText("after", DEPS_HELP)
    .action(async (paths: string[], options: DepsOptions) =>
      done(await depsCommand(paths, options, factory, io)),
    );
  program
    .command("hook")
    .description("note what an AI agent wrote, for the editor; a hook of the agent calls it")
    .allowExcessArguments(false)
    .addHelpText("after", HOOK_HELP)
    .action(async () => done(await hookCommand(io, process.stdin)));
  program
    .command("debug", { hidden: true })
    .description("print what the engine believes of a function, to work on Skeptic itself")
    .addArgument(
      new Argument("<what>", "of its code, or of what a caller must know").choices([
        "ir",
        "summary",
      ]),
    )
    .argument("<place>", "FILE, FILE:FUNCTION or FILE:LINE")
    .argument("[path...]", "the files and folders to scan", [])
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .action(async (what: "ir" | "summary", place: string, paths: string[], options: DebugOptions) =>
      done(await debugCommand(what, place, paths, options, factory, io)),
    );
  return program;
}

function choice(
  flags: string,
  words: string,
  choices: readonly string[],
  standard: string,
): Option {
  return new Option(flags, words).choices(choices).default(standard);
}

/** A whole number from 0. */
function whole(flags: string, words: string, standard: number, most: number): Option {
  return new Option(flags, words).default(standard).argParser((value: string) => {
    const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number <= most))
      throw new UsageError(
        `${flags.split(" ")[0]} takes a number up to ${most}, not ${visible(value)}`,
      );
    return number;
  });
}

function list(flags: string, words: string, split: (value: string) => string[]): Option {
  return new Option(flags, words)
    .default([], "none")
    .argParser((value: string, before: unknown) => [
      ...(Array.isArray(before) ? before : []),
      ...split(value),
    ]);
}

function commas(value: string): string[] {
  return value.split(",").filter((part) => part !== "");
}

function one(value: string): string[] {
  return [value];
}

/** Where it happened, without the message: it may hold text of the workspace. */
function trace(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.map(visible)].slice(0, 12).join("\n");
}

const DEPS_HELP = `
Examples:
  skeptic deps --diff HEAD              what is not committed yet
  skeptic deps --diff main...           all work on this branch
  skeptic deps --diff main... --format md > packages.md
  skeptic deps --inspect left-pad       what it runs, sends and hides (node_modules, site-packages)
  skeptic deps --diff main... --inspect the same for all packages that changed

Exit codes: 0 nothing to look at, 1 something (install scripts, look-alikes, other places,
weaker checksums; a warning about an installed package), 2 could not run, a changed file could
not be compared, or a package is not installed.`;

const HOOK_HELP = `
Reads the event of the hook as JSON on stdin: Claude Code and VS Code (PostToolUse), Cursor (afterFileEdit,
afterTabFileEdit), Windsurf (post_write_code). README says how to set it up, under "What an AI wrote".`;

const PACKAGES_HELP = `
A list is text, or text packed with gzip: one name a line, and behind a tab its downloads a month, or its place
where the first line says "name<tab>rank". What a complete list does not have does not exist, and is said so; a
list that is not complete tells which names are used. After 90 days what a list says is a note only.

Examples:
  skeptic packages
  skeptic packages update npm=downloads.tsv.gz pypi=names.txt --complete pypi --date 2026-11-02`;

const EXAMPLES = `
Examples:
  skeptic scan                          scan the working directory
  skeptic scan src api/main.py          scan a folder and a file
  skeptic fix --check                   show the safe fixes as a patch
  skeptic explain api/db.py:19          the whole path of a finding, and its fix
  skeptic explain sql-injection         why it matters and how to mend it

Exit codes: 0 nothing at the threshold, 1 findings, 2 could not run.`;

const SCAN_EXAMPLES = `
Examples:
  skeptic scan --fail-on warning src
  skeptic scan --format sarif --output skeptic.sarif
  skeptic scan --rule sql-injection --rule path-traversal
  skeptic scan --exclude "legacy/**" --exclude "*.spec.ts"
  skeptic scan --changed                what is not committed yet
  skeptic scan --changed main...        all work on this branch

.gitignore is respected, and folders such as node_modules are left out; a path named
on the command line is scanned even so. A line is accepted by a comment on it or above
it:  # skeptic: ignore[rule-id] -- reason`;

const BASELINE_HELP = `
The file holds fingerprints, one a line. Commit it: the editor and every scan use it. With
paths, only their part of it is written anew.

Exit codes: 0 written, 2 could not run.`;

const REPORT_HELP = `
Examples:
  skeptic report -o report.html         a page to read, print or hand on
  skeptic report api --format md        as text, on one folder
  skeptic report -o now.json --since before.json

What is found is kept in a folder of yours, outside the project, so that the next report
can say what is fixed. "Declared AI" is what commits and records say, no more.

Exit codes: 0 written, 2 could not run.`;

const FIX_EXAMPLES = `
Examples:
  skeptic fix                           apply the safe fixes
  skeptic fix --grade suggested src     apply more; review them with git diff
  skeptic fix --check > skeptic.patch   write a patch instead

Exit codes: 0 done, 1 with --check when there is something to fix, 2 could not run.`;

const GENERATE_HELP = `
  workflow     .github/workflows/security.yml: a review of dependencies, and a scan
  headers      a module with security headers, for the framework of the project
  pre-commit   an entry in .pre-commit-config.yaml
  cooldown     only versions that have been out for a week, for the package manager in use

Examples:
  skeptic generate workflow             look at it
  skeptic generate workflow --write     write it
  skeptic generate headers --framework flask -C api

Actions are named by commits that were compared in public workflows; one that is not known
is a placeholder, and the job fails until it is filled in.

Exit codes: 0 done, or nothing to write, 2 could not run.`;

const RULES_EXAMPLES = `
Examples:
  skeptic rules                         all rules
  skeptic rules show sql-injection      one of them
  skeptic rules test docs/rules         do the rules of the project find what its pages say?

Exit codes: 0 done, 1 when a page says otherwise than what is found, 2 could not run.`;

const EXPLAIN_EXAMPLES = `
Examples:
  skeptic explain api/db.py:19          the finding on this line, or whose path leads over it
  skeptic explain 68645ad6656e10d1 api  a finding of this folder by its fingerprint
  skeptic explain sql-injection         the page of a rule

Exit codes: 0 explained, 2 no such finding or rule.`;
