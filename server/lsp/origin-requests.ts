/** What a client says and asks about who wrote what. */
import type { FileId } from "../base/brand.ts";
import { originSentence } from "../origin/words.ts";
import { type Context, fileOf } from "./context.ts";
import type { OpenDocument } from "./document.ts";
import { fileId } from "./file-id.ts";
import type { Guards } from "./guard.ts";
import type { Log } from "./log.ts";
import { documentSpan, placesIn, spanAt } from "./origin-places.ts";
import type {
  AiChange,
  ChangeCauseParams,
  CopiedParams,
  NotWrittenParams,
  OriginMark,
  OriginMarksParams,
  OriginOptions,
  OriginsChangedParams,
  ReviewedParams,
} from "./origin-protocol.ts";
import { aiChanges } from "./origin-review.ts";
import type { OriginStore } from "./origin-store.ts";
import { changeId, createOrigins, type Origins } from "./origins.ts";
import { demand } from "./parameters.ts";
import type { Reports } from "./reports.ts";

/** Changes of marks within this time are told together, in milliseconds. */
const TELL_MS = 100;

const RANGE = [
  "uri",
  ...["start", "end"].flatMap((end) => [`range.${end}.line`, `range.${end}.character`]),
];

interface Parts {
  readonly connection: Context["connection"];
  readonly documents: ReadonlyMap<FileId, OpenDocument>;
  readonly textOf: (file: FileId) => string | undefined;
  readonly readText: (file: FileId) => Promise<string | undefined>;
  readonly store: OriginStore | undefined;
  readonly client: OriginOptions | undefined;
  readonly log: Log;
  /** What is said of findings in these files may differ now. */
  readonly touch: (files: readonly FileId[]) => void;
}

/** The origins of one server; a client that said that it knows of them is told when they change. */
export function originsOf(parts: Parts): Origins {
  const { connection, documents, textOf, readText, store, client, log, touch } = parts;
  const waiting = new Set<FileId>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    timer = undefined;
    const uris = [...waiting].flatMap((file) => {
      const { notebook, uri } = documents.get(file) ?? {};
      return notebook === undefined ? (uri ?? []) : notebook.cells.map((cell) => cell.uri);
    });
    waiting.clear();
    if (uris.length === 0) return;
    void connection.sendNotification("skeptic/originsChanged", {
      uris,
    } satisfies OriginsChangedParams);
  };
  const origins = createOrigins({
    textOf,
    readText,
    store,
    folder: client?.storage,
    log,
    changed(files) {
      touch(files);
      if (client === undefined) return;
      for (const file of files) waiting.add(file);
      timer ??= setTimeout(tell, TELL_MS);
    },
  });
  return {
    ...origins,
    dispose() {
      clearTimeout(timer);
      origins.dispose();
    },
  };
}

export function registerOrigins(context: Context, reports: Reports, { guard, tell }: Guards): void {
  const { connection, origins } = context;
  connection.onNotification(
    "skeptic/changeCause",
    tell<ChangeCauseParams>("the cause of a change", (told) => {
      demand(told, ["uri", "cause"]);
      origins.told(fileOf(context, told.uri), changeId(told.uri, told.version), told.cause);
    }),
  );
  connection.onNotification(
    "skeptic/notWritten",
    tell<NotWrittenParams>("a reload", (told) => {
      demand(told, ["uri"]);
      origins.notWritten(fileOf(context, told.uri), changeId(told.uri, told.version));
    }),
  );
  connection.onNotification(
    "skeptic/copied",
    tell<CopiedParams>("copied text", ({ uri, ranges }) => {
      demand({ uri }, ["uri"]);
      const file = fileOf(context, uri);
      if (!context.documents.has(file) || !Array.isArray(ranges)) return;
      const spans = ranges.flatMap((range) => documentSpan(context, uri, range) ?? []);
      if (spans.length === ranges.length) origins.copied(file, spans);
    }),
  );
  connection.onRequest(
    "skeptic/aiChanges",
    guard<[], AiChange[]>("what an AI changed", [], () => aiChanges(context, reports)),
  );
  connection.onRequest(
    "skeptic/reviewed",
    guard<[ReviewedParams], null>("a review", null, (asked) => {
      demand(asked, RANGE);
      const file = fileOf(context, asked.uri);
      const span = spanAt(context, asked.uri, asked.range);
      if (span !== undefined) origins.review(file, span);
      return null;
    }),
  );
  connection.onRequest(
    "skeptic/originMarks",
    guard<[OriginMarksParams], OriginMark[]>("the marks of a document", [], (asked) => {
      demand(asked, ["uri"]);
      return marksOf(context, asked.uri);
    }),
  );
}

function marksOf(context: Context, uri: string): OriginMark[] {
  const now = Date.now();
  const file = fileOf(context, uri);
  const places = placesIn(context, file);
  if (places === undefined) return [];
  const out: OriginMark[] = [];
  for (const { start, end, mark } of context.origins.marks(file)) {
    const { origin } = mark;
    const sentence = originSentence({ origin, mark }, now);
    if (origin === "human" || sentence === undefined) continue;
    for (const part of places.parts({ start, end })) {
      const at = places.at(part);
      if (fileId(at.uri) !== fileId(uri)) continue;
      out.push({ range: at.range, origin, sentence, reviewed: mark.reviewed !== undefined });
    }
  }
  return out;
}
