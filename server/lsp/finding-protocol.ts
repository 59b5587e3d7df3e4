/** What a client's commands ask about one finding. Types only, as those of protocol.ts. */
import type { Range, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { Level } from "../engine/api.ts";

/** Commands that a client may have; it names them in `initializationOptions.commands`. Each takes one `FindingTarget`. */
export type FindingCommand =
  | "skeptic.ignore"
  | "skeptic.makesSafe"
  | "skeptic.protect"
  | "skeptic.turnOff"
  | "skeptic.showDataFlow"
  | "skeptic.explain"
  | "skeptic.copyReviewPrompt";

/** Names a finding: the document it is shown in, and its fingerprint. */
export interface FindingTarget {
  readonly uri: string;
  readonly fingerprint: string;
  readonly rule: string;
  /** Of "skeptic.ignore". */
  readonly scope?: "lines" | "file";
  /** Of "skeptic.protect": what is to be made, as `GenerateParams.what` names it. */
  readonly what?: string;
}

/** Params of the request "skeptic/ignore". */
export interface IgnoreParams extends FindingTarget {
  readonly scope: "lines" | "file";
  /** One line, not empty. */
  readonly reason: string;
  /** The last day on which it holds, as 2027-03-01 (of UTC). */
  readonly until?: string;
}

/** Its result: the edit, or one line why there is none. */
export type IgnoreResult = { readonly edit: WorkspaceEdit } | { readonly refused: string };

/** A function of the project that all data of a finding goes through. */
export interface SafeCandidate {
  /** As `.skeptic/rules` names it: "app/html.py:clean". */
  readonly function: string;
  /** Where it is called: "routes.py:12". */
  readonly where: string;
  readonly uri: string;
  /** From 1. */
  readonly line: number;
}

/** Result of the request "skeptic/safeCandidates", whose params are a `FindingTarget`: in the order of the path. */
export interface SafeCandidatesResult {
  readonly candidates: readonly SafeCandidate[];
}

/** Params of the request "skeptic/makeSafe". */
export interface MakeSafeParams extends FindingTarget {
  readonly function: string;
}

/** Its result: the edit that adds the row to the file `uri`, which the client saves, or one line why there is none. */
export type MakeSafeResult =
  | { readonly uri: string; readonly edit: WorkspaceEdit }
  | { readonly refused: string };

/** Result of the requests "skeptic/explain" (Markdown) and "skeptic/reviewPrompt" (plain text), whose params are a `FindingTarget`. */
export interface TextResult {
  readonly text: string;
}

/** Params of the request "skeptic/rulePage"; its result is a `TextResult`, or null for a rule that there is not. */
export interface RulePageParams {
  readonly rule: string;
}

/** Params of the request "skeptic/safeFixes". */
export interface SafeFixesParams {
  /** Of a notebook: its own, or that of one of its cells. */
  readonly uri: string;
}

export interface SafeFixesResult {
  /** The version of the document that the edits are for. */
  readonly version: number | null;
  readonly edits: readonly TextEdit[];
  /** Of a notebook, whose own edits are none: those of its cells. */
  readonly cells?: readonly CellEdits[];
  /** The time was over before all was tried. */
  readonly isLate: boolean;
}

export interface CellEdits {
  readonly uri: string;
  /** The version of the cell that the edits are for. */
  readonly version: number;
  readonly edits: readonly TextEdit[];
}

/** One place on the way of a finding's data. */
export interface FlowStop {
  readonly uri: string;
  readonly range: Range;
  readonly role: "source" | "step" | "call" | "return" | "sink";
  /** What happens here, in one line. */
  readonly text: string;
}

/** Result of the request "skeptic/flow", whose params are a `FindingTarget`; null when the finding is gone. */
export interface FlowResult {
  readonly title: string;
  /** Each from its source to the sink; none for a finding that is not about data. */
  readonly paths: readonly (readonly FlowStop[])[];
}

/** Params of the request "skeptic/tryText": what would be reported if the text stood in the place of a range of an open document? */
export interface TryTextParams {
  readonly uri: string;
  readonly range: Range;
  readonly text: string;
}

export interface TriedFinding {
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  /** "critical severity, high confidence, CWE-89" */
  readonly verdict: string;
  /** In one line. */
  readonly message: string;
  /** "line 3 of the text", or "app.py:12" of what the text brings about elsewhere. */
  readonly where: string;
  readonly code: string;
  /** Source first. */
  readonly path: readonly {
    readonly where: string;
    readonly code: string;
    readonly text: string;
  }[];
}

/** Its result, or null for a document that is not analysed. */
export interface TryTextResult {
  readonly findings: readonly TriedFinding[];
  /** It does not parse in any place near the range, so findings may be missing. */
  readonly isBroken: boolean;
  /** All about the findings, as Markdown. */
  readonly report: string;
}
