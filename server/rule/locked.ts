/** What a lock file says of each package, whoever wrote it. */
import { type Node, parseTree } from "jsonc-parser";
import type { Span } from "./rule.ts";

export interface LockedPackage {
  /** As the project asks for it. */
  readonly name: string;
  /** What it is called at its source, where the project gave it a name of its own. */
  readonly alias?: string | undefined;
  readonly version?: string | undefined;
  /** Where it is reported. */
  readonly span: Span;
  readonly source: "registry" | "git" | "url" | "local";
  /** Where the files come from, as far as the lock file says. */
  readonly urls: readonly { readonly text: string; readonly span: Span }[];
  /** One for each file, "" where it has none; undefined where the form has no place for it. */
  readonly hashes: readonly string[] | undefined;
  /** For git: the commit. */
  readonly commit?: string | undefined;
  /** A file for other systems than this one, of which the form holds no checksum. */
  readonly optional?: boolean;
  /** Only for development and tests, as far as the lock file says. */
  readonly development?: boolean;
}

export interface LockFile {
  readonly ecosystem: "npm" | "python";
  readonly packages: readonly LockedPackage[];
}

export function json(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}
export function properties(
  node: Node | undefined,
): readonly { key: string; name: Node; value: Node }[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name === undefined || value === undefined ? [] : [{ key: String(name.value), name, value }],
  );
}
export function inside(node: Node): Span {
  return { start: node.offset + 1, end: node.offset + Math.max(1, node.length - 1) };
}
