// What a workspace scan says. Nothing of the editor is needed here.

import type { ScanChangedResult, ScanProgress, ScanResult } from "../server/lsp/protocol.ts";

const REASONS: Readonly<Record<string, string>> = {
  "too-large": "larger than 2 MiB",
  "too-many": "over the budget",
  "too-slow": "too slow to analyse",
};

export function percentOf({ done, total }: ScanProgress): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}

export function progressText(progress: ScanProgress): string {
  const { file } = progress;
  return `${percentOf(progress)} %, ${file === "" ? "reading files" : file}`;
}

export function summary({ findings, files, skipped, cancelled }: ScanResult): string {
  const counts = `${plural(findings, "finding")} in ${plural(files, "file")}`;
  if (cancelled)
    return files === 0
      ? "Scan cancelled before a file was checked."
      : `Scan cancelled: ${counts} so far. They stay until you clear the workspace results.`;
  const reasons = Object.entries(skipped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${REASONS[reason] ?? reason}`);
  return `Scan finished: ${counts}${reasons.length === 0 ? "" : `; skipped: ${reasons.join(", ")}`}.`;
}

export function changedSummary(
  { findings, files, cancelled, problems }: ScanChangedResult,
  since: string,
): string {
  const what = `${plural(findings, "finding")} in ${plural(files, "file")} changed since ${since}`;
  const not = problems.length === 0 ? "" : ` Not compared: ${problems.join("; ")}.`;
  return `${cancelled ? `Scan cancelled: ${what} so far.` : `Scan finished: ${what}.`}${not}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
