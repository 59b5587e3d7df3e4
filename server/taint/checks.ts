/**
 * Checks of a path that do not hold on every way through the function that makes them: behind a switch of the settings, in a
 * loop, of a text that was decoded first. They prove nothing for certain; but whoever calls such a function asked.
 */
import { ALL_KINDS, kindBit } from "./kinds.ts";
import { CHECKED, canBe, type Derivation, type Proof, type Value } from "./value.ts";

/** Before the label of what was compared by means of paths, in a proof. */
const ASKED = "asked:";
/** Before the label of what was handed to a function that asks and may refuse. */
const PASSED = "checked:";
/** Stands in a proof that has one of these. */
const ANY = PASSED;

/** Of a text that was not resolved it is too weak. */
const IN_FOLDER = kindBit("in-folder");
const IN_FULL = kindBit("path") | kindBit("no-climb") | kindBit("no-climb-at-start") | IN_FOLDER;

/**
 * A check that clears `mask` is about paths, not about equality, and proves something of what it looks at: those known to be
 * too weak are told as what they are.
 */
export function isAsked(mask: number, bits: number, derive: Derivation): boolean {
  if ((mask & ALL_KINDS) === ALL_KINDS) return false;
  return (bits & (derive === "same" ? IN_FULL & ~IN_FOLDER : IN_FULL)) !== 0;
}
export function askedLabel(label: string): string {
  return ASKED + label;
}
/** No check of the answer's other side. */
export function isAskedLabel(label: string): boolean {
  return label.startsWith(ASKED);
}

/** Of taint with this label, where `cleared` holds: the mark that it was checked, or none. */
export function checkedMark(cleared: Proof, label: string): number {
  return cleared.has(ANY) && cleared.has(PASSED + label) ? CHECKED : 0;
}

/** What holds once these were handed to a function that checks them. */
export function passedCheck(labels: Iterable<string>): Proof {
  const out = new Map<string, number>();
  for (const label of labels) out.set(PASSED + label, 1);
  if (out.size > 0) out.set(ANY, 1);
  return out;
}

interface End {
  readonly value: Value;
  readonly cleared: Proof;
}
/**
 * The parameters that a function checks in some way: on one way through it they were compared, and it may refuse, by an
 * exception or a false answer. Of those for which coming back, or a true answer, proves something more need not be said.
 */
export function checksOf(
  ends: readonly End[],
  throws: boolean,
  proved: readonly (Proof | undefined)[],
): readonly string[] {
  const seen = new Map<string, number>();
  for (const { value, cleared } of ends) {
    const here = new Set<string>();
    for (const proof of [cleared, value.whenTrue])
      for (const label of proof?.keys() ?? []) {
        const about = parameterOf(label);
        if (about !== undefined) here.add(about);
      }
    for (const about of here) seen.set(about, (seen.get(about) ?? 0) + 1);
  }
  if (seen.size === 0) return NONE;
  const refuses = throws || answersBoth(ends);
  return [...seen]
    .filter(
      ([about, count]) =>
        (refuses || count === ends.length) &&
        proved.every((proof) => ((proof?.get(about) ?? 0) & IN_FULL) === 0),
    )
    .map(([about]) => about)
    .sort();
}
const NONE: readonly string[] = [];

function parameterOf(label: string): string | undefined {
  const about = label.startsWith(ASKED)
    ? label.slice(ASKED.length)
    : label.startsWith(PASSED)
      ? label.slice(PASSED.length)
      : "";
  // What is refused for one of its characters or elements is refused.
  const whole = about.endsWith(":*") ? about.slice(0, -1) : about;
  return whole.startsWith("param:") ? whole : undefined;
}

/**
 * Some ends give nothing or false, others do not; of a list its first element counts. Or the answer of an end is that of the
 * comparison.
 */
function answersBoth(ends: readonly End[]): boolean {
  if (ends.some(({ value }) => [...(value.whenTrue?.keys() ?? [])].some(isAskedLabel))) return true;
  const answers = ends.map(({ value }) => value.fields?.get("0") ?? value);
  return (
    answers.some((value) => canBe(value, true) === false) &&
    answers.some((value) => canBe(value, true) !== false)
  );
}
