/**
 * The report as data: what `--format json` prints, and what the other formats say in words. docs/report.md describes it,
 * docs/report.schema.json checks it. New keys may come; none is removed or changes its meaning while `version` is 1.
 */
import type { Level, Severity, Topic } from "../engine/api.ts";
import type { Interval, Ratio } from "./statistics.ts";

export const REPORT_VERSION = 1;

/** By what commits and records declare: an AI; nothing, or a person; or it cannot be told. */
export type Group = "declaredAi" | "undeclared" | "unknown";
export const GROUPS: readonly Group[] = ["declaredAi", "undeclared", "unknown"];

export interface Report {
  readonly version: typeof REPORT_VERSION;
  /** The version of Skeptic that made it. */
  readonly skeptic: string;
  /** ISO 8601. */
  readonly time: string;
  /** The folder's own name, not its path. */
  readonly folder: string;
  readonly git: {
    readonly commit: string | null;
    /** Null where HEAD is detached or git cannot be asked. */
    readonly branch: string | null;
    readonly isShallow: boolean;
  };
  readonly counted: Counted;
  readonly types: readonly TypeRow[];
  readonly trend: readonly TrendPoint[];
  readonly files: readonly FileRow[];
  /** Null where there is nothing to compare with. */
  readonly since: Since | null;
  /** Those that an AI is declared to have written first. */
  readonly silences: readonly SilenceRow[];
  readonly untested: readonly UntestedCommit[];
  readonly findings: readonly FindingRow[];
  /** What it could not tell, and why; each a sentence. */
  readonly notes: readonly string[];
}

export interface Counted {
  /** Files that were analysed. */
  readonly files: number;
  /** Those of them that hold code of Python, TypeScript or JavaScript. */
  readonly codeFiles: number;
  /** Lines of these that are not blank, by who is declared to have written them. */
  readonly lines: Readonly<Record<Group, number>>;
  /** Of the lines of which that is not known: how many, by why. */
  readonly unknown: Readonly<Partial<Record<UnknownReason, number>>>;
  /** Findings in code, which the rates count. */
  readonly inCode: number;
  /** Findings in other files: manifests, workflows, settings. */
  readonly elsewhere: number;
}

export type UnknownReason =
  /** Not committed, and no record says who wrote them. */
  | "notCommitted"
  /** Older than what a shallow clone has. */
  | "shallow"
  /** git could not say which commit they are of. */
  | "notBlamed"
  /** There was no time to ask. */
  | "noTime"
  /** The editor has changes that are not saved. */
  | "notSaved";

export interface TypeRow {
  readonly kind: "all" | "category" | "rule";
  /** "all", the category, or the id of the rule. */
  readonly id: string;
  readonly title: string;
  readonly groups: Readonly<Record<Group, Rate>>;
  /** The rate of declared AI over that of undeclared; null where there is too little to tell. */
  readonly ratio: Ratio | null;
}

export interface Rate {
  readonly findings: number;
  /** Findings per 1,000 lines, with the interval at 95 %; null where there are too few lines. */
  readonly perThousand: Interval | null;
}

/** A commit on the first line of development, looked at with the rules and settings of today. Oldest first. */
export interface TrendPoint {
  readonly commit: string;
  readonly time: string;
  readonly findings: number;
  /** Lines of code that are not blank. */
  readonly lines: number;
  readonly perThousand: Interval | null;
  /** Commits since the point before it, of all branches that came in; null for the first one. */
  readonly commits: number | null;
  /** Those of them that declare something an AI wrote. */
  readonly declaredAiCommits: number | null;
}

export interface FileRow {
  readonly file: string;
  readonly findings: number;
  readonly worst: Severity;
  /** Lines that are not blank. */
  readonly lines: number;
  /** Those of them that an AI is declared to have written; null where nothing is known of the file's lines. */
  readonly declaredAiLines: number | null;
  readonly topics: readonly Topic[];
}

export interface Since {
  /** What it is compared with. */
  readonly what: "report" | "baseline";
  /** Of the report that it is compared with; null for a baseline. */
  readonly time: string | null;
  readonly before: number;
  readonly now: number;
  /** No longer reported. */
  readonly gone: readonly GoneRow[];
  /** Reported now and not then. */
  readonly added: number;
}

export interface GoneRow {
  readonly rule: string;
  readonly title: string;
  readonly file: string;
  readonly count: number;
  /** Why it is gone, where that can be told: the file is gone, or a comment in it hides the rule. */
  readonly because: "file" | "comment" | null;
}

export interface SilenceRow {
  readonly file: string;
  readonly line: number;
  /** "a comment hides sql-injection here" */
  readonly what: string;
  readonly group: Group;
  /** The commit that the line is of. */
  readonly commit: string | null;
}

export interface UntestedCommit {
  readonly commit: string;
  readonly time: string;
  readonly subject: string;
  /** Files of today with lines of it that an AI is declared to have written, and what these files have to do with. */
  readonly files: readonly {
    readonly file: string;
    readonly lines: number;
    readonly topics: readonly Topic[];
  }[];
}

export interface FindingRow {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly level: Level;
  readonly file: string;
  readonly line: number;
  readonly group: Group;
}
