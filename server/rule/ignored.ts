/** Whether git leaves a file out, by the `.gitignore` files of the workspace. */
import ignore from "ignore";
import type { ManifestFile } from "./rule.ts";

const IGNORES = /(?:^|\/)\.gitignore$/;

/** By the files that git asks, the nearest first. Those outside of the workspace were asked before the file was read. */
export function isIgnored(file: ManifestFile): boolean {
  if (file.isKept(file.file)) return false;
  const all = file.like(IGNORES).filter((one) => file.file.startsWith(folderOf(one.file)));
  // What is not read yet may leave it out.
  if (all.some(({ text }) => text === undefined)) return true;
  for (const one of all.sort((a, b) => b.file.length - a.file.length)) {
    const path = file.file.slice(folderOf(one.file).length);
    const verdict = ignore({ allowRelativePaths: true })
      .add(one.text ?? "")
      .test(path);
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}
function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
