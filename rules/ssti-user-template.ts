import { templateFixes } from "../server/rule/fix/template.ts";
import { rule } from "../server/rule/rule.ts";

export default rule({
  id: "ssti-user-template",
  title: "Request data in the text of a template",
  category: "injection",
  severity: "critical",
  cwe: [1336],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "template",
    accept: (hit) => (hit.row.data?.can === "read" ? { severity: "high" } : {}),
  },
  say: ({ hit }, context) => ({
    what: `Request data becomes part of the template itself, which ${String(hit?.row.data?.api ?? "the call")} compiles.`,
    why:
      hit?.row.data?.can === "read"
        ? "The client writes the template: it shows every value the template can reach, and loops until the server stands still."
        : hit !== undefined && context.code(hit.site.item)?.language === "python"
          ? "{{ cycler.__init__.__globals__.os.popen('id').read() }} in the value runs a command on the server."
          : "A template runs code: <% process.mainModule.require('child_process').execSync('id') %> in the value runs a command on the server.",
    fix: "Keep the template constant and hand the value over as a variable: it is then shown, not compiled.",
  }),
  fixes: templateFixes,
});
