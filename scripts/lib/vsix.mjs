// Packs the extension: what `npm run package`, `npm start` and the editor tests install.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ensure.mjs";

/**
 * Writes skeptic-VERSION.vsix from the current dist/ into a folder and answers its path.
 * @param {string} folder
 * @returns {Promise<string>}
 */
export async function packVsix(folder) {
  const { createVSIX } = await import("@vscode/vsce");
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packagePath = join(folder, `${manifest.name}-${manifest.version}.vsix`);
  // vsce lists every file it packs, and has no option to be quiet.
  const { log } = console;
  console.log = () => {};
  try {
    await createVSIX({
      cwd: root,
      packagePath,
      dependencies: false, // everything is bundled
      allowMissingRepository: true,
      // The pages of the rules about secrets show some, made up for them.
      allowPackageSecrets: ["github", "privatekey"],
      ...links(manifest.repository?.url),
    });
  } finally {
    console.log = log;
  }
  return packagePath;
}

/**
 * Where relative links and images of the README lead once it stands outside this folder.
 * @param {string} [repository]
 */
function links(repository) {
  const home = repository?.replace(/^git\+/, "").replace(/\.git$/, "");
  if (home === undefined)
    throw new Error("package.json names no repository.url: the README's images need it");
  return { baseContentUrl: `${home}/blob/main`, baseImagesUrl: `${home}/raw/main` };
}
