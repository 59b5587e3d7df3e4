/**
 * How many findings older commits had, with the rules of today: their files are read from git into an engine of their own, and
 * the working tree is not touched. What did not change between two commits is not analysed again: the engine knows it.
 */

import { classify, folderSkip, MAX_FILE_SIZE, nameSkip } from "../engine/classify.ts";
import {
  type Blob,
  type Commit,
  firstParents,
  readBlobs,
  type Tree,
  treeAt,
} from "../git/history.ts";
import { isProblem } from "../git/run.ts";
import { isCounted } from "./counted.ts";
import { declarationsBetween } from "./declared-commits.ts";
import type { TrendPoint } from "./report.ts";
import { isSilencingFile } from "./silences.ts";
import { Cancelled, type Git, type Pace, type PastEngine, type Subject } from "./subject.ts";
import { rate } from "./table.ts";

/** Commits on the first line of development that are looked through. */
const MOST_COMMITS = 20_000;
/** Larger states are not analysed again. */
const MOST_FILES = 6000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Slices without progress after which the analysis is taken to be stuck. */
const PATIENCE = 400;

export interface Trend {
  /** Oldest first. */
  readonly points: readonly TrendPoint[];
  /** What could not be done, each a sentence. */
  readonly notes: readonly string[];
}

interface Counts {
  readonly findings: number;
  readonly lines: number;
}

export async function trendOf(
  git: Git,
  subject: Pick<Subject, "pastEngine" | "accepts">,
  pace: Pace,
): Promise<Trend> {
  const { points: most, history } = pace.limits;
  const commits = await firstParents(git.run, git.folder, MOST_COMMITS);
  if (isProblem(commits))
    return { points: [], notes: [`The trend is missing: ${commits.message}.`] };
  const chosen = spread(commits, most);
  if (chosen.length < 2) return { points: [], notes: [] };
  const notes: string[] = [];
  const until = pace.clock() + history;
  const points: TrendPoint[] = [];
  const engine = await subject.pastEngine();
  try {
    const past = createPast(engine, git, subject, pace, until);
    // The newest first: if time runs out, what is missing is the oldest.
    for (const [i, commit] of chosen.entries()) {
      pace.progress(`looking at ${i + 1} of ${chosen.length} older states`);
      const counts = await past.at(commit);
      if (typeof counts === "string") {
        notes.push(`The trend has ${i} of ${chosen.length} points: ${counts}.`);
        break;
      }
      const older = chosen[i + 1];
      const came = older === undefined ? undefined : await declarationsBetween(git, older, commit);
      points.push({
        commit: commit.name,
        time: new Date(commit.time).toISOString(),
        ...counts,
        perThousand: rate(counts).perThousand,
        commits: came?.commits ?? null,
        declaredAiCommits: came?.declaredAi ?? null,
      });
    }
    if (past.submodules > 0)
      notes.push("The trend leaves out submodules: their older files are in other repositories.");
  } finally {
    engine.dispose();
  }
  if (commits.length === MOST_COMMITS)
    notes.push(`The trend begins ${MOST_COMMITS} commits ago: older ones are not looked at.`);
  return { points: points.reverse(), notes };
}

/** At most so many, evenly, with the first and the last. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  if (most < 2) return all.slice(0, most);
  return Array.from(
    { length: most },
    (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as T,
  );
}

interface Past {
  /** What is found in the state of a commit; or why that is not known, as the rest of a sentence. */
  at(commit: Commit): Promise<Counts | string>;
  readonly submodules: number;
}

