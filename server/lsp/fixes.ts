/** The fixes of a finding as they may be told. */
import type { FileId } from "../base/brand.ts";
import type { Fix, Place } from "../engine/api.ts";
import type { Context } from "./context.ts";
import { homeOf, isDeparture, type Shown } from "./departures.ts";
import { makeable } from "./document-edits.ts";
import { maskedFix } from "./secrets.ts";

/** The engine's, with titles that may be told. */
export function fixesOf(
  context: Context,
  file: FileId,
  fingerprint: string,
  from?: Place,
): readonly Fix[] {
  const { engine, secrets } = context;
  const fixes = engine.fixes(file, fingerprint, from);
  if (fixes.length === 0) return [];
  const files = fixes.flatMap(({ edits }) => edits.map((one) => one.file));
  const mask = secrets.maskFor([file, ...(from === undefined ? [] : [from.file]), ...files]);
  return fixes.map((fix) => makeable(context, maskedFix(fix, mask)));
}

/** Of a finding where it is shown. */
export function toldFixes(context: Context, finding: Shown): readonly Fix[] {
  const from = isDeparture(finding) ? { file: finding.file, span: finding.span } : undefined;
  return fixesOf(context, homeOf(finding), finding.fingerprint, from);
}
