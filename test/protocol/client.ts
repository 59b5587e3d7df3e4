/** A small language client over stdio: what a test says and what the server answered. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CancellationTokenSource,
  type ClientCapabilities,
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
  type WorkspaceDiagnosticReportPartialResult,
  WorkspaceDiagnosticRequest,
} from "vscode-languageserver-protocol/node";
import type { ScanProgress, ScanResult, SkepticStatus } from "../../server/lsp/protocol.ts";
import { answerFiles, type VirtualFiles } from "./virtual-files.ts";

export interface StartOptions {
  /** The server's arguments for node. */
  readonly server: readonly string[];
  readonly folders: readonly string[];
  /** Ask for diagnostics instead of waiting for them. */
  readonly pull?: boolean;
  readonly capabilities?: ClientCapabilities;
  /** By folder URI; "" for everything else. */
  readonly settings?: Record<string, unknown>;
  readonly initializationOptions?: Readonly<Record<string, unknown>>;
  /** Files that the client reads for the server. */
  readonly files?: VirtualFiles;
}

export interface HeldRequest {
  /** Last report of each file. */
  readonly reports: Map<string, Diagnostic[]>;
  /** Reports received, one entry each. */
  readonly received: string[];
  readonly ended: Promise<unknown>;
  cancel(): void;
}

export interface TestClient {
  /** Of the server's process. */
  readonly pid: number;
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  readonly published: PublishDiagnosticsParams[];
  readonly statuses: SkepticStatus[];
  readonly progress: ScanProgress[];
  readonly log: string[];
  /** Every byte the server wrote, as text. */
  output(): string;
  readonly settings: Record<string, unknown>;
  refreshes(): number;
  /** When they came, as milliseconds of `Date.now`. */
  readonly refreshedAt: number[];
  open(uri: string, text: string, languageId?: string): void;
  /** Replaces a range, or everything. */
  edit(uri: string, newText: string, range?: Range): void;
  close(uri: string): void;
  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport>;
  /** The diagnostics of a full answer. */
  pullItems(uri: string): Promise<Diagnostic[]>;
  /** What was published last for a file. */
  lastOf(uri: string): PublishDiagnosticsParams | undefined;
  hold(previous?: { uri: string; value: string }[], partial?: boolean): HeldRequest;
  scan(): { readonly result: Promise<ScanResult>; cancel(): void };
  actions(
    uri: string,
    diagnostics: Diagnostic[],
    range: Range,
    only?: string[],
  ): Promise<CodeAction[]>;
  diskEvent(uri: string, type: 1 | 2 | 3): void;
  changeSettings(settings: Record<string, unknown>): void;
  stop(): Promise<number | null>;
}

const PULL: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    diagnostics: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: {
      documentChanges: true,
      changeAnnotationSupport: {},
      resourceOperations: ["create"],
    },
  },
  textDocument: {
    diagnostic: { dynamicRegistration: true },
    hover: { contentFormat: ["markdown", "plaintext"] },
    codeAction: {
      disabledSupport: true,
      dataSupport: true,
      isPreferredSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source"] } },
    },
  },
};

const PUSH: ClientCapabilities = {
  workspace: { configuration: true, workspaceFolders: true },
  textDocument: { publishDiagnostics: { versionSupport: true, relatedInformation: true } },
};