function createPast(
  { engine, files }: PastEngine,
  git: Git,
  { accepts }: Pick<Subject, "accepts">,
  pace: Pace,
  until: number,
): Past {
  /** The blobs that the engine has now, by path; "" for one that came with it. */
  const loaded = new Map(
    files.filter((file) => !isSilencingFile(file)).map((file) => [file, ""] as const),
  ) as Map<string, string>;
  /** Lines of texts, by the names of their blobs. */
  const lines = new Map<string, number>();
  /** With what makes findings go away now: that of then is not asked. */
  const own = engine.own().map(({ file }) => file);
  let submodules = 0;
  let before: Counts | undefined;

  const wanted = (tree: Tree): readonly Blob[] =>
    tree.blobs.filter(
      ({ path, size }) =>
        size <= MAX_FILE_SIZE &&
        engine.wants(path) &&
        !isLeftOut(path) &&
        accepts(path) &&
        !isSilencingFile(path),
    );
  const isLate = (): boolean => pace.clock() > until;

  /** The engine's files become these; true if anything changed. */
  const load = async (blobs: readonly Blob[]): Promise<boolean | string> => {
    const paths = new Map(blobs.map((blob) => [blob.path, blob]));
    const gone = [...loaded.keys()].filter((path) => !paths.has(path));
    const other = blobs.filter(({ path, id }) => loaded.get(path) !== id);
    if (gone.length === 0 && other.length === 0) return false;
    for (const path of gone) {
      engine.remove(path);
      loaded.delete(path);
    }
    const byId = new Map<string, Blob[]>();
    for (const blob of other) byId.set(blob.id, [...(byId.get(blob.id) ?? []), blob]);
    const asked = [...byId.values()].map(([blob]) => blob as Blob);
    const reading = readBlobs(git.run, git.folder, asked);
    for (let step = await reading.next(); ; step = await reading.next()) {
      if (step.done) {
        if (step.value !== undefined) return step.value.message;
        break;
      }
      const text = decode(step.value.bytes);
      for (const { path, id } of byId.get(step.value.id) ?? []) {
        loaded.set(path, id);
        if (text === undefined || classify(path, text) !== undefined) engine.remove(path);
        else engine.set(path, text);
        lines.set(id, writtenLines(text ?? ""));
      }
    }
    // A clone may lack what it has not needed yet: then there is no file, and not one of another time.
    for (const { path, id } of other) {
      if (loaded.get(path) === id) continue;
      engine.remove(path);
      loaded.delete(path);
    }
    engine.setFiles([...loaded.keys(), ...own]);
    return true;
  };

  return {
    get submodules() {
      return submodules;
    },
    async at(commit) {
      const tree = await treeAt(git.run, git.folder, commit.name);
      if (isProblem(tree)) return tree.message;
      submodules = Math.max(submodules, tree.submodules.length);
      const blobs = wanted(tree);
      const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
      if (blobs.length > MOST_FILES || bytes > MOST_BYTES)
        return "the project is too large for more";
      const changed = await load(blobs);
      if (typeof changed === "string") return changed;
      if (!changed && before !== undefined) return before;
      for (let still = 0; still < PATIENCE; ) {
        if (pace.isCancelled()) throw new Cancelled();
        if (isLate()) return "there was no time for more";
        const { pending, moved } = engine.step(pace.slice);
        await pace.rest();
        if (pending === 0) break;
        still = moved ? 0 : still + 1;
      }
      let findings = 0;
      let all = 0;
      for (const [path, id] of loaded) {
        if (pace.isCancelled()) throw new Cancelled();
        if (isLate()) return "there was no time for more";
        if (!engine.has(path)) continue;
        const { findings: found } = engine.check(path);
        await pace.rest();
        if (engine.items(path).length === 0) continue;
        findings += found.filter(isCounted).length;
        all += lines.get(id) ?? 0;
      }
      before = { findings, lines: all };
      return before;
    },
  };
}

function isLeftOut(path: string): boolean {
  const names = path.split("/");
  const name = names.pop() ?? "";
  return nameSkip(name) !== undefined || names.some((folder) => folderSkip(folder) !== undefined);
}

/** Bytes that are no text are left out; a byte order mark goes. */
function decode(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder("utf-8").decode(bytes);
  return text.includes("\0") ? undefined : text;
}

/** Lines with anything but space on them. */
function writtenLines(text: string): number {
  let out = 0;
  for (const line of text.split("\n")) if (line.trim() !== "") out++;
  return out;
}
