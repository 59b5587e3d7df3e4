/** The packages that code imports, and whether the project asks for them: names of a registry, not files of the program. */

import { hasOwnIndex } from "./declared.ts";
import { LOCK_NAMES, type LockFile, lockFile } from "./lockfile.ts";
import { jsonValue, normalised } from "./manifest.ts";
import { type Ecosystem, isOfPrivateScope } from "./names.ts";
import type { Code, Context, Match, Op, Span, Surroundings, ValueId } from "./rule.ts";

/** What is known of modules besides the names in a registry. */
export interface Modules {
  readonly python: {
    readonly standard: readonly string[];
    /** Names of modules under which the registry has something else that many install by mistake. */
    readonly mistaken: readonly string[];
    /** By the name of a module: the packages that hold it, the usual one first. */
    readonly modules: Readonly<Record<string, readonly string[] | undefined>>;
    /** Modules that a program brings along for its scripts. */
    readonly given: readonly string[];
  };
  readonly node: { readonly standard: readonly string[]; readonly given: readonly string[] };
}

/** A name that stands for a package. */
export interface Named {
  readonly ecosystem: Ecosystem;
  /** As code writes it: the module at the top, or the package without a path in it. */
  readonly written: string;
  /** Names under which the registry may have it; the last is made from `written`. */
  readonly packages: readonly string[];
}
export interface PackageImport extends Named {
  /** What is imported: of Python the modules and names that it may be. */
  readonly specifiers: readonly string[];
  /** Where `written` stands in the item. */
  readonly span: Span;
  readonly op: ValueId;
}

/** A cheap look for an import. */
export const IMPORTS = /\b(?:import|require)\b|\bexport\b[^;]*?\bfrom\b/;

/**
 * Imports of what may be a package, one for each name. Left out are those in a `try`, which the code can do without, and what the
 * language or the program that runs it brings along.
 */
export function packageImports(code: Code, known: Modules): readonly PackageImport[] {
  const seen = new Set<string>();
  const out: PackageImport[] = [];
  for (const { ops, handler } of handlerless(code))
    for (const id of ops) {
      const op = code.op(id);
      if (op.op !== "import" || handler !== undefined) continue;
      const found =
        code.language === "python" ? ofPython(op, id, code, known) : ofNode(op, id, code, known);
      if (found === undefined || seen.has(found.written)) continue;
      seen.add(found.written);
      out.push(found);
    }
  return out;
}
function handlerless(code: Code): Code["ir"]["blocks"] {
  return code.ir.ops.some((op) => op.op === "import") ? code.ir.blocks : [];
}

type ImportOp = Op & { readonly op: "import" };

function ofPython(
  op: ImportOp,
  id: ValueId,
  code: Code,
  { python }: Modules,
): PackageImport | undefined {
  const written = (op.also ?? op.module).split(".")[0] as string;
  // Names of the compiled part of a package begin with an underscore.
  if (!/^[A-Za-z]\w*$/.test(written)) return undefined;
  if (setOf(python.standard).has(written) || setOf(python.given).has(written)) return undefined;
  const span = writtenAt(code, op, written);
  if (span === undefined) return undefined;
  const held = Object.hasOwn(python.modules, written) ? python.modules[written] : undefined;
  const specifiers = [
    op.module,
    op.also,
    op.name === undefined ? undefined : `${op.module}.${op.name}`,
  ];
  return {
    ecosystem: "pypi",
    written,
    packages: [...(held ?? []), normalised(written)],
    specifiers: specifiers.filter((one) => one !== undefined),
    span,
    op: id,
  };
}

