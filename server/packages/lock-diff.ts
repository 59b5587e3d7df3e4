/** Two states of a lock file, package by package. */
import type { Ecosystem } from "../base/names.ts";
import { compareVersions } from "../rule/advisories.ts";
import type { LockedPackage, LockFile } from "../rule/locked.ts";
import { hostOf, PUBLIC_REGISTRIES } from "../rule/registry.ts";
import { inOrder, type Note, type PackageChange } from "./diff.ts";

export interface LockState {
  readonly lock: LockFile;
  /** Names that manifests ask for. */
  readonly direct: ReadonlySet<string>;
}

/** A name that is easily taken for the one of a well-known package, and how. */
export type LookAlike = (
  ecosystem: Ecosystem,
  name: string,
) => { readonly name: string; readonly how: string } | undefined;

/** The registry has no package of this name; `isOld`: as far as a list says whose day is long past; `nearest`: a name like it, or "". */
export type UnknownName = (
  ecosystem: Ecosystem,
  name: string,
) => { readonly date: string; readonly isOld: boolean; readonly nearest: string } | undefined;

export function lockChanges(
  before: LockState | undefined,
  after: LockState | undefined,
  lookAlike: LookAlike,
): readonly PackageChange[] {
  const [old, now] = [byName(before), byName(after)];
  const ecosystem = (after ?? before)?.lock.ecosystem === "python" ? "pypi" : "npm";
  const hosts = new Set(
    [...old.values()].flatMap((all) => all.flatMap(({ urls }) => urls.map((u) => hostOf(u.text)))),
  );
  const out: PackageChange[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const pair: Pair = {
      name,
      ecosystem,
      was: old.get(name) ?? [],
      is: now.get(name) ?? [],
      hosts,
    };
    const change = changeOf(pair, lookAlike);
    if (change === undefined) continue;
    const { direct } = (pair.is.length > 0 ? after : before) as LockState;
    out.push({ ...change, isDirect: direct.has(name) });
  }
  return inOrder(out);
}

interface Pair {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** One of each version. */
  readonly was: readonly LockedPackage[];
  readonly is: readonly LockedPackage[];
  /** From which anything came before. */
  readonly hosts: ReadonlySet<string>;
}

/** Packages of the project itself come from nowhere, as long as they always did. */
function byName(state: LockState | undefined): Map<string, LockedPackage[]> {
  const out = new Map<string, LockedPackage[]>();
  for (const one of state?.lock.packages ?? []) {
    const known = out.get(one.name) ?? [];
    if (!known.some((other) => versionOf(other) === versionOf(one)))
      out.set(one.name, [...known, one]);
  }
  return out;
}

/** What tells one from another of the same name. */
function versionOf({ version, commit, urls, source }: LockedPackage): string {
  const tree = commit?.slice(0, 12);
  if (source === "git" || source === "url")
    return [version, tree ?? urls[0]?.text].filter((part) => part !== undefined).join(" ");
  return version ?? "";
}

function changeOf(pair: Pair, lookAlike: LookAlike): Omit<PackageChange, "isDirect"> | undefined {
  const { name, ecosystem, was, is } = pair;
  if ([...was, ...is].every(({ source }) => source === "local")) return undefined;
  const versions = (some: readonly LockedPackage[], others: readonly LockedPackage[]) => {
    const known = new Set(others.map(versionOf));
    return some.filter((one) => !known.has(versionOf(one)));
  };
  const [gone, fresh] = [versions(was, is), versions(is, was)];
  const kept = is.filter((one) => !fresh.includes(one));
  const notes = [
    ...(was.length === 0 ? alike(pair, lookAlike) : []),
    ...fresh.flatMap((one) => notesOn(one, gone.length > 0 ? gone : was, pair)),
    ...kept.flatMap((one) => {
      const same = was.find((other) => versionOf(other) === versionOf(one));
      return same === undefined ? [] : notesOnSame(one, same, pair);
    }),
    ...downgrade(pair, gone, fresh),
  ];
  const kind =
    was.length === 0
      ? "added"
      : is.length === 0
        ? "removed"
        : gone.length + fresh.length > 0
          ? "bumped"
          : "changed";
  if (kind === "changed" && notes.length === 0) return undefined;
  const shown = fresh[0] ?? is[0] ?? was[0];
  if (shown === undefined) return undefined;
  return {
    name,
    ecosystem,
    kind,
    from: (kind === "changed" ? was : gone).map(versionOf),
    to: (kind === "changed" ? is : fresh).map(versionOf),
    isDevelopment: (is.length > 0 ? is : was).every(({ development }) => development === true),
    span: shown.span,
    notes: once(notes),
  };
}

