/** Patterns of addresses as routers write them: "/team/:path*", "/((?!api|_next).*)". */

const MAX_LENGTH = 200;
/** A group that is repeated may take for ever. */
const REPEATED = /\)[*+{]/;

/** Whether an address is meant; undefined where the pattern is not understood. */
export function isMeant(pattern: string, address: string): boolean | undefined {
  if (!pattern.startsWith("/") || pattern.length > MAX_LENGTH || REPEATED.test(pattern))
    return undefined;
  const source = sourceOf(pattern);
  if (source === undefined) return undefined;
  try {
    return new RegExp(`^${source}/?$`).test(address);
  } catch {
    return undefined;
  }
}

function sourceOf(pattern: string): string | undefined {
  let out = "";
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const named = /^\/:\w+/.exec(rest)?.[0];
    if (named !== undefined) {
      const after = rest.slice(named.length);
      const group = after.startsWith("(") ? groupOf(after) : "";
      if (group === undefined) return undefined;
      const repeat = /^[*+?]/.exec(after.slice(group.length))?.[0] ?? "";
      const one = group === "" ? "[^/]+" : group;
      out += repeat === "?" || repeat === "" ? `(?:/${one})${repeat}` : `(?:/.+)${OFTEN[repeat]}`;
      at += named.length + group.length + repeat.length;
    } else if (rest.startsWith("(")) {
      const group = groupOf(rest);
      if (group === undefined) return undefined;
      out += group;
      at += group.length;
    } else {
      const sign = rest[0] as string;
      // What follows a group may repeat it; a bare one is no sign of these patterns.
      if (/[*+?{}[\]:]/.test(sign)) return undefined;
      out += sign.replace(/[\\^$.|)]/, "\\$&");
      at++;
    }
  }
  return out;
}
const OFTEN: Readonly<Record<string, string>> = { "*": "?", "+": "" };

/** The parentheses at the start, to where they close. */
function groupOf(text: string): string | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return text.slice(0, at + 1);
  }
  return undefined;
}
