// Fetches packages as they are published, through npm and pip, without running their code.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ensure.mjs";

/** Where the unpacked packages are kept. */
const CACHE = join(root, ".cache", "published");

/**
 * The folder with the unpacked package; it is fetched once.
 * @param {"npm" | "pypi"} ecosystem
 * @param {string} name
 * @param {string} version
 */
export function fetched(ecosystem, name, version) {
  const plain = `${name.replace("@", "").replace("/", "-")}-${version}`;
  const folder = join(CACHE, plain);
  if (existsSync(folder)) return folder;
  const work = join(CACHE, `${plain}.part`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  console.error(`fetching ${name} ${version}`);
  if (ecosystem === "npm") {
    call("npm", ["pack", "--silent", "--ignore-scripts", `${name}@${version}`], work);
    call("tar", ["xzf", only(work)], work);
    renameSync(join(work, readdirSync(work).find((n) => !n.endsWith(".tgz")) ?? "package"), folder);
  } else {
    // Wheels only: pip runs the build code of a source archive to read its name.
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"];
    call("python3", [...pip, "--ignore-requires-python", `${name}==${version}`], work);
    call("python3", ["-m", "zipfile", "-e", only(work), "package"], work);
    renameSync(join(work, "package"), folder);
  }
  rmSync(work, { recursive: true, force: true });
  return folder;
}

/** @param {string} folder */
function only(folder) {
  const [first] = readdirSync(folder);
  if (first === undefined) throw new Error(`nothing was fetched into ${folder}`);
  return first;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function call(command, args, cwd) {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
