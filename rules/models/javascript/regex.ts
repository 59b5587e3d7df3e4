/** JavaScript regular expressions: which argument is the pattern, and what makes a text that matches only itself or is no filter of LDAP. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const REGEX: SinkKind = "regex";
const SLOW: SinkKind = "slow-match";

const regex: Model = {
  language: "javascript",
  sinks: [
    { path: "globalThis.RegExp", args: [0], kind: REGEX, data: { api: "RegExp", compiles: true } },
    {
      path: "*.{test,exec}",
      args: [0],
      kind: SLOW,
      needs: { arg: "recv", is: "slow" },
      data: { pattern: "recv" },
    },
    // What is a text there is no pattern but for `match` and `search`.
    {
      path: "*.{match,matchAll,search,replace,replaceAll,split}",
      args: ["recv"],
      kind: SLOW,
      needs: { arg: 0, is: "slow-literal" },
      data: { pattern: "0" },
    },
  ],
  passes: [
    {
      path: "{globalThis.RegExp.escape,lodash.escapeRegExp,lodash/escapeRegExp,lodash.escaperegexp,lodash-es.escapeRegExp,es-toolkit.escapeRegExp,es-toolkit/compat.escapeRegExp,escape-string-regexp,escape-string-regexp.default,escape-regexp,escape-regex,regex-escape,regexp.escape}()",
      from: [0],
      clears: ["regex"],
    },
    // Patterns of file names, which have no groups that repeat.
    {
      path: "{glob-to-regexp,minimatch.makeRe,micromatch.makeRe,picomatch.makeRe}()",
      from: [0],
      clears: ["regex"],
    },
    // The first of these that applies counts: the signs of patterns are among them those of filters.
    {
      path: "*.{replace,replaceAll}()",
      from: ["recv", 1],
      clears: ["regex", "ldap"],
      derive: "part",
      needs: { arg: 0, is: "pattern-signs" },
    },
    {
      path: "*.{replace,replaceAll}()",
      from: ["recv", 1],
      clears: ["ldap"],
      derive: "part",
      needs: { arg: 0, is: "filter-signs" },
    },
  ],
  guards: [
    {
      path: "{safe-regex,safe-regex2,safe-regex.default,safe-regex2.default}()",
      subject: 0,
      proves: "true",
      clears: ["regex"],
    },
  ],
};

export default regex;
