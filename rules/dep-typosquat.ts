/** A manifest or an import asks for a package that hardly anybody uses, with a name like one that everybody uses. */
import { DECLARING, declared, hasOwnRegistry } from "../server/rule/declared.ts";
import { heldElsewhere } from "../server/rule/existing.ts";
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
import { fame, isOfOneOwner, isUsed, lookAlike } from "../server/rule/look-alike.ts";
import { aged, isOfOther } from "../server/rule/names.ts";
import {
  type Code,
  type Context,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
} from "../server/rule/rule.ts";
import modules from "./modules.json" with { type: "json" };

const OTHER = { npm: "PyPI", pypi: "npm" } as const;

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
      facts?.how === "registry"
        ? ofOtherLanguage(String(facts.name), String(facts.other))
        : {
            title: `Look whether ${String(facts?.other)} is meant`,
            grade: "manual",
            edits: [],
            reason: `Only you can tell whether ${String(facts?.name)} or ${String(facts?.other)} is meant. Look at the page of both in the registry: who publishes it, since when, how many use it.`,
          },
    ],
  },
  code: { may: IMPORTS, reads: ASKING, check: checkImports },
  fixes: ({ facts, span }, code) => [
    facts?.how === "registry"
      ? ofOtherLanguage(String(facts.name), String(facts.other))
      : fixImport(facts ?? {}, span, code),
  ],
  say: ({ facts }) => ({
    what:
      facts?.how === "module"
        ? `${String(facts.name)} is the name of a module; the package that holds it is ${String(facts.other)}.`
        : facts?.how === "registry"
          ? `${String(facts.name)} is hardly used here; the package that everybody knows by this name is one of ${String(facts.other)}.`
          : `${String(facts?.name)} is hardly used, and its name is ${String(facts?.other)}'s, ${String(facts?.how)}.`,
    why: "Attackers publish packages under names that people and assistants write by mistake: one install runs their code.",
    fix:
      facts?.how === "registry"
        ? "Take the package that does the same for this language; its documentation names it. If this one is meant, look at who publishes it."
        : `If ${String(facts?.other)} is meant, write that. If not, look at who publishes this one, and write down why it is used.`,
  }),
});

function check(file: ManifestFile): readonly Match[] {
  if (file.names === undefined || hasOwnRegistry(file)) return [];
  return declared(file).flatMap(({ name, span, ecosystem }): readonly Match[] => {
    const list = file.names?.[ecosystem];
    if (list === undefined) return [];
    const told = (other: string, how: string): readonly Match[] => [
      aged(
        {
          item: `${file.file}#`,
          span,
          confidence: "medium",
          facts: { name, other, how },
          ...(how === "module" ? { severity: "medium" as const } : {}),
        },
        list,
      ),
    ];
    const other = ecosystem === "pypi" ? heldElsewhere(name, list, modules) : undefined;
    if (other !== undefined) return told(other, "module");
    if (!isUsed(name, list) && isOfOther(name, ecosystem, file.names))
      return told(OTHER[ecosystem], "registry");
    const found = lookAlike(name, ecosystem, list);
    return found === undefined ? [] : told(found.name, found.how);
  });
}

/** What a manifest asks for is told there. */
function checkImports(code: Code, context: Context): readonly Match[] {
  const { around } = context;
  const { names } = around;
  if (names === undefined || !around.isInWorkspace) return [];
  return packageImports(code, modules).flatMap((one): readonly Match[] => {
    const list = names[one.ecosystem];
    if (list === undefined || one.packages.length > 1) return [];
    if (one.packages.some((name) => isUsed(name, list) || list.has(`python-${name}`))) return [];
    if (isOfOther(one.packages.at(-1) as string, one.ecosystem, names)) {
      if (isOfWorkspace(one, context) || askedFor(one, around) !== "not-asked") return [];
      if (hasOwnRegistryFor(one, around)) return [];
      const facts = { name: one.written, other: OTHER[one.ecosystem], how: "registry" };
      return [aged({ ...matchAt(one, code, facts), confidence: "medium" }, list)];
    }
    const most = fame(one.written, one.ecosystem, list);
    const meant = intended(one, list, most, modules);
    if (meant === undefined || isOfOneOwner(one.written, meant.name)) return [];
    if (isOfWorkspace(one, context) || askedFor(one, around) === "asked") return [];
    if (hasOwnRegistryFor(one, around)) return [];
    const facts = { name: one.written, other: meant.module, module: meant.module, how: meant.how };
    return [aged({ ...matchAt(one, code, facts), confidence: "medium" }, list)];
  });
}

function ofOtherLanguage(name: string, registry: string): Fix {
  return {
    title: `Find what ${name} is for this language`,
    grade: "manual",
    edits: [],
    reason: `${name} of ${registry} is written for another language. Look for what does the same here, and take the package that its documentation names.`,
  };
}
