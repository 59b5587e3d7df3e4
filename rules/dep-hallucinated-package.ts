/** A manifest asks for a package that is not among all that the registry had. */
import { DECLARING, declared, hasOwnRegistry } from "../server/rule/declared.ts";
import { lockFile } from "../server/rule/lockfile.ts";
import { normalised, PYTHON_LOCKS } from "../server/rule/manifest.ts";
import { similar } from "../server/rule/names.ts";
import { type ManifestFile, type Match, rule } from "../server/rule/rule.ts";

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
  say: ({ facts }) => ({
    what: `${String(facts?.name)} is not among the ${String(facts?.registry)} names known on ${String(facts?.date)}${facts?.nearest === "" ? "" : `; ${String(facts?.nearest)} is`}.`,
    why: "Assistants make up names of packages, the same ones again and again, so attackers publish packages under them: from then on every install runs their code.",
    fix: "Take the package that the documentation of the library names; one of your own belongs to a registry that the project's settings name.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  if (file.names === undefined || hasOwnRegistry(file)) return [];
  let locked: ReadonlySet<string> | undefined;
  return declared(file).flatMap(({ name, span, ecosystem }): readonly Match[] => {
    const list = file.names?.[ecosystem];
    if (list === undefined || !list.isComplete || list.has(name)) return [];
    locked ??= resolved(file);
    if (locked.has(name)) return [];
    const nearest = similar(name, list, WELL_KNOWN)?.name ?? "";
    const facts = { name, nearest, registry: REGISTRY[ecosystem], date: list.date };
    return [{ item: `${file.file}#`, span, facts }];
  });
}

/** What a package manager has found somewhere. */
function resolved(file: ManifestFile): ReadonlySet<string> {
  return new Set(
    PYTHON_LOCKS.flatMap((name) => {
      const text = file.textAbove(name);
      const packages = text === undefined ? undefined : lockFile(name, text)?.packages;
      return (packages ?? []).map((one) => normalised(one.name));
    }),
  );
}
