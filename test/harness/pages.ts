/** The pages of this repository: one per rule, and those of the tests. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Page, readPage } from "../../server/cli/page.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

const SEMANTICS = "test/semantics/";

/** Of the folders rules/ and test/, but those about semantics; SKEPTIC_PAGE=part-of-a-path chooses. */
export function readPages(): readonly Page[] {
  return pagesBelow("rules", "test").filter(({ path }) => !path.startsWith(SEMANTICS));
}

/** What the engine knows of values, in programs that say `reveal(x)`. */
export function readSemantics(): readonly Page[] {
  return pagesBelow(SEMANTICS.slice(0, -1));
}

function pagesBelow(...folders: string[]): readonly Page[] {
  const chosen = process.env.SKEPTIC_PAGE ?? "";
  return folders
    .flatMap(markdownBelow)
    .filter((path) => path.includes(chosen))
    .map((path) => readPage(path, readFileSync(join(repository, path), "utf8")));
}

/** Every file of a folder with its path below it; none if there is no such folder. */
export function readFolder(folder: string): ReadonlyMap<string, string> {
  const top = join(repository, folder);
  if (!existsSync(top)) return new Map();
  const names = readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(top, name)).isFile())
    .map((name) => name.replaceAll("\\", "/"));
  return new Map(names.sort().map((name) => [name, readFileSync(join(top, name), "utf8")]));
}

function markdownBelow(folder: string): string[] {
  if (!existsSync(join(repository, folder))) return [];
  const entries = readdirSync(join(repository, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return NOT_PAGES.has(entry.name) ? [] : markdownBelow(path);
      return entry.name.endsWith(".md") && entry.name !== "README.md" ? [path] : [];
    })
    .sort();
}

const NOT_PAGES: ReadonlySet<string> = new Set(["node_modules", "fixtures", "workspace", "corpus"]);