/** Without capital letters: no package has been published with one for ten years. */
const NPM_NAME = /^(?:@[a-z\d~-][a-z\d_.~-]*\/)?[a-z\d][a-z\d_.~-]*$/;
function ofNode(
  op: ImportOp,
  id: ValueId,
  code: Code,
  { node }: Modules,
): PackageImport | undefined {
  const specifier = op.module;
  // A path, an alias by a sign, a scheme, or a file that a bundler makes something of.
  if (
    /^[./#~$]|^@\/|[:!?\s\\]|\.(?:vue|svelte|astro|graphql|gql|html|svg|png|jpe?g|md|mdx|wasm|node)$/.test(
      specifier,
    )
  )
    return undefined;
  const written = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (!NPM_NAME.test(written)) return undefined;
  if (setOf(node.standard).has(written) || setOf(node.given).has(written)) return undefined;
  const span = writtenAt(code, op, written);
  return span === undefined
    ? undefined
    : { ecosystem: "npm", written, packages: [written], specifiers: [specifier], span, op: id };
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();
function setOf(list: readonly string[]): ReadonlySet<string> {
  let known = sets.get(list);
  if (known === undefined) {
    known = new Set(list);
    sets.set(list, known);
  }
  return known;
}

/** The name in the text of the statement, in the item's coordinates; undefined where it is not written out. */
function writtenAt(code: Code, op: ImportOp, written: string): Span | undefined {
  const at = code.absolute(op.span);
  const statement = code.statement(op.span);
  const from = Math.min(statement?.start ?? at.start, at.start);
  const text = code.fileText.slice(from, Math.max(statement?.end ?? at.end, at.end));
  const name = written.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const isPython = code.language === "python";
  const pattern = isPython ? `(?<![\\w.])${name}(?!\\w)` : `(?<=["'\`])${name}(?=["'\`/])`;
  const all = [...text.matchAll(new RegExp(pattern, "g"))].map((found) => from + found.index);
  // `from NAME import x`, and of `import a, NAME` the one that is meant; in JavaScript the specifier comes after what is bound.
  const isFrom = isPython && op.name !== undefined;
  const start = isFrom ? all[0] : (all.find((one) => one >= at.start) ?? all.at(-1));
  if (start === undefined) return undefined;
  const shift = at.start - op.span.start;
  return { start: start - shift, end: start - shift + written.length };
}

/** It leads to something of the workspace: a file, a member, or what the settings of a bundler or of Python's path make of it. */
export function isOfWorkspace(one: PackageImport, { file, imported, around }: Context): boolean {
  if (one.specifiers.some((specifier) => imported(file, specifier) !== undefined)) return true;
  // Generated, or of this machine alone, as .gitignore says.
  if (around.leavesOut(one.written)) return true;
  if (one.ecosystem === "pypi")
    return around.like(PYTHON_FILES).some(({ file: other }) => partsOf(other).has(one.written));
  if (around.isOwn(one.written) || isOfOwnScope(one.written, around)) return true;
  // A scope of which no package is well known is a private one, or stands for a folder.
  const list = around.names?.npm;
  if (list !== undefined && isOfPrivateScope(one.written, list)) return true;
  const quoted = new RegExp(
    `["'\`]\\^?${one.written.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?:["'\`/$])`,
  );
  return around.like(ALIASING).some(({ text }) => text === undefined || quoted.test(text));
}
/** In the scope of a package of the workspace only who publishes that one publishes. */
function isOfOwnScope(name: string, around: Surroundings): boolean {
  const scope = /^@[^/]+\//.exec(name)?.[0];
  if (scope === undefined) return false;
  return around
    .like(NPM_MANIFESTS)
    .some(({ text }) => text !== undefined && String(jsonValue(text, ["name"])).startsWith(scope));
}
const NPM_MANIFESTS = /(?:^|\/)package\.json$/;
export const PYTHON_FILES = /\.pyi?$/;
/** Files that say what a name stands for. */
const ALIASING =
  /(?:^|\/)(?:[\w.-]+\.config\.[cm]?[jt]s|tsconfig[\w.-]*\.json|jsconfig\.json|deno\.jsonc?|import_map\.json|\.babelrc|[\w.-]+\.d\.ts)$/;
const parts = new Map<string, ReadonlySet<string>>();
const MOST_PATHS = 50_000;
function partsOf(file: string): ReadonlySet<string> {
  let known = parts.get(file);
  if (known === undefined) {
    if (parts.size > MOST_PATHS) parts.clear();
    known = new Set(file.replace(/\.pyi?$/, "").split("/"));
    parts.set(file, known);
  }
  return known;
}

/** Files whose text decides what a project asks for. */
export const ASKING =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|[\w.-]*requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|Pipfile|setup\.(?:py|cfg)|environment\.ya?ml|uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|manifest\.json)$/;
const MANIFESTS = new RegExp(
  `(?:^|/)(?:${ASKING.source.slice(1, -1).replace("|manifest\\.json", "")}|requirements/[\\w.-]+\\.(?:txt|in))$`,
);
const OF_NPM = /^(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml)$/;

