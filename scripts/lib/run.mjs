// Starting other programs and waiting for them.

import { spawn } from "node:child_process";
import { accessSync, constants, createWriteStream, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Runs a program to its end with our own stdin, stdout and stderr; answers the exit code.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { stdio: "inherit", ...options });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? (signal === null ? 0 : 1)));
  });
}

/**
 * Runs a program with its output in a log file. Throws with the end of the output when it fails.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions & { log: string }} options
 * @returns {Promise<void>}
 */
export function runLogged(file, args, { log, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const stream = createWriteStream(log, { flags: "a" });
    let tail = "";
    for (const source of [child.stdout, child.stderr]) {
      source?.on("data", (/** @type {Buffer} */ chunk) => {
        stream.write(chunk);
        tail = (tail + chunk.toString()).slice(-4000);
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      stream.end();
      if (code === 0) return resolve();
      reject(new Error(`${[file, ...args].join(" ")} ended with ${code}\n${tail}`));
    });
  });
}

/**
 * The full path of a program on the PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function onPath(name) {
  const endings = process.platform === "win32" ? [".cmd", ".exe", ".bat"] : [""];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isProgram(path)) return path;
    }
  }
  return undefined;
}

/**
 * True for a file that may be run: a folder on the PATH may hold a folder or a note of the same name.
 * @param {string} path
 */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
