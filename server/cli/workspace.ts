/** The files of one run in the engine: reads what was asked for and what the analysis needs, and collects the findings. */
import type { FileId } from "../base/brand.ts";
import { type Edit, lineStarts, positionAt } from "../base/text.ts";
import {
  type EmbeddedFile,
  isEmbedded,
  isNotebook,
  readEmbedded,
  sizeLimit,
} from "../embedded/document.ts";
import type { Engine, Finding, Problem, SkipReason } from "../engine/api.ts";
import { classify, isThereUnread, MAX_FILE_SIZE } from "../engine/classify.ts";
import { readText } from "./disk.ts";
import { visible } from "./escape.ts";
import {
  type Discovery,
  discover,
  type FoundFile,
  fileId,
  filePath,
  type SkippedFile,
} from "./files.ts";
import { UsageError } from "./io.ts";
import { keptBelow, namer } from "./repository.ts";

/** A place in a file. Lines and columns from 1, offset from 0, all in UTF-16 units of the text without its BOM. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A place in the code that a file holds in parts, as people see it: all from 1. */
export interface CellPosition {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
}

/** Code around a span, without what else the file holds. */
export interface CodeView {
  readonly text: string;
  /** To be taken from an offset in the engine's text. */
  readonly shift: number;
}

export interface LoadedFile {
  readonly file: FileId;
  readonly path: string;
  readonly hasBom: boolean;
  readonly isUtf8: boolean;
  readonly isRequested: boolean;
}

export interface Workspace {
  readonly engine: Engine;
  readonly cwd: string;
  /** Loaded into the engine; those that are not requested only carry flows. */
  readonly files: ReadonlyMap<FileId, LoadedFile>;
  /** Ids of the requested files that could be read, sorted. */
  readonly requested: readonly FileId[];
  readonly skippedCounts: ReadonlyMap<SkipReason, number>;
  readonly skippedFiles: readonly SkippedFile[];
  readonly problems: readonly Problem[];
  /** Of the requested files that were read. */
  readonly bytes: number;
  /** Those that are not blank, of the same files. */
  readonly lines: number;
  /** The file's own text, which for a notebook is JSON: the engine has the program that stands in it. */
  text(file: FileId): string;
  /** The place in the file of an offset in the engine's text. */
  position(file: FileId, offset: number): Position;
  /** The place of an offset in the file's own text. */
  textPosition(file: FileId, offset: number): Position;
  /** The same in its cell; undefined for a file that is not made of cells. */
  cell(file: FileId, offset: number): CellPosition | undefined;
  view(file: FileId, offset: number): CodeView;
  /** The engine's text as it is written in the file. */
  code(file: FileId): string;
  /** The offset in the engine's text of one in the file, or the first behind it. */
  offset(file: FileId, place: number): number | undefined;
  /** Edits of the engine's text as edits of the file; undefined where they cannot be made exactly. */
  fileEdits(file: FileId, edits: readonly Edit[]): readonly Edit[] | undefined;
  /** Gives the file another text. */
  replace(file: FileId, text: string): void;
  /** Takes in a file that is not on disk yet, as one of those that were asked for. */
  create(file: FileId, text: string): void;
  /** Lets go of a file that `create` took in. */
  discard(file: FileId): void;
  /** Analyses whatever is not analysed in its present state, reading files the analysis asks for. */
  settle(): Promise<void>;
  /** Findings in the requested files, by file, place and rule. Call `settle` before. */
  findings(): readonly Finding[];
  /** Files with a syntax error, as of the last `findings`. */
  hasSyntaxError(file: FileId): boolean;
}

export interface OpenWorkspaceOptions {
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly onProgress: (text: string) => void;
  /** Told how many files were asked for, before they are read. */
  readonly onFound?: ((files: number) => void) | undefined;
}

const READ_AT_ONCE = 32;
/**
 * Milliseconds of analysis between two looks at what else it needs; what is under way then starts again. Twice as long after
 * one without a finished file.
 */
const SLICE = 400;
/** Files read only because others import them; the rest of such a workspace is taken as unknown code. */
const EXTRA_LIMIT = 3000;
/** Slices without progress after which the analysis is taken to be stuck. */
const PATIENCE = 400;

