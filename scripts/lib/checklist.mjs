// The table of what is asked of AI-written code, and what answers it.

/** @typedef {{ group: string, ask: string, rules?: string[], also?: string, outOfReach?: string }} Ask */

/**
 * Names of rules that do not exist are still to be written.
 * @param {readonly Ask[]} asks
 * @param {ReadonlySet<string>} known
 */
export function checklistTable(asks, known) {
  const lines = asks.map(({ group, ask, rules = [], also = "", outOfReach = "" }) => {
    const here = rules.filter((id) => known.has(id)).map((id) => `[${id}](${id}.md)`);
    const by = [here.join(", "), also].filter((part) => part !== "").join(". ");
    const later = rules.filter((id) => !known.has(id)).join(", ");
    return `| ${[group, ask, by, later, outOfReach].join(" | ")} |`;
  });
  const head = ["| | Asked | Answered by | Not yet | Out of reach |", "|---|---|---|---|---|"];
  return `<!-- checklist -->\n${[...head, ...lines].join("\n")}\n<!-- end of checklist -->`;
}
