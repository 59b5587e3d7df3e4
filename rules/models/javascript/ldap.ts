/** JavaScript clients of LDAP: where the text of a filter and the name of an entry stand, and what escapes a value for them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LDAP: SinkKind = "ldap";
/** `at` says what the text is: a filter, or the distinguished name ("dn") of an entry. */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  at: "filter" | "dn",
) => ({
  path,
  args,
  kind: LDAP,
  data: { api, at },
});

const CLIENT = "{ldapjs.Client(),ldapts.Client()}";

const ldap: Model = {
  language: "javascript",
  types: { "ldapjs.Client()": ["ldapjs.createClient()"] },
  sinks: [
    row(`${CLIENT}.search`, ["1.filter"], "client.search", "filter"),
    row("ldapts.Client().searchPaginated", ["1.filter"], "client.searchPaginated", "filter"),
    row(`${CLIENT}.search`, [0], "client.search", "dn"),
    row(`${CLIENT}.{add,del,modify,modifyDN,compare}`, [0], "the client", "dn"),
    row("{ldapjs,@ldapjs/filter}.{parseFilter,parseString,parse}", [0], "parseFilter", "filter"),
    row("ldapjs.filters.{parseString,parse}", [0], "parseFilter", "filter"),
  ],
  passes: [
    // Objects: what stands in them is written in escaped form.
    {
      path: "{ldapjs,ldapjs.filters,@ldapjs/filter,ldapts}.{EqualityFilter,SubstringFilter,ApproximateFilter,GreaterThanEqualsFilter,LessThanEqualsFilter,PresenceFilter,ExtensibleFilter}()",
      from: [],
    },
    // Its text is told where it is parsed.
    { path: "{ldapjs,@ldapjs/filter}.{parseFilter,parseString,parse}()", from: [] },
    { path: "ldapjs.filters.{parseString,parse}()", from: [] },
    // Tags of templates.
    {
      path: "{ldap-escape.filter,ldap-escape.dn,ldapts.escapeFilter}()",
      from: ["*"],
      clears: ["ldap"],
    },
    { path: "ldapts.Filter.escape()", from: [0], clears: ["ldap"] },
    { path: "ldapts.DN()", from: [] },
  ],
  hints: { ldapClient: ["ldapjs.Client()"] },
};

export default ldap;
