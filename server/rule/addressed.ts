/** The packages that a manifest takes from a repository or an address, not from a registry. */
import { requirementsLines } from "./lines.ts";
import { headerAt, stringAt, strings, table, toml } from "./manifest.ts";
import type { Span } from "./rule.ts";
import { npmSource, pipSource, type Source } from "./sources.ts";

export interface Addressed {
  readonly name: string;
  readonly source: Source;
  readonly span: Span;
  /** Offset of the source's text, from which its places count. */
  readonly at: number;
}

const NPM_PLACES: readonly (readonly string[])[] = [
  ["dependencies"],
  ["devDependencies"],
  ["optionalDependencies"],
  ["peerDependencies"],
  ["overrides"],
  ["resolutions"],
  ["pnpm", "overrides"],
];

/** `base` is the name of the file. */
export function addressed(base: string, text: string): readonly Addressed[] {
  if (base === "package.json") return npm(text);
  return base.endsWith(".txt") ? requirements(text) : tables(text, base);
}

function npm(text: string): readonly Addressed[] {
  return NPM_PLACES.flatMap((path) =>
    strings(text, path).flatMap(({ key, value, span }): readonly Addressed[] => {
      const source = npmSource(value);
      return source === undefined ? [] : [{ name: key, source, span, at: span.start }];
    }),
  );
}

function requirements(text: string): readonly Addressed[] {
  return requirementsLines(text).flatMap(({ text: line, start }): readonly Addressed[] => {
    const match =
      /^(\s*(?:(?:-e|--editable)(?:\s+|=))?(?:([A-Za-z\d][\w.-]*)(?:\[[^\]]*\])?\s*@\s*)?["']?)((?:(?:git|hg|svn|bzr)\+\w+|https?):\/\/[^\s"';]+)/i.exec(
        line,
      );
    if (match === null) return [];
    const [, before = "", name, address = ""] = match;
    const source = pipSource(address);
    if (source === undefined) return [];
    const at = start + before.length;
    // Its checksum stands beside it.
    const fixed = source.fixed || /\s--hash[=\s]/.test(line);
    return [
      {
        name: name ?? nameIn(address),
        source: { ...source, fixed },
        span: { start: at, end: at + address.length },
        at,
      },
    ];
  });
}

function nameIn(address: string): string {
  const egg = /[#&]egg=([\w.-]+)/.exec(address)?.[1];
  return (
    egg ??
    address
      .replace(/[#?@][^/]*$/, "")
      .split("/")
      .at(-1)
      ?.replace(/\.git$/, "") ??
    address
  );
}

/** pyproject.toml and Pipfile. */
function tables(text: string, base: string): readonly Addressed[] {
  const root = toml(text);
  if (root === undefined) return [];
  const out: Addressed[] = [];
  for (const value of base === "Pipfile" ? [] : listed(root)) {
    const [, name, address] = /^\s*([\w.-]+)(?:\[[^\]]*\])?\s*@\s*([^\s;]+)/.exec(value) ?? [];
    const source = address === undefined ? undefined : pipSource(address);
    const span = stringAt(text, value, 0);
    if (name === undefined || address === undefined || source === undefined) continue;
    if (span !== undefined)
      out.push({ name, source, span, at: span.start + value.indexOf(address) });
  }
  const headers: readonly (readonly string[])[] =
    base === "Pipfile"
      ? [["packages"], ["dev-packages"]]
      : [["tool", "uv", "sources"], ["tool", "poetry", "dependencies"], ...groups(root)];
  for (const path of headers)
    for (const [name, entry] of Object.entries(table(root, ...path) ?? {})) {
      const found = sourceOf(table({ entry }, "entry"));
      if (found === undefined) continue;
      const span = stringAt(text, found.address, headerAt(text, path.join(".")));
      if (span === undefined) continue;
      const revision = base === "Pipfile" ? "ref" : "rev";
      const isGit = found.source.kind === "git";
      const refAt = isGit ? referenceAt(text, span, revision) : found.source.refAt;
      const at = isGit ? 0 : span.start;
      out.push({ name, source: { ...found.source, refAt }, span, at });
    }
  return out;
}

function groups(root: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  return Object.keys(table(root, "tool", "poetry", "group") ?? {}).map((name) => [
    "tool",
    "poetry",
    "group",
    name,
    "dependencies",
  ]);
}

function listed(root: Readonly<Record<string, unknown>>): readonly string[] {
  const project = table(root, "project");
  return [
    project?.dependencies,
    ...Object.values(table(project, "optional-dependencies") ?? {}),
    ...Object.values(table(root, "dependency-groups") ?? {}),
  ]
    .flatMap((values) => (Array.isArray(values) ? (values as readonly unknown[]) : []))
    .filter((value): value is string => typeof value === "string");
}

/** `{ git = "...", rev = "..." }`, `{ url = "..." }`. */
function sourceOf(
  entry: Readonly<Record<string, unknown>> | undefined,
): { readonly source: Source; readonly address: string } | undefined {
  const text = (key: string): string | undefined =>
    typeof entry?.[key] === "string" ? entry[key] : undefined;
  const git = text("git");
  if (git !== undefined) {
    const ref = text("rev") ?? text("ref") ?? text("tag") ?? text("branch") ?? "";
    const source: Source = {
      kind: "git",
      address: git,
      ref,
      fixed: /^[\da-f]{40}$/i.test(ref),
      open: /^(?:http|git):/i.test(git),
      refAt: { start: 0, end: 0, sign: "" },
    };
    return { source, address: git };
  }
  const url = text("url") ?? text("file");
  const source = url === undefined ? undefined : pipSource(url);
  return url === undefined || source === undefined ? undefined : { source, address: url };
}

const REFERENCE = /(?<=^|[\s,{])(?:branch|tag|rev|ref)(\s*=\s*)(?=["'])/g;
/** Where the table that holds an address names the branch or tag, or where it would. Offsets of the file. */
function referenceAt(text: string, address: Span, revision: string): Source["refAt"] {
  const masked = text.replace(/#[^\r\n]*|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'/g, (all) =>
    (all.startsWith("#") ? " " : (all[0] as string)).padEnd(all.length),
  );
  const open = masked.lastIndexOf("{", address.start);
  const isInline = open > masked.lastIndexOf("}", address.start) && open > headAt(masked, address);
  const start = isInline ? open : headAt(masked, address);
  const next = masked.slice(address.end).search(isInline ? /\}/ : /^[ \t]*\[/m);
  const end = next < 0 ? text.length : address.end + next;
  for (const found of masked.slice(start, end).matchAll(REFERENCE)) {
    const from = start + found.index;
    const value = from + found[0].length;
    const length = /^"(?:[^"\\\r\n]|\\.)*"|^'[^'\r\n]*'/.exec(text.slice(value))?.[0].length ?? 0;
    return { start: from, end: value + length, sign: `${revision}${found[1]}"`, after: '"' };
  }
  const at = address.end + 1;
  const line = text.includes("\r\n") ? "\r\n" : "\n";
  return { start: at, end: at, sign: `${isInline ? ", " : line}${revision} = "`, after: '"' };
}
/** The head of the table before a place. */
function headAt(masked: string, { start }: Span): number {
  return [...masked.slice(0, start).matchAll(/^[ \t]*\[/gm)].at(-1)?.index ?? 0;
}
