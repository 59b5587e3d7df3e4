// A real VS Code workbench in the browser (code-server from npm): set up once in a cache folder,
// started on a free loopback port, ended with everything it started.

import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cleanNpmEnvironment, npmCommand } from "./ensure.mjs";
import { runLogged } from "./run.mjs";

const VERSION = "4.139.1";
const NODE_MAJOR = "24";
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

/**
 * @typedef {{ node: string, entry: string }} Workbench an installed workbench
 * @typedef {{ url: string, port: number, folder: string, log: () => string, stop: () => Promise<void> }} RunningWorkbench
 */

/** The folder everything downloaded is kept in. @returns {string} */
export function cacheFolder() {
  const chosen = process.env.SKEPTIC_CACHE;
  if (chosen) return chosen;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "skeptic");
}

/**
 * The workbench, installed on first use. Throws with the reason when this machine cannot have one.
 * @returns {Promise<Workbench>}
 */
export async function ensureWorkbench() {
  if (process.platform === "win32") {
    throw new Error("the npm workbench does not run on Windows: install VS Code and its `code`.");
  }
  const folder = join(cacheFolder(), `workbench-${VERSION}`);
  if (!existsSync(folder)) await installInto(folder);
  return {
    node: nodeIn(folder),
    entry: join(codeServerIn(folder), "out", "node", "entry.js"),
  };
}

/**
 * Starts the workbench's server; settings, extensions and everything it writes are in `folder`,
 * a temporary folder that `stop` removes.
 * @param {Workbench} workbench
 * @param {{
 *   vsix?: string,
 *   settings?: Record<string, unknown>,
 *   trusted?: boolean,
 *   testDriver?: boolean,
 *   env?: Record<string, string>,
 * }} [options]
 * @returns {Promise<RunningWorkbench>}
 */
