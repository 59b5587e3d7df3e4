// `npm run clean`: removes what builds and tests have written, but not node_modules.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/ensure.mjs";

for (const name of ["dist", ".cache", ".vscode-test"]) {
  rmSync(join(root, name), { recursive: true, force: true });
}
