/** The request for files that Skeptic writes for a project, as one edit that a person confirms. */
import type {
  ChangeAnnotation,
  CreateFile,
  TextDocumentEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import { FRAMEWORKS, generate, KINDS } from "../generate/generate.ts";
import { type GeneratedFile, isRefused } from "../generate/generated.ts";
import { type Context, uriFor } from "./context.ts";
import { isFaithful, wholeEdit } from "./document.ts";
import { folderId } from "./file-id.ts";
import { demand } from "./parameters.ts";
import type { GenerateParams, GenerateResult } from "./protocol.ts";
import type { Services } from "./requests.ts";

const ANNOTATION = "skeptic";

export function registerGenerate(
  context: Context,
  { ready, guard }: Pick<Services, "ready" | "guard">,
): void {
  context.connection.onRequest(
    "skeptic/generate",
    guard<[GenerateParams], GenerateResult>(
      "making files",
      { refused: "it failed; the log says why" },
      async (asked) => {
        demand(asked, ["folder", "what"]);
        await ready;
        return answer(context, asked);
      },
    ),
  );
}

async function answer(context: Context, asked: GenerateParams): Promise<GenerateResult> {
  const what = KINDS.find((kind) => kind === asked.what);
  const framework = FRAMEWORKS.find((name) => name === asked.framework);
  const root = folderId(asked.folder);
  const folder = context.folders.all().find((one) => one.root === root);
  if (what === undefined) return { refused: `nothing is known of ${asked.what}` };
  if (folder === undefined) return { refused: "this folder is not open" };
  const strange: string[] = [];
  const read = async (path: string): Promise<string | undefined> => {
    const found = await textOf(context, `${root}/${path}` as FileId);
    if (found.kind === "strange") strange.push(path);
    return found.kind === "text" ? found.text : undefined;
  };
  const made = await generate(what, read, framework);
  if (isRefused(made)) return made;
  const [unclear] = made.files.filter(({ path }) => strange.includes(path));
  if (unclear !== undefined) return { refused: `${unclear.path} cannot be edited` };
  const { documentChanges, changeAnnotations } = context.client;
  if (!documentChanges || !changeAnnotations)
    return { refused: "this editor cannot show a change before it is made" };
  return {
    edit: editOf(context, root, made.files),
    uris: made.files.map(({ path }) => uriFor(context, `${root}/${path}` as FileId)),
    notes: made.notes,
  };
}

type Found =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "none" | "strange" };
async function textOf(context: Context, file: FileId): Promise<Found> {
  const open = context.documents.get(file);
  if (open !== undefined)
    return isFaithful(open) ? { kind: "text", text: open.text } : { kind: "strange" };
  const found = await context.host.read(file);
  if (found.kind === "missing") return { kind: "none" };
  return found.kind === "text" && found.editable
    ? { kind: "text", text: found.text }
    : { kind: "strange" };
}

function editOf(context: Context, root: FileId, files: readonly GeneratedFile[]): WorkspaceEdit {
  const annotationId = ANNOTATION;
  const start = { line: 0, character: 0 };
  const changes = files.flatMap(({ path, before, after }): (CreateFile | TextDocumentEdit)[] => {
    const file = `${root}/${path}` as FileId;
    const uri = uriFor(context, file);
    if (before === undefined)
      return [
        { kind: "create", uri, annotationId },
        {
          textDocument: { uri, version: null },
          edits: [{ range: { start, end: start }, newText: after, annotationId }],
        },
      ];
    const version = context.documents.get(file)?.version ?? null;
    const { start: from, end, newText } = wholeEdit(before, after);
    const starts = lineStarts(before);
    const range = { start: positionAt(starts, from), end: positionAt(starts, end) };
    return [{ textDocument: { uri, version }, edits: [{ range, newText, annotationId }] }];
  });
  const annotation: ChangeAnnotation = {
    label: "Files that Skeptic makes",
    needsConfirmation: true,
    description: "Read them before you apply them",
  };
  return { documentChanges: changes, changeAnnotations: { [annotationId]: annotation } };
}
