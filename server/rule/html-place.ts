/** Where in a page a value stands, told by the text in front of it. */

/** "text" between tags, "value" of an attribute in quotes that is only shown or sent, or "other": a script, an address, no quotes. */
export type HtmlPlace = "text" | "value" | "other";

/** Elements whose text is no text of the page. */
const RAW = /^(?:script|style|xmp|iframe|noembed|noframes|noscript|plaintext)$/i;
/** Attributes whose value is an address, code or a page of its own. */
const ACTIVE =
  /^(?:on.*|href|src|srcset|srcdoc|action|formaction|data|style|background|poster|codebase|cite|ping|target|http-equiv|content|.*:href)$/i;

export function htmlPlace(before: string): HtmlPlace {
  let rest = before;
  while (rest !== "") {
    const open = rest.indexOf("<");
    if (open < 0) return "text";
    rest = rest.slice(open);
    if (rest.startsWith("<!--")) {
      const end = rest.indexOf("-->", 4);
      if (end < 0) return "other";
      rest = rest.slice(end + 3);
      continue;
    }
    const tag = /^<(\/?)([a-z!][^\s/>]*)/i.exec(rest);
    if (tag === null) {
      rest = rest.slice(1);
      if (rest === "") return "other";
      continue;
    }
    const [head, slash, name = ""] = tag;
    const inside = attributes(rest.slice(head.length));
    if (typeof inside === "string") return inside;
    rest = inside.rest;
    if (slash !== "" || !RAW.test(name)) continue;
    const end = new RegExp(`</${name}[\\s/>]`, "i").exec(rest);
    if (end === null) return "other";
    rest = rest.slice(end.index);
  }
  return "text";
}

/** Where the text ends in the tag, or what is behind the tag. */
function attributes(text: string): HtmlPlace | { readonly rest: string } {
  let rest = text;
  for (;;) {
    rest = rest.replace(/^[\s/]+/, "");
    if (rest === "") return "other";
    if (rest.startsWith(">")) return { rest: rest.slice(1) };
    const found = /^([^\s"'<>/=]+)(?:\s*=\s*)?(["']?)/.exec(rest);
    if (found === null) return "other";
    const [whole, name = "", quote = ""] = found;
    rest = rest.slice(whole.length);
    if (quote === "") {
      if (!whole.endsWith("=") && whole.trim() === name) continue;
      const bare = /^[^\s"'<>`]+/.exec(rest)?.[0] ?? "";
      rest = rest.slice(bare.length);
      if (rest === "") return "other";
      continue;
    }
    const end = rest.indexOf(quote);
    if (end < 0) return ACTIVE.test(name) ? "other" : "value";
    rest = rest.slice(end + 1);
  }
}
