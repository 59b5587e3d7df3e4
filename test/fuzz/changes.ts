/** What people do to code, at random: each kind of change answers the acts that make it, or none where it cannot be made. */
import type { Texts } from "../harness/project.ts";
import { blockEnd, indentOf, linesOf } from "./lines.ts";
import type { Random } from "./random.ts";
import { type Act, textsAfter } from "./round.ts";

/** What a change may look at. */
export interface Scene {
  readonly texts: Texts;
  readonly open: ReadonlySet<string>;
  /** All texts as they were at some earlier moments: other branches. */
  readonly branches: readonly Texts[];
  /** Texts before the last changes, the newest last. */
  readonly undo: readonly (readonly [file: string, text: string])[];
  /** Where code to paste comes from. */
  readonly corpus: readonly (readonly [file: string, text: string])[];
}

type Change = (scene: Scene, random: Random) => Act[];

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** Changes with how often they are made. */
const CHANGES: readonly (readonly [weight: number, change: Change])[] = [
  [6, typed],
  [3, cutAnywhere],
  [3, blockDeleted],
  [3, blockMoved],
  [3, blockPasted],
  [2, lineRepeated],
  [3, nameReplaced],
  [3, (scene, random) => renamed(scene, random, [anyFile(scene, random)])],
  [2, (scene, random) => renamed(scene, random, [...scene.texts.keys()])],
  [3, undone],
  [2, fileAdded],
  [1, fileDeleted],
  [1, fileRenamed],
  [1, branchSwitched],
  [1, manyChanged],
  [1, (scene, random) => [{ do: "open", file: anyFile(scene, random) }]],
  [1, (scene, random) => [{ do: "close", file: anyFile(scene, random) }]],
  [1, (scene, random) => [{ do: "ask", file: anyFile(scene, random) }]],
  [1, () => [{ do: "work" }]],
  [2, (_, random) => [{ do: "drop", share: random.pick([0.1, 0.5, 1]), seed: random.below(1e9) }]],
];
const TOTAL = CHANGES.reduce((sum, [weight]) => sum + weight, 0);

export function randomChange(scene: Scene, random: Random): Act[] {
  if (scene.texts.size === 0) return [];
  let left = random.below(TOTAL);
  const [, change] = CHANGES.find(([weight]) => {
    left -= weight;
    return left < 0;
  }) as (typeof CHANGES)[number];
  return change(scene, random);
}

/** A line of other code, typed in pieces; often it is left half-typed. */
function typed(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const text = scene.texts.get(file) as string;
  const line = random.pick(codeLines(scene, file, random)) ?? "";
  const at = place(text, random);
  const piece = random.chance(0.5) ? line : line.slice(0, random.below(line.length + 1));
  const acts: Act[] = [];
  for (let done = 0; done < piece.length; ) {
    done = Math.min(piece.length, done + 1 + random.below(piece.length));
    acts.push({ do: "text", file, text: spliced(text, at, at, piece.slice(0, done)) });
    if (random.chance(0.3)) acts.push({ do: "ask", file });
  }
  return acts;
}

function cutAnywhere(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const text = scene.texts.get(file) as string;
  const start = random.below(text.length + 1);
  const end = Math.min(text.length, start + 1 + random.below(random.pick([3, 30, 300])));
  return [{ do: "text", file, text: spliced(text, start, end, "") }];
}

function blockDeleted(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const [rest] = withoutBlock(scene.texts.get(file) as string, random);
  return [{ do: "text", file, text: rest }];
}

/** To another place of its file, or to another file. */
function blockMoved(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const [rest, block] = withoutBlock(scene.texts.get(file) as string, random);
  const target = random.chance(0.7) ? file : anyFile(scene, random);
  const base = target === file ? rest : (scene.texts.get(target) as string);
  const acts: Act[] = [];
  if (target !== file || random.chance(0.5)) acts.push({ do: "text", file, text: rest });
  acts.push({ do: "text", file: target, text: withBlock(base, block, random) });
  return acts;
}

function blockPasted(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const lines = codeLines(scene, file, random);
  const start = random.below(lines.length);
  const block = lines.slice(start, Math.min(blockEnd(lines, start), start + 40));
  return [{ do: "text", file, text: withBlock(scene.texts.get(file) as string, block, random) }];
}

function lineRepeated(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const lines = linesOf(scene.texts.get(file) as string);
  if (lines.length === 0) return [];
  const line = random.pick(lines);
  lines.splice(random.below(lines.length + 1), 0, line);
  return [{ do: "text", file, text: lines.join("") }];
}

/** Another name in the place of one: mostly still a program, often another flow. */
function nameReplaced(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const text = scene.texts.get(file) as string;
  const places = [...text.matchAll(NAME)];
  const names = [...(scene.texts.get(anyFile(scene, random)) as string).matchAll(NAME)];
  if (places.length === 0 || names.length === 0) return [];
  const { index, 0: name } = random.pick(places);
  const next = random.pick(names)[0];
  return [{ do: "text", file, text: spliced(text, index, index + name.length, next) }];
}

