/** The request that makes findings of today the baseline: all of them, or all but those of some files. */
import type { CancellationToken } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import type { Finding } from "../engine/api.ts";
import { type Context, uriFor } from "./context.ts";
import { fileId } from "./file-id.ts";
import type { FileIndex } from "./index-files.ts";
import type { MakeBaselineParams, MakeBaselineResult } from "./protocol.ts";
import type { Reports } from "./reports.ts";

const SLICE_MS = 8;

/** Looks at every file; answers with the text of each folder's file, which the client writes. */
export async function makeBaseline(
  context: Context,
  { reports, index }: { readonly reports: Reports; readonly index: FileIndex },
  { except }: MakeBaselineParams,
  token: CancellationToken,
): Promise<MakeBaselineResult> {
  if (!context.trust.given)
    return { files: [], problem: "a baseline is used only in workspaces that are trusted" };
  if (context.folders.all().length === 0)
    return { files: [], problem: "open a folder first: a baseline belongs to one" };
  const isCancelled = (): boolean => token.isCancellationRequested;
  await index.whenIdle(isCancelled, () => {});
  const untouched = new Set(except.map(fileId));
  const accepted: Finding[] = [];
  const looked = new Set<FileId>();
  let until = Date.now() + SLICE_MS;
  for (const file of index.files()) {
    if (Date.now() >= until) {
      await new Promise<void>((resolve) => context.host.later(resolve));
      until = Date.now() + SLICE_MS;
    }
    if (isCancelled()) return { files: [] };
    if (context.folders.of(file) === undefined || context.folders.silences(file)) continue;
    looked.add(file);
    const found = reports.check(file).findings;
    // What stands in the baseline stays there.
    const kept = untouched.has(file)
      ? found.filter((finding) => context.baselines.holds(finding))
      : found;
    accepted.push(...kept);
  }
  const written = context.baselines.write(accepted, {
    at: (file) => looked.has(file),
    exists: index.has,
  });
  const files = written.map(({ file, text, findings }) => ({
    uri: uriFor(context, file),
    text,
    findings,
  }));
  return { files };
}
