/** Quick fixes, "ignore here" and fix-all. Listing is cheap: edits are made when an action is chosen, where the client can wait for them. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import type { Edit } from "../base/text.ts";
import type { Fix, Grade, Place } from "../engine/api.ts";
import { type Context, fileOf, offsetOf, rangeOf, shortPath } from "./context.ts";
import { homeOf, identityOf, isDeparture, type Shown } from "./departures.ts";
import { documentEdits } from "./document-edits.ts";
import { findingActions, IGNORE } from "./finding-actions.ts";
import { hasSafeFix, safeEdits } from "./fix-all.ts";
import { fixesOf } from "./fixes.ts";
import { aiFirst } from "./origin-findings.ts";
import { visible } from "./plain.ts";
import type { FindingData } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import { lineComment, NO_PLACE, suppressEdit } from "./suppress.ts";
import { type EditResult, workspaceEdit } from "./workspace-edits.ts";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.skeptic`;

/** `CodeAction.data`: what to do, and for which text. */
export interface ActionData {
  readonly kind: "fix" | "suppress" | "fix-all";
  /** Where the finding stands, which may be another file than the one the action was asked for. */
  readonly file: FileId;
  readonly fingerprint: string;
  /** Which of the engine's fixes. */
  readonly index: number;
  /** Its title. */
  readonly fix?: string;
  /** Of a finding that stands in another file: the place where it was shown. */
  readonly from?: Place;
  /** Of an open document. */
  readonly version: number | null;
  readonly textHash: string;
}

const HINT: Readonly<Record<Grade, string>> = {
  safe: "Skeptic",
  suggested: "Skeptic (review)",
  placeholder: "Skeptic (fill in)",
  manual: "Skeptic (by hand)",
};

export async function codeActions(
  context: Context,
  reports: Reports,
  params: CodeActionParams,
): Promise<CodeAction[]> {
  const { uri } = params.textDocument;
  const file = fileOf(context, uri);
  if (!reports.isShown(file)) return [];
  const { only, diagnostics } = params.context;
  const actions: CodeAction[] = [];
  const wantsFixes = wantsQuickFixes(only);
  if (wantsFixes || only?.includes(IGNORE)) {
    const found = aiFirst(context, findingsAt(context, reports, uri, params.range));
    // Several calls may hand data to one sink.
    const once = [...new Map(found.map((one) => [identityOf(one), one])).values()];
    if (wantsFixes) {
      const fixes = once.flatMap((finding) => fixActions(context, finding, diagnostics));
      const isSafe = ({ isPreferred }: CodeAction): boolean => isPreferred === true;
      actions.push(...fixes.filter(isSafe), ...fixes.filter((fix) => !isSafe(fix)));
    }
    const others = findingActions(
      context,
      once,
      (finding) => diagnosticsOf(finding, diagnostics),
      (finding, title) => suppressAction(context, finding, title, diagnostics),
    );
    actions.push(...others.filter(({ kind }) => wantsFixes || kind === IGNORE));
  }
  const { fixOnSave } = context.folders.settingsOf(file);
  if (wantsFixAll(only, fixOnSave) && hasSafeFix(context.engine, file))
    actions.push(fixAllAction(context, file));
  if (context.client.resolvesEdits) return actions;
  const complete: CodeAction[] = [];
  for (const action of actions) {
    const isReady = action.disabled !== undefined || action.command !== undefined;
    const resolved = isReady ? action : await resolveAction(context, reports, action);
    if (isReady || resolved.edit !== undefined) complete.push(resolved);
  }
  return complete;
}

/** Adds the edit; an action for a text that changed since gets none, and the log says why. */
export async function resolveAction(
  context: Context,
  reports: Reports,
  action: CodeAction,
): Promise<CodeAction> {
  const data = action.data as ActionData | undefined;
  if (data === undefined || action.disabled !== undefined) return action;
  const result = isCurrent(context, data)
    ? await makeEdit(context, reports, data, action.title)
    : { refused: "the text changed since the action was offered" };
  if ("edit" in result) return { ...action, edit: result.edit };
  context.log.info(`No edit for "${action.title}": ${result.refused}.`);
  return action;
}

async function makeEdit(
  context: Context,
  reports: Reports,
  data: ActionData,
  title: string,
): Promise<EditResult> {
  const { engine } = context;
  const { file, fingerprint, textHash } = data;
  if (data.kind === "fix-all") {
    const isMakeable = (some: readonly Edit[]): boolean =>
      documentEdits(context, file, some) !== undefined;
    const { edits } = safeEdits(engine, file, { isMakeable });
    if (edits.length === 0) return { refused: "no safe fix applies any more" };
    return workspaceEdit(context, { title, grade: "safe", edits: [{ file, textHash, edits }] });
  }
  const finding = reports.check(file).findings.find((one) => one.fingerprint === fingerprint);
  if (finding === undefined) return { refused: "the finding is gone" };
  if (data.kind === "fix") {
    const fix = fixesOf(context, file, fingerprint, data.from)[data.index];
    if (fix === undefined || fix.title !== data.fix) return { refused: "the fix is gone" };
    if (fix.edits.length === 0) return { refused: fix.reason ?? "it is to be done by hand" };
    return workspaceEdit(context, fix, data.from?.file ?? data.file);
  }
  const comment = lineComment(file, context.documents.get(file)?.languageId);
  const edit =
    comment === undefined
      ? undefined
      : suppressEdit(engine, file, finding, comment, { scope: "lines", reason: "" });
  if (edit === undefined) return { refused: NO_PLACE };
  return workspaceEdit(context, {
    title,
    grade: "safe",
    edits: [{ file, textHash, edits: [edit] }],
  });
}

