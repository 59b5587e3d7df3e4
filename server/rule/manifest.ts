/** Reads manifests with places: package.json, requirements files, pyproject.toml, Pipfile, and the lock files beside them. */
import { findNodeAtLocation, type Node, type ParseError, parseTree } from "jsonc-parser";
import { satisfies, valid } from "semver";
import { parse as parseToml, TomlError } from "smol-toml";
import { lineStarts, positionAt } from "../base/text.ts";
import type { ManifestFile, Span } from "./rule.ts";
import { yamlFault } from "./yaml.ts";

export interface Requirement {
  readonly name: string;
  /** As written: "^2.1.0", ">=1,<2", "" for none. */
  readonly range: string;
  /** The range, or where it would stand. */
  readonly span: Span;
  /** The whole entry. */
  readonly entry: Span;
}

/** Scripts of package.json that run when a package, or the project itself, is installed. */
export const INSTALL_HOOKS: ReadonlySet<string> = new Set([
  "preinstall",
  "install",
  "postinstall",
  "prepare",
  "preprepare",
  "postprepare",
  "prepublish",
]);

/** Entries of objects of strings in JSON: `strings(text, ["dependencies"])`. Broken JSON gives what can be read. */
export function strings(
  text: string,
  path: readonly string[],
): readonly {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
  readonly entry: Span;
}[] {
  const root = tree(text);
  const object = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  if (object?.type !== "object") return [];
  return (object.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (
      key === undefined ||
      value?.type !== "string" ||
      typeof key.value !== "string" ||
      typeof value.value !== "string"
    )
      return [];
    return [
      {
        key: key.value,
        value: value.value,
        span: inside(value),
        entry: { start: property.offset, end: property.offset + property.length },
      },
    ];
  });
}
/** The trees of the last texts: a manifest and its lock file are asked for again and again. */
const trees = new Map<string, Node | undefined>();
function tree(text: string): Node | undefined {
  if (trees.has(text)) return trees.get(text);
  let root: Node | undefined;
  try {
    root = parseTree(text, [], { allowTrailingComma: true });
    if (root !== undefined) keepLast(root);
  } catch {
    // Nested deeper than the stack: no manifest.
  }
  for (const old of trees.keys()) if (trees.size >= 4) trees.delete(old);
  trees.set(text, root);
  return root;
}
/** Of a key that is written twice everybody takes the last, whoever reads the first is told something else. */
function keepLast(node: Node): void {
  const children = node.children ?? [];
  for (const child of children) keepLast(child);
  if (node.type !== "object") return;
  const last = new Map(children.map((property) => [property.children?.[0]?.value, property]));
  if (last.size < children.length)
    (node as { children?: Node[] }).children = children.filter(
      (property) => last.get(property.children?.[0]?.value) === property,
    );
}
/** The text between the quotes. */
function inside(node: Node): Span {
  return { start: node.offset + 1, end: node.offset + Math.max(1, node.length - 1) };
}

/** The value at a path of JSON, or undefined. */
export function jsonValue(text: string, path: readonly string[]): unknown {
  const root = tree(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  return node === undefined ? undefined : toValue(node);
}
function toValue(node: Node): unknown {
  if (node.type === "array") return (node.children ?? []).map(toValue);
  if (node.type === "object")
    return Object.fromEntries(
      (node.children ?? []).flatMap((p) =>
        p.children?.[1] === undefined
          ? []
          : [[String(p.children[0]?.value), toValue(p.children[1])]],
      ),
    );
  return node.value;
}

/** Where a key of JSON stands, without its quotes. */
export function jsonKey(text: string, path: readonly string[]): Span | undefined {
  const root = tree(text);
  const key =
    root === undefined ? undefined : findNodeAtLocation(root, [...path])?.parent?.children?.[0];
  return key === undefined ? undefined : inside(key);
}

/** A package.json that says what it publishes: others install it beside versions of their own. */
export function isNpmLibrary(text: string): boolean {
  const publishes = ["main", "exports", "module", "files", "types", "publishConfig", "bin"].some(
    (key) => jsonValue(text, [key]) !== undefined,
  );
  return (
    jsonValue(text, ["private"]) !== true && jsonValue(text, ["name"]) !== undefined && publishes
  );
}
/** A pyproject.toml that builds a package. */
export function isPythonLibrary(root: Readonly<Record<string, unknown>>): boolean {
  const classifiers = table(root, "project")?.classifiers;
  const keeps =
    (Array.isArray(classifiers) &&
      classifiers.some((c) => typeof c === "string" && c.startsWith("Private ::"))) ||
    table(root, "tool", "poetry")?.["package-mode"] === false ||
    table(root, "tool", "uv")?.package === false;
  return table(root, "build-system") !== undefined && !keeps;
}
/** Folders of which nobody installs anything but to try it out. */
export const FOR_TRYING =
  /(?:^|\/)(?:tests?|__tests__|fixtures|__fixtures__|examples?|templates?|e2e|playground)\//;
export const NPM_LOCKS = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
];
export const PYTHON_LOCKS = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"];

/** One exact version in npm's words. */
export function isExactNpm(range: string): boolean {
  return valid(range.trim().replace(/^[=v]+\s*/, "")) !== null;
}
export function fitsNpm(version: string, range: string): boolean {
  return range === "" || satisfies(version, range, { includePrerelease: true });
}

