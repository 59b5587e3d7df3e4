/**
 * What an agent in the editor may ask: the findings, one of them in full, and its fix as a diff. Texts for a model, which
 * go to the maker of that model: secrets are hidden, and of the code only the lines of a finding's path and of its fix are
 * shown. Nothing here writes.
 */
import type { FileId } from "../base/brand.ts";
import { applyEdits } from "../base/text.ts";
import type { Finding, FlowStep } from "../engine/api.ts";
import { markTexts } from "../engine/certainty.ts";
import { unifiedPatch } from "../engine/patch.ts";
import type { AgentToolParams, AgentToolResult } from "./agent-protocol.ts";
import { codeAt } from "./code-line.ts";
import { type Context, lineOf, shortPath } from "./context.ts";
import { placeText } from "./departures.ts";
import { fileId } from "./file-id.ts";
import { toldFixes } from "./fixes.ts";
import { gradeText } from "./grades.ts";
import type { FileIndex } from "./index-files.ts";
import { visible } from "./plain.ts";
import type { Reports } from "./reports.ts";

/** More findings than these are counted only: a model reads all that it is given. */
const MOST_FINDINGS = 30;
const LEVELS = ["error", "warning", "information", "hint"];

interface Services {
  readonly reports: Reports;
  readonly index: FileIndex;
}

/** Rejects nothing: what cannot be answered is said in the text, for the model to mend its question. */
export async function answerTool(
  context: Context,
  services: Services,
  { tool, input }: AgentToolParams,
): Promise<AgentToolResult> {
  const asked = isRecord(input) ? input : {};
  await services.index.whenIdle(
    () => false,
    () => {},
  );
  switch (tool) {
    case "scan":
      return scan(context, services, asked);
    case "explain":
      return withFinding(context, services, asked, (finding) => explain(context, finding));
    case "fix":
      return withFinding(context, services, asked, (finding) => fix(context, finding, asked.fix));
    default:
      return said(`There is no tool ${JSON.stringify(tool)}: scan, explain or fix.`);
  }
}

type Input = Readonly<Record<string, unknown>>;

async function scan(
  context: Context,
  services: Services,
  { path }: Input,
): Promise<AgentToolResult> {
  const files = filesAt(context, services, path);
  if (files.length === 0) return said(noFile(path));
  const found: Finding[] = [];
  for (const file of files) {
    found.push(...findingsOf(context, services, file));
    // Other requests have their turn between two files.
    await new Promise<void>((resolve) => context.host.later(resolve));
  }
  const rank = ({ level }: Finding): number => LEVELS.indexOf(level);
  found.sort((a, b) => rank(a) - rank(b));
  const shown = found.slice(0, MOST_FINDINGS).map((finding) => listed(context, finding));
  const rest = found.length - shown.length;
  return said(
    [
      `${counted(found)} in ${files.length === 1 ? "1 file" : `${files.length} files`}.`,
      ...shown,
      ...(rest > 0 ? [`${rest} more: ask for a narrower path.`] : []),
    ].join("\n\n"),
  );
}

function counted(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Skeptic finds nothing";
  const parts = LEVELS.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  const noun = findings.length === 1 ? "finding" : "findings";
  return `${findings.length} ${noun} (${parts.join(", ")})`;
}

/** One finding in a few lines. */
function listed(context: Context, finding: Finding): string {
  const { what, why, fix } = finding.message;
  const path = finding.flow.map((step) => `${placeText(context, step)} (${step.text})`);
  const fixes = toldFixes(context, finding);
  return [
    `${finding.level} ${finding.rule} at ${placeText(context, finding)}, id ${finding.fingerprint}`,
    `  ${codeAt(context, finding, finding)}`,
    `  ${what} ${why} ${fix}`,
    ...(path.length > 1 ? [`  Path: ${path.join(" -> ")}`] : []),
    ...fixes.slice(0, 1).map((one) => `  Fix: ${one.title} (${one.grade})`),
  ]
    .map(visible)
    .join("\n");
}

function explain(context: Context, finding: Finding): string {
  const { severity, confidence, cwe, message, flow } = finding;
  const step = (at: FlowStep, number: number): string =>
    `${number + 1}. ${placeText(context, at)} ${codeAt(context, finding, at)} -- ${at.text}`;
  const rule = context.engine.rule(finding.rule);
  const about = /^# .*\n+([\s\S]*?)\n## /.exec(rule?.page ?? "")?.[1];
  const fixes = toldFixes(context, finding).map((one) => `- ${gradeText(one)}`);
  return [
    `${finding.title} (${finding.rule}) at ${placeText(context, finding)}`,
    `${severity} severity, ${confidence} confidence${cwe.map((id) => `, CWE-${id}`).join("")}, id ${finding.fingerprint}`,
    `What is wrong: ${message.what}`,
    `Why it matters: ${message.why}`,
    `What to do: ${message.fix}`,
    ...(flow.length > 0 ? ["The path of the data:", ...flow.map(step)] : []),
    ...markTexts(finding).map((text) => `Not certain: ${text}`),
    ...(fixes.length > 0 ? ["Fixes:", ...fixes] : []),
    ...(about === undefined ? [] : [`About the rule: ${about.trim()}`]),
  ].join("\n");
}

