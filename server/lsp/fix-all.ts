/** All safe fixes of one document at once: repeated passes, since a fix may make room for the next. */
import type { FileId } from "../base/brand.ts";
import { applyEdits, type Edit } from "../base/text.ts";
import type { Engine, Fix } from "../engine/api.ts";
import { createPieces } from "./pieces.ts";
import { withTrial } from "./trial.ts";

const PASSES = 20;
/** Nobody waits longer for a save: what is not mended by then stays. */
export const FIX_ALL_MS = 1000;

export interface SafeEdits {
  /** Of the document's present text; [] when no safe fix applies. */
  readonly edits: readonly Edit[];
  /** The time was over before all was tried. */
  readonly isLate: boolean;
}

export interface SafeEditsOptions {
  /** Milliseconds. */
  readonly budget?: number;
  /** Whether edits of the present text can be made where it comes from; a fix that cannot is left out. */
  readonly isMakeable?: (edits: readonly Edit[]) => boolean;
}

export function safeEdits(
  engine: Engine,
  file: FileId,
  { budget = FIX_ALL_MS, isMakeable = () => true }: SafeEditsOptions = {},
): SafeEdits {
  const original = engine.text(file);
  if (original === undefined) return { edits: [], isLate: false };
  const end = Date.now() + budget;
  let isLate = false;
  return withTrial(engine, file, (trial) => {
    const pieces = createPieces(original);
    let report = engine.check(file);
    for (let pass = 0; pass < PASSES; pass++) {
      isLate = Date.now() >= end;
      if (isLate) break;
      const edits = onePass(
        engine,
        file,
        report.findings.map((finding) => finding.fingerprint),
        (taken) => isMakeable(pieces.with(taken)),
      );
      if (edits.length === 0) break;
      const before = pieces.text();
      const after = applyEdits(before, edits);
      if (after === before) break;
      trial.apply(edits);
      const next = engine.check(file);
      // A round that broke the text, or mended nothing, is our own fault: keep what was good.
      if ((next.hasError && !report.hasError) || next.findings.length >= report.findings.length)
        break;
      pieces.apply(edits);
      report = next;
    }
    return { edits: pieces.edits(), isLate };
  });
}

/** True when `safeEdits` would have something to do; cheaper, since nothing is tried. */
export function hasSafeFix(engine: Engine, file: FileId): boolean {
  return engine
    .check(file)
    .findings.some((finding) => safeFix(engine, file, finding.fingerprint) !== undefined);
}

/** Safe edits that do not touch each other; those of the others wait for the next pass. */
function onePass(
  engine: Engine,
  file: FileId,
  fingerprints: readonly string[],
  areMakeable: (edits: readonly Edit[]) => boolean,
): Edit[] {
  const taken: Edit[] = [];
  for (const fingerprint of fingerprints) {
    const edits = safeFix(engine, file, fingerprint)?.edits.flatMap((one) => one.edits) ?? [];
    if (
      edits.some((edit) =>
        taken.some((other) => edit.start <= other.end && other.start <= edit.end),
      )
    )
      continue;
    if (edits.length > 0 && areMakeable([...taken, ...edits])) taken.push(...edits);
  }
  return taken;
}

function safeFix(engine: Engine, file: FileId, fingerprint: string): Fix | undefined {
  const hash = engine.textHash(file);
  return engine
    .fixes(file, fingerprint)
    .find(
      (fix) =>
        fix.grade === "safe" &&
        fix.edits.length > 0 &&
        fix.edits.every((edit) => edit.file === file && edit.textHash === hash),
    );
}
