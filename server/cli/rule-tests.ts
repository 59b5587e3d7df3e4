/** `skeptic rules test`: pages with examples, and what the project's own rules find in them. */
import { readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import { DEFAULT_SETTINGS, type Engine } from "../engine/api.ts";
import { painter, type Style } from "./color.ts";
import { readText } from "./disk.ts";
import { visible } from "./escape.ts";
import { systemReason } from "./files.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { type Outcome, outcomes, type Seen } from "./marks.ts";
import { FOLDER, loadOwn } from "./own.ts";
import { type Case, type Page, readPage } from "./page.ts";
import { plural } from "./text-report.ts";

export interface RuleTestOptions {
  readonly color: boolean;
}

/** A difference between what a page says and what is found, or a mark that was right. */
interface Result {
  readonly kind: "found" | "known" | "missed" | "unexpected" | "wrong";
  /** Line of the page, from 1. */
  readonly line: number;
  readonly words: string;
}

export async function ruleTestsCommand(
  folder: string,
  options: RuleTestOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const engine = await factory();
  try {
    await loadOwn(engine, io.cwd);
    const own = engine.own();
    if (own.length === 0) throw new UsageError(`there are no rules of the project in ${FOLDER}`);
    const pages = await pagesIn(folder, io);
    const faults = engine.problems();
    for (const { file, message } of faults)
      io.stderr.write(
        `skeptic: ${file === undefined ? "" : `${visible(file)}: `}${visible(message)}\n`,
      );
    const paint = painter(io, io.stdout, options.color);
    const all: Result[] = [];
    for (const page of pages) {
      const results = resultsOf(engine, page, new Set(own.map(({ file }) => file)));
      all.push(...results);
      const path = visible(page.path);
      io.stdout.write(`${paint("underline", path)}  ${counted(results)}\n`);
      for (const { kind, line, words } of results)
        if (STYLES[kind] !== undefined)
          io.stdout.write(
            `  ${paint(STYLES[kind], kind.padEnd(10))}  ${paint("cyan", `${path}:${line}`)}  ${visible(words)}\n`,
          );
    }
    const programs = pages.reduce(
      (sum, { sections }) => sum + sections.reduce((n, { cases }) => n + cases.length, 0),
      0,
    );
    io.stdout.write(
      `\n${plural(pages.length, "page")}, ${plural(programs, "program")}: ${counted(all)}.\n`,
    );
    const isWrong = all.some(({ kind }) => STYLES[kind] !== undefined);
    return isWrong || faults.length > 0 ? EXIT.findings : EXIT.clean;
  } finally {
    engine.dispose();
  }
}

/** Of the kinds that fail a test. */
const STYLES: Readonly<Partial<Record<Result["kind"], Style>>> = {
  missed: "red",
  unexpected: "red",
  wrong: "yellow",
};

function counted(results: readonly Result[]): string {
  const count = (kind: Result["kind"]): number => results.filter((one) => one.kind === kind).length;
  const more = (["wrong", "known"] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => `, ${count(kind)} ${kind}`);
  return `${count("found")} found, ${count("missed")} missed, ${count("unexpected")} unexpected${more.join("")}`;
}

async function pagesIn(folder: string, io: Io): Promise<readonly Page[]> {
  const start = resolve(io.cwd, folder);
  let paths: readonly string[];
  try {
    paths = statSync(start).isDirectory()
      ? readdirSync(start, { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".md") && !/(?:^|[\\/])node_modules[\\/]/.test(name))
          .sort()
          .map((name) => join(start, name))
      : [start];
  } catch (error) {
    throw new UsageError(`${visible(folder)}: ${systemReason(error)}`);
  }
  const out: Page[] = [];
  for (const path of paths) {
    const name = relative(io.cwd, path).replaceAll("\\", "/");
    const read = await readText(path);
    if (!read.ok) throw new UsageError(`${visible(name)}: ${read.message ?? read.reason}`);
    const page = readPage(name, read.file.text);
    if (page.sections.length > 0 || page.problems.length > 0) out.push(page);
  }
  if (out.length === 0)
    throw new UsageError(
      `${visible(folder)} holds no page with an example (a *.md with code blocks)`,
    );
  return out;
}

/** The rules of the project count, and those of Skeptic that the page names. */
function resultsOf(engine: Engine, page: Page, ownFiles: ReadonlySet<FileId>): readonly Result[] {
  const cases = page.sections.flatMap((section) => section.cases);
  const named = cases.flatMap(({ files }) =>
    files.flatMap(({ expectations }) => expectations.map(({ rule }) => rule)),
  );
  const own = engine.rules().filter(({ category }) => category === "own");
  const counts = new Set([...own.map(({ id }) => id), ...named]);
  const known = new Set(engine.rules().map(({ id }) => id));
  return [
    ...page.problems.map((text): Result => {
      const [, line = "1", words = text] = /^line (\d+): (.*)$/s.exec(text) ?? [];
      return { kind: "wrong", line: Number(line), words };
    }),
    ...cases.flatMap((one) => caseResults(engine, one, { ownFiles, counts, known })),
  ];
}

interface Around {
  readonly ownFiles: ReadonlySet<FileId>;
  readonly counts: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
}

function caseResults(
  engine: Engine,
  { files, strict, broken }: Case,
  { ownFiles, counts, known }: Around,
): readonly Result[] {
  engine.configure(
    strict
      ? { ...DEFAULT_SETTINGS, profile: "strict", minimumConfidence: "low" }
      : DEFAULT_SETTINGS,
  );
  engine.setRoots([""]);
  engine.setFiles([...ownFiles, ...files.map(({ name }) => name)]);
  for (const { name, text } of files) engine.set(name, text);
  while (engine.step(1000).pending > 0);
  const out: Result[] = [];
  for (const { name, text, line: above, expectations } of files) {
    const report = engine.check(name);
    if (report.hasError && !broken)
      out.push({ kind: "wrong", line: above, words: `${name} does not parse` });
    const starts = lineStarts(text);
    const seen = report.findings
      .filter(({ rule }) => counts.has(rule))
      .map(({ file, rule, level, span, message }) => {
        const line = positionAt(starts, span.start).line + 1;
        return { file, rule, level, line, text: message.what };
      });
    for (const one of outcomes(seen, expectations)) out.push(resultOf(one, above, known));
  }
  for (const { name } of files) engine.remove(name);
  for (const { message, file } of engine.problems())
    if (file === undefined || !ownFiles.has(file))
      out.push({ kind: "wrong", line: files[0]?.line ?? 1, words: message });
  return out;
}

function resultOf(one: Outcome, above: number, known: ReadonlySet<string>): Result {
  const { line, rule } = one.kind === "unexpected" ? one.got : one.mark;
  const told = (kind: Result["kind"], words: string): Result => ({
    kind,
    line: above + line,
    words: `[${rule}] ${words}`,
  });
  const shown = ({ level, text }: Seen): string => `${level}: ${text}`;
  switch (one.kind) {
    case "unexpected":
      return told("unexpected", shown(one.got));
    case "found":
      return told("found", shown(one.got));
    case "known":
      return told("known", "a wrong answer that is known");
    case "level":
      return told("wrong", `is of another level: ${shown(one.got)}`);
    case "mended":
      return told(
        "wrong",
        one.got === undefined
          ? 'is no longer reported: take "spurious" away'
          : `is found now, where "missing" stands: ${shown(one.got)}`,
      );
    case "missed":
      return told("missed", known.has(rule) ? "is not reported" : "there is no such rule");
  }
}
