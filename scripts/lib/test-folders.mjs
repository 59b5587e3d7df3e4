// Copies of the folders that the editor tests work on, and a workspace that holds both.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ensure.mjs";

/**
 * @param {string} into an empty folder
 * @returns {{ folder: string, second: string, workspace: string }} the folders, and a workspace file that names both
 */
export function copyTestFolders(into) {
  const [folder, second] = [join(into, "workspace"), join(into, "second")];
  cpSync(join(root, "test", "editor", "workspace"), folder, { recursive: true });
  cpSync(join(root, "test", "editor", "second"), second, { recursive: true });
  const workspace = join(into, "both.code-workspace");
  const folders = [{ path: "workspace" }, { path: "second" }];
  writeFileSync(workspace, JSON.stringify({ folders }, null, 2));
  return { folder, second, workspace };
}
