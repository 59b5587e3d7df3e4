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
  /** For git, where the form tells it: the branch or tag that was asked for, "" for none. */
  readonly reference?: string | undefined;
  /** A file for other systems than this one, of which the form holds no checksum. */
  readonly optional?: boolean;
  /** A script of it runs when it is installed; undefined where the form does not tell. */
  readonly installs?: boolean;
  /** Only for development and tests, as far as the lock file says. */
  readonly development?: boolean;
  /** Where the form tells it: by what it is asked for, and what it asks for itself, as "name@range". */
  readonly asked?: readonly string[];
  readonly asks?: readonly string[];
}

export interface LockFile {
  readonly ecosystem: "npm" | "python";
  readonly packages: readonly LockedPackage[];
  /** Where the form tells it: what the manifests asked for when it was made. */
  readonly manifests?: readonly LockedManifest[];
  /** Addresses that all packages come from, where the form tells them once. */
  readonly indexes?: readonly { readonly text: string; readonly span: Span }[];
}
export interface LockedManifest {
  /** The manifest's folder, from that of the lock file; "" for the same one. */
  readonly folder: string;
  /** Ranges, as the lock file writes them, by name; undefined for one that other settings have replaced. */
  readonly asks: ReadonlyMap<string, string | undefined>;
}

/** Names that are needed to run, starting from what the manifests ask for; undefined where the form does not tell. */
export function neededBy(
  lock: LockFile,
  roots: readonly string[],
): ReadonlySet<string> | undefined {
  const byAsked = new Map<string, LockedPackage>();
  for (const one of lock.packages) for (const key of one.asked ?? []) byAsked.set(key, one);
  if (byAsked.size === 0) return undefined;
  const names = new Set<string>();
  const seen = new Set<LockedPackage>();
  const open = roots.flatMap((key) => byAsked.get(key) ?? []);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    names.add(`${one.name}@${one.version}`);
    for (const key of one.asks ?? []) {
      const next = byAsked.get(key);
      if (next !== undefined) open.push(next);
    }
  }
  return names;
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
