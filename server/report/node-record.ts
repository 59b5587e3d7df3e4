/** What is kept of former reports, on Node: a file for each folder, in the user's own cache. */
import { mkdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../base/cache-folder.ts";
import { hash128 } from "../base/hash.ts";
import type { RecordKeeper } from "./record.ts";

export function createRecordKeeper(
  env: Readonly<Record<string, string | undefined>> = process.env,
): RecordKeeper {
  const own = env.SKEPTIC_REPORTS;
  const place =
    own !== undefined && own !== ""
      ? own
      : cacheFolder({ platform: process.platform, home: homedir(), env }, "reports");
  const fileOf = async (folder: string): Promise<string> =>
    join(place, `${hash128(await realpath(folder).catch(() => folder))}.json`);
  return {
    read: async (folder) => readFile(await fileOf(folder), "utf8").catch(() => undefined),
    async write(folder, text) {
      const path = await fileOf(folder);
      await mkdir(place, { recursive: true, mode: 0o700 });
      const whole = `${path}.${process.pid}`;
      await writeFile(whole, text, { mode: 0o600 });
      await rename(whole, path);
    },
  };
}
