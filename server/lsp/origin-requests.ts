/** What a client says and asks about who wrote what. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import { originSentence } from "../origin/words.ts";
import type { Context } from "./context.ts";
import { bomLength, clampedOffset, type OpenDocument } from "./document.ts";
import { fileId } from "./file-id.ts";
import type { Guards } from "./guard.ts";
import type { Log } from "./log.ts";
import { placesOf } from "./origin-places.ts";
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
import { createOrigins, type Origins } from "./origins.ts";
import { demand } from "./parameters.ts";
import type { Reports } from "./reports.ts";

/** Changes of marks within this time are told together, in milliseconds. */
const TELL_MS = 100;

const RANGE = [
  "uri",
  ...["start", "end"].flatMap((end) => [`range.${end}.line`, `range.${end}.character`]),
];

type Position = CopiedParams["ranges"][number]["start"];

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
    const uris = [...waiting].flatMap((file) => documents.get(file)?.uri ?? []);
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
      origins.told(fileId(told.uri), told.version, told.cause);
    }),
  );
  connection.onNotification(
    "skeptic/notWritten",
    tell<NotWrittenParams>("a reload", (told) => {
      demand(told, ["uri"]);
      origins.notWritten(fileId(told.uri), told.version);
    }),
  );
  connection.onNotification(
    "skeptic/copied",
    tell<CopiedParams>("copied text", ({ uri, ranges }) => {
      demand({ uri }, ["uri"]);
      const document = context.documents.get(fileId(uri));
      if (document === undefined || !Array.isArray(ranges)) return;
      origins.copied(
        document.file,
        ranges.map((range) => spanIn(document, range)),
      );
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
      const file = fileId(asked.uri);
      const text = origins.text(file);
      if (text === undefined) return null;
      const places = placesOf(text, bomOf(context, file));
      origins.review(file, places.span(asked.range));
      return null;
    }),
  );
  connection.onRequest(
    "skeptic/originMarks",
    guard<[OriginMarksParams], OriginMark[]>("the marks of a document", [], (asked) => {
      demand(asked, ["uri"]);
      return marksOf(context, fileId(asked.uri));
    }),
  );
}

/** In offsets of the document's text. */
function spanIn(
  { text, starts }: OpenDocument,
  { start, end }: { readonly start: Position; readonly end: Position },
): Span {
  const at = ({ line, character }: Position): number =>
    clampedOffset(text, starts, line, character);
  return { start: Math.min(at(start), at(end)), end: Math.max(at(start), at(end)) };
}

function marksOf(context: Context, file: FileId): OriginMark[] {
  const now = Date.now();
  const text = context.origins.text(file);
  if (text === undefined) return [];
  const places = placesOf(text, bomOf(context, file));
  const out: OriginMark[] = [];
  for (const { start, end, mark } of context.origins.marks(file)) {
    const { origin } = mark;
    const sentence = originSentence({ origin, mark }, now);
    if (origin === "human" || sentence === undefined) continue;
    const range = places.range({ start, end });
    out.push({ range, origin, sentence, reviewed: mark.reviewed !== undefined });
  }
  return out;
}

function bomOf({ documents }: Context, file: FileId): number {
  return bomLength(documents.get(file)?.text ?? "");
}
