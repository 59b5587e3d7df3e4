// `npm start` where a `code` is on the PATH: a program that writes down what it was asked to do.

import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const built = join(root, "dist", "extension.js");

interface Asked {
  readonly args: readonly string[];
  readonly isBuilt: boolean;
}

const CODE = `#!/usr/bin/env node
const { existsSync, writeFileSync } = require("node:fs");
const isBuilt = existsSync(${JSON.stringify(built)});
writeFileSync(process.env.ASKED, JSON.stringify({ args: process.argv.slice(2), isBuilt }));
process.exitCode = Number(process.env.CODE_ENDS_WITH ?? 0);
`;

describe("npm start with code on the PATH", { timeout: 120_000 }, () => {
  let folder: string;
  let asked: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "skeptic start ")));
    asked = join(folder, "asked.json");
    // What has the name but is no program is passed over.
    mkdirSync(join(folder, "a folder", "code"), { recursive: true });
    mkdirSync(join(folder, "a note"));
    writeFileSync(join(folder, "a note", "code"), "read me");
    mkdirSync(join(folder, "a program"));
    writeFileSync(join(folder, "a program", "code"), CODE, { mode: 0o755 });
    mkdirSync(join(folder, "my project", "api"), { recursive: true });
    writeFileSync(join(folder, "my project", "api", "main.py"), "x = 1\n");
    mkdirSync(join(folder, "empty"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    rmSync(asked, { force: true });
    const path = ["a folder", "a note", "a program"].map((name) => join(folder, name));
    const child = spawn("npm", ["--prefix", root, "start", "--", ...args], {
      cwd: folder,
      env: {
        ...process.env,
        PATH: [...path, process.env.PATH].join(delimiter),
        SKEPTIC_EDITOR: "code",
        VSCODE_IPC_HOOK_CLI: "",
        VSCODE_CLIENT_COMMAND: "",
        ASKED: asked,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    const [code] = await once(child, "close");
    const seen = existsSync(asked) ? (JSON.parse(readFileSync(asked, "utf8")) as Asked) : undefined;
    return { code, said, seen };
  };
  const opening = (...paths: string[]) => [
    "--new-window",
    `--extensionDevelopmentPath=${root}`,
    ...paths,
  ];

  test("builds the extension and opens the demo, with a file that has something to show", async () => {
    rmSync(built, { force: true });
    const { code, said, seen } = await start([]);
    assert.equal(code, 0, said);
    assert.ok(seen?.isBuilt, "it is built before the editor opens");
    const demo = join(root, "demo");
    assert.deepEqual(seen.args, opening(demo, join(demo, "api", "db.py")));
  });

  test("opens a folder named from where the person is, spaces and all", async () => {
    const { code, said, seen } = await start(["my project"], { CODE_ENDS_WITH: "3" });
    const project = join(folder, "my project");
    assert.deepEqual(seen?.args, opening(project, join(project, "api", "main.py")));
    assert.match(said, /Opening .*my project in VS Code/);
    assert.equal(code, 3, "the editor's own failure is not hidden");
  });

  test("opens a folder without sources alone, and no folder that does not exist", async () => {
    const empty = await start(["empty"]);
    assert.deepEqual(empty.seen?.args, opening(join(folder, "empty")));
    const nowhere = await start(["nowhere"]);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.said, /There is no folder .*nowhere\./);
    assert.equal(nowhere.seen, undefined);
  });

  test("says so where code cannot load the extension: in a remote window's terminal", async () => {
    const pipe = { VSCODE_IPC_HOOK_CLI: join(folder, "pipe") };
    const { code, said, seen } = await start([], pipe);
    assert.equal(code, 2);
    assert.match(said, /remote VS Code window/);
    assert.equal(seen, undefined);
    const windows = await start(["empty"], { ...pipe, VSCODE_CLIENT_COMMAND: "Code.exe" });
    assert.deepEqual(windows.seen?.args, opening(join(folder, "empty")));
  });
});
