/** Python clients of LDAP: which argument is the text of a filter, which the name of an entry, and what escapes a value for them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LDAP: SinkKind = "ldap";
/** `at` says what the text is: a filter, or the distinguished name ("dn") of an entry. */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  at: "filter" | "dn",
) => ({ path, args, kind: LDAP, data: { api, at } });

const LDAP3 = "ldap3.Connection()";
const PYTHON_LDAP = "ldap.ldapobject.LDAPObject()";
const PYTHON_LDAP_SEARCH = "{search,search_s,search_st,search_ext,search_ext_s}";

const ldap: Model = {
  language: "python",
  aliases: { "ldap3.core.connection.Connection": "ldap3.Connection" },
  types: {
    [PYTHON_LDAP]: [
      "ldap.{initialize,open}()",
      "ldap.ldapobject.{SimpleLDAPObject,ReconnectLDAPObject}()",
    ],
    "bonsai.LDAPConnection()": ["bonsai.LDAPClient().connect()"],
  },
  sinks: [
    row(`${LDAP3}.search`, [1, "search_filter"], "Connection.search", "filter"),
    row(`${LDAP3}.search`, [0, "search_base"], "Connection.search", "dn"),
    row(
      `${LDAP3}.extend.standard.paged_search`,
      [1, "search_filter"],
      "Connection.paged_search",
      "filter",
    ),
    row(
      `${LDAP3}.extend.standard.paged_search`,
      [0, "search_base"],
      "Connection.paged_search",
      "dn",
    ),
    row(`${LDAP3}.{add,delete,modify,modify_dn,compare}`, [0, "dn"], "the connection", "dn"),
    row(`${PYTHON_LDAP}.${PYTHON_LDAP_SEARCH}`, [2, "filterstr"], "the search", "filter"),
    row(`${PYTHON_LDAP}.${PYTHON_LDAP_SEARCH}`, [0, "base"], "the search", "dn"),
    row(
      `${PYTHON_LDAP}.{add_s,add_ext_s,delete_s,delete_ext_s,modify_s,modify_ext_s,modrdn_s,rename_s,compare_s,passwd_s}`,
      [0, "dn"],
      "the connection",
      "dn",
    ),
    // Nothing else has methods of these names.
    row("*.{search_st,search_ext_s}", [2, "filterstr"], "the search", "filter"),
    row("bonsai.LDAPConnection().{search,paged_search}", [2, "filter_exp"], "the search", "filter"),
    row("bonsai.LDAPConnection().{search,paged_search}", [0, "base"], "the search", "dn"),
  ],
  passes: [
    {
      path: "{ldap3.utils.conv.escape_filter_chars,ldap3.utils.conv.escape_bytes,ldap3.utils.dn.escape_rdn,ldap.filter.escape_filter_chars,ldap.dn.escape_dn_chars,bonsai.escape_filter_exp,bonsai.escape_attribute_value}()",
      from: [0],
      clears: ["ldap"],
    },
    // The values are escaped; the template is the program's.
    { path: "ldap.filter.filter_format()", from: [0] },
  ],
  hints: {
    ldap_conn: [LDAP3],
    ldap_connection: [LDAP3],
  },
};

export default ldap;
