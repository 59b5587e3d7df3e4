/** What a report is about. The front ends bring it: they have the files, git and the engine. */
import type { FileId } from "../base/brand.ts";
import type { Engine, Finding } from "../engine/api.ts";
import type { Baseline } from "../engine/baseline.ts";
import type { RunGit } from "../git/run.ts";
import type { MarkedSpan } from "../origin/mark.ts";
import type { formerReport } from "./record.ts";

export interface Subject {
  readonly engine: Engine;
  /** Its own name, for people. */
  readonly folder: string;
  /** Files of the folder that are reported on. They are loaded and analysed. */
  readonly files: readonly FileId[];
  /** All findings of a file, whether a baseline knows them or not. */
  findings(file: FileId): readonly Finding[];
  /** From the folder, with "/". */
  pathOf(file: FileId): string;
  /** As fingerprints and baselines call it. */
  nameOf(file: FileId): string;
  /** What could not be read or analysed, each a sentence. */
  readonly problems: readonly string[];
  /** False while an editor has another text than the disk. */
  isSaved(file: FileId): boolean;
  /** A text of the folder, whether it is among `files` or not; undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** What records of agents and editors say of a file's lines, in offsets of the engine's text. */
  marks(file: FileId): readonly MarkedSpan[];
  /** Or why git is not asked, as a sentence. */
  readonly git: Git | { readonly problem: string };
  readonly baseline: Baseline | undefined;
  readonly former: ReturnType<typeof formerReport>;
  /** For older states; asked for when nothing else is left to do. */
  pastEngine(): Promise<PastEngine>;
  /** False for paths that the settings leave out. */
  accepts(path: string): boolean;
  /** The version of Skeptic. */
  readonly version: string;
}

/** An engine with the rules and settings of today, whose files are named by their paths from the folder. */
export interface PastEngine {
  readonly engine: Engine;
  /** Files that it has: one that knows the present state need not analyse it again. */
  readonly files: readonly FileId[];
  dispose(): void;
}

export interface Git {
  readonly run: RunGit;
  /** The folder's absolute path. */
  readonly folder: string;
  /** The root of the repository that a file of the folder is in: that of a submodule, where it is in one. An absolute path. */
  rootOf(path: string): Promise<string | undefined>;
  /** The text of a file by its absolute path. */
  readAbsolute(path: string): Promise<string | undefined>;
}

/** How the work is bounded and watched. */
export interface Pace {
  isCancelled(): boolean;
  /** Lets others have their turn. */
  rest(): Promise<void>;
  /** What is being done: "asking git about 3 of 20 files". */
  progress(text: string): void;
  /** Milliseconds from any fixed point. */
  clock(): number;
  /** Milliseconds of analysis without a rest. */
  readonly slice: number;
  readonly limits: Limits;
}

/** Times in milliseconds. */
export interface Limits {
  readonly blame: number;
  readonly history: number;
  /** Points of the trend; 0 for none. */
  readonly points: number;
}

/** Somebody does not want the report any more. */
export class Cancelled extends Error {}
