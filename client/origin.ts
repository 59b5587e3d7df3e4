// Tells the server how changes come about: what a paste is, and what looks like an inserted suggestion.

import * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import type {
  ChangeCauseParams,
  CopiedParams,
  NotWrittenParams,
  OriginOptions,
} from "../server/lsp/origin-protocol.ts";
import { type Change, causeOf } from "./change-cause.ts";
import { DOCUMENTS } from "./documents.ts";
import { isOwnEdit } from "./own-edits.ts";

/** So long after a change it is known whether it made the document differ from its file, in milliseconds. */
const DIRTY_MS = 200;
/** A paste and the change that it makes are this close, in milliseconds. */
const PASTE_MS = 5000;
const PAUSE_MS = 50;
const OWN_COPY = "application/vnd.skeptic.copy";

/** What VS Code has since 1.97, and this extension's oldest editor has not. */
interface PasteApi {
  registerDocumentPasteEditProvider?(
    selector: vscode.DocumentSelector,
    provider: PasteProvider,
    metadata: {
      providedPasteEditKinds: readonly unknown[];
      copyMimeTypes?: readonly string[];
      pasteMimeTypes?: readonly string[];
    },
  ): vscode.Disposable;
}

interface PasteProvider {
  prepareDocumentPaste(
    document: vscode.TextDocument,
    ranges: readonly vscode.Range[],
    transfer: vscode.DataTransfer,
  ): void;
  provideDocumentPasteEdits(
    document: vscode.TextDocument,
    ranges: readonly vscode.Range[],
    transfer: vscode.DataTransfer,
  ): Promise<undefined>;
}

export interface OriginClient {
  readonly options: OriginOptions;
  readonly middleware: NonNullable<LanguageClientOptions["middleware"]>;
}

export function createOriginClient(
  context: vscode.ExtensionContext,
  client: () => BaseLanguageClient | undefined,
): OriginClient {
  const uriOf = (uri: vscode.Uri): string =>
    client()?.code2ProtocolConverter.asUri(uri) ?? uri.toString();
  const tell = (
    method: string,
    params: ChangeCauseParams | CopiedParams | NotWrittenParams,
  ): void => {
    const running = client();
    if (running?.isRunning()) void running.sendNotification(method, params).catch(() => undefined);
  };
  const texts = createTexts();
  let paste: { uri: string; text: string; isOwn: boolean; until: number } | undefined;
  let copied = "";
  let copiedText = "";
  const savedAt = new Map<string, number>();
  context.subscriptions.push(
    vscode.workspace.onDidSaveTextDocument((document) => {
      savedAt.set(document.uri.toString(), Date.now());
    }),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => {
      savedAt.set(notebook.uri.toString(), Date.now());
    }),
  );
  /**
   * A reload, or a revert, leaves a document as its file, which no key does; but a document that was as its file says so for
   * a moment after its first edit, too.
   */
  const doubt = (document: vscode.TextDocument, whole: Whole): void => {
    const { version, uri } = document;
    const since = Date.now();
    setTimeout(() => {
      const isSaved = (savedAt.get(whole.uri.toString()) ?? 0) >= since;
      if (document.isClosed || whole.isDirty || isSaved) return;
      tell("skeptic/notWritten", { uri: uriOf(uri), version });
    }, DIRTY_MS);
  };

  const hearsPastes = listenToPastes(context, {
    prepareDocumentPaste(document, ranges, transfer) {
      copied = `${Date.now()}`;
      copiedText = ranges.map((range) => document.getText(wholeLine(document, range))).join("\n");
      transfer.set(OWN_COPY, new vscode.DataTransferItem(copied));
      tell("skeptic/copied", {
        uri: uriOf(document.uri),
        ranges: ranges.map((range) => plain(wholeLine(document, range))),
      });
    },
    async provideDocumentPasteEdits(document, _ranges, transfer) {
      const text = await transfer.get("text/plain")?.asString();
      if (text === undefined) return undefined;
      const own = await transfer.get(OWN_COPY)?.asString();
      // Some editors lose what is put beside the text; the same text is the same copy.
      const isOwn = (own !== undefined && own === copied) || text.trim() === copiedText.trim();
      paste = { uri: document.uri.toString(), text, isOwn, until: Date.now() + PASTE_MS };
      return undefined;
    },
  });

  /** `whole` is what is saved: the document, or the notebook that it is a cell of. */
  const changed = (event: vscode.TextDocumentChangeEvent, whole: Whole): void => {
    const { document } = event;
    const key = document.uri.toString();
    const recent = paste?.uri === key && Date.now() < paste.until ? paste : undefined;
    const cause = isOwnEdit(event)
      ? "tool"
      : causeOf({
          changes: changesOf(event, texts.before(document)),
          reason: reasonOf(event.reason),
          source: sourceOf(event),
          paste: recent,
          hearsPastes,
        });
    texts.keep(document);
    if (cause === "paste" || cause === "copy") paste = undefined;
    if (cause !== undefined)
      tell("skeptic/changeCause", { uri: uriOf(document.uri), version: document.version, cause });
    if (!whole.isDirty && (cause === "typing" || cause === "suggestion")) doubt(document, whole);
  };

  return {
    options: context.storageUri === undefined ? {} : { storage: context.storageUri.toString() },
    middleware: {
      didOpen: (document, next) => {
        texts.keep(document);
        return next(document);
      },
      didClose: (document, next) => {
        texts.forget(document);
        return next(document);
      },
      didChange: (event, next) => {
        changed(event, event.document);
        return next(event);
      },
      notebooks: {
        didOpen: (notebook, cells, next) => {
          for (const { document } of cells) texts.keep(document);
          return next(notebook, cells);
        },
        didChange: (event, next) => {
          const { structure, textContent } = event.cells ?? {};
          for (const { document } of structure?.didOpen ?? []) texts.keep(document);
          for (const { document } of structure?.didClose ?? []) texts.forget(document);
          for (const one of textContent ?? []) changed(one, event.notebook);
          return next(event);
        },
        didClose: (notebook, cells, next) => {
          for (const { document } of cells) texts.forget(document);
          return next(notebook, cells);
        },
      },
    },
  };
}

