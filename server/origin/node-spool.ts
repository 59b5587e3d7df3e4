/** The records of hooks on the disk: a hook appends a line, the editor reads on where it stopped. */
import { appendFile, mkdir, open, readdir, realpath, stat, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type HookRecord, parseHookLine } from "./hook.ts";
import { isSpoolName, KEPT_MS, spoolFolder, spoolName } from "./spool.ts";

/** Of a file only its last part is read. */
const MOST_BYTES = 32 * 1024 * 1024;

/** The folder of this user. */
export function ownSpoolFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return spoolFolder({ platform: process.platform, home: homedir(), env });
}

/** The real path of a file, whether it is there or not, and the name of the file that its records are in. */
export async function spoolPlace(
  given: string,
): Promise<{ readonly path: string; readonly name: string }> {
  const folder = await realpath(dirname(given)).catch(() => dirname(given));
  const path = await realpath(given).catch(() => join(folder, given.slice(dirname(given).length)));
  return { path, name: await nameFrom(dirname(path)) };
}

/** The same for a folder and what is below it. */
export async function spoolOfFolder(given: string): ReturnType<typeof spoolPlace> {
  const path = await realpath(given).catch(() => given);
  return { path, name: await nameFrom(path) };
}

async function nameFrom(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const exists = await stat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (exists) return spoolName(at);
    if (at === dirname(at)) return spoolName(undefined);
  }
}

/** Appends records, and removes files that nobody wrote to for as long as records are kept. Rejects where that is impossible. */
export async function appendHooks(
  folder: string,
  records: readonly HookRecord[],
  now: number,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const record of records) {
    const { path, name } = await spoolPlace(record.file);
    // One write for the whole line: hooks of several agents may run at once.
    const line = `${JSON.stringify({ ...record, file: path })}\n`;
    await appendFile(join(folder, name), line, { mode: 0o600 });
  }
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const changed = await stat(path).then(
      (status) => status.mtimeMs,
      () => now,
    );
    if (isSpoolName(name) && now - changed > KEPT_MS) await unlink(path).catch(() => {});
  }
}

export interface SpoolReader {
  /** All records of one file of the folder that are still kept. */
  read(name: string): Promise<readonly HookRecord[]>;
}

/** Remembers what it has read: it is asked again at each change. */
export function createSpoolReader(folder: string): SpoolReader {
  const known = new Map<string, Spool>();
  /** One reading after the other: two at once would take a part twice. */
  let reading: Promise<unknown> = Promise.resolve();
  return {
    read(name) {
      let spool = known.get(name);
      if (spool === undefined) {
        spool = { bytes: 0, records: [] };
        known.set(name, spool);
      }
      const own = spool;
      const next = reading.then(() => readOn(join(folder, name), own));
      reading = next.catch(() => {});
      return next;
    },
  };
}

interface Spool {
  /** Up to the end of the last whole line. */
  bytes: number;
  records: HookRecord[];
}

/** What was added since the last reading; a file that became shorter was begun anew. */
async function readOn(path: string, spool: Spool): Promise<readonly HookRecord[]> {
  const size = await stat(path).then(
    (status) => status.size,
    () => 0,
  );
  if (size < spool.bytes) Object.assign(spool, { bytes: 0, records: [] });
  if (size === spool.bytes) return spool.records;
  const from = Math.max(spool.bytes, size - MOST_BYTES);
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    // Lines are cut at line feeds, so no character is cut in two.
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
    const oldest = Date.now() - KEPT_MS;
    for (const line of buffer.toString("utf8", 0, end).split("\n")) {
      const record = line === "" ? undefined : parseHookLine(line);
      if (record !== undefined && Date.parse(record.time) >= oldest) spool.records.push(record);
    }
    spool.bytes = from + end;
  } finally {
    await file.close();
  }
  return spool.records;
}
