/** The packages that a manifest asks for by name. */
import {
  headerAt,
  jsonKey,
  normalised,
  type Requirement,
  requirement,
  requirementLines,
  stringAt,
  strings,
  table,
  toml,
} from "./manifest.ts";
import type { Ecosystem } from "./names.ts";
import type { ManifestFile, Span } from "./rule.ts";

export interface Declared {
  /** As its registry calls it. */
  readonly name: string;
  readonly span: Span;
  readonly ecosystem: Ecosystem;
}

export const DECLARING =
  /^(?:package\.json|[\w.-]*requirements[\w.-]*\.txt|pyproject\.toml|Pipfile)$/;
const GROUPS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** Those that come from a registry: no folders, addresses or packages of the workspace. */
export function declared(file: ManifestFile): readonly Declared[] {
  const { text } = file;
  const base = file.file.slice(file.file.lastIndexOf("/") + 1);
  if (base === "package.json")
    return GROUPS.flatMap((group) =>
      strings(text, [group]).flatMap(({ key, value, span }): readonly Declared[] => {
        const [, target = key, other] =
          /^npm:((?:@[^/@]+\/)?[^@]+)|^([a-z+]+:|[\w.-]+\/)/i.exec(value) ?? [];
        if (other !== undefined || file.isOwn(target)) return [];
        const at = jsonKey(text, [group, key]);
        return [
          { name: target, span: target === key && at !== undefined ? at : span, ecosystem: "npm" },
        ];
      }),
    );
  const root = base === "pyproject.toml" || base === "Pipfile" ? toml(text) : undefined;
  const found =
    base === "pyproject.toml"
      ? pyprojectRequirements(text)
      : base === "Pipfile"
        ? pipfileRequirements(text)
        : requirementLines(text);
  const own = new Set(
    [
      table(root, "project")?.name,
      table(root, "tool", "poetry")?.name,
      ...Object.keys(table(root, "tool", "uv", "sources") ?? {}),
    ].flatMap((name) => (typeof name === "string" ? [normalised(name)] : [])),
  );
  return found.flatMap(({ name, entry }): readonly Declared[] =>
    own.has(normalised(name))
      ? []
      : [
          {
            name: normalised(name),
            span: { start: entry.start, end: entry.start + name.length },
            ecosystem: "pypi",
          },
        ],
  );
}

/** What a manifest asks for, under the name that it has there; `base` is the name of the file. */
export function askedNames(
  base: string,
  text: string,
): readonly { readonly name: string; readonly range: string; readonly span: Span }[] {
  if (base === "package.json")
    return GROUPS.flatMap((group) =>
      strings(text, [group]).map(({ key, value, span }) => ({ name: key, range: value, span })),
    );
  const root = base === "pyproject.toml" ? toml(text) : undefined;
  const groups = Object.entries(table(root, "tool", "poetry", "group") ?? {}).flatMap(([name]) =>
    versions(
      text,
      `tool.poetry.group.${name}.dependencies`,
      table(root, "tool", "poetry", "group", name, "dependencies"),
    ),
  );
  const found =
    base === "pyproject.toml"
      ? [...pyprojectRequirements(text), ...groups]
      : base === "Pipfile"
        ? pipfileRequirements(text)
        : requirementLines(text);
  return found.map(({ name, range, entry }) => ({ name: normalised(name), range, span: entry }));
}

const NPM_SETTINGS = [".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml"];
/** The project takes packages from another place than the public registry, so names that are not there are no fault. */
export function hasOwnRegistry(file: ManifestFile): boolean {
  const base = file.file.slice(file.file.lastIndexOf("/") + 1);
  if (base === "package.json")
    return NPM_SETTINGS.some((name) =>
      /^\s*(?:(?:@[\w.-]+:)?registry\s*=|registry\s+(?=["'])|npmRegistryServer\s*:|["']?@[\w.-]+["']?\s*=)(?!\s*["']?https:\/\/registry\.(?:npmjs\.org|yarnpkg\.com))/m.test(
        `${file.textAbove(name) ?? ""}\n${file.sibling(name) ?? ""}`,
      ),
    );
  if (["pip.conf", "pip.ini", "uv.toml"].some((name) => file.above(name) !== undefined))
    return true;
  return hasOwnIndex(base, file.text);
}
/** A list of requirements, a Pipfile or a pyproject.toml names an index besides the public one. */
export function hasOwnIndex(base: string, text: string): boolean {
  if (base === "Pipfile")
    return [...text.matchAll(/^\s*url\s*=\s*["']([^"']+)/gm)].some(
      ([, url]) => !/^https:\/\/pypi\.org\//.test(url as string),
    );
  if (base === "pyproject.toml") {
    const root = toml(text);
    const uv = table(root, "tool", "uv");
    return (
      ["index", "index-url", "extra-index-url", "find-links"].some(
        (key) => uv?.[key] !== undefined,
      ) ||
      table(root, "tool", "poetry")?.source !== undefined ||
      table(root, "tool", "pdm")?.source !== undefined
    );
  }
  if (!/\.(?:txt|in)$/.test(base)) return false;
  return /^\s*(?:--index-url|--extra-index-url|--find-links|-i|-f)[\s=]+(?!https:\/\/pypi\.org\/)/m.test(
    text,
  );
}

export function pyprojectRequirements(text: string): Requirement[] {
  const root = toml(text);
  if (root === undefined) return [];
  const project = table(root, "project");
  const out: Requirement[] = [];
  const list = (values: unknown, from: number): void => {
    let at = from;
    for (const value of Array.isArray(values) ? values : []) {
      const span = typeof value === "string" ? stringAt(text, value, at) : undefined;
      if (span === undefined) continue;
      at = span.end;
      const found = requirement(value as string, span.start);
      if (found !== undefined) out.push(found);
    }
  };
  list(project?.dependencies, keyAt(text, headerAt(text, "project"), "dependencies"));
  for (const [name, values] of Object.entries(table(project, "optional-dependencies") ?? {}))
    list(values, keyAt(text, headerAt(text, "project.optional-dependencies"), name));
  for (const [name, values] of Object.entries(table(root, "dependency-groups") ?? {}))
    list(values, keyAt(text, headerAt(text, "dependency-groups"), name));
  out.push(
    ...versions(text, "tool.poetry.dependencies", table(root, "tool", "poetry", "dependencies")),
  );
  return out;
}

export function pipfileRequirements(text: string): Requirement[] {
  const root = toml(text);
  return ["packages", "dev-packages"].flatMap((name) => versions(text, name, table(root, name)));
}

/** `name = "^1.2"` and `name = {version = "*", extras = [...]}`. */
function versions(
  text: string,
  header: string,
  entries: Readonly<Record<string, unknown>> | undefined,
): Requirement[] {
  const from = headerAt(text, header);
  return Object.entries(entries ?? {}).flatMap(([name, value]) => {
    const version = typeof value === "string" ? value : table({ value }, "value")?.version;
    if (typeof version !== "string" || name === "python") return [];
    const at = keyAt(text, from, name);
    const span = stringAt(text, version, at);
    if (span === undefined) return [];
    // Poetry reads a bare number as exact.
    const range = /^\d+(?:\.\d+)*$/.test(version) ? `==${version}` : version;
    return [{ name, range, span, entry: { start: at, end: span.end + 1 } }];
  });
}

/** Where `key = ` stands in a table. */
function keyAt(text: string, from: number, key: string): number {
  const found = new RegExp(
    `^([ \\t]*)["']?${key.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}["']?[ \\t]*=`,
    "m",
  ).exec(text.slice(from));
  return found === null ? from : from + found.index + (found[1] as string).length;
}
