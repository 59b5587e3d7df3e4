// The findings as a tree: how they are grouped, ordered, filtered and counted. Nothing of the editor is needed here.

import type { OriginData } from "../server/lsp/origin-protocol.ts";
import type { Severity } from "../server/lsp/protocol.ts";
import * as l10n from "./l10n.ts";

/** A finding as the editor shows it. Lines and characters count from 0. */
export interface ShownFinding {
  /** Of the document it stands in. */
  readonly uri: string;
  /** Of its file: of a cell, the notebook. */
  readonly file: string;
  /** In a notebook: the cell, and the line in it, both from 1. */
  readonly cell?: { readonly number: number; readonly line: number };
  /** That file's path for people. */
  readonly path: string;
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
  readonly rule: string;
  /** What the rule finds, in a few words. */
  readonly title: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fingerprint: string;
  /** It stands in another file too, at its sink; here its data is passed on. */
  readonly isPassedOn: boolean;
  /** The document of that file, else `uri`. */
  readonly home: string;
  /** Who wrote the code in which it stands; undefined where nobody knows. */
  readonly origin?: Origin;
  /** Its rule is younger than the project's baseline. */
  readonly isOfNewRule: boolean;
}

export type Origin = OriginData["origin"];
export type Grouping = "severity" | "rule" | "file" | "origin";
export const GROUPINGS: readonly Grouping[] = ["severity", "rule", "file", "origin"];

export interface Leaf {
  readonly kind: "finding";
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Where the group does not say it. */
  readonly severity: Severity | undefined;
  readonly finding: ShownFinding;
}

export interface Group {
  readonly kind: "group";
  /** The same for the same group of another moment. */
  readonly id: string;
  readonly label: string;
  /** How many there are, after anything else that is worth saying. */
  readonly description: string;
  /** The worst in it, where it is no group of files. */
  readonly severity: Severity | undefined;
  /** Of a group that is a file. */
  readonly uri: string | undefined;
  /** What a person may not know of it. */
  readonly about: string | undefined;
  readonly leaves: readonly Leaf[];
}

export interface Tree {
  readonly groups: readonly Group[];
  /** Findings in it, each once, and how many the filter leaves out. */
  readonly shown: number;
  readonly filtered: number;
}

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];
export const SEVERITY_LABELS: Readonly<Record<Severity, () => string>> = {
  critical: () => l10n.t("Critical"),
  high: () => l10n.t("High"),
  medium: () => l10n.t("Medium"),
  low: () => l10n.t("Low"),
  info: () => l10n.t("Info"),
};

interface GroupingForm {
  readonly key: (finding: ShownFinding) => string;
  readonly label: (finding: ShownFinding) => string;
  readonly isFile: boolean;
  /** Order of groups: by the worst in them without it. */
  readonly order?: (finding: ShownFinding) => number;
  readonly leaf: (finding: ShownFinding, hasTwin: boolean) => LeafText;
}

interface LeafText {
  readonly label: string;
  readonly description: string;
}

/** Two files may have one name: then the folder is said too. */
const byPlace = (finding: ShownFinding, hasTwin: boolean): LeafText => ({
  label: placeOf(finding),
  description: hasTwin ? `${finding.title}  ${folderOf(finding.path)}` : finding.title,
});

const FORMS: Readonly<Record<Grouping, GroupingForm>> = {
  severity: {
    key: (finding) => finding.severity,
    label: ({ severity }) => SEVERITY_LABELS[severity](),
    isFile: false,
    leaf: byPlace,
  },
  rule: {
    key: (finding) => finding.rule,
    label: (finding) => finding.title,
    isFile: false,
    leaf: (finding) => ({
      label: placeOf(finding),
      description: folderOf(finding.path),
    }),
  },
  file: {
    key: (finding) => finding.file,
    label: (finding) => nameOf(finding.path),
    isFile: true,
    leaf: (finding) => ({
      label:
        finding.cell === undefined
          ? l10n.t("Line {0}", finding.start.line + 1)
          : l10n.t("Cell {0}, line {1}", finding.cell.number, finding.cell.line),
      description: finding.title,
    }),
  },
  origin: {
    key: originOf,
    label: (finding) => ORIGIN_LABELS[originOf(finding)](),
    isFile: false,
    order: (finding) => ORIGINS.indexOf(originOf(finding)),
    leaf: byPlace,
  },
};

function originOf({ origin }: ShownFinding): Origin {
  return origin ?? "unknown";
}

/** Which code a reviewer looks at first. */
const ORIGINS: readonly Origin[] = ["ai", "mixed", "pasted", "human", "unknown"];
const ORIGIN_LABELS: Readonly<Record<Origin, () => string>> = {
  ai: () => l10n.t("Inserted by an AI"),
  mixed: () => l10n.t("By an AI and others"),
  pasted: () => l10n.t("Pasted"),
  human: () => l10n.t("Typed"),
  unknown: () => l10n.t("Nobody knows who wrote it"),
};

/** The key of the group of findings that an update of Skeptic has brought; it comes last. */
const NEW_RULES = "new-rules";
const aboutNewRules = (): string =>
  l10n.t(
    "From rules that the baseline does not know yet. They do not fail a scan until the baseline is made anew.",
  );