function isCurrent(context: Context, data: ActionData): boolean {
  const document = context.documents.get(data.file);
  if ((document?.version ?? null) !== data.version) return false;
  return context.engine.textHash(data.file) === data.textHash;
}

function wantsQuickFixes(only: readonly string[] | undefined): boolean {
  return (
    only === undefined ||
    only.some((kind) => kind === CodeActionKind.Empty || kind === CodeActionKind.QuickFix)
  );
}

/** A request for all fix-alls of every tool ("on save") rewrites code for security reasons only where that is asked for; one for ours, or a menu of all source actions, always does. */
function wantsFixAll(only: readonly string[] | undefined, fixOnSave: boolean): boolean {
  if (only === undefined) return false;
  if (only.includes(FIX_ALL)) return true;
  if (only.includes(CodeActionKind.SourceFixAll)) return fixOnSave;
  return only.includes(CodeActionKind.Source);
}

function findingsAt(
  context: Context,
  reports: Reports,
  uri: string,
  range: CodeActionParams["range"],
): Shown[] {
  const file = fileOf(context, uri);
  const document = context.documents.get(file);
  const findings = reports.findings(file);
  if (document === undefined) {
    const line = (finding: Shown): number => rangeOf(context, file, finding.span).start.line;
    return findings.filter(
      (finding) => range.start.line <= line(finding) && line(finding) <= range.end.line,
    );
  }
  const start = offsetOf(context, uri, range.start);
  const end = offsetOf(context, uri, range.end);
  if (start === undefined || end === undefined) return [];
  return findings.filter(({ span }) => span.start <= end && start <= span.end);
}

function fixActions(context: Context, finding: Shown, asked: readonly Diagnostic[]): CodeAction[] {
  const actions: CodeAction[] = [];
  const file = homeOf(finding);
  const from = isDeparture(finding) ? { file: finding.file, span: finding.span } : undefined;
  const fixes = fixesOf(context, file, finding.fingerprint, from);
  const preferred = fixes.findIndex((fix) => fix.grade === "safe" && fix.edits.length > 0);
  for (const [index, fix] of fixes.entries()) {
    const isManual = fix.grade === "manual" || fix.edits.length === 0;
    if (isManual && !context.client.disabledActions) continue;
    actions.push({
      title: `${titleOf(fix)}${otherFile(context, fix, finding)}`,
      kind: CodeActionKind.QuickFix,
      diagnostics: diagnosticsOf(finding, asked),
      ...(index === preferred ? { isPreferred: true } : {}),
      ...(isManual
        ? { disabled: { reason: visible(fix.reason ?? "This has to be done by hand.") } }
        : {}),
      data: {
        ...actionData(context, "fix", file, finding.fingerprint, index),
        fix: fix.title,
        ...(from === undefined ? {} : { from }),
      },
    });
  }
  return actions;
}

function suppressAction(
  context: Context,
  finding: Shown,
  title: string,
  asked: readonly Diagnostic[],
): CodeAction {
  return {
    title,
    kind: IGNORE,
    diagnostics: diagnosticsOf(finding, asked),
    data: actionData(context, "suppress", homeOf(finding), finding.fingerprint, 0),
  };
}

function fixAllAction(context: Context, file: FileId): CodeAction {
  return {
    title: "Skeptic: Fix everything that is safe to fix",
    kind: FIX_ALL,
    data: actionData(context, "fix-all", file, "", 0),
  };
}

function actionData(
  context: Context,
  kind: ActionData["kind"],
  file: FileId,
  fingerprint: string,
  index: number,
): ActionData {
  return {
    kind,
    file,
    fingerprint,
    index,
    version: context.documents.get(file)?.version ?? null,
    textHash: context.engine.textHash(file) ?? hash128(""),
  };
}

function titleOf(fix: Fix): string {
  return `${HINT[fix.grade]}: ${visible(fix.title)}`;
}

/** ", in store.py": where a fix edits, or is to be made, when that is not the file in which it is offered. */
function otherFile(context: Context, fix: Fix, finding: Shown): string {
  const files = fix.edits.length === 0 ? [homeOf(finding)] : fix.edits.map(({ file }) => file);
  const [other] = files;
  return other === undefined || files.includes(finding.file)
    ? ""
    : `, in ${visible(shortPath(context, other))}`;
}

function diagnosticsOf(finding: Shown, asked: readonly Diagnostic[]): Diagnostic[] {
  return asked.filter(
    (diagnostic) =>
      (diagnostic.data as FindingData | undefined)?.fingerprint === finding.fingerprint,
  );
}
