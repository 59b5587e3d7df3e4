/** The custom messages between client and server. Types only. */
import type { WorkspaceEdit } from "vscode-languageserver";
import type { Severity } from "../engine/api.ts";

export type { Severity };

import type { OriginData } from "./origin-protocol.ts";

/** `Diagnostic.data`: which finding, for which text, and what the message does not say. */
export interface FindingData {
  readonly fingerprint: string;
  readonly severity: Severity;
  /** What the rule finds, in a few words. */
  readonly title: string;
  /** It stands in another file too, at its sink; here its data is passed on. */
  readonly isPassedOn?: true;
  /** Of that file, the URI. */
  readonly sink?: string;
  /** Who wrote its code, where an AI or the clipboard did. */
  readonly origin?: OriginData;
  /** The baseline of its folder is older than its rule. */
  readonly isOfNewRule?: true;
  /** Of a notebook, open or not: the cell, and the line in it, both from 1. */
  readonly cell?: { readonly number: number; readonly line: number };
  /** Of an open document. */
  readonly version?: number;
  /** Of a file that is not open. */
  readonly textHash?: string;
}

/** Notification "skeptic/status". */
export interface SkepticStatus {
  /** "restarting" is said by the client: the server has ended by itself and begins again. */
  readonly state: "working" | "indexing" | "paused" | "restarting" | "off" | "broken";
  readonly done?: number;
  readonly total?: number;
  /** Findings in open files (and in all scanned ones after a workspace scan). */
  readonly findings: number;
  /** Findings in the same files that the baseline hides. */
  readonly known?: number;
  /** Two or three words on what a person should know of at a glance: a setting that is ignored, a file that is left out. */
  readonly notice?: string;
  /** Why it is off or broken; all notices in full, one a line. */
  readonly message?: string;
}

/** Params of the notification "skeptic/pause": while it is true nothing is looked at by itself, and what is shown stays. */
export interface PauseParams {
  readonly isPaused: boolean;
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

/**
 * Params of the requests "skeptic/files/list", "skeptic/files/stat" and "skeptic/files/bytes", which the server makes for
 * folders that it cannot read by itself. Only of clients whose `initializationOptions.files` is true.
 */
export interface FileParams {
  readonly uri: string;
}

/** Result of "skeptic/files/list": the entries of a folder, [] where it cannot be read. */
export interface FileEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

/** Result of "skeptic/files/stat", or null for what is not there; an error where that cannot be told. `size` in bytes. */
export interface FileFacts {
  readonly kind: FileEntry["kind"];
  readonly isLink: boolean;
  readonly size: number;
}

/** Result of "skeptic/files/bytes", or an error. */
export interface FileBytes {
  readonly base64: string;
}

/** The first message to a server that is a web worker, before those of the protocol. */
export interface WorkerStart {
  /** By name, the files that stand beside the bundle. */
  readonly assets: Readonly<Record<string, Uint8Array>>;
  /** The folder with the rules' pages, as a URI without a trailing slash. */
  readonly pages: string;
}

/** Params of the request "skeptic/makeBaseline". */
export interface MakeBaselineParams {
  /** Documents of which nothing is added: those a person looks at. */
  readonly except: readonly string[];
}

/** Its result: what the client is to write. Without files it was cancelled, or there is a problem. */
export interface MakeBaselineResult {
  readonly files: readonly {
    readonly uri: string;
    readonly text: string;
    /** Findings in it. */
    readonly findings: number;
  }[];
  readonly problem?: string;
}

/** Result of the request "skeptic/why" (params a document and a position): the answers, the most telling first. */
export interface WhyResult {
  readonly reasons: readonly {
    readonly text: string;
    /** The line that makes it so. */
    readonly place?: { readonly uri: string; readonly line: number; readonly character: number };
  }[];
}

/** Params of the request "skeptic/report": the URI of a workspace folder. */
/** Files that Skeptic makes for a project (`server/generate`), for the preview of the editor. */
export interface GenerateParams {
  /** URI of a folder of the workspace. */
  readonly folder: string;
  readonly what: string;
  /** For headers alone; without it those among the dependencies are taken. */
  readonly framework?: string;
}
export type GenerateResult =
  | {
      readonly edit: WorkspaceEdit;
      readonly uris: readonly string[];
      /** What a person must do besides, each a sentence. */
      readonly notes: readonly string[];
    }
  | { readonly refused: string };

export interface ReportParams {
  readonly folder: string;
}

/** Its result: the report as a page; without one it was cancelled, or there is a problem. */
export interface ReportResult {
  readonly html?: string;
  readonly problem?: string;
}

/** Params of the request "skeptic/reportText" (result a text, or null where no report was made): the last report on a folder. */
export interface ReportTextParams extends ReportParams {
  readonly format: "html" | "md" | "json";
}

/** Notification "skeptic/reportProgress": what is being done for a report. */
export interface ReportProgress {
  readonly text: string;
}
