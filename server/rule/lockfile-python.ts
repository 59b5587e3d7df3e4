/** uv.lock, poetry.lock, pdm.lock and Pipfile.lock. */
import type { Node } from "jsonc-parser";
import {
  inside,
  json,
  type LockedManifest,
  type LockedPackage,
  type LockFile,
  properties,
} from "./locked.ts";
import { blocks, at as tomlAt } from "./lockfile-toml.ts";
import { normalised, table, toml } from "./manifest.ts";

/** uv.lock, poetry.lock and pdm.lock. */
export function pythonToml(text: string): LockFile | undefined {
  const list = toml(text)?.package;
  if (!Array.isArray(list)) return undefined;
  const places = blocks(text, "package");
  // Poetry 1.0 to 1.2 keeps them apart.
  const apart = table(toml(text), "metadata", "files");
  const packages = list.flatMap((raw, index): LockedPackage[] => {
    const one = table({ raw }, "raw");
    const block = places[index];
    const name = one?.name;
    if (one === undefined || block === undefined || typeof name !== "string") return [];
    const source = table(one, "source");
    const kind = String(source?.type ?? "");
    const git = source?.git ?? (kind === "git" ? source?.url : undefined) ?? one.git;
    const url =
      kind === "url"
        ? source?.url
        : (one.url ?? (source?.registry === undefined ? source?.url : undefined));
    const isLocal =
      ["editable", "virtual", "directory", "path", "workspace"].some(
        (key) => source?.[key] !== undefined || one[key] !== undefined,
      ) || ["directory", "file"].includes(kind);
    const isGit = typeof git === "string";
    const files = [
      one.sdist,
      ...listOf(one.wheels),
      ...listOf(one.files),
      ...listOf(apart?.[name]),
    ].flatMap((file) => tableOf(file));
    const addresses = [
      source?.registry,
      kind === "legacy" ? source?.url : undefined,
      isGit ? git : url,
      ...files.map((file) => file.url),
    ];
    return [
      {
        name: normalised(name),
        version: typeof one.version === "string" ? one.version : undefined,
        span: tomlAt(text, name, block),
        source: isLocal ? "local" : isGit ? "git" : typeof url === "string" ? "url" : "registry",
        urls: addresses.flatMap((address) =>
          typeof address === "string" && /^[a-z+]+:\/\//i.test(address)
            ? [{ text: address, span: tomlAt(text, address, block) }]
            : [],
        ),
        hashes:
          files.length === 0
            ? undefined
            : files.map((file) => (typeof file.hash === "string" ? file.hash : "")),
        commit: isGit ? commitOf(String(git), source, one) : undefined,
        reference: isGit ? referenceOf(String(git), source, one) : undefined,
        // Poetry before 1.5.
        development: one.category === "dev",
      },
    ];
  });
  const manifests = list.flatMap((raw) => uvManifest(table({ raw }, "raw")));
  return manifests.length === 0
    ? { ecosystem: "python", packages }
    : { ecosystem: "python", packages, manifests };
}

/** uv keeps the requirements of each package of the project: `[package.metadata]`. */
function uvManifest(one: Readonly<Record<string, unknown>> | undefined): readonly LockedManifest[] {
  const source = table(one, "source");
  const folder = source?.virtual ?? source?.editable;
  const metadata = table(one, "metadata");
  if (typeof folder !== "string") return [];
  // Early versions did not keep them; of a project that needs nothing there is nothing to keep.
  const needs = ["dependencies", "optional-dependencies", "dev-dependencies"];
  if (metadata === undefined && needs.some((key) => one?.[key] !== undefined)) return [];
  const lists = [
    metadata?.["requires-dist"],
    ...Object.values(table(metadata, "requires-dev") ?? {}),
  ];
  const asks = new Map<string, string | undefined>();
  for (const raw of lists.flatMap(listOf)) {
    const { name, specifier } = table({ raw }, "raw") ?? {};
    if (typeof name !== "string") continue;
    const plain = normalised(name);
    const range = String(specifier ?? "");
    // Different ones for different systems are told apart by their markers only.
    asks.set(plain, asks.has(plain) && asks.get(plain) !== range ? undefined : range);
  }
  return [{ folder: folder === "." ? "" : folder, asks }];
}
function tableOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const one = table({ value }, "value");
  return one === undefined ? [] : [one];
}
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
function commitOf(
  git: string,
  source: Readonly<Record<string, unknown>> | undefined,
  one: Readonly<Record<string, unknown>>,
): string | undefined {
  const told = source?.resolved_reference ?? one.revision ?? /#([0-9a-f]{40})$/.exec(git)?.[1];
  return typeof told === "string" && /^[0-9a-f]{40}$/.test(told) ? told : undefined;
}
/** The branch, tag or commit that was asked for; undefined where the form does not tell. */
function referenceOf(
  git: string,
  source: Readonly<Record<string, unknown>> | undefined,
  one: Readonly<Record<string, unknown>>,
): string | undefined {
  if (source?.git !== undefined)
    return (/[?&](?:branch|tag|rev)=([^&#]*)/.exec(git)?.[1] ?? "").replaceAll(/%2f/gi, "/");
  const told = source?.reference ?? one.ref;
  return typeof told === "string" ? told.replace(/^HEAD$/, "") : undefined;
}

export function pipfile(text: string): LockFile | undefined {
  const root = json(text);
  if (root === undefined) return undefined;
  const packages = properties(root)
    .filter(({ key }) => key !== "_meta")
    .flatMap((group) => properties(group.value).map((one) => ({ ...one, group: group.key })))
    .map(({ key, name, value, group }): LockedPackage => {
      const fields = new Map(properties(value).map((one) => [one.key, one.value]));
      const hashes = fields.get("hashes")?.children?.map((one) => String(one.value));
      const git = fields.get("git");
      const isLocal = fields.has("path") || fields.get("editable")?.value === true;
      const ref = fields.get("ref")?.value;
      return {
        name: normalised(key),
        version: String(fields.get("version")?.value ?? ""),
        span: inside(name),
        source: git !== undefined ? "git" : isLocal ? "local" : "registry",
        urls: git === undefined ? [] : [{ text: String(git.value), span: inside(git) }],
        hashes: hashes === undefined || hashes.length === 0 ? [""] : hashes,
        commit: typeof ref === "string" && /^[0-9a-f]{40}$/.test(ref) ? ref : undefined,
        development: group === "develop",
      };
    });
  return { ecosystem: "python", packages, indexes: indexesOf(root) };
}
function indexesOf(root: Node): NonNullable<LockFile["indexes"]> {
  const meta = properties(root).find(({ key }) => key === "_meta")?.value;
  const sources = properties(meta).find(({ key }) => key === "sources")?.value;
  return (sources?.children ?? []).flatMap((source) =>
    properties(source).flatMap(({ key, value }) =>
      key === "url" && value.type === "string"
        ? [{ text: String(value.value), span: inside(value) }]
        : [],
    ),
  );
}
