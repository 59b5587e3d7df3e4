/** What an import that leads nowhere was most likely meant to be, and the edit that writes it. */
import type { Modules, PackageImport } from "./imports.ts";
import { type NameList, similar } from "./names.ts";
import type { Code, Fix } from "./rule.ts";

export interface Intended {
  /** As code imports it. */
  readonly module: string;
  /** As the registry calls it; "" for a module of the language. */
  readonly name: string;
  /** In words: "one letter apart". */
  readonly how: string;
}

/** A well-known name for which this one is easily mistaken: of the `most` most used packages, or of modules that are known. */
export function intended(
  one: PackageImport,
  list: NameList,
  most: number,
  { python }: Modules,
): Intended | undefined {
  if (one.ecosystem === "npm") {
    const found = similar(one.written, list, most, list.has(one.written));
    return found === undefined ? undefined : { module: found.name, ...found };
  }
  let modules = lists.get(python.modules);
  if (modules === undefined) {
    modules = namesOnly([...Object.keys(python.modules), ...python.standard]);
    lists.set(python.modules, modules);
  }
  const module = similar(one.written, modules, Number.POSITIVE_INFINITY);
  if (module !== undefined)
    return { module: module.name, name: python.modules[module.name]?.[0] ?? "", how: module.how };
  const found = similar(one.packages.at(-1) as string, list, most);
  if (found === undefined) return undefined;
  const held = Object.entries(python.modules).find(([, packages]) => packages?.[0] === found.name);
  return { module: held?.[0] ?? found.name.replace(/[-.]/g, "_"), ...found };
}

const lists = new WeakMap<Modules["python"]["modules"], NameList>();
function namesOnly(names: readonly string[]): NameList {
  const ranks = new Map(names.map((name, i) => [name, i]));
  return {
    isComplete: false,
    date: "",
    count: names.length,
    has: (name) => ranks.has(name),
    rank: (name) => ranks.get(name),
    top: names,
  };
}

/** Writes the module that was meant in the place of the one that stands there; the rest of the code goes on as it is. */
export function fixImport(
  facts: Readonly<Record<string, unknown>>,
  span: { readonly start: number; readonly end: number },
  code: Code,
): Fix {
  const module = String(facts.module);
  const written = String(facts.written);
  const title = `Import ${module}`;
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  if (module === "")
    return {
      title: `Find out what ${written} was meant to be`,
      grade: "manual",
      edits: [],
      reason:
        "Nothing well known has a name like it. Look for the documentation of what the code needs, and take the package named there.",
    };
  const { start, end } = code.absolute(span);
  const after = code.fileText.slice(end, end + 200);
  let newText = module;
  if (
    code.language === "python" &&
    !/^\s*(?:\.[\w.\s]+)?import\b/.test(after) &&
    !/^\s+as\b/.test(after)
  ) {
    // `import NAME` binds the name that the code uses.
    const uses = code.fileText.match(new RegExp(`(?<![\\w.])${written}(?!\\w)`, "g"))?.length ?? 0;
    if (uses > 1) {
      if (after.startsWith("."))
        return manual(`The code uses ${written} by this name: write ${module} there, too.`);
      newText = `${module} as ${written}`;
    }
  }
  return {
    title,
    grade: "suggested",
    edits: [{ file: code.file, edits: [{ start, end, newText }] }],
  };
}
