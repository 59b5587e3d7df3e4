/** A file that uses the network names files of credentials, though no data was seen to go from one to the other. */
import { rule } from "../../server/rule/rule.ts";

/** As they stand between quotes, or at the end of a path. */
const NAMES =
  /(?:\.ssh[/\\]+id_(?:rsa|dsa|ecdsa|ed25519)|\bid_(?:rsa|ed25519)\b|\.aws[/\\]+credentials|\.git-credentials|\.docker[/\\]+config\.json|\.kube[/\\]+config|\.pypirc|Login Data\b|wallet\.dat|Local State\b|keychain-db)(?=["'`\\/]|$)/m;

export default rule({
  id: "credential-names",
  title: "Names files of credentials and uses the network",
  category: "supply-chain",
  severity: "low",
  cwe: [506],
  owasp: [],
  project: {
    sinks: ["network", "url"],
    check(own, context) {
      const [first] = own;
      const text = first === undefined ? undefined : context.code(first.site.item)?.fileText;
      const name = text === undefined ? undefined : NAMES.exec(text)?.[0];
      if (first === undefined || name === undefined) return [];
      return [{ item: first.site.item, span: first.site.span, op: first.site.op, facts: { name } }];
    },
  },
  say: ({ facts }) => ({
    what: `The file names ${String(facts?.name)} and uses the network.`,
    why: "Nothing was seen to go from one to the other, and not every way is seen.",
    fix: "Look at what it sends.",
  }),
});
