/** Reads lock files with places: what each package is, where it comes from and by which checksum it is known. */

import type { LockFile } from "./locked.ts";
import { berry, classic, npm, pnpm } from "./lockfile-npm.ts";
import { pipfile, pythonToml } from "./lockfile-python.ts";

export type { LockedPackage, LockFile } from "./locked.ts";

export const LOCK_NAMES =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock)$/;

/** Undefined for what cannot be read. */
export function lockFile(name: string, text: string): LockFile | undefined {
  switch (name) {
    case "package-lock.json":
    case "npm-shrinkwrap.json":
      return npm(text);
    case "yarn.lock":
      return /^__metadata:/m.test(text) ? berry(text) : classic(text);
    case "pnpm-lock.yaml":
      return pnpm(text);
    case "Pipfile.lock":
      return pipfile(text);
    default:
      return pythonToml(text);
  }
}
