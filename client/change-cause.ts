// How a change of a document came about, as far as its editor can tell. Nothing of the editor is needed here.

import type { ChangeCause } from "../server/lsp/origin-protocol.ts";

export interface Change {
  readonly text: string;
  /** What it replaced; undefined where that is not known any more. */
  readonly removed: string | undefined;
}

export interface ChangeFacts {
  readonly changes: readonly Change[];
  /** "undo" or "redo", as the editor says. */
  readonly reason: "undo" | "redo" | undefined;
  /** What a proposed API of some editors says of the source of the edit. */
  readonly source: string | undefined;
  /** The text of a paste that was asked for a moment ago, and whether it was copied in this window. */
  readonly paste: { readonly text: string; readonly isOwn: boolean } | undefined;
  /** Pastes are heard of. Where they are not, several lines at once may be one. */
  readonly hearsPastes: boolean;
}

/** A completion of one word is still typing. */
const WORD = /^[\p{L}\p{N}_$.-]{1,80}$/u;
/** Brackets and quotes that close by themselves, with what was typed. */
const PAIR = /^[^\p{L}\p{N}\s]{1,3}$/u;

/** Undefined for a change of nothing. */
export function causeOf(facts: ChangeFacts): ChangeCause | undefined {
  const { changes, reason, paste, source } = facts;
  if (changes.length === 0) return undefined;
  if (reason !== undefined) return "undo";
  if (paste !== undefined && isPaste(changes, paste.text)) return paste.isOwn ? "copy" : "paste";
  const said = source === undefined ? undefined : fromSource(source);
  if (said !== undefined) return said;
  if (changes.every(isTyped)) return "typing";
  const [change] = changes;
  if (changes.length > 1 || change === undefined || !facts.hearsPastes) return "tool";
  return isSuggestion(change) ? "suggestion" : "tool";
}

function isTyped({ text, removed }: Change): boolean {
  if (text === "") return true;
  if (removed === undefined) return WORD.test(text);
  if (text.trim() === "") return removed.trim() === "";
  return !/[\r\n]/.test(removed) && (WORD.test(text) || PAIR.test(text));
}

/** Several lines of code where there were none, or at the end of a line that stays. */
function isSuggestion({ text, removed }: Change): boolean {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  if (lines.length < 2 || removed === undefined) return false;
  if (removed.trim() === "") return true;
  // A snippet, or a completion with a body, stands in for the word that was typed for it.
  return !WORD.test(removed.trim()) && !/[\r\n]/.test(removed) && text.startsWith(removed);
}

/** The editor may indent what is pasted, and each of several cursors may get a part. */
function isPaste(changes: readonly Change[], text: string): boolean {
  const bare = (one: string): string => one.replace(/\s+/g, "");
  const pasted = bare(text);
  const put = changes
    .filter((change) => bare(change.text) !== "")
    .map(({ text: one }) => bare(one));
  if (put.length === 0) return false;
  return (
    put.every((one) => one === pasted) ||
    put.toReversed().join("") === pasted ||
    put.join("") === pasted
  );
}

/** Names of edit sources as the proposed API of VS Code has them. */
function fromSource(source: string): ChangeCause | undefined {
  if (/inlineCompletionAccept|chat\.applyEdits|inlineChat/i.test(source)) return "ai";
  if (/reloadFromDisk|format|snippet|codeAction|rename/i.test(source)) return "tool";
  return undefined;
}
