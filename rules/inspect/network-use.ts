/** Every use of the network and every start of a program: of interest where it happens while a package is installed. */
import { type Observation, rule } from "../../server/rule/rule.ts";

export default rule({
  id: "network-use",
  title: "Uses the network",
  category: "supply-chain",
  severity: "info",
  cwe: [],
  owasp: [],
  calls: { sinks: ["url", "network"], check: place },
  say: () => ({ what: "It uses the network.", why: "", fix: "" }),
});

export const programUse = rule({
  id: "program-use",
  title: "Starts a program",
  category: "supply-chain",
  severity: "info",
  cwe: [],
  owasp: [],
  calls: { sinks: ["shell"], check: place },
  say: () => ({ what: "It starts a program.", why: "", fix: "" }),
});

function place({ site: { item, span, op } }: Observation) {
  return { item, span, op };
}
