/** Problems of the engine itself: each is told once. */

import type { FileId } from "../base/brand.ts";
import type { Problem } from "./api.ts";

/** What went wrong, each told once. */
export interface Problems {
  readonly tell: (problem: Problem) => void;
  /** A fault of our own. */
  readonly crash: (file: FileId, message: string) => void;
  /** Those that were not taken before. */
  readonly take: () => Problem[];
}

export function createProblems(): Problems {
  const pending: Problem[] = [];
  const told = new Set<string>();
  const tell = (problem: Problem): void => {
    const key = `${problem.file ?? ""}|${problem.message}`;
    if (told.has(key)) return;
    told.add(key);
    pending.push(problem);
  };
  const crash = (file: FileId, message: string): void => tell({ file, message, crash: true });
  return { tell, crash, take: () => pending.splice(0) };
}
