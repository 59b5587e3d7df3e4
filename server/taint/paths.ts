/**
 * What is known of a text that may become a path, and when that confines it: nothing climbs and it stands behind a folder
 * or is not absolute; or, once "..", links and all were resolved, it begins with a folder and a separator.
 */
import { ALL_KINDS, HOST_KINDS, kindBit } from "./kinds.ts";
import type { Derivation, Taint } from "./value.ts";

const PATH = kindBit("path");
const NO_CLIMB = kindBit("no-climb");
const NOT_ABSOLUTE = kindBit("not-absolute");
const BEHIND = kindBit("behind");
const NO_CLIMB_AT_START = kindBit("no-climb-at-start");
const IN_FOLDER = kindBit("in-folder");
const BESIDE_FOLDER = kindBit("beside-folder");
/** Said of the text as it was compared: of no use for what is made of it later. */
const LEXICAL = IN_FOLDER | BESIDE_FOLDER | NO_CLIMB_AT_START;

/** `cleared` with what follows from it. */
export function settle(cleared: number, derive: Derivation): number {
  let out = cleared;
  const isResolved = derive === "resolved" || derive === "part-resolved";
  if (isResolved && (out & (NO_CLIMB_AT_START | BEHIND)) === NO_CLIMB_AT_START) out |= NO_CLIMB;
  const confined =
    (out & (NO_CLIMB | NOT_ABSOLUTE)) === (NO_CLIMB | NOT_ABSOLUTE) ||
    (isResolved && (out & IN_FOLDER) !== 0);
  return confined ? out | PATH : out;
}

/** What a check that clears `mask` says of the very text it looked at. */
export function narrowed(mask: number, t: Taint): number {
  if (t.derive === "resolved" || t.derive === "part-resolved")
    return proved(mask, "resolved", t.cleared, false);
  return (mask & ALL_KINDS) === ALL_KINDS ? mask : mask & ~LEXICAL;
}

/** A library call made something of the text: what it kept of what was known, and what it adds. */
export function step(
  t: Taint,
  to: Derivation | undefined,
  kept: number,
  adds: number,
): { readonly cleared: number; readonly derive: Derivation } {
  const derive = derived(t.derive, to);
  const before = to === "resolved" ? t.cleared & ~LEXICAL : t.cleared;
  return { cleared: settle((before & kept) | adds, derive), derive };
}

/** Text that comes after other text. */
export function behind(cleared: number, derive: Derivation, absoluteWins: boolean): number {
  const more = absoluteWins ? BEHIND : BEHIND | NOT_ABSOLUTE;
  return (cleared & more) === more ? cleared : settle((cleared & ~LEXICAL) | more, derive);
}

/** What a proof about the text at a label says of what was made from that text. */
export function proofFor(proof: number, derive: Derivation): number {
  return derive === "same" ? proof : proof & ~(IN_FOLDER | NO_CLIMB_AT_START);
}

/**
 * What a check that clears `mask` proves of the text from which the checked value was made. `symbolic`: the text is a
 * caller's, who knows more about it.
 */
export function proved(
  mask: number,
  derive: Derivation,
  cleared: number,
  symbolic: boolean,
): number {
  switch (derive) {
    case "same":
      return symbolic || (mask & ALL_KINDS) === ALL_KINDS ? mask : mask & ~LEXICAL;
    case "resolved": {
      // Behind a folder ".." is gone by now, wherever the path leads.
      let bits = mask & ~(NO_CLIMB | NOT_ABSOLUTE | NO_CLIMB_AT_START);
      if ((mask & IN_FOLDER) !== 0) bits |= PATH;
      if ((cleared & BEHIND) === 0 && (mask & (NO_CLIMB | NO_CLIMB_AT_START)) !== 0)
        bits |= NO_CLIMB;
      if ((cleared & BEHIND) === 0) bits |= mask & NOT_ABSOLUTE;
      return bits;
    }
    case "relative":
      return (mask & (NO_CLIMB | NO_CLIMB_AT_START | PATH)) !== 0 ? PATH : 0;
    case "folder":
      return (mask & IN_FOLDER) !== 0 ? PATH : mask & PATH;
    case "pieces":
      return mask & NO_CLIMB;
    case "host":
      return mask & HOST_KINDS;
    default:
      return 0;
  }
}

/** What a further step makes of how a text was derived. */
function derived(old: Derivation, step: Derivation | undefined): Derivation {
  switch (step) {
    case undefined:
    case "same":
      return old;
    case "host":
      return old === "part" || old === "part-resolved" || old === "pieces" ? "part" : "host";
    case "resolved":
      if (old === "same" || old === "resolved") return "resolved";
      return old === "part" || old === "host" || old === "pieces" ? "part-resolved" : old;
    case "folder":
      return old === "resolved" || old === "folder" ? "folder" : "part";
    case "relative":
      return old === "same" || old === "resolved" || old === "folder" || old === "relative"
        ? "relative"
        : "part";
    case "pieces":
      return old === "same" ? "pieces" : "part";
    default:
      return "part";
  }
}
