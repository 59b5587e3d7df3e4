/** A version with known holes, by the bundled extract of advisories and by those the project brings along. Nothing is asked of a network. */
import {
  type Advisory,
  type Ecosystem,
  type Holes,
  holesOf,
  type Known,
  keyOf,
  known,
} from "../server/rule/advisories.ts";
import { neededBy } from "../server/rule/locked.ts";
import {
  LOCK_NAMES,
  type LockedPackage,
  type LockFile,
  lockFile,
} from "../server/rule/lockfile.ts";
import {
  fitsNpm,
  isExactNpm,
  isExactPython,
  jsonValue,
  NPM_LOCKS,
  requirementLines,
  strings,
} from "../server/rule/manifest.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";
import bundled from "./advisories.json" with { type: "json" };

const OWN = /(?:^|\/)\.skeptic\/advisories\/[^/]+\.json$/;
const REQUIREMENTS = /^[\w.-]*requirements[\w.-]*\.txt$/;
const LISTS = ["dependencies", "devDependencies", "optionalDependencies"] as const;
const SEVERITIES: readonly Severity[] = ["high", "medium", "low", "info"];
const RANKS: Readonly<Record<string, number>> = { CRITICAL: 0, HIGH: 1, MODERATE: 2, LOW: 3 };

export default rule({
  id: "dep-known-vulnerable",
  title: "Version with known holes",
  category: "supply-chain",
  severity: "high",
  cwe: [1395],
  owasp: ["A06:2021", "A03:2025"],
  manifest: {
    names: new RegExp(`^package\\.json$|${REQUIREMENTS.source}|${LOCK_NAMES.source}`),
    paths: OWN,
    together: true,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const more = Number(facts?.more);
    const name = `${String(facts?.name)} ${String(facts?.version)}`;
    return {
      what: `${name} has a known hole: ${String(facts?.hole)}${more === 0 ? "" : `, and ${more} more`}.`,
      why: `${sentence(String(facts?.summary))} How it is done is published, and programs look for it.`,
      fix:
        facts?.mended === ""
          ? "No version that mends it is known here: look at the advisory, and replace the package if it is given up."
          : `Raise it to ${String(facts?.mended)}, which mends all that is known here.`,
    };
  },
});

function check(file: ManifestFile): readonly Match[] {
  if (OWN.test(file.file) || isTest(file.file)) return [];
  const holes = holesFor(file);
  const name = nameOf(file);
  if (name === "package.json") return declared(file, holes);
  return REQUIREMENTS.test(name) ? required(file, holes) : locked(file, holes);
}

/** Of package.json: the version that the lock file beside it holds, or the one that is written. */
function declared(file: ManifestFile, holes: Holes): readonly Match[] {
  const out: Match[] = [];
  let lock: LockFile | undefined;
  let isRead = false;
  for (const list of LISTS)
    for (const { key, value, span } of strings(file.text, [list])) {
      if (!holes.has(keyOf("npm", key)) || out.some(({ facts }) => facts?.name === key)) continue;
      if (!isRead) lock = lockBeside(file);
      isRead = true;
      const version = versionOf(file, lock, key, value);
      const found = version === undefined ? undefined : look(holes, "npm", key, version);
      if (version === undefined || found === undefined) continue;
      out.push(told(file, span, key, version, found, list === "devDependencies" ? 1 : 0, value));
    }
  return out;
}

function versionOf(
  file: ManifestFile,
  lock: LockFile | undefined,
  name: string,
  range: string,
): string | undefined {
  if (lock === undefined) {
    const hasLock = NPM_LOCKS.some((one) => file.above(one) !== undefined);
    return isExactNpm(range) && !hasLock ? range.trim().replace(/^[=v]+\s*/, "") : undefined;
  }
  const version = only(lock, name);
  // A range that was raised since: the lock file is to be made anew.
  return version !== undefined && fitsNpm(version, range) ? version : undefined;
}
/** The version of a package of which there is one only. */
function only(lock: LockFile, name: string): string | undefined {
  const versions = new Set(
    lock.packages.filter((one) => one.name === name && isOfRegistry(one)).map((one) => one.version),
  );
  return versions.size === 1 ? [...versions][0] : undefined;
}
function isOfRegistry({ source, alias, name }: LockedPackage): boolean {
  return source === "registry" && (alias === undefined || alias === name);
}

let last: { readonly text: string; readonly lock: LockFile | undefined } | undefined;
function lockBeside(file: ManifestFile): LockFile | undefined {
  const name = NPM_LOCKS.find((one) => LOCK_NAMES.test(one) && file.has(one));
  const text = name === undefined ? undefined : file.sibling(name);
  if (name === undefined || text === undefined) return undefined;
  // While a manifest is typed its lock file stays the same.
  if (last?.text !== text) last = { text, lock: lockFile(name, text) };
  return last.lock;
}

function required(file: ManifestFile, holes: Holes): readonly Match[] {
  return requirementLines(file.text).flatMap(({ name, range, span }) => {
    if (!holes.has(keyOf("python", name)) || !isExactPython(range)) return [];
    const version = range.replace(/[()=\s]/g, "");
    const found = look(holes, "python", name, version);
    const isForDevelopment = /(?:^|[-_.])(?:dev|test|tests|lint|docs)(?:[-_.]|$)/.test(
      nameOf(file),
    );
    return found === undefined
      ? []
      : [told(file, span, name, version, found, isForDevelopment ? 1 : 0, range)];
  });
}

