/** What a file of own rules holds once it was found to be valid: own-rules.schema.json, as types. */
import type { Confidence, LanguageId, Severity, SinkKind, SourceKind } from "../rule/rule.ts";

/** A position from 0, a keyword's name, or "0.url" for an option. */
export type ArgumentData = number | string;

/** Something of a library ("acme.db.raw"), or a function of the project ("app/html.py:clean"). */
export interface Named {
  readonly path?: string;
  readonly function?: string;
}
interface Row extends Named {
  readonly language: LanguageId;
}
export interface Rows {
  readonly sources: readonly (Row & { readonly kind: SourceKind; readonly text: string })[];
  readonly sinks: readonly (Row & SinkData & { readonly kind: SinkKind })[];
  readonly sanitizers: readonly (Row & Cleared)[];
  readonly guards: readonly (Row & Cleared & { readonly proves: "true" | "false" | "return" })[];
  readonly propagators: readonly (Row & SinkData)[];
}
interface Cleared {
  readonly argument?: ArgumentData;
  readonly clears: "all" | readonly SinkKind[];
}
export interface SinkData extends Named {
  readonly arguments: readonly ArgumentData[];
}

export interface RuleData {
  readonly id: string;
  readonly language: LanguageId;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence?: Confidence;
  readonly cwe?: readonly number[];
  readonly message: { readonly what: string; readonly why: string; readonly fix: string };
  readonly flow?: {
    readonly from?: readonly SourceKind[];
    readonly to: readonly SinkData[];
    readonly kind: SinkKind;
  };
  readonly call?: {
    readonly paths: readonly string[];
    readonly when?: readonly Condition[];
  };
}
export interface Condition {
  readonly argument: ArgumentData;
  readonly is?: readonly (string | number | boolean | null)[];
  readonly isMissing?: true;
  readonly startsWith?: string;
}

/** Where the files stand that functions are named by. */
export interface Place {
  readonly folder: string;
}