/** Throws UsageError when a named path is missing, or when nothing could be read though something should have been. */
export async function openWorkspace(
  engine: Engine,
  cwd: string,
  options: OpenWorkspaceOptions,
): Promise<Workspace> {
  const kept = await keptBelow(cwd, options.paths);
  const found = discover(cwd, options.paths, {
    exclude: options.exclude,
    wants: (file) => engine.wants(file),
    kept,
  });
  options.onFound?.(found.requested.length);
  engine.setRoots([""]);
  engine.nameFiles(namer(cwd));
  engine.setFiles(found.known);
  engine.setLeftOut(found.leftOut);
  engine.setKept([...kept].map((path) => fileId(cwd, path)));

  const files = new Map<FileId, LoadedFile>();
  const counts = new Map(found.counts);
  const skippedFiles = [...found.skipped];
  const problems = [...found.problems];
  const reported = new Set<string>();
  const requested: FileId[] = [];
  const syntaxErrors = new Set<FileId>();
  const skipped = new Set<FileId>();
  const starts = new Map<FileId, { readonly text: string; readonly starts: Uint32Array }>();
  /** Files the analysis asked for, read or not. */
  const asked = new Set<FileId>();
  const embedded = new Map<FileId, { readonly text: string; readonly file: EmbeddedFile }>();
  let bytes = 0;
  let lines = 0;

  const report = (problem: Problem): void => {
    const id = `${problem.file ?? ""}\0${problem.message}`;
    if (!reported.has(id)) problems.push(problem);
    reported.add(id);
  };

  const skip = (file: FileId, reason: SkipReason): void => {
    if (skipped.has(file)) return;
    skipped.add(file);
    skippedFiles.push({ file, reason });
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  };

  const give = (
    file: FileId,
    text: string,
    read: EmbeddedFile | undefined,
    editable: boolean,
  ): void => {
    if (read === undefined) {
      engine.set(file, text, { editable });
      return;
    }
    embedded.set(file, { text, file: read });
    const { program } = read;
    engine.set(file, program.text, {
      languageId: program.language,
      parts: program.parts,
      editable,
    });
  };

  const textPosition = (file: FileId, offset: number): Position => {
    const text = embedded.get(file)?.text ?? engine.text(file) ?? "";
    let known = starts.get(file);
    if (known === undefined || known.text !== text) {
      known = { text, starts: lineStarts(text) };
      starts.set(file, known);
    }
    const within = Math.max(0, Math.min(offset, text.length));
    const { line, character } = positionAt(known.starts, within);
    return { line: line + 1, column: character + 1, offset: within };
  };

  const load = async (batch: readonly FoundFile[], isRequested: boolean): Promise<void> => {
    const results = await Promise.all(
      batch.map(({ file, path }) => readText(path, sizeLimit(file))),
    );
    for (const [index, { file, path, named }] of batch.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      const read = result.ok ? readCode(file, result.file.text) : undefined;
      if (read !== undefined && "problem" in read) {
        if (isRequested) {
          skip(file, "unreadable");
          report({ file, message: `${read.problem}, so it was not analysed` });
        }
        engine.remove(file);
        continue;
      }
      const reason = result.ok
        ? contentReason(file, ownText(file, read, result.file.text), named ? "named" : "found")
        : result.reason;
      if (reason !== undefined || !result.ok) {
        if (isRequested) {
          skip(file, reason ?? "unreadable");
          const notice = skipNotice(file, result, reason, named);
          if (notice !== undefined) report({ file, message: notice });
        }
        engine.remove(file);
        if (isThereUnread(file, reason)) engine.addFile(file);
        continue;
      }
      const { text, hasBom, isUtf8 } = result.file;
      if (isRequested) {
        bytes += result.file.bytes;
        lines += writtenLines(ownText(file, read, text));
        requested.push(file);
        if (!isUtf8) report({ file, message: "is not valid UTF-8: analysed, but never edited" });
      }
      files.set(file, { file, path, hasBom, isUtf8, isRequested });
      give(file, text, read, isUtf8);
    }
  };

  for (let at = 0; at < found.requested.length; at += READ_AT_ONCE) {
    options.onProgress(`reading ${at} of ${found.requested.length}`);
    await load(found.requested.slice(at, at + READ_AT_ONCE), true);
  }
  refuseNothing(found, requested, counts, problems);

  return {
    engine,
    cwd,
    files,
    requested,
    skippedCounts: counts,
    skippedFiles,
    problems,
    get bytes() {
      return bytes;
    },
    get lines() {
      return lines;
    },
    text: (file) => embedded.get(file)?.text ?? engine.text(file) ?? "",
    cell(file, offset) {
      const at = embedded.get(file)?.file.cell(offset);
      if (at === undefined) return undefined;
      const { line, character } = positionAt(lineStarts(at.text), at.offset);
      return { cell: at.number, line: line + 1, column: character + 1 };
    },
    view(file, offset) {
      const at = embedded.get(file)?.file.cell(offset);
      return at === undefined
        ? { text: embedded.get(file)?.text ?? engine.text(file) ?? "", shift: 0 }
        : { text: at.text, shift: at.shift };
    },
    code: (file) => embedded.get(file)?.file.code() ?? engine.text(file) ?? "",
    offset(file, place) {
      const known = embedded.get(file);
      return known === undefined ? place : known.file.offset(place);
    },
    fileEdits(file, edits) {
      const known = embedded.get(file);
      return known === undefined ? edits : known.file.edits(edits);
    },
    replace(file, text) {
      const read = readCode(file, text);
      if (read !== undefined && "problem" in read)
        throw new Error(`an edit broke ${file}: it ${read.problem}`);
      give(file, text, read, true);
    },
    create(file, text) {
      const path = filePath(cwd, file);
      files.set(file, { file, path, hasBom: false, isUtf8: true, isRequested: true });
      requested.push(file);
      engine.addFile(file);
      give(file, text, undefined, true);
    },
    discard(file) {
      files.delete(file);
      requested.splice(requested.indexOf(file), 1);
      engine.remove(file);
    },
    position(file, offset) {
      const part = embedded.get(file);
      return textPosition(file, part === undefined ? offset : part.file.place(offset));
    },
    textPosition,
    async settle() {
      let waited = 0;
      let slice = SLICE;
      let before = Number.POSITIVE_INFINITY;
      for (;;) {
        const needs = engine
          .needs()
          .filter((file) => !asked.has(file) && !files.has(file))
          .slice(0, EXTRA_LIMIT - asked.size);
        for (const file of needs) asked.add(file);
        for (let at = 0; at < needs.length; at += READ_AT_ONCE) {
          const batch = needs.slice(at, at + READ_AT_ONCE);
          await load(
            batch.map((file) => ({ file, path: filePath(cwd, file), named: false })),
            false,
          );
        }
        const { pending, total, moved } = engine.step(slice);
        slice = pending < before ? SLICE : slice * 2;
        before = pending;
        options.onProgress(`analysing ${total - pending} of ${total}`);
        const isComplete = engine.needs().every((file) => asked.has(file) || files.has(file));
        if (pending === 0 && (isComplete || asked.size >= EXTRA_LIMIT)) {
          if (!isComplete)
            report({ message: `only the first ${EXTRA_LIMIT} imported files were read` });
          break;
        }
        waited = moved || needs.length > 0 ? 0 : waited + 1;
        if (waited > PATIENCE) {
          report({ message: `the analysis of ${pending} files was given up` });
          break;
        }
      }
      options.onProgress("");
    },
    findings() {
      const all: Finding[] = [];
      syntaxErrors.clear();
      for (const file of requested) {
        try {
          const checked = engine.check(file);
          if (checked.hasError) syntaxErrors.add(file);
          if (checked.skipped !== undefined) {
            skip(file, checked.skipped);
            report({ file, message: `was not analysed in full: ${checked.skipped}` });
          }
          all.push(...checked.findings);
        } catch (error) {
          report({ file, message: `the analysis failed: ${errorName(error)}` });
        }
      }
      for (const problem of engine.problems()) report(problem);
      return all.sort(
        (a, b) => compare(a.file, b.file) || a.span.start - b.span.start || compare(a.rule, b.rule),
      );
    },
    hasSyntaxError: (file) => syntaxErrors.has(file),
  };
}

