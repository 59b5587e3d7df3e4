/** All that the findings of one file are made from. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Program } from "../project/program.ts";
import type {
  Fix,
  ManifestFile,
  ProjectFiles,
  RuleSet,
  Surroundings,
  Written,
} from "../rule/rule.ts";
import type { Knowledge } from "../taint/knowledge.ts";
import type { Entry, Hit } from "../taint/summary.ts";
import type { ItemId, Trail } from "../taint/value.ts";
import type { Finding, Settings } from "./api.ts";
import type { Contribution, ProjectIndex } from "./contributions.ts";
import type { Directive } from "./suppress.ts";

export interface FindingsInput {
  readonly index: ProjectIndex;
  /** The moment: it is another one where files came or went, or imports lead elsewhere. */
  readonly moment: object;
  /** Files wait to be analysed, so that what is found is not the last word. */
  readonly isReading: boolean;
  readonly isOpen: boolean;
  /** The file is to be looked at again when no file waits any more. */
  readonly again: () => void;
  readonly file: FileId;
  readonly text: string;
  /** Of a program in parts: where they stand in its text. */
  readonly partsOf: (file: FileId) => readonly Span[] | undefined;
  readonly ruleSet: RuleSet;
  readonly ruleIds: ReadonlySet<string>;
  readonly program: Program;
  readonly knowledge: (file: FileId, language: "python" | "javascript") => Knowledge;
  /** What a function does: bits of deeds; undefined if that is not known. */
  readonly deedsOf: (item: ItemId) => number | undefined;
  /** How a function is called. */
  readonly entryOf: (item: ItemId) => Entry;
  readonly contributions: ReadonlyMap<FileId, Contribution>;
  readonly settings: Settings;
  /** How fingerprints call a file. */
  readonly nameOf: (file: FileId) => string;
  readonly directives: readonly Directive[];
  /** The day it is, as 2027-03-01, if that is known. */
  readonly today: string | undefined;
  readonly written: readonly Written[] | undefined;
  readonly manifest: ManifestFile | undefined;
  readonly around: Surroundings;
  readonly files: ProjectFiles;
  /** A finding is not shown. */
  readonly hide: (why: "suppression" | "settings") => void;
  readonly problem: (file: FileId, message: string) => void;
}

export interface Found {
  readonly finding: Finding;
  /** All flows that are this finding, best first. */
  readonly hits: readonly Hit[];
  readonly fixes: () => readonly Fix[];
  /** Ways to mend one of its flows at a call on the way. */
  readonly fixesAt: (hit: Hit, exit: Trail) => readonly Fix[];
}
