/** What a generator answers: files with their new text, for a preview; nothing is written here. */
export interface GeneratedFile {
  /** From the root of the project, with "/". */
  readonly path: string;
  /** The text that is there now; undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

export interface Generated {
  readonly files: readonly GeneratedFile[];
  /** What a person must do or know besides, each a sentence. */
  readonly notes: readonly string[];
}

/** Why there is nothing to write, in words for the user. */
export interface Refused {
  readonly refused: string;
}

export function isRefused(answer: Generated | Refused): answer is Refused {
  return "refused" in answer;
}

/** The line end that a text has. */
export function newlineOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** With lines at the end, in the text's own line ends. */
export function appended(text: string, lines: readonly string[]): string {
  const newline = newlineOf(text);
  const gap = text === "" || /[\r\n]$/.test(text) ? "" : newline;
  return text + gap + lines.map((line) => line + newline).join("");
}
