/** Nothing says which versions are installed: no lock file, one that is out of date, or a build that may change it. */
import {
  FOR_TRYING,
  headerAt,
  isNpmLibrary,
  isPythonLibrary,
  jsonKey,
  NPM_LOCKS,
  PYTHON_LOCKS,
  strings,
  table,
  toml,
} from "../server/rule/manifest.ts";
import {
  type Edit,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Span,
} from "../server/rule/rule.ts";
import { type Command, commands } from "../server/rule/shell.ts";
import { nearestLocks, type Stale, staleNpm, stalePython } from "../server/rule/stale.ts";
import { WORKFLOW_NAMES, WORKFLOW_PATHS, workflow } from "../server/rule/workflow.ts";
import { scriptSpan } from "../server/rule/yaml-script.ts";

const GROUPS = ["dependencies", "devDependencies", "optionalDependencies"];
const MANAGERS: Readonly<Record<string, string>> = {
  "package-lock.json": "npm",
  "npm-shrinkwrap.json": "npm",
  "yarn.lock": "Yarn",
  "pnpm-lock.yaml": "pnpm",
  "bun.lock": "Bun",
  "bun.lockb": "Bun",
  "uv.lock": "uv",
  "poetry.lock": "Poetry",
  "pdm.lock": "PDM",
};

export default rule({
  id: "dep-lockfile-missing",
  title: "Installed versions are not held by a lock file",
  category: "supply-chain",
  severity: "medium",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  manifest: {
    names: /^(?:package\.json|pyproject\.toml|Pipfile|action\.ya?ml)$/,
    paths: WORKFLOW_PATHS,
    check(file) {
      if (!file.isInWorkspace) return [];
      const name = file.file.slice(file.file.lastIndexOf("/") + 1);
      if (name === "package.json") return npm(file);
      if (name === "pyproject.toml" || name === "Pipfile") return python(file, name);
      return WORKFLOW_NAMES.test(name) || WORKFLOW_PATHS.test(file.file) ? installs(file) : [];
    },
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const [what, fix] = (WORDS[String(facts?.kind)] as Words)(
      String(facts?.name),
      String(facts?.locked),
      String(facts?.range),
    );
    return {
      what,
      why: "What is installed is then decided on the day of the install: a version that an attacker published an hour ago reaches the next build.",
      fix,
    };
  },
});

type Words = (name: string, locked: string, range: string) => readonly [string, string];
const WORDS: Readonly<Record<string, Words>> = {
  missing: (name) => [
    `No lock file of the packages in ${name} is in this project, or git ignores it.`,
    "Make one, commit it, and install with the command that keeps to it (npm ci, uv sync --locked).",
  ],
  stale: (name) => [
    `The lock file does not know ${name}.`,
    "Run the package manager once and commit the lock file with the manifest.",
  ],
  range: (name, locked, range) => [
    `The lock file holds ${name} as it was asked for before (${locked === "" ? "any version" : locked}), not ${range === "" ? "any version" : range}.`,
    "Run the package manager once and commit the lock file with the manifest.",
  ],
  mixed: (name) => [
    `There are lock files of ${name} side by side, so different people install different versions.`,
    "Keep that of the package manager in use and delete the others.",
  ],
  install: (name) => [
    `"${name}" changes the lock file where it does not fit, and installs what is newest.`,
    "Use the command that fails instead: npm ci, yarn install --frozen-lockfile, pnpm install --frozen-lockfile, uv sync --locked.",
  ],
};

