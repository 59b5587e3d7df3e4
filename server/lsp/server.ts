/**
 * The language server on a connection: what it announces, and what it does of itself. `requests.ts` says which feature
 * answers what. Every handler is guarded: a fault is one log entry and an empty answer.
 */
import {
  CodeActionKind,
  type Connection,
  DidChangeWorkspaceFoldersNotification,
  type InitializeParams,
  type InitializeResult,
  PositionEncodingKind,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { isNotebook, readEmbedded } from "../embedded/document.ts";
import type { Engine } from "../engine/api.ts";
import type { DrawChart } from "../report/html.ts";
import type { RecordKeeper } from "../report/record.ts";
import { createBackground } from "./background.ts";
import { createBaselines } from "./baselines.ts";
import { clientFeatures } from "./client-features.ts";
import { clientFiles } from "./client-files.ts";
import { FIX_ALL } from "./code-actions.ts";
import { createConfiguration } from "./configuration.ts";
import { type Context, uriFor } from "./context.ts";
import { createDocumentSync } from "./documents.ts";
import { fileId, folderId } from "./file-id.ts";
import type { FilesFor } from "./files-host.ts";
import { createFolders } from "./folders.ts";
import { createGuards } from "./guard.ts";
import type { Host } from "./host.ts";
import { type Budget, createFileIndex, DEFAULT_BUDGET, type FileIndex } from "./index-files.ts";
import { createKept } from "./kept.ts";
import { createLog, type Log } from "./log.ts";
import { createNotebookSync } from "./notebooks.ts";
import { createCommitted } from "./origin-commits.ts";
import type { OriginOptions } from "./origin-protocol.ts";
import { originsOf, registerOrigins } from "./origin-requests.ts";
import type { OriginStore } from "./origin-store.ts";
import type { PauseParams, SkepticStatus } from "./protocol.ts";
import { createWorkspacePulls } from "./pull.ts";
import { createReports } from "./reports.ts";
import { registerRequests } from "./requests.ts";
import { createSecrets } from "./secrets.ts";
import { createSinks, type Sink } from "./sinks.ts";
import { createStatusReporter, notices } from "./status.ts";
import { keepToday } from "./today.ts";
import { FILE_OPERATIONS, listenToFiles, register } from "./watch.ts";

export interface ServerOptions {
  /** @param others file systems that the client reads for the server. */
  readonly host: (others: FilesFor) => Host;
  readonly createEngine: () => Promise<Engine>;
  readonly version: string;
  /** Keeps who wrote what, and hears of agents' hooks; without it both last as long as the server. */
  readonly origins?: OriginStore;
  /** The folder with the rules' pages, as a URI without a trailing slash. */
  readonly pages?: string;
  /** Draws charts; without it reports have their tables only. */
  readonly charts?: () => Promise<DrawChart>;
  /** Keeps what reports found; without it nothing is known of former ones. */
  readonly records?: RecordKeeper;
}

/** `initializationOptions`: all of it optional. */
interface InitializationOptions {
  /** The section `skeptic`, for clients that cannot be asked for settings. */
  readonly settings?: unknown;
  /** Above this the rest of the workspace is left out. */
  readonly budget?: Partial<Budget>;
  readonly origin?: OriginOptions;
  /** False: of the rules of a project's own only what adds findings counts. The notification "skeptic/trusted" ends that. */
  readonly trusted?: boolean;
  /** True: files that are not open are reported, as after a scan. For clients that restart the server. */
  readonly scanned?: boolean;
  readonly isPaused?: boolean;
  /** The client answers "skeptic/files/...". */
  readonly files?: boolean;
}

/** A closing client drops what it is told in the meantime: milliseconds until it is told again. */
const CLOSED_MS = [100, 1000];

export function startServer(connection: Connection, options: ServerOptions): void {
  const log = createLog(connection.console);
  connection.onInitialize(async (params): Promise<InitializeResult> => {
    const serverInfo = { name: "Skeptic", version: options.version };
    try {
      const engine = await options.createEngine();
      return { capabilities: serve(connection, options, engine, log, params), serverInfo };
    } catch (error) {
      log.crash("starting the analysis", error);
      const status: SkepticStatus = {
        state: "broken",
        findings: 0,
        message: "the analysis could not start",
      };
      connection.onInitialized(() => void connection.sendNotification("skeptic/status", status));
      return { capabilities: { textDocumentSync: TextDocumentSyncKind.None }, serverInfo };
    }
  });
  connection.listen();
}

function serve(
  connection: Connection,
  options: ServerOptions,
  engine: Engine,
  log: Log,
  params: InitializeParams,
): InitializeResult["capabilities"] {
  const { host: hostFor, pages, version, origins: store } = options;
  const client = clientFeatures(params);
  const initial = (params.initializationOptions ?? {}) as InitializationOptions;
  const folders = createFolders();
  if (initial.trusted === false) engine.restrict(true);
  const opened: Context["documents"] = new Map();
  const host = hostFor(initial.files === true ? clientFiles(connection) : () => undefined);
  const trust = { given: initial.trusted !== false };
  const context: Context = {
    connection,
    engine,
    host,
    log,
    client,
    documents: opened,
    folders,
    pages,
    lines: new Map(),
    cells: new Map(),
    embedded: new Map(),
    secrets: createSecrets(engine, () => opened.keys()),
    origins: originsOf({
      connection,
      documents: opened,
      textOf: (file) => engine.text(file),
      readText: async (file) => {
        const { host: files } = context;
        const read = files.reads(file) ? await files.read(file) : undefined;
        if (read?.kind !== "text") return undefined;
        if (!isNotebook(file)) return read.text;
        const notebook = readEmbedded(file, read.text);
        return "problem" in notebook ? undefined : notebook.program.text;
      },
      store,
      client: initial.origin,
      log,
      touch: (files) => background.touch(files),
    }),
    trust,
    kept: createKept({ folders, host, trust }),
    baselines: createBaselines({ engine, folders, host, trust }, version),
  };
  log.maskWith(context.secrets.maskFault);
  let setReady = (): void => {};
  let isReady = false;
  let isPaused = initial.isPaused === true;
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });
  const openFolders =
    params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []);
  for (const uri of openFolders) folders.add(uri);

  const reports = createReports(context);
  const sinks = createSinks(
    reports,
    (file) => context.documents.has(file),
    (file) => context.documents.get(file)?.notebook !== undefined,
  );
  sinks.all.add(client.pulls ? ledger() : publisher(context));
  let index: FileIndex;
  let isIndexed = false;
  const status = createStatusReporter(
    () => currentStatus(),
    (value) => void connection.sendNotification("skeptic/status", value),
  );
  const background = createBackground(
    context,
    reports,
    sinks,
    () => index,
    () => isReady && !isPaused,
    () => {
      if (index.isIdle()) isIndexed = true;
      status.update();
    },
  );
  index = createFileIndex(
    context,
    { wake: background.wake, gone: (file) => background.touch([file]) },
    { ...DEFAULT_BUDGET, ...initial.budget },
  );
  const pulls = createWorkspacePulls(context, reports, sinks, background.wake);
  const configuration = createConfiguration(context, initial.settings);

  const currentStatus = (): SkepticStatus => {
    const findings = reports.total();
    const all = folders.all();
    const isOff =
      all.length > 0 ? all.every((folder) => !folder.settings.enable) : !folders.outside().enable;
    if (isOff) return { state: "off", findings: 0 };
    const known = reports.known();
    const { done, total, walking } = index.progress();
    const problems = [...configuration.problems(), ...context.baselines.problems()];
    const said = { known, ...notices(context, problems, index.notice()) };
    if (isPaused) return { state: "paused", findings, ...said };
    if (!isIndexed || walking) return { state: "indexing", done, total, findings, ...said };
    return { state: "working", findings, ...said };
  };
  const touchEverything = (): void => {
    background.touch([...context.documents.keys(), ...index.files(), ...reports.covered()]);
  };
  const forgetCoverage = (): void => {
    const covered = index.files();
    reports.coverage.all = false;
    reports.coverage.files.clear();
    background.touch(covered);
  };
  if (initial.scanned === true) reports.coverage.all = true;
  let reportsClosedFiles = false;
  /** One after the other: answers of an earlier reading must not replace those of a later one. */
  let applying = Promise.resolve();
  const applySettings = (): Promise<void> => {
    applying = applying.catch(() => {}).then(applyNow);
    return applying;
  };
  const applyNow = async (): Promise<void> => {
    const changed = await configuration.refresh();
    await context.baselines.load();
    engine.setRoots(folders.all().map((folder) => folder.root));
    documents.resync();
    notebooks.resync();
    if (changed || !isReady) index.rewalk();
    const wanted = folders.outside().reportClosedFiles;
    if (wanted) reports.coverage.all = true;
    else if (reportsClosedFiles) forgetCoverage();
    reportsClosedFiles = wanted;
    touchEverything();
    status.update();
  };

  const documentClosed = (file: FileId, hadFindings: boolean): void => {
    reports.forget(file);
    index.closed(file);
    background.touch([file]);
    if (!client.pulls || (!hadFindings && !reports.isCovered(file))) return;
    // A closing client asks once more and then lets go of its answer; it drops what comes before that is over.
    for (const delay of CLOSED_MS)
      setTimeout(() => {
        if (context.documents.has(file)) return;
        sinks.force(file);
        background.wake();
      }, delay);
  };
  const documents = createDocumentSync(context, {
    opened(document) {
      context.origins.opened(document);
      committed.look(document.file);
      index.opened(document.file);
      background.touch([document.file]);
    },
    aside: context.origins.opened,
    asideClosed: context.origins.closed,
    changed: context.origins.changed,
    edited: background.edited,
    closed(file, hadFindings) {
      context.origins.closed(file);
      documentClosed(file, hadFindings);
    },
  });

  const notebooks = createNotebookSync(context, {
    opened(document) {
      context.origins.opened(document);
      committed.look(document.file);
      index.opened(document.file);
      background.touch([document.file]);
      // What was said of its file is now said of its cells.
      if (!client.pulls) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    },
    changed: context.origins.changed,
    edited: background.edited,
    closed(file, hadFindings) {
      context.origins.closed(file);
      documentClosed(file, hadFindings);
    },
    cellsClosed(uris) {
      if (!client.pulls)
        for (const uri of uris) void connection.sendDiagnostics({ uri, diagnostics: [] });
      // As for files that are closed: the client keeps what it has, and relies on being told.
      else
        for (const delay of CLOSED_MS)
          setTimeout(
            () => pulls.clear(uris.filter((one) => !context.cells.has(fileId(one)))),
            delay,
          );
    },
  });

  const committed = createCommitted(context);
  const { guard, tell } = createGuards(log);
  registerOrigins(context, reports, { guard, tell });

  connection.onInitialized(
    guard("starting", undefined, async () => {
      status.update();
      await applySettings();
      isReady = true;
      setReady();
      background.wake();
      await register(context);
      await context.origins.start();
    }),
  );
  connection.onNotification("skeptic/pause", (asked: PauseParams) => {
    isPaused = asked?.isPaused === true;
    status.update();
    if (isPaused) return;
    touchEverything();
    background.refresh();
    background.wake();
  });
  connection.onNotification("skeptic/trusted", () => {
    context.trust.given = true;
    engine.restrict(false);
    for (const file of context.documents.keys()) committed.look(file);
    touchEverything();
    // Until then git was not asked.
    void context.kept.all().then((kept) => {
      if (kept.length > 0) index.rewalk();
    });
  });
  connection.onNotification(
    DidChangeWorkspaceFoldersNotification.type,
    guard("a change of folders", undefined, async ({ event }) => {
      for (const { uri } of event.removed) {
        folders.remove(uri);
        engine.configure(folders.outside().engine, folderId(uri));
      }
      for (const { uri } of event.added) folders.add(uri);
      await applySettings();
      index.rewalk();
    }),
  );
  connection.onDidChangeConfiguration(
    guard("a change of settings", undefined, async ({ settings }) => {
      if (!client.configuration) configuration.pushed(settings);
      await applySettings();
    }),
  );
  connection.onDidOpenTextDocument(tell("opening a document", documents.open));
  connection.onDidChangeTextDocument(tell("an edit", documents.change));
  connection.onDidCloseTextDocument(tell("closing a document", documents.close));
  const { synchronization } = connection.notebooks;
  synchronization.onDidOpenNotebookDocument(tell("opening a notebook", notebooks.open));
  synchronization.onDidChangeNotebookDocument(tell("an edit of a notebook", notebooks.change));
  synchronization.onDidCloseNotebookDocument(tell("closing a notebook", notebooks.close));
  const reloadBaselines = guard("reading a baseline", undefined, async () => {
    await context.baselines.load();
    touchEverything();
  });
  listenToFiles(context, index, background.touch, () => void reloadBaselines());

  registerRequests(context, {
    reports,
    sinks,
    index,
    background,
    pulls,
    ready,
    guard,
    touchEverything,
    forgetCoverage,
    version,
    createEngine: options.createEngine,
    charts: options.charts,
    records: options.records,
    readBaselines: () => reloadBaselines(),
    isPaused: () => isPaused,
  });
  const endDays = keepToday(engine, background.wake);
  connection.onShutdown(async () => {
    await context.origins.save();
    context.origins.dispose();
    endDays();
    pulls.end();
    background.dispose();
    status.dispose();
    index.dispose();
    engine.dispose();
  });

  return {
    positionEncoding: PositionEncodingKind.UTF16,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    // Of every kind, with all of its cells: people count those, too, that are no code.
    notebookDocumentSync: { notebookSelector: [{ notebook: "*" }] },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL],
      resolveProvider: client.resolvesEdits,
    },
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: FILE_OPERATIONS,
    },
    ...(client.pulls
      ? {
          diagnosticProvider: {
            identifier: "skeptic",
            interFileDependencies: true,
            workspaceDiagnostics: true,
          },
        }
      : {}),
  };
}

/** For clients that do not ask. Reports of open documents carry their version. */
function publisher(context: Context): Sink {
  return {
    todo: new Set(),
    sent: new Map(),
    publishes: true,
    send(file, { version, items, cells }) {
      const notebook = context.documents.get(file)?.notebook;
      for (const cell of notebook?.cells ?? [])
        void context.connection.sendDiagnostics({
          uri: cell.uri,
          version: cell.version,
          diagnostics: cells?.get(cell.uri)?.items ?? [],
        });
      if (notebook !== undefined) return;
      void context.connection.sendDiagnostics({
        uri: uriFor(context, file),
        ...(version === null ? {} : { version }),
        diagnostics: items,
      });
    },
    flush() {},
  };
}

/** Keeps the number of findings true for clients that ask, whether or not they hold a request open. */
function ledger(): Sink {
  return { todo: new Set(), sent: new Map(), publishes: false, send() {}, flush() {} };
}
