// `npm run package`: builds the extension and packs it into a .vsix in the project folder.

import { ensureDependencies, root } from "./lib/ensure.mjs";

ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
const { packVsix } = await import("./lib/vsix.mjs");
await buildProduct();
console.log(await packVsix(root));
