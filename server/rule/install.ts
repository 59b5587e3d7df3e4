/** Installs of a project that may take other versions than its lock file holds. */
import type { ManifestFile } from "./rule.ts";
import { type Command, programOf } from "./shell.ts";

export interface FrozenInstall {
  /** As it is written, without what follows it. */
  readonly name: string;
  /** What does the same by the lock file alone. */
  readonly frozen: string;
  /** From the program to the end of the command, in the script. */
  readonly start: number;
  readonly end: number;
}

/** `npm install` and the like, where a lock file lies in this folder or above it. Programs that are named, and options for them, are another thing. */
export function unfrozen(all: readonly Command[], file: ManifestFile): readonly FrozenInstall[] {
  return all.flatMap((command) => {
    const words = programOf(command);
    const [tool, verb] = words;
    if (tool === undefined) return [];
    const rest = words.slice(verb === undefined || verb.text.startsWith("-") ? 1 : 2);
    const options = rest.map(({ text }) => text);
    if (options.some((option) => !option.startsWith("-"))) return [];
    const frozen = frozenOf(tool.text, verb?.text ?? "", options, file);
    if (frozen === undefined) return [];
    const last = words.at(-1) ?? tool;
    const name = words.map(({ text }) => text).join(" ");
    return [{ name, frozen, start: tool.start, end: last.end }];
  });
}

function frozenOf(
  tool: string,
  verb: string,
  options: readonly string[],
  file: ManifestFile,
): string | undefined {
  const has = (...names: readonly string[]): boolean =>
    options.some((one) => names.includes(one.replace(/=true$/, "")));
  const isInstall = verb === "install" || verb === "i";
  const more = options.length === 0 ? "" : ` ${options.join(" ")}`;
  switch (tool) {
    case "npm":
      return isInstall &&
        !has("-g", "--global", "--no-package-lock", "--package-lock-only") &&
        holds(file, "package-lock.json")
        ? `npm ci${more}`
        : undefined;
    case "pnpm":
      return isInstall &&
        !has("-g", "--global", "--frozen-lockfile", "--offline", "--no-frozen-lockfile") &&
        holds(file, "pnpm-lock.yaml")
        ? `pnpm ${verb}${more} --frozen-lockfile`
        : undefined;
    case "yarn": {
      if (!(verb === "install" || verb === "" || verb.startsWith("-"))) return undefined;
      const all = [...options, verb];
      if (
        all.some(
          (one) =>
            /^--(?:frozen-lockfile|immutable|no-lockfile|pure-lockfile|version)(?:=|$)/.test(one) ||
            one === "-v",
        )
      )
        return undefined;
      const lock = file.textAbove("yarn.lock");
      if (lock === undefined) return undefined;
      return `yarn install${more} ${/^__metadata:/m.test(lock) ? "--immutable" : "--frozen-lockfile"}`;
    }
    default:
      return undefined;
  }
}
function holds(file: ManifestFile, lock: string): boolean {
  return file.above(lock) !== undefined;
}
