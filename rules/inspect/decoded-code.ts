/** Text that was hidden in another form is run: what it does nobody sees who reads the package. */
import { rule } from "../../server/rule/rule.ts";

export default rule({
  id: "decoded-code",
  title: "Decoded text run as code",
  category: "supply-chain",
  severity: "critical",
  cwe: [506],
  owasp: [],
  flow: { from: ["decoded"], to: ["code", "shell"] },
  say: ({ hit }) => ({
    what: `Decoded text is run through ${String(hit?.row.data?.api ?? "a call")}.`,
    why: "What it does cannot be read in the package.",
    fix: "Decode it without running it, and read it.",
  }),
});
