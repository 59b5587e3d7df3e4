/** Edits that put placeholders into SQL text, in the style of the driver. */
import { assertNever } from "../../base/brand.ts";
import type { Code, Edit } from "../rule.ts";
import type { Replacement, SqlText } from "./sql-text.ts";

export type Style = "?" | "%s" | "$n" | ":name" | "text:name" | "$name" | "prepare";

function placeholder(style: Style, r: Replacement, index: number): string {
  switch (style) {
    case "?":
    case "prepare":
      return "?";
    case "%s":
      return "%s";
    case "$n":
      return `$${index + 1}`;
    case ":name":
    case "text:name":
      return `:${r.name}`;
    case "$name":
      return `$${r.name}`;
    default:
      return assertNever(style);
  }
}

/** Edits that put placeholders into the text. */
export function rewrite(
  code: Code,
  sql: SqlText,
  replacements: readonly Replacement[],
  style: Style,
  from: number,
): Edit[] {
  const doubling = style === "%s";
  if (sql.form === "whole") {
    let body = "";
    let at = 0;
    const list = [...replacements];
    for (const piece of sql.pieces) {
      const start = piece.start;
      const stop = piece.kind === "text" ? piece.start + piece.raw.length : piece.end;
      let cursor = Math.max(start, at);
      while (list.length > 0 && (list[0] as Replacement).start < stop) {
        const r = list.shift() as Replacement;
        if (piece.kind === "text" && r.start > cursor)
          body += tidy(piece.raw.slice(cursor - start, r.start - start), sql, doubling);
        body += placeholder(style, r, from + replacements.indexOf(r));
        cursor = Math.min(stop, r.end);
        at = r.end;
      }
      if (piece.kind === "text" && cursor < stop)
        body += tidy(piece.raw.slice(cursor - start), sql, doubling);
    }
    const q = sql.delimiter;
    if (q.length === 1 && q !== "`" && body.includes(q)) body = body.replaceAll(q, `\\${q}`);
    const at2 = code.absolute(sql.span);
    return [{ start: at2.start, end: at2.end, newText: `${q}${body}${q}` }];
  }
  const edits: Edit[] = replacements.map((r, i) => {
    const at = code.absolute({ start: r.start, end: r.end });
    return { start: at.start, end: at.end, newText: placeholder(style, r, from + i) };
  });
  const dropPrefix =
    /f/i.test(sql.prefix) &&
    sql.prefix !== "adjacent" &&
    sql.pieces
      .filter((p) => p.kind === "hole")
      .every((p) => replacements.some((r) => r.start <= p.start && p.end <= r.end));
  if (dropPrefix) {
    const at = code.absolute(sql.span);
    edits.push({
      start: at.start,
      end: at.start + sql.prefix.length,
      newText: sql.prefix.replace(/f/i, ""),
    });
  }
  for (const piece of sql.pieces) {
    if (piece.kind !== "text") continue;
    const covered = (offset: number): boolean =>
      replacements.some((r) => offset >= r.start && offset < r.end);
    for (let i = 0; i < piece.raw.length; i++) {
      const at = piece.start + i;
      if (covered(at)) continue;
      const pair = piece.raw.slice(i, i + 2);
      if (dropPrefix && (pair === "{{" || pair === "}}")) {
        const a = code.absolute({ start: at, end: at + 2 });
        edits.push({ start: a.start, end: a.end, newText: pair[0] as string });
        i++;
      } else if (doubling && piece.raw[i] === "%") {
        const a = code.absolute({ start: at, end: at + 1 });
        edits.push({ start: a.start, end: a.end, newText: "%%" });
      }
    }
  }
  return edits;
}

function tidy(raw: string, sql: SqlText, doubling: boolean): string {
  let out = raw;
  if (sql.bracesDoubled) out = out.replaceAll("{{", "{").replaceAll("}}", "}");
  if (sql.percentDoubled && !doubling) out = out.replaceAll("%%", "%");
  if (!sql.percentDoubled && doubling) out = out.replaceAll("%", "%%");
  return out;
}

/** `$${params.length}` in a template literal. */
export function rewriteNumbered(
  code: Code,
  sql: SqlText,
  list: readonly Replacement[],
  container: string,
): Edit[] {
  const numbered = rewrite(code, sql, list, "$n", 0);
  if (sql.form === "pieces" && sql.delimiter === "`")
    return numbered.map((e) => ({
      ...e,
      newText: e.newText.replace(/\$\d+/g, () => `$\${${container}.length}`),
    }));
  return numbered.map((e) => ({
    ...e,
    newText:
      list.length === 0
        ? e.newText
        : `\`${e.newText.slice(1, -1).replace(/\$\d+/g, () => `$\${${container}.length}`)}\``,
  }));
}