type Whole = Pick<vscode.NotebookDocument, "uri" | "isDirty">;

interface Texts {
  /** The text before the change that has just come; undefined when keys come too fast for it to be known. */
  before(document: vscode.TextDocument): string | undefined;
  keep(document: vscode.TextDocument): void;
  forget(document: vscode.TextDocument): void;
}

/** Texts before their next change, since its event does not say what was replaced. They are taken when typing pauses. */
function createTexts(): Texts {
  const known = new Map<string, { readonly version: number; readonly text: string }>();
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const forget = (key: string): void => {
    clearTimeout(waiting.get(key));
    waiting.delete(key);
    known.delete(key);
  };
  return {
    before(document) {
      const kept = known.get(document.uri.toString());
      return kept?.version === document.version - 1 ? kept.text : undefined;
    },
    keep(document) {
      const key = document.uri.toString();
      forget(key);
      const take = (): void => {
        waiting.delete(key);
        if (!document.isClosed)
          known.set(key, { version: document.version, text: document.getText() });
      };
      waiting.set(key, setTimeout(take, PAUSE_MS));
    },
    forget: (document) => forget(document.uri.toString()),
  };
}

/** False where the editor does not offer it. */
function listenToPastes(context: vscode.ExtensionContext, provider: PasteProvider): boolean {
  const { registerDocumentPasteEditProvider: register } = vscode.languages as PasteApi;
  if (register === undefined) return false;
  const metadata = {
    providedPasteEditKinds: [],
    copyMimeTypes: [OWN_COPY],
    pasteMimeTypes: ["text/plain", OWN_COPY],
  };
  try {
    context.subscriptions.push(register(DOCUMENTS, provider, metadata));
    return true;
  } catch {
    return false;
  }
}

/** Without a selection the editor copies the whole line. */
function wholeLine(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  return range.isEmpty ? document.lineAt(range.start.line).rangeIncludingLineBreak : range;
}

/** As the protocol has it: the editor's own ranges become lists. */
function plain({ start, end }: vscode.Range): CopiedParams["ranges"][number] {
  const place = ({ line, character }: vscode.Position) => ({ line, character });
  return { start: place(start), end: place(end) };
}

/** The changes are in offsets of the text before all of them. */
function changesOf(event: vscode.TextDocumentChangeEvent, text: string | undefined): Change[] {
  return event.contentChanges.map(({ text: inserted, rangeOffset, rangeLength }) => ({
    text: inserted,
    removed: rangeLength === 0 ? "" : text?.slice(rangeOffset, rangeOffset + rangeLength),
  }));
}

function reasonOf(
  reason: vscode.TextDocumentChangeReason | undefined,
): "undo" | "redo" | undefined {
  if (reason === vscode.TextDocumentChangeReason.Undo) return "undo";
  return reason === vscode.TextDocumentChangeReason.Redo ? "redo" : undefined;
}

/** A proposed API: there for editors that offer it, and never needed. */
function sourceOf(event: vscode.TextDocumentChangeEvent): string | undefined {
  const { detailedReason } = event as { detailedReason?: { source?: unknown } };
  return typeof detailedReason?.source === "string" ? detailedReason.source : undefined;
}
