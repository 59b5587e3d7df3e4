/**
 * Which files are nobody's own code, by name and by content; pure, so that the editor and the command line agree.
 * A name tells about vendored and minified files; whether a file is generated is decided by its content.
 */
import type { FileId } from "../base/brand.ts";
import type { Classify, SkipReason } from "./api.ts";

/** Larger files are left out: in bytes on disk, in UTF-16 units once they are text. */
export const MAX_FILE_SIZE = 2 * 1024 * 1024;
/** A NUL among the first bytes (or characters) makes a file binary. */
export const BINARY_PROBE = 8192;

const FOLDERS: ReadonlyMap<string, SkipReason> = new Map([
  ...["node_modules", "bower_components", "jspm_packages", "site-packages", ".venv"].map(vendored),
  ...["vendor", "vendors", "vendored", "_vendor", "third_party", "third-party"].map(vendored),
  ...["dist", "build", "out", "coverage", "htmlcov", "__pycache__"].map(excluded),
  ...[".git", ".hg", ".svn", ".tox", ".nox", ".eggs", ".mypy_cache", ".ruff_cache"].map(excluded),
  ...[".pytest_cache", ".next", ".nuxt", ".svelte-kit", ".output", ".turbo", ".cache"].map(
    excluded,
  ),
  ...[".parcel-cache", ".yarn", ".pnpm-store", ".vscode-test", ".nyc_output"].map(excluded),
]);

function vendored(name: string): [string, SkipReason] {
  return [name, "vendored"];
}
function excluded(name: string): [string, SkipReason] {
  return [name, "excluded"];
}

/** Why a folder of this name is not entered; a folder that holds `pyvenv.cfg` is "vendored" too, whatever its name. */
export function folderSkip(name: string): SkipReason | undefined {
  return FOLDERS.get(name);
}

/** Why a file of this name (without its folder) is not analysed. */
export function nameSkip(name: string): SkipReason | undefined {
  return /[.-]min\.(?:js|mjs|cjs)$/i.test(name) ? "minified" : undefined;
}

/** Decided from the content alone. Manifests are never "generated": a locked or compiled list of packages is worth reading. */
export const classify: Classify = (file, text) => {
  if (text.slice(0, BINARY_PROBE).includes("\0")) return "binary";
  if (text.length > MAX_FILE_SIZE) return "too-large";
  if (isManifest(file)) return undefined;
  if (saysGenerated(text)) return "generated";
  return looksMinified(text);
};

function isManifest(file: FileId): boolean {
  return /\.(?:json|jsonc|toml|txt|cfg|ini|lock|ya?ml|sql|env|gitignore|mdc?|(?:cursor|windsurf|cline)rules|npmrc|conf|rules|dockerignore|(?:docker|container)file)$|(?:^|\/)(?:\.env\.[\w.-]+|(?:docker|container)file(?:\.[\w.-]+)?)$/i.test(
    file,
  );
}

const HEADER_LIMIT = 4000;
const NOTICES: readonly RegExp[] = [
  /@generated\b/,
  /(?:^|[-.!:;,(*–—]\s*|\bPLEASE\s+)DO NOT (?:EDIT|MODIFY)\b(?=\s*(?:$|[-.!:;,)*–—]|THIS FILE|MANUALLY|BY HAND|DIRECTLY|UNLESS))/im,
  /\b(?:file|code|module)\s+(?:is|was|has been)\s+(?:auto(?:matically)?[- ]?)generated\b/i,
  /^[\s#/*;-]*(?:code|file)\s+generated\s+by\b/im,
  /^[\s#/*;-]*auto-?generated\s+(?:file|code|by|from)\b/im,
];

/** Only the comments above the first line of code count: a code generator has such words in its strings. */
function saysGenerated(text: string): boolean {
  const header = leadingComments(text.slice(0, HEADER_LIMIT));
  return NOTICES.some((notice) => notice.test(header));
}

function leadingComments(text: string): string {
  const kept: string[] = [];
  let closing: string | undefined;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    if (closing !== undefined) {
      kept.push(line);
      if (line.includes(closing)) closing = undefined;
      continue;
    }
    const doc = /^[rRuU]?("""|''')/.exec(line);
    if (line.startsWith("/*")) {
      if (!line.slice(2).includes("*/")) closing = "*/";
    } else if (doc !== null) {
      const quote = doc[1] as string;
      if (!line.slice(line.indexOf(quote) + 3).includes(quote)) closing = quote;
    } else if (line !== "" && !line.startsWith("#") && !line.startsWith("//")) {
      if (!/^["']use \w+["'];?$/.test(line)) break;
    }
    kept.push(line);
  }
  return kept.join("\n");
}

const SMALL = 20_000;
const LONG_LINE = 5000;

function looksMinified(text: string): SkipReason | undefined {
  const map = text.lastIndexOf("sourceMappingURL=");
  const mapped = map !== -1 && /(?:\/\/|\/\*)[#@] ?$/.test(text.slice(Math.max(0, map - 4), map));
  if (mapped && text.startsWith("data:", map + "sourceMappingURL=".length)) return "generated";
  const lines = codeLines(text);
  if (mapped && (lines.average > 120 || lines.longest > 1000)) return "minified";
  if (text.length <= SMALL) return undefined;
  return lines.average > 300 || lines.longest > LONG_LINE || hasShortNames(text)
    ? "minified"
    : undefined;
}

/** A bundler that keeps the lines still shortens nearly all names, and writes `!0` for true: nobody does that by hand. */
function hasShortNames(text: string): boolean {
  let all = 0;
  let short = 0;
  for (const [, name] of text.matchAll(/\b(?:function|class)\*?\s+([\w$]+)/g)) {
    all++;
    if ((name as string).length <= 2) short++;
  }
  return short >= 12 && short * 4 >= all * 3 && (text.match(/![01]\b/g)?.length ?? 0) >= 12;
}

/** Long lines of data (one string, a table of numbers) do not count: they stand in code written by hand, too. */
function codeLines(text: string): { average: number; longest: number } {
  let count = 0;
  let length = 0;
  let longest = 0;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    const size = end - at;
    if (size <= 1000 || isCode(text.slice(at, end))) {
      count++;
      length += size;
      longest = Math.max(longest, size);
    }
    at = end + 1;
  }
  return { average: count === 0 ? 0 : length / count, longest };
}

function isCode(line: string): boolean {
  let marks = 0;
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    // ( ) ; { } =
    if (c === 40 || c === 41 || c === 59 || c === 123 || c === 125 || c === 61) marks++;
  }
  return marks * 50 > line.length;
}

/** Why a file has no analysis, after "it is" or "it". */
const SKIP_WORDS: Readonly<Record<SkipReason, string>> = {
  generated: "is generated: nobody writes it by hand",
  minified: "is minified: its source is looked at instead",
  vendored: "is code of others, copied into the project",
  "too-large": "is larger than 2 MiB",
  "too-many": "is over the budget of files that are read",
  unreadable: "cannot be read",
  binary: "is no text",
  excluded: "is left out by an exclude pattern",
  "too-slow": "is too slow to analyse",
};

/** "it is larger than 2 MiB" */
export function whySkipped(reason: SkipReason | undefined): string {
  return reason === undefined ? "it is no code that is looked at" : `it ${SKIP_WORDS[reason]}`;
}

/** A file that is there though it is not read: of a lock file that alone is asked for, and large ones are usual. */
export function isThereUnread(file: FileId, reason: SkipReason | undefined): boolean {
  return reason === "too-large" && /\.(?:json|ya?ml|lock|lockb)$/.test(file);
}
