/** Text of a request that PostgREST reads as conditions of its own, where one value was meant. */
import { quoteValues } from "../server/rule/fix/filter-text.ts";
import { type Hit, type Match, rule } from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";

export default rule({
  id: "postgrest-filter-injection",
  title: "Request data in the text of a PostgREST filter",
  category: "injection",
  severity: "high",
  cwe: [943],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "filter",
    accept(hit): Partial<Match> | undefined {
      if (hit.row.data?.place !== "list") return {};
      return isInList(hit) ? { severity: "medium" } : undefined;
    },
  },
  say: ({ hit }) => {
    const isList = hit?.row.data?.place === "list";
    return {
      what: isList
        ? "Request data is put between the brackets of a PostgREST list."
        : `Request data becomes part of the conditions that ${String(hit?.row.data?.api ?? "or")} sends to PostgREST.`,
      why: isList
        ? "A comma in the value ends the element: the sender adds others, or breaks the query."
        : "A comma ends the condition: x,id.gt.0 in the value adds one that is true for every row, and other columns can be asked about.",
      fix: isList
        ? "Pass the values as a list to the client's own method (.in(), .in_()), which quotes them."
        : "Use methods that take one value (.ilike(), .eq()), or put the value in double quotes and escape quotes and backslashes in it.",
    };
  },
  fixes: (match, code) => quoteValues(match, code),
});

/** What is not between brackets cannot leave its column: the client encodes it as one value. */
function isInList(hit: Hit): boolean {
  return surroundings(hit).some(({ before }) => /[({]/.test(before));
}
