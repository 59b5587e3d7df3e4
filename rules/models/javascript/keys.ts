/** JavaScript properties that are written under a name that data decides, and what keeps the name from being that of a prototype. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KEY: SinkKind = "key";
/** `package` and `fixed`: before that version it writes into prototypes. `by`: "path" or "object", which has the names inside. */
const row = (
  path: string,
  args: readonly (number | string)[],
  data: Readonly<Record<string, string>>,
) => ({ path, args, kind: KEY, data: { rule: "prototype-pollution", ...data } });

/** Tried with each version: `{"__proto__": ...}` and `{"constructor": {"prototype": ...}}` that JSON.parse gives, and the same as paths. */
const keys: Model = {
  language: "javascript",
  sinks: [
    row("*.%index().%index", [], { api: "the assignment" }),
    row("{lodash.merge,lodash.mergeWith,lodash/merge,lodash/mergeWith}", [1, 2], {
      api: "merge",
      package: "lodash",
      fixed: "4.17.11",
      by: "object",
    }),
    row("{lodash.defaultsDeep,lodash/defaultsDeep}", [1, 2], {
      api: "defaultsDeep",
      package: "lodash",
      fixed: "4.17.12",
      by: "object",
    }),
    row("{lodash.set,lodash.setWith,lodash.update,lodash/set,lodash/setWith,lodash/update}", [1], {
      api: "set",
      package: "lodash",
      fixed: "4.17.20",
      by: "path",
    }),
    row("{lodash.zipObjectDeep,lodash/zipObjectDeep}", [0], {
      api: "zipObjectDeep",
      package: "lodash",
      fixed: "4.17.20",
      by: "path",
    }),
    row("deep-extend", [1, 2], {
      api: "deep-extend",
      package: "deep-extend",
      fixed: "0.5.1",
      by: "object",
    }),
  ],
  guards: [
    {
      path: "*.%equals()",
      subject: 0,
      proves: "false",
      clears: ["key"],
      needs: { arg: 1, is: "among", values: ["__proto__"] },
    },
    {
      path: "*.{includes,has}()",
      subject: 0,
      proves: "false",
      clears: ["key"],
      needs: { arg: "recv", is: "holding", values: ["__proto__"] },
    },
    {
      path: "*.includes()",
      subject: "recv",
      proves: "false",
      clears: ["key"],
      needs: { arg: 0, is: "shared-key" },
    },
    {
      path: "*.test()",
      subject: 0,
      proves: "false",
      clears: ["key"],
      needs: { arg: "recv", is: "shared-key" },
    },
  ],
};

export default keys;
