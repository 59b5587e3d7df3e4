/** Makes the report on a folder. What git cannot answer is said, and the rest is given. */
import type { FileId } from "../base/brand.ts";
import type { Finding, Severity } from "../engine/api.ts";
import { BASELINE_FILE } from "../engine/baseline.ts";
import { headOf } from "../git/history.ts";
import { isProblem } from "../git/run.ts";
import { isCounted } from "./counted.ts";
import { trendOf } from "./history.ts";
import { type AskedFile, type FileLines, type Line, whoWrote } from "./lines.ts";
import {
  type Counted,
  type FileRow,
  type FindingRow,
  type Group,
  REPORT_VERSION,
  type Report,
  type SilenceRow,
  type UnknownReason,
} from "./report.ts";
import { isSilencingFile, silencesIn } from "./silences.ts";
import { type Compared, sinceThen } from "./since.ts";
import { Cancelled, type Git, type Pace, type Subject } from "./subject.ts";
import { typeRows } from "./table.ts";
import { type SensitiveFile, untestedCommits } from "./untested.ts";

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

interface Looked {
  readonly file: FileId;
  readonly path: string;
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly isCode: boolean;
  readonly lines: FileLines;
}

/** Throws `Cancelled`. `now` is in milliseconds of `Date.now`. */
export async function makeReport(subject: Subject, pace: Pace, now: number): Promise<Report> {
  const notes: string[] = [...subject.problems];
  const git = "run" in subject.git ? subject.git : undefined;
  if ("problem" in subject.git) notes.push(subject.git.problem);
  const head = git === undefined ? undefined : await headOf(git.run, git.folder);
  const isInGit = head !== undefined && !isProblem(head);
  if (isProblem(head)) notes.push(sentence(`Who wrote the code cannot be told: ${head.message}`));
  if (isInGit) notes.push(...headNotes(head));
  const asked = isInGit && head.commit !== undefined ? git : undefined;

  const looked = await look(subject, asked, pace, notes);
  const findings = looked.flatMap((one) => one.findings.map((found) => rowOf(found, one)));
  const silences = silencesOf(subject, looked);
  const untested = asked === undefined ? [] : await untestedIn(subject, asked, looked, notes);
  const since = compare(subject, looked, findings);
  const files = fileRows(subject, looked);
  // Last of all: it may take the engine that everything before it asks.
  const trend = asked === undefined ? undefined : await trendOf(asked, subject, pace);
  notes.push(...(trend?.notes ?? []));
  if (pace.isCancelled()) throw new Cancelled();
  pace.progress("");
  const lines = linesBy(looked);
  return {
    version: REPORT_VERSION,
    skeptic: subject.version,
    time: new Date(now).toISOString(),
    folder: subject.folder,
    git: {
      commit: isInGit ? (head.commit ?? null) : null,
      branch: isInGit ? (head.branch ?? null) : null,
      isShallow: isInGit && head.isShallow,
    },
    counted: countedOf(looked, lines),
    types: typeRows(placed(looked), lines),
    trend: trend?.points ?? [],
    files,
    since,
    silences,
    untested,
    findings,
    notes,
  };
}

function headNotes(
  head: Exclude<Awaited<ReturnType<typeof headOf>>, { kind: "problem" }>,
): string[] {
  if (head.commit === undefined)
    return ["Nothing is committed yet, so nothing is known of who wrote the code."];
  return [
    ...(head.branch === undefined
      ? ["HEAD is detached: the report is on a commit, not on a branch."]
      : []),
    ...(head.isShallow
      ? [
          "This clone is shallow: of older lines nobody can tell who wrote them, and the trend is short. Get the rest with: git fetch --unshallow",
        ]
      : []),
  ];
}

