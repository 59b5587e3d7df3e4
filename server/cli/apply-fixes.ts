/**
 * Applies fixes in memory, pass after pass, each on the analysis of the pass before it.
 * Invariant: a fix is applied whole or not at all, and no fix leaves a file that did not parse badly before with a syntax error.
 */
import { assertNever, type FileId } from "../base/brand.ts";
import { applyEdits, type Edit } from "../base/text.ts";
import type { FileEdit, Finding, Fix, Grade } from "../engine/api.ts";
import { applicable, countBy, fixesOf } from "./scan-result.ts";
import type { Workspace } from "./workspace.ts";

export interface AppliedFix {
  readonly finding: Finding;
  readonly fix: Fix;
}

export interface Remaining {
  readonly finding: Finding;
  /** Why it was not fixed, in words. */
  readonly reason: string;
}

export interface FixOutcome {
  readonly applied: readonly AppliedFix[];
  readonly remaining: readonly Remaining[];
  /** The texts as they were, of every file that is changed now. */
  readonly before: ReadonlyMap<FileId, string>;
  /** Files that are not on disk yet; none of them is in `before`. */
  readonly created: ReadonlySet<FileId>;
  /** Files that must be written together, because one fix edits all of them. */
  readonly groups: readonly (readonly FileId[])[];
}

export interface FixOptions {
  readonly grades: ReadonlySet<Grade>;
  readonly maximumPasses: number;
}

/** Call after `settle`. Changes the texts in the engine only. */
export async function applyFixes(ws: Workspace, options: FixOptions): Promise<FixOutcome> {
  const before = new Map<FileId, string>();
  const applied: AppliedFix[] = [];
  const refused = new Map<string, string>();
  const joined: (readonly FileId[])[] = [];
  const created = new Set<FileId>();
  let findings = ws.findings();

  for (let pass = 0; pass < options.maximumPasses; pass++) {
    if (await lookedFurther(ws, findings)) findings = ws.findings();
    const chosen = choose(ws, findings, options.grades, refused);
    if (chosen.length === 0) break;
    const texts = new Map<FileId, string>();
    for (const [file, edits] of editsByFile(chosen)) {
      const text = ws.text(file);
      texts.set(file, text);
      const own = ws.fileEdits(file, withLineEnds(ws.engine.text(file) ?? "", edits)) ?? [];
      ws.replace(file, applyEdits(text, own));
    }
    for (const { file, text } of chosen.flatMap(({ fix }) => fix.creates ?? []))
      ws.create(file, text);
    const previous = findings;
    await ws.settle();
    findings = ws.findings();
    // Files with a syntax error are not edited, so an error is new.
    const broken = [...texts.keys()].filter((file) => ws.hasSyntaxError(file));
    const undone = new Set(connected(broken, chosen));
    const isUndone = ({ fix }: AppliedFix): boolean =>
      filesOf(fix).some((file) => undone.has(file));
    const kept = chosen.filter((one) => !isUndone(one));
    for (const one of chosen) {
      if (isUndone(one))
        refused.set(key(one.finding), "its fix would have broken the syntax of the file");
      for (const { file } of one.fix.creates ?? [])
        if (undone.has(file)) ws.discard(file);
        else created.add(file);
    }
    for (const file of undone) {
      const text = texts.get(file);
      if (text !== undefined) ws.replace(file, text);
    }
    for (const [file, text] of texts)
      if (!undone.has(file) && !before.has(file) && !created.has(file)) before.set(file, text);
    applied.push(...kept);
    joined.push(...kept.map(({ fix }) => filesOf(fix)));
    if (undone.size > 0) {
      await ws.settle();
      findings = ws.findings();
    }
    refuseStubborn(kept, previous, findings, refused);
  }

  for (const [file, text] of before) if (ws.text(file) === text) before.delete(file);
  return {
    applied,
    remaining: findings.map((finding) => ({
      finding,
      reason: whyNot(ws, finding, options.grades, refused),
    })),
    before,
    created,
    groups: groups([...before.keys(), ...created], joined),
  };
}

/** A fix may ask for a file that was not read: true if one was. */
async function lookedFurther(ws: Workspace, findings: readonly Finding[]): Promise<boolean> {
  for (const finding of findings) fixesOf(ws, finding);
  const before = ws.files.size;
  await ws.settle();
  return ws.files.size > before;
}

/** At most one fix for each finding; a fix whose edits touch those of an earlier one waits for the next pass. */
function choose(
  ws: Workspace,
  findings: readonly Finding[],
  grades: ReadonlySet<Grade>,
  refused: ReadonlyMap<string, string>,
): AppliedFix[] {
  const chosen: AppliedFix[] = [];
  const taken = new Map<FileId, Edit[]>();
  const created = new Set<FileId>();
  for (const finding of findings) {
    if (refused.has(key(finding))) continue;
    const fix = applicable(fixesOf(ws, finding)).find(
      (one) => grades.has(one.grade) && one.edits.length > 0 && obstacle(ws, one) === undefined,
    );
    if (fix === undefined) continue;
    if (fix.edits.some(({ file, edits }) => edits.some((e) => touches(e, taken.get(file) ?? []))))
      continue;
    // The next pass finds the file that this one makes.
    if (fix.creates?.some(({ file }) => created.has(file)) === true) continue;
    chosen.push({ finding, fix });
    for (const { file } of fix.creates ?? []) created.add(file);
    for (const { file, edits } of fix.edits)
      taken.set(file, [...(taken.get(file) ?? []), ...edits]);
  }
  return chosen;
}

