/** Whether a registry has what code imports: under which names it may be there, and what may be there although it is not known. */
import { conditionsAt } from "./conditions.ts";
import { pipfileRequirements, pyprojectRequirements } from "./declared.ts";
import { type Modules, type PackageImport, PYTHON_FILES, squeezed } from "./imports.ts";
import { normalised, requirementLines } from "./manifest.ts";
import type { NameList } from "./names.ts";
import type { Code, Surroundings } from "./rule.ts";

/** The registry has it, under one of its names; or a well-known package there is likely to hold such a module. */
export function exists(one: PackageImport, list: NameList): boolean {
  return (
    // A module of which it is known who holds it.
    one.packages.length > 1 ||
    one.packages.some((name) => list.has(name)) ||
    (one.ecosystem === "pypi" &&
      (heldBy(list).has(one.written.toLowerCase().replace(/_/g, "")) ||
        spelled(one.written.toLowerCase()).some((name) => list.has(name)) ||
        AFFIXES.some((affix) => list.has(affix.replace("*", one.packages.at(-1) as string)))))
  );
}
/** How packages are called after the module in them. */
const AFFIXES = [
  "apache-*",
  "django-*",
  "drf-*",
  "py-*",
  "py*",
  "python-*",
  "*-python",
  "*-py",
  "*-sdk",
  "*-cu12",
];
/** The name of a module as that of a package, without separators, with one behind "py", or without what says that it is a library. */
function spelled(module: string): readonly string[] {
  return [
    module.replace(/_/g, ""),
    module.replace(/^py(?=[a-z]{3})/, "py-").replace(/_/g, "-"),
    module.replace(/_sdk$/, "").replace(/_/g, "-"),
  ];
}
/** As far down the list, names are made up around one less often. */
const FAMOUS = 1000;
/**
 * Nothing tells where a module comes from, and it may be there all the same: it is imported on a condition, the file changes the
 * path that is searched, the program has a package by whose name it begins, or a package that few know has a name like it, which
 * the project asks for or the file imports.
 */
export function mayBeThere(
  one: PackageImport,
  code: Code,
  around: Surroundings,
  list: NameList,
): boolean {
  if (one.ecosystem !== "pypi") return false;
  if (conditionsAt(code, one.op).length > 0 || CHANGED_PATH.test(code.fileText)) return true;
  const isFamous = (name: string): boolean => (list.rank(name) ?? FAMOUS) < FAMOUS;
  const module = one.written.toLowerCase();
  for (const name of requirementsOf(around))
    if (!isFamous(name) && list.has(name) && sharesWord(name, module)) return true;
  const [first = ""] = one.written.split("_");
  if (first === one.written || first.length < 3) return false;
  const own = new RegExp(`(?:^|/)${first}/__init__\\.pyi?$`);
  if (around.like(PYTHON_FILES).some(({ file }) => own.test(file))) return true;
  const imported = new RegExp(`^[ \\t]*(?:from|import)[ \\t]+${first}\\b`, "m");
  return list.has(first) && !isFamous(first) && imported.test(code.fileText);
}
/** A word of the name of a package, of four letters or more, is in the name of a module: pyhive-integration has apyhiveapi. */
function sharesWord(name: string, module: string): boolean {
  return name
    .replace(/^py(?=[a-z]{4})/, "")
    .split("-")
    .some((word) => word.length >= 4 && !COMMON.has(word) && module.includes(word));
}
/** Words that say nothing of what a package is about. */
const COMMON: ReadonlySet<string> = new Set([
  "python",
  "client",
  "core",
  "tools",
  "utils",
  "async",
]);

const MANIFESTS =
  /(?:^|\/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.(?:txt|in)|pyproject\.toml|Pipfile)$/;
/** What manifests ask for by name, by their texts. */
const requirements = new Map<string, readonly string[]>();
const MOST_TEXTS = 100;
function requirementsOf(around: Surroundings): readonly string[] {
  return around.like(MANIFESTS).flatMap(({ file, text }) => {
    if (text === undefined) return [];
    let names = requirements.get(text);
    if (names === undefined) {
      const read = file.endsWith(".toml")
        ? pyprojectRequirements
        : file.endsWith("Pipfile")
          ? pipfileRequirements
          : requirementLines;
      names = read(text).map(({ name }) => normalised(name));
      if (requirements.size > MOST_TEXTS) requirements.clear();
      requirements.set(text, names);
    }
    return names;
  });
}
const CHANGED_PATH =
  /\bsys\.path\.(?:insert|append|extend)\b|\bsys\.path\s*(?:\[|\+?=)|\baddsitedir\b/;
/** Modules that the well-known packages are likely to hold, without separators: opensearchpy of opensearch-py. */
const likely = new WeakMap<NameList, ReadonlySet<string>>();
function heldBy(list: NameList): ReadonlySet<string> {
  let known = likely.get(list);
  if (known === undefined) {
    const out = new Set<string>();
    for (const name of list.top) {
      out.add(name.replace(/[-.]/g, ""));
      out.add(squeezed(name));
      const [first, second] = name.split("-");
      // azure of azure-core, tencentcloud of tencentcloud-sdk-python.
      if (second !== undefined) out.add(first as string);
    }
    known = out;
    likely.set(list, known);
  }
  return known;
}

/** The package that holds a module whose name was taken for that of a package; undefined for a name that is one. */
export function heldElsewhere(
  name: string,
  list: NameList,
  { python }: Modules,
): string | undefined {
  let known = packagesByName.get(python.modules);
  if (known === undefined) {
    const all = Object.entries(python.modules).flatMap(
      ([module, packages = []]): readonly (readonly [string, string])[] => {
        const [holder] = packages;
        const plain = normalised(module);
        return holder === undefined || packages.includes(plain) ? [] : [[plain, holder]];
      },
    );
    known = new Map(all);
    packagesByName.set(python.modules, known);
  }
  const holder = known.get(name);
  if (holder === undefined) return undefined;
  if (python.mistaken.includes(name)) return holder;
  return list.rank(name) === undefined && list.rank(holder) !== undefined ? holder : undefined;
}
const packagesByName = new WeakMap<Modules["python"]["modules"], ReadonlyMap<string, string>>();
