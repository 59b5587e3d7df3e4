/** Two states of a manifest: what it asks for, and what the project runs when it is installed. */

import type { Ecosystem } from "../base/names.ts";
import type { Span } from "../base/text.ts";
import { addressed } from "../rule/addressed.ts";
import { askedNames } from "../rule/declared.ts";
import { INSTALL_HOOKS, jsonValue, normalised, strings } from "../rule/manifest.ts";
import { inOrder, type Note, type PackageChange } from "./diff.ts";
import {
  alikeWords,
  info,
  type LookAlike,
  shownAddress,
  type UnknownName,
  warning,
} from "./lock-diff.ts";

export interface Asked {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** As it is written: a range, or an address with what it names there. */
  readonly range: string;
  /** Of what no registry gives. */
  readonly address?: string;
  readonly span: Span;
}

/** What a manifest asks for; `base` is the name of the file. */
export function asked(base: string, text: string): readonly Asked[] {
  const ecosystem = base === "package.json" ? "npm" : "pypi";
  const elsewhere = addressed(base, text).map(({ name, source, span }): Asked => {
    const address = shownAddress(source.address.replace(/^git\+/, ""));
    const range = source.ref === "" ? address : `${address} at ${source.ref}`;
    const known = ecosystem === "npm" ? name : normalised(name);
    return { name: known, ecosystem, range, address, span };
  });
  const names = new Set(elsewhere.map(({ name }) => name));
  const listed = askedNames(base, text).filter(({ name }) => !names.has(name));
  return [...elsewhere, ...listed.map((one) => ({ ...one, ecosystem }) as const)];
}

export function manifestChanges(
  base: string,
  before: string | undefined,
  after: string | undefined,
  lookAlike: LookAlike,
  unknownName: UnknownName,
): readonly PackageChange[] {
  const [old, now] = [byName(base, before), byName(base, after)];
  return inOrder(
    [...new Set([...old.keys(), ...now.keys()])].flatMap((name): readonly PackageChange[] => {
      const [was, is] = [old.get(name) ?? [], now.get(name) ?? []];
      const ranges = (all: readonly Asked[]): string[] => [...new Set(all.map((one) => one.range))];
      const shown = is[0] ?? was[0];
      if (shown === undefined || isSame(ranges(was), ranges(is))) return [];
      return [
        {
          name,
          ecosystem: shown.ecosystem,
          kind: was.length === 0 ? "added" : is.length === 0 ? "removed" : "bumped",
          from: ranges(was),
          to: ranges(is),
          isDirect: true,
          isDevelopment: false,
          span: shown.span,
          notes:
            is.length === 0
              ? []
              : [...source(was, is), ...ofName(was, shown, lookAlike, unknownName)],
        },
      ];
    }),
  );
}

function byName(base: string, text: string | undefined): Map<string, Asked[]> {
  const out = new Map<string, Asked[]>();
  for (const one of text === undefined ? [] : asked(base, text))
    out.set(one.name, [...(out.get(one.name) ?? []), one]);
  return out;
}

function source(was: readonly Asked[], is: readonly Asked[]): Note[] {
  const address = is.find((one) => one.address !== undefined)?.address;
  const before = was.find((one) => one.address !== undefined)?.address;
  if (address === before) return [];
  if (address === undefined)
    return [info("source", `came from ${before}, and comes from a registry now`)];
  if (was.length === 0) return [warning("source", `comes from ${address}, not from a registry`)];
  return [warning("source", `came from ${before ?? "a registry"}, and comes from ${address} now`)];
}

/** One without a version is written as nothing: there or not there is the difference. */
function isSame(was: readonly string[], is: readonly string[]): boolean {
  return was.length === is.length && was.join() === is.join();
}

function ofName(
  was: readonly Asked[],
  { name, ecosystem, range, address }: Asked,
  lookAlike: LookAlike,
  unknownName: UnknownName,
): Note[] {
  if (was.length > 0 || address !== undefined) return [];
  const found = lookAlike(ecosystem, name);
  if (found !== undefined) return [warning("look-alike", alikeWords(found))];
  // Of npm: a folder, a package of the workspace, or another name that this one stands for.
  const isElsewhere = ecosystem === "npm" && /^(?:[a-z]+:|[\w.-]+\/|[.~/])/i.test(range);
  const unknown = isElsewhere ? undefined : unknownName(ecosystem, name);
  if (unknown === undefined) return [];
  const registry = ecosystem === "npm" ? "npm" : "PyPI";
  const level = unknown.isOld ? info : warning;
  const meant = unknown.nearest === "" ? "it may be made up" : `${unknown.nearest} is`;
  return [
    level("missing", `is not among the ${registry} names known on ${unknown.date}; ${meant}`),
  ];
}

/** What the project itself runs when it is installed, and whose scripts it newly lets run. */
export function scriptNotes(
  base: string,
  before: string | undefined,
  after: string | undefined,
): readonly Note[] {
  if (base !== "package.json" || after === undefined) return [];
  const scripts = (text: string): Map<string, string> =>
    new Map(
      strings(text, ["scripts"]).flatMap(({ key, value }) =>
        INSTALL_HOOKS.has(key) ? [[key, value] as const] : [],
      ),
    );
  const old = before === undefined ? new Map<string, string>() : scripts(before);
  const own = [...scripts(after)].flatMap(([hook, script]) => {
    const was = old.get(hook);
    if (was === script) return [];
    const news = was === undefined ? "is new" : "is another one";
    return [warning("install-script", `the project's script ${hook} ${news}: ${script}`)];
  });
  const [let_, lets] = [allowed(before ?? "{}"), allowed(after)];
  const fresh = [...lets].filter((name) => !let_.has(name));
  if (fresh.length === 0) return own;
  return [
    ...own,
    warning("install-script", `scripts may run now when these are installed: ${fresh.join(", ")}`),
  ];
}

/** Packages whose scripts pnpm and bun run only because they are named. */
function allowed(text: string): ReadonlySet<string> {
  const lists = [["pnpm", "onlyBuiltDependencies"], ["trustedDependencies"]].map((path) =>
    jsonValue(text, path),
  );
  return new Set(
    lists.flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : [])).map(String),
  );
}
