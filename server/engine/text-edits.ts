/** Fixes of rules as edits of texts: not of texts that are never edited. */

import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import { withHoles } from "../rule/fix/holes.ts";
import type { Fix as RuleFix } from "../rule/rule.ts";
import type { Fix } from "./api.ts";
import type { Doc } from "./texts.ts";

/** A rule's fix as edits of the texts as they are; undefined if one of them is gone, or a file that it would make is there. */
export function toEdits(
  fix: RuleFix,
  docs: ReadonlyMap<FileId, Doc>,
  has: (file: FileId) => boolean,
): Fix | undefined {
  if (fix.creates?.some(({ file }) => has(file)) === true) return undefined;
  const edits = [];
  for (const e of fix.edits) {
    const doc = docs.get(e.file);
    if (doc === undefined) return undefined;
    const refused = notEdited(doc);
    if (refused !== undefined)
      return { title: fix.title, grade: "manual", edits: [], reason: `No edit: ${refused}.` };
    doc.hash ??= hash128(doc.text);
    edits.push({ file: e.file, textHash: doc.hash, edits: e.edits.map(withHoles) });
  }
  return {
    title: fix.title,
    grade: fix.grade,
    edits,
    ...(fix.creates === undefined ? {} : { creates: fix.creates }),
    ...(fix.reason === undefined ? {} : { reason: fix.reason }),
  };
}

/** Why a text is analysed but never edited. */
function notEdited(doc: Doc): string | undefined {
  if (!doc.editable) return "the file is not valid UTF-8";
  if (hasConflictMarkers(doc.text)) return "the file holds merge conflicts";
  return undefined;
}

function hasConflictMarkers(text: string): boolean {
  return /^<{7}(?: .*)?$/m.test(text) && /^>{7}(?: .*)?$/m.test(text);
}
