/** What the client's commands ask about one finding. */
import type { Connection } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { isDay } from "../base/day.ts";
import type { Edit } from "../base/text.ts";
import { type Context, fileOf } from "./context.ts";
import { homeOf, isDeparture, type Shown } from "./departures.ts";
import { isFaithful } from "./document.ts";
import { documentEdits } from "./document-edits.ts";
import { explanation, reviewPrompt, rulePage } from "./explanation.ts";
import type {
  FindingTarget,
  FlowResult,
  IgnoreParams,
  IgnoreResult,
  MakeSafeParams,
  MakeSafeResult,
  RulePageParams,
  SafeCandidatesResult,
  SafeFixesParams,
  SafeFixesResult,
  TextResult,
  TryTextParams,
  TryTextResult,
} from "./finding-protocol.ts";
import { safeEdits } from "./fix-all.ts";
import { flowOf } from "./flow.ts";
import { makeSafe, safeCandidates } from "./makes-safe.ts";
import { demand, RANGE } from "./parameters.ts";
import type { Reports } from "./reports.ts";
import type { Services } from "./requests.ts";
import { lineComment, NO_PLACE, suppressEdit } from "./suppress.ts";
import { LONGEST, tryText } from "./try-text.ts";
import { textEdits, workspaceEdit } from "./workspace-edits.ts";

const GONE = "the finding is gone";

export function registerFindingRequests(
  context: Context,
  { reports, ready, guard }: Pick<Services, "reports" | "ready" | "guard">,
): void {
  const { connection } = context;
  const answer = <P extends FindingTarget, R>(
    name: string,
    fallback: R,
    make: (finding: Shown | undefined, asked: P) => R | Promise<R>,
  ): void => {
    on(
      connection,
      `skeptic/${name}`,
      guard<[P], R>(name, fallback, async (asked) => {
        demand(asked, ["uri", "fingerprint"]);
        await ready;
        return make(findingOf(context, reports, asked), asked);
      }),
    );
  };
  answer<IgnoreParams, IgnoreResult>("ignore", { refused: "it failed" }, (finding, asked) =>
    finding === undefined ? { refused: GONE } : ignore(context, reports, finding, asked),
  );
  answer<FindingTarget, SafeCandidatesResult>("safeCandidates", { candidates: [] }, (finding) => ({
    candidates: finding === undefined ? [] : safeCandidates(context, finding),
  }));
  answer<MakeSafeParams, MakeSafeResult>("makeSafe", { refused: "it failed" }, (finding, asked) => {
    demand(asked, ["function"]);
    return finding === undefined ? { refused: GONE } : makeSafe(context, finding, asked.function);
  });
  answer<FindingTarget, TextResult | null>("explain", null, (finding, asked) => {
    if (finding !== undefined) return { text: explanation(context, finding) };
    const page = rulePage(context, asked.rule);
    return page === undefined ? null : { text: page };
  });
  answer<FindingTarget, TextResult | null>("reviewPrompt", null, (finding) =>
    finding === undefined ? null : { text: reviewPrompt(context, finding) },
  );
  answer<FindingTarget, FlowResult | null>("flow", null, (finding) =>
    finding === undefined ? null : flowOf(context, finding),
  );
  on(
    connection,
    "skeptic/rulePage",
    guard<[RulePageParams], TextResult | null>("rulePage", null, async ({ rule }) => {
      await ready;
      const text = rulePage(context, rule);
      return text === undefined ? null : { text };
    }),
  );
  const none: SafeFixesResult = { version: null, edits: [], isLate: false };
  on(
    connection,
    "skeptic/safeFixes",
    guard<[SafeFixesParams], SafeFixesResult>("safe fixes", none, async (asked) => {
      demand(asked, ["uri"]);
      await ready;
      return safeFixes(context, reports, fileOf(context, asked.uri));
    }),
  );
  on(
    connection,
    "skeptic/tryText",
    guard<[TryTextParams], TryTextResult | null>("trying a text", null, async (asked) => {
      demand(asked, ["uri", "text", ...RANGE]);
      await ready;
      return tried(context, reports, asked);
    }),
  );
}

function tried(context: Context, reports: Reports, asked: TryTextParams): TryTextResult | null {
  const file = fileOf(context, asked.uri);
  const document = context.documents.get(file);
  if (document === undefined || !reports.isShown(file) || asked.text.length > LONGEST) return null;
  return tryText(context, document, asked) ?? null;
}

/** For a document that is about to be saved. */
function safeFixes(context: Context, reports: Reports, file: FileId): SafeFixesResult {
  const document = context.documents.get(file);
  if (document === undefined || !isFaithful(document) || !reports.isShown(file))
    return { version: null, edits: [], isLate: false };
  const isMakeable = (some: readonly Edit[]): boolean =>
    documentEdits(context, file, some) !== undefined;
  const { edits, isLate } = safeEdits(context.engine, file, { isMakeable });
  const { version, notebook } = document;
  const made = textEdits(context, file, edits);
  // They come back as changes that no key made.
  context.origins.offered({ changes: Object.fromEntries(made.map((one) => [one.uri, one.edits])) });
  if (notebook === undefined) return { version, edits: made.flatMap((one) => one.edits), isLate };
  const cells = made.map((one) => ({ ...one, version: one.version ?? 0 }));
  return { version, edits: [], cells, isLate };
}

/** The handlers of vscode-languageserver take any name; the parameters are checked by `demand`. */
function on<P, R>(connection: Connection, name: string, handler: (asked: P) => Promise<R>): void {
  connection.onRequest(name, handler);
}

/** A finding as it is shown in the document now, with nothing secret in its texts. */
export function findingOf(
  context: Context,
  reports: Reports,
  { uri, fingerprint }: Pick<FindingTarget, "uri" | "fingerprint">,
): Shown | undefined {
  return reports.findings(fileOf(context, uri)).find((one) => one.fingerprint === fingerprint);
}

function ignore(
  context: Context,
  reports: Reports,
  finding: Shown,
  { scope, reason, until }: IgnoreParams,
): IgnoreResult | Promise<IgnoreResult> {
  if (typeof reason !== "string" || reason.trim() === "") return { refused: "it needs a reason" };
  if (until !== undefined && !isDay(until)) return { refused: `there is no day ${until}` };
  const { engine, documents } = context;
  const file = homeOf(finding);
  const comment = lineComment(file, documents.get(file)?.languageId);
  const own = isDeparture(finding)
    ? reports.check(file).findings.find((one) => one.fingerprint === finding.fingerprint)
    : finding;
  if (own === undefined) return { refused: GONE };
  if (comment === undefined) return { refused: NO_PLACE };
  const wanted = {
    scope: scope === "file" ? ("file" as const) : ("lines" as const),
    reason,
    ...(until === undefined ? {} : { until }),
  };
  const edit = suppressEdit(engine, file, own, comment, wanted);
  const textHash = engine.textHash(file);
  if (edit === undefined || textHash === undefined) return { refused: NO_PLACE };
  return workspaceEdit(context, {
    title: "Ignore a finding",
    grade: "safe",
    edits: [{ file, textHash, edits: [edit] }],
  });
}
