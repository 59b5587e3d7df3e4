/** The server with the fake engine, in a process of its own: a test bundle that is started with "--fake-server". */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { createNodeHost } from "../../server/lsp/node-host.ts";
import { startServer } from "../../server/lsp/server.ts";
import { type StartOptions, start, type TestClient } from "./client.ts";
import { createFakeEngine } from "./fake-engine.ts";

export function isFakeServer(): boolean {
  return process.argv.includes("--fake-server");
}

export function runFakeServer(): void {
  startServer(createConnection(ProposedFeatures.all), {
    host: createNodeHost(),
    version: "test",
    createEngine: async () => {
      if (process.argv.includes("--broken")) throw new Error("no engine today");
      return createFakeEngine();
    },
  });
}

export function startFake(
  bundle: string,
  options: Omit<StartOptions, "server"> & { broken?: boolean },
): Promise<TestClient> {
  return start({
    ...options,
    server: [bundle, "--fake-server", ...(options.broken ? ["--broken"] : [])],
  });
}
