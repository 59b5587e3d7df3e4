/** Python regular expressions: which argument is the pattern, and what makes a text that matches only itself. */
import type { ArgSpec, Model, SinkKind } from "../../../server/rule/rule.ts";

const REGEX: SinkKind = "regex";
const SLOW: SinkKind = "slow-match";
const CALLS = "{match,search,fullmatch,findall,finditer,split,sub,subn}";

const slow = (path: string, args: ArgSpec[], is: "slow" | "slow-whole" = "slow") => {
  const compiled = path.startsWith("re.compile()");
  const pattern = compiled ? "recv" : "0|pattern";
  return {
    path,
    args,
    kind: SLOW,
    needs: { arg: compiled ? ("recv" as const) : 0, is },
    data: { pattern },
  };
};

const regex: Model = {
  language: "python",
  sinks: [
    slow("re.{match,search,findall,finditer,split}", [1, "string"]),
    slow("re.fullmatch", [1, "string"], "slow-whole"),
    slow("re.{sub,subn}", [2, "string"]),
    slow("re.compile().{match,search,findall,finditer,split}", [0, "string"]),
    slow("re.compile().fullmatch", [0, "string"], "slow-whole"),
    slow("re.compile().{sub,subn}", [1, "string"]),
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
