/** A manifest asks for a package that hardly anybody uses, with a name like one that everybody uses. */
import { DECLARING, declared, hasOwnRegistry } from "../server/rule/declared.ts";
import { type NameList, similar } from "../server/rule/names.ts";
import { type ManifestFile, type Match, rule } from "../server/rule/rule.ts";

/** How far down the list of the most used names one is a hundred times more used than a name that is not on it. */
const FAMOUS = { npm: 20_000, pypi: 3000 } as const;
/** Names of modules under which something else is published. */
const MODULES: Readonly<Record<string, string>> = {
  bs4: "beautifulsoup4",
  cv2: "opencv-python",
  dotenv: "python-dotenv",
  jose: "python-jose",
  jwt: "pyjwt",
  magic: "python-magic",
  sklearn: "scikit-learn",
};

export default rule({
  id: "dep-typosquat",
  title: "Package with a name like a well-known one",
  category: "supply-chain",
  severity: "high",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  manifest: {
    names: DECLARING,
    check,
    fixes: ({ facts }) => [
      {
        title: `Look whether ${String(facts?.other)} is meant`,
        grade: "manual",
        edits: [],
        reason: `Only you can tell whether ${String(facts?.name)} or ${String(facts?.other)} is meant. Look at the page of both in the registry: who publishes it, since when, how many use it.`,
      },
    ],
  },
  say: ({ facts }) => ({
    what:
      facts?.how === "module"
        ? `${String(facts.name)} is the name of a module; the package that holds it is ${String(facts.other)}.`
        : `${String(facts?.name)} is hardly used, and its name is ${String(facts?.other)}'s, ${String(facts?.how)}.`,
    why: "Attackers publish packages under names that people and assistants write by mistake: one install runs their code.",
    fix: `If ${String(facts?.other)} is meant, write that. If not, look at who publishes this one, and write down why it is used.`,
  }),
});

function check(file: ManifestFile): readonly Match[] {
  if (file.names === undefined || hasOwnRegistry(file)) return [];
  return declared(file).flatMap(({ name, span, ecosystem }): readonly Match[] => {
    const list = file.names?.[ecosystem];
    if (list === undefined) return [];
    const told = (other: string, how: string): readonly Match[] => [
      {
        item: `${file.file}#`,
        span,
        confidence: "medium",
        facts: { name, other, how },
        ...(how === "module" ? { severity: "medium" as const } : {}),
      },
    ];
    const other = ecosystem === "pypi" && Object.hasOwn(MODULES, name) ? MODULES[name] : undefined;
    if (other !== undefined) return told(other, "module");
    if (isUsed(name, list)) return [];
    const found = similar(name, list, FAMOUS[ecosystem]);
    if (found === undefined || isOfOneOwner(name, found.name)) return [];
    return told(found.name, found.how);
  });
}

/** Of a complete list what is not on it is another fault; of the other one what is used often is on it. */
function isUsed(name: string, list: NameList): boolean {
  return list.isComplete ? !list.has(name) || list.rank(name) !== undefined : list.has(name);
}

/** In a scope only its owner publishes. */
function isOfOneOwner(name: string, other: string): boolean {
  const scope = /^@[^/]+\//.exec(name)?.[0];
  return scope !== undefined && (other.startsWith(scope) || !other.startsWith("@"));
}
