// What a user would pick instead of Skeptic, installed on demand with pinned versions, and how each is started on a folder.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanNpmEnvironment, npmCommand, root } from "./ensure.mjs";
import { onPath } from "./run.mjs";

const CACHE = join(root, ".cache", "peers");
const SOURCES = join(root, "bench", "peers");
const PYTHON = { bandit: "1.9.4", ruff: "0.17.6", semgrep: "1.185.0" };
const NODE = {
  eslint: "10.15.0",
  "eslint-plugin-security": "4.1.0",
  "eslint-plugin-sonarjs": "4.2.2",
  "typescript-eslint": "8.73.0",
  typescript: "5.9.3",
};

/**
 * @typedef {object} Peer
 * @property {string} name with its version
 * @property {"python" | "javascript"} language
 * @property {() => string | undefined} install why it cannot be had, if so
 * @property {() => { file: string, args: string[] }} command to be run in the folder with the sources
 */

/** @type {readonly Peer[]} */
export const PEERS = [
  {
    name: `Bandit ${PYTHON.bandit}`,
    language: "python",
    install: () => pip("bandit"),
    command: () => ({
      file: bin("bandit"),
      args: ["-q", "-r", "-f", "json", "-o", join(CACHE, "bandit.json"), "."],
    }),
  },
  {
    name: `Ruff ${PYTHON.ruff} (rules S)`,
    language: "python",
    install: () => pip("ruff"),
    command: () => ({
      file: bin("ruff"),
      args: [
        "check",
        "--select",
        "S",
        "--isolated",
        "--no-respect-gitignore",
        "--no-cache",
        "--exit-zero",
        "-q",
        ".",
      ],
    }),
  },
  semgrep("python"),
  semgrep("javascript"),
  eslint("security"),
  eslint("sonarjs"),
];

/**
 * @param {"python" | "javascript"} language
 * @returns {Peer}
 */
function semgrep(language) {
  const options = ["--metrics=off", "--disable-version-check", "--no-git-ignore", "--quiet"];
  const rules = join(SOURCES, "semgrep.yml");
  return {
    name: `Semgrep ${PYTHON.semgrep} (local rules)`,
    language,
    install: () => pip("semgrep"),
    command: () => ({
      file: bin("semgrep"),
      args: ["scan", ...options, "--json", "-o", join(CACHE, "semgrep.json"), "-f", rules, "."],
    }),
  };
}

/**
 * @param {"security" | "sonarjs"} plugin
 * @returns {Peer}
 */
function eslint(plugin) {
  const version = NODE[`eslint-plugin-${plugin}`];
  const file = `eslint-${plugin}.config.mjs`;
  return {
    name: `ESLint ${NODE.eslint}, eslint-plugin-${plugin} ${version}`,
    language: "javascript",
    install() {
      const failure = npm();
      // The configuration imports its plugins from where it stands.
      if (failure === undefined) copyFileSync(join(SOURCES, file), join(CACHE, "node", file));
      return failure;
    },
    command: () => ({
      file: process.execPath,
      args: [
        join(CACHE, "node", "node_modules", "eslint", "bin", "eslint.js"),
        ...["-c", join(CACHE, "node", file), "-f", "json", "-o", join(CACHE, `${plugin}.json`)],
        ".",
      ],
    }),
  };
}

/**
 * @param {keyof typeof PYTHON} name
 * @returns {string | undefined}
 */
function pip(name) {
  const folder = join(CACHE, `${name}-${PYTHON[name]}`);
  if (existsSync(join(folder, "ready"))) return undefined;
  const python = onPath("python3");
  if (python === undefined) return "there is no python3 on the PATH";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  console.error(`installing ${name} ${PYTHON[name]}`);
  const failure =
    failed(python, ["-m", "venv", folder]) ??
    failed(inside(folder, "python"), [
      ...["-m", "pip", "install", "-q", "--only-binary", ":all:"],
      `${name}==${PYTHON[name]}`,
    ]);
  if (failure === undefined) writeFileSync(join(folder, "ready"), "");
  return failure;
}

/** @param {keyof typeof PYTHON} name */
function bin(name) {
  return inside(join(CACHE, `${name}-${PYTHON[name]}`), name);
}

/**
 * @param {string} folder of a virtual environment
 * @param {string} name
 */
function inside(folder, name) {
  return process.platform === "win32"
    ? join(folder, "Scripts", `${name}.exe`)
    : join(folder, "bin", name);
}

/** @returns {string | undefined} */
function npm() {
  const folder = join(CACHE, "node");
  const wanted = JSON.stringify(NODE);
  const ready = join(folder, `ready-${Object.values(NODE).join("-")}`);
  if (existsSync(ready)) return undefined;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "private": true, "dependencies": ${wanted} }`);
  console.error(`installing eslint ${NODE.eslint} and its plugins`);
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const command = npmCommand(["install", ...flags]);
  const failure = failed(command.file, command.args, folder, command.shell);
  if (failure === undefined) writeFileSync(ready, "");
  return failure;
}

/**
 * Runs a program; the end of what it said if it failed.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} [cwd]
 * @param {boolean} [shell]
 * @returns {string | undefined}
 */
function failed(file, args, cwd = CACHE, shell = false) {
  const env = cleanNpmEnvironment();
  const { status, stderr, error } = spawnSync(file, [...args], {
    cwd,
    env,
    shell,
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  return (error?.message ?? stderr).trim().split("\n").at(-1) ?? "it failed";
}
