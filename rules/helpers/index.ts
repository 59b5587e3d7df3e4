/** Files that fixes bring into a project, each once. */
import type { PublicClient } from "../../server/rule/fix/public-client.ts";
import publicHttpx from "./public_httpx.py";
import publicRequests from "./public_requests.py";
import publicFetch from "./public-fetch.js.txt";
import typedPublicFetch from "./public-fetch.ts.txt";

/** By what models call it as the `twin` of a request: the same calls, which reach public hosts only. */
export const PUBLIC_CLIENTS: Readonly<Record<string, PublicClient>> = {
  requests: {
    of: { module: "requests" },
    without: ["proxies"],
    helper: {
      language: "python",
      name: "public_requests",
      mark: "skeptic-helper: public-requests",
      refuses: ["request"],
      texts: { plain: publicRequests },
    },
  },
  httpx: {
    of: { module: "httpx" },
    without: ["proxy", "proxies", "mounts", "transport", "verify", "cert", "trust_env", "http2"],
    transports: { Client: "PublicTransport", AsyncClient: "AsyncPublicTransport" },
    helper: {
      language: "python",
      name: "public_httpx",
      mark: "skeptic-helper: public-httpx",
      refuses: ["PublicTransport", "AsyncPublicTransport"],
      texts: { plain: publicHttpx },
    },
  },
  fetch: {
    of: { global: "fetch" },
    helper: {
      language: "javascript",
      name: "public-fetch",
      exported: "publicFetch",
      mark: "skeptic-helper: public-fetch",
      refuses: ["publicFetch"],
      texts: { plain: publicFetch, typed: typedPublicFetch },
    },
  },
};
