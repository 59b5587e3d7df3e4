/** JavaScript text that is run as a program. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CODE: SinkKind = "code";
const row = (path: string, args: readonly (number | string)[], api: string, text = false) => ({
  path,
  args,
  kind: CODE,
  data: { api, text },
});

/** Runs the package of that name, or the file at that path: the fault of a rule of its own. */
const module = (path: string, api: string) => ({
  path,
  args: [0],
  kind: CODE,
  data: { api, by: "both", rule: "dynamic-import-user-input" },
});

const code: Model = {
  language: "javascript",
  types: { "vm2.VM()": ["vm2.NodeVM()"] },
  sinks: [
    row("globalThis.eval", [0], "eval"),
    row("globalThis.Function", ["*"], "Function"),
    // A function is called, a text is run.
    row("globalThis.{setTimeout,setInterval,setImmediate}", [0], "setTimeout", true),
    row("vm.{runInThisContext,runInContext,runInNewContext,compileFunction}", [0], "vm"),
    row("vm.Script", [0], "vm.Script"),
    row("vm2.VM().run", [0], "vm2"),
    module("globalThis.require", "require"),
    module("globalThis.import", "import()"),
    module("module.createRequire()", "require"),
    module("globalThis.importScripts", "importScripts"),
  ],
};

export default code;
