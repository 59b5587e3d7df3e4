/** Hover: the explanation of the findings under the cursor. */
import type { Hover, HoverParams } from "vscode-languageserver";
import { type Context, rangeOf } from "./context.ts";
import { bomLength, clampedOffset } from "./document.ts";
import { fileId } from "./file-id.ts";
import { hoverContent } from "./markdown-report.ts";
import type { Reports } from "./reports.ts";

export function hover(context: Context, reports: Reports, params: HoverParams): Hover | undefined {
  const file = fileId(params.textDocument.uri);
  const document = context.documents.get(file);
  if (document === undefined) return undefined;
  const offset =
    clampedOffset(document.text, document.starts, params.position.line, params.position.character) -
    bomLength(document.text);
  const under = reports
    .findings(file)
    .filter(({ span }) => span.start <= offset && offset <= span.end);
  const first = under[0];
  if (first === undefined) return undefined;
  return { contents: hoverContent(context, under), range: rangeOf(context, file, first.span) };
}