/** The code in a file that holds it in parts; undefined for one that is code as it stands. */
function readCode(
  file: FileId,
  text: string,
): EmbeddedFile | { readonly problem: string } | undefined {
  return isEmbedded(file) ? readEmbedded(file, text) : undefined;
}

/** What people wrote: of a notebook that is the program, since its JSON holds outputs as well. */
function ownText(file: FileId, read: EmbeddedFile | undefined, text: string): string {
  return read !== undefined && isNotebook(file) ? read.program.text : text;
}

/** A file that was named is analysed even when it looks generated or minified. */
function contentReason(file: FileId, text: string, how: "named" | "found"): SkipReason | undefined {
  const reason = classify(file, text);
  if (how === "named" && (reason === "generated" || reason === "minified")) return undefined;
  return reason;
}

function skipNotice(
  file: FileId,
  result: Awaited<ReturnType<typeof readText>>,
  reason: SkipReason | undefined,
  named: boolean,
): string | undefined {
  if (!result.ok && result.message !== undefined) return `cannot be read: ${result.message}`;
  if (reason === "too-large")
    return `is larger than ${(sizeLimit(file) ?? MAX_FILE_SIZE) >> 20} MB and was not analysed`;
  return named ? `was not analysed: ${reason ?? "unreadable"}` : undefined;
}

/** An empty folder, or one of generated files only, is no mistake; a named file or any file that cannot be read is. */
function refuseNothing(
  found: Discovery,
  read: readonly FileId[],
  counts: ReadonlyMap<SkipReason, number>,
  problems: readonly Problem[],
): void {
  if (read.length > 0) return;
  const named = found.requested.some((file) => file.named) || found.problems.length > 0;
  if (!named && !counts.has("unreadable")) return;
  const details = problems
    .slice(0, 5)
    .map(({ file, message }) => `${visible(file ?? "")}: ${message}`);
  throw new UsageError(["none of the files could be analysed", ...details].join("\n  "));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A message of our own bug may hold text of the workspace: only its kind is shown. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}

/** Lines with anything but space on them. */
function writtenLines(text: string): number {
  let out = 0;
  for (const _ of text.matchAll(/[^\s][^\r\n]*/g)) out++;
  return out;
}
