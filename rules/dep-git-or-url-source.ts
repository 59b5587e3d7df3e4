/** A package that no registry gives, but a branch, a tag or an address: what is installed can be another thing tomorrow. */
import { type Addressed, addressed } from "../server/rule/addressed.ts";
import { lockedCommit } from "../server/rule/locked-commit.ts";
import { NPM_LOCKS, PYTHON_LOCKS } from "../server/rule/manifest.ts";
import { type ManifestFile, type Match, rule, type Severity } from "../server/rule/rule.ts";

export default rule({
  id: "dep-git-or-url-source",
  title: "Dependency from a branch, a tag or an address",
  category: "supply-chain",
  severity: "medium",
  cwe: [829, 494],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names: /^(?:package\.json|[\w.-]*requirements[\w.-]*\.txt|pyproject\.toml|Pipfile)$/,
    check(file) {
      const name = file.file.slice(file.file.lastIndexOf("/") + 1);
      return name === "package.json" ? npm(file) : python(file, name);
    },
    fixes: ({ facts }, file) => {
      const title = `Pin ${String(facts?.name)} to a commit`;
      if (typeof facts?.commit === "string")
        return [
          {
            title,
            grade: "suggested",
            edits: [
              {
                file: file.file,
                edits: [
                  {
                    start: Number(facts.from),
                    end: Number(facts.to),
                    newText: `${String(facts.sign)}${facts.commit}${String(facts.after)}`,
                  },
                ],
              },
            ],
          },
        ];
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            facts?.kind === "url"
              ? "What the file should be only you can tell: take the package from the registry at an exact version, or name the sum of the file (#sha256=... or --hash for pip)."
              : `Which commit is meant only its repository tells: "git ls-remote ${String(facts?.address)} ${String(facts?.ref === "" ? "HEAD" : facts?.ref)}". Look at the code, then write the full commit of 40 digits, or take a released version from the registry.`,
        },
      ];
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.kind === "url"
        ? `${String(facts.name)} is whatever ${String(facts.address)} gives${facts.open === true ? ", without encryption" : ""}; nothing names its checksum.`
        : `${String(facts?.name)} comes from ${String(facts?.address)}${facts?.ref === "" ? ", from its main branch" : ` at ${String(facts?.ref)}, which can be moved`}${facts?.open === true ? ", without encryption" : ""}.`,
    why:
      facts?.open === true
        ? "Whoever is on the way between puts other code in its place, and it runs with the rights of whoever installs it."
        : `Whoever may push there, or takes over such an account, decides what is installed next${facts?.locked === true ? " when the lock file is made anew" : ""}; no registry keeps what was there before.`,
    fix:
      facts?.kind === "url"
        ? "Take the package from the registry at an exact version, or name its checksum."
        : "Write the full commit of 40 digits, or take a released version from the registry.",
  }),
});

/** Of what a lock file holds the commit is known. */
interface Told extends Addressed {
  readonly locked: boolean;
  /** As the lock file has it. */
  readonly commit?: string | undefined;
}

function told(file: ManifestFile, { name, source, span, at, locked, commit }: Told): Match {
  const { kind, address, ref, open, refAt } = source;
  const severity: Severity = open ? "high" : locked ? "low" : "medium";
  return {
    item: `${file.file}#`,
    span,
    severity,
    facts: {
      name,
      kind,
      address: address.replace(/^git\+/, "").replace(/\/\/[^@/]*@/, "//"),
      ref,
      open,
      locked,
      from: at + refAt.start,
      to: at + refAt.end,
      sign: refAt.sign,
      after: refAt.after ?? "",
      ...(commit === undefined || open ? {} : { commit }),
    },
  };
}

function npm(file: ManifestFile): readonly Match[] {
  const locked = NPM_LOCKS.some((name) => file.above(name) !== undefined);
  return moving("package.json", file).map((one): Match => {
    const written = file.text.slice(one.span.start, one.span.end);
    const commit = lockedCommit(file, "npm", one.name, one.source, written);
    return told(file, { ...one, locked, commit });
  });
}

function python(file: ManifestFile, base: string): readonly Match[] {
  const isList = base.endsWith(".txt");
  const locked = !isList && PYTHON_LOCKS.some((name) => file.above(name) !== undefined);
  return moving(base, file).map((one) => {
    const commit = isList ? undefined : lockedCommit(file, "python", one.name, one.source);
    return told(file, { ...one, locked, commit });
  });
}

function moving(base: string, { text }: ManifestFile): readonly Addressed[] {
  return addressed(base, text).filter(({ source }) => !source.fixed);
}
