/**
 * A workspace of 50,000 files: what the server of the editor takes to read it, how long answers take meanwhile, and what a scan from the
 * command line takes. `node .cache/bench/large.cjs [FILES]` with the built product in dist/; prints a table. The files are made in a
 * temporary folder that is gone afterwards. Memory is the highest the process ever had, on Linux.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start } from "../test/protocol/client.ts";

const FILES = Number(process.argv[2] ?? 50_000);
const IN_A_FOLDER = 100;
const DIST = join(import.meta.dirname, "..", "dist");
/** The server's own: files that it reads. */
const BUDGET = 20_000;
/** Of a person who types fast and thinks between lines, in milliseconds. */
const BETWEEN_KEYS = 90;
const KEYS_IN_A_ROW = 15;
const PAUSE = 3000;

void main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skeptic-large-"));
  try {
    for (let i = 0; i < FILES; i++) {
      const inside = join(folder, `part${Math.floor(i / IN_A_FOLDER)}`);
      if (i % IN_A_FOLDER === 0) mkdirSync(inside);
      writeFileSync(join(inside, `module${i}.py`), moduleText(i));
    }
    const rows = [...(await inEditor(folder)), ...(await onCommandLine(folder))];
    console.log(`| ${FILES.toLocaleString("en")} files | |\n|---|---|`);
    for (const [what, value] of rows) console.log(`| ${what} | ${value} |`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Row = readonly [what: string, value: string];

async function inEditor(folder: string): Promise<readonly Row[]> {
  const from = performance.now();
  const client = await start({
    server: [join(DIST, "server.js")],
    folders: [pathToFileURL(folder).href],
    pull: true,
  });
  const uri = pathToFileURL(join(folder, "part0", "module1.py")).href;
  client.open(uri, moduleText(1));
  await client.pullItems(uri);
  const first = performance.now() - from;
  const busy: number[] = [];
  const status = () => client.statuses.at(-1);
  // Above the budget a notice says so.
  const isRead = (): boolean =>
    status()?.state === "working" && (FILES <= BUDGET || status()?.notice !== undefined);
  while (!isRead()) {
    for (let i = 0; i < KEYS_IN_A_ROW; i++) busy.push(await key(client, uri, busy.length));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  const read = performance.now() - from;
  const quiet: number[] = [];
  for (let i = 0; i < 60; i++) quiet.push(await key(client, uri, busy.length + i));
  const beforeScan = performance.now();
  const { files, findings } = await client.scan().result;
  const scanned = performance.now() - beforeScan;
  const again = performance.now();
  await client.scan().result;
  const rescanned = performance.now() - again;
  const memory = highest(client.pid);
  await client.stop();
  return [
    ["Editor: start to the first answer", ms(first)],
    ["Editor: until all within the budget is read", seconds(read)],
    ["Editor: key to answer meanwhile, p50 / p99 / slowest", quantiles(busy)],
    ["Editor: key to answer afterwards, p50 / p99 / slowest", quantiles(quiet)],
    [`Editor: scan of it (${files} files, ${findings} findings)`, seconds(scanned)],
    ["Editor: the same scan again", seconds(rescanned)],
    ["Editor: memory of the server", memory],
  ];
}

/** Types one character at the end of a document, and waits for what is found. */
async function key(
  client: Awaited<ReturnType<typeof start>>,
  uri: string,
  at: number,
): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_KEYS));
  const end = { line: moduleText(1).split("\n").length - 1, character: at };
  const from = performance.now();
  client.edit(uri, at === 0 ? "#" : "x", { start: end, end });
  await client.pullItems(uri);
  return performance.now() - from;
}

async function onCommandLine(folder: string): Promise<readonly Row[]> {
  const from = performance.now();
  const argv = [join(DIST, "cli.js"), "scan", "--format", "json", "--quiet", "--output"];
  const child = spawn(process.execPath, [...argv, join(folder, "report.json")], { cwd: folder });
  let memory = "not known here";
  const timer = setInterval(() => {
    memory = highest(child.pid ?? 0) || memory;
  }, 100);
  await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  const took = performance.now() - from;
  const { stats, findings } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
  return [
    [`skeptic scan (${stats.files} files, ${findings.length} findings)`, seconds(took)],
    ["skeptic scan: memory", memory],
  ];
}

/** The highest resident size of a process, as text; "" where it cannot be told. */
function highest(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
    return Number.isNaN(kilobytes) ? "" : `${Math.round(kilobytes / 1024)} MB`;
  } catch {
    return "";
  }
}

/** Twenty lines; every hundredth has a finding, and data goes through a function of its neighbour. */
function moduleText(i: number): string {
  const before = i % IN_A_FOLDER === 0 ? i : i - 1;
  return `import sqlite3
from flask import Flask, request
from module${before} import clean${before}

app = Flask(__name__)


def clean${i}(value):
    return value.strip()


@app.get("/items${i}")
def items${i}():
    name = clean${before}(request.args["name"])
    db = sqlite3.connect("app.db")
    rows = db.execute(${i % 100 === 50 ? `"SELECT * FROM t WHERE n = '" + name + "'"` : `"SELECT * FROM t WHERE n = ?", (name,)`})
    return {"rows": rows.fetchall(), "limit": ${i}}
`;
}

function quantiles(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return `${ms(at(0.5))} / ${ms(at(0.99))} / ${ms(sorted.at(-1) ?? 0)}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function seconds(value: number): string {
  return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`;
}
