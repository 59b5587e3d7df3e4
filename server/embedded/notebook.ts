/** The cells of a notebook as one program: those of its language, in order, so that data flows from one to the next. */

import { pythonCell } from "./ipython.ts";
import type { Part, Program, ProgramLanguage } from "./program.ts";

/** A cell with code; others (Markdown, raw text) are given with a language that is none of ours. */
export interface NotebookCell {
  /** An editor's language id, or what a notebook calls its language. */
  readonly language: string;
  readonly text: string;
}

type Family = "python" | "javascript";

const LANGUAGES: Readonly<Record<string, ProgramLanguage>> = {
  python: "python",
  ipython: "python",
  python3: "python",
  javascript: "javascript",
  js: "javascript",
  javascriptreact: "typescriptreact",
  typescript: "typescript",
  ts: "typescript",
  typescriptreact: "typescriptreact",
};
/** What reads all that cells of these languages may hold: the last one that any of them asks for. */
const JAVASCRIPTS: readonly ProgramLanguage[] = ["javascript", "typescript", "typescriptreact"];

/** Undefined for a language that is not analysed. */
export function programLanguage(name: string): ProgramLanguage | undefined {
  const known = name.toLowerCase();
  return Object.hasOwn(LANGUAGES, known) ? LANGUAGES[known] : undefined;
}

/**
 * A notebook is one program: cells in another language than most of its kind are not in it. That is the language of its
 * kernel, if a cell is in it, else that of the first cell that can be analysed.
 */
export function notebookProgram(
  cells: readonly NotebookCell[],
  kernel: string | undefined,
): Program {
  const families = cells.map(({ language }) => familyOf(language));
  const own = kernel === undefined ? undefined : familyOf(kernel);
  const family = own !== undefined && families.includes(own) ? own : families.find(Boolean);
  const parts: Part[] = [];
  const neutral: { readonly start: number; readonly end: number }[] = [];
  let language: ProgramLanguage = family ?? "python";
  let text = "";
  for (const [cell, { language: name, text: given }] of cells.entries()) {
    if (family === undefined || families[cell] !== family) continue;
    const read = family === "python" ? pythonCell(given) : plainCell(given);
    if (read === undefined) continue;
    const spoken: ProgramLanguage = programLanguage(name) ?? language;
    if (JAVASCRIPTS.indexOf(spoken) > JAVASCRIPTS.indexOf(language)) language = spoken;
    const start = text.length;
    const shift = start - read.start;
    parts.push({ cell, start, end: given.length + shift, at: read.start });
    for (const one of read.neutral)
      neutral.push({ start: one.start + shift, end: one.end + shift });
    text += `${read.text.slice(read.start)}${read.tail}\n`;
  }
  return { text: text.replace(/^\ufeff/, " "), language, parts, neutral };
}

function familyOf(language: string): Family | undefined {
  const known = programLanguage(language);
  return known === undefined ? undefined : known === "python" ? "python" : "javascript";
}

/** Cells are run one by one: a statement never goes on in the next. */
function plainCell(text: string): ReturnType<typeof pythonCell> {
  return text.trim() === "" ? undefined : { text, start: 0, neutral: [], tail: "\n;" };
}
