/** What the grades of fixes mean, and on what that rests, in words for people. */
import type { Fix, Grade } from "../engine/api.ts";

const PROOF: Readonly<Record<Grade, string>> = {
  safe: "safe: proved by attacks on the rule's own programs, not on yours: they work before it and fail after it, and normal use works both times",
  suggested: "suggested: the right shape, but behaviour may change, so read it first",
  placeholder:
    "to be filled in: it needs a value that only you know, and refuses everything until then",
  manual: "by hand",
};

/** "Use query parameters: suggested: ..."; of one without an edit, why there is none. */
export function gradeText(fix: Fix): string {
  if (fix.edits.length > 0) return `${fix.title} (${PROOF[fix.grade]})`;
  return fix.reason === undefined
    ? `${fix.title} (by hand)`
    : `${fix.title} (by hand: ${fix.reason})`;
}
