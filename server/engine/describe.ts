/** What the engine believes of a file's functions, as text for people who work on it. */
import type { FileId } from "../base/brand.ts";
import { printItem } from "../ir/print.ts";
import { absoluteSpan } from "../languages/items.ts";
import type { Program } from "../project/program.ts";
import { printSummary } from "../taint/print.ts";
import type { Solver } from "../taint/solve.ts";
import type { Described } from "./api.ts";

const MOST_CODE = 60;

export function describe(
  file: FileId,
  what: "ir" | "summary",
  program: Program,
  solver: Solver,
): readonly Described[] {
  const textOf = (id: string, span: { readonly start: number; readonly end: number }): string => {
    const item = program.item(id);
    if (item === undefined) return "?";
    const at = absoluteSpan(item.source, span);
    const code = (program.files.text(item.file) ?? "").slice(at.start, at.end).replace(/\s+/g, " ");
    return code.length <= MOST_CODE ? code : `${code.slice(0, MOST_CODE - 3)}...`;
  };
  return (program.file(file)?.items ?? []).map((item) => {
    const { start, end } = item.source;
    const name = item.id.slice(file.length + 1);
    if (what === "ir") return { name, span: { start, end }, text: printItem(item.ir) };
    const summary = solver.summary(item.id);
    const text =
      summary === undefined
        ? "nothing is known\n"
        : printSummary(item.ir, solver.entry(item.id), summary, textOf);
    return { name, span: { start, end }, text };
  });
}