async function look(
  subject: Subject,
  git: Git | undefined,
  pace: Pace,
  notes: string[],
): Promise<readonly Looked[]> {
  const { engine } = subject;
  const out: Omit<Looked, "lines">[] = [];
  for (const file of subject.files) {
    if (pace.isCancelled()) throw new Cancelled();
    const text = engine.text(file);
    if (text === undefined) continue;
    const findings = subject.findings(file).filter(isCounted);
    const isCode = engine.items(file).length > 0;
    out.push({ file, path: subject.pathOf(file), text, findings, isCode });
    await pace.rest();
  }
  out.push(...(await settingsFiles(subject, new Set(out.map(({ path }) => path)))));
  const wanted = out.filter(
    ({ file, text, findings, isCode }) => isCode || findings.length > 0 || mayWord(file, text),
  );
  const asked: AskedFile[] = wanted.map(({ file, path, text }) => ({
    path,
    text,
    marks: subject.marks(file),
    isSaved: subject.isSaved(file),
  }));
  const { files, refused, late } = await whoWrote(asked, git, pace);
  notes.push(...blameNotes(refused, late));
  return out.map((one) => ({ ...one, lines: files.get(one.path) ?? [] }));
}

/** Files that make findings go away and hold no code, as far as they are not looked at anyhow. */
async function settingsFiles(
  { engine, pathOf, read }: Subject,
  known: ReadonlySet<string>,
): Promise<readonly Omit<Looked, "lines">[]> {
  const own = engine.own().map(({ file }) => pathOf(file));
  const paths = [".vscode/settings.json", BASELINE_FILE, ...own].filter((path) => !known.has(path));
  const texts = await Promise.all(paths.map(read));
  return paths.flatMap((path, i) => {
    const text = texts[i];
    return text === undefined ? [] : [{ file: path, path, text, findings: [], isCode: false }];
  });
}

/** What makes findings go away may stand in it. */
function mayWord(file: FileId, text: string): boolean {
  return isSilencingFile(file) || text.includes("skeptic:");
}

const NAMED = 5;

function blameNotes(refused: readonly string[], late: number): string[] {
  const some = refused.slice(0, NAMED).join(", ");
  const more = refused.length > NAMED ? ` and ${refused.length - NAMED} more` : "";
  return [
    ...(refused.length > 0
      ? [
          `Of ${plural(refused.length, "file")} git does not say who wrote the lines (not committed, or it failed): ${some}${more}.`,
        ]
      : []),
    ...(late > 0
      ? [
          `There was no time to ask git about ${plural(late, "file")}; their lines count as unknown. Which files these are has nothing to do with what was found in them.`,
        ]
      : []),
  ];
}

function rowOf({ fingerprint, rule, severity, level, span }: Finding, one: Looked): FindingRow {
  const at = lineAt(one.text, span.start);
  return {
    fingerprint,
    rule,
    severity,
    level,
    file: one.path,
    line: at + 1,
    group: one.lines[at]?.group ?? "unknown",
  };
}

