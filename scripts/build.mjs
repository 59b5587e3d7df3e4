// `npm run build`: the bundles and the grammars in dist/.

import { ensureDependencies } from "./lib/ensure.mjs";

ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
await buildProduct();
