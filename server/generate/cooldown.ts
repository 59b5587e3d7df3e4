/** A setting that lets a package manager take only versions that have been out for a week. */

import { iniValues } from "../rule/lines.ts";
import { headerAt, table, toml } from "../rule/manifest.ts";
import { at, yaml, yamlFault } from "../rule/yaml.ts";
import {
  appended,
  type Generated,
  type GeneratedFile,
  newlineOf,
  type Refused,
} from "./generated.ts";
import type { Manager, Project, Read } from "./project.ts";

const DAYS = 7;
const MINUTES = DAYS * 24 * 60;
const SECONDS = MINUTES * 60;

/**
 * npm counts days (from 11.10), pnpm (10.16) and yarn (4.10) minutes, bun (1.3) seconds, and uv (0.9.17) takes words. Yarn takes words
 * as well, but versions of it ignored days: https://github.com/yarnpkg/berry/issues/6991.
 */
export async function cooldownFiles(project: Project, read: Read): Promise<Generated | Refused> {
  const files: GeneratedFile[] = [];
  const notes: string[] = [];
  const said: string[] = [];
  for (const manager of project.managers) {
    const make = MAKERS[manager];
    if (make === undefined) {
      said.push(WITHOUT[manager] ?? "");
      continue;
    }
    const made = await make(read);
    if ("refused" in made) said.push(made.refused);
    else {
      files.push(made.file);
      notes.push(made.note);
    }
  }
  if (files.length === 0)
    return { refused: said.filter(Boolean).join("; ") || "no package manager is known here" };
  return { files, notes: [...notes, ...said.filter(Boolean)] };
}

interface Made {
  readonly file: GeneratedFile;
  readonly note: string;
}
const WITHOUT: Readonly<Partial<Record<Manager, string>>> = {
  pip: "pip has no such setting: uv has (exclude-newer)",
  "yarn-classic": "Yarn 1 has no such setting: newer versions have (npmMinimalAgeGate)",
};
const MAKERS: Readonly<Partial<Record<Manager, (read: Read) => Promise<Made | Refused>>>> = {
  async npm(read) {
    const path = ".npmrc";
    const before = await read(path);
    if (iniValues(before ?? "").some(({ name }) => name === "min-release-age"))
      return { refused: `${path} sets min-release-age already` };
    const after = appended(before ?? "", [
      "; Only versions that have been out for a week (in days; npm 11.10 or newer).",
      `min-release-age=${DAYS}`,
    ]);
    return { file: { path, before, after }, note: "npm before 11.10 ignores min-release-age." };
  },
  pnpm: (read) =>
    inYaml(
      read,
      "pnpm-workspace.yaml",
      "minimumReleaseAge",
      "pnpm before 10.16 ignores minimumReleaseAge.",
    ),
  yarn: (read) =>
    inYaml(read, ".yarnrc.yml", "npmMinimalAgeGate", "Yarn before 4.10 refuses npmMinimalAgeGate."),
  bun: (read) =>
    inToml(read, {
      path: "bunfig.toml",
      header: "install",
      key: "minimumReleaseAge",
      lines: [
        "# Only versions that have been out for a week, in seconds.",
        `minimumReleaseAge = ${SECONDS}`,
      ],
      note: "Bun before 1.3 ignores minimumReleaseAge.",
    }),
  uv: (read) =>
    inToml(read, {
      path: "pyproject.toml",
      header: "tool.uv",
      key: "exclude-newer",
      lines: ["# Only versions that have been out for a week.", `exclude-newer = "${DAYS} days"`],
      note: "uv before 0.9.17 takes a date only, and refuses exclude-newer in days; lock the project anew (uv lock).",
    }),
};

async function inYaml(
  read: Read,
  path: string,
  key: string,
  note: string,
): Promise<Made | Refused> {
  const before = await read(path);
  const fault = before === undefined ? undefined : yamlFault(before);
  if (fault !== undefined) return { refused: `${path} cannot be read: ${fault}` };
  const root = yaml(before ?? "");
  if (at(root, key) !== undefined) return { refused: `${path} sets ${key} already` };
  if (root !== undefined && (root.kind !== "map" || root.flow))
    return { refused: `${path} is no list of settings with a line each: add ${key} by hand` };
  const after = appended(before ?? "", [
    "# Only versions that have been out for a week, in minutes.",
    `${key}: ${MINUTES}`,
  ]);
  return { file: { path, before, after }, note };
}

interface TomlSetting {
  readonly path: string;
  readonly header: string;
  readonly key: string;
  readonly lines: readonly string[];
  readonly note: string;
}
async function inToml(
  read: Read,
  { path, header, key, lines, note }: TomlSetting,
): Promise<Made | Refused> {
  const before = await read(path);
  const root = toml(before ?? "");
  if (root === undefined) return { refused: `${path} cannot be read: it is no valid TOML` };
  const own = table(root, ...header.split("."));
  if (own?.[key] !== undefined) return { refused: `${path} sets ${key} already` };
  const text = before ?? "";
  const found = own === undefined ? -1 : headerIn(text, header);
  if (own !== undefined && found < 0)
    return { refused: `${path} has no header [${header}]: add ${key} by hand` };
  const newline = newlineOf(text);
  if (found < 0) {
    const gap = text === "" ? [] : [""];
    return {
      file: { path, before, after: appended(text, [...gap, `[${header}]`, ...lines]) },
      note,
    };
  }
  const end = text.indexOf("\n", found);
  const place = end < 0 ? text.length : end + 1;
  const head = end < 0 ? text + newline : text.slice(0, place);
  const after = head + lines.map((line) => line + newline).join("") + text.slice(place);
  return { file: { path, before, after }, note };
}
function headerIn(text: string, header: string): number {
  const at = headerAt(text, header);
  return at > 0 ||
    new RegExp(`^[ \\t]*\\[[ \\t]*${header.replaceAll(".", "\\s*\\.\\s*")}[ \\t]*\\]`).test(text)
    ? at
    : -1;
}
