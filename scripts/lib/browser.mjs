// Finds a Chrome or Chromium to drive, or installs Debian's.

import { existsSync } from "node:fs";
import { onPath, run } from "./run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The browser's path, or undefined. @returns {string | undefined} */
export function findBrowser() {
  const chosen = process.env.CHROME_PATH;
  if (chosen !== undefined && chosen !== "") return existsSync(chosen) ? chosen : undefined;
  return usualPaths().find((path) => existsSync(path)) ?? firstOnPath();
}

/**
 * The browser's path; installs one with apt when that is possible. Throws with what to do when not.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (process.env.CHROME_PATH) {
    throw new Error(`CHROME_PATH is set to ${process.env.CHROME_PATH}, which does not exist.`);
  }
  if (process.platform === "linux" && process.getuid?.() === 0 && onPath("apt-get")) {
    process.stderr.write("Installing chromium with apt-get ...\n");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    /** @type {import("node:child_process").SpawnOptions} */
    const options = { env, stdio: ["ignore", "ignore", 2] };
    await run("apt-get", ["update", "-qq"], options);
    const install = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
    await run("apt-get", install, options);
    const installed = findBrowser();
    if (installed !== undefined) return installed;
  }
  throw new Error(`no Chrome or Chromium found: ${advice()}, or set CHROME_PATH to one.`);
}

/** Arguments for a browser that only talks to the workbench. */
export const browserArguments = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function advice() {
  if (process.platform === "darwin") return "install Google Chrome from google.com/chrome";
  if (process.platform === "win32") return "install Google Chrome from google.com/chrome";
  return "run `sudo apt-get install chromium` (or your system's package for it)";
}

function firstOnPath() {
  for (const name of NAMES) {
    const path = onPath(name);
    if (path !== undefined) return path;
  }
  return undefined;
}

function usualPaths() {
  if (process.platform === "darwin") {
    return [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];
  }
  if (process.platform === "win32") {
    const folders = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"]];
    return [...folders, process.env.LOCALAPPDATA].flatMap((folder) =>
      folder === undefined
        ? []
        : [
            `${folder}\\Google\\Chrome\\Application\\chrome.exe`,
            `${folder}\\Chromium\\Application\\chrome.exe`,
            `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`,
          ],
    );
  }
  return ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"];
}
