/** The workspace scan: waits for the index, then looks at every file; its reports go out as it goes. */
import type { CancellationToken } from "vscode-languageserver";
import { type Context, shortPath } from "./context.ts";
import type { FileIndex } from "./index-files.ts";
import { visible } from "./plain.ts";
import type { ScanProgress, ScanResult } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import type { Sinks } from "./sinks.ts";

const SLICE_MS = 8;
const PROGRESS_MS = 60;

export async function scanWorkspace(
  context: Context,
  reports: Reports,
  sinks: Sinks,
  index: FileIndex,
  token: CancellationToken,
  progress: (progress: ScanProgress) => void,
): Promise<ScanResult> {
  const isCancelled = (): boolean => token.isCancellationRequested;
  let toldAt = 0;
  const tell = (done: number, total: number, file: string): void => {
    const now = Date.now();
    if (now - toldAt < PROGRESS_MS && done < total) return;
    toldAt = now;
    progress({ done, total, file });
  };
  // Reading and following calls is the first half of the work, looking at each file the second.
  await index.whenIdle(isCancelled, () => {
    const { done, total } = index.progress();
    if (total > 0) tell(Math.floor(Math.min(done, total - 1) / 2), total, "");
  });
  const files = isCancelled() ? [] : index.files();
  let looked = 0;
  let findings = 0;
  let until = Date.now() + SLICE_MS;
  for (const file of files) {
    if (Date.now() >= until) {
      await new Promise<void>((resolve) => context.host.later(resolve));
      until = Date.now() + SLICE_MS;
    }
    if (isCancelled()) break;
    reports.coverage.files.add(file);
    findings += reports.current(file).own;
    sinks.touch(file);
    looked++;
    tell(Math.floor((files.length + looked) / 2), files.length, visible(shortPath(context, file)));
  }
  const cancelled = isCancelled();
  if (!cancelled) reports.coverage.all = true;
  return { files: looked, findings, skipped: index.skipped(), cancelled };
}
