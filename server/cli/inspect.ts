/** Looks into one installed package: what runs when it is installed, where its data goes, and what is hidden in it. */
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { lineStarts, positionAt } from "../base/text.ts";
import type { Engine, Finding } from "../engine/api.ts";
import { MAX_FILE_SIZE } from "../engine/classify.ts";
import { grammarFor } from "../languages/language.ts";
import { decodedCall, obfuscation } from "../packages/hiding.ts";
import { type InstallHook, installHooks } from "../packages/install-hooks.ts";
import { fetchedBy } from "../rule/fetched.ts";
import { commands } from "../rule/shell.ts";
import { readText } from "./disk.ts";
import type { Installed } from "./installed.ts";

export interface Sight {
  readonly level: "warning" | "note";
  /** The rule, or the look, that has found it. */
  readonly kind: string;
  /** In the package. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** A sentence. */
  readonly text: string;
  /** The line of code, or its part around the place. */
  readonly code: string;
  /** Where the data comes from, for what is followed. */
  readonly from?: { readonly file: string; readonly line: number; readonly text: string };
}

export interface Unread {
  /** Why, in words that follow "N files": "are native code". */
  readonly why: string;
  readonly files: readonly string[];
}

export interface Inspected {
  readonly installed: Installed;
  readonly hooks: readonly Pick<InstallHook, "name" | "command">[];
  readonly sights: readonly Sight[];
  /** Files whose data was followed. */
  readonly read: number;
  readonly bytes: number;
  readonly unread: readonly Unread[];
}

/** Milliseconds for the analysis of one package. */
const MOST_TIME = 120_000;
const SLICE = 500;
/** Of larger files nothing is read; of those between this and what is analysed the text is looked through. */
const MOST_TEXT = 64 * 1024 * 1024;
const NATIVE = /\.(?:node|so(?:\.\d+)*|pyd|dll|dylib|exe|wasm|a|lib|o|jar|class|bin)$/i;
/** Declares types only, or is no program. */
const NO_CODE = /\.d\.[mc]?ts$|\.pyi$|\.map$/;
const SHELL_SCRIPT = /\.(?:sh|bash|bat|cmd|ps1)$/;
const GAVE_UP = {
  native: "native code",
  large: "too large for the data to be followed: only looked through for hidden code",
  huge: "too large to be read",
  unreadable: "could not be read",
  scripts: "shell scripts, looked through for downloads only",
  time: "not reached in the time there is: only looked through for hidden code",
  effort: "with functions too large to follow: looked through for hidden code too",
} as const;
type Reason = keyof typeof GAVE_UP;

export async function inspect(engine: Engine, installed: Installed): Promise<Inspected> {
  const { folder, files, ecosystem } = installed;
  const texts = new Map<string, string>();
  const unread = new Map<Reason, string[]>();
  const leave = (reason: Reason, file: string): void => {
    unread.set(reason, [...(unread.get(reason) ?? []), file]);
  };
  const manifest =
    ecosystem === "npm" ? await textOf(join(folder, "package.json"), MAX_FILE_SIZE) : undefined;
  const hooks = manifest === undefined ? [] : installHooks(manifest, files.includes("binding.gyp"));
  const sights: Sight[] = [];
  const started = new Set(hooks.flatMap((hook) => startedFiles(hook, files)));
  const languages = new Map<string, string | undefined>();
  for (const file of files) {
    const kind = await kindOf(join(folder, file), file, started.has(file));
    if (kind === undefined) continue;
    if (kind.reason !== undefined) {
      leave(kind.reason, file);
      if (kind.reason === "native" && started.has(file))
        sights.push(
          sightAt(
            "",
            file,
            0,
            "warning",
            "install-script",
            "It is started when the package is installed, and is a program that cannot be read.",
          ),
        );
      continue;
    }
    const read = await readText(join(folder, file), MOST_TEXT);
    if (!read.ok) {
      leave(
        read.reason === "too-large" ? "huge" : read.reason === "binary" ? "native" : "unreadable",
        file,
      );
      continue;
    }
    const { text } = read.file;
    if (kind.isShell === true) {
      leave("scripts", file);
      sights.push(...downloads(file, text, started.has(file)));
      continue;
    }
    texts.set(file, kind.isPth === true ? importLines(text) : text);
    if (kind.isPth === true) {
      const first = importLines(text).search(/\S/);
      if (first < 0) continue;
      sights.push(
        sightAt(
          importLines(text),
          file,
          first,
          "note",
          "install-script",
          "Python runs this line whenever it starts.",
        ),
      );
    }
    if (text.length <= MAX_FILE_SIZE) languages.set(file, kind.language);
    else leave("large", file);
  }
  const { reached, late } = await analyse(engine, installed, {
    texts,
    languages,
    started,
    manifest,
  });
  for (const file of late) leave("time", file);
  const followed = [...languages.keys()].filter((file) => !late.has(file));
  for (const file of followed)
    for (const finding of engine.check(file).findings)
      sights.push(...sightOf(finding, texts, reached.has(file)));
  if (manifest !== undefined) {
    for (const finding of engine.check("package.json").findings)
      if (hooks.some(({ name }) => finding.message.what.includes(` ${name} `)))
        sights.push(...sightOf(finding, new Map([["package.json", manifest]]), false));
    for (const { name, command, start } of hooks)
      sights.push(
        sightAt(
          manifest,
          "package.json",
          start,
          "note",
          "install-script",
          `The ${name} script runs when the package is installed: ${command}`,
        ),
      );
  }
  const crashed = new Set(
    engine.problems().flatMap(({ file }) => (file === undefined ? [] : [file])),
  );
  for (const file of crashed) if (texts.has(file)) leave("effort", file);
  for (const [file, text] of texts) sights.push(...looked(file, text, sights));
  return {
    installed,
    hooks: hooks.map(({ name, command }) => ({ name, command })),
    sights: sights.toSorted(byWeight),
    read: followed.length,
    bytes: followed.reduce((sum, file) => sum + (texts.get(file)?.length ?? 0), 0),
    unread: (Object.keys(GAVE_UP) as Reason[]).flatMap((reason) => {
      const list = unread.get(reason);
      return list === undefined ? [] : [{ why: GAVE_UP[reason], files: list.toSorted() }];
    }),
  };
}

