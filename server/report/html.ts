/** The report as one HTML page that needs nothing else: no script, no network, light and dark, for print and narrow screens. */
import { visible } from "../base/visible.ts";
import type { Block, Chart, Document, Table } from "./document.ts";
import { STYLE } from "./style.ts";

/** Draws a chart as SVG; colours are those of the page. */
export type DrawChart = (chart: Chart) => string;

/** `unsafe-inline` is for the page's own style; there is no script that could be allowed. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function htmlOf({ title, facts, sections }: Document, draw: DrawChart | undefined): string {
  const body = sections.map(
    ({ id, title: heading, blocks }) =>
      `<section aria-labelledby="${id}">\n<h2 id="${id}">${escaped(heading)}</h2>\n${blocks
        .map((block) => blockOf(block, draw))
        .join("\n")}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(title)}</h1>
<p class="facts">${facts.map(escaped).join(" · ")}</p>
</header>
${body.join("\n")}
</main>
</body>
</html>
`;
}

function blockOf(block: Block, draw: DrawChart | undefined): string {
  switch (block.kind) {
    case "text":
      return `<p>${escaped(block.text)}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${escaped(item)}</li>`).join("\n")}\n</ul>`;
    case "table":
      return tableOf(block);
    case "chart": {
      if (draw === undefined) return "";
      const label = escaped(block.alternative);
      const name = block.chart.kind === "rates" ? "Chart of the rates" : "Chart of the trend";
      return `<div class="chart wide" role="region" tabindex="0" aria-label="${name}"><div role="img" aria-label="${label}">${draw(block.chart)}</div></div>`;
    }
  }
}

function tableOf({ caption, columns, rows }: Table): string {
  const head = columns.map(
    ({ title, isNumber }) =>
      `<th scope="col"${isNumber === true ? ' class="n"' : ""}>${escaped(title)}</th>`,
  );
  const body = rows.map(({ cells, depth, isMarked }) => {
    const inside = cells.map((cell, i) => {
      if (i === 0)
        return `<th scope="row"${depth === 1 ? ' class="part"' : ""}>${escaped(cell)}</th>`;
      return `<td${columns[i]?.isNumber === true ? ' class="n"' : ""}>${escaped(cell)}</td>`;
    });
    return `<tr${isMarked === true ? ' class="marked"' : ""}>${inside.join("")}</tr>`;
  });
  // It is scrolled by itself on a narrow screen, by keys too.
  return `<div class="wide" role="region" tabindex="0" aria-label="${escaped(caption)}">
<table>
<caption>${escaped(caption)}</caption>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>
</div>`;
}

function escaped(text: string): string {
  return visible(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}
