/** What a server answers is run: the package does whatever its server says, today or later. */
import { rule } from "../../server/rule/rule.ts";

export default rule({
  id: "downloaded-code",
  title: "Downloaded text run as code",
  category: "supply-chain",
  severity: "critical",
  cwe: [494],
  owasp: [],
  flow: { from: ["downloaded"], to: ["code", "shell"] },
  say: ({ hit }) => ({
    what: `What was downloaded is run through ${String(hit?.row.data?.api ?? "a call")}.`,
    why: "Whoever answers decides what runs on this machine.",
    fix: "Look at where it comes from, and whether anything checks it.",
  }),
});
