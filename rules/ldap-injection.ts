import { type Escape, escapeHoles } from "../server/rule/fix/escape.ts";
import { importedAs } from "../server/rule/fix/imports.ts";
import { type Code, type Context, type Match, rule } from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";

export default rule({
  id: "ldap-injection",
  title: "LDAP filter or name built from request data",
  category: "injection",
  severity: "high",
  cwe: [90],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "ldap",
    accept(hit): Partial<Match> | undefined {
      const at = String(hit.row.data?.at);
      if (at === "filter") return { facts: { at } };
      // A whole name is chosen, not injected: whether this client may is a question of access.
      const isPart = surroundings(hit).some(({ before, after }) => before + after !== "");
      return isPart ? { severity: "medium", facts: { at } } : undefined;
    },
  },
  say: ({ hit, facts }) =>
    facts?.at === "dn"
      ? {
          what: `Request data becomes part of the name of an entry that ${String(hit?.row.data?.api)} is given.`,
          why: "A value such as bob,ou=admins names another entry, in another part of the directory, than the one that was meant.",
          fix: "Escape the value for a distinguished name (escape_rdn, escape_dn_chars, a DN object), or search for the entry by an escaped filter.",
        }
      : {
          what: `Request data becomes part of the LDAP filter that ${String(hit?.row.data?.api)} runs.`,
          why: "The value *)(uid=*))(|(uid=* matches every entry: a login finds an account without knowing one, a search shows the whole directory.",
          fix: "Escape each value (escape_filter_chars, filter_format), or build the filter from objects such as EqualityFilter.",
        },
  fixes: (match, code, context) => escapeHoles(match, code, escapeOf(match, code, context)),
});

function escapeOf(match: Match, code: Code, context: Context): Escape {
  const isDn = match.facts?.at === "dn";
  if (code.language === "python") {
    // Which of the two libraries this is, the call says where its object was made here, and else an import.
    const isLdap3 = /\bldap3\b/.test(code.fileText);
    const names = isLdap3
      ? {
          filter: { module: "ldap3.utils.conv", name: "escape_filter_chars" },
          dn: { module: "ldap3.utils.dn", name: "escape_rdn" },
        }
      : {
          filter: { module: "ldap.filter", name: "escape_filter_chars" },
          dn: { module: "ldap.dn", name: "escape_dn_chars" },
        };
    const wanted = isDn ? names.dn : names.filter;
    return {
      title: "Escape the values",
      advice: `Put ${wanted.name} of ${wanted.module} around each value.`,
      wanted,
      // In a filter a star may be meant; in a name a comma never was one of the value.
      ...(isDn && isLdap3 ? { sameForTexts: context } : {}),
    };
  }
  const advice = isDn
    ? "Build the name from a DN object, or escape the value."
    : "Use a filter object, such as new EqualityFilter({ attribute, value }).";
  const wanted = { module: "ldapts", name: "Filter" };
  const isThere =
    importedAs(code, { module: "ldapts", name: "Client" }) !== undefined ||
    context.requirement("ldapts") !== undefined;
  return isThere && !isDn
    ? {
        title: "Escape the values",
        advice: "Put Filter.escape of ldapts around each value.",
        wanted,
        wrap: (local, text) => `${local}.escape(${text})`,
      }
    : { title: "Use a filter object", advice };
}
