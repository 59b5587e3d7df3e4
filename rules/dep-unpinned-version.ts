/** An application takes whatever version of a dependency is newest. */
import { pipfileRequirements, pyprojectRequirements } from "../server/rule/declared.ts";
import {
  fitsNpm,
  isExactNpm,
  isExactPython,
  isNpmLibrary,
  isPythonLibrary,
  NPM_LOCKS,
  normalised,
  npmLocked,
  PYTHON_LOCKS,
  pythonLocked,
  type Requirement,
  requirementLines,
  strings,
  table,
  toml,
} from "../server/rule/manifest.ts";
import { type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";

export default rule({
  id: "dep-unpinned-version",
  title: "Dependency without an exact version",
  category: "supply-chain",
  severity: "low",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  manifest: {
    names: /^(?:package\.json|[\w.-]*requirements[\w.-]*\.txt|pyproject\.toml|Pipfile)$/,
    // Where a lock file holds the versions, one hint says it for all.
    check(file) {
      const all = ranges(file);
      const [first] = all;
      if (first?.facts?.locked !== true) return all;
      return [{ ...first, facts: { ...first.facts, more: all.length - 1 } }];
    },
    fixes: (found, file) => [
      found.facts?.locked === true ? pinAll(ranges(file), file) : fix(found, file),
    ],
  },
  say: ({ facts }) => ({
    what:
      facts?.range === ""
        ? `${facts.name} has no version: the newest one is installed.`
        : facts?.more === undefined || facts.more === 0
          ? `${facts?.name} may be any version that fits ${facts?.range}.`
          : `${facts.name} may be any version that fits ${facts.range}, and so may ${facts.more} more in this file.`,
    why:
      facts?.locked === true
        ? "The lock file holds one version, but an update or an install without it takes what was published last."
        : "Whoever takes over the package publishes a version that fits, and the next install runs it.",
    fix:
      facts?.ecosystem === "npm"
        ? "Write the exact version, commit the lock file and install with npm ci."
        : "Write name==version, best from a lock file with hashes.",
  }),
});

/** Everything that has no exact version, in the order of the file. */
function ranges(file: ManifestFile): Match[] {
  const name = file.file.slice(file.file.lastIndexOf("/") + 1);
  if (name === "package.json") return npm(file);
  const locked = PYTHON_LOCKS.some((lock) => file.has(lock));
  const found =
    name === "pyproject.toml"
      ? isPythonLibrary(toml(file.text) ?? {})
        ? []
        : pyprojectRequirements(file.text)
      : name === "Pipfile"
        ? pipfileRequirements(file.text)
        : requirementLines(file.text);
  const elsewhere = name === "pyproject.toml" ? placedElsewhere(file.text) : new Set<string>();
  return found
    .filter((r) => !isExactPython(r.range) && !elsewhere.has(normalised(r.name)))
    .map((r) => match(file, r, "python", locked && name !== "requirements.txt"));
}

/** Names for which uv takes a repository, an address or a folder: no range decides what these are. */
function placedElsewhere(text: string): ReadonlySet<string> {
  const sources = table(toml(text), "tool", "uv", "sources") ?? {};
  return new Set(
    Object.entries(sources).flatMap(([name, source]) =>
      ["git", "url", "path", "workspace"].some(
        (key) => table({ source }, "source")?.[key] !== undefined,
      )
        ? [normalised(name)]
        : [],
    ),
  );
}

function match(
  file: ManifestFile,
  r: Requirement,
  ecosystem: "npm" | "python",
  locked: boolean,
): Match {
  return {
    item: `${file.file}#`,
    span: r.entry,
    ...(locked ? { severity: "info" as const } : {}),
    facts: { name: r.name, range: r.range, at: r.span.start, end: r.span.end, ecosystem, locked },
  };
}

/** Applications only: a library that pins forces its versions on everybody. */
function npm(file: ManifestFile): Match[] {
  if (isNpmLibrary(file.text)) return [];
  const locked = NPM_LOCKS.some((lock) => file.has(lock));
  return ["dependencies", "devDependencies", "optionalDependencies"].flatMap((field) =>
    strings(file.text, [field]).flatMap(({ key, value, span, entry }) => {
      const alias = /^npm:(?:@[^/@]+\/)?[^@]+@/.exec(value)?.[0] ?? "";
      const range = value.slice(alias.length).trim();
      // Sources of other kinds: links, workspaces, catalogs, files, addresses, repositories.
      if (/^[a-z+]+:/i.test(range) || range.includes("/") || isExactNpm(range)) return [];
      return [
        match(
          file,
          { name: key, range, span: { start: span.start + alias.length, end: span.end }, entry },
          "npm",
          locked,
        ),
      ];
    }),
  );
}

/** Each to the version that the lock file holds; those of which it tells none stay as they are. */
function pinAll(all: readonly Match[], file: ManifestFile): Fix {
  const fixes = all.map((one) => fix(one, file));
  const edits = fixes.flatMap((one) => one.edits.flatMap((edit) => edit.edits));
  const [first] = fixes as [Fix, ...Fix[]];
  if (all.length === 1 || edits.length === 0) return first;
  const part = edits.length === all.length ? "" : ` of ${all.length}`;
  return {
    title: `Pin ${edits.length}${part} dependencies to the versions of the lock file`,
    grade: "suggested",
    edits: [{ file: file.file, edits }],
  };
}

function fix({ facts }: Match, file: ManifestFile): Fix {
  const name = String(facts?.name);
  const range = String(facts?.range);
  const manual = (reason: string): Fix => ({
    title: `Pin ${name}`,
    grade: "manual",
    edits: [],
    reason,
  });
  const npm = facts?.ecosystem === "npm";
  const lock = npm ? file.sibling("package-lock.json") : undefined;
  const version =
    lock !== undefined ? npmLocked(lock, name) : npm ? undefined : pythonLocked(file, name);
  if (version === undefined)
    return manual(
      npm
        ? `${lock === undefined ? "No package-lock.json beside this file was read: none tells the version" : "package-lock.json beside this file holds no version"} of ${name}. Run "npm install --save-exact ${name}" with a version you have looked at.`
        : `No uv.lock or poetry.lock beside this file holds one version of ${name}. Take the version from "pip freeze" of an environment that works.`,
    );
  if (npm && !fitsNpm(version, /^[a-z]/i.test(range) && !/^[vx]/i.test(range) ? "*" : range))
    return manual(
      `The lock file holds ${version}, which does not fit ${range}: run "npm install" first.`,
    );
  const plain =
    !npm &&
    /Pipfile$|pyproject\.toml$/.test(file.file) &&
    /^[\^~*]?[\d.]*$/.test(range) &&
    file.text.slice(Number(facts?.at) - 1, Number(facts?.at)).match(/["']/) !== null;
  const newText = npm
    ? version
    : plain
      ? file.file.endsWith("Pipfile")
        ? `==${version}`
        : version
      : `==${version}`;
  return {
    title: `Pin ${name} to ${version}`,
    grade: "suggested",
    edits: [
      { file: file.file, edits: [{ start: Number(facts?.at), end: Number(facts?.end), newText }] },
    ],
  };
}
