/** Which version of a package a file's program asks for: what its nearest package.json, or the lock file beside it, says. */
import type { FileId } from "../base/brand.ts";
import type { FileSet } from "../languages/language.ts";

const GROUPS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/** A range as written ("^3.14.1"), or the exact version where a lock file has one; undefined when nobody says. */
export function requirementOf(files: FileSet, from: FileId, name: string): string | undefined {
  const root = files.rootOf(from);
  for (let at = from; at !== "" && at !== root; ) {
    at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
    const beside = (file: string): unknown => read(files.text(at === "" ? file : `${at}/${file}`));
    const locked = field(field(beside("package-lock.json"), "packages"), `node_modules/${name}`);
    const exact = field(locked, "version");
    if (typeof exact === "string") return exact;
    const manifest = beside("package.json");
    for (const group of GROUPS) {
      const range = field(field(manifest, group), name);
      if (typeof range === "string") return range;
    }
  }
  return undefined;
}

function read(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
