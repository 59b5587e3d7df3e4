/** The custom messages between client and server. Types only. */
import type { Severity } from "../engine/api.ts";

export type { Severity };

/** `Diagnostic.data`: which finding, for which text, and what the message does not say. */
export interface FindingData {
  readonly fingerprint: string;
  readonly severity: Severity;
  /** What the rule finds, in a few words. */
  readonly title: string;
  /** It stands in another file too, at its sink; here its data is passed on. */
  readonly isPassedOn?: true;
  /** Of an open document. */
  readonly version?: number;
  /** Of a file that is not open. */
  readonly textHash?: string;
}

/** Notification "skeptic/status". */
export interface SkepticStatus {
  readonly state: "working" | "indexing" | "off" | "broken";
  readonly done?: number;
  readonly total?: number;
  /** Findings in open files (and in all scanned ones after a workspace scan). */
  readonly findings: number;
  /** Two or three words on what a person should know of at a glance: a setting that is ignored, a file that is left out. */
  readonly notice?: string;
  /** Why it is off or broken; all notices in full, one a line. */
  readonly message?: string;
}

/** Notification "skeptic/scanProgress". */
export interface ScanProgress {
  readonly done: number;
  readonly total: number;
  /** Which was looked at; "" while files are still read. */
  readonly file: string;
}

/** Result of the request "skeptic/scanWorkspace" (params {}). */
export interface ScanResult {
  readonly files: number;
  readonly findings: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly cancelled: boolean;
}

/** Params of the request "skeptic/scanFile" (result null); "skeptic/clearResults" has no params. */
export interface ScanFileParams {
  readonly uri: string;
}

/** Result of the request "skeptic/changeBases" (params {}): what changed files can be told by, the most usual first. */
export interface ChangeBases {
  readonly bases: readonly ChangeBase[];
  /** Why there are none. */
  readonly problem?: string;
}

export interface ChangeBase {
  /** For "skeptic/scanChanged". */
  readonly base: string;
  readonly label: string;
  readonly description: string;
}

/** Params of the request "skeptic/scanChanged": a commit by any name, or with "..." behind it the merge base with it. */
export interface ScanChangedParams {
  readonly base: string;
}

/** Its result. `files` and `findings` count what changed, and where data that is passed on in changed lines arrives. */
export interface ScanChangedResult extends ScanResult {
  /** What could not be compared, by folder. */
  readonly problems: readonly string[];
}
