/** Lists of package names as text, one a line: what an index of names is made of. */
import type { Ecosystem, ListToWrite } from "./names.ts";

/** Downloads a month from which on a name of a list that is not complete counts as used: others may be slips of somebody. */
const USED = 5000;
/** As many have a place among the most used. */
const MOST = 20_000;
const LONGEST = 214;
const NAMES: Readonly<Record<Ecosystem, RegExp>> = {
  npm: /^(?:@[\w.~-]+\/)?[\w.~-]+$/,
  pypi: /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/,
};

export interface ReadList extends ListToWrite {
  /** Lines that are no name. */
  readonly left: number;
}

/**
 * Lines of a name, and behind a tab, a comma or white space a number: downloads, or the place among the most used where the first
 * line calls it "rank". Lines that begin with # say nothing. Names of PyPI are taken in their normal form.
 */
export function readList(
  text: string,
  ecosystem: Ecosystem,
  { isComplete, date }: { readonly isComplete: boolean; readonly date: string },
): ReadList {
  const numbers = new Map<string, number>();
  let isRank = false;
  let left = 0;
  let isFirst = true;
  for (const line of text.split("\n")) {
    const [written = "", number = ""] = line.trim().split(/[\t, ]+/);
    if (written === "" || written.startsWith("#")) continue;
    const wasFirst = isFirst;
    isFirst = false;
    if (wasFirst && /^(?:name|package|project)$/i.test(written)) {
      isRank = /rank|place/i.test(number);
      continue;
    }
    const name = ecosystem === "pypi" ? written.toLowerCase().replace(/[-_.]+/g, "-") : written;
    if (name.length > LONGEST || !NAMES[ecosystem].test(name)) left++;
    else numbers.set(name, /^\d+$/.test(number) ? Number(number) : 0);
  }
  const numbered = [...numbers].filter(([, number]) => number > 0);
  const sorted = [...numbered].sort(([, a], [, b]) => (isRank ? a - b : b - a));
  const isUsed = ([, number]: readonly [string, number]): boolean => isRank || number >= USED;
  const used = isComplete || numbered.length === 0 ? [...numbers] : numbered.filter(isUsed);
  const top = sorted.filter(isUsed).slice(0, MOST);
  return {
    isComplete,
    date,
    names: used.map(([name]) => name),
    top: top.map(([name]) => name),
    left,
  };
}
