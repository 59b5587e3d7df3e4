/** `skeptic explain` for a finding: the whole path with its code, why it is reported, how sure that is, and the fix as a diff. */
import { resolve } from "node:path";
import type { FileId } from "../base/brand.ts";
import { applyEdits } from "../base/text.ts";
import type { Finding, Fix, FlowStep } from "../engine/api.ts";
import { certaintyText, markTexts } from "../engine/certainty.ts";
import { maskSecrets } from "../engine/mask.ts";
import { unifiedPatch } from "../engine/patch.ts";
import { withLineEnds } from "./apply-fixes.ts";
import { type Paint, painter } from "./color.ts";
import { visible, visibleLines } from "./escape.ts";
import { filePath } from "./files.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { loadOwn } from "./own.ts";
import { printProblems, progress, terminalWidth } from "./scan-command.ts";
import { fixesOf, type ScanView, secretMask, secretSpans, shownFix } from "./scan-result.ts";
import { configure } from "./settings.ts";
import { clean, frameOf, hanging, LEVEL_STYLE, pathLines, place, wrap } from "./text-report.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface ExplainOptions {
  readonly exclude: readonly string[];
  readonly profile: "default" | "strict";
  readonly color: boolean;
}

/** Fewer digits of a fingerprint than these may be those of many findings. */
export const SHORTEST = 6;

/** What to explain: the start of a fingerprint, or a line of a file. */
export type Target =
  | { readonly kind: "fingerprint"; readonly start: string }
  | { readonly kind: "place"; readonly file: string; readonly line: number };

export function targetOf(what: string): Target | undefined {
  if (/^[0-9a-f]{6,32}$/i.test(what)) return { kind: "fingerprint", start: what.toLowerCase() };
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/s.exec(what) ?? [];
  if (file === undefined || line === undefined) return undefined;
  return { kind: "place", file, line: Number(line) };
}

export async function explainFinding(
  what: string,
  target: Target,
  given: readonly string[],
  options: ExplainOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const engine = await factory();
  const onProgress = progress(io, false);
  try {
    await loadOwn(engine, io.cwd);
    configure(engine, [], options);
    const around = given.length > 0 ? given : ["."];
    const paths = target.kind === "place" ? [...around, target.file] : around;
    const workspace = await openWorkspace(engine, io.cwd, {
      paths,
      exclude: options.exclude,
      onProgress,
    });
    await workspace.settle();
    const findings = workspace.findings();
    const chosen = chosenBy(target, findings, workspace);
    if (chosen.length === 0) throw new UsageError(noFinding(what, target, findings, workspace));
    const secrets = secretSpans(findings);
    const view: ScanView = { workspace, secrets, mask: secretMask(workspace, secrets) };
    const paint = painter(io, io.stdout, options.color);
    const width = terminalWidth(io.stdout);
    const texts = chosen.map((finding) => explained(view, finding, paint, width));
    const lines = texts.flatMap((text, index) => (index === 0 ? text : ["", ...text]));
    io.stdout.write(lines.map((line) => `${line.trimEnd()}\n`).join(""));
    printProblems(workspace, io);
    return EXIT.clean;
  } finally {
    onProgress("");
    engine.dispose();
  }
}

/** Findings that stand on the line; if there is none, those whose path leads over it. */
function chosenBy(
  target: Target,
  findings: readonly Finding[],
  workspace: Workspace,
): readonly Finding[] {
  if (target.kind === "fingerprint")
    return findings.filter(({ fingerprint }) => fingerprint.startsWith(target.start));
  const file = fileOf(target.file, workspace);
  const isHere = (at: Finding | FlowStep): boolean => {
    if (at.file !== file) return false;
    const first = workspace.position(at.file, at.span.start).line;
    const last = workspace.position(at.file, at.span.end).line;
    return first <= target.line && target.line <= last;
  };
  const standing = findings.filter(isHere);
  return standing.length > 0
    ? standing
    : findings.filter(({ flow, paths }) => [flow, ...paths].some((path) => path.some(isHere)));
}

function fileOf(name: string, workspace: Workspace): FileId | undefined {
  const path = resolve(workspace.cwd, name);
  return workspace.requested.find((file) => filePath(workspace.cwd, file) === path);
}

function noFinding(
  what: string,
  target: Target,
  findings: readonly Finding[],
  workspace: Workspace,
): string {
  if (target.kind === "fingerprint")
    return `there is no finding ${visible(what)} in these files (skeptic scan --format json lists the fingerprints)`;
  const file = fileOf(target.file, workspace);
  const lines = findings
    .filter((finding) => finding.file === file)
    .map((finding) => workspace.position(finding.file, finding.span.start).line);
  const others =
    lines.length === 0
      ? "the file has none"
      : `the file has findings on ${lines.length === 1 ? "line" : "lines"} ${[...new Set(lines)].join(", ")}`;
  return `there is no finding at ${visible(what)}; ${others}`;
}