export async function start(options: StartOptions): Promise<TestClient> {
  const child = spawn(process.execPath, [...options.server, "--stdio"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout as NonNullable<ChildProcess["stdout"]>),
    new StreamMessageWriter(child.stdin as NonNullable<ChildProcess["stdin"]>),
  );
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const published: PublishDiagnosticsParams[] = [];
  const statuses: SkepticStatus[] = [];
  const progress: ScanProgress[] = [];
  const log: string[] = [];
  const versions = new Map<string, number>();
  const settings: Record<string, unknown> = options.settings ?? {};
  const refreshedAt: number[] = [];
  const written: Buffer[] = [];
  child.stdout?.on("data", (data: Buffer) => void written.push(data));
  child.stderr?.on("data", (data: Buffer) => void written.push(data));
  child.stderr?.on("data", (data: Buffer) => log.push(data.toString()));
  connection.onNotification(
    "textDocument/publishDiagnostics",
    (params: PublishDiagnosticsParams) => {
      published.push(params);
    },
  );
  connection.onNotification(
    "skeptic/status",
    (status: SkepticStatus) => void statuses.push(status),
  );
  connection.onNotification(
    "skeptic/scanProgress",
    (step: ScanProgress) => void progress.push(step),
  );
  connection.onNotification(
    "window/logMessage",
    ({ message }: { message: string }) => void log.push(message),
  );
  connection.onRequest("workspace/diagnostic/refresh", () => {
    refreshedAt.push(Date.now());
    return null;
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/configuration", ({ items }: { items: { scopeUri?: string }[] }) =>
    items.map(({ scopeUri }) => settings[scopeUri ?? ""] ?? settings[""] ?? {}),
  );
  if (options.files !== undefined) answerFiles(connection, options.files);
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: options.capabilities ?? (options.pull ? PULL : PUSH),
    workspaceFolders: options.folders.map((uri) => ({ uri, name: "folder" })),
    initializationOptions: {
      ...options.initializationOptions,
      ...(options.files === undefined ? {} : { files: true }),
    },
  });
  await connection.sendNotification("initialized", {});

  const say = (method: string, params: unknown): void =>
    void connection.sendNotification(method, params);
  const pull = (uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> =>
    connection.sendRequest("textDocument/diagnostic", {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
  let holds = 0;
  return {
    pid: child.pid ?? 0,
    connection,
    initialized,
    published,
    statuses,
    progress,
    log,
    output: () => Buffer.concat(written).toString(),
    settings,
    refreshes: () => refreshedAt.length,
    refreshedAt,
    open(uri, text, languageId = "python") {
      versions.set(uri, 1);
      say("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
    },
    edit(uri, text, range) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      const change = range === undefined ? { text } : { range, text };
      say("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [change] });
    },
    close: (uri) => say("textDocument/didClose", { textDocument: { uri } }),
    pull,
    async pullItems(uri) {
      const report = await pull(uri);
      if (report.kind !== "full") throw new Error("expected a full report");
      return report.items;
    },
    lastOf: (uri) => published.findLast((one) => one.uri === uri),
    hold(previousResultIds = [], partial = true) {
      const source = new CancellationTokenSource();
      const token = `partial-${holds++}`;
      const reports = new Map<string, Diagnostic[]>();
      const received: string[] = [];
      const take = ({ items }: WorkspaceDiagnosticReportPartialResult): void => {
        for (const item of items) {
          received.push(item.uri);
          if (item.kind === "full") reports.set(item.uri, item.items);
        }
      };
      connection.onProgress(WorkspaceDiagnosticRequest.partialResult, token, take);
      const ended = connection
        .sendRequest<WorkspaceDiagnosticReportPartialResult>(
          "workspace/diagnostic",
          { previousResultIds, ...(partial ? { partialResultToken: token } : {}) },
          source.token,
        )
        .then(
          (result) => {
            take(result);
            return result;
          },
          (error: unknown) => error,
        );
      return { reports, received, ended, cancel: () => source.cancel() };
    },
    scan() {
      const source = new CancellationTokenSource();
      const result = connection.sendRequest<ScanResult>("skeptic/scanWorkspace", {}, source.token);
      return { result, cancel: () => source.cancel() };
    },
    actions: async (uri, diagnostics, range, only) =>
      (await connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri },
        range,
        context: { diagnostics, ...(only === undefined ? {} : { only }) },
      })) ?? [],
    diskEvent: (uri, type) => say("workspace/didChangeWatchedFiles", { changes: [{ uri, type }] }),
    changeSettings(changed) {
      Object.assign(settings, changed);
      say("workspace/didChangeConfiguration", { settings: null });
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      await connection.sendRequest("shutdown");
      say("exit", undefined);
      const timer = setTimeout(() => child.kill(), 5000);
      const code = await ended;
      clearTimeout(timer);
      connection.dispose();
      return code;
    },
  };
}

/** Held findings settle within so many milliseconds after the last edit, */
export const SETTLED_MS = 300;
/** and so many more are granted for the way to the test and back on a machine that does other work. */
export const SLACK_MS = 60;

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `look` answers something, or fails after `ms` milliseconds naming `what`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 5000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(10);
  }
}

export interface TestFolder {
  /** Without a trailing slash. */
  readonly uri: string;
  readonly path: string;
  file(name: string): string;
  write(name: string, text: string | Uint8Array): Promise<string>;
  remove(name: string): Promise<void>;
  dispose(): Promise<void>;
}

/** A temporary workspace folder. */
export async function folder(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<TestFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "skeptic-")));
  const file = (name: string): string => pathToFileURL(join(path, name)).href;
  const write = async (name: string, text: string | Uint8Array): Promise<string> => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
    return file(name);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    path,
    uri: pathToFileURL(path).href,
    file,
    write,
    remove: (name) => rm(join(path, name), { recursive: true }),
    dispose: () => rm(path, { recursive: true, force: true }),
  };
}
