/** Findings as hover text: escaped Markdown, or plain text for clients without it. Nothing in it may run or be trusted. */
import { type MarkupContent, MarkupKind } from "vscode-languageserver";
import type { Finding, FlowStep } from "../engine/api.ts";
import { type Context, rangeOf, shortPath } from "./context.ts";
import { uriOf } from "./file-id.ts";
import { markdown, visible } from "./plain.ts";

export function hoverContent(context: Context, findings: readonly Finding[]): MarkupContent {
  if (!context.client.hoverMarkdown)
    return {
      kind: MarkupKind.PlainText,
      value: findings.map((f) => plainReport(context, f)).join("\n\n"),
    };
  return {
    kind: MarkupKind.Markdown,
    value: findings.map((f) => markdownReport(context, f)).join("\n\n---\n\n"),
  };
}

function markdownReport(context: Context, finding: Finding): string {
  const { what, why, fix } = finding.message;
  const paragraphs = [
    `**${markdown(finding.title)}** (${finding.severity} severity, ${finding.confidence} confidence)`,
    ...[what, why, fix].filter((text) => text.trim() !== "").map(markdown),
  ];
  if (finding.flow.length > 0) {
    const steps = finding.flow.map((step, i) => {
      const line = lineOf(context, step);
      const name = markdown(`${shortPath(context, step.file)}:${line}`);
      return `${i + 1}. ${markdown(step.text)} ([${name}](${uriOf(step.file)}#L${line}))`;
    });
    paragraphs.push(`The path of the data:`, steps.join("\n"));
  }
  if (finding.marks.length > 0)
    paragraphs.push(markdown(`Approximations on the way: ${finding.marks.join(", ")}.`));
  const classes = [...finding.cwe.map((id) => `CWE-${id}`), ...finding.owasp];
  const url = context.rules.get(finding.rule)?.url ?? "";
  const name = markdown(finding.rule);
  const link = /^https?:\/\/[^\s<>()]+$/.test(url) ? `[${name}](${url})` : name;
  paragraphs.push([link, ...classes.map(markdown)].join(" · "));
  return paragraphs.join("\n\n");
}

function plainReport(context: Context, finding: Finding): string {
  const { what, why, fix } = finding.message;
  const lines = [
    `${finding.title} (${finding.severity} severity, ${finding.confidence} confidence)`,
    what,
    why,
    fix,
  ];
  for (const [i, step] of finding.flow.entries())
    lines.push(
      `${i + 1}. ${step.text} (${shortPath(context, step.file)}:${lineOf(context, step)})`,
    );
  lines.push(`${finding.rule} ${context.rules.get(finding.rule)?.url ?? ""}`.trim());
  return lines
    .filter((line) => line.trim() !== "")
    .map(visible)
    .join("\n");
}

function lineOf(context: Context, step: FlowStep): number {
  return rangeOf(context, step.file, step.span).start.line + 1;
}
