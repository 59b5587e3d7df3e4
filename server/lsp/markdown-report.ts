/**
 * Findings as hover text: what the diagnostic, which editors show in the same place, does not say. Escaped Markdown, or
 * plain text for clients without it; nothing in it may run or be trusted.
 */
import { type MarkupContent, MarkupKind } from "vscode-languageserver";
import type { Finding, FlowStep } from "../engine/api.ts";
import { type Context, pageOf, rangeOf, shortPath } from "./context.ts";
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
  const paragraphs = [
    `**${markdown(finding.title)}** (${verdict(finding).map(markdown).join(", ")})`,
  ];
  if (finding.flow.length > 0) {
    const steps = finding.flow.map((step, i) => {
      const line = lineOf(context, step);
      const name = markdown(`${shortPath(context, step.file)}:${line}`);
      return `${i + 1}. [${name}](${uriOf(step.file)}#L${line}) ${markdown(step.text)}`;
    });
    paragraphs.push(steps.join("\n"));
  }
  const url = pageOf(context, finding.rule);
  if (/^(https?|file):\/\/[^\s<>()]+$/.test(url))
    paragraphs.push(`[About ${markdown(finding.rule)}](${url})`);
  return paragraphs.join("\n\n");
}

function plainReport(context: Context, finding: Finding): string {
  const lines = [`${finding.title} (${verdict(finding).join(", ")})`];
  for (const [i, step] of finding.flow.entries())
    lines.push(`${i + 1}. ${shortPath(context, step.file)}:${lineOf(context, step)} ${step.text}`);
  lines.push(pageOf(context, finding.rule));
  return lines
    .filter((line) => line.trim() !== "")
    .map(visible)
    .join("\n");
}

function verdict({ severity, confidence, cwe }: Finding): string[] {
  return [`${severity} severity`, `${confidence} confidence`, ...cwe.map((id) => `CWE-${id}`)];
}

function lineOf(context: Context, step: FlowStep): number {
  return rangeOf(context, step.file, step.span).start.line + 1;
}
