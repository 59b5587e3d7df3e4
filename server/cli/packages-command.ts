/** `skeptic packages`: which names of packages are known; `update` takes lists from files, and never asks the network. */
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { ownNamesFile } from "../base/cache-folder.ts";
import { dayOf, isDay } from "../base/day.ts";
import { readList } from "../base/name-list.ts";
import {
  type Ecosystem,
  joinNames,
  type ListToWrite,
  type NameList,
  readNames,
  writeNames,
} from "../base/names.ts";
import { visible } from "./escape.ts";
import { EXIT, type Io, UsageError } from "./io.ts";

export interface UpdateOptions {
  /** Registries of which the lists have every name. */
  readonly complete: readonly string[];
  /** When the lists were made; undefined for the day of each file. */
  readonly date: string | undefined;
}

const TITLES: Readonly<Record<Ecosystem, string>> = { npm: "npm", pypi: "PyPI" };
const LARGEST = 512 * 1024 * 1024;

/** Says which lists are used. */
export async function packagesCommand(io: Io): Promise<number> {
  const place = placeOf(io);
  const own = readNames(await bytesOf(place)) ?? {};
  const shipped = readNames(await bytesOf(join(__dirname, "names.bin"))) ?? {};
  for (const ecosystem of ["npm", "pypi"] as const) {
    const list = own[ecosystem] ?? shipped[ecosystem];
    const from = own[ecosystem] === undefined ? "came with Skeptic" : "yours";
    io.stdout.write(
      `${TITLES[ecosystem]}: ${list === undefined ? "no list" : said(list)}; ${from}\n`,
    );
  }
  io.stdout.write(`Yours are kept in ${visible(place)}.\n`);
  return EXIT.clean;
}
function said({ count, date, isComplete, top }: NameList): string {
  const names = `${count.toLocaleString("en-US")} names of ${date}`;
  const kind = isComplete ? "all that there were" : "those that are used";
  return `${names}, ${kind}, ${top.length.toLocaleString("en-US")} of them by their place`;
}

/** `npm=FILE`, `pypi=FILE`, or a file whose name begins so. Throws UsageError for what cannot be taken; nothing is written then. */
export async function packagesUpdateCommand(
  files: readonly string[],
  options: UpdateOptions,
  io: Io,
): Promise<number> {
  const today = dayOf(new Date());
  if (options.date !== undefined && (!isDay(options.date) || options.date > today))
    throw new UsageError(
      `--date takes a day such as 2026-11-02 that has been, not ${visible(options.date)}`,
    );
  for (const one of options.complete)
    if (one !== "npm" && one !== "pypi")
      throw new UsageError(`--complete takes npm or pypi, not ${visible(one)}`);
  const lists: Partial<Record<Ecosystem, ListToWrite>> = {};
  for (const file of files) {
    const { ecosystem, path } = named(file);
    if (lists[ecosystem] !== undefined)
      throw new UsageError(`two lists of ${TITLES[ecosystem]}: give one`);
    const list = await listOf(resolve(io.cwd, path), ecosystem, options, visible(path));
    lists[ecosystem] = list;
    const left = list.left === 0 ? "" : `; ${list.left.toLocaleString("en-US")} lines are no names`;
    io.stdout.write(
      `${TITLES[ecosystem]}: ${list.names.length.toLocaleString("en-US")} names of ${list.date}, ${list.isComplete ? "all that there were" : "those that are used"}${left}\n`,
    );
  }
  const place = placeOf(io);
  const whole = `${place}.${process.pid}`;
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  await writeFile(whole, joinNames(await bytesOf(place), writeNames(lists)), { mode: 0o600 });
  await rename(whole, place);
  io.stdout.write(
    `Kept in ${visible(place)}. An editor that is open takes them when it starts anew.\n`,
  );
  return EXIT.clean;
}

/** Back to the lists that came with Skeptic. */
export async function packagesForgetCommand(io: Io): Promise<number> {
  await rm(placeOf(io), { force: true });
  io.stdout.write("The lists that came with Skeptic are used again.\n");
  return EXIT.clean;
}

function placeOf(io: Io): string {
  return resolve(
    io.cwd,
    ownNamesFile({ platform: process.platform, home: homedir(), env: io.env }),
  );
}
async function bytesOf(path: string): Promise<Uint8Array> {
  return readFile(path).catch(() => new Uint8Array(0));
}

function named(file: string): { readonly ecosystem: Ecosystem; readonly path: string } {
  const [, told, rest] = /^(npm|pypi)=(.+)$/s.exec(file) ?? [];
  const path = rest ?? file;
  const ecosystem = told ?? /^(?:npm|pypi)(?![a-z])/i.exec(basename(path))?.[0].toLowerCase();
  if (ecosystem !== "npm" && ecosystem !== "pypi")
    throw new UsageError(
      `${visible(file)} is a list of which registry? Write npm=FILE or pypi=FILE`,
    );
  return { ecosystem, path };
}
async function listOf(
  path: string,
  ecosystem: Ecosystem,
  { complete, date }: UpdateOptions,
  shown: string,
): Promise<ReturnType<typeof readList>> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isFile() !== true) throw new UsageError(`${shown}: there is no such file`);
  const text = status.size > LARGEST ? undefined : await textOf(path);
  if (text === undefined)
    throw new UsageError(`${shown}: cannot be read, or is larger than 512 MB`);
  const list = readList(text, ecosystem, {
    isComplete: complete.includes(ecosystem),
    date: date ?? dayOf(status.mtime),
  });
  if (list.names.length === 0 || list.left > list.names.length)
    throw new UsageError(`${shown}: this is no list of names, one a line`);
  return list;
}
/** Also of a file packed with gzip. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    const raw = await readFile(path);
    const isPacked = raw[0] === 0x1f && raw[1] === 0x8b;
    return (isPacked ? gunzipSync(raw, { maxOutputLength: LARGEST }) : raw).toString("utf8");
  } catch {
    return undefined;
  }
}
