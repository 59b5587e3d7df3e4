/** The texts of the engine, and what is known of files whose text was not given. */

import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { KnownKeys } from "../languages/items.ts";
import { type FileSet, grammarFor, type Language } from "../languages/language.ts";
import { python } from "../languages/python/index.ts";
import { javascript } from "../languages/typescript/index.ts";
import type { FileIr } from "../project/program.ts";
import { type ProjectFiles, type RuleSet, readsFile, type Written } from "../rule/rule.ts";
import type { Source } from "../syntax/parser.ts";
import type { Commented } from "./suppress.ts";

export interface Doc {
  text: string;
  hash: string | undefined;
  languageId: string | undefined;
  /** Of a program in parts. */
  parts: readonly Span[] | undefined;
  editable: boolean;
  open: boolean;
  source: Source | undefined;
  ir: FileIr | undefined;
  /** Being lowered, in parts. */
  lowering: Generator<void, FileIr> | undefined;
  /** Of code. */
  commented: Commented | undefined;
  /** Only where a rule about texts looks at the file. */
  written: readonly Written[] | undefined;
  /** Of an open document, which is edited again and again. */
  itemKeys: KnownKeys | undefined;
}

const FARTHEST = 8;
/** Texts that decide how others are read. */
export const STEERING =
  /(^|\/)(tsconfig[^/]*\.json|jsconfig\.json|package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml|(uv|poetry|pdm|Pipfile)\.lock|\.npmrc|\.yarnrc(\.yml)?|bunfig\.toml|manifest\.json|(uv|poetry)\.toml|\.skeptic\/rules\/[^/]+\.(ya?ml|json))$/;

export interface Texts {
  readonly docs: Map<FileId, Doc>;
  /** Files that are there, whether their text was asked for or not. */
  readonly known: Set<FileId>;
  /** Names, without endings, of what is there and is not read. */
  readonly leftOut: Set<string>;
  /** Files that git keeps although an ignore file names them. */
  readonly kept: Set<FileId>;
  /** Files whose text is needed. */
  readonly wanted: Set<FileId>;
  readonly files: FileSet;
  readonly setRoots: (roots: readonly FileId[]) => void;
  /** How fingerprints call a file. */
  readonly nameOf: (file: FileId) => string;
  readonly nameFiles: (nameOf: (file: FileId) => string) => void;
  readonly languageOf: (file: FileId, doc: Doc) => Language | undefined;
  readonly isManifest: (file: FileId) => boolean;
  /** A rule about texts has something to look at in this one. */
  readonly isLookedAt: (text: string) => boolean;
  /** The folder of a file and those above it in its workspace; undefined for a file that is in none. */
  readonly foldersAbove: (file: FileId) => readonly string[] | undefined;
  /** Those of the same workspace whose path is like this, by name; what is not loaded is asked for. */
  readonly filesLike: (
    file: FileId,
    path: RegExp,
  ) => readonly { readonly file: FileId; readonly text: string | undefined }[];
  /** For fixes that use or make a file of their own. */
  readonly project: ProjectFiles;
  /** Files came or went. */
  readonly forgetFolders: () => void;
}

