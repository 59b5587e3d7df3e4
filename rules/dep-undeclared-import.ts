/** Code imports a package that no manifest of the project asks for. */
import { exists } from "../server/rule/existing.ts";
import {
  ASKING,
  askedFor,
  hasOwnRegistryFor,
  IMPORTS,
  isOfWorkspace,
  matchAt,
  packageImports,
} from "../server/rule/imports.ts";
import { isTest } from "../server/rule/place.ts";
import { type Code, type Context, type Match, rule } from "../server/rule/rule.ts";
import modules from "./modules.json" with { type: "json" };

const MANIFEST = { npm: "package.json", pypi: "requirements file" } as const;

export default rule({
  id: "dep-undeclared-import",
  title: "Import of a package that no manifest asks for",
  category: "supply-chain",
  severity: "medium",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  after: ["dep-hallucinated-package", "dep-typosquat"],
  code: { may: IMPORTS, reads: ASKING, check },
  fixes: ({ facts }) => [
    {
      title: `Find out where ${String(facts?.name)} comes from`,
      grade: "manual",
      edits: [],
      reason:
        "Only you can tell which package, of which version, is meant. Look at its page in the registry first, then install it by its exact name and version, so that the manifest and the lock file know it.",
    },
  ],
  say: ({ facts }) => ({
    what:
      facts?.isKnown === true
        ? `No manifest of the project asks for ${String(facts.name)}: it is there only as long as another package brings it along.`
        : `No manifest of the project asks for ${String(facts?.name)}, and it is not among the ${String(facts?.count)} most used packages of ${String(facts?.date)}.`,
    why:
      facts?.isKnown === true
        ? "Nothing holds its version, and the next install may bring another one, or none."
        : "Assistants make up names of packages. Whoever runs an install command with this one gets the code of whoever has registered it.",
    fix: `Name it in the ${String(facts?.manifest)} with a version you have looked at; if it was made up, take what the documentation names.`,
  }),
});

function check(code: Code, context: Context): readonly Match[] {
  const { around } = context;
  const { names } = around;
  if (names === undefined || !around.isInWorkspace) return [];
  return packageImports(code, modules).flatMap((one): readonly Match[] => {
    const list = names[one.ecosystem];
    // Of a complete list, what is not on it is another fault.
    if (list === undefined || (list.isComplete && !exists(one, list))) return [];
    if (askedFor(one, around) !== "not-asked" || isOfWorkspace(one, context)) return [];
    const isKnown = list.isComplete || exists(one, list);
    if (!isKnown && hasOwnRegistryFor(one, around)) return [];
    const facts = {
      name: one.written,
      isKnown,
      count: list.count.toLocaleString("en-US"),
      date: list.date,
      manifest: MANIFEST[one.ecosystem],
    };
    return [
      {
        ...matchAt(one, code, facts),
        // The code runs: that is for who asks for everything.
        ...(isKnown ? ({ severity: "low", confidence: "low" } as const) : {}),
        ...(isKnown || !isTest(code.file) ? {} : ({ severity: "low" } as const)),
      },
    ];
  });
}