export async function startWorkbench(workbench, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "skeptic-workbench-"));
  const trusted = options.trusted ?? true;
  const user = join(folder, "user", "User");
  mkdirSync(user, { recursive: true });
  mkdirSync(join(folder, "extensions"));
  mkdirSync(join(folder, "tmp"));
  writeFileSync(join(folder, "config.yaml"), "auth: none\ncert: false\n");
  const settings = { ...defaultSettings(trusted), ...options.settings };
  writeFileSync(join(user, "settings.json"), JSON.stringify(settings, null, 2));

  const env = { ...workbenchEnvironment(workbench, folder), ...options.env };
  const places = ["--config", join(folder, "config.yaml"), "--user-data-dir", join(folder, "user")];
  places.push("--extensions-dir", join(folder, "extensions"));
  try {
    if (options.vsix !== undefined) {
      await runLogged(
        workbench.node,
        [workbench.entry, ...places, "--install-extension", options.vsix],
        { cwd: folder, env, log: join(folder, "install.log") },
      );
    }
    return await listen(workbench, folder, env, [
      ...places,
      ...(trusted ? ["--disable-workspace-trust"] : []),
      ...(options.testDriver ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * The address that shows a folder, or a workspace file's folders, with a file open in it if one is given.
 * @param {RunningWorkbench} server
 * @param {string} path absolute
 * @param {readonly (readonly [string, string])[]} [payload] what the workbench is asked to do
 */
export function addressOf(server, path, payload = []) {
  const kind = path.endsWith(".code-workspace") ? "workspace" : "folder";
  const query = new URLSearchParams({ [kind]: path });
  if (payload.length > 0) query.set("payload", JSON.stringify(payload));
  return `${server.url}/?${query}`;
}

/**
 * The name by which the workbench in the browser knows a file of this machine.
 * @param {RunningWorkbench} server
 * @param {string} path absolute
 */
export function remoteUri(server, path) {
  return `vscode-remote://127.0.0.1:${server.port}${encodeURI(path)}`;
}

/**
 * @param {Workbench} workbench
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args
 * @returns {Promise<RunningWorkbench>}
 */
async function listen(workbench, folder, env, args) {
  const port = await freePort();
  const child = spawn(
    workbench.node,
    [
      workbench.entry,
      ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--ignore-last-opened"],
      ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
      ...args,
    ],
    { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  const listening = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        log += chunk;
        if (log.includes("HTTP server listening on")) resolve(undefined);
      });
    }
  });

  // The server starts extension hosts, watchers and terminals: end the whole group.
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const killNow = () => kill("SIGKILL");
  process.once("exit", killNow);
  const stop = async () => {
    kill("SIGTERM");
    await within(5000, ended ? Promise.resolve() : new Promise((done) => child.once("exit", done)));
    kill("SIGKILL");
    process.off("exit", killNow);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  const died = new Promise((resolve) => child.once("exit", resolve));
  await within(60_000, Promise.race([listening, died]));
  if (ended || !log.includes("HTTP server listening on")) {
    await stop();
    throw new Error(`the workbench did not start\n${log.slice(-3000)}`);
  }
  return { url: `http://127.0.0.1:${port}`, port, folder, log: () => log, stop };
}

/**
 * Installs into a temporary folder beside the final one and renames it: an interrupted
 * installation leaves nothing half done.
 * @param {string} folder
 */
async function installInto(folder) {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const started = Date.now();
  const say = (/** @type {string} */ line) =>
    process.stderr.write(
      `  ${String(Math.round((Date.now() - started) / 1000)).padStart(3)} s  ${line}\n`,
    );
  process.stderr.write(`Setting up the editor workbench, once (2 minutes, 800 MB) in ${folder}\n`);
  try {
    await installSteps(partial, say);
    try {
      renameSync(partial, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error; // else another run was faster, and its copy is as good
    }
    say("ready");
  } finally {
    rmSync(partial, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/**
 * @param {string} folder
 * @param {(line: string) => void} say
 */
async function installSteps(folder, say) {
  const log = join(folder, "install.log");
  const npm = async (
    /** @type {string} */ cwd,
    /** @type {readonly string[]} */ args,
    /** @type {Record<string, string>} */ extra = {},
    /** @type {string | undefined} */ node = undefined,
  ) => {
    const command = npmCommand([...args, ...QUIET], node);
    const env = cleanNpmEnvironment(extra);
    await runLogged(command.file, command.args, { cwd, env, log, shell: command.shell });
  };

  // Node and code-server stand in folders of their own: installed side by side, npm would prune
  // the headers that belong to Node.
  for (const name of ["node", "code-server"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "package.json"), `{ "private": true }\n`);
  }
  say(`Node ${NODE_MAJOR} and code-server ${VERSION}`);
  await Promise.all([
    npm(join(folder, "node"), ["install", "--ignore-scripts=false", `node@${NODE_MAJOR}`]),
    npm(join(folder, "code-server"), ["install", "--ignore-scripts", `code-server@${VERSION}`]),
  ]);

  const vscode = join(codeServerIn(folder), "lib", "vscode");
  const suffix = process.platform === "darwin" ? "darwin" : "linux";
  link(join(vscode, "bin", "remote-cli"), `code-${suffix}.sh`, "code-server");
  link(join(vscode, "bin", "helpers"), `browser-${suffix}.sh`, "browser.sh");

  say("the workbench's own packages");
  const production = ["install", "--omit=dev", "--ignore-scripts"];
  await Promise.all([npm(vscode, production), npm(join(vscode, "extensions"), production)]);

  say("the log writer");
  const node = nodeIn(folder);
  try {
    await npm(
      vscode,
      ["rebuild", "--ignore-scripts=false", "@vscode/spdlog", "@vscode/native-watchdog"],
      {
        PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
        npm_config_nodedir: headersIn(folder),
      },
      node,
    );
  } catch {
    say("it needs a C++ compiler and was left out: output channels stay empty, the rest works");
  }
}

/** @param {string} folder */
const codeServerIn = (folder) => join(folder, "code-server", "node_modules", "code-server");

/** @param {string} folder */
const nodeIn = (folder) => join(folder, "node", "node_modules", "node", "bin", "node");

/** @param {string} folder the workbench folder */
function headersIn(folder) {
  const name = `node-${process.platform}-${process.arch}`;
  const inner = join(folder, "node", "node_modules", "node", "node_modules", name);
  return existsSync(inner) ? inner : join(folder, "node", "node_modules", name);
}

/**
 * @param {string} folder
 * @param {string} target
 * @param {string} name
 */
function link(folder, target, name) {
  if (!existsSync(join(folder, target)) || existsSync(join(folder, name))) return;
  symlinkSync(target, join(folder, name));
}

/**
 * Removes what interrupted installations left.
 * @param {string} parent
 */
function removeAbandoned(parent) {
  for (const name of readdirSync(parent)) {
    const owner = /\.partial-(\d+)$/.exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {Workbench} workbench
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
function workbenchEnvironment(workbench, folder) {
  return {
    ...cleanNpmEnvironment(),
    PATH: `${dirname(workbench.node)}${delimiter}${process.env.PATH ?? ""}`,
    VSCODE_IPC_HOOK_CLI: "",
    NODE_OPTIONS: "",
    // Otherwise it leaves files in the home and temporary folders.
    TMPDIR: join(folder, "tmp"),
    XDG_CONFIG_HOME: join(folder, "xdg"),
    XDG_DATA_HOME: join(folder, "xdg"),
    XDG_RUNTIME_DIR: folder,
  };
}

/** @param {boolean} trusted */
function defaultSettings(trusted) {
  return {
    ...(trusted ? { "security.workspace.trust.enabled": false } : {}),
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": false,
    "workbench.enableExperiments": false,
    "chat.disableAIFeatures": true,
    "telemetry.telemetryLevel": "off",
    "extensions.ignoreRecommendations": true,
    "extensions.autoUpdate": false,
    "extensions.autoCheckUpdates": false,
    "update.mode": "none",
    "files.autoSave": "off",
    // The demo stands inside a repository, which is nothing to ask about.
    "git.openRepositoryInParentFolders": "never",
  };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no free port")),
      );
    });
  });
}

/**
 * Waits for a promise, but not longer than the given time.
 * @param {number} milliseconds
 * @param {Promise<unknown>} promise
 */
async function within(milliseconds, promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
