// Installs the dependencies when they are missing or the lock file has changed.
// Every script imports this first; until it has run, only Node's own modules may be used.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The folder the person typed the command in: npm itself moves to the project folder. */
export const startFolder =
  process.cwd() === root ? (process.env.INIT_CWD ?? process.cwd()) : process.cwd();

const MARKER = join(root, "node_modules", ".skeptic-lock");

/** Runs `npm ci` unless node_modules already matches the lock file. Progress goes to stderr. */
export function ensureDependencies() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) fail(`Skeptic needs Node 20 or newer; this is ${process.version}.`);

  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(MARKER) && readFileSync(MARKER, "utf8").trim() === wanted) return;

  process.stderr.write("Installing dependencies (npm ci) ...\n");
  const command = npmCommand(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  const result = spawnSync(command.file, command.args, {
    cwd: root,
    env: cleanNpmEnvironment(),
    shell: command.shell,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) fail("npm ci failed; its message is above.");
  writeFileSync(MARKER, `${wanted}\n`);
}

/**
 * How to start npm: the one that started us when there is one, else the one on the PATH.
 * @param {readonly string[]} args
 * @param {string} [node] the Node binary to run it with
 * @returns {{ file: string, args: string[], shell: boolean }}
 */
export function npmCommand(args, node = process.execPath) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli)) {
    return { file: node, args: [cli, ...args], shell: false };
  }
  return { file: "npm", args: [...args], shell: process.platform === "win32" };
}

/**
 * The environment without what a running npm adds about this project (`ignore-scripts`, prefixes):
 * an npm started in another folder must not inherit it.
 * @param {Record<string, string>} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanNpmEnvironment(extra = {}) {
  const local =
    /^npm_(package|lifecycle|config_(local_prefix|prefix|ignore_scripts|omit|node_gyp))/;
  const kept = Object.entries(process.env).filter(([name]) => !local.test(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...extra };
}

/**
 * Ends the program with a message a person can act on.
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
