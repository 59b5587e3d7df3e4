/** Text from the workspace (code, names, paths) made harmless for where it goes. */

const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Plain text on one line: breaks become spaces; control, bidirectional and zero-width characters become visible. */
export function visible(text: string): string {
  return text.replace(/[\r\n\t\u2028\u2029]+/g, " ").replace(HIDDEN, "\ufffd");
}

/** The same for Markdown: nothing in it is markup, a link, an image or HTML. */
export function markdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]()#+\-.!|~>$=:@]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/^ +/, "");
}

/** Markdown that shows the text as it is, as code on one line; its fence is longer than any run of backticks in it. */
export function code(text: string): string {
  const plain = visible(text);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 || plain.trim() === "" ? " " : "";
  return `${fence}${pad}${plain}${pad}${fence}`;
}
