/** Python regular expressions: which argument is the pattern, and what makes a text that matches only itself. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const REGEX: SinkKind = "regex";
const CALLS = "{match,search,fullmatch,findall,finditer,split,sub,subn}";

const regex: Model = {
  language: "python",
  sinks: [
    { path: `re.${CALLS}`, args: [0, "pattern"], kind: REGEX, data: { api: "re" } },
    {
      path: "re.compile",
      args: [0, "pattern"],
      kind: REGEX,
      data: { api: "re", compiles: true },
    },
    // It can be told how long it may take.
    {
      path: `regex.${CALLS}`,
      args: [0, "pattern"],
      kind: REGEX,
      data: { api: "regex", limit: "timeout" },
    },
  ],
  passes: [
    { path: "{regex.escape,fnmatch.translate,glob.translate}()", from: [0], clears: ["regex"] },
    { path: "regex.compile()", from: [0], same: true, clears: ["regex"] },
    { path: "regex.{match,search,fullmatch,split,findall,finditer}()", from: [1], derive: "part" },
    { path: "regex.{sub,subn}()", from: [1, 2], derive: "part" },
  ],
};

export default regex;
