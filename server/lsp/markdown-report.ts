/**
 * Findings as hover text: what the diagnostic, which editors show in the same place, does not say. Escaped Markdown, or
 * plain text for clients without it; nothing in it may run or be trusted, and no secret is shown.
 */
import { type MarkupContent, MarkupKind } from "vscode-languageserver";
import type { FlowStep } from "../engine/api.ts";
import { markTexts } from "../engine/certainty.ts";
import { maskSecrets, maskSpans, maskStrings } from "../engine/mask.ts";
import { type Context, lineAt, lineOf, pageOf } from "./context.ts";
import { homeOf, placeText, type Shown } from "./departures.ts";
import { morePaths } from "./diagnostics.ts";
import { uriOf } from "./file-id.ts";
import { code, markdown, visible } from "./plain.ts";
import { filesOf } from "./secrets.ts";

/** A path with more steps than this is shown by its two ends. */
const MOST_STEPS = 7;
const MOST_CODE = 80;
/** Of a very long line only the front is looked at. */
const LOOKED_AT = 500;

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
    `**${markdown(finding.title)}** (${verdict(finding).map(markdown).join(", ")})`,
  ];
  if (finding.flow.length > 0) {
    const steps = finding.flow.map((step, i) => {
      const name = markdown(placeText(context, step));
      const link = `[${name}](${uriOf(step.file)}#L${lineOf(context, step)})`;
      const source = codeAt(context, finding, step);
      return `${i + 1}. ${link} ${source === "" ? "" : `${code(source)} `}${markdown(step.text)}`;
    });
    paragraphs.push(shortened(steps, (count) => `4. \\(${count} more steps\\)`));
    const others = otherPaths(finding);
    if (others !== undefined) paragraphs.push(markdown(others));
  }
  for (const text of markTexts(finding)) paragraphs.push(`Not certain: ${markdown(text)}`);
  const advice = byHand(context, finding);
  if (advice !== undefined) paragraphs.push(`By hand: ${markdown(advice)}`);
  const url = pageOf(context, finding.rule);
  if (/^(https?|file):\/\/[^\s<>()]+$/.test(url))
    paragraphs.push(`[About ${markdown(finding.rule)}](${url})`);
  return paragraphs.join("\n\n");
}

function plainReport(context: Context, finding: Shown): string {
  const steps = finding.flow.map((step, i) => `${i + 1}. ${placeText(context, step)} ${step.text}`);
  const lines = [
    `${finding.title} (${verdict(finding).join(", ")})`,
    ...shortened(steps, (count) => `(${count} more steps)`).split("\n"),
    otherPaths(finding) ?? "",
    ...markTexts(finding).map((text) => `Not certain: ${text}`),
    ...[byHand(context, finding) ?? []].flat().map((text) => `By hand: ${text}`),
    pageOf(context, finding.rule),
  ];
  return lines
    .filter((line) => line.trim() !== "")
    .map(visible)
    .join("\n");
}

/** Where no fix makes an edit: why, and what to do. */
function byHand(context: Context, finding: Shown): string | undefined {
  const file = homeOf(finding);
  const fixes = context.engine.fixes(file, finding.fingerprint);
  if (fixes.length === 0 || fixes.some(({ edits }) => edits.length > 0)) return undefined;
  const reason = fixes.find((fix) => fix.reason !== undefined)?.reason;
  if (reason === undefined) return undefined;
  return context.secrets.maskFor(filesOf(finding))(maskSecrets(reason));
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

/** The line of a step, without what is secret in it. */
function codeAt(context: Context, finding: Shown, { file, span }: FlowStep): string {
  const { start, text } = lineAt(context, file, span.start);
  const hidden = context.engine
    .check(file)
    .findings.filter(({ category }) => category === "secrets")
    .map((secret) => secret.span);
  const mask = context.secrets.maskFor(filesOf(finding));
  const masked = mask(maskSecrets(maskSpans(text.slice(0, LOOKED_AT), start, hidden)));
  const line = (finding.category === "secrets" ? maskStrings(masked) : masked).trim();
  return line.length <= MOST_CODE ? line : `${line.slice(0, MOST_CODE - 3)}...`;
}

function verdict({ severity, confidence, cwe }: Shown): string[] {
  return [`${severity} severity`, `${confidence} confidence`, ...cwe.map((id) => `CWE-${id}`)];
}
