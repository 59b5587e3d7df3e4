/** Kinds of source and sink, and what is proved of a text, as bits. */

/** Kinds of sink that data must not reach; a taint's `cleared` has one bit for each. */
export const FLOW_KINDS = [
  "sql",
  "nosql",
  "ldap",
  "xpath",
  "graph",
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
  "regex",
  /** The name of a property that is written. */
  "key",
  /** All fields of an object at once. */
  "fields",
] as const;

/** Kinds of call that rules look at for how they are made, whatever data arrives: nothing clears them, they need no bit. */
export const CALL_KINDS = [
  "token",
  "extract",
  "cors",
  "debug",
  "file-check",
  "upload-parser",
  "tls",
  "session",
  "cookie",
  "route",
  "lookup",
  "csrf",
  "digest",
  "cipher",
  "key-size",
  "temporary-name",
  "setting",
  "headers",
  "timeout",
  "body-limit",
  "rate-limit",
  "logging",
  "xml-parser",
  "autoescape",
  /** Compares paths as texts. */
  "path-compare",
  /** Runs a text as a program that is meant to reach nothing. */
  "sandbox",
  "raw-html",
  /** Hands out the files of a folder to whoever asks. */
  "static-folder",
  /** Says who may read and write a file. */
  "file-mode",
  /** A window of a desktop program that shows web pages. */
  "window",
] as const;

/** No sinks, but what is known of a text; `paths.ts` says what follows from them for "path". */
const TEXT_PROPERTIES = [
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
  /** Begins with a slash, as an address of the same site does; does not begin with two, as one of another site. */
  "slash-at-start",
  "no-two-slashes",
] as const;

/**
 * The marks of guards that are there but too weak come last, so that `ALL_KINDS` are the bits below them. One is for the side
 * on which the guard answered true, the other for the other side: where both sides meet again, there is no guard.
 */
const BITS = [...FLOW_KINDS, ...TEXT_PROPERTIES, "weak-guard", "weak-guard-refused"] as const;

/**
 * What makes a text harmless for HTML does so for XML, what is no query of its own is no condition of a filter either, and what is
 * safe as a pattern was looked at before it is matched with one.
 */
const SHARED = { xml: "html", filter: "graph", "slow-match": "regex" } as const;

export type SinkKind = (typeof BITS)[number] | (typeof CALL_KINDS)[number] | keyof typeof SHARED;
const bits = new Map<string, number>(BITS.map((kind, i) => [kind, 1 << i]));
for (const [kind, as] of Object.entries(SHARED)) bits.set(kind, bits.get(as) ?? 0);
/** At most 32 of them: all bits of a number. 0 for the kinds of call. */
export function kindBit(kind: SinkKind): number {
  return bits.get(kind) ?? 0;
}
/** Every kind but the marks of weak guards. */
export const ALL_KINDS = (1 << (BITS.length - 2)) - 1;
/** A guard is there, whichever of its answers let the data through. */
export const WEAK_GUARD = kindBit("weak-guard") | kindBit("weak-guard-refused");
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
  | "upload-name"
  /** The name of a member of an archive, whoever packed it. */
  | "archive-name"
  /** Text that stood in another form before: only of interest in code of others. */
  | "decoded"
  /** What a server answered. */
  | "downloaded"
  /** Who the user is and what is in the home folder. */
  | "machine";

/**
 * What a function does, itself or by those it calls, whatever data there is: asks who is calling; refuses him; asks him to sign in; begins or ends a
 * session (or makes what one begins with: a password's hash, a token); checks that a message is signed;
 * only reads, limits or shapes what came, and asks nobody ("prepares"). The next three are only what a name says: it may check who is calling, it may
 * write, it decides what somebody may do by his role or by whose a thing is ("limits"). The last ones: it knows who is calling by a
 * cookie; reads a body that a form cannot send; asks where a request comes from; lets
 * administrators through and nobody else.
 */
export const DEEDS = [
  "identifies",
  "refuses",
  "asks-to-sign-in",
  "signs-in",
  "checks-signature",
  "prepares",
  "may-check",
  "may-write",
  "limits",
  "by-cookie",
  "reads-json",
  "checks-origin",
  "admits-administrators",
] as const;
export type Deed = (typeof DEEDS)[number];
export function deedBit(deed: Deed): number {
  return 1 << DEEDS.indexOf(deed);
}