/** From 0. */
function lineAt(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function placed(looked: readonly Looked[]) {
  return looked.flatMap((one) =>
    one.isCode
      ? one.findings.map((found) => ({
          rule: found.rule,
          title: found.title,
          category: found.category,
          group: rowOf(found, one).group,
        }))
      : [],
  );
}

function linesBy(looked: readonly Looked[]): Record<Group, number> {
  const out = { declaredAi: 0, undeclared: 0, unknown: 0 };
  for (const { isCode, lines } of looked)
    if (isCode) for (const line of lines) if (line !== undefined) out[line.group]++;
  return out;
}

function countedOf(looked: readonly Looked[], lines: Readonly<Record<Group, number>>): Counted {
  const code = looked.filter(({ isCode }) => isCode);
  const unknown: Partial<Record<UnknownReason, number>> = {};
  for (const line of code.flatMap((one) => one.lines))
    if (line?.why !== undefined) unknown[line.why] = (unknown[line.why] ?? 0) + 1;
  const count = (some: readonly Looked[]): number =>
    some.reduce((sum, { findings }) => sum + findings.length, 0);
  return {
    files: looked.length,
    codeFiles: code.length,
    lines,
    unknown,
    inCode: count(code),
    elsewhere: count(looked) - count(code),
  };
}

function fileRows({ engine }: Subject, looked: readonly Looked[]): readonly FileRow[] {
  const rank = ({ severity }: { readonly severity: Severity }): number =>
    SEVERITIES.indexOf(severity);
  return looked
    .filter(({ findings }) => findings.length > 0)
    .map(({ file, path, findings, lines, text }) => {
      const known = lines.filter((line): line is Line => line !== undefined);
      const written =
        known.length > 0
          ? known.length
          : text.split("\n").filter((line) => line.trim() !== "").length;
      const isKnown = known.some(({ group }) => group !== "unknown");
      return {
        file: path,
        findings: findings.length,
        worst: findings.reduce((worst, one) => (rank(one) < rank(worst) ? one : worst)).severity,
        lines: written,
        declaredAiLines: isKnown
          ? known.filter(({ group }) => group === "declaredAi").length
          : null,
        topics: engine.topics(file),
      };
    })
    .sort(
      (a, b) =>
        b.findings - a.findings ||
        SEVERITIES.indexOf(a.worst) - SEVERITIES.indexOf(b.worst) ||
        (a.file < b.file ? -1 : 1),
    );
}

/** Those that an AI is declared to have written first. */
function silencesOf({ engine }: Subject, looked: readonly Looked[]): readonly SilenceRow[] {
  const rows = looked.flatMap(({ file, path, text, lines }) => {
    if (!mayWord(file, text)) return [];
    return silencesIn(engine, file, text).map(({ start, end, words }) => {
      const first = lineAt(text, start);
      const last = lineAt(text, end);
      const inside = lines.slice(first, last + 1);
      const line = inside.find((one) => one?.group === "declaredAi") ?? lines[first];
      return {
        file: path,
        line: first + 1,
        what: words,
        group: line?.group ?? ("unknown" as const),
        commit: line?.commit ?? null,
      };
    });
  });
  const rank = ({ group }: SilenceRow): number => (group === "declaredAi" ? 0 : 1);
  return rows.sort((a, b) => rank(a) - rank(b));
}

async function untestedIn(
  { engine }: Subject,
  git: Git,
  looked: readonly Looked[],
  notes: string[],
): Promise<Report["untested"]> {
  const files: SensitiveFile[] = looked.flatMap(({ file, path, lines, isCode }) => {
    const hasAi = lines.some((line) => line?.group === "declaredAi");
    const topics = isCode && hasAi ? engine.topics(file) : [];
    return topics.length === 0 ? [] : [{ path, lines, topics }];
  });
  const found = await untestedCommits(git, files);
  if (!("problem" in found)) return found;
  notes.push(`Commits without tests are missing: ${found.problem}.`);
  return [];
}

function compare(
  subject: Subject,
  looked: readonly Looked[],
  findings: readonly FindingRow[],
): Report["since"] {
  const compared = comparedWith(subject);
  if (compared === undefined) return null;
  const byName = new Map(looked.map(({ file }) => [subject.nameOf(file), file]));
  const [some] = looked;
  const name = some === undefined ? "" : subject.nameOf(some.file);
  const prefix = some === undefined ? "" : name.slice(0, name.length - some.path.length);
  return sinceThen(compared, {
    findings,
    engine: subject.engine,
    fileOf: (one) => byName.get(one),
    isInFolder: (one) => one.startsWith(prefix),
    pathOf: (one) => (one.startsWith(prefix) ? one.slice(prefix.length) : one),
  });
}

/** A report of an earlier day says more than a baseline, which says more than a report of today. */
function comparedWith({ former, baseline }: Subject): Compared | undefined {
  const known: Compared | undefined =
    baseline === undefined
      ? undefined
      : { what: "baseline", time: undefined, entries: baseline.entries };
  if (former === undefined) return known;
  const report: Compared = { what: "report", ...former.report };
  return former.isOfEarlierDay ? report : (known ?? report);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