/** @param wanted the title of a fix, or nothing for the best one that makes an edit. */
function fix(context: Context, finding: Finding, wanted: unknown): string {
  const fixes = toldFixes(context, finding);
  const chosen =
    typeof wanted === "string"
      ? fixes.find(({ title }) => title === wanted)
      : fixes.find(({ edits }) => edits.length > 0);
  const others = fixes
    .filter((one) => one !== chosen)
    .map(({ title, grade }) => `${title} (${grade})`);
  if (chosen === undefined || chosen.edits.length === 0) {
    const reason = (chosen ?? fixes[0])?.reason ?? finding.message.fix;
    return `Skeptic has no edit for this: ${reason}`;
  }
  const { engine, secrets } = context;
  const patches = chosen.edits.map(({ file, textHash, edits }) => {
    const before = engine.text(file);
    if (before === undefined || engine.textHash(file) !== textHash) return undefined;
    const after = applyEdits(before, edits);
    const mask = secrets.maskFor([file]);
    return unifiedPatch({ file: shortPath(context, file), before, after, mask });
  });
  for (const { file, text } of chosen.creates ?? [])
    patches.push(unifiedPatch({ file: shortPath(context, file), before: undefined, after: text }));
  const texts = patches.flatMap((patch) => patch?.text ?? []);
  if (texts.length < patches.length) return "The file has just changed: ask again.";
  return [
    gradeText(chosen),
    texts.join("").trimEnd(),
    patches.every((patch) => patch?.applies === true)
      ? "Nothing was written."
      : "Nothing was written. Secrets are hidden in this diff, so it cannot be applied as it stands: use the quick fix of the editor.",
    ...(others.length > 0 ? [`Others: ${others.join("; ")}`] : []),
  ].join("\n\n");
}

function withFinding(
  context: Context,
  services: Services,
  input: Input,
  answer: (finding: Finding) => string,
): AgentToolResult {
  const { id, path, line } = input;
  const files = filesAt(context, services, path);
  if (files.length === 0) return said(noFile(path));
  const found = files.flatMap((file) => findingsOf(context, services, file));
  const chosen =
    typeof id === "string"
      ? found.filter(({ fingerprint }) => fingerprint === id)
      : found.filter((finding) => lineOf(context, finding) === line);
  if (chosen.length > 0) return said(chosen.map(answer).join("\n\n---\n\n"));
  const places = found.slice(0, MOST_FINDINGS).map((finding) => placeText(context, finding));
  return said(
    `There is no such finding. ${places.length === 0 ? "There are none there." : `There are findings at ${places.join(", ")}.`} Name one by its id, or by path and line.`,
  );
}

function findingsOf(context: Context, { reports }: Services, file: FileId): readonly Finding[] {
  if (context.folders.silences(file)) return [];
  return context.secrets.told(reports.check(file).findings);
}

/** The files at a path of the workspace, a whole path or a URI; all files for none. */
function filesAt(context: Context, { index }: Services, path: unknown): readonly FileId[] {
  const all = [...new Set([...context.documents.keys(), ...index.files()])];
  if (typeof path !== "string" || /^\.?\/?$/.test(path)) return all;
  const named = path.replaceAll("\\", "/").replace(/^\.\//, "").replace(/\/+$/, "");
  const id = /^[a-z][a-z0-9+.-]+:/i.test(named) ? fileId(named) : undefined;
  const isAt = (name: string): boolean => name === named || name.startsWith(`${named}/`);
  const whole = /^(?:[A-Za-z]:)?\//.test(named)
    ? fileId(`file://${named.startsWith("/") ? "" : "/"}${named}`)
    : undefined;
  return all.filter(
    (file) =>
      isAt(shortPath(context, file)) ||
      [id, whole].some((at) => at !== undefined && (file === at || file.startsWith(`${at}/`))),
  );
}

function noFile(path: unknown): string {
  return path === undefined
    ? "No file that Skeptic reads is open or in the workspace."
    : `Skeptic reads no file at ${JSON.stringify(path)}: it is not in the workspace, ignored, or in no language that is checked.`;
}

function said(text: string): AgentToolResult {
  return { text };
}

function isRecord(value: unknown): value is Input {
  return typeof value === "object" && value !== null;
}
