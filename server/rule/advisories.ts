/** Known holes of packages, in the schema of OSV, and the versions they are in. */
import { compare as comparePython, valid as validPython } from "@renovatebot/pep440";
import { coerce, compare as compareNpm, parse } from "semver";
import { normalised } from "./manifest.ts";

export type Level = "CRITICAL" | "HIGH" | "MODERATE" | "LOW";
export type Ecosystem = "npm" | "python";

/** What is read of an entry; https://ossf.github.io/osv-schema/ */
export interface Advisory {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly summary?: string;
  readonly withdrawn?: string;
  readonly affected?: readonly {
    readonly package?: { readonly ecosystem?: string; readonly name?: string };
    readonly ranges?: readonly {
      readonly type?: string;
      readonly events?: readonly Event[];
    }[];
  }[];
  readonly database_specific?: { readonly severity?: string };
}
interface Event {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
}

interface Hole {
  readonly id: string;
  readonly names: readonly string[];
  readonly level: Level;
  readonly summary: string | undefined;
  readonly ranges: readonly (readonly Event[])[];
}
export type Holes = ReadonlyMap<string, readonly Hole[]>;

export interface Known {
  /** The worst first. */
  readonly holes: readonly Hole[];
  /** The lowest version that mends all; undefined where none is known. */
  readonly mended: string | undefined;
}

const LEVELS: readonly Level[] = ["CRITICAL", "HIGH", "MODERATE", "LOW"];

export function keyOf(ecosystem: Ecosystem, name: string): string {
  return `${ecosystem} ${ecosystem === "npm" ? name : normalised(name)}`;
}

/** By package. What is not of the schema is left out. */
export function holesOf(list: readonly Advisory[]): Holes {
  const out = new Map<string, Hole[]>();
  for (const one of list) {
    if (typeof one?.id !== "string" || one.withdrawn !== undefined) continue;
    const severity: unknown = one.database_specific?.severity;
    const level = LEVELS.find(
      (each) => typeof severity === "string" && each === severity.toUpperCase(),
    );
    for (const affected of listOf(one.affected)) {
      const of = affected?.package;
      const ecosystem = of?.ecosystem === "npm" ? "npm" : of?.ecosystem === "PyPI" ? "python" : "";
      if (ecosystem === "" || typeof of?.name !== "string") continue;
      const key = keyOf(ecosystem, of.name);
      const events = listOf(affected.ranges)
        .filter((range) => range?.type === "ECOSYSTEM" || range?.type === "SEMVER")
        .map((range) => listOf(range.events).filter(isEvent));
      const known = out.get(key)?.find(({ id }) => id === one.id);
      const hole: Hole = {
        id: one.id,
        names: [
          ...listOf(one.aliases).filter(
            (name) => typeof name === "string" && name.startsWith("CVE-"),
          ),
          one.id,
        ],
        level: level ?? "HIGH",
        summary: typeof one.summary === "string" ? one.summary : undefined,
        ranges: [...(known?.ranges ?? []), ...events],
      };
      out.set(key, [...(out.get(key) ?? []).filter(({ id }) => id !== one.id), hole]);
    }
  }
  return out;
}

/** The file may hold anything that is JSON. */
function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
function isEvent(event: Event): boolean {
  return (
    typeof event === "object" &&
    event !== null &&
    [event.introduced, event.fixed, event.last_affected].every(
      (version) => version === undefined || typeof version === "string",
    )
  );
}

/** What is known of a version; undefined if nothing is, or if it is no version. */
export function known(
  all: readonly Hole[],
  ecosystem: Ecosystem,
  version: string,
): Known | undefined {
  const compare = compareVersions(ecosystem);
  if (compare(version, version) === undefined) return undefined;
  const isIn = (hole: Hole, at: string): boolean =>
    hole.ranges.some((events) => endOf(events, at, compare) !== undefined);
  const holes = all
    .filter((hole) => isIn(hole, version))
    .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  if (holes.length === 0) return undefined;
  // A version that mends one may have another: on, until there is none.
  let mended: string | undefined = version;
  for (let step = 0; mended !== undefined && step < all.length * 4; step++) {
    const at: string = mended;
    const open = all.filter((hole) => isIn(hole, at));
    if (open.length === 0) return { holes, mended };
    const ends = open.flatMap((hole) =>
      hole.ranges.flatMap((events) => endOf(events, at, compare) ?? []),
    );
    mended = ends.includes("none")
      ? undefined
      : ends.reduce((a, b) => ((compare(a, b) ?? 0) < 0 ? b : a));
  }
  return { holes, mended: undefined };
}

type Compare = (a: string, b: string) => number | undefined;

/** If the version is in the range: the one that mends it, or "none". */
function endOf(events: readonly Event[], version: string, compare: Compare): string | undefined {
  const from = events.find(({ introduced }) => introduced !== undefined)?.introduced ?? "0";
  if (from !== "0" && (compare(version, from) ?? -1) < 0) return undefined;
  const fixed = events.find((event) => event.fixed !== undefined)?.fixed;
  if (fixed !== undefined) return (compare(version, fixed) ?? 0) < 0 ? fixed : undefined;
  const last = events.find((event) => event.last_affected !== undefined)?.last_affected;
  return last === undefined || (compare(version, last) ?? 1) <= 0 ? "none" : undefined;
}

/** Which of two versions comes first (negative: `a`); undefined where one is no version. */
export function compareVersions(ecosystem: Ecosystem | "pypi"): Compare {
  if (ecosystem !== "npm")
    return (a, b) =>
      validPython(a) === null || validPython(b) === null ? undefined : comparePython(a, b);
  const exact = (text: string) => parse(text) ?? coerce(text);
  return (a, b) => {
    const [left, right] = [exact(a), exact(b)];
    return left === null || right === null ? undefined : compareNpm(left, right);
  };
}
