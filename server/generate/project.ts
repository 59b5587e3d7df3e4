/** What a generator must know of a project: how it installs packages, which frameworks it uses, whether Skeptic is among its packages. */
import { json } from "../rule/json-nodes.ts";
import { jsonValue, normalised, requirement, table, toml } from "../rule/manifest.ts";
import { at, entries, textOf } from "../rule/yaml.ts";

/** Reads a file of the project by its path from the root, with "/"; undefined for one that is not there or is no text. */
export type Read = (path: string) => Promise<string | undefined>;

export type Manager = "npm" | "pnpm" | "yarn" | "yarn-classic" | "bun" | "uv" | "pip";
export type Framework = "fastapi" | "starlette" | "flask" | "express" | "fastify" | "next";

export interface Project {
  /** Those whose lock files or manifests are there. */
  readonly managers: readonly Manager[];
  readonly frameworks: readonly Framework[];
  /** The lock file holds Skeptic: `node_modules/.bin/skeptic` is there after an install. */
  readonly hasSkeptic: boolean;
  /** Files of the project are TypeScript. */
  readonly isTyped: boolean;
  /** `.js` is a module, not CommonJS. */
  readonly isModule: boolean;
  readonly hasPackage: boolean;
  /** The folders that the code of the application stands in: "", or with a "/" at the end. */
  readonly folders: { readonly javascript: string; readonly python: string };
}

const LOCKS: readonly (readonly [string, Manager])[] = [
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];
const FRAMEWORKS_JS: readonly Framework[] = ["next", "fastify", "express"];
const FRAMEWORKS_PY: readonly Framework[] = ["fastapi", "starlette", "flask"];
const SELF = "skeptic";
/** Where a project that installs nothing from npm keeps Skeptic's program. */
export const PROGRAM = "tools/skeptic/cli.js";
export const PROGRAM_NOTE = `This project installs nothing from npm: put the folder dist of Skeptic into the repository as ${PROGRAM.replace(/\/[^/]*$/, "")}, and leave it out of scans and formatters. It needs Node, and nothing else.`;

/** Where the code begins, in projects that do not keep it in their own folder. */
const ENTRIES_JS = ["index", "main", "app", "server"].flatMap((name) =>
  ["ts", "js", "mts", "mjs"].map((ending) => `${name}.${ending}`),
);
const ENTRIES_PY = ["main.py", "app.py", "__init__.py", "asgi.py", "wsgi.py"];

export async function projectOf(read: Read): Promise<Project> {
  const manifest = await read("package.json");
  const managers: Manager[] = [];
  let hasSkeptic = false;
  for (const [name, manager] of LOCKS) {
    const lock = await read(name);
    if (lock === undefined) continue;
    const isClassic = manager === "yarn" && !/^__metadata:/m.test(lock);
    managers.push(isClassic ? "yarn-classic" : manager);
    hasSkeptic ||= holdsSkeptic(name, lock);
  }
  const named = manifest === undefined ? new Set<string>() : packagesOf(manifest);
  // A binary or unusual lock file says nothing: what the manifest asks for is what it holds.
  hasSkeptic ||= managers.length > 0 && named.has(SELF);
  if (managers.length === 0 && manifest !== undefined) managers.push("npm");
  const python = await pythonPackages(read);
  if ((await read("uv.lock")) !== undefined || python.usesUv) managers.push("uv");
  else if (python.names.size > 0) managers.push("pip");
  return {
    managers: [...new Set(managers)],
    frameworks: [
      ...FRAMEWORKS_PY.filter((name) => python.names.has(name)),
      ...FRAMEWORKS_JS.filter((name) => named.has(name)),
    ],
    hasSkeptic,
    isTyped: (await read("tsconfig.json")) !== undefined,
    isModule: manifest !== undefined && jsonValue(manifest, ["type"]) === "module",
    hasPackage: manifest !== undefined,
    folders: {
      javascript: await folderWith(read, ENTRIES_JS, ["src/"]),
      python: await folderWith(read, ENTRIES_PY, [
        ...(python.own === "" ? [] : [`src/${python.own}/`, `${python.own}/`]),
        "app/",
        "src/app/",
        "src/",
      ]),
    },
  };
}

/** The first that holds one of the files; the project's own folder if that does, or none does. */
async function folderWith(
  read: Read,
  names: readonly string[],
  folders: readonly string[],
): Promise<string> {
  for (const folder of ["", ...folders])
    for (const name of names) if ((await read(folder + name)) !== undefined) return folder;
  return "";
}

function packagesOf(manifest: string): ReadonlySet<string> {
  const root = json(manifest);
  return new Set(
    ["dependencies", "devDependencies", "optionalDependencies"].flatMap((group) =>
      entries(at(root, group)).map(({ key }) => key),
    ),
  );
}

function holdsSkeptic(name: string, lock: string): boolean {
  if (name.endsWith(".json")) {
    const root = json(lock);
    return (
      entries(at(root, "packages")).some(
        ({ key, value }) =>
          key === `node_modules/${SELF}` || textOf(at(value, "bin", SELF)) !== undefined,
      ) || at(root, "dependencies", SELF) !== undefined
    );
  }
  return new RegExp(`^\\s*['"]?/?${SELF}@`, "m").test(lock);
}

async function pythonPackages(read: Read): Promise<{
  readonly names: ReadonlySet<string>;
  readonly usesUv: boolean;
  /** What the project's own package is called when it is imported, or "". */
  readonly own: string;
}> {
  const names = new Set<string>();
  const add = (text: string): void => {
    const found = requirement(text, 0);
    if (found !== undefined) names.add(normalised(found.name));
  };
  for (const line of ((await read("requirements.txt")) ?? "").split(/\r\n|\n|\r/)) add(line);
  const root = toml((await read("pyproject.toml")) ?? "");
  const listed = table(root, "project")?.dependencies;
  for (const one of Array.isArray(listed) ? listed : []) if (typeof one === "string") add(one);
  for (const name of Object.keys(table(root, "tool", "poetry", "dependencies") ?? {}))
    names.add(normalised(name));
  const name = table(root, "project")?.name ?? table(root, "tool", "poetry")?.name;
  const own = typeof name === "string" ? normalised(name).replaceAll("-", "_") : "";
  return { names, usesUv: table(root, "tool", "uv") !== undefined, own };
}
