/** The server with the fake engine, in a process of its own: a test bundle that is started with "--fake-server". */

import * as assert from "node:assert/strict";
import { afterEach } from "node:test";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { createNodeHost } from "../../server/lsp/node-host.ts";
import { startServer } from "../../server/lsp/server.ts";
import {
  folder,
  type StartOptions,
  start,
  type TestClient,
  type TestFolder,
  until,
} from "./client.ts";
import { createFakeEngine } from "./fake-engine.ts";

export function isFakeServer(): boolean {
  return process.argv.includes("--fake-server");
}

export function runFakeServer(): void {
  startServer(createConnection(ProposedFeatures.all), {
    host: createNodeHost,
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

type LaunchOptions = Partial<StartOptions> & { broken?: boolean };

/** Starts servers on temporary folders and ends them after each test. */
export function launcher(bundle: string) {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0))
      assert.equal(await client.stop(), 0, "the server ends when asked");
    for (const one of folders.splice(0)) await one.dispose();
  });
  return {
    /** Folders to be removed after the test. */
    folders,
    async launch(files: Record<string, string | Uint8Array>, options: LaunchOptions = {}) {
      const at = await folder(files);
      folders.push(at);
      const client = await startFake(bundle, { folders: [at.uri], ...options });
      clients.push(client);
      return { client, at };
    },
    indexed: (client: TestClient) =>
      until("the index is complete", () => client.statuses.at(-1)?.state === "working"),
  };
}
