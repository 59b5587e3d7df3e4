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
const module = (path: string, api: string, args: readonly (number | string)[] = [0]) => ({
  path,
  args,
  kind: CODE,
  data: { api, by: "both", rule: "dynamic-import-user-input" },
});

/** Meant to keep a program in. `text` is where the program stands; "made": in what made the object that is run. */
const sandbox = (path: string, api: string, text: number | "made" = 0) => ({
  path,
  args: [],
  kind: "sandbox" as const,
  data: { api, text },
});
/** Frameworks whose bundler turns `import("./folder/" + name)` into a choice among the files of that folder. */
const BUNDLERS = "next nuxt astro @sveltejs/kit @remix-run/react";

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
    sandbox("vm.{runInContext,runInNewContext}", "vm"),
    sandbox("vm.Script().{runInContext,runInNewContext}", "vm", "made"),
    sandbox("vm2.VM().run", "vm2"),
    // With published ways out that no version closes (GHSA-hcg3-56jf-x4vh, GHSA-v63x-xc9j-hhvq, GHSA-8g4m-cjm2-96wq).
    sandbox("safe-eval", "safe-eval"),
    sandbox("safer-eval", "safer-eval"),
    sandbox("notevil", "notevil"),
    module("globalThis.require", "require"),
    {
      path: "globalThis.import",
      args: [0],
      kind: CODE,
      data: { api: "import()", by: "both", rule: "dynamic-import-user-input", bundlers: BUNDLERS },
    },
    module("module.createRequire()", "require"),
    module("globalThis.importScripts", "importScripts", ["*"]),
  ],
};

export default code;
