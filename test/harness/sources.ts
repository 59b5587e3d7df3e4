/** This project's own sources, as programs to read. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GrammarName } from "../../server/syntax/flat.ts";
import { repository } from "./pages.ts";

export const ENDINGS: Readonly<Record<string, GrammarName>> = {
  ".py": "python",
  ".ts": "typescript",
  ".tsx": "tsx",
  ".mjs": "javascript",
};

/** `folder` is relative to the repository. */
export function sourcesBelow(
  folder: string,
): { path: string; text: string; grammar: GrammarName }[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).flatMap(
    (name) => {
      const grammar = ENDINGS[name.slice(name.lastIndexOf("."))];
      const path = join(folder, name);
      if (grammar === undefined) return [];
      return [{ path, text: readFileSync(join(repository, path), "utf8"), grammar }];
    },
  );
}
