/** The name of the user or the machine, or something out of the home folder, leaves the machine. */
import { rule } from "../../server/rule/rule.ts";

export default rule({
  id: "machine-sent",
  title: "Name of the user or machine, or the home folder, sent away",
  category: "supply-chain",
  severity: "low",
  cwe: [359],
  owasp: [],
  flow: { from: ["machine"], to: "network" },
  after: ["exfiltration-pattern"],
  say: ({ hit }) => ({
    what: `The name of the user or machine, or something in the home folder, goes out through ${String(hit?.row.data?.api ?? "the network")}.`,
    why: "It tells a stranger who has installed the package.",
    fix: "Look at where it goes.",
  }),
});