interface Kind {
  readonly reason?: Reason;
  readonly language?: string;
  readonly isShell?: boolean;
  readonly isPth?: boolean;
}

/** Undefined for what is neither code nor a program. Files without an ending are told by how they begin. */
async function kindOf(path: string, file: string, isStarted: boolean): Promise<Kind | undefined> {
  if (NO_CODE.test(file)) return undefined;
  if (NATIVE.test(file)) return { reason: "native" };
  if (file.endsWith(".pth")) return { language: "python", isPth: true };
  if (SHELL_SCRIPT.test(file)) return { isShell: true };
  if (grammarFor(file) !== undefined) return {};
  if (!isStarted && basename(file).includes(".")) return undefined;
  const begin = await beginning(path);
  if (begin === undefined) return { reason: "unreadable" };
  // ELF, Mach-O (both orders, and fat ones) and PE.
  if (/^(?:\x7fELF|\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe|MZ)/.test(begin))
    return { reason: "native" };
  const program = /^#![^\n]*\b(node|bun|deno|python[\d.]*|bash|sh|zsh)\b/.exec(begin)?.[1];
  if (program === undefined)
    return isStarted && basename(file).includes(".") === false
      ? { language: "javascript" }
      : undefined;
  if (program.startsWith("python")) return { language: "python" };
  return /sh$/.test(program) ? { isShell: true } : { language: "javascript" };
}

