/** Rules and models of the project's own, in the working directory's `.skeptic/rules/`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/api.ts";
import { readText } from "./disk.ts";
import type { Workspace } from "./workspace.ts";

export const FOLDER = ".skeptic/rules";

/** Before the files of a scan are known: their rules can be named in options and are listed. */
export async function loadOwn(engine: Engine, cwd: string): Promise<void> {
  let names: readonly string[] = [];
  try {
    names = readdirSync(join(cwd, FOLDER));
  } catch {
    return;
  }
  for (const name of [...names].sort()) {
    const file = `${FOLDER}/${name}`;
    if (!engine.wants(file)) continue;
    const read = await readText(join(cwd, file));
    if (read.ok) engine.set(file, read.file.text);
  }
}

export interface HiddenCounts {
  readonly suppressions: number;
  readonly settings: number;
  /** By sanitizers and guards of the project's own. */
  readonly own: number;
  /** With --changed: by standing elsewhere than what has changed. */
  readonly unchanged?: number;
  /** By the project's baseline, where there is one. */
  readonly baseline?: number;
}

/** How many findings are not shown; what own sanitizers hide is found out by a look without them. */
export async function hiddenIn(workspace: Workspace): Promise<HiddenCounts> {
  const { engine, requested } = workspace;
  let suppressions = 0;
  let settings = 0;
  for (const file of requested) {
    const hidden = engine.hidden(file);
    suppressions += hidden.suppression;
    settings += hidden.settings;
  }
  if (!engine.own().some(({ silencing }) => silencing > 0))
    return { suppressions, settings, own: 0 };
  const shown = new Set(workspace.findings().map(({ fingerprint }) => fingerprint));
  engine.restrict(true);
  try {
    await workspace.settle();
    const all = workspace.findings();
    const own = all.filter(({ fingerprint }) => !shown.has(fingerprint)).length;
    return { suppressions, settings, own };
  } finally {
    engine.restrict(false);
    await workspace.settle();
  }
}
