/** SARIF 2.1.0: docs.oasis-open.org/sarif/sarif/v2.1.0. No source text is copied into it. */
import { pathToFileURL } from "node:url";
import type { FileId } from "../base/brand.ts";
import type { Finding, Fix, Level, Place, RuleInfo, Severity } from "../engine/api.ts";
import type { Gone } from "./baseline.ts";
import { safeJson, uriPath } from "./escape.ts";
import { filePath } from "./files.ts";
import { messageText } from "./json-report.ts";
import { type ScanResult, shownFix } from "./scan-result.ts";
import { cellWords } from "./text-report.ts";
import type { Position, Workspace } from "./workspace.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const ROOT = "%SRCROOT%";

/** GitHub's ranges: critical above 9, high from 7, medium from 4, low above 0. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
  info: "0.0",
};

/** "none" goes with a kind other than "fail" (3.27.10). */
const LEVEL: Readonly<Record<Level, { level: string; kind: string }>> = {
  error: { level: "error", kind: "fail" },
  warning: { level: "warning", kind: "fail" },
  information: { level: "note", kind: "fail" },
  hint: { level: "none", kind: "informational" },
};

const RULE_LEVEL: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "none",
};

/** Of a result that the baseline hides: who knows nothing of baselines must not take it for new. */
const ACCEPTED = { kind: "external", status: "accepted", justification: "It is in the baseline." };

export function sarifReport(result: ScanResult): string {
  const { workspace, findings } = result;
  const rules = result.rules;
  const indices = new Map(rules.map((rule, index) => [rule.id, index]));
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Skeptic",
            version: result.version,
            semanticVersion: result.version,
            rules: rules.map(ruleDescriptor),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { uri: folderUri(workspace.cwd) } },
        invocations: [
          {
            executionSuccessful: true,
            exitCode: result.exitCode,
            workingDirectory: { uri: folderUri(workspace.cwd) },
            toolExecutionNotifications: notifications(workspace),
          },
        ],
        results: [
          ...findings.map((finding) => sarifResult(result, finding, indices)),
          ...[...(result.baseline?.known ?? [])].map((finding) => ({
            ...sarifResult(result, finding, indices),
            suppressions: [ACCEPTED],
          })),
          ...(result.baseline?.gone ?? []).map((one) => absentResult(workspace, one, indices)),
        ],
      },
    ],
  };
  return `${safeJson(log)}\n`;
}

function ruleDescriptor(rule: RuleInfo) {
  const cwe = rule.cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, "0")}`);
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.title },
    fullDescription: { text: introduction(rule) },
    ...(/^https?:\/\/\S+$/.test(rule.url) ? { helpUri: rule.url } : {}),
    help: { text: rule.page || rule.title, markdown: rule.page || rule.title },
    defaultConfiguration: { level: RULE_LEVEL[rule.severity] },
    properties: {
      category: rule.category,
      "security-severity": SECURITY_SEVERITY[rule.severity],
      tags: [...new Set(["security", rule.category, ...cwe, ...rule.owasp])],
    },
  };
}

/** The first paragraph of the rule's page. */
function introduction({ page, title }: RuleInfo): string {
  const paragraph = page
    .split(/\r?\n\s*\r?\n/)
    .map((part) => part.trim())
    .find((part) => part !== "" && !/^(?:#|---|```|\||>)/.test(part));
  return paragraph?.replace(/\s+/g, " ") ?? title;
}

/** How a finding stands to the baseline; nothing where there is none (3.27.24). */
function baselineState({ baseline }: ScanResult, finding: Finding): { baselineState?: string } {
  if (baseline === undefined) return {};
  if (baseline.known.has(finding)) return { baselineState: "unchanged" };
  return { baselineState: baseline.worse.has(finding) ? "updated" : "new" };
}

/** Of an entry of the baseline: what it was is known, and in which file, no more. */
function absentResult(ws: Workspace, gone: Gone, indices: ReadonlyMap<string, number>) {
  const index = indices.get(gone.rule);
  return {
    ruleId: gone.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: "none",
    kind: "pass",
    message: { text: "It is in the baseline, and is not reported any more." },
    locations: [{ physicalLocation: { artifactLocation: artifact(ws, gone.id) } }],
    baselineState: "absent",
    partialFingerprints: { "skeptic/v1": gone.fingerprint },
  };
}

