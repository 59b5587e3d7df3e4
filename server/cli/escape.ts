/** Text of the workspace (code, names, messages made of them) made harmless for where it goes. */
import { safeJson, visible } from "../base/visible.ts";

export { safeJson, visible };

/** Like `visible`, but keeps line feeds. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map(visible)
    .join("\n");
}

/** A relative path as a URI reference: every segment percent-encoded, ".." kept. */
export function uriPath(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(wellFormed(segment)))
    .join("/");
}

/** Lone surrogates have no UTF-8 form: they become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
