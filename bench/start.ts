/**
 * From starting the server's process to the first finding of a document, over stdio, as an editor starts it:
 * `node .cache/bench/start.cjs FOLDER` with the built server in dist/. Prints one JSON object, milliseconds.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start } from "../test/protocol/client.ts";

const RUNS = Number(process.env.RUNS ?? 10);
const PROBE = `import sqlite3
from flask import Flask, request

app = Flask(__name__)

@app.get("/items")
def items():
    connection = sqlite3.connect("app.db")
    return connection.execute(f"SELECT * FROM items WHERE name = '{request.args['q']}'").fetchall()
`;

void main();

async function main(): Promise<void> {
  const server = [join(import.meta.dirname, "..", "dist", "server.js")];
  const folder = process.argv[2] as string;
  const uri = pathToFileURL(join(folder, "skeptic_probe.py")).href;
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const from = performance.now();
    const client = await start({ server, folders: [pathToFileURL(folder).href] });
    const found = new Promise<void>((resolve) => {
      client.connection.onNotification(
        "textDocument/publishDiagnostics",
        (params: { uri: string; diagnostics: readonly unknown[] }) => {
          if (params.uri === uri && params.diagnostics.length > 0) resolve();
        },
      );
    });
    client.open(uri, PROBE);
    await found;
    times.push(performance.now() - from);
    await client.stop();
  }
  times.sort((a, b) => a - b);
  const p50 = times[Math.floor(times.length / 2)] ?? 0;
  console.log(JSON.stringify({ runs: RUNS, p50, slowest: times.at(-1) ?? 0 }));
}
