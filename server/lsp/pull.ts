/** Diagnostics for clients that ask: one document at a time, and the workspace in a request that is held open. */
import {
  type CancellationToken,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type ResultProgressReporter,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDiagnosticReportPartialResult,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { type Context, fileOf, uriFor } from "./context.ts";
import { EMPTY_HASH } from "./diagnostics.ts";
import type { OpenDocument } from "./document.ts";
import { fileId } from "./file-id.ts";
import type { FileReport, Reports } from "./reports.ts";
import type { Sink, Sinks } from "./sinks.ts";

/** A report's identity: the text's version and what is shown. */
export function resultId(report: Pick<FileReport, "version" | "hash">): string {
  return `${report.version ?? "-"}:${report.hash}`;
}

function hashOf(resultId: string): string {
  return resultId.slice(resultId.indexOf(":") + 1);
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
}

/** Answers one document. A request that an edit overtook is refused, to be asked again. */
export async function pullDocument(
  context: Context,
  reports: Reports,
  ready: Promise<void>,
  params: DocumentDiagnosticParams,
  token: CancellationToken,
): Promise<DocumentDiagnosticReport> {
  const { uri } = params.textDocument;
  const file = fileOf(context, uri);
  const asked = context.documents.get(file)?.version;
  await ready;
  // Edits that arrived together with the request have their turn first.
  await turn(context);
  await turn(context);
  for (;;) {
    if (token.isCancellationRequested) throw cancelled();
    const document = context.documents.get(file);
    if (asked !== undefined && document !== undefined && document.version !== asked) {
      throw new ResponseError<DiagnosticServerCancellationData>(
        LSPErrorCodes.ServerCancelled,
        "the document changed",
        { retriggerRequest: true },
      );
    }
    const report = reports.current(file);
    if (report.held && !context.client.refresh) {
      // Nobody could tell this client to ask again: it gets the settled answer.
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    const shown = partOf(report, document, uri);
    const id = resultId({ ...report, ...shown });
    if (document !== undefined) {
      document.notebook?.given.set(uri, shown.hash);
      document.given = { version: document.version, hash: report.hash };
      document.refreshedFor = undefined;
    }
    if (params.previousResultId === id)
      return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id };
    return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items: shown.items };
  }
}

/** Of a notebook, what stands in one of its cells. */
function partOf(
  report: FileReport,
  document: OpenDocument | undefined,
  uri: string,
): Pick<FileReport, "items" | "hash"> {
  if (document?.notebook === undefined) return report;
  return report.cells?.get(uri) ?? { items: [], hash: EMPTY_HASH };
}

/** What stands there stays; for a document that was never asked about, nothing. */
export function unchanged({
  previousResultId,
}: DocumentDiagnosticParams): DocumentDiagnosticReport {
  return previousResultId === undefined
    ? { kind: DocumentDiagnosticReportKind.Full, items: [] }
    : { kind: DocumentDiagnosticReportKind.Unchanged, resultId: previousResultId };
}

function turn(context: Context): Promise<void> {
  return new Promise((resolve) => context.host.later(resolve));
}

export interface WorkspacePulls {
  hold(
    params: WorkspaceDiagnosticParams,
    token: CancellationToken,
    partial: ResultProgressReporter<WorkspaceDiagnosticReportPartialResult> | undefined,
  ): Promise<WorkspaceDiagnosticReport>;
  /** Says of documents that no file stands for any more, such as closed cells, that nothing is to be shown at them. */
  clear(uris: readonly string[]): void;
  /** Answers all held requests: the server stops. */
  end(): void;
}

/**
 * Held `workspace/diagnostic` requests. Reports go out as partial results; to a client that did not ask for those, the
 * first batch is the answer.
 */
export function createWorkspacePulls(
  context: Context,
  reports: Reports,
  sinks: Sinks,
  wake: () => void,
): WorkspacePulls {
  const ends = new Set<() => void>();
  const clears = new Set<(uris: readonly string[]) => void>();

  return {
    hold(params, token, partial) {
      return new Promise((resolve, reject) => {
        let batch: WorkspaceDocumentDiagnosticReport[] = [];
        const sink: Sink = {
          todo: new Set(),
          sent: new Map(),
          publishes: false,
          send(file, report) {
            batch.push({
              kind: DocumentDiagnosticReportKind.Full,
              uri: uriFor(context, file),
              version: report.version,
              resultId: resultId(report),
              items: report.items,
            });
          },
          flush() {
            if (batch.length === 0 || (partial === undefined && sink.todo.size > 0)) return;
            const items = batch;
            batch = [];
            if (partial === undefined) finish(items);
            else partial.report({ items });
          },
        };
        const finish = (items: WorkspaceDocumentDiagnosticReport[]): void => {
          release();
          resolve({ items });
        };
        const end = (): void => finish([]);
        const onCancel = token.onCancellationRequested(() => {
          release();
          reject(cancelled());
        });
        const clear = (uris: readonly string[]): void => {
          const kind = DocumentDiagnosticReportKind.Full;
          for (const uri of uris) batch.push({ kind, uri, version: null, items: [] });
          sink.flush();
        };
        const release = (): void => {
          sinks.all.delete(sink);
          clears.delete(clear);
          ends.delete(end);
          onCancel.dispose();
        };
        for (const previous of params.previousResultIds) {
          const file = fileId(previous.uri);
          sink.sent.set(file, hashOf(previous.value));
          sink.todo.add(file);
        }
        for (const file of reports.covered()) sink.todo.add(file);
        sinks.all.add(sink);
        ends.add(end);
        clears.add(clear);
        wake();
      });
    },
    clear(uris) {
      for (const clear of [...clears]) clear(uris);
    },
    end() {
      for (const end of [...ends]) end();
    },
  };
}
