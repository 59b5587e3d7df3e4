/** A package that no registry gives, but a branch, a tag or an address: what is installed can be another thing tomorrow. */
import { requirementsLines } from "../server/rule/lines.ts";
import { headerAt, jsonValue, stringAt, strings, table, toml } from "../server/rule/manifest.ts";
import {
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";
import { npmSource, pipSource, type Source } from "../server/rule/sources.ts";

const NPM_PLACES: readonly (readonly string[])[] = [
  ["dependencies"],
  ["devDependencies"],
  ["optionalDependencies"],
  ["peerDependencies"],
  ["overrides"],
  ["resolutions"],
  ["pnpm", "overrides"],
];

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
      if (name === "package.json") return npm(file);
      return name.endsWith(".txt") ? requirements(file) : tables(file, name);
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
                    newText: `${String(facts.sign)}${facts.commit}`,
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

interface Told {
  readonly name: string;
  readonly source: Source;
  readonly span: Span;
  /** Offset of the source's text. */
  readonly at: number;
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
      sign: ref === "" ? refAt.sign : "",
      ...(commit === undefined || open ? {} : { commit }),
    },
  };
}

function npm(file: ManifestFile): readonly Match[] {
  const lock = file.textAbove("package-lock.json");
  const locked =
    lock !== undefined ||
    ["yarn.lock", "pnpm-lock.yaml", "bun.lock"].some((name) => file.above(name) !== undefined);
  return NPM_PLACES.flatMap((path) =>
    strings(file.text, path).flatMap(({ key, value, span }): readonly Match[] => {
      const source = npmSource(value);
      if (source === undefined || source.fixed) return [];
      const resolved =
        lock === undefined
          ? undefined
          : jsonValue(lock, ["packages", `node_modules/${key}`, "resolved"]);
      const commit =
        typeof resolved === "string" ? /#([\da-f]{40})$/i.exec(resolved)?.[1] : undefined;
      return [
        told(file, {
          name: key,
          source,
          span,
          at: span.start,
          locked,
          commit: source.kind === "git" ? commit : undefined,
        }),
      ];
    }),
  );
}

function requirements(file: ManifestFile): readonly Match[] {
  return requirementsLines(file.text).flatMap(({ text, start }): readonly Match[] => {
    const match =
      /^(\s*(?:(?:-e|--editable)(?:\s+|=))?(?:([A-Za-z\d][\w.-]*)(?:\[[^\]]*\])?\s*@\s*)?["']?)((?:(?:git|hg|svn|bzr)\+\w+|https?):\/\/[^\s"';]+)/i.exec(
        text,
      );
    if (match === null || /\s--hash[=\s]/.test(text)) return [];
    const [, before = "", name, address = ""] = match;
    const source = pipSource(address);
    if (source === undefined || source.fixed) return [];
    const at = start + before.length;
    return [
      told(file, {
        name: name ?? nameIn(address),
        source,
        span: { start: at, end: at + address.length },
        at,
        locked: false,
      }),
    ];
  });
}
function nameIn(address: string): string {
  const egg = /[#&]egg=([\w.-]+)/.exec(address)?.[1];
  return (
    egg ??
    address
      .replace(/[#?@][^/]*$/, "")
      .split("/")
      .at(-1)
      ?.replace(/\.git$/, "") ??
    address
  );
}

/** pyproject.toml and Pipfile. */
function tables(file: ManifestFile, base: string): readonly Match[] {
  const root = toml(file.text);
  if (root === undefined) return [];
  const locked = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"].some(
    (name) => file.above(name) !== undefined,
  );
  const out: Match[] = [];
  for (const value of base === "Pipfile" ? [] : listed(root)) {
    const [, name, address] = /^\s*([\w.-]+)(?:\[[^\]]*\])?\s*@\s*([^\s;]+)/.exec(value) ?? [];
    const source = address === undefined ? undefined : pipSource(address);
    const span = stringAt(file.text, value, 0);
    if (name === undefined || address === undefined || source === undefined) continue;
    if (span === undefined || source.fixed) continue;
    out.push(told(file, { name, source, span, at: span.start + value.indexOf(address), locked }));
  }
  const headers: readonly (readonly string[])[] =
    base === "Pipfile"
      ? [["packages"], ["dev-packages"]]
      : [["tool", "uv", "sources"], ["tool", "poetry", "dependencies"], ...groups(root)];
  for (const path of headers)
    for (const [name, entry] of Object.entries(table(root, ...path) ?? {})) {
      const found = sourceOf(table({ entry }, "entry"));
      if (found === undefined || found.source.fixed) continue;
      const span = stringAt(file.text, found.address, headerAt(file.text, path.join(".")));
      if (span !== undefined)
        out.push(told(file, { name, source: found.source, span, at: span.start, locked }));
    }
  return out;
}
function groups(root: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  return Object.keys(table(root, "tool", "poetry", "group") ?? {}).map((name) => [
    "tool",
    "poetry",
    "group",
    name,
    "dependencies",
  ]);
}
function listed(root: Readonly<Record<string, unknown>>): readonly string[] {
  const project = table(root, "project");
  return [
    project?.dependencies,
    ...Object.values(table(project, "optional-dependencies") ?? {}),
    ...Object.values(table(root, "dependency-groups") ?? {}),
  ]
    .flatMap((values) => (Array.isArray(values) ? (values as readonly unknown[]) : []))
    .filter((value): value is string => typeof value === "string");
}

/** `{ git = "...", rev = "..." }`, `{ url = "..." }`. */
function sourceOf(
  entry: Readonly<Record<string, unknown>> | undefined,
): { readonly source: Source; readonly address: string } | undefined {
  const text = (key: string): string | undefined =>
    typeof entry?.[key] === "string" ? entry[key] : undefined;
  const git = text("git");
  if (git !== undefined) {
    const ref = text("rev") ?? text("ref") ?? text("tag") ?? text("branch") ?? "";
    const source: Source = {
      kind: "git",
      address: git,
      ref,
      fixed: /^[\da-f]{40}$/i.test(ref),
      open: /^(?:http|git):/i.test(git),
      refAt: { start: 0, end: 0, sign: "" },
    };
    return { source, address: git };
  }
  const url = text("url") ?? text("file");
  const source = url === undefined ? undefined : pipSource(url);
  return url === undefined || source === undefined ? undefined : { source, address: url };
}
