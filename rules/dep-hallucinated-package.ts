/** A manifest or an import asks for a package that is not among all that the registry had. */
import { DECLARING, declared, hasOwnRegistry } from "../server/rule/declared.ts";
import { exists, heldElsewhere, mayBeThere } from "../server/rule/existing.ts";
import {
  ASKING,
  askedFor,
  hasOwnRegistryFor,
  IMPORTS,
  isOfWorkspace,
  matchAt,
  packageImports,
} from "../server/rule/imports.ts";
import { fixImport, intended } from "../server/rule/intended.ts";
import { lockFile } from "../server/rule/lockfile.ts";
import { NPM_LOCKS, normalised, PYTHON_LOCKS } from "../server/rule/manifest.ts";
import { aged, isOfOther, isOfPrivateScope, similar } from "../server/rule/names.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type ManifestFile,
  type Match,
  rule,
} from "../server/rule/rule.ts";
import modules from "./modules.json" with { type: "json" };

/** Those that are read: of bun.lock nothing is known. */
const LOCKS = {
  npm: NPM_LOCKS.filter((name) => !name.startsWith("bun")),
  pypi: PYTHON_LOCKS,
} as const;
const REGISTRY = { npm: "npm", pypi: "PyPI" } as const;
/** What was meant is probably something well known. */
const WELL_KNOWN = 15_000;

export default rule({
  id: "dep-hallucinated-package",
  title: "Package that does not exist",
  category: "supply-chain",
  severity: "medium",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  manifest: {
    names: DECLARING,
    check,
    fixes: ({ facts }) => [
      {
        title: `Find out what ${String(facts?.name)} was meant to be`,
        grade: "manual",
        edits: [],
        reason:
          facts?.nearest === ""
            ? "Nothing well known has a name like it. Look for the documentation of what the code needs, and take the package named there."
            : `The nearest well-known name is ${String(facts?.nearest)}. Look at its page before you take it: a name that was made up may stand for something else.`,
      },
    ],
  },
  code: { may: IMPORTS, reads: ASKING, check: checkImports },
  fixes: ({ facts, span }, code) => [fixImport(facts ?? {}, span, code)],
  say: ({ facts }) => ({
    what:
      facts?.count === undefined
        ? `${String(facts?.name)} is not among the ${String(facts?.registry)} names known on ${String(facts?.date)}${facts?.isElsewhere === true ? `; there is one among those of ${facts.registry === "PyPI" ? "npm" : "PyPI"}` : facts?.nearest === "" ? "" : `; ${String(facts?.nearest)} is`}.`
        : `${String(facts?.name)} is not among the ${String(facts.count)} most used npm packages of ${String(facts.date)}${facts.isLocked === true ? ", and the lock file does not have it" : ""}.`,
    why: "Assistants make up names of packages, the same ones again and again, so attackers publish packages under them: from then on every install runs their code.",
    fix: "Take the package that the documentation of the library names; one of your own belongs to a registry that the project's settings name.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  if (file.names === undefined || hasOwnRegistry(file)) return [];
  let locked: ReadonlySet<string> | undefined;
  return declared(file).flatMap(({ name, span, ecosystem }): readonly Match[] => {
    const list = file.names?.[ecosystem];
    if (list === undefined || list.has(name)) return [];
    if (ecosystem === "npm" && isOfPrivateScope(name, list)) return [];
    locked ??= resolved(file, LOCKS[ecosystem]);
    if (locked.has(name)) return [];
    // Told as the name of a module.
    if (ecosystem === "pypi" && heldElsewhere(name, list, modules) !== undefined) return [];
    const nearest = similar(name, list, WELL_KNOWN)?.name ?? "";
    const facts = { name, nearest, registry: REGISTRY[ecosystem], date: list.date };
    const match = { item: `${file.file}#`, span };
    if (list.isComplete) {
      const isElsewhere = isOfOther(name, ecosystem, file.names);
      return [aged({ ...match, facts: isElsewhere ? { ...facts, isElsewhere } : facts }, list)];
    }
    // Told as a name of the other registry.
    if (isOfOther(name, ecosystem, file.names)) return [];
    // Few use it: only that the lock file does not have it either makes that worth a word.
    const isLocked = LOCKS[ecosystem].some((lock) => file.above(lock) !== undefined);
    const few = { count: list.count.toLocaleString("en-US"), isLocked };
    return [
      {
        ...match,
        severity: "low",
        confidence: isLocked ? "medium" : "low",
        facts: { ...facts, ...few },
      },
    ];
  });
}

function checkImports(code: Code, context: Context): readonly Match[] {
  const { around } = context;
  const { names } = around;
  if (names === undefined || !around.isInWorkspace) return [];
  return packageImports(code, modules).flatMap((one): readonly Match[] => {
    const list = names[one.ecosystem];
    if (list === undefined || !list.isComplete || exists(one, list)) return [];
    const asked = askedFor(one, around);
    if (asked === "asked" || isOfWorkspace(one, context)) return [];
    if (hasOwnRegistryFor(one, around)) return [];
    const meant = intended(one, list, WELL_KNOWN, modules);
    // Where no manifest says what the code needs, it may be a module that is left out of what is read.
    if (meant === undefined && (asked === "no-manifest" || mayBeThere(one, code, around, list)))
      return [];
    const facts = {
      name: one.written,
      nearest: meant?.module ?? "",
      module: meant?.module ?? "",
      registry: REGISTRY[one.ecosystem],
      date: list.date,
    };
    const isElsewhere = isOfOther(one.packages.at(-1) as string, one.ecosystem, names);
    const match = aged(matchAt(one, code, isElsewhere ? { ...facts, isElsewhere } : facts), list);
    // Tests import what is not there on purpose.
    return [isTest(code.file) ? { ...match, severity: "low" } : match];
  });
}

/** What a package manager has found somewhere. */
function resolved(file: ManifestFile, locks: readonly string[]): ReadonlySet<string> {
  return new Set(
    locks.flatMap((name) => {
      const text = file.textAbove(name);
      const lock = text === undefined ? undefined : lockFile(name, text);
      return (lock?.packages ?? []).map((one) =>
        lock?.ecosystem === "npm" ? one.name : normalised(one.name),
      );
    }),
  );
}