async function beginning(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
      return buffer.subarray(0, bytesRead).toString("latin1");
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

async function textOf(path: string, most: number): Promise<string | undefined> {
  const read = await readText(path, most);
  return read.ok ? read.file.text : undefined;
}

/** A word of a command names a file as Node would find it. */
function startedFiles({ files }: InstallHook, all: readonly string[]): readonly string[] {
  const there = new Set(all);
  return files.flatMap((one) => {
    const path = one.replace(/\/$/, "");
    const found = [path, `${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}/index.js`].find(
      (name) => there.has(name),
    );
    return found === undefined ? [] : [found];
  });
}

/** Of a .pth file Python runs each line that begins with "import"; the places stay what they are. */
function importLines(text: string): string {
  return text
    .split("\n")
    .map((line) => (/^import[ \t]/.test(line) ? line : ""))
    .join("\n");
}

interface Work {
  readonly texts: ReadonlyMap<string, string>;
  readonly languages: ReadonlyMap<string, string | undefined>;
  readonly started: ReadonlySet<string>;
  readonly manifest: string | undefined;
}

/** `reached`: what runs when the package is installed, or whenever Python starts. `late`: for what there was no time. */
async function analyse(
  engine: Engine,
  { files }: Installed,
  { texts, languages, started, manifest }: Work,
): Promise<{ readonly reached: ReadonlySet<string>; readonly late: ReadonlySet<string> }> {
  const end = performance.now() + MOST_TIME;
  const reached = new Set<string>();
  const give = (file: string): void => {
    const languageId = languages.get(file);
    engine.set(file, texts.get(file) as string, languageId === undefined ? {} : { languageId });
  };
  engine.setRoots([""]);
  engine.setFiles([...languages.keys(), ...files.filter((file) => file === "package.json")]);
  if (manifest !== undefined) engine.set("package.json", manifest);
  const first = [...languages.keys()].filter(
    (file) => started.has(file) || file.endsWith(".pth") || /(^|\/)setup\.py$/.test(file),
  );
  for (const file of first) give(file);
  for (const file of first) reached.add(file);
  let pending = 1;
  const settle = async (): Promise<void> => {
    let still = 0;
    let slice = SLICE;
    while (performance.now() < end) {
      const step = engine.step(slice);
      const needs = engine.needs().filter((file) => languages.has(file));
      for (const file of needs) give(file);
      pending = step.pending;
      if (pending === 0 && needs.length === 0) return;
      still = step.moved || needs.length > 0 ? 0 : still + 1;
      slice = still === 0 ? SLICE : slice * 2;
      if (still > 8) return;
      await new Promise((done) => setImmediate(done));
    }
  };
  await settle();
  for (const file of languages.keys()) if (engine.has(file)) reached.add(file);
  if (first.length === 0) reached.clear();
  for (const file of languages.keys()) if (!engine.has(file)) give(file);
  await settle();
  // What is not analysed by now would be when it is checked, without an end.
  const late = new Set<string>();
  if (pending > 0)
    for (const file of languages.keys()) {
      if (performance.now() < end + SLICE) break;
      if (!reached.has(file)) late.add(file);
    }
  return { reached, late };
}

const WARNED = new Set([
  "exfiltration-pattern",
  "decoded-code",
  "downloaded-code",
  "dep-install-script",
  "trojan-source-unicode",
]);
/** Nothing of note elsewhere. */
const USES = new Set(["network-use", "program-use"]);
const ON_INSTALL = new Set(["machine-sent", "credential-names"]);

function sightOf(
  finding: Finding,
  texts: ReadonlyMap<string, string>,
  isReached: boolean,
): readonly Sight[] {
  const { rule, file, span, message, flow, level } = finding;
  if (USES.has(rule) && !isReached) return [];
  const isSure = level === "error" || level === "warning" || rule === "dep-install-script";
  const isWarned =
    (WARNED.has(rule) && (isSure || isReached)) || (ON_INSTALL.has(rule) && isReached);
  const when = file.endsWith(".pth") ? "whenever Python starts" : "when the package is installed";
  const sentence = isReached ? message.what.replace(/\.(?= |$)/, `, ${when}.`) : message.what;
  const [begin] = flow;
  const source = begin === undefined || flow.length < 2 || USES.has(rule) ? undefined : begin;
  const from = source === undefined ? undefined : texts.get(source.file);
  return [
    {
      ...sightAt(
        texts.get(file) ?? "",
        file,
        span.start,
        isWarned ? "warning" : "note",
        rule,
        sentence,
      ),
      ...(source === undefined || from === undefined
        ? {}
        : {
            from: {
              file: source.file,
              line: place(from, source.span.start).line,
              text: source.text,
            },
          }),
    },
  ];
}

/** What the text itself shows. What was followed is not said again. */
function looked(file: string, text: string, found: readonly Sight[]): readonly Sight[] {
  const signs = obfuscation(text);
  const call = decodedCall(text);
  const isSaid = found.some((one) => one.file === file && one.kind === "decoded-code");
  return [...signs, ...(call === undefined || isSaid ? [] : [call])].map(
    ({ kind, offset, text: words }) => sightAt(text, file, offset, "warning", kind, words),
  );
}

function downloads(file: string, text: string, isStarted: boolean): readonly Sight[] {
  return fetchedBy(commands(text))
    .filter(({ kind }) => kind === "script")
    .map(({ name, word }) =>
      sightAt(
        text,
        file,
        word.start,
        isStarted ? "warning" : "note",
        "install-script",
        `It takes ${name} from the network and runs it${isStarted ? ", when the package is installed" : ""}.`,
      ),
    );
}

/** UTF-16 units of a line that are shown. */
const MOST_SHOWN = 120;

function sightAt(
  text: string,
  file: string,
  offset: number,
  level: Sight["level"],
  kind: string,
  words: string,
): Sight {
  const { line, column } = place(text, offset);
  const start = text.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
  const stop = text.indexOf("\n", offset);
  const whole = text.slice(start, stop < 0 ? text.length : stop);
  const from = whole.length <= MOST_SHOWN ? 0 : Math.max(0, offset - start - 20);
  const code = whole.slice(from, from + MOST_SHOWN).trim();
  return { level, kind, file, line, column, text: words, code };
}

function place(text: string, offset: number): { readonly line: number; readonly column: number } {
  const { line, character } = positionAt(lineStarts(text), offset);
  return { line: line + 1, column: character + 1 };
}

function byWeight(a: Sight, b: Sight): number {
  if (a.level !== b.level) return a.level === "warning" ? -1 : 1;
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column;
}
