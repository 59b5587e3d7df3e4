/** A lock file takes a package from an unexpected place, or has no checksum that tells it. */
import { LOCK_NAMES, type LockedPackage, lockFile } from "../server/rule/lockfile.ts";
import { hostOf, PUBLIC_REGISTRIES } from "../server/rule/registry.ts";
import {
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";

/** Where a project says which registry is its own. */
const SETTINGS = [".npmrc", ".yarnrc.yml", ".yarnrc", "pyproject.toml", "uv.toml", "Pipfile"];

export default rule({
  id: "dep-lockfile-integrity",
  title: "Lock file entry from an unexpected place",
  category: "supply-chain",
  severity: "high",
  cwe: [353],
  owasp: ["A08:2021", "A08:2025"],
  manifest: {
    names: LOCK_NAMES,
    check,
    fixes: ({ facts }) => [
      {
        title: "Make this entry again",
        grade: "manual",
        edits: [],
        reason: `No edit could know the right ${facts?.kind === "name" || facts?.kind === "host" ? "file" : "checksum"}. Find out who changed ${String(facts?.name)} and why; then take the entry out and ${String(facts?.again)}, and compare what changed.`,
      },
    ],
  },
  say: ({ facts }) => {
    const name = String(facts?.name);
    const told = String(facts?.told);
    const [what, why, fix] = (WORDS[String(facts?.kind)] as Words)(name, told);
    return { what, why, fix };
  },
});

type Words = (name: string, told: string) => readonly [string, string, string];
const WORDS: Readonly<Record<string, Words>> = {
  http: (name, told) => [
    `${name} is fetched from ${told} without encryption.`,
    "Whoever sits on the way of the download can hand out another package, which runs when it is installed.",
    "Use the https address of the registry and make the lock file again.",
  ],
  host: (name, told) => [
    `${name} comes from ${told}, while this project's packages come from elsewhere.`,
    "A change to one address in a lock file is easily missed in a review, and its checksum fits the file of whoever wrote it.",
    "If that registry is meant, name it in the settings beside the lock file; if not, make the entry again.",
  ],
  name: (name, told) => [
    `The entry for ${name} fetches ${told}.`,
    `Whoever reads the manifest sees ${name}, and another package is installed: a poisoned lock file looks like this.`,
    "Make the entry again; where another package is meant, write it as an alias in the manifest.",
  ],
  missing: (name) => [
    `${name} has no checksum in the lock file.`,
    "The file that is installed may be another one each time, and a registry or proxy that is broken into hands out what it likes.",
    "Make the lock file again with a current version of the tool.",
  ],
  weak: (name, told) => [
    `${name} is known only by a ${told} checksum.`,
    "Two different files with the same one can be made, so it does not tell who made the file.",
    "Make the lock file again with a current version of the tool, which writes SHA-512 or SHA-256.",
  ],
  git: (name) => [
    `${name} is taken from a repository without a commit.`,
    "Whoever may push there decides what the next install runs.",
    "Write the full commit of 40 digits.",
  ],
};

const AGAIN: Readonly<Record<string, string>> = {
  "yarn.lock": 'run "yarn install"',
  "pnpm-lock.yaml": 'run "pnpm install --lockfile-only"',
  "uv.lock": 'run "uv lock"',
  "poetry.lock": 'run "poetry lock"',
  "pdm.lock": 'run "pdm lock"',
  "Pipfile.lock": 'run "pipenv lock"',
};

function check(file: ManifestFile): readonly Match[] {
  const base = file.file.slice(file.file.lastIndexOf("/") + 1);
  const lock = lockFile(base, file.text);
  if (lock === undefined) return [];
  const expected = expectedHosts(file, lock.packages);
  const out: Match[] = [];
  const seen = new Set<string>();
  for (const { text, span } of lock.indexes ?? []) {
    const host = hostOf(text);
    const isOpen = /^http:/i.test(text);
    if (isOpen || (host !== "" && !expected.has(host)))
      out.push({
        item: `${file.file}#`,
        span,
        facts: {
          kind: isOpen ? "http" : "host",
          name: "Every package of this index",
          told: host,
          again: AGAIN[base] ?? "",
        },
      });
  }
  for (const one of lock.packages) {
    const add = (kind: string, severity: Severity, span: Span, told: string): void => {
      const key = `${kind} ${one.name} ${told}`;
      // The same entry for many parents, or many files of one package, is one fault.
      if (seen.has(key)) return;
      seen.add(key);
      const again = AGAIN[base] ?? 'run "npm install --package-lock-only"';
      out.push({
        item: `${file.file}#`,
        span,
        severity,
        facts: { kind, name: one.name, told, again },
      });
    };
    if (one.source === "local") continue;
    for (const { text, span } of one.urls) {
      const host = hostOf(text);
      if (/^http:/i.test(text) || /^git(?:\+http)?:\/\//i.test(text)) {
        add("http", "high", span, host);
        break;
      }
      if (one.source === "registry" && host !== "" && !expected.has(host)) {
        add("host", "high", span, host);
        break;
      }
    }
    if (one.source === "git") {
      if (one.commit === undefined) add("git", "medium", one.urls[0]?.span ?? one.span, "");
      continue;
    }
    named(one, lock.ecosystem, add);
    if (one.hashes === undefined) continue;
    if (one.hashes.some((hash) => hash === "")) {
      if (one.optional !== true) add("missing", "medium", one.span, "");
      continue;
    }
    const weak = one.hashes.find(
      (hash) => /^(?:sha1|md5)[-:]/i.test(hash) && !/\bsha(?:256|384|512)-/i.test(hash),
    );
    if (weak !== undefined) add("weak", "medium", one.span, /^sha1/i.test(weak) ? "SHA-1" : "MD5");
  }
  return out;
}

/** The address of a registry names the package: `https://host/@scope/name/-/name-1.0.0.tgz`. */
function named(
  one: LockedPackage,
  ecosystem: "npm" | "python",
  add: (kind: string, severity: Severity, span: Span, told: string) => void,
): void {
  if (ecosystem !== "npm") return;
  const wanted = one.alias ?? one.name;
  for (const { text, span } of one.urls) {
    const path = text.replace(/^[a-z+]+:\/\/[^/]+\//i, "").replaceAll(/%2f/gi, "/");
    const found = /(?:^|\/)((?:@[^/]+\/)?[^/@]+)\/-\//.exec(path)?.[1];
    if (found !== undefined && found.toLowerCase() !== wanted.toLowerCase()) {
      add("name", "high", span, found);
      return;
    }
  }
  // Yarn says itself what it resolved the name to.
  if (
    one.urls.length === 0 &&
    one.alias !== undefined &&
    one.source === "registry" &&
    one.hashes?.length === 1
  )
    if (one.alias !== one.name && isBerry(one)) add("name", "high", one.span, one.alias);
}
/** Where the alias is what was found, not what was asked for. */
function isBerry({ hashes }: LockedPackage): boolean {
  return !/^sha\d+-/.test(hashes?.[0] ?? "");
}

function expectedHosts(
  file: ManifestFile,
  packages: readonly LockedPackage[],
): ReadonlySet<string> {
  const out = new Set(PUBLIC_REGISTRIES);
  for (const name of SETTINGS)
    for (const [address] of (file.sibling(name) ?? "").matchAll(/https?:\/\/[^\s"'<>]+/g))
      out.add(hostOf(address));
  // A registry or proxy of the project's own serves most of it; one entry alone stands out.
  const counts = new Map<string, number>();
  let all = 0;
  for (const { urls, source } of packages) {
    if (source !== "registry") continue;
    for (const host of new Set(urls.map(({ text }) => hostOf(text)))) {
      counts.set(host, (counts.get(host) ?? 0) + 1);
      all++;
    }
  }
  for (const [host, count] of counts) if (count >= 3 && count * 5 >= all) out.add(host);
  return out;
}
