/**
 * Names of packages in a few megabytes: a Bloom filter of all that exist, and the most used ones as text. A filter never
 * forgets a name it was given; of other names it takes about one in a thousand for one of them.
 */

export type Ecosystem = "npm" | "pypi";
export interface NameList {
  /** All names of the registry were given, on that day. */
  readonly isComplete: boolean;
  /** "2026-11-02". */
  readonly date: string;
  /** More than 90 days have passed since: what is not on it may have come meanwhile. */
  readonly isOld?: boolean;
  /** How many names were given. */
  readonly count: number;
  /** The name was among those given: of all, or of those that are used at all. */
  has(name: string): boolean;
  /** The place among the most used ones, from 0. */
  rank(name: string): number | undefined;
  /** The most used names, first the most used. */
  readonly top: readonly string[];
}
export type NameIndex = Readonly<Partial<Record<Ecosystem, NameList>>>;

export interface ListToWrite {
  readonly isComplete: boolean;
  readonly date: string;
  readonly names: readonly string[];
  readonly top: readonly string[];
}

interface Head {
  readonly ecosystem: Ecosystem;
  readonly isComplete: boolean;
  readonly date: string;
  readonly count: number;
  readonly filterBytes: number;
  readonly topBytes: number;
}

const MAGIC = "skeptic-names-1\n";
/** With ten hashes one in a thousand other names is taken for one of them. */
const BITS_PER_NAME = 14.4;
const HASHES = 10;

export function writeNames(lists: Readonly<Partial<Record<Ecosystem, ListToWrite>>>): Uint8Array {
  const encode = new TextEncoder();
  const sections = (Object.entries(lists) as [Ecosystem, ListToWrite][]).map(
    ([ecosystem, list]): Section => {
      const filter = new Uint8Array(Math.ceil((list.names.length * BITS_PER_NAME) / 8));
      for (const name of list.names)
        visit(name, filter.length * 8, (bit) => {
          filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7));
          return true;
        });
      const top = encode.encode(list.top.join("\n"));
      const { isComplete, date, names } = list;
      const head = {
        ...{ ecosystem, isComplete, date, count: names.length },
        ...{ filterBytes: filter.length, topBytes: top.length },
      };
      return { head, filter, top };
    },
  );
  return assembled(sections);
}
function assembled(sections: readonly Section[]): Uint8Array {
  const heads = JSON.stringify(sections.map(({ head }) => head));
  const parts = sections.flatMap(({ filter, top }) => [filter, top]);
  const all = [new TextEncoder().encode(`${MAGIC}${heads}\n`), ...parts];
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

interface Section {
  readonly head: Head;
  readonly filter: Uint8Array;
  readonly top: Uint8Array;
}
/** Undefined for bytes that are no such file, or not all of one. */
function sectionsOf(bytes: Uint8Array): readonly Section[] | undefined {
  const decode = new TextDecoder();
  if (decode.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) return undefined;
  const end = bytes.indexOf(10, MAGIC.length);
  try {
    const heads = JSON.parse(decode.decode(bytes.subarray(MAGIC.length, end))) as readonly Head[];
    let at = end + 1;
    const out = heads.map((head): Section => {
      const filter = bytes.subarray(at, at + head.filterBytes);
      const top = bytes.subarray(at + head.filterBytes, at + head.filterBytes + head.topBytes);
      at += head.filterBytes + head.topBytes;
      return { head, filter, top };
    });
    return at === bytes.length ? out : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for bytes that are no such file, or not all of one. */
export function readNames(bytes: Uint8Array): NameIndex | undefined {
  const sections = sectionsOf(bytes);
  if (sections === undefined) return undefined;
  const out: Partial<Record<Ecosystem, NameList>> = {};
  for (const { head, filter, top: text } of sections) {
    let ranks: ReadonlyMap<string, number> | undefined;
    let top: readonly string[] | undefined;
    const list = (): readonly string[] => {
      top ??= new TextDecoder().decode(text).split("\n");
      return top;
    };
    out[head.ecosystem] = {
      isComplete: head.isComplete,
      date: head.date,
      count: head.count,
      has: (name) =>
        visit(
          name,
          filter.length * 8,
          (bit) => ((filter[bit >>> 3] as number) & (1 << (bit & 7))) !== 0,
        ),
      rank(name) {
        ranks ??= new Map(list().map((one, i) => [one, i]));
        return ranks.get(name);
      },
      get top() {
        return list();
      },
    };
  }
  return out;
}

/** The newer file's lists, and of the older one those that the newer does not have. */
export function joinNames(older: Uint8Array, newer: Uint8Array): Uint8Array {
  const fresh = sectionsOf(newer) ?? [];
  const kept = (sectionsOf(older) ?? []).filter(
    ({ head }) => !fresh.some((one) => one.head.ecosystem === head.ecosystem),
  );
  return assembled([...kept, ...fresh]);
}

const FRESH_DAYS = 90;
/** The same lists, as they are on a day ("2026-11-02"; undefined where it is not known). */
export function namesOn(index: NameIndex, today: string | undefined): NameIndex {
  if (today === undefined) return index;
  const out: Partial<Record<Ecosystem, NameList>> = {};
  for (const [ecosystem, list] of Object.entries(index) as [Ecosystem, NameList][]) {
    const days = (Date.parse(today) - Date.parse(list.date)) / 86_400_000;
    out[ecosystem] = days > FRESH_DAYS ? Object.assign(Object.create(list), { isOld: true }) : list;
  }
  return out;
}

/** Asks about each bit of a name until the answer is no. */
function visit(name: string, bits: number, ask: (bit: number) => boolean): boolean {
  const a = hash(name, 0x811c9dc5);
  const b = hash(name, 0x9747b28c) | 1;
  for (let i = 0; i < HASHES; i++)
    if (!ask(((a + Math.imul(i, b) + (i * i * i - i) / 6) >>> 0) % bits)) return false;
  return true;
}
/** FNV-1a, with the last mixing of Murmur 3. */
function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
