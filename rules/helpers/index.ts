/** Files that fixes bring into a project, each once. */
import type { PublicClient } from "../../server/rule/fix/public-client.ts";
import publicRequests from "./public_requests.py";
import publicFetch from "./public-fetch.js.txt";
import typedPublicFetch from "./public-fetch.ts.txt";

/** By what models call it as the `twin` of a request: the same calls, which reach public hosts only. */
export const PUBLIC_CLIENTS: Readonly<Record<string, PublicClient>> = {
  requests: {
    of: { module: "requests" },
    helper: {
      language: "python",
      name: "public_requests",
      mark: "skeptic-helper: public-requests",
      texts: { plain: publicRequests },
    },
  },
  fetch: {
    of: { global: "fetch" },
    helper: {
      language: "javascript",
      name: "public-fetch",
      exported: "publicFetch",
      mark: "skeptic-helper: public-fetch",
      texts: { plain: publicFetch, typed: typedPublicFetch },
    },
  },
};