function explained(view: ScanView, finding: Finding, paint: Paint, width: number): string[] {
  const { workspace, mask } = view;
  const style = LEVEL_STYLE[finding.level];
  const indented = (text: string, by = "  "): string[] =>
    wrap(clean(mask(text)), width - by.length).map((line) => by + line);
  const heading = (text: string): string[] => ["", paint("bold", text)];
  const { what, why, fix } = finding.message;
  const about = [finding.rule, ...finding.cwe.map((id) => `CWE-${id}`), ...finding.owasp];
  const out = [
    `${paint(style, paint("bold", finding.level))}  ${paint("bold", clean(mask(finding.title)))}`,
    `  ${paint("cyan", place(workspace, finding.file, finding.span.start))}  ${paint("dim", about.join(" - "))}`,
    ...frame(view, finding, finding, paint, width, "  "),
    ...heading("What is wrong"),
    ...indented(what),
    ...indented(why),
    ...heading("Why it is reported"),
    ...indented(
      `${finding.level}: ${finding.severity} severity with ${finding.confidence} confidence.`,
    ),
    ...indented(certaintyText(finding)),
    ...markTexts(finding).flatMap((text) => hanging("    - ", "    - ", clean(mask(text)), width)),
  ];
  if (finding.flow.length > 0) {
    const more = finding.morePaths === 0 ? "" : `, and ${finding.morePaths} more`;
    const isPath = finding.paths.length > 0;
    const of = finding.paths.length > 1 ? `, 1 of ${finding.paths.length}${more}` : more;
    out.push(...heading(isPath ? `Path${of}` : "Places"));
    for (const [index, step] of finding.flow.entries()) {
      const at = paint("cyan", place(workspace, step.file, step.span.start));
      out.push(`  ${index + 1}. ${at}  ${clean(mask(step.text))}`);
      out.push(...frame(view, finding, step, paint, width, "     "));
    }
    for (const [index, path] of finding.paths.slice(1).entries())
      out.push(
        ...heading(`Path ${index + 2} of ${finding.paths.length}`),
        ...pathLines(view, finding, path, { paint, width }).map((line) => line.slice(2)),
      );
  }
  out.push(...heading("What to do"), ...indented(fix));
  for (const one of fixesOf(workspace, finding)) out.push(...fixLines(view, one, paint, width));
  out.push(
    "",
    paint(
      "dim",
      `Fingerprint ${finding.fingerprint}. About the rule: skeptic explain ${finding.rule}`,
    ),
  );
  return out;
}

function frame(
  view: ScanView,
  finding: Finding,
  { file, span }: Pick<FlowStep, "file" | "span">,
  paint: Paint,
  width: number,
  indent: string,
): string[] {
  return frameOf(view, file, span, {
    width: width - indent.length,
    paint,
    style: LEVEL_STYLE[finding.level],
    mask: view.mask,
    about: finding.category === "secrets" ? "secret" : "code",
  }).map((line) => indent + line);
}

function fixLines({ workspace, mask }: ScanView, fix: Fix, paint: Paint, width: number): string[] {
  const { title, grade, edits, creates = [], reason } = shownFix(fix, mask);
  const words = clean(mask(reason === undefined ? title : `${title}: ${reason}`));
  const out = ["", ...hanging(`  ${paint("green", `[${grade}]`)} `, `  [${grade}] `, words, width)];
  const changed = edits.map(({ file, edits: own }) => {
    const before = workspace.code(file);
    return { file, before, after: applyEdits(before, withLineEnds(before, own)) };
  });
  const made = creates.map(({ file, text }) => ({ file, before: undefined, after: text }));
  for (const { file, before, after } of [...changed, ...made]) {
    // It is to be read, not applied: what hides secrets in frames may hide them here.
    const patch = visibleLines(unifiedPatch({ file, before, after }).text.replaceAll("\t", "    "))
      .trimEnd()
      .split("\n")
      .map((line) => (before === undefined ? line : maskSecrets(mask(line))));
    out.push(...patch.map((line) => `    ${paintLine(line, paint)}`));
  }
  return out;
}

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith("@@")) return paint("cyan", line);
  if (line.startsWith("+")) return paint("green", line);
  return line.startsWith("-") ? paint("red", line) : line;
}
