/** .gitignore files, nested: the nearest one that says something about a path decides. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { triable } from "../base/ignore-lines.ts";

/** Outermost first. */
export type IgnoreRules = readonly { readonly folder: string; readonly rules: Ignore }[];

const IGNORE_CASE = process.platform === "win32" || process.platform === "darwin";

/**
 * Rules that hold in `folder` from the folders above it: up to the top of its repository, or to `limit` outside of one.
 * None when they ignore the folder itself: who names an ignored folder wants it.
 */
export function outerRules(folder: string, limit: string): IgnoreRules {
  const above: string[] = [];
  let top: string | undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) above.unshift(at);
    if (existsSync(join(at, ".git"))) {
      top = at;
      break;
    }
    if (dirname(at) === at) break;
  }
  const holding = above.filter((path) =>
    top === undefined ? path === limit || path.startsWith(limit + sep) : true,
  );
  let rules: IgnoreRules = [];
  if (top !== undefined) rules = withFile(rules, top, join(top, ".git", "info", "exclude"));
  for (const path of holding) rules = innerRules(rules, path);
  return isIgnored(rules, folder, "folder") ? [] : rules;
}

/** The rules inside a folder that may hold a .gitignore of its own. */
export function innerRules(outer: IgnoreRules, folder: string): IgnoreRules {
  return withFile(outer, folder, join(folder, ".gitignore"));
}

export function isIgnored(rules: IgnoreRules, path: string, kind: "file" | "folder"): boolean {
  for (let i = rules.length - 1; i >= 0; i--) {
    const { folder, rules: own } = rules[i] as IgnoreRules[number];
    const inside = path.slice(folder.endsWith(sep) ? folder.length : folder.length + 1);
    if (inside === "") continue;
    const name = sep === "/" ? inside : inside.split(sep).join("/");
    const result = own.test(kind === "folder" ? `${name}/` : name);
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}

/** A file that would be made here is named by an ignore file: git add leaves it out. */
export function wouldBeIgnored(path: string, limit: string): boolean {
  const folder = dirname(path);
  return isIgnored(innerRules(outerRules(folder, limit), folder), path, "file");
}

function withFile(outer: IgnoreRules, folder: string, file: string): IgnoreRules {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch {
    return outer;
  }
  const rules = ignore({ allowRelativePaths: true, ignorecase: IGNORE_CASE }).add(triable(text));
  return [...outer, { folder, rules }];
}
