// How long programs take, with all processes they start: processor time, which other work on the machine disturbs less.

import { spawnSync } from "node:child_process";
import { onPath } from "./run.mjs";

// Node does not tell how much time a child took; Python does.
const MEASURE = `
import json, resource, subprocess, sys, time
start = time.time()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code, "wall": time.time() - start, "cpu": used.ru_utime + used.ru_stime}))
`;

/** @typedef {{ code: number, wall: number, cpu: number | undefined }} Time seconds */

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Time}
 */
export function timed(file, args, cwd) {
  const python = process.platform === "win32" ? undefined : onPath("python3");
  if (python !== undefined) {
    const { stdout } = spawnSync(python, ["-c", MEASURE, file, ...args], { cwd, encoding: "utf8" });
    return JSON.parse(stdout);
  }
  const start = performance.now();
  const { status } = spawnSync(file, [...args], { cwd, stdio: "ignore" });
  return { code: status ?? -1, wall: (performance.now() - start) / 1000, cpu: undefined };
}
