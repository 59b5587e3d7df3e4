/** Whether something says which version of a program it is that a script fetches and runs. */
import type { Fetched } from "./fetched.ts";
import { isExactNpm, jsonValue, normalised, table } from "./manifest.ts";
import type { ManifestFile } from "./rule.ts";
import { quotingAt } from "./shell.ts";

const MANIFESTS = /(?:^|\/)package\.json$/;
const LOCKS = /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/;
/** Of the makers of the package manager itself, and in its images anyway. */
const OF_THE_MANAGER: ReadonlySet<string> = new Set(["pip", "setuptools", "wheel"]);

/** In a text that is handed to another program it is no command. */
export function isRun(script: string, { word }: Fetched): boolean {
  const [quoting] = quotingAt(script, [{ start: word.start, end: word.start + 1 }]);
  return quoting !== undefined && !/^(?:comment|heredoc|other)/.test(quoting);
}

/** Something says which version it is. */
export function isHeld(one: Fetched, file: ManifestFile): boolean {
  const { kind, name, version } = one;
  switch (kind) {
    case "npm":
      return isExactNpm(version) || (one.local && version === "" && isInstalled(name, file));
    case "pypi":
      return (
        OF_THE_MANAGER.has(normalised(name)) ||
        /^={2,3}\s*[^*,\s]+$/.test(version) ||
        /^v?\d[\w.]*$/.test(version)
      );
    case "script":
      return /\/[\da-f]{40}\//.test(name);
    default:
      // Another tag is moved less often; that it can be is for the rule about images.
      return version !== "" && version !== "latest";
  }
}

/** A package of the project, or a program of one, as far as its files tell; if they do not, it may be. */
function isInstalled(name: string, file: ManifestFile): boolean {
  const manifests = file.like(MANIFESTS);
  if (manifests.length === 0) return !file.isInWorkspace;
  return isListed(name, file) || file.like(LOCKS).length === 0;
}

/** A package.json or a lock file of the workspace names the package, or a program of this name; one that is not read yet may. */
export function isListed(name: string, file: ManifestFile): boolean {
  const [manifests, locks] = [file.like(MANIFESTS), file.like(LOCKS)];
  if ([...manifests, ...locks].some(({ text }) => text === undefined)) return true;
  for (const { text = "" } of manifests)
    for (const group of ["dependencies", "devDependencies", "optionalDependencies"])
      if (jsonValue(text, [group, name]) !== undefined) return true;
  return locks.some(({ text = "" }) => {
    const packages = jsonValue(text, ["packages"]);
    if (typeof packages !== "object" || packages === null) return true;
    return Object.entries(packages).some(
      ([path, entry]) =>
        path.endsWith(`node_modules/${name}`) ||
        table({ entry }, "entry", "bin")?.[name] !== undefined,
    );
  });
}
