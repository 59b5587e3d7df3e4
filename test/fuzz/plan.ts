/** Plans rounds over real code: a few files that import each other, and random changes of them. Knows nothing of findings. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { discover } from "../../server/cli/files.ts";
import type { Engine } from "../../server/engine/api.ts";
import { classify } from "../../server/engine/classify.ts";
import { empty, load, type Texts } from "../harness/project.ts";
import { randomChange } from "./changes.ts";
import type { Random } from "./random.ts";
import { type Act, type Round, textsAfter } from "./round.ts";

export interface Folder {
  readonly name: string;
  readonly texts: Texts;
}

export interface Size {
  /** Of all files of a round together, in UTF-16 units. */
  readonly text: number;
  readonly files: number;
  readonly changes: number;
}

export const SIZE: Size = { text: 40_000, files: 10, changes: 24 };

/** What the command line would scan below a folder. */
export function readSources(folder: string, wants: (file: string) => boolean): Folder {
  const texts = new Map<string, string>();
  for (const { file, path } of discover(folder, ["."], { exclude: [], wants }).requested) {
    const text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
    if (classify(file, text) === undefined) texts.set(file, text);
  }
  return { name: basename(folder), texts };
}

/** `engine` is used to find what a file imports, and left empty. */
export function planRound(
  folders: readonly Folder[],
  random: Random,
  engine: Engine,
  size: Size = SIZE,
): Round {
  const { texts } = random.pick(folders);
  const files = neighbours(texts, random, engine, size);
  const corpus = [...random.pick(folders).texts, ...texts];
  const acts: Act[] = [...files.keys()]
    .filter(() => random.chance(0.5))
    .map((file) => ({ do: "open", file }));
  if (random.chance(0.8)) acts.push({ do: "settle" });

  let now: Texts = files;
  const open = new Set(acts.flatMap((act) => (act.do === "open" ? [act.file] : [])));
  const undo: [string, string][] = [];
  const branches: Texts[] = [files];
  for (let i = 0; i < size.changes; i++) {
    const change = randomChange({ texts: now, open, branches, undo, corpus }, random);
    for (const act of change) {
      if (act.do === "text") undo.push([act.file, now.get(act.file) ?? ""]);
      if (act.do === "open") open.add(act.file);
      if (act.do === "close" || act.do === "remove") open.delete(act.file);
    }
    acts.push(...change);
    now = textsAfter(now, change);
    if (random.chance(0.15)) branches.push(now);
    if (random.chance(0.6)) acts.push({ do: "settle" });
  }
  acts.push({ do: "settle" });
  return { files: [...files], acts };
}

/** A file, some of those beside it, and what they import, as long as there is room. */
function neighbours(texts: Texts, random: Random, engine: Engine, size: Size): Map<string, string> {
  const fitting = [...texts.keys()].filter((file) => lengthOf(texts, file) <= size.text / 2);
  const chosen = new Map<string, string>();
  let room = size.text;
  const add = (file: string): void => {
    const text = texts.get(file);
    if (text === undefined || chosen.has(file) || chosen.size >= size.files) return;
    if (text.length > room) return;
    chosen.set(file, text);
    room -= text.length;
  };
  const first = random.pick(fitting.length > 0 ? fitting : [...texts.keys()]);
  add(first);
  const folder = first.slice(0, first.lastIndexOf("/") + 1);
  const beside = fitting.filter((file) => file.startsWith(folder));
  for (let i = 0; i < 3; i++) add(random.pick(beside));

  for (let before = -1; before < chosen.size && chosen.size < size.files; ) {
    before = chosen.size;
    load(engine, chosen);
    engine.setFiles(texts.keys());
    for (const file of chosen.keys()) engine.check(file);
    for (const file of engine.needs()) add(file);
  }
  empty(engine);
  return chosen;
}

function lengthOf(texts: Texts, file: string): number {
  return texts.get(file)?.length ?? 0;
}
