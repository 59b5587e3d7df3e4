/** The program: puts the engine, the rules and the process together. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir, totalmem } from "node:os";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";
import packageJson from "../../package.json" with { type: "json" };
import { rules } from "../../rules/index.ts";
import { inspectRules } from "../../rules/inspect/index.ts";
import { ownNamesFile } from "../base/cache-folder.ts";
import { dayOf } from "../base/day.ts";
import type { Engine } from "../engine/api.ts";
import { createEngine } from "../engine/engine.ts";
import type { WasmFiles } from "../syntax/parser.ts";
import { EXIT, type Io, type Output } from "./io.ts";
import { moreFor } from "./memory.ts";
import { run } from "./run.ts";

const VERSION: string = packageJson.version;
const machine = { platform: process.platform, home: homedir(), env: process.env };

/** The .wasm files and the names of packages stand beside the bundle. */
async function loadEngine(which: "scan" | "inspect" = "scan"): Promise<Engine> {
  const read = (name: string): Promise<Uint8Array> => readFile(join(__dirname, `${name}.wasm`));
  const [runtime, python, typescript, tsx, javascript] = await Promise.all([
    read("web-tree-sitter"),
    read("tree-sitter-python"),
    read("tree-sitter-typescript"),
    read("tree-sitter-tsx"),
    read("tree-sitter-javascript"),
  ]);
  const wasm: WasmFiles = { runtime, grammars: { python, typescript, tsx, javascript } };
  const names = await readFile(join(__dirname, "names.bin"));
  const ownNames = await readFile(ownNamesFile(machine)).catch(() => undefined);
  const engine = await createEngine({
    wasm,
    rules: which === "inspect" ? inspectRules : rules,
    names,
    ownNames,
  });
  engine.setToday(dayOf(new Date()));
  return engine;
}

function output(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`| head`) is no error.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") process.exitCode = EXIT.failed;
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    isTTY: stream.isTTY === true,
    columns: stream.columns,
  };
}

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  now: () => performance.now(),
  roomFor,
};

/** Node's limit is the same for all machines and set when it starts: with more, the same command runs again. */
function roomFor(files: number): void {
  const own = [...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" ");
  if (own.includes("max-old-space-size")) return;
  const total = process.constrainedMemory() || totalmem();
  const more = moreFor(files, {
    limit: getHeapStatistics().heap_size_limit,
    total: Math.min(total, totalmem()),
  });
  if (more === undefined) return;
  const argv = [`--max-old-space-size=${more}`, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync(process.execPath, argv, { stdio: "inherit" });
  process.exit(status ?? EXIT.failed);
}

run(process.argv.slice(2), loadEngine, io, VERSION).then((code) => {
  // Not process.exit: what is written to a pipe must arrive.
  process.exitCode = code;
});