function alike({ name, ecosystem, is }: Pair, lookAlike: LookAlike): Note[] {
  // What is under an alias goes by its own name.
  const names = new Set(
    is.filter(({ source }) => source === "registry").map((one) => one.alias ?? name),
  );
  return [...names].flatMap((one) => {
    const found = lookAlike(ecosystem, one);
    if (found === undefined) return [];
    const which = one === name ? "" : `stands for ${one}: that `;
    return [warning("look-alike", `${which}${alikeWords(found)}`)];
  });
}

export function alikeWords({ name, how }: { readonly name: string; readonly how: string }): string {
  return how === "module"
    ? `is the name of a module; the package that holds it is ${name}`
    : `is hardly used, and its name is ${name}'s, ${how}`;
}

/** On a version that was not there before, beside those that it takes the place of. */
function notesOn(one: LockedPackage, was: readonly LockedPackage[], pair: Pair): Note[] {
  const notes: Note[] = [];
  if (one.installs === true) {
    const isNew = !was.some(({ installs }) => installs === true);
    const before = was.length > 0 && isNew ? ", which the version before did not" : "";
    notes.push(
      isNew
        ? warning("install-script", `runs a script when it is installed${before}`)
        : info("install-script", "runs a script when it is installed, as before"),
    );
  }
  notes.push(...source(one, was, pair));
  // The commit says which it is.
  if (one.source === "git") return [...notes, ...withoutCommit(one)];
  const best = Math.max(...was.map(strength), -1);
  if (best > strength(one)) notes.push(weaker(one, was));
  return notes;
}

function withoutCommit({ commit }: LockedPackage): Note[] {
  return commit === undefined
    ? [warning("integrity", "is taken from a repository without a commit")]
    : [];
}

/** The version is the same: then all else should be. */
function notesOnSame(one: LockedPackage, same: LockedPackage, pair: Pair): Note[] {
  const notes = [...source(one, [same], pair)];
  if (one.installs === true && same.installs === false)
    notes.push(
      warning(
        "install-script",
        "runs a script when it is installed, which the same version did not",
      ),
    );
  if (strength(same) > strength(one)) notes.push(weaker(one, [same]));
  else if (isOther(one.hashes ?? [], same.hashes ?? []))
    notes.push(
      warning(
        "integrity",
        "has another checksum than before, and the same version: it is another file",
      ),
    );
  return notes;
}

/** Where a package comes from, and whether that is news. */
function source(one: LockedPackage, was: readonly LockedPackage[], pair: Pair): Note[] {
  const place = (of: LockedPackage): string => shownAddress(of.urls[0]?.text ?? "");
  const before = was[0];
  if (before !== undefined && was.every((other) => other.source !== one.source)) {
    const from = WORDS[before.source];
    const to = one.source === "registry" ? WORDS.registry : `${WORDS[one.source]} ${place(one)}`;
    const level = one.source === "registry" || one.source === "local" ? info : warning;
    return [level("source", `came from ${from}, and comes from ${to.trim()} now`)];
  }
  if (one.source === "git" || one.source === "url") {
    const isKnown = was.some((other) => place(other) === place(one));
    return isKnown
      ? []
      : [warning("source", `comes from ${WORDS[one.source]} ${place(one)}`.trim())];
  }
  if (one.source === "local") return [];
  return host(one, was, pair);
}

const WORDS: Readonly<Record<LockedPackage["source"], string>> = {
  registry: "a registry",
  git: "the repository",
  url: "the address",
  local: "a folder of the project",
};

