/** The messages between client and server about who wrote what. Types only. */
import type { Range } from "vscode-languageserver";
import type { Severity } from "../engine/api.ts";
import type { Confidence, Origin } from "../origin/mark.ts";

/** `initializationOptions.origin`. */
export interface OriginOptions {
  /** The folder for the record, as a URI. Without one the record lasts as long as the server. */
  readonly storage?: string;
}

/**
 * How a change of a document came about, as far as its editor can tell:
 * - `typing`: characters, or one word of a completion;
 * - `paste`: from the clipboard, whose text came from outside of this window;
 * - `copy`: from the clipboard, and the server was told when it was copied;
 * - `suggestion`: several lines at once, which nothing else explains;
 * - `ai`: the editor says that it was an AI;
 * - `undo`: also redo;
 * - `tool`: a formatter, a reload, a snippet, or something that cannot be told.
 */
export type ChangeCause = "typing" | "paste" | "copy" | "suggestion" | "ai" | "undo" | "tool";

/** Notification "skeptic/changeCause": comes before the change itself. */
export interface ChangeCauseParams {
  /** Of a notebook, that of the cell. */
  readonly uri: string;
  /** Of the document after the change. */
  readonly version: number;
  readonly cause: ChangeCause;
}

/** Notification "skeptic/notWritten": the change to that version was a reload after all, whatever was said of it. */
export interface NotWrittenParams {
  readonly uri: string;
  readonly version: number;
}

/** Notification "skeptic/copied": text was copied or cut in this window. */
export interface CopiedParams {
  readonly uri: string;
  readonly ranges: readonly Range[];
}

/** What `Diagnostic.data.origin` says of the place of a finding. */
export interface OriginData {
  readonly origin: Origin;
  /** Of the place of the finding, or of another step of its path. */
  readonly at: "sink" | "step";
  readonly confidence: Confidence;
  /** Milliseconds of `Date.now`. */
  readonly time: number;
  /** "recorded by the agent's hook, claude-code" */
  readonly evidence: string;
  /** A person said that they have read it. */
  readonly reviewed: boolean;
}

/** A place that people see. Of an open notebook `uri` is that of the cell. */
export interface OriginPlace {
  readonly uri: string;
  readonly range: Range;
  /** Of a notebook that is not open, which `uri` then names: the cell, from 1, that the range is in. */
  readonly cell?: number;
  /** Of a notebook: which of its cells it is for people, from 1. */
  readonly number?: number;
}

/** Request "skeptic/aiChanges" (params {}): what an AI inserted and nobody has reviewed, what matters most first. */
export interface AiChange extends OriginPlace {
  /** "Code inserted by an AI 20 s ago (...)" */
  readonly sentence: string;
  /** In words: a comment that hides findings, a rule that is off, a sanitizer. */
  readonly silences: readonly string[];
  readonly findings: readonly (OriginPlace & {
    readonly title: string;
    readonly rule: string;
    readonly severity: Severity;
  })[];
}

/** Request "skeptic/reviewed" (result null): a person has read it. */
export interface ReviewedParams {
  readonly uri: string;
  readonly range: Range;
}

/** Request "skeptic/originMarks": ranges of an open document to mark in the gutter. */
export interface OriginMarksParams {
  readonly uri: string;
}

export interface OriginMark {
  readonly range: Range;
  readonly origin: Exclude<Origin, "unknown" | "human">;
  readonly sentence: string;
  readonly reviewed: boolean;
}

/** Notification "skeptic/originsChanged": the marks of these documents may be others now. */
export interface OriginsChangedParams {
  readonly uris: readonly string[];
}
