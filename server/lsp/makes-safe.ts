/** "A function makes it safe": which functions that may be, and the row of `.skeptic/rules` that says so. */
import type { CreateFile, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import type { PassedFunction } from "../engine/api.ts";
import { hasSanitizers, isWritable, type SanitizerRow, withSanitizer } from "../own/write.ts";
import { type Context, lineOf, locationOf, uriFor } from "./context.ts";
import { homeOf, placeText, type Shown } from "./departures.ts";
import { wholeEdit } from "./document.ts";
import { isUnder } from "./file-id.ts";
import type { MakeSafeResult, SafeCandidate } from "./finding-protocol.ts";
import { workspaceEdit } from "./workspace-edits.ts";

const TITLE = "Add a function to the project's sanitizers";
const ANNOTATION = "skeptic";
const CONFIRM =
  "Data that this function gives back is not reported any more: read the row before you apply it";

interface Candidate {
  readonly passed: PassedFunction;
  readonly row: SanitizerRow;
}

/** In the order of the path; none where such a row would hide nothing. */
export function safeCandidates(context: Context, finding: Shown): readonly SafeCandidate[] {
  return candidatesOf(context, finding).map(({ passed, row }) => ({
    function: row.function,
    where: placeText(context, passed.call),
    uri: locationOf(context, passed.call).uri,
    line: lineOf(context, passed.call),
  }));
}

function candidatesOf(context: Context, finding: Shown): readonly Candidate[] {
  const home = homeOf(finding);
  const root = context.folders.of(home)?.root;
  if (root === undefined || !context.trust.given || finding.flow.length < 2) return [];
  return context.engine
    .passed(home, finding.fingerprint)
    .filter(({ file, call }) => isUnder(file, root) && isUnder(call.file, root))
    .map((passed) => ({
      passed,
      row: {
        language: passed.language,
        function: `${passed.file.slice(root.length + 1)}:${passed.name}`,
        argument: passed.argument,
        clears: passed.kinds,
      },
    }))
    .filter(({ row }) => isWritable(row));
}

/** The edit that adds the row, to be confirmed. */
export async function makeSafe(
  context: Context,
  finding: Shown,
  name: string,
): Promise<MakeSafeResult> {
  const chosen = candidatesOf(context, finding).find(({ row }) => row.function === name);
  const root = context.folders.of(homeOf(finding))?.root;
  if (chosen === undefined || root === undefined)
    return { refused: `the data does not go through ${name} on every path` };
  const { engine } = context;
  const file = fileFor(context, root);
  const known = engine.text(file);
  const after = withSanitizer(known, chosen.row);
  if (after === undefined) return { refused: `${file.slice(root.length + 1)} is no valid YAML` };
  const uri = uriFor(context, file);
  if (known === undefined) {
    if ((await context.host.read(file)).kind !== "missing")
      return { refused: `${file.slice(root.length + 1)} cannot be read` };
    return { uri, edit: creation(context, uri, after) };
  }
  const result = await workspaceEdit(context, {
    title: TITLE,
    grade: "suggested",
    edits: [{ file, textHash: engine.textHash(file) ?? "", edits: [wholeEdit(known, after)] }],
  });
  return "refused" in result ? result : { uri, edit: result.edit };
}

function creation(context: Context, uri: string, text: string): WorkspaceEdit {
  const annotationId = context.client.changeAnnotations ? ANNOTATION : undefined;
  const marked = annotationId === undefined ? {} : { annotationId };
  const start = { line: 0, character: 0 };
  const create: CreateFile = { kind: "create", uri, ...marked };
  const fill: TextDocumentEdit = {
    textDocument: { uri, version: null },
    edits: [{ range: { start, end: start }, newText: text, ...marked }],
  };
  return {
    documentChanges: [create, fill],
    ...(annotationId === undefined
      ? {}
      : {
          changeAnnotations: {
            [annotationId]: { label: TITLE, needsConfirmation: true, description: CONFIRM },
          },
        }),
  };
}

/** The one that has sanitizers already, else one of its own. */
function fileFor(context: Context, root: FileId): FileId {
  const folder = `${root}/.skeptic/rules/`;
  const having = context.engine
    .own()
    .map(({ file }) => file)
    .filter((file) => file.startsWith(folder) && /\.ya?ml$/.test(file))
    .filter((file) => hasSanitizers(context.engine.text(file) ?? ""));
  const [only] = having;
  return only !== undefined && having.length === 1 ? only : `${folder}own.yml`;
}
