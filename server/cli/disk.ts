/** Reading source files and writing them back without losing a byte that was not meant to change. */
import {
  chmod,
  chown,
  constants,
  copyFile,
  lstat,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import type { SkipReason } from "../engine/api.ts";
import { BINARY_PROBE, MAX_FILE_SIZE } from "../engine/classify.ts";
import { systemReason } from "./files.ts";

export interface TextFile {
  /** Without its BOM. */
  readonly text: string;
  readonly hasBom: boolean;
  /** False when the bytes were not valid UTF-8: the text is then an approximation. */
  readonly isUtf8: boolean;
  readonly bytes: number;
}

export type ReadResult =
  | { readonly ok: true; readonly file: TextFile }
  | { readonly ok: false; readonly reason: SkipReason; readonly message: string | undefined };

/** Never throws. */
export async function readText(path: string, most = MAX_FILE_SIZE): Promise<ReadResult> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return refused("unreadable", "not a regular file");
    if (info.size > most) return refused("too-large");
    const bytes = await readFile(path);
    if (bytes.subarray(0, BINARY_PROBE).includes(0)) return refused("binary");
    return { ok: true, file: decode(bytes) };
  } catch (error) {
    return refused("unreadable", systemReason(error));
  }
}

/** Bytes that are not UTF-8 become U+FFFD. */
export function decode(bytes: Uint8Array): TextFile {
  let text: string;
  let isUtf8 = true;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    isUtf8 = false;
  }
  const hasBom = text.charCodeAt(0) === 0xfeff;
  return { text: hasBom ? text.slice(1) : text, hasBom, isUtf8, bytes: bytes.length };
}

export interface Replacement {
  readonly path: string;
  /** The text the change was made for, to see that the file has not changed since; undefined for a file that is made. */
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * Replaces all files or, as far as the system lets us, none: every new content is complete on disk before the first
 * rename, and a rename that fails puts back the ones before it. Answers what went wrong, or undefined.
 */
export async function replaceFiles(
  changes: readonly Replacement[],
): Promise<{ path: string; message: string } | undefined> {
  const ready: {
    path: string;
    target: string;
    temporary: string;
    original: Uint8Array | undefined;
  }[] = [];
  const dropAll = () =>
    Promise.all(
      ready.map(({ temporary }) => rm(temporary, { force: true }).catch(() => undefined)),
    );
  for (const change of changes) {
    try {
      if (change.before === undefined) {
        const temporary = temporaryBeside(change.path);
        ready.push({ path: change.path, target: change.path, temporary, original: undefined });
        await writeFile(temporary, change.after, { flag: "wx" });
        continue;
      }
      const target = await realpath(change.path);
      // A rename would replace a file that is write-protected.
      await (await open(target, "r+")).close();
      const original = await readFile(target);
      const now = decode(original);
      if (!now.isUtf8 || now.text !== change.before) {
        await dropAll();
        return { path: change.path, message: "has changed on disk since it was read" };
      }
      const temporary = temporaryBeside(target);
      ready.push({ path: change.path, target, temporary, original });
      await writeLike(target, temporary, (now.hasBom ? "\ufeff" : "") + change.after);
    } catch (error) {
      await dropAll();
      return { path: change.path, message: systemReason(error) };
    }
  }
  for (const [index, { path, target, temporary, original }] of ready.entries()) {
    try {
      if (original === undefined) await copyFile(temporary, target, constants.COPYFILE_EXCL);
      else await rename(temporary, target);
    } catch (error) {
      for (const done of ready.slice(0, index))
        await (done.original === undefined
          ? rm(done.target, { force: true })
          : writeFile(done.target, done.original)
        ).catch(() => undefined);
      await dropAll();
      return { path, message: systemReason(error) };
    }
  }
  await dropAll();
  return undefined;
}

/** A file there, once links are followed, would stand outside of the folder: a link on the way, or the file itself, leads out. */
export async function leadsOut(folder: string, path: string): Promise<boolean> {
  const root = await realpath(folder);
  for (let at = path; ; at = dirname(at)) {
    const info = await lstat(at).catch(() => undefined);
    if (info === undefined && at !== dirname(at)) continue;
    // A link to nothing leads where nobody can say.
    const real = await realpath(at).catch(() => undefined);
    return (
      real === undefined ||
      (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
    );
  }
}

/** Writes a report: a regular file at once or not at all, anything else (a pipe, /dev/null) directly. */
export async function writeReport(path: string, text: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isFile()) {
    if (existing.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    return writeFile(path, text);
  }
  const target = existing === undefined ? path : await realpath(path);
  const temporary = temporaryBeside(target);
  try {
    if (existing === undefined) await writeFile(temporary, text, { flag: "wx" });
    else await writeLike(target, temporary, text);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** A new file with the mode and, where we may set it, the owner of an existing one. */
async function writeLike(model: string, path: string, text: string): Promise<void> {
  const info = await stat(model);
  await writeFile(path, text, { flag: "wx", mode: info.mode & 0o777 });
  await chmod(path, info.mode & 0o7777);
  const made = await stat(path);
  if (made.uid !== info.uid || made.gid !== info.gid)
    await chown(path, info.uid, info.gid).catch(() => undefined);
}

let serial = 0;

function temporaryBeside(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 40)}.${process.pid}-${++serial}.tmp`);
}

function refused(reason: SkipReason, message?: string): ReadResult {
  return { ok: false, reason, message };
}
