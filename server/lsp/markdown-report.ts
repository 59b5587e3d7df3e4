/**
 * Findings as hover text: what the diagnostic, which editors show in the same place, does not say. Escaped Markdown, or
 * plain text for clients without it; nothing in it may run or be trusted, and no secret is shown.
 */
import { type MarkupContent, MarkupKind } from "vscode-languageserver";
import { markTexts } from "../engine/certainty.ts";
import { codeAt } from "./code-line.ts";
import { type Context, cellOf, lineOf, pageOf, uriFor } from "./context.ts";
import { placeText, type Shown } from "./departures.ts";
import { morePaths } from "./diagnostics.ts";
import { uriOf } from "./file-id.ts";
import type { FindingCommand, FindingTarget } from "./finding-protocol.ts";
import { toldFixes } from "./fixes.ts";
import { gradeText } from "./grades.ts";
import { findingSentence } from "./origin-findings.ts";
import { code, markdown, visible } from "./plain.ts";

/** A path with more steps than this is shown by its two ends. */
const MOST_STEPS = 7;

export function hoverContent(context: Context, findings: readonly Shown[]): MarkupContent {
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

function markdownReport(context: Context, finding: Shown): string {
  const paragraphs = [
    `**${markdown(finding.title)}** (${[...verdict(finding), ...finding.owasp].map(markdown).join(", ")})`,
  ];
  const origin = findingSentence(context, finding);
  if (origin !== undefined) paragraphs.push(markdown(origin));
  // A client that can walk the path shows the steps beside the message by itself.
  if (finding.flow.length > 0 && !context.client.commands.has("skeptic.showDataFlow")) {
    const steps = finding.flow.map((step, i) => {
      const name = markdown(placeText(context, step));
      const line = cellOf(context, step) === undefined ? `#L${lineOf(context, step)}` : "";
      const link = `[${name}](${uriOf(step.file)}${line})`;
      const source = codeAt(context, finding, step);
      return `${i + 1}. ${link} ${source === "" ? "" : `${code(source)} `}${markdown(step.text)}`;
    });
    paragraphs.push(shortened(steps, (count) => `4. \\(${count} more steps\\)`));
    const others = otherPaths(finding);
    if (others !== undefined) paragraphs.push(markdown(others));
  }
  for (const text of markTexts(finding)) paragraphs.push(`Not certain: ${markdown(text)}`);
  const [best] = toldFixes(context, finding);
  if (best !== undefined) paragraphs.push(`Fix: ${markdown(gradeText(best))}`);
  paragraphs.push(links(context, finding));
  return paragraphs.filter((part) => part !== "").join("\n\n");
}

/** To what the client can show about the finding, else to the page of its rule. */
function links(context: Context, finding: Shown): string {
  const { commands } = context.client;
  const target: FindingTarget = {
    uri: uriFor(context, finding.file),
    fingerprint: finding.fingerprint,
    rule: finding.rule,
  };
  const command = (id: FindingCommand, title: string): string[] =>
    commands.has(id) && context.engine.rule(finding.rule) !== undefined
      ? [`[${title}](command:${id}?${encodeURIComponent(JSON.stringify([target]))})`]
      : [];
  const out = [
    ...(finding.flow.length > 1
      ? command("skeptic.showDataFlow", `Show data flow \\(${finding.flow.length} steps\\)`)
      : []),
    ...command("skeptic.explain", `About ${markdown(finding.rule)}`),
  ];
  const url = pageOf(context, finding.rule);
  if (!commands.has("skeptic.explain") && /^(https?|file):\/\/[^\s<>()]+$/.test(url))
    out.push(`[About ${markdown(finding.rule)}](${url})`);
  return out.join(" | ");
}

function plainReport(context: Context, finding: Shown): string {
  const steps = finding.flow.map((step, i) => `${i + 1}. ${placeText(context, step)} ${step.text}`);
  const lines = [
    `${finding.title} (${verdict(finding).join(", ")})`,
    findingSentence(context, finding) ?? "",
    ...shortened(steps, (count) => `(${count} more steps)`).split("\n"),
    otherPaths(finding) ?? "",
    ...markTexts(finding).map((text) => `Not certain: ${text}`),
    ...toldFixes(context, finding)
      .slice(0, 1)
      .map((best) => `Fix: ${gradeText(best)}`),
    pageOf(context, finding.rule),
  ];
  return lines
    .filter((line) => line.trim() !== "")
    .map(visible)
    .join("\n");
}

/** The first and the last steps of a long path: where the data comes from, and where it ends up. */
function shortened(steps: readonly string[], gap: (count: number) => string): string {
  if (steps.length <= MOST_STEPS) return steps.join("\n");
  const left = steps.length - MOST_STEPS + 1;
  return [...steps.slice(0, 3), gap(left), ...steps.slice(3 + left)].join("\n");
}

function otherPaths(finding: Shown): string | undefined {
  const count = finding.morePaths + Math.max(0, finding.paths.length - 1);
  return count === 0 ? undefined : morePaths({ ...finding, morePaths: count });
}

export function verdict({ severity, confidence, cwe }: Shown): string[] {
  return [`${severity} severity`, `${confidence} confidence`, ...cwe.map((id) => `CWE-${id}`)];
}