/** The version package-lock.json holds for a direct dependency. */
export function npmLocked(lock: string, name: string): string | undefined {
  for (const path of [
    ["packages", `node_modules/${name}`, "version"],
    ["dependencies", name, "version"],
  ]) {
    const version = jsonValue(lock, path);
    if (typeof version === "string" && valid(version) !== null) return version;
  }
  return undefined;
}

/** The requirements of a requirements file; options, URLs and local paths are left out. */
export function requirementLines(text: string): readonly Requirement[] {
  const out: Requirement[] = [];
  let continued = false;
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end).replace(/(^|\s)#.*$/, "");
    if (!continued) {
      const found = requirement(line.replace(/\s--\w[\s\S]*$/, "").replace(/\\\s*$/, ""), at);
      if (found !== undefined) out.push(found);
    }
    continued = /\\\s*$/.test(line);
    at = end + (text.startsWith("\r\n", end) ? 2 : 1);
  }
  return out;
}
function lineEnd(text: string, from: number): number {
  const found = text.slice(from).search(/[\r\n]/);
  return found < 0 ? text.length : from + found;
}

const LONGEST = 1000;
/** `name[extra] >=1,<2 ; marker` at an offset; undefined for anything else. */
export function requirement(text: string, offset: number): Requirement | undefined {
  if (text.length > LONGEST) return undefined;
  const match =
    /^(\s*)([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(\s*\[[^\]]*\])?(\s*)(\(?[^;@#]*?\)?)\s*(?:;.*)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, lead = "", name = "", extras = "", gap = "", range = ""] = match;
  if (range !== "" && !/^\(?\s*(?:[<>=!~]=?=?)/.test(range)) return undefined;
  const start = offset + lead.length + name.length + extras.length;
  const from = range === "" ? start : start + gap.length;
  return {
    name,
    range,
    span: { start: from, end: from + range.length },
    entry: { start: offset + lead.length, end: from + range.length },
  };
}
export function isExactPython(range: string): boolean {
  return /^\(?\s*={2,3}\s*[^*,\s]+\s*\)?$/.test(range);
}

/** What keeps a manifest from being read as a whole, in words with the line; undefined if nothing does. */
export function manifestFault(name: string, text: string): string | undefined {
  const tells = "its dependencies are not all checked";
  if (name.endsWith(".json") || name === "Pipfile.lock") {
    const errors: ParseError[] = [];
    try {
      parseTree(text, errors, { allowTrailingComma: true });
    } catch {
      return `not valid JSON: nested too deeply; ${tells}`;
    }
    const [first] = errors;
    if (first === undefined) return undefined;
    const line = positionAt(lineStarts(text), first.offset).line + 1;
    return `not valid JSON (line ${line}): ${tells}`;
  }
  // Yarn 2 and later.
  if (/\.ya?ml$/.test(name) || (name === "yarn.lock" && /^__metadata:/m.test(text))) {
    const fault = yamlFault(text);
    return fault === undefined ? undefined : `${fault}: it is not checked`;
  }
  if (!/\.toml$|^Pipfile$|^(?:uv|poetry|pdm)\.lock$/.test(name)) return undefined;
  try {
    parseToml(text);
  } catch (error) {
    const at = error instanceof TomlError ? ` (line ${error.line})` : "";
    return `not valid TOML${at}: ${tells}`;
  }
  return undefined;
}

/** Parsed TOML, or undefined if it does not parse. */
export function toml(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseToml(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
export function table(
  value: unknown,
  ...path: readonly string[]
): Readonly<Record<string, unknown>> | undefined {
  let at = value;
  for (const key of path) at = isTable(at) ? at[key] : undefined;
  return isTable(at) ? at : undefined;
}
function isTable(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** Where a table begins; 0 if its header is not written out. */
export function headerAt(text: string, name: string): number {
  const escaped = name.replaceAll(".", "\\s*\\.\\s*");
  const found = new RegExp(`^[ \\t]*\\[[ \\t]*${escaped}[ \\t]*\\]`, "m").exec(text);
  return found === null ? 0 : found.index;
}
/** The text between the quotes of the first string literal with this value at or after an offset. */
export function stringAt(text: string, value: string, from: number): Span | undefined {
  for (const match of text.matchAll(
    /#[^\r\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'/g,
  )) {
    if (match.index < from || match[0].startsWith("#")) continue;
    if (match[0].slice(1, -1) === value)
      return { start: match.index + 1, end: match.index + match[0].length - 1 };
  }
  return undefined;
}

/** The version that uv.lock or poetry.lock holds for a distribution. */
export function pythonLocked(file: ManifestFile, name: string): string | undefined {
  for (const lock of ["uv.lock", "poetry.lock"]) {
    const text = file.sibling(lock);
    const packages = text === undefined ? undefined : toml(text)?.package;
    if (!Array.isArray(packages)) continue;
    const found = packages.filter(
      (p) => isTable(p) && typeof p.name === "string" && normalised(p.name) === normalised(name),
    );
    const version = found.length === 1 ? (found[0] as Record<string, unknown>).version : undefined;
    if (typeof version === "string") return version;
  }
  return undefined;
}
/** PEP 503. */
export function normalised(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