function npm(file: ManifestFile): readonly Match[] {
  const entries = GROUPS.flatMap((group) => strings(file.text, [group])).filter(
    ({ value }) => !/^(?:workspace|file|link|portal):/.test(value),
  );
  const [first] = entries;
  if (first === undefined || isNpmLibrary(file.text) || FOR_TRYING.test(file.file)) return [];
  const group = GROUPS.find((one) => strings(file.text, [one]).length > 0) as string;
  const span = jsonKey(file.text, [group]) ?? first.entry;
  if (!NPM_LOCKS.some((lock) => file.above(lock) !== undefined))
    return [told(file, "missing", span, "package.json")];
  const out = mixed(file, NPM_LOCKS, span);
  const locks = nearestLocks(file, NPM_LOCKS);
  const [lock] = locks;
  return lock === undefined || new Set(locks.map((one) => MANAGERS[one])).size > 1
    ? out
    : [...out, ...staleNpm(file, lock, GROUPS).map((one) => stale(file, one))];
}
/** Lock files of several package managers in one folder. */
function mixed(file: ManifestFile, locks: readonly string[], span: Span): readonly Match[] {
  const managers = new Set(locks.flatMap((lock) => (file.has(lock) ? (MANAGERS[lock] ?? []) : [])));
  return managers.size < 2
    ? []
    : [{ ...told(file, "mixed", span, [...managers].join(" and ")), severity: "info" }];
}
function stale(file: ManifestFile, { name, span, range, locked }: Stale): Match {
  const match = told(file, locked === undefined ? "stale" : "range", span, name);
  const facts = { ...match.facts, range, ...(locked === undefined ? {} : { locked }) };
  // After every change by hand another range stands there until the package manager has run.
  return {
    ...match,
    severity: "low",
    ...(locked === undefined ? {} : { confidence: "low" }),
    facts,
  };
}

function python(file: ManifestFile, name: string): readonly Match[] {
  const root = toml(file.text);
  if (root === undefined || FOR_TRYING.test(file.file)) return [];
  const locks = nearestLocks(
    file,
    PYTHON_LOCKS.filter((lock) => (lock === "Pipfile.lock") === (name === "Pipfile")),
  );
  const [lock] = locks;
  if (lock !== undefined) {
    const out = mixed(file, locks, placeOf(file.text, root));
    return locks.length > 1 ? out : stalePython(file, lock).map((one) => stale(file, one));
  }
  if (PYTHON_LOCKS.some((one) => file.above(one) !== undefined)) return [];
  if (name === "Pipfile") {
    const any = Object.keys(table(root, "packages") ?? {}).length > 0;
    return any ? [told(file, "missing", header(file.text, "packages"), name)] : [];
  }
  // A list made from it may be the lock.
  if (isPythonLibrary(root) || file.has("requirements.txt")) return [];
  return hasDependencies(root) ? [told(file, "missing", placeOf(file.text, root), name)] : [];
}
function hasDependencies(root: Readonly<Record<string, unknown>>): boolean {
  const listed = table(root, "project")?.dependencies;
  const poetry = Object.keys(table(root, "tool", "poetry", "dependencies") ?? {});
  return (Array.isArray(listed) && listed.length > 0) || poetry.some((one) => one !== "python");
}
/** The head of the table that says what is needed. */
function placeOf(text: string, root: Readonly<Record<string, unknown>>): Span {
  const listed = table(root, "project")?.dependencies;
  return Array.isArray(listed) && listed.length > 0
    ? header(text, "project")
    : header(text, "tool.poetry.dependencies");
}
function header(text: string, name: string): Span {
  const start = headerAt(text, name);
  const end = text.indexOf("]", start);
  return { start, end: end < 0 ? start : end + 1 };
}

/** Commands of a build that would rather change the lock file than fail. */
function installs(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  return (flow?.jobs ?? []).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => {
      const text = run?.value;
      if (text?.kind !== "text") return [];
      const { start, end } = scriptSpan(file.text, text);
      return commands(file.text.slice(start, end)).flatMap((command): readonly Match[] => {
        const found = loose(command, file);
        if (found === undefined) return [];
        const { words, change } = found;
        const first = words[0] as Word;
        const last = words.at(-1) as Word;
        const match = told(
          file,
          "install",
          { start: start + first.start, end: start + last.end },
          words.map((w) => w.text).join(" "),
        );
        const facts = {
          ...match.facts,
          from: start + change.start,
          to: start + change.end,
          newText: change.newText,
        };
        return [{ ...match, severity: "low", facts }];
      });
    }),
  );
}

