/** Findings as protocol diagnostics. */
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import type { Finding, Level, Message } from "../engine/api.ts";
import { type Context, pageOf, rangeOf, uriFor } from "./context.ts";
import { visible } from "./plain.ts";

/** `Diagnostic.data`: which finding, and for which text. */
export interface DiagnosticData {
  readonly fingerprint: string;
  /** Of an open document. */
  readonly version?: number;
  /** Of a file that is not open. */
  readonly textHash?: string;
}

const SEVERITY: Readonly<Record<Level, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export interface Converted {
  readonly items: Diagnostic[];
  /** Of everything shown, not of the text's version. */
  readonly hash: string;
}

/** The hash of a report without findings. */
export const EMPTY_HASH = hash128("[]");

export function toDiagnostics(
  context: Context,
  file: FileId,
  findings: readonly Finding[],
): Converted {
  if (findings.length === 0) return { items: [], hash: EMPTY_HASH };
  const bare = findings.map((finding) => toDiagnostic(context, finding));
  const hash = hash128(JSON.stringify([bare, findings.map((finding) => finding.fingerprint)]));
  const document = context.documents.get(file);
  const textHash = document === undefined ? context.engine.textHash(file) : undefined;
  const items = bare.map((diagnostic, i) => {
    const data: DiagnosticData = {
      fingerprint: (findings[i] as Finding).fingerprint,
      ...(document === undefined ? {} : { version: document.version }),
      ...(textHash === undefined ? {} : { textHash }),
    };
    return { ...diagnostic, data };
  });
  return { items, hash };
}

function toDiagnostic(context: Context, finding: Finding): Diagnostic {
  const url = pageOf(context, finding.rule);
  return {
    range: rangeOf(context, finding.file, finding.span),
    severity: SEVERITY[finding.level],
    code: finding.rule,
    ...(url !== "" ? { codeDescription: { href: url } } : {}),
    source: "Skeptic",
    message: sentences(finding.message),
    ...(finding.flow.length === 0
      ? {}
      : {
          relatedInformation: finding.flow.map((step) => ({
            location: {
              uri: uriFor(context, step.file),
              range: rangeOf(context, step.file, step.span),
            },
            message: visible(step.text),
          })),
        }),
  };
}

/** What, why and what to do, as one line. */
export function sentences(message: Message): string {
  return [message.what, message.why, message.fix]
    .map((part) => visible(part).trim())
    .filter((part) => part !== "")
    .join(" ");
}
