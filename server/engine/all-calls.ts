/**
 * The calls of all files that a rule about the project looks at, and what it makes of them. Many files ask: it is made once,
 * by language and models. After an edit it stays if the calls are the same, and the answers to what was asked of the program
 * for it: typing in one file of a large workspace must not look at all others.
 */
import type { FileId } from "../base/brand.ts";
import type { AllCalls, Observation, ProgramContext, ProjectSpec } from "../rule/rule.ts";
import { Interrupted } from "../taint/clock.ts";
import type { Knowledge } from "../taint/knowledge.ts";
import { deepKey } from "../taint/value-keys.ts";
import { type Asked, createAsked } from "./asked.ts";
import { knowledgeOf, programContextOf } from "./contexts.ts";
import { type Contribution, observationKey, type ProjectIndex } from "./contributions.ts";
import type { FindingsInput } from "./input.ts";
import { isLike } from "./like.ts";
import { concerned } from "./watched.ts";

type Make<T> = (calls: readonly Observation[], context: ProgramContext) => T;
type Made = { readonly asked: Asked } & ({ readonly value: unknown } | { readonly error: unknown });

/** Of one moment. */
interface Known {
  index: ProjectIndex;
  /** All files that are known are taken in. */
  isWhole: boolean;
  /** Of whom it was made. */
  readonly contributions: Map<FileId, Contribution>;
  /** Files that were among them, and wait or are gone. */
  readonly left: Set<FileId>;
  readonly specs: Map<ProjectSpec, OfSpec>;
  readonly contexts: Map<Knowledge | undefined, ProgramContext>;
}
interface OfSpec {
  readonly calls: readonly Observation[];
  readonly made: Map<Knowledge | undefined, Map<Make<unknown>, Made>>;
}
const moments = new WeakMap<object, Known>();

export function allCalls(project: ProjectSpec, input: FindingsInput): AllCalls {
  return {
    shared<T>(make: Make<T>): T {
      const known = knownOf(input);
      const models = knowledgeOf(input);
      const { calls, made } = entryOf(known.specs, project, () => ({
        calls: gathered(project, known),
        made: new Map(),
      }));
      const own = entryOf(made, models, () => new Map<Make<unknown>, Made>());
      const one = entryOf(own, make, () => {
        const context = entryOf(known.contexts, models, () => programContextOf(input));
        return attempt(make, calls, createAsked(input, context));
      });
      if ("error" in one) throw one.error;
      return one.value as T;
    },
  };
}

function knownOf(input: FindingsInput): Known {
  const { moment, index, contributions } = input;
  const known = moments.get(moment);
  if (known === undefined) {
    const fresh = {
      ...{ index, isWhole: true, contributions: new Map(contributions) },
      ...{ left: new Set<FileId>(), specs: new Map(), contexts: new Map() },
    };
    moments.set(moment, fresh);
    return fresh;
  }
  if (known.index !== index) goOn(known, input);
  if (!known.isWhole) input.again();
  return known;
}

interface Change {
  readonly file: FileId;
  readonly before: Contribution | undefined;
  readonly now: Contribution | undefined;
}

/**
 * Drops what is not as before. While files wait, new ones are taken in only when they are many: so all that is made on the way
 * costs little more than what is made at the end, however often somebody asks. One that comes back after an edit is no new one.
 */
function goOn(
  known: Known,
  { index, contributions, file, isOpen, isReading }: FindingsInput,
): void {
  const changed: Change[] = [];
  const fresh: Change[] = [];
  for (const [one, now] of contributions) {
    const before = known.contributions.get(one);
    if (before === now) continue;
    const isFresh = before === undefined && !known.left.has(one);
    (isFresh ? fresh : changed).push({ file: one, before, now });
  }
  for (const [one, before] of known.contributions)
    if (!contributions.has(one)) changed.push({ file: one, before, now: undefined });
  const isNew = isOpen && !known.contributions.has(file);
  known.isWhole = !isReading || isNew || fresh.length * MANY > known.contributions.size;
  if (known.isWhole) changed.push(...fresh);
  for (const one of changed)
    if (one.now === undefined) {
      known.contributions.delete(one.file);
      known.left.add(one.file);
    } else {
      known.contributions.set(one.file, one.now);
      known.left.delete(one.file);
    }
  known.index = index;
  forget(known, changed);
}
/** One in so many. */
const MANY = 4;

function forget(known: Known, changed: readonly Change[]): void {
  const files = changed.map(({ file }) => file);
  for (const [project, { made }] of known.specs) {
    if (changed.some(({ before, now }) => !isSameTo(project, before, now)))
      known.specs.delete(project);
    else
      for (const own of made.values())
        for (const [make, { asked }] of own) if (!asked.holds(files)) own.delete(make);
  }
}

/** To a rule a file's calls are as they were. */
function isSameTo(
  project: ProjectSpec,
  before: Contribution | undefined,
  now: Contribution | undefined,
): boolean {
  const old = concerned(before?.observations ?? [], project);
  const all = concerned(now?.observations ?? [], project);
  return (
    old.length === all.length && old.every((call, i) => isSameCall(call, all[i] as Observation))
  );
}
function isSameCall(a: Observation, b: Observation): boolean {
  if (a === b) return true;
  const written = ({ args, argsSpan, guessed, paths, receiver }: Observation): unknown => [
    ...[argsSpan, guessed, paths, receiver === undefined ? 0 : deepKey(receiver)],
    ...args.map(({ value: _, ...as }) => as),
  ];
  return observationKey(a) === observationKey(b) && isLike(written(a), written(b));
}

/** In the order of the files' names: nothing may depend on the order in which they were read. */
function gathered(project: ProjectSpec, { contributions }: Known): readonly Observation[] {
  return [...contributions.keys()]
    .sort()
    .flatMap((file) => concerned(contributions.get(file)?.observations ?? [], project));
}

/** What fails for one file fails for all: it is not tried again for each of them. */
function attempt(make: Make<unknown>, calls: readonly Observation[], asked: Asked): Made {
  try {
    return { asked, value: make(calls, asked.context) };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return { asked, error };
  } finally {
    asked.end();
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
