/** All about one finding and its rule as a Markdown document; and as plain text, to be handed to a reviewer. No secret is shown. */
import { certaintyText, markTexts } from "../engine/certainty.ts";
import { codeAt } from "./code-line.ts";
import type { Context } from "./context.ts";
import { isDeparture, placeText, type Shown } from "./departures.ts";
import { toldFixes } from "./fixes.ts";
import { gradeText } from "./grades.ts";
import { verdict } from "./markdown-report.ts";
import { code, markdown, visible } from "./plain.ts";

/** The facts of the finding, then the page of its rule. */
export function explanation(context: Context, finding: Shown): string {
  const { what, why, fix } = finding.message;
  const place = isDeparture(finding) ? finding.sink : finding;
  const sections = [
    `# ${markdown(placeText(context, place))}: ${markdown(finding.title)}`,
    code(codeAt(context, finding, place)),
    `${[...verdict(finding), ...finding.owasp].map(markdown).join(", ")}. ${markdown(certaintyText(finding))}`,
    ...markTexts(finding).map((text) => `- ${markdown(text)}`),
    `**What is wrong.** ${markdown(what)}`,
    `**The attack.** ${markdown(why)}`,
    `**What to do.** ${markdown(fix)}`,
  ];
  for (const [index, path] of paths(finding).entries()) {
    sections.push(index === 0 ? "## The path of the data" : "And also:");
    sections.push(
      path
        .map((step, i) => {
          const line = codeAt(context, finding, step);
          return `${i + 1}. ${markdown(placeText(context, step))} ${line === "" ? "" : `${code(line)} `}${markdown(step.text)}`;
        })
        .join("\n"),
    );
  }
  if (finding.morePaths > 0) sections.push(`${finding.morePaths} more paths lead to this place.`);
  const fixes = toldFixes(context, finding);
  if (fixes.length > 0) sections.push("## Fixes");
  if (fixes.length > 0) sections.push(fixes.map((f) => `- ${markdown(gradeText(f))}`).join("\n"));
  sections.push("---", rulePage(context, finding.rule) ?? "");
  return `${sections.join("\n\n").trimEnd()}\n`;
}

/** The page of a rule as Markdown; undefined for a rule that there is not. */
export function rulePage(context: Context, rule: string): string | undefined {
  const info = context.engine.rule(rule);
  if (info === undefined) return undefined;
  return info.page === "" ? `# ${markdown(info.title)}\n` : info.page;
}

/** Severity, location, exploit scenario and recommended fix, with the path and the code of its steps. */
export function reviewPrompt(context: Context, finding: Shown): string {
  const { what, why, fix } = finding.message;
  const place = isDeparture(finding) ? finding.sink : finding;
  const steps = finding.flow.map((step, i) => {
    const line = codeAt(context, finding, step);
    return `  ${i + 1}. ${placeText(context, step)} ${line === "" ? "" : `\`${line}\` `}(${step.text})`;
  });
  const fixes = toldFixes(context, finding).filter(({ edits }) => edits.length > 0);
  const lines = [
    `Review this security finding: is it real, and what is the smallest change that mends it?`,
    "",
    `Finding: ${finding.title} (${[finding.rule, ...finding.cwe.map((id) => `CWE-${id}`), ...finding.owasp].join(", ")})`,
    `Severity: ${finding.severity} (${finding.confidence} confidence)`,
    `Location: ${placeText(context, place)} \`${codeAt(context, finding, place)}\``,
    ...(steps.length > 0 ? ["Path of the data:", ...steps] : []),
    `Exploit scenario: ${what} ${why}`,
    `Recommended fix: ${fix}`,
    ...fixes.map((one) => `  - ${gradeText(one)}`),
    ...markTexts(finding).map((text) => `Not certain: ${text}`),
  ];
  return `${lines.map(visible).join("\n")}\n`;
}

function paths(finding: Shown): readonly Shown["flow"][] {
  const all = isDeparture(finding) || finding.paths.length === 0 ? [finding.flow] : finding.paths;
  return all.filter((path) => path.length > 0);
}
