/** The server's entry on Node: the analysis beside this file, the connection that the arguments name. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { rules } from "../../rules/index.ts";
import { ownNamesFile } from "../base/cache-folder.ts";
import { createEngine } from "../engine/engine.ts";
import { createRecordKeeper } from "../report/node-record.ts";
import { createNodeHost } from "./node-host.ts";
import { createNodeOriginStore } from "./node-origin.ts";
import { startServer } from "./server.ts";

const machine = { platform: process.platform, home: homedir(), env: process.env };
const connection = createConnection(ProposedFeatures.all);
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) =>
    connection.console.error(error instanceof Error ? (error.stack ?? "") : "fault"),
  );

startServer(connection, {
  host: createNodeHost,
  origins: createNodeOriginStore(),
  version,
  charts: async () => (await import("../report/charts.ts")).drawChart,
  records: createRecordKeeper(),
  pages: pathToFileURL(join(__dirname, "rules")).href,
  createEngine: async () => {
    const bytes = (name: string): Promise<Uint8Array> => readFile(join(__dirname, `${name}.wasm`));
    const [runtime, python, typescript, tsx, javascript] = await Promise.all([
      bytes("web-tree-sitter"),
      bytes("tree-sitter-python"),
      bytes("tree-sitter-typescript"),
      bytes("tree-sitter-tsx"),
      bytes("tree-sitter-javascript"),
    ]);
    return createEngine({
      wasm: { runtime, grammars: { python, typescript, tsx, javascript } },
      rules,
      names: await readFile(join(__dirname, "names.bin")),
      ownNames: await readFile(ownNamesFile(machine)).catch(() => undefined),
    });
  },
});