/** Every place of a name, in one edit for each file. */
function renamed(scene: Scene, random: Random, files: readonly string[]): Act[] {
  const names = [...(scene.texts.get(random.pick(files)) ?? "").matchAll(NAME)];
  if (names.length === 0) return [];
  const [old] = random.pick(names);
  const next = random.chance(0.7) ? `${old}${random.below(10)}` : random.pick(names)[0];
  return files.flatMap((file): Act[] => {
    const text = scene.texts.get(file) as string;
    const changed = text.replaceAll(NAME, (name) => (name === old ? next : name));
    return changed === text ? [] : [{ do: "text", file, text: changed }];
  });
}

function undone({ undo, texts }: Scene, random: Random): Act[] {
  const last = undo.at(-1 - random.below(3));
  return last === undefined || !texts.has(last[0])
    ? []
    : [{ do: "text", file: last[0], text: last[1] }];
}

/** A copy under another name, or other code beside a file. */
function fileAdded(scene: Scene, random: Random): Act[] {
  const beside = anyFile(scene, random);
  const file = sibling(beside, random);
  const from = random.chance(0.5)
    ? (scene.texts.get(beside) as string)
    : codeLines(scene, beside, random).join("");
  return [{ do: "text", file, text: from }];
}

function fileDeleted(scene: Scene, random: Random): Act[] {
  return scene.texts.size < 2 ? [] : [{ do: "remove", file: anyFile(scene, random) }];
}

function fileRenamed(scene: Scene, random: Random): Act[] {
  const file = anyFile(scene, random);
  const text = scene.texts.get(file) as string;
  const to = sibling(file, random);
  const acts: Act[] = [
    { do: "remove", file },
    { do: "text", file: to, text },
  ];
  return random.chance(0.5) ? acts : acts.reverse();
}

/** All files as they were at another moment, at once. */
function branchSwitched({ texts, branches }: Scene, random: Random): Act[] {
  const branch = random.pick(branches);
  return [
    ...[...texts.keys()]
      .filter((file) => !branch.has(file))
      .map((file): Act => ({ do: "remove", file })),
    ...[...branch]
      .filter(([file, text]) => texts.get(file) !== text)
      .map(([file, text]): Act => ({ do: "text", file, text })),
  ];
}

/** A change in most files at once. */
function manyChanged(scene: Scene, random: Random): Act[] {
  const small: readonly Change[] = [cutAnywhere, blockDeleted, blockMoved, nameReplaced];
  const acts: Act[] = [];
  for (let i = 0; i < scene.texts.size; i++) {
    const texts = textsAfter(scene.texts, acts);
    acts.push(...random.pick(small)({ ...scene, texts }, random));
  }
  return acts;
}

function anyFile({ texts, open }: Scene, random: Random): string {
  const files = [...texts.keys()];
  const opened = files.filter((file) => open.has(file));
  return random.pick(opened.length > 0 && random.chance(0.6) ? opened : files);
}

/** The lines of some file of the same kind, of this program or of other code; at least one. */
function codeLines(scene: Scene, file: string, random: Random): string[] {
  const ending = endingOf(file);
  const alike = scene.corpus.filter(([name]) => endingOf(name) === ending);
  const [, text] =
    alike.length > 0 && random.chance(0.7) ? random.pick(alike) : random.pick([...scene.texts]);
  const lines = linesOf(text);
  return lines.length > 0 ? lines : ["\n"];
}

function endingOf(file: string): string {
  const ending = /\.[^./]+$/.exec(file)?.[0] ?? "";
  return /^\.[mc]?[jt]sx?$/.test(ending) ? ".js" : ending;
}

function sibling(file: string, random: Random): string {
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const ending = /\.[^./]+$/.exec(file)?.[0] ?? "";
  const name = random.pick(["copy", "util", "index", "__init__", "other"]);
  return `${random.chance(0.8) ? folder : ""}${name}${ending}`;
}

/** A line's beginning mostly, else anywhere. */
function place(text: string, random: Random): number {
  const at = random.below(text.length + 1);
  if (random.chance(0.4)) return at;
  const start = text.lastIndexOf("\n", at) + 1;
  return start + (random.chance(0.8) ? indentOf(linesOf(text.slice(start))[0] ?? "") : 0);
}

function withoutBlock(text: string, random: Random): [rest: string, block: string[]] {
  const lines = linesOf(text);
  const start = random.below(Math.max(1, lines.length));
  const block = lines.splice(start, blockEnd(lines, start) - start);
  return [lines.join(""), block];
}

/** Before a line as deep as the block, if there is one. */
function withBlock(text: string, block: readonly string[], random: Random): string {
  const lines = linesOf(text);
  const depth = indentOf(block[0] ?? "");
  const alike = [...lines.keys()].filter((i) => indentOf(lines[i] as string) === depth);
  const at =
    alike.length > 0 && random.chance(0.8) ? random.pick(alike) : random.below(lines.length + 1);
  lines.splice(at, 0, ...block);
  return lines.join("");
}

function spliced(text: string, start: number, end: number, newText: string): string {
  return text.slice(0, start) + newText + text.slice(end);
}
