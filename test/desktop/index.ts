// The suite that runs inside an extension host: on a desktop through @vscode/test-electron, and in
// the browser's workbench as part of `npm test`. Results are written to the file SKEPTIC_RESULTS.

import { writeFileSync } from "node:fs";
import { CODE } from "./code.ts";
import type { Cases } from "./editor.ts";
import { FILES } from "./files.ts";
import { FOLDERS } from "./folders.ts";

interface CaseResult {
  readonly name: string;
  readonly milliseconds: number;
  /** Absent when the case passed. */
  readonly error?: string;
}

const CASES: Cases = { ...CODE, ...FILES, ...FOLDERS };

/** What the editor calls. Fails when a case fails. */
export async function run(): Promise<void> {
  const results: CaseResult[] = [];
  for (const [name, test] of Object.entries(CASES)) {
    const started = Date.now();
    const error = await test().then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
    );
    const milliseconds = Date.now() - started;
    results.push({ name, milliseconds, ...(error === undefined ? {} : { error }) });
    console.log(`${error === undefined ? "ok" : "FAILED"} ${name} ${error ?? ""}`);
  }
  const path = process.env.SKEPTIC_RESULTS;
  if (path !== undefined) writeFileSync(path, JSON.stringify(results, null, 2));
  const failed = results.filter(({ error }) => error !== undefined);
  if (failed.length > 0) throw new Error(`${failed.length} of ${results.length} cases failed`);
}
