/** What runs by itself when a package of npm is installed, and which of its files that starts. */
import { strings } from "../rule/manifest.ts";
import { commands, programOf } from "../rule/shell.ts";

export interface InstallHook {
  /** "postinstall" */
  readonly name: string;
  readonly command: string;
  /** Of the value in the package.json. */
  readonly start: number;
  /** Paths in the package that its words name, as they are written, without "./". */
  readonly files: readonly string[];
}

/** What npm runs of a package that comes from a registry; the other scripts are for those who develop it. */
const ON_INSTALL = ["preinstall", "install", "postinstall"];
/** Scripts that start other scripts are followed this far. */
const DEEPEST = 5;
const FILE_IN_CODE = /\b(?:require|import)\(\s*["'](\.{1,2}\/[\w./-]+)["']\s*\)/g;

/** `manifest` is the text of the package.json; `hasBinding`: a binding.gyp is beside it, which npm builds without being told. */
export function installHooks(manifest: string, hasBinding: boolean): readonly InstallHook[] {
  const scripts = strings(manifest, ["scripts"]);
  const byName = new Map(scripts.map((one) => [one.key, one.value]));
  const hooks = scripts
    .filter(({ key }) => ON_INSTALL.includes(key))
    .map(({ key, value, span }) => ({
      name: key,
      command: value,
      start: span.start,
      files: [...new Set(filesOf(value, byName, DEEPEST))],
    }));
  const isBuilt = hasBinding && !byName.has("install") && !byName.has("preinstall");
  return isBuilt
    ? [...hooks, { name: "install", command: "node-gyp rebuild", start: 0, files: ["binding.gyp"] }]
    : hooks;
}

function filesOf(
  script: string,
  scripts: ReadonlyMap<string, string>,
  depth: number,
): readonly string[] {
  return commands(script).flatMap((command) => {
    const words = programOf(command).map(({ text }) => text);
    const at = /^(?:npm|pnpm|yarn|bun)$/.test(words[0] ?? "") ? words : [];
    const other = scripts.get((at[1] === "run" || at[1] === "run-script" ? at[2] : at[1]) ?? "");
    const inner = other === undefined || depth === 0 ? [] : filesOf(other, scripts, depth - 1);
    const named = words.flatMap((word) => [
      ...[...word.matchAll(FILE_IN_CODE)].map((match) => match[1] as string),
      ...(/^[\w@.][\w@./\\-]*$/.test(word) ? [word] : []),
    ]);
    return [...inner, ...named.map((one) => one.replaceAll("\\", "/").replace(/^(?:\.\/)+/, ""))];
  });
}
