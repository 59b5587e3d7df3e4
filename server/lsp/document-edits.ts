/** Edits of the engine's texts as edits of the client's documents: a notebook's stand in its cells. */
import type { FileId } from "../base/brand.ts";
import type { Edit } from "../base/text.ts";
import { isEmbedded } from "../embedded/document.ts";
import { cellEdits } from "../embedded/program.ts";
import type { FileEdit, Fix } from "../engine/api.ts";
import { type Context, uriFor } from "./context.ts";
import { bomLength, withoutBom } from "./document.ts";

export interface DocumentEdits {
  readonly uri: string;
  /** Null for a document that is not open. */
  readonly version: number | null;
  /** Without a byte order mark; the edits are in its offsets. */
  readonly text: string;
  readonly bom: 0 | 1;
  readonly edits: readonly Edit[];
}

/** Undefined where they cannot be made exactly. */
export function documentEdits(
  context: Context,
  file: FileId,
  edits: readonly Edit[],
): readonly DocumentEdits[] | undefined {
  const document = context.documents.get(file);
  const { notebook } = document ?? {};
  if (notebook === undefined) {
    if (document === undefined && isEmbedded(file)) return undefined;
    const program = document?.program;
    if (program !== undefined && cellEdits(program, edits) === undefined) return undefined;
    const text =
      program === undefined || document === undefined
        ? (context.engine.text(file) ?? "")
        : withoutBom(document.text);
    const bom = bomLength(document?.text ?? "");
    const uri = uriFor(context, file);
    return [{ uri, version: document?.version ?? null, text, bom, edits }];
  }
  const own = cellEdits(notebook.program, edits);
  if (own === undefined) return undefined;
  return notebook.cells.flatMap(({ uri, version, text }, index) => {
    const here = own.filter(({ cell }) => cell === index);
    return here.length === 0 ? [] : [{ uri, version, text, bom: 0 as const, edits: here }];
  });
}

/** A fix whose edits cannot be made in the documents is one to be made by hand. */
export function makeable(context: Context, fix: Fix): Fix {
  const isPossible = ({ file, edits }: FileEdit): boolean =>
    documentEdits(context, file, edits) !== undefined;
  if (fix.creates !== undefined && !context.client.createsFiles)
    return {
      title: fix.title,
      grade: "manual",
      edits: [],
      reason:
        "It comes with a new file, and this editor makes none: skeptic fix --grade suggested does",
    };
  if (fix.edits.every(isPossible)) return fix;
  const isClosed = fix.edits.some(({ file }) => isEmbedded(file) && !context.documents.has(file));
  const reason = isClosed
    ? "It changes a file that is not open: open it first"
    : "It reaches over the end of a cell or script, or over a line that is not code of its language";
  return { title: fix.title, grade: "manual", edits: [], reason };
}
