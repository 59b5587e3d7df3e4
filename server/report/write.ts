/** A report as a text. */
import { safeJson } from "../base/visible.ts";
import { documentOf } from "./document.ts";
import type { Format } from "./format.ts";
import { type DrawChart, htmlOf } from "./html.ts";
import { markdownOf } from "./markdown.ts";
import type { Report } from "./report.ts";

/** Without `draw` the page has its tables only. */
export function writeReport(report: Report, format: Format, draw?: DrawChart): string {
  switch (format) {
    case "html":
      return htmlOf(documentOf(report), draw);
    case "md":
      return markdownOf(documentOf(report));
    case "json":
      return `${safeJson(report)}\n`;
  }
}
