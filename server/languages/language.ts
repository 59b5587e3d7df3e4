/** What a language gives the engine: a grammar per file name, items, lowering, and where its imports lead. */
import type { FileId } from "../base/brand.ts";
import type { Item } from "../ir/ir.ts";
import type { FlatTree, GrammarName } from "../syntax/flat.ts";
import type { FunctionBody, ItemSource } from "./items.ts";

export type LanguageId = "python" | "javascript";

export interface Language {
  readonly id: LanguageId;
  readonly bodyOf: FunctionBody;
  /** True if a method's first parameter is the instance. */
  readonly methodsTakeSelf: boolean;
  /** The name under which a package's main export is imported, the same thing as the package ("default"). */
  readonly mainExport?: string;
  /** True for a name that importing all of a module does not bind, unless the module lists it. */
  isHidden(name: string): boolean;
  /** The specifier of module `name` inside the package `specifier`, where packages hold modules. */
  within?(specifier: string, name: string): string;
  /** The specifier by which a file names its own package, if it is one: what it does not bind may be a module in it. */
  ownPackage?(file: FileId): string | undefined;
  /** Pure: depends on the item's text, grammar and kind only, and where it is broken on its own nodes. Never throws on broken code. */
  lower(tree: FlatTree, item: ItemSource): Item;
  /** Where `specifier`, written in `from`, leads. Asks only `files`; no I/O. */
  resolve(from: FileId, specifier: string, files: FileSet): Resolution;
}

/** The files that are known to exist, loaded or not, and the few whose text steers resolution. */
export interface FileSet {
  has(file: FileId): boolean;
  /** Text of a configuration file (tsconfig.json, package.json), if loaded. */
  text(file: FileId): string | undefined;
  /** The workspace folder that holds the file, without a trailing slash, or "". */
  rootOf(file: FileId): string;
  /** The folders whose package.json bears this name. */
  packages(name: string): readonly string[];
}

export type Resolution =
  | { readonly kind: "file"; readonly file: FileId }
  /** A package outside the workspace: `path` are the dotted parts ("fastapi.middleware.cors" or "express"). */
  | { readonly kind: "package"; readonly path: string }
  /** A Python package folder without __init__.py: submodules only. */
  | { readonly kind: "namespace"; readonly folder: string };

/** Grammar by file name or editor language id; undefined for files that are no code of ours. */
export function grammarFor(file: FileId, languageId?: string): GrammarName | undefined {
  switch (languageId) {
    case "python":
      return "python";
    case "typescript":
      return "typescript";
    case "typescriptreact":
      return "tsx";
    case "javascript":
    case "javascriptreact":
      return "javascript";
    default:
      break;
  }
  const dot = file.lastIndexOf(".");
  switch (dot < 0 ? "" : file.slice(dot + 1).toLowerCase()) {
    case "py":
    case "pyw":
    case "pyi":
      return "python";
    case "ts":
    case "mts":
    case "cts":
      return "typescript";
    case "tsx":
      return "tsx";
    case "js":
    case "mjs":
    case "cjs":
    case "jsx":
      return "javascript";
    default:
      return undefined;
  }
}