export function createTexts(rules: RuleSet): Texts {
  const manifestRules = rules.rules.filter((r) => r.manifest !== undefined || r.text !== undefined);
  const docs = new Map<FileId, Doc>();
  const known = new Set<FileId>();
  const leftOut = new Set<string>();
  const kept = new Set<FileId>();
  const wanted = new Set<FileId>();
  let roots: readonly FileId[] = [""];
  let nameOf = (file: FileId): string => {
    const root = files.rootOf(file);
    return root === "" ? file : file.slice(root.length + 1);
  };

  const files: FileSet = {
    has: (file) => known.has(file) || docs.has(file),
    text: (file) => {
      const doc = docs.get(file);
      if (doc === undefined && known.has(file) && STEERING.test(file)) wanted.add(file);
      return doc?.text;
    },
    rootOf: (file) => {
      let best = "";
      for (const r of roots)
        if ((r === "" || file.startsWith(`${r}/`)) && r.length > best.length) best = r;
      return best;
    },
    packages: (name) => {
      packageFolders ??= foldersByPackage();
      return packageFolders.get(name) ?? [];
    },
  };
  let packageFolders: ReadonlyMap<string, readonly string[]> | undefined;
  const foldersByPackage = (): ReadonlyMap<string, readonly string[]> => {
    const out = new Map<string, string[]>();
    const manifests = [...new Set([...known, ...docs.keys()])]
      .filter((file) => /(^|\/)package\.json$/.test(file) && !/(^|\/)node_modules\//.test(file))
      .sort();
    for (const file of manifests) {
      const name = packageName(files.text(file));
      if (name === undefined) continue;
      const folders = out.get(name);
      const folder = file.slice(0, Math.max(0, file.lastIndexOf("/")));
      if (folders === undefined) out.set(name, [folder]);
      else folders.push(folder);
    }
    return out;
  };

  const languageOf = (file: FileId, doc: Doc): Language | undefined => {
    const grammar = grammarFor(file, doc.languageId);
    return grammar === undefined ? undefined : grammar === "python" ? python : javascript;
  };
  const isManifest = (file: FileId): boolean =>
    manifestRules.some((r) => readsFile(r.manifest, file) || readsFile(r.text, file));
  const isLookedAt = (text: string): boolean =>
    manifestRules.some((r) => r.text?.may.test(text) === true);

  const foldersAbove = (file: FileId): readonly string[] | undefined => {
    const root = files.rootOf(file);
    if (root === "" && !roots.includes("")) return undefined;
    const out: string[] = [];
    let at = file.slice(0, Math.max(0, file.lastIndexOf("/")));
    for (
      ;
      at !== root && at !== "" && !at.endsWith("..");
      at = at.slice(0, Math.max(0, at.lastIndexOf("/")))
    )
      out.push(at);
    out.push(at);
    // The command line may be started below the root of a repository.
    for (let i = 0; root === "" && i < FARTHEST; i++) {
      at = at === "" ? ".." : `${at}/..`;
      out.push(at);
    }
    return out;
  };

  const like = new Map<string, readonly FileId[]>();
  const filesLike: Texts["filesLike"] = (file, path) => {
    let all = like.get(path.source);
    if (all === undefined) {
      all = [...new Set([...known, ...docs.keys()])].filter((one) => path.test(one)).sort();
      like.set(path.source, all);
    }
    const root = files.rootOf(file);
    return all
      .filter((one) => files.rootOf(one) === root)
      .map((one) => {
        const doc = docs.get(one);
        if (doc === undefined) wanted.add(one);
        return { file: one, text: doc?.text };
      });
  };

  const project: ProjectFiles = {
    has: files.has,
    rootOf: files.rootOf,
    inFolder: (folder) => {
      const start = folder === "" ? "" : `${folder}/`;
      return [...new Set([...known, ...docs.keys()])]
        .filter((one) => one.startsWith(start) && !one.includes("/", start.length))
        .sort();
    },
    holding: (file, text) => {
      const root = files.rootOf(file);
      return [...docs]
        .filter(([one, doc]) => doc.text.includes(text) && files.rootOf(one) === root)
        .map(([one]) => one)
        .sort();
    },
    text: (file) => {
      const doc = docs.get(file);
      if (doc === undefined && known.has(file)) wanted.add(file);
      return doc?.text;
    },
  };

  return {
    docs,
    known,
    leftOut,
    kept,
    wanted,
    files,
    setRoots(list) {
      roots = list;
    },
    nameOf: (file) => nameOf(file),
    nameFiles(name) {
      nameOf = name;
    },
    languageOf,
    isManifest,
    isLookedAt,
    foldersAbove,
    filesLike,
    project,
    forgetFolders() {
      like.clear();
      packageFolders = undefined;
    },
  };
}

/** The name in a package.json; undefined for a broken one. */
function packageName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const name = (JSON.parse(text) as { readonly name?: unknown } | null)?.name;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
