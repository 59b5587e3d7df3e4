/**
 * Files whose findings may be different. What concerns very many files is noted as such, and they are named only when somebody
 * asks: while a workspace is read, nearly every file concerns all those before it.
 */
import type { FileId } from "../base/brand.ts";
import { type Rule, readsFile } from "../rule/rule.ts";
import type { Look } from "./analysis.ts";

export interface Changes {
  add(file: FileId): void;
  /** Of a file that was looked at, came or went: what it was and is to others. */
  concern(before: Look | undefined, now: Look | undefined): void;
  /** What a file that is no code says counts for others. */
  said(file: FileId): void;
  /** All of them, and no more until something changes. */
  take(): Set<FileId>;
}

export function createChanges(
  last: ReadonlyMap<FileId, Look>,
  rules: () => readonly Rule[],
  textOf: (file: FileId) => string | undefined,
): Changes {
  let files = new Set<FileId>();
  let isShared = false;
  let isShown = false;
  const manifests = new Set<NonNullable<Rule["manifest"]>>();
  const readers = new Set<NonNullable<Rule["code"] | Rule["text"]>>();

  const isConcerned = (file: FileId, look: Look): boolean =>
    (isShared && look.shared) ||
    (isShown && look.looks) ||
    [...manifests].some((spec) => readsFile(spec, file)) ||
    [...readers].some((spec) => spec.may.test(textOf(file) ?? ""));

  return {
    add: (file) => files.add(file),
    concern(before, now) {
      if (before?.shared || now?.shared) isShared = true;
      if (before?.shows || now?.shows) isShown = true;
    },
    said(file) {
      const name = file.slice(file.lastIndexOf("/") + 1);
      for (const { manifest, code, text } of rules()) {
        if (manifest?.together === true && readsFile(manifest, file)) manifests.add(manifest);
        for (const spec of [code, text]) if (spec?.reads?.test(name)) readers.add(spec);
      }
    },
    take() {
      if (isShared || isShown || manifests.size > 0 || readers.size > 0)
        for (const [file, look] of last) if (isConcerned(file, look)) files.add(file);
      isShared = false;
      isShown = false;
      manifests.clear();
      readers.clear();
      const out = files;
      files = new Set();
      return out;
    },
  };
}