type Word = Command["words"][number];
/** Options that are followed by a word of their own. */
const WITH_VALUE =
  /^(?:--prefix|-C|--cwd|--dir|-w|--workspace|--loglevel|--registry|--filter|-F|--cache|--extra|--group|--python|-p|--package)$/;

function loose(
  { words: all }: Command,
  file: ManifestFile,
): { readonly words: readonly Word[]; readonly change: Edit } | undefined {
  let from = 0;
  while (
    from < all.length &&
    /^(?:\w+=.*|sudo|time|then|do|else|!)$/.test((all[from] as Word).text)
  )
    from++;
  const words = all.slice(from);
  const [tool, ...rest] = words;
  if (tool === undefined) return undefined;
  const flags = rest.filter(({ text }) => text.startsWith("-")).map(({ text }) => text);
  const plain = rest.filter(
    ({ text }, i) => !text.startsWith("-") && !WITH_VALUE.test(rest[i - 1]?.text ?? ""),
  );
  const [verb, ...others] = plain;
  const last = words.at(-1) as Word;
  const append = (newText: string): { words: readonly Word[]; change: Edit } => ({
    words,
    change: { start: last.end, end: last.end, newText: ` ${newText}` },
  });
  const has = (...names: string[]): boolean =>
    flags.some((flag) => names.includes(flag.split("=")[0] as string));
  const locked = (name: string): boolean => file.above(name) !== undefined;
  if (others.length > 0) return undefined;
  switch (tool.text) {
    case "npm":
      if (verb === undefined || !/^(?:install|i)$/.test(verb.text) || !locked("package-lock.json"))
        return undefined;
      if (
        has("-g", "--global", "--package-lock-only", "--no-package-lock", "--dry-run", "--no-save")
      )
        return undefined;
      return { words, change: { start: verb.start, end: verb.end, newText: "ci" } };
    case "yarn": {
      if (verb !== undefined && verb.text !== "install") return undefined;
      const lock = file.textAbove("yarn.lock");
      // From version 2 on a build server never changes it by itself.
      if (lock === undefined || /^__metadata:/m.test(lock)) return undefined;
      if (has("--frozen-lockfile", "--immutable", "--version", "-v", "--pure-lockfile"))
        return undefined;
      return append("--frozen-lockfile");
    }
    case "pnpm": {
      const off = words.find(({ text }) => text === "--no-frozen-lockfile");
      if (off === undefined || !locked("pnpm-lock.yaml")) return undefined;
      return { words, change: { start: off.start, end: off.end, newText: "--frozen-lockfile" } };
    }
    case "bun":
      if (
        verb === undefined ||
        !/^(?:install|i)$/.test(verb.text) ||
        has("--frozen-lockfile", "-g", "--global")
      )
        return undefined;
      return locked("bun.lock") || locked("bun.lockb") ? append("--frozen-lockfile") : undefined;
    case "uv":
      if (
        verb?.text !== "sync" ||
        has("--locked", "--frozen", "--upgrade", "-U") ||
        !locked("uv.lock")
      )
        return undefined;
      return append("--locked");
    default:
      return undefined;
  }
}

function told(file: ManifestFile, kind: string, span: Span, name: string): Match {
  return { item: `${file.file}#`, span, facts: { kind, name } };
}

function fix({ facts }: Match, file: ManifestFile): Fix {
  if (facts?.kind === "install") {
    const edit = {
      start: Number(facts.from),
      end: Number(facts.to),
      newText: String(facts.newText),
    };
    return {
      title: `Keep to the lock file (${edit.newText.trim()})`,
      grade: "suggested",
      edits: [{ file: file.file, edits: [edit] }],
    };
  }
  return {
    title:
      facts?.kind === "mixed"
        ? "Keep one lock file"
        : facts?.kind === "missing"
          ? "Make the lock file"
          : "Bring the lock file up to date",
    grade: "manual",
    edits: [],
    reason:
      facts?.kind === "mixed"
        ? "Which package manager is used here only you can tell: keep its lock file and delete the others."
        : "Only the package manager knows which versions fit: run npm install, pnpm install, yarn, uv lock or poetry lock once, look at what was chosen, and commit the file.",
  };
}