/** How a workspace asks for what is imported. */
export type Asked = "asked" | "not-asked" | "no-manifest";
export function askedFor(one: Named, around: Surroundings): Asked {
  const isNpm = one.ecosystem === "npm";
  const manifests = around
    .like(MANIFESTS)
    .filter(({ file }) => OF_NPM.test(lastPart(file)) === isNpm);
  // One that is not read yet may ask for it.
  for (const { file, text } of manifests)
    if (text === undefined || isIn(one, lastPart(file), text)) return "asked";
  const integration = isNpm ? undefined : integrationAround(around);
  if (integration !== undefined && isIn(one, "manifest.json", integration)) return "asked";
  return manifests.some(({ file }) => !/[.-]lock/.test(lastPart(file)))
    ? "not-asked"
    : "no-manifest";
}
/** The manifest of the integration of Home Assistant that a file is part of. */
function integrationAround(around: Surroundings): string | undefined {
  const text = around.textAbove("manifest.json");
  return text !== undefined && /"requirements"\s*:\s*\[/.test(text) ? text : undefined;
}
/** The project has a registry of its own for such names. */
export function hasOwnRegistryFor(
  one: Pick<Named, "ecosystem" | "written">,
  around: Surroundings,
): boolean {
  const texts = (pattern: RegExp): readonly string[] =>
    around.like(pattern).map(({ text }) => text ?? "");
  if (one.ecosystem === "npm") {
    const scope = /^@[^/]+/.exec(one.written)?.[0];
    return texts(/(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|bunfig\.toml)$/).some(
      (text) =>
        (scope !== undefined && namesScope(text, scope)) ||
        /^\s*(?:registry\s*=|registry\s+(?=["'])|npmRegistryServer\s*:)\s*["']?(?!https:\/\/registry\.(?:npmjs\.org|yarnpkg\.com))/m.test(
          text,
        ),
    );
  }
  return (
    ["pip.conf", "pip.ini", "uv.toml"].some((name) => around.above(name) !== undefined) ||
    around
      .like(MANIFESTS)
      .some(({ file, text }) => text !== undefined && hasOwnIndex(lastPart(file), text))
  );
}
/** `@scope:registry=` of npm, `scope:` below `npmScopes:` of Yarn, `"@scope" =` of Bun. */
function namesScope(text: string, scope: string): boolean {
  const name = scope.slice(1).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`@${name}(?![\\w.-])|^\\s+["']?${name}["']?\\s*:`, "m").test(text);
}
function lastPart(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** Names by text: every file of code asks for the same few. */
const namesByText = new Map<string, ReadonlySet<string>>();
const MOST_TEXTS = 200;
function isIn(one: Named, name: string, text: string): boolean {
  let names = namesByText.get(text);
  if (names === undefined) {
    if (namesByText.size > MOST_TEXTS) namesByText.clear();
    names = new Set(namesOf(name, text));
    namesByText.set(text, names);
  }
  return isAmong(one, names);
}
const GROUPS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "imports",
  "alias",
  "browser",
  "_moduleAliases",
];
function namesOf(name: string, text: string): readonly string[] {
  if (LOCK_NAMES.test(name)) {
    const lock: LockFile | undefined = lockFile(name, text);
    return (lock?.packages ?? []).flatMap((one) => [
      lock?.ecosystem === "npm" ? one.name : normalised(one.name),
    ]);
  }
  if (name === "package.json")
    return [
      ...GROUPS.flatMap((group) => Object.keys(Object(jsonValue(text, [group])))),
      ...[jsonValue(text, ["bundledDependencies"])].flat().map(String),
      // What tests take a name for.
      ...Object.keys(Object(jsonValue(text, ["jest", "moduleNameMapper"]))).map((key) =>
        key.replace(/^\^|[/$(].*$/g, ""),
      ),
      String(jsonValue(text, ["name"]) ?? ""),
    ];
  // Requirements come in many forms, some of them programs: any word may be one.
  return (text.match(/[A-Za-z][\w.-]*/g) ?? []).map(normalised);
}

function isAmong({ ecosystem, written, packages }: Named, names: ReadonlySet<string>): boolean {
  if (packages.some((one) => names.has(one))) return true;
  if (ecosystem === "npm")
    return names.has(`@types/${written.replace(/^@/, "").replace("/", "__")}`);
  // google.cloud is in google-cloud-storage, corsheaders in django-cors-headers.
  const start = `${packages.at(-1)}-`;
  const bare = squeezed(written);
  // rest_flex_fields is in drf-flex-fields.
  const rest = /^[a-z\d]+(-[a-z\d]+-[a-z\d-]+)$/.exec(packages.at(-1) as string)?.[1];
  for (const name of names)
    if (
      name.startsWith(start) ||
      squeezed(name) === bare ||
      (rest !== undefined && name.endsWith(rest))
    )
      return true;
  return false;
}
/** A name without what is put around the name of a module to make one of a package. */
export function squeezed(name: string): string {
  return name
    .toLowerCase()
    .replace(
      /^(?:python\d?|django|flask|pytest)[-_.]|[-_.](?:python\d?|py\d?|ng|client|sdk|binary)$/g,
      "",
    )
    .replace(/^py(?=\w{3})/, "")
    .replace(/[-_.]/g, "");
}

/** A match at the name of an import. */
export function matchAt(one: PackageImport, code: Code, facts: Match["facts"]): Match {
  const all = { written: one.written, ecosystem: one.ecosystem, ...facts };
  return { item: code.item, span: one.span, op: one.op, facts: all };
}
