/** Finds the packages that were named and looks into each, one engine for one package. */
import { realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { visible } from "./escape.ts";
import { systemReason } from "./files.ts";
import { type Inspected, inspect } from "./inspect.ts";
import { findInstalled, type Places, placesOf } from "./installed.ts";
import { type EngineFactory, type Io, UsageError } from "./io.ts";
import { progress } from "./scan-command.ts";

/** Throws UsageError where there is nothing to look in, or nothing that is named is installed. */
export async function inspectInstalled(
  names: readonly string[],
  paths: readonly string[],
  { python }: { readonly python?: string },
  factory: EngineFactory,
  io: Io,
): Promise<{ readonly found: readonly Inspected[]; readonly missing: readonly string[] }> {
  const folders = paths.map((path) => folderOf(io.cwd, path));
  const environment = python === undefined ? undefined : folderOf(io.cwd, python);
  const places = placesOf(folders, environment, io.env.VIRTUAL_ENV);
  const found: Inspected[] = [];
  const missing: string[] = [];
  const onProgress = progress(io, false, "");
  try {
    for (const [at, name] of names.entries()) {
      onProgress(`looking into ${visible(name)}, ${at + 1} of ${names.length}`);
      const installed = findInstalled(name, places);
      if (installed.length === 0) missing.push(name);
      for (const one of installed) {
        const engine = await factory("inspect");
        try {
          found.push(await inspect(engine, one));
        } finally {
          engine.dispose();
        }
      }
    }
  } finally {
    onProgress("");
  }
  if (found.length === 0 && missing.length > 0) throw new UsageError(notInstalled(missing, places));
  return { found, missing };
}

function notInstalled(missing: readonly string[], { npm, python, hasArchives }: Places): string {
  const where = [
    ...(npm.length > 0 ? ["node_modules"] : []),
    ...(python.length > 0 ? ["the packages of Python"] : []),
  ];
  const names = missing.map(visible).join(", ");
  if (hasArchives && npm.length === 0)
    return `${names}: Yarn keeps this project's packages in archives, which are not looked into`;
  if (where.length === 0)
    return `${names}: nothing is installed here; name the project's folder, or --python DIR for an environment of Python elsewhere`;
  return `not installed: ${names} (looked in ${where.join(" and ")}); the name is the package's, not that of its import`;
}

function folderOf(cwd: string, path: string): string {
  try {
    const at = realpathSync.native(resolve(cwd, path));
    return statSync(at).isDirectory() ? at : dirname(at);
  } catch (error) {
    throw new UsageError(`cannot look at ${visible(path)}: ${systemReason(error)}`);
  }
}
