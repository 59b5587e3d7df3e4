/** A name that hardly anybody uses, and that is easily taken for the one of a well-known package. */
import { type Ecosystem, type NameList, similar } from "./names.ts";

/** How far down the list of the most used names one is a hundred times more used than a name that is not used at all. */
const FAMOUS = { npm: 20_000, pypi: 3000 } as const;
/** How far, to be a hundred times more used than any name without a place on the list. */
const MOST_FAMOUS = 2000;
/** Names of modules under which something else is published. */
const MODULES: Readonly<Record<string, string>> = {
  bs4: "beautifulsoup4",
  cv2: "opencv-python",
  dotenv: "python-dotenv",
  jose: "python-jose",
  jwt: "pyjwt",
  magic: "python-magic",
  sklearn: "scikit-learn",
};

export interface LookAlike {
  /** The well-known one. */
  readonly name: string;
  /** In words: "one letter apart"; "module" where it is the name of a module of that package. */
  readonly how: string;
}

export function lookAlike(
  name: string,
  ecosystem: Ecosystem,
  list: NameList,
): LookAlike | undefined {
  const other = ecosystem === "pypi" && Object.hasOwn(MODULES, name) ? MODULES[name] : undefined;
  if (other !== undefined) return { name: other, how: "module" };
  if (isUsed(name, list)) return undefined;
  const found = similar(
    name,
    list,
    fame(name, ecosystem, list),
    !list.isComplete && list.has(name),
  );
  return found === undefined || isOfOneOwner(name, found.name) ? undefined : found;
}

/** It has a place among the most used ones; of a complete list what is not on it is another fault. */
export function isUsed(name: string, list: NameList): boolean {
  return list.rank(name) !== undefined || (list.isComplete && !list.has(name));
}

/** How far down the list a name must stand for this one to be taken for it. */
export function fame(name: string, ecosystem: Ecosystem, list: NameList): number {
  return !list.isComplete && list.has(name) ? MOST_FAMOUS : FAMOUS[ecosystem];
}

/** In a scope only its owner publishes. */
export function isOfOneOwner(name: string, other: string): boolean {
  const scope = /^@[^/]+\//.exec(name)?.[0];
  return scope !== undefined && (other.startsWith(scope) || !other.startsWith("@"));
}
