/** `skeptic fix`. */
import { resolve } from "node:path";
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import type { Finding, Grade } from "../engine/api.ts";
import { hiddenValues, maskSecrets, valueMask } from "../engine/mask.ts";
import { unifiedPatch } from "../engine/patch.ts";
import { applyFixes, type FixOutcome, filesOf } from "./apply-fixes.ts";
import { type Paint, painter } from "./color.ts";
import { replaceFiles } from "./disk.ts";
import { visible, visibleLines } from "./escape.ts";
import { wouldBeIgnored } from "./gitignore.ts";
import { type EngineFactory, EXIT, type Io } from "./io.ts";
import { originalOffset } from "./original-place.ts";
import { loadOwn } from "./own.ts";
import { named, printProblems, progress, wanted } from "./scan-command.ts";
import { secretMask, secretSpans } from "./scan-result.ts";
import { configure } from "./settings.ts";
import { place, plural } from "./text-report.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface FixCommandOptions {
  readonly grade: "safe" | "suggested";
  readonly check: boolean;
  readonly rule: readonly string[];
  readonly exclude: readonly string[];
  readonly color: boolean;
  readonly quiet: boolean;
}

const PASSES = 10;

/** 0 also when findings remain; with --check 1 when something would change; 2 when a file cannot be written. */
export async function fixCommand(
  given: readonly string[],
  options: FixCommandOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const engine = await factory();
  const onProgress = progress(io, options.quiet);
  try {
    const { paths, rules } = named(given, options.rule, engine, io);
    await loadOwn(engine, io.cwd);
    configure(engine, rules);
    const { exclude } = options;
    const opened = await openWorkspace(engine, io.cwd, {
      paths,
      exclude,
      onProgress,
      onFound: io.roomFor,
    });
    const workspace: Workspace = {
      ...opened,
      findings: () => wanted(opened.findings(), rules),
    };
    await workspace.settle();
    const secrets = secretSpans(workspace.findings());
    const mask = secretMask(workspace, secrets);
    const grades: ReadonlySet<Grade> = new Set(
      options.grade === "safe" ? ["safe"] : ["safe", "suggested"],
    );
    const outcome = await applyFixes(workspace, { grades, maximumPasses: PASSES });
    const failed = options.check
      ? printPatch(workspace, outcome, mask, io, options.color)
      : await write(workspace, outcome, io);
    // The patch has stdout to itself.
    const out = options.check ? io.stderr : io.stdout;
    if (!options.quiet) {
      const lines = report(
        workspace,
        outcome,
        failed,
        options,
        io.cwd,
        painter(io, out, options.color),
      );
      out.write(lines.map((line) => `${mask(line)}\n`).join(""));
    }
    printProblems(workspace, io);
    if (failed.size > 0) return EXIT.failed;
    return options.check && outcome.before.size > 0 ? EXIT.findings : EXIT.clean;
  } finally {
    onProgress("");
    engine.dispose();
  }
}

/** Answers the files that could not be written. */
async function write(
  workspace: Workspace,
  outcome: FixOutcome,
  io: Io,
): Promise<ReadonlySet<FileId>> {
  const failed = new Set<FileId>();
  for (const group of outcome.groups) {
    const trouble = await replaceFiles(
      group.map((file) => ({
        path: workspace.files.get(file)?.path ?? file,
        before: outcome.created.has(file) ? undefined : (outcome.before.get(file) ?? ""),
        after: workspace.text(file),
      })),
    );
    if (trouble === undefined) continue;
    for (const file of group) failed.add(file);
    const file = group.find((one) => workspace.files.get(one)?.path === trouble.path) ?? "";
    io.stderr.write(`skeptic: ${visible(file)}: cannot be written: ${trouble.message}\n`);
  }
  return failed;
}

