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
  };
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

async function pythonPackages(
  read: Read,
): Promise<{ readonly names: ReadonlySet<string>; readonly usesUv: boolean }> {
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
  return { names, usesUv: table(root, "tool", "uv") !== undefined };
}