function host(one: LockedPackage, was: readonly LockedPackage[], pair: Pair): Note[] {
  const hostsOf = (some: readonly LockedPackage[]): Set<string> =>
    new Set(some.flatMap(({ urls }) => urls.map(({ text }) => hostOf(text))));
  const known = was.length > 0 ? hostsOf(was) : pair.hosts;
  const isOpen = (of: LockedPackage): boolean => of.urls.some(({ text }) => /^http:/i.test(text));
  const notes: Note[] = [];
  if (isOpen(one) && !was.some(isOpen))
    notes.push(warning("source", "is fetched without encryption"));
  // Which of the public ones it is says nothing, and where none was written before nothing is new.
  const others = [...hostsOf([one])].filter(
    (name) => name !== "" && !known.has(name) && !PUBLIC_REGISTRIES.has(name),
  );
  const asBefore = was.length > 0 ? "it was not before" : "nothing was before";
  for (const name of others)
    notes.push(warning("source", `is fetched from ${name}, from where ${asBefore}`));
  const oldName = was.length === 0 ? undefined : (was[0]?.alias ?? pair.name);
  if (oldName !== undefined && (one.alias ?? pair.name) !== oldName)
    notes.push(
      warning("source", `stands for ${one.alias ?? pair.name} now, and stood for ${oldName}`),
    );
  return notes;
}

/** 3: a strong checksum, 1: one that can be forged, 0: none; -1 where the form has no place for it. */
function strength({ hashes }: LockedPackage): number {
  if (hashes === undefined) return -1;
  return Math.min(...hashes.map(strengthOf), 3);
}

function strengthOf(hash: string): number {
  if (hash === "") return 0;
  const isWeak = /^(?:sha1|md5)[-:]/i.test(hash) && !/\bsha(?:256|384|512)-/i.test(hash);
  return isWeak ? 1 : 3;
}

function weaker(one: LockedPackage, was: readonly LockedPackage[]): Note {
  const named = (of: LockedPackage | undefined): string =>
    /^(\w+?)[-:]/.exec(of?.hashes?.[0] ?? "")?.[1]?.toUpperCase() ?? "a checksum";
  const best = was.find((other) => strength(other) === Math.max(...was.map(strength)));
  return strength(one) <= 0
    ? warning("integrity", "has no checksum any more")
    : warning("integrity", `is known by ${named(one)} only, and was by ${named(best)}`);
}

/** No file of one is among those of the other, as far as both are told by the same kind of checksum. */
function isOther(now: readonly string[], before: readonly string[]): boolean {
  const kinds = (all: readonly string[]): Map<string, Set<string>> => {
    const out = new Map<string, Set<string>>();
    for (const hash of all.flatMap((one) => one.split(/\s+/)))
      for (const { 1: kind = "", 2: sum = "" } of hash.matchAll(/^([a-z0-9]+)[-:/](.+)$/gi))
        out.set(kind, (out.get(kind) ?? new Set()).add(sum));
    return out;
  };
  const [a, b] = [kinds(now), kinds(before)];
  const both = [...a.keys()].filter((kind) => b.has(kind));
  return (
    both.length > 0 &&
    both.every((kind) => [...(a.get(kind) ?? [])].every((sum) => b.get(kind)?.has(sum) !== true))
  );
}

function downgrade(
  { ecosystem }: Pair,
  gone: readonly LockedPackage[],
  fresh: readonly LockedPackage[],
): Note[] {
  const compare = compareVersions(ecosystem);
  const isOlder = (one: LockedPackage): boolean =>
    gone.length > 0 &&
    gone.every((old) => (compare(one.version ?? "", old.version ?? "") ?? 0) < 0);
  return fresh.some(isOlder) ? [info("downgrade", "is older than before")] : [];
}

function once(notes: readonly Note[]): Note[] {
  const seen = new Set<string>();
  return notes.filter(({ kind, text }) => {
    const key = `${kind} ${text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Without what a person may have written into it to be let in. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^@/]*@/, "//").replace(/[?#].*$/s, "");
}

export function warning(kind: Note["kind"], text: string): Note {
  return { kind, level: "warning", text };
}
export function info(kind: Note["kind"], text: string): Note {
  return { kind, level: "info", text };
}