function printPatch(
  workspace: Workspace,
  outcome: FixOutcome,
  mask: (text: string) => string,
  io: Io,
  color: boolean,
): ReadonlySet<FileId> {
  const paint = painter(io, io.stdout, color);
  const made = [...outcome.created].map((file): [FileId, undefined] => [file, undefined]);
  for (const [file, before] of [...outcome.before, ...made].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bom = workspace.files.get(file)?.hasBom ? "\ufeff" : "";
    const after = workspace.text(file);
    const hide = valueMask(hiddenValues(before ?? ""));
    const patch = unifiedPatch({
      file,
      before: before === undefined ? undefined : bom + before,
      after: bom + after,
      // A file that is made holds nothing of the project.
      ...(before === undefined ? {} : { mask: (line) => maskSecrets(hide(mask(line))) }),
    });
    if (!patch.applies)
      io.stderr.write(
        `skeptic: ${visible(file)}: its patch hides a secret and cannot be applied; skeptic fix can\n`,
      );
    io.stdout.write(io.stdout.isTTY ? onTerminal(patch.text, paint) : patch.text);
  }
  return new Set();
}

/** A patch in a file or pipe is exact; on a terminal it is only looked at. */
function onTerminal(patch: string, paint: Paint): string {
  return visibleLines(patch.replaceAll("\t", "    "))
    .split("\n")
    .map((line) => {
      if (line.startsWith("@@")) return paint("cyan", line);
      if (line.startsWith("+")) return paint("green", line);
      return line.startsWith("-") ? paint("red", line) : line;
    })
    .join("\n");
}

/** The place in the file as it is now: where nothing was written, in the text without the fixes. */
function onDisk(
  workspace: Workspace,
  outcome: FixOutcome,
  { file, span }: Finding,
  isUnwritten: boolean,
): string {
  const before = isUnwritten ? outcome.before.get(file) : undefined;
  if (before === undefined) return place(workspace, file, span.start);
  const now = workspace.position(file, span.start).offset;
  const offset = originalOffset(before, workspace.text(file), now);
  const { line, character } = positionAt(lineStarts(before), offset);
  return `${visible(file)}:${line + 1}:${character + 1}`;
}

/** What git leaves out is missing wherever else the program runs. */
function ignoredNote(workspace: Workspace, file: FileId, cwd: string): string {
  return wouldBeIgnored(workspace.files.get(file)?.path ?? resolve(cwd, file), cwd)
    ? " (.gitignore names it: add it with git add -f)"
    : "";
}

function report(
  workspace: Workspace,
  outcome: FixOutcome,
  failed: ReadonlySet<FileId>,
  options: FixCommandOptions,
  cwd: string,
  paint: Paint,
): string[] {
  const out: string[] = [];
  const done = outcome.applied.filter(({ fix }) => !filesOf(fix).some((file) => failed.has(file)));
  const verb = options.check ? "Would fix" : "Fixed";
  for (const file of outcome.created)
    if (!failed.has(file))
      out.push(
        `${paint("green", options.check ? "Would make" : "Made")} ${visible(file)}${ignoredNote(workspace, file, cwd)}`,
      );
  for (const { finding, fix } of done)
    out.push(
      `${paint("green", verb)} ${visible(finding.file)}  ${finding.rule}  ${visible(fix.title)} [${fix.grade}]`,
    );
  for (const { finding, reason } of outcome.remaining)
    out.push(
      `${paint("yellow", "Remains")} ${onDisk(workspace, outcome, finding, options.check || failed.has(finding.file))}  ${finding.rule}  ${visible(reason)}`,
    );
  if (out.length > 0) out.push("");
  const files = new Set(done.flatMap(({ fix }) => fix.edits.map(({ file }) => file)));
  out.push(
    `${verb} ${plural(done.length, "finding")} in ${plural(files.size, "file")}; ${plural(outcome.remaining.length, "finding")} ${outcome.remaining.length === 1 ? "remains" : "remain"}.`,
  );
  return out;
}