/** Of a lock file: one for each package, but for those that package.json beside it answers for. */
function locked(file: ManifestFile, holes: Holes): readonly Match[] {
  const lock = lockFile(nameOf(file), file.text);
  if (lock === undefined) return [];
  const manifest = lock.ecosystem === "npm" ? file.sibling("package.json") : undefined;
  const asked = new Map(
    manifest === undefined
      ? []
      : LISTS.flatMap((list) => strings(manifest, [list]).map((one) => [one.key, one.value])),
  );
  const roots = lock.ecosystem === "npm" ? rootsOf(file) : [];
  const needed = roots.length > 0 ? neededBy(lock, roots) : undefined;
  const out = new Map<string, Match>();
  for (const one of lock.packages) {
    const { name, span } = one;
    const development =
      one.development ?? (needed !== undefined && !needed.has(`${name}@${one.version}`));
    const version = one.version?.replace(/^==/, "");
    if (version === undefined || !isOfRegistry(one)) continue;
    const found = look(holes, lock.ecosystem, name, version);
    if (found === undefined || (asked.has(name) && only(lock, name) !== undefined)) continue;
    const match = told(file, span, name, version, found, development === true ? 1 : 0, "");
    const before = out.get(name);
    if (before === undefined || rank(match) < rank(before)) out.set(name, match);
  }
  return [...out.values()];
}
/** What all manifests of the project ask for to run. */
function rootsOf(file: ManifestFile): readonly string[] {
  const manifests = [
    file.sibling("package.json"),
    ...file.like(/(?:^|\/)package\.json$/).map(({ text }) => text),
  ];
  return manifests.flatMap((text) =>
    text === undefined
      ? []
      : LISTS.filter((list) => list !== "devDependencies").flatMap((list) =>
          strings(text, [list]).map(({ key, value }) => `${key}@${value}`),
        ),
  );
}
function rank({ severity }: Match): number {
  return SEVERITIES.indexOf(severity ?? "info");
}

function look(
  holes: Holes,
  ecosystem: Ecosystem,
  name: string,
  version: string,
): Known | undefined {
  const all = holes.get(keyOf(ecosystem, name));
  return all === undefined ? undefined : known(all, ecosystem, version);
}

function told(
  file: ManifestFile,
  span: Span,
  name: string,
  version: string,
  { holes, mended }: Known,
  lower: number,
  range: string,
): Match {
  const [worst] = holes;
  const rank = Math.min(3, (RANKS[worst?.level ?? "HIGH"] ?? 1) + lower);
  return {
    item: `${file.file}#`,
    span,
    severity: SEVERITIES[rank] ?? "info",
    confidence: "high",
    facts: {
      name,
      version,
      range,
      hole: (worst?.names ?? []).join(", "),
      summary: worst?.summary ?? "what its advisory says",
      more: holes.length - 1,
      mended: mended ?? "",
    },
  };
}
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

const BUNDLED: readonly Advisory[] = bundled;
let cached: { readonly texts: string; readonly holes: Holes } | undefined;
/** Those of the project come in addition. */
function holesFor(file: ManifestFile): Holes {
  const own = file.like(OWN).flatMap(({ text }) => text ?? []);
  const texts = own.join("\n");
  if (cached?.texts !== texts)
    cached = { texts, holes: holesOf([...BUNDLED, ...own.flatMap((text) => entriesOf(text))]) };
  return cached.holes;
}
/** One entry, or a list of them. */
function entriesOf(text: string): readonly Advisory[] {
  const value = jsonValue(text, []);
  return (Array.isArray(value) ? value : [value]).filter(
    (one): one is Advisory => typeof one === "object" && one !== null,
  );
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const [name, version, range, mended] = ["name", "version", "range", "mended"].map((key) =>
    String(facts?.[key] ?? ""),
  ) as [string, string, string, string];
  const title = mended === "" ? `Replace ${name}` : `Raise ${name} to ${mended}`;
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  if (mended === "")
    return manual(
      "No version is known here that mends it. What comes in its place only you can say.",
    );
  if (range === "") {
    const tool = LOCK_NAMES.test(nameOf(file)) && TOOLS.find(([one]) => one.test(nameOf(file)));
    return manual(
      `A lock file is made, not written: raise what asks for ${name}${tool ? ` (${tool[1]} ${name})` : ""}, or override its version.`,
    );
  }
  if (lineOf(mended) !== lineOf(version))
    return manual(
      `${mended} is a new major version, in which other things have changed: read its notes, raise it and run the tests.`,
    );
  const line = file.text.slice(span.start).split(/(?<!\\)(?:\r\n|\n|\r)/, 1)[0] ?? "";
  if (/--hash[= ]/.test(line))
    return manual(
      `The checksums must change with it: raise it where this file is made from, and make it anew.`,
    );
  const at = file.text.slice(span.start, span.end);
  const newText = at.replace(/[\d][\w.+!-]*(?=\s*\)?$)/, mended);
  if (newText === at || !at.includes(".")) return manual("It is not written as a plain version.");
  return { title, grade: "suggested", edits: [{ file: file.file, edits: [{ ...span, newText }] }] };
}
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/^uv\./, "uv lock --upgrade-package"],
  [/^poetry\./, "poetry update"],
  [/^pdm\./, "pdm update"],
  [/^Pipfile/, "pipenv upgrade"],
  [/^yarn\./, "yarn up -R, or yarn upgrade,"],
  [/^pnpm-/, "pnpm update"],
  [/./, "npm update"],
];
/** What is meant to stay compatible: the first number that is not zero, and those before it. */
function lineOf(version: string): string {
  return /^v?(?:0\.)*\d+/.exec(version)?.[0] ?? version;
}
function nameOf({ file }: ManifestFile): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