/** Two edits that meet at an insertion have no order, so they touch as well. */
function touches(edit: Edit, others: readonly Edit[]): boolean {
  return others.some((other) => {
    const isPoint = edit.start === edit.end || other.start === other.end;
    return isPoint
      ? edit.start <= other.end && other.start <= edit.end
      : edit.start < other.end && other.start < edit.end;
  });
}

/** Why a fix must not be applied, or undefined. */
function obstacle(ws: Workspace, fix: Fix): string | undefined {
  for (const edit of fix.edits) {
    const reason = fileObstacle(ws, edit);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function fileObstacle(ws: Workspace, { file, textHash, edits }: FileEdit): string | undefined {
  const loaded = ws.files.get(file);
  if (loaded === undefined || !loaded.isRequested)
    return "its fix also changes a file outside of the given paths";
  if (!loaded.isUtf8) return "the file is not valid UTF-8 and is never edited";
  if (ws.engine.textHash(file) !== textHash) return "its fix was made for another text";
  if (ws.hasSyntaxError(file)) return "the file has a syntax error and is not edited";
  if (/^(?:<{7}|>{7})(?: |$)/m.test(ws.text(file)))
    return "the file holds merge conflicts and is not edited";
  if (ws.fileEdits(file, edits) === undefined)
    return "its fix reaches over the end of a cell or script, or over a line that is not code of its language";
  return undefined;
}

function editsByFile(chosen: readonly AppliedFix[]): Map<FileId, Edit[]> {
  const all = new Map<FileId, Edit[]>();
  for (const { fix } of chosen)
    for (const { file, edits } of fix.edits) all.set(file, [...(all.get(file) ?? []), ...edits]);
  return all;
}

/** New lines end like the others of the file, as they do in an editor. */
export function withLineEnds(text: string, edits: readonly Edit[]): Edit[] {
  const crlf = text.split("\r\n").length - 1;
  const lf = text.split("\n").length - 1 - crlf;
  const lineEnd = crlf > lf ? "\r\n" : "\n";
  return edits.map((edit) => ({ ...edit, newText: edit.newText.replace(/\r?\n/g, lineEnd) }));
}

/** The files, and all files that one of the fixes edits together with them. */
function connected(files: readonly FileId[], chosen: readonly AppliedFix[]): readonly FileId[] {
  const edited = chosen.map(({ fix }) => filesOf(fix));
  return groups([...new Set(edited.flat())], edited)
    .filter((group) => group.some((file) => files.includes(file)))
    .flat();
}

/** Those that a fix edits or makes. */
export function filesOf(fix: Fix): readonly FileId[] {
  return [...fix.edits, ...(fix.creates ?? [])].map(({ file }) => file);
}

/** The files, in groups that share a fix. */
function groups(files: readonly FileId[], joined: readonly (readonly FileId[])[]): FileId[][] {
  const leader = new Map(files.map((file) => [file, file]));
  const find = (file: FileId): FileId => {
    const up = leader.get(file) ?? file;
    return up === file ? file : find(up);
  };
  for (const together of joined) {
    const [first, ...rest] = together.filter((file) => leader.has(file));
    if (first !== undefined) for (const file of rest) leader.set(find(file), find(first));
  }
  const byLeader = new Map<FileId, FileId[]>();
  for (const file of files) byLeader.set(find(file), [...(byLeader.get(find(file)) ?? []), file]);
  return [...byLeader.values()];
}

/** A finding that its own fix did not remove is not fixed again. Fingerprints number equals, so the next one may bear the fixed one's. */
function refuseStubborn(
  kept: readonly AppliedFix[],
  previous: readonly Finding[],
  now: readonly Finding[],
  refused: Map<string, string>,
): void {
  const kind = ({ file, rule }: Finding) => `${file}\0${rule}`;
  const before = countBy(previous, kind);
  const fixed = countBy(kept, ({ finding }) => kind(finding));
  const left = countBy(now, kind);
  const present = new Set(now.map(key));
  for (const { finding } of kept) {
    const at = kind(finding);
    if (present.has(key(finding)) && (left[at] ?? 0) > (before[at] ?? 0) - (fixed[at] ?? 0))
      refused.set(key(finding), "its fix was applied, but it is still reported");
  }
}

function whyNot(
  ws: Workspace,
  finding: Finding,
  grades: ReadonlySet<Grade>,
  refused: ReadonlyMap<string, string>,
): string {
  const known = refused.get(key(finding));
  if (known !== undefined) return known;
  if (ws.files.get(finding.file)?.isUtf8 === false)
    return "the file is not valid UTF-8 and is never edited";
  const fixes = fixesOf(ws, finding);
  const allowed = applicable(fixes).find((fix) => grades.has(fix.grade) && fix.edits.length > 0);
  if (allowed !== undefined) return obstacle(ws, allowed) ?? "more passes are needed: run it again";
  const [best] = fixes;
  if (best === undefined) return "there is no fix";
  const reason = best.reason === undefined ? "" : ` (${best.reason})`;
  switch (best.grade) {
    case "safe":
    case "suggested":
      return `suggested: ${best.title}, with --grade suggested`;
    case "placeholder":
      return `placeholder: ${best.title}, to be filled in${reason}`;
    case "manual":
      return `manual: ${best.title}${reason}`;
    default:
      return assertNever(best.grade);
  }
}

function key(finding: Finding): string {
  return `${finding.file}\0${finding.rule}\0${finding.fingerprint}`;
}