const OF_NEW_RULES: GroupingForm = {
  key: () => NEW_RULES,
  label: () => l10n.t("New in this version"),
  isFile: false,
  leaf: FORMS.severity.leaf,
};

export function treeOf(all: readonly ShownFinding[], grouping: Grouping, filter: string): Tree {
  const once = eachOnce(all);
  const kept = once.filter((finding) => matches(finding, filter));
  const keyOf = (finding: ShownFinding): string =>
    finding.isOfNewRule ? NEW_RULES : FORMS[grouping].key(finding);
  const byKey = new Map<string, ShownFinding[]>();
  for (const finding of kept) {
    const known = byKey.get(keyOf(finding));
    if (known === undefined) byKey.set(keyOf(finding), [finding]);
    else known.push(finding);
  }
  const hasTwin = twinsAmong(kept);
  const groups = [...byKey].map(([key, found]) => groupOf(grouping, key, found, hasTwin));
  groups.sort(
    (a, b) =>
      Number(isNew(a)) - Number(isNew(b)) ||
      orderOf(grouping, a) - orderOf(grouping, b) ||
      rank(worst(a.leaves)) - rank(worst(b.leaves)) ||
      byText(a.label, b.label),
  );
  return { groups, shown: kept.length, filtered: once.length - kept.length };
}

function orderOf(grouping: Grouping, { leaves: [first] }: Group): number {
  return first === undefined ? 0 : (FORMS[grouping].order?.(first.finding) ?? 0);
}

/**
 * Every word must stand in the rule, the title, the path, the severity or the message, in any case; one with "-" before it
 * must not.
 */
export function matches(finding: ShownFinding, filter: string): boolean {
  const { rule, title, path, severity, message } = finding;
  const text = [rule, title, path, severity, message].join("\n").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "-")
    .every((word) => (word.startsWith("-") ? !text.includes(word.slice(1)) : text.includes(word)));
}

/** What a person copies to show a finding to someone: place, rule and message. */
export function copyText(finding: ShownFinding): string {
  const { path, start, cell, rule, severity, message } = finding;
  const place =
    cell === undefined
      ? `${path}:${start.line + 1}:${start.character + 1}`
      : `${path}, cell ${cell.number}, line ${cell.line}`;
  return `${place}: ${severity}: ${message} [${rule}]`;
}

/** One finding may be shown at both ends of its path: it stands in the tree where its sink is, if that is shown. */
function eachOnce(all: readonly ShownFinding[]): readonly ShownFinding[] {
  const best = new Map<string, ShownFinding>();
  for (const finding of all) {
    // Files of two folders may have one name, and their findings one fingerprint.
    const key =
      finding.fingerprint === "" ? `${best.size}` : `${finding.home}#${finding.fingerprint}`;
    const known = best.get(key);
    if (known === undefined || (known.isPassedOn && !finding.isPassedOn)) best.set(key, finding);
  }
  return [...best.values()];
}

/** True for files with a name that another one has, too. */
function twinsAmong(all: readonly ShownFinding[]): (finding: ShownFinding) => boolean {
  const paths = new Map<string, string>();
  const twins = new Set<string>();
  for (const { path } of all) {
    const name = nameOf(path);
    if ((paths.get(name) ?? path) !== path) twins.add(name);
    paths.set(name, path);
  }
  return ({ path }) => twins.has(nameOf(path));
}

function groupOf(
  grouping: Grouping,
  key: string,
  found: readonly ShownFinding[],
  hasTwin: (finding: ShownFinding) => boolean,
): Group {
  const form = key === NEW_RULES ? OF_NEW_RULES : FORMS[grouping];
  const [first] = found as [ShownFinding];
  const sorted = [...found].sort(
    (a, b) =>
      byText(a.path, b.path) ||
      (a.cell?.number ?? 0) - (b.cell?.number ?? 0) ||
      a.start.line - b.start.line ||
      a.start.character - b.start.character ||
      byText(a.rule, b.rule),
  );
  const leaves = sorted.map((finding): Leaf => {
    const { label, description } = form.leaf(finding, hasTwin(finding));
    const severity = form.isFile ? finding.severity : undefined;
    return {
      kind: "finding",
      id: `${grouping}:${finding.uri}#${finding.fingerprint}`,
      label,
      description,
      severity,
      finding,
    };
  });
  const folder = form.isFile ? folderOf(first.path) : "";
  return {
    kind: "group",
    id: `${grouping}:${key}`,
    label: form.label(first),
    description: folder === "" ? String(found.length) : `${folder}  ${found.length}`,
    severity: form.isFile ? undefined : worst(leaves),
    uri: form.isFile ? first.file : undefined,
    about: key === NEW_RULES ? aboutNewRules() : undefined,
    leaves,
  };
}

function isNew({ leaves }: Group): boolean {
  return leaves[0]?.finding.isOfNewRule === true;
}

function worst(leaves: readonly Leaf[]): Severity {
  let best: Severity = "info";
  for (const { finding } of leaves)
    if (rank(finding.severity) < rank(best)) best = finding.severity;
  return best;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function placeOf(finding: ShownFinding): string {
  const name = nameOf(finding.path);
  const { cell } = finding;
  return cell === undefined
    ? `${name}:${finding.start.line + 1}`
    : l10n.t("{0}, cell {1}, line {2}", name, cell.number, cell.line);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
