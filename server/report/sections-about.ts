/** What stands in a report besides its results: what could not be told, and how to read it. */
import type { Section } from "./document.ts";
import type { Report } from "./report.ts";
import { LEAST_FINDINGS, LEAST_LINES } from "./table.ts";

export function notesSection({ notes }: Report): readonly Section[] {
  if (notes.length === 0) return [];
  return [
    {
      id: "notes",
      title: "What could not be told",
      blocks: [{ kind: "list", items: notes }],
    },
  ];
}

export function aboutSection(): Section {
  return {
    id: "about",
    title: "How to read this",
    blocks: [
      {
        kind: "list",
        items: [
          "Declared AI: a record says so. A git-ai note, an agent-trace file, a commit trailer that names an assistant, an author that is one, or what an agent's hook recorded. A trailer or an author speaks for the whole commit, so lines of a person are among them.",
          "Human or not declared: the commit declares nothing, or names a person. Much of what AI writes is never declared, so this is not “written by people”.",
          "Unknown: not committed and not recorded, older than a shallow clone, or git could not say.",
          "A line is of the commit that last changed more than its white space. A finding counts for the line that it stands on; code that leads to it may be of somebody else.",
          "Lines are those of Python, TypeScript and JavaScript files that are not blank; comments and tests count. Findings are those that a scan reports, those in the baseline too, without suppressed ones and without notes on suppressions.",
          "The numbers show what goes together, not what causes it. AI may have written other parts of the project than people, at another time, and newer code has been read less often.",
          `Intervals hold in 95 of 100 cases if findings came one by one and by chance (exact Poisson intervals for rates, exact binomial ones for ratios). They come in groups, so the truth is less certain than the intervals say. With many rows, one in twenty misses by chance alone. A rate needs ${LEAST_LINES} lines, a ratio as many on both sides and ${LEAST_FINDINGS} findings: below, it is too few to tell.`,
        ],
      },
    ],
  };
}
