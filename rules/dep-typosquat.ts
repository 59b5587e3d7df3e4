/** A manifest or an import asks for a package that hardly anybody uses, with a name like one that everybody uses. */
import { DECLARING, declared, hasOwnRegistry } from "../server/rule/declared.ts";
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
import {
  type Code,
  type Context,
  type ManifestFile,
  type Match,
  rule,
} from "../server/rule/rule.ts";
import modules from "./modules.json" with { type: "json" };

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
  code: { may: IMPORTS, reads: ASKING, check: checkImports },
  fixes: ({ facts, span }, code) => [fixImport(facts ?? {}, span, code)],
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
    const most = fame(one.written, one.ecosystem, list);
    const meant = intended(one, list, most, modules);
    if (meant === undefined || isOfOneOwner(one.written, meant.name)) return [];
    if (isOfWorkspace(one, context) || askedFor(one, around) === "asked") return [];
    if (hasOwnRegistryFor(one, around)) return [];
    const facts = { name: one.written, other: meant.module, module: meant.module, how: meant.how };
    return [{ ...matchAt(one, code, facts), confidence: "medium" }];
  });
}
