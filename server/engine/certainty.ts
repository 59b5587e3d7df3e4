/** Why a finding is as certain as it is, in words for people. */
import type { Finding } from "./api.ts";

const MARKS: Readonly<Record<string, string>> = {
  "unknown-call":
    "the data goes through a call that Skeptic has no model of and cannot read; its result is taken to hold what went in",
  "guessed-name":
    "an object was recognised by its usual name, because no import or type says what it is",
  "many-values": "more sources meet in one value than are kept apart",
  stored:
    "one function stores the data and another one reads it; that they run in this order is not known",
  "whole-object":
    "it is read so deep inside an object that its parts are not told apart: another part of it may be meant",
  "put-in":
    "a form has only the fields that it declares; that the one that is used is among them is not known",
  "any-attribute":
    "it is kept in an attribute whose name is not known; that it is the one that is read is not known",
  checked:
    "a function that refuses some paths was asked about it before; that it lets no other folder through on any way is not known",
  "unknown-error":
    "nothing that is tried there is known to quote statements, paths or hosts when it fails",
  quoted: "its quotation marks are doubled, as SQL wants it between two of them",
  written: "the program has written the file at this path before, so what is read there is its own",
  "unknown-origin":
    "no call of the function was seen in the files that were read, so where its parameter comes from is not known",
};

/** One sentence for each approximation on the way; none for a finding without. */
export function markTexts({ marks }: Finding): readonly string[] {
  return marks.map((mark) => `${mark}: ${MARKS[mark] ?? "an approximation on the way"}.`);
}

/** What the confidence of a finding means in its case. */
export function certaintyText(finding: Finding): string {
  const isFlow = finding.paths.length > 0;
  switch (finding.confidence) {
    case "high":
      return isFlow
        ? "High: every step from the source to the sink is known."
        : "High: it is clear what is called, and every value that decides is a known constant.";
    case "medium":
      if (finding.marks.length > 0) return "Medium, since the path is not wholly known:";
      return isFlow
        ? "Medium: the path is known, but something on it may make the attack harder; the message says what."
        : "Medium: it is clear what is called, but not every value that decides is known.";
    case "low":
      return finding.marks.length > 0
        ? "Low, since the path is not wholly known:"
        : "Low: only names speak for it.";
  }
}
