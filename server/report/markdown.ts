/** The report as Markdown: everything of the document but its pictures, whose numbers stand in the tables. */
import { visible } from "../base/visible.ts";
import type { Block, Document, Table } from "./document.ts";

export function markdownOf({ title, facts, sections }: Document): string {
  const parts = [`# ${escaped(title)}`, facts.map(escaped).join(" · ")];
  for (const section of sections) {
    parts.push(`## ${escaped(section.title)}`);
    for (const block of section.blocks) {
      const text = blockOf(block);
      if (text !== undefined) parts.push(text);
    }
  }
  return `${parts.join("\n\n")}\n`;
}

function blockOf(block: Block): string | undefined {
  switch (block.kind) {
    case "text":
      return escaped(block.text);
    case "list":
      return block.items.map((item) => `- ${escaped(item)}`).join("\n");
    case "table":
      return tableOf(block);
    case "chart":
      return undefined;
  }
}

function tableOf({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ isNumber }) => (isNumber === true ? "---:" : "---"))),
    ...rows.map(({ cells, depth, isMarked }) =>
      line(
        cells.map((cell, i) => {
          const text = escaped(cell);
          if (i > 0) return text;
          const inner = depth === 1 ? `\u00a0\u00a0\u00a0${text}` : text;
          return isMarked === true ? `**${inner}**` : inner;
        }),
      ),
    ),
  ].join("\n");
}

/** Nothing in it is markup, a link, an image or HTML. */
function escaped(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]#|~$!]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/(^|\s)([+-])(?=\s)/g, "$1\\$2")
    .replace(/:\/\//g, ":&#47;&#47;")
    .replace(/@/g, "&#64;");
}