function sarifResult(result: ScanResult, finding: Finding, indices: ReadonlyMap<string, number>) {
  const { workspace: ws, mask } = result;
  const index = indices.get(finding.rule);
  const changes = (result.fixes.get(finding) ?? [])
    .map((fix) => shownFix(fix, mask))
    .filter(({ edits }) => edits.length > 0);
  const others = finding.flow.slice(0, -1);
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    ...LEVEL[finding.level],
    ...baselineState(result, finding),
    message: { text: mask(messageText(finding)) },
    locations: [place(ws, finding)],
    ...(finding.flow.length === 0
      ? {}
      : {
          codeFlows: (finding.paths.length === 0 ? [finding.flow] : finding.paths).map((path) => ({
            threadFlows: [
              {
                locations: path.map(({ file, span, role, text }, order) => ({
                  kinds: [role],
                  executionOrder: order + 1,
                  importance: role === "source" || role === "sink" ? "essential" : "important",
                  location: { ...place(ws, { file, span }), message: { text: mask(text) } },
                })),
              },
            ],
          })),
          relatedLocations: others.map(({ file, span, text }, id) => ({
            id: id + 1,
            ...place(ws, { file, span }),
            message: { text: mask(text) },
          })),
        }),
    ...(changes.length === 0 ? {} : { fixes: changes.map((fix) => sarifFix(ws, fix)) }),
    partialFingerprints: { "skeptic/v1": finding.fingerprint },
    properties: {
      severity: finding.severity,
      confidence: finding.confidence,
      category: finding.category,
      cwe: finding.cwe,
      marks: finding.marks,
      ...(result.ofNewRules.has(finding) ? { newInVersion: true } : {}),
      ...(finding.morePaths === 0 ? {} : { morePaths: finding.morePaths }),
    },
  };
}

function sarifFix(ws: Workspace, fix: Fix) {
  return {
    description: { text: fix.title },
    artifactChanges: [
      ...fix.edits.map(({ file, edits }) => ({
        artifactLocation: artifact(ws, file),
        replacements: (ws.fileEdits(file, edits) ?? []).map(({ start, end, newText }) => ({
          deletedRegion: region(ws.textPosition(file, start), ws.textPosition(file, end)),
          ...(newText === "" ? {} : { insertedContent: { text: newText } }),
        })),
      })),
      ...(fix.creates ?? []).map(({ file, text }) => ({
        artifactLocation: artifact(ws, file),
        replacements: [{ deletedRegion: region(START, START), insertedContent: { text } }],
      })),
    ],
    properties: { applicability: fix.grade },
  };
}

/** Of a file that is not there yet. */
const START: Position = { line: 1, column: 1, offset: 0 };

/** In a notebook the region is a place of its JSON; the cell that people see has a name beside it. */
function place(ws: Workspace, { file, span }: Place) {
  const start = ws.position(file, span.start);
  const end = ws.position(file, span.end);
  const cell = ws.cell(file, span.start);
  return {
    physicalLocation: { artifactLocation: artifact(ws, file), region: region(start, end) },
    ...(cell === undefined
      ? {}
      : { logicalLocations: [{ name: cellWords(cell), kind: "module" }] }),
  };
}

function region(start: Position, end: Position) {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  };
}

/** Relative to the working directory; absolute outside of it, where a base must not be left by "..". */
function artifact(ws: Workspace, file: FileId): { uri: string; uriBaseId?: string } {
  return file.startsWith("../") || /^[A-Za-z]:/.test(file)
    ? { uri: pathToFileURL(filePath(ws.cwd, file)).href }
    : { uri: uriPath(file), uriBaseId: ROOT };
}

function folderUri(folder: string): string {
  const { href } = pathToFileURL(folder);
  return href.endsWith("/") ? href : `${href}/`;
}

function notifications(ws: Workspace) {
  const problems = ws.problems.map(({ file, message }) => ({
    level: "warning",
    message: { text: message },
    ...(file === undefined
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: artifact(ws, file) } }] }),
  }));
  const skipped = ws.skippedFiles.map(({ file, reason }) => ({
    level: "note",
    descriptor: { id: `skipped/${reason}` },
    message: { text: `Not analysed: ${reason}.` },
    locations: [{ physicalLocation: { artifactLocation: artifact(ws, file) } }],
  }));
  const counts = [...ws.skippedCounts].map(([reason, count]) => ({
    level: "note",
    descriptor: { id: `skipped/${reason}` },
    message: { text: `${count} in all were not analysed: ${reason}.` },
  }));
  return [...problems, ...skipped, ...counts];
}
