/** Findings as protocol diagnostics. */
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import type { FlowStep, Level, Message } from "../engine/api.ts";
import { type Context, cellOf, lineWords, locationOf, pageOf, rangeOf, uriFor } from "./context.ts";
import { homeOf, isDeparture, placeText, type Shown } from "./departures.ts";
import { originData } from "./origin-findings.ts";
import { visible } from "./plain.ts";
import type { FindingData } from "./protocol.ts";

const SEVERITY: Readonly<Record<Level, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export interface Converted {
  readonly items: Diagnostic[];
  /** Of a notebook that is open: the same by the URI of their cell. */
  readonly cells?: ReadonlyMap<string, Converted>;
  /** Of everything shown, not of the text's version. */
  readonly hash: string;
}

/** The hash of a report without findings. */
export const EMPTY_HASH = hash128("[]");

export function toDiagnostics(
  context: Context,
  file: FileId,
  findings: readonly Shown[],
): Converted {
  if (findings.length === 0) return { items: [], hash: EMPTY_HASH };
  const bare = findings.map((finding) => toDiagnostic(context, finding));
  const origins = findings.map((finding) => originData(context, finding));
  const prints = findings.map((finding) => finding.fingerprint);
  const areNew = findings.map((finding) => context.baselines.isOfNewRule(finding));
  const hash = hash128(JSON.stringify([bare, prints, origins, areNew]));
  const document = context.documents.get(file);
  const textHash = document === undefined ? context.engine.textHash(file) : undefined;
  const items = bare.map((diagnostic, i) => {
    const finding = findings[i] as Shown;
    const cell = cellOf(context, finding);
    const data: FindingData = {
      fingerprint: finding.fingerprint,
      severity: finding.severity,
      title: visible(finding.title),
      ...(isDeparture(finding) ? { isPassedOn: true, sink: uriFor(context, homeOf(finding)) } : {}),
      ...(origins[i] === undefined ? {} : { origin: origins[i] }),
      ...(areNew[i] ? { isOfNewRule: true } : {}),
      ...(cell === undefined ? {} : { cell }),
      ...(document === undefined ? {} : { version: document.version }),
      ...(textHash === undefined ? {} : { textHash }),
    };
    return { ...diagnostic, data };
  });
  const notebook = document?.notebook;
  if (notebook === undefined) return { items, hash };
  const cells = new Map<string, Converted>();
  for (const { uri } of notebook.cells) {
    const own = findings.flatMap((finding, i) =>
      locationOf(context, finding).uri === uri ? [i] : [],
    );
    if (own.length === 0) continue;
    const pick = <T>(all: readonly T[]): T[] => own.map((i) => all[i] as T);
    cells.set(uri, {
      items: pick(items),
      hash: hash128(JSON.stringify([pick(bare), pick(prints), pick(origins)])),
    });
  }
  return { items, hash, cells };
}

function toDiagnostic(context: Context, finding: Shown): Diagnostic {
  const url = pageOf(context, finding.rule);
  return {
    range: rangeOf(context, finding.file, finding.span),
    severity: SEVERITY[finding.level],
    code: finding.rule,
    ...(url !== "" ? { codeDescription: { href: url } } : {}),
    source: "Skeptic",
    message: messageOf(context, finding),
    ...(finding.isUnneeded ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(finding.flow.length === 0 ? {} : { relatedInformation: relatedTo(context, finding) }),
  };
}

function messageOf(context: Context, finding: Shown): string {
  const all = `${whereInFile(context, finding)}${sentences(finding.message)}`;
  if (!isDeparture(finding)) return all;
  return `Data passed on here reaches ${visible(placeText(context, finding.sink))}. ${all}`;
}

/** A notebook that is not open has a range in its JSON, which people never see. */
function whereInFile(context: Context, finding: Shown): string {
  const isClosed = !context.documents.has(finding.file);
  if (!isClosed || cellOf(context, finding) === undefined) return "";
  const words = lineWords(context, finding);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}: `;
}

/** The path from source to sink; at the sink also where its other paths start, and how many more there are. */
function relatedTo(context: Context, finding: Shown): DiagnosticRelatedInformation[] {
  const entry = ({ file, span }: FlowStep, text: string): DiagnosticRelatedInformation => ({
    location: locationOf(context, { file, span }),
    message: visible(text),
  });
  const out = finding.flow.map((step) => entry(step, step.text));
  if (isDeparture(finding)) return out;
  for (const [source] of finding.paths.slice(1))
    if (source !== undefined) out.push(entry(source, `also: ${source.text}`));
  const sink = finding.flow[finding.flow.length - 1];
  if (sink !== undefined && finding.morePaths > 0) out.push(entry(sink, morePaths(finding)));
  return out;
}

/** "and 3 more paths" */
export function morePaths({ morePaths }: Shown): string {
  return `and ${morePaths} more path${morePaths === 1 ? "" : "s"}`;
}

/** What, why and what to do, as one line. */
export function sentences(message: Message): string {
  return [message.what, message.why, message.fix]
    .map((part) => visible(part).trim())
    .filter((part) => part !== "")
    .join(" ");
}
