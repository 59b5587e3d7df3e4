/** Files that come, change and go: told by the client's watcher, or by its own file operations. */
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type ServerCapabilities,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import type { Context } from "./context.ts";
import { fileId, isUnder } from "./file-id.ts";
import type { FileIndex } from "./index-files.ts";

const IGNORE_FILES_MS = 200;
/** git writes its index often, and seldom so that this changes what is kept. */
const GIT_INDEX_MS = 1000;

const ALL_FILES = { filters: [{ pattern: { glob: "**/*" } }] };
export const FILE_OPERATIONS = {
  didCreate: ALL_FILES,
  didRename: ALL_FILES,
  didDelete: ALL_FILES,
} satisfies NonNullable<ServerCapabilities["workspace"]>["fileOperations"];

/** `changed` is told which open documents were deleted or came back, `baseline` that one of these files differs. */
export function listenToFiles(
  context: Context,
  index: FileIndex,
  changed: (files: readonly FileId[]) => void,
  baseline: () => void,
): void {
  const { connection, documents, host, engine, log } = context;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isIgnoreFile = false;
  const lookAgain = (): void => {
    context.kept.refresh().then(
      (isOther) => {
        if (isOther || isIgnoreFile) index.rewalk();
        isIgnoreFile = false;
      },
      (error) => log.crash("asking what git keeps", error),
    );
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(lookAgain, ms);
  };

  const event = (uri: string, kind: "created" | "changed" | "deleted"): void => {
    const file = fileId(uri);
    if (/\/(\.gitignore|\.git\/info\/exclude)$/.test(file)) {
      host.forgetIgnoreFiles();
      isIgnoreFile = true;
      later(IGNORE_FILES_MS);
      return;
    }
    if (file.endsWith("/.git/index")) later(GIT_INDEX_MS);
    if (file.includes("/.git/")) return;
    if (context.baselines.isBaseline(file)) baseline();
    const open = [...documents.values()].filter(
      (document) => document.file === file || (kind === "deleted" && isUnder(document.file, file)),
    );
    for (const document of open) document.deleted = kind === "deleted";
    if (kind !== "changed" || engine.wants(file)) index.diskEvent(file, kind);
    changed(open.map((document) => document.file));
  };
  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      log.crash("a file event", error);
    }
  };

  connection.onDidChangeWatchedFiles(({ changes }) =>
    guarded(() => {
      for (const { uri, type } of changes)
        event(
          uri,
          type === FileChangeType.Created
            ? "created"
            : type === FileChangeType.Deleted
              ? "deleted"
              : "changed",
        );
    }),
  );
  connection.workspace.onDidCreateFiles(({ files }) =>
    guarded(() => {
      for (const { uri } of files) event(uri, "created");
    }),
  );
  connection.workspace.onDidDeleteFiles(({ files }) =>
    guarded(() => {
      for (const { uri } of files) event(uri, "deleted");
    }),
  );
  connection.workspace.onDidRenameFiles(({ files }) =>
    guarded(() => {
      for (const { oldUri, newUri } of files) {
        context.origins.renamed(fileId(oldUri), fileId(newUri));
        event(oldUri, "deleted");
        event(newUri, "created");
      }
    }),
  );
}

/** Asks the client to tell about files and settings, where it can. */
export async function register(context: Context): Promise<void> {
  const { connection, client } = context;
  const asked: Promise<unknown>[] = [];
  if (client.registersWatchers)
    asked.push(
      connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: "**/*" }],
      }),
    );
  if (client.registersConfiguration)
    asked.push(
      connection.client.register(DidChangeConfigurationNotification.type, { section: "skeptic" }),
    );
  await Promise.all(asked);
}
