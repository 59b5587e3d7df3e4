/** The store of origins on Node: a JSON file in the editor's storage, and the folder that hooks write into. */
import { type FSWatcher, watch } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileId } from "../base/brand.ts";
import {
  createSpoolReader,
  ownSpoolFolder,
  spoolOfFolder,
  spoolPlace,
} from "../origin/node-spool.ts";
import { schemeOf, uriOf } from "./file-id.ts";
import type { OriginStore } from "./origin-store.ts";

const RECORD = "origin.json";
/** A hook may write several lines. */
const SETTLE_MS = 30;
/** Where the system does not tell of changes. */
const POLL_MS = 2000;

export function createNodeOriginStore(): OriginStore {
  const folder = ownSpoolFolder();
  const spool = createSpoolReader(folder);
  const places = new Map<FileId, ReturnType<typeof spoolPlace>>();
  const placeOf = (file: FileId): ReturnType<typeof spoolPlace> => {
    let known = places.get(file);
    if (known === undefined) {
      known = spoolPlace(fileURLToPath(uriOf(file)));
      if (places.size > 2000) places.clear();
      places.set(file, known);
    }
    return known;
  };

  return {
    read: async (storage) =>
      readFile(join(fileURLToPath(storage), RECORD), "utf8").catch(() => undefined),
    async write(storage, text) {
      const path = join(fileURLToPath(storage), RECORD);
      await mkdir(dirname(path), { recursive: true });
      const whole = `${path}.${process.pid}`;
      await writeFile(whole, text, { mode: 0o600 });
      await rename(whole, path);
    },
    async hooks(file, after) {
      if (schemeOf(file) !== "file") return [];
      const { path, name } = await placeOf(file);
      const records = await spool.read(name);
      return records.filter((one) => one.file === path && Date.parse(one.time) > after);
    },
    async hooked(root) {
      if (schemeOf(root) !== "file") return [];
      const { path, name } = await spoolOfFolder(fileURLToPath(uriOf(root)));
      const records = await spool.read(name);
      return records.flatMap((one) => {
        const at = relative(path, one.file);
        if (at === "" || at.startsWith("..") || isAbsolute(at)) return [];
        return [{ ...one, file: `${root}/${at.split(sep).join("/")}` }];
      });
    },
    watch: (changed) => watchFolder(folder, changed),
  };
}

function watchFolder(folder: string, changed: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let ended = false;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  };
  const instead = (): void => {
    watcher?.close();
    if (ended || poll !== undefined) return;
    poll = setInterval(changed, POLL_MS);
    poll.unref();
  };
  void mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => {
      if (ended) return;
      watcher = watch(folder, soon);
      watcher.on("error", instead);
      watcher.unref();
    })
    .catch(instead);
  return () => {
    ended = true;
    clearTimeout(timer);
    clearInterval(poll);
    watcher?.close();
  };
}
