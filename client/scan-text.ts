// What a workspace scan says. Nothing of the editor is needed here.

import type { ScanChangedResult, ScanProgress, ScanResult } from "../server/lsp/protocol.ts";
import * as l10n from "./l10n.ts";

const REASONS: Readonly<Record<string, (count: number) => string>> = {
  "too-large": (count) => l10n.t("{0} larger than 2 MiB", count),
  "too-many": (count) => l10n.t("{0} over the budget", count),
  "too-slow": (count) => l10n.t("{0} too slow to analyse", count),
  generated: (count) => l10n.t("{0} generated", count),
  minified: (count) => l10n.t("{0} minified", count),
  vendored: (count) => l10n.t("{0} vendored", count),
  unreadable: (count) => l10n.t("{0} unreadable", count),
  binary: (count) => l10n.t("{0} binary", count),
  excluded: (count) => l10n.t("{0} excluded", count),
};

export function percentOf({ done, total }: ScanProgress): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}

export function progressText(progress: ScanProgress): string {
  const { file } = progress;
  return `${percentOf(progress)} %, ${file === "" ? l10n.t("reading files") : file}`;
}

export function summary({ findings, files, skipped, cancelled }: ScanResult): string {
  const counts = l10n.t("{0} in {1}", findingsText(findings), filesText(files));
  if (cancelled)
    return files === 0
      ? l10n.t("Scan cancelled before a file was checked.")
      : l10n.t(
          "Scan cancelled: {0} so far. They stay until you clear the workspace results.",
          counts,
        );
  const reasons = Object.entries(skipped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => REASONS[reason]?.(count) ?? `${count} ${reason}`);
  return reasons.length === 0
    ? l10n.t("Scan finished: {0}.", counts)
    : l10n.t("Scan finished: {0}; skipped: {1}.", counts, reasons.join(", "));
}

export function changedSummary(
  { findings, files, cancelled, problems }: ScanChangedResult,
  since: string,
): string {
  const what = l10n.t(
    "{0} in {1} changed since {2}",
    findingsText(findings),
    filesText(files),
    since,
  );
  const not = problems.length === 0 ? "" : l10n.t("Not compared: {0}.", problems.join("; "));
  const said = cancelled
    ? l10n.t("Scan cancelled: {0} so far.", what)
    : l10n.t("Scan finished: {0}.", what);
  return not === "" ? said : `${said} ${not}`;
}

export function findingsText(count: number): string {
  return count === 1 ? l10n.t("1 finding") : l10n.t("{0} findings", count);
}

function filesText(count: number): string {
  return count === 1 ? l10n.t("1 file") : l10n.t("{0} files", count);
}
