/** Findings as an editor shows them: at their own place, or where their data leaves another file. */
import type { FileId } from "../base/brand.ts";
import type { Departure, Finding, Place } from "../engine/api.ts";
import { type Context, cellOf, lineOf, lineWords, shortPath } from "./context.ts";

export type Shown = Finding | Departure;

export function isDeparture(shown: Shown): shown is Departure {
  return "sink" in shown;
}

/** Where the finding itself stands: that file's text is what fixes are made for. */
export function homeOf(shown: Shown): FileId {
  return isDeparture(shown) ? shown.sink.file : shown.file;
}

/** The same for each place at which a finding is shown. */
export function identityOf(shown: Shown): string {
  return `${homeOf(shown)}\0${shown.fingerprint}`;
}

/** "store.py:5", "sales.ipynb, cell 3, line 2" */
export function placeText(context: Context, place: Place): string {
  if (cellOf(context, place) !== undefined)
    return `${shortPath(context, place.file)}, ${lineWords(context, place)}`;
  return `${shortPath(context, place.file)}:${lineOf(context, place)}`;
}
