/** Hover: the explanation of the findings under the cursor. */
import type { Hover, HoverParams } from "vscode-languageserver";
import { type Context, fileOf, offsetOf, rangeOf } from "./context.ts";
import { hoverContent } from "./markdown-report.ts";
import type { Reports } from "./reports.ts";

export function hover(context: Context, reports: Reports, params: HoverParams): Hover | undefined {
  const { textDocument, position } = params;
  const offset = offsetOf(context, textDocument.uri, position);
  if (offset === undefined) return undefined;
  const file = fileOf(context, textDocument.uri);
  const under = reports
    .findings(file)
    .filter(({ span }) => span.start <= offset && offset <= span.end);
  const first = under[0];
  if (first === undefined) return undefined;
  return { contents: hoverContent(context, under), range: rangeOf(context, file, first.span) };
}
