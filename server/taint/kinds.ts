/** Kinds of source and sink, and what is proved of a text, as bits. */

/** Kinds of sink; a taint's `cleared` has one bit for each, and one for guards that are there but too weak. */
export const SINK_KINDS = [
  "sql",
  "url",
  "path",
  "html",
  "response",
  "network",
  "upload-path",
  "shell",
  "code",
  "redirect",
  "header",
  "log",
  "template",
  "deserialize",
  "token",
  "cors",
  "debug",
  "file-check",
  "upload-parser",
  // Not sinks, but what is known of a text; `paths.ts` says what follows from them for "path".
  /** A piece between dots or slashes. */
  "piece",
  /** No ".." in it climbs. */
  "no-climb",
  /** Does not begin as an absolute path. */
  "not-absolute",
  /** Stands behind a folder, so that normalising takes its ".." away. */
  "behind",
  /** Does not begin with "..". */
  "no-climb-at-start",
  /** Begins with a folder and the separator after it. */
  "in-folder",
  /** Begins with the name of a folder, which may go on: "/srv/files-old". */
  "beside-folder",
  "weak-guard",
] as const;
export type SinkKind = (typeof SINK_KINDS)[number];
export function kindBit(kind: SinkKind): number {
  return 1 << SINK_KINDS.indexOf(kind);
}
/** Every kind but the weak-guard mark. */
export const ALL_KINDS = (1 << (SINK_KINDS.length - 1)) - 1;
export function clearedBy(kinds: readonly SinkKind[] | "all" | undefined): number {
  if (kinds === undefined) return 0;
  return kinds === "all" ? ALL_KINDS : kinds.reduce((mask, k) => mask | kindBit(k), 0);
}
/** Kinds for which checking the host of a URL is enough. */
export const HOST_KINDS = kindBit("url") | kindBit("redirect");

/** Kinds of source. */
export type SourceKind =
  | "remote"
  | "client"
  | "model"
  | "exception"
  | "stack"
  | "environment"
  /** Arguments of a program and what is typed into it: whoever runs it is no attacker of a web application. */
  | "command-line"
  /** Read from a queue: written by another program, which may have it from a request. */
  | "message"
  | "upload-name";
