/** Reads lock files with places: what each package is, where it comes from and by which checksum it is known. */
import { type Node, parseTree } from "jsonc-parser";
import { blocks, at as tomlAt } from "./lockfile-toml.ts";
import { normalised, table, toml } from "./manifest.ts";
import type { Span } from "./rule.ts";
import { at, entries, entryOf, textOf, yaml } from "./yaml.ts";

export interface LockedPackage {
  /** As the project asks for it. */
  readonly name: string;
  /** What it is called at its source, where the project gave it a name of its own. */
  readonly alias?: string | undefined;
  readonly version?: string | undefined;
  /** Where it is reported. */
  readonly span: Span;
  readonly source: "registry" | "git" | "url" | "local";
  /** Where the files come from, as far as the lock file says. */
  readonly urls: readonly { readonly text: string; readonly span: Span }[];
  /** One for each file, "" where it has none; undefined where the form has no place for it. */
  readonly hashes: readonly string[] | undefined;
  /** For git: the commit. */
  readonly commit?: string | undefined;
  /** A file for other systems than this one, of which the form holds no checksum. */
  readonly optional?: boolean;
}

export interface LockFile {
  readonly ecosystem: "npm" | "python";
  readonly packages: readonly LockedPackage[];
}

export const LOCK_NAMES =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock)$/;

/** Undefined for what cannot be read. */
export function lockFile(name: string, text: string): LockFile | undefined {
  switch (name) {
    case "package-lock.json":
    case "npm-shrinkwrap.json":
      return npm(text);
    case "yarn.lock":
      return /^__metadata:/m.test(text) ? berry(text) : classic(text);
    case "pnpm-lock.yaml":
      return pnpm(text);
    case "Pipfile.lock":
      return pipfile(text);
    default:
      return pythonToml(text);
  }
}

function json(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}
function properties(node: Node | undefined): readonly { key: string; name: Node; value: Node }[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name === undefined || value === undefined ? [] : [{ key: String(name.value), name, value }],
  );
}
function inside(node: Node): Span {
  return { start: node.offset + 1, end: node.offset + Math.max(1, node.length - 1) };
}

function npm(text: string): LockFile | undefined {
  const root = json(text);
  const top = new Map(properties(root).map(({ key, value }) => [key, value]));
  const asked = addressesAskedFor(top.get("packages"));
  const packages: LockedPackage[] = [];
  const add = (name: string, key: Node, entry: Node, named: "name" | "version"): void => {
    const fields = new Map(properties(entry).map((one) => [one.key, one.value]));
    const value = (field: string): unknown => fields.get(field)?.value;
    if (value("link") === true || value("inBundle") === true || value("bundled") === true) return;
    const version = typeof value("version") === "string" ? String(value("version")) : undefined;
    // Version 1 writes the source into the version.
    const place =
      fields.get("resolved") ?? (named === "version" ? fields.get("version") : undefined);
    const url = typeof place?.value === "string" ? place.value : "";
    const isLocal =
      /^(?:file|link|workspace):/.test(url) ||
      (version !== undefined && /^(?:file|link):/.test(version));
    const isGit = /^(?:git\+|git:|github:)/.test(url);
    const alias =
      named === "name"
        ? fields.get("name")?.value
        : /^npm:((?:@[^/@]+\/)?[^@]+)@/.exec(version ?? "")?.[1];
    const hash = value("integrity");
    const isAddress = /^[a-z+]+:\/\//i.test(url);
    if (place !== undefined && place === fields.get("version")) asked.add(url);
    packages.push({
      name,
      alias: typeof alias === "string" ? alias : undefined,
      version,
      span: inside(key),
      source: isLocal ? "local" : isGit ? "git" : asked.has(url) ? "url" : "registry",
      urls: isAddress && place !== undefined ? [{ text: url, span: inside(place) }] : [],
      hashes:
        isAddress || typeof hash === "string" ? [typeof hash === "string" ? hash : ""] : undefined,
      commit: isGit ? /#([0-9a-f]{40})$/.exec(url)?.[1] : undefined,
    });
  };
  const listed = top.get("packages");
  if (listed !== undefined) {
    for (const { key, name, value } of properties(listed)) {
      const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(key)?.[1];
      if (found !== undefined) add(found, name, value, "name");
    }
    return { ecosystem: "npm", packages };
  }
  const waiting = [top.get("dependencies")];
  for (const list of waiting)
    for (const { key, name, value } of properties(list)) {
      add(key, name, value, "version");
      waiting.push(properties(value).find((one) => one.key === "dependencies")?.value);
    }
  return root === undefined ? undefined : { ecosystem: "npm", packages };
}

/** Addresses that a package or the project itself names in place of a version. */
function addressesAskedFor(packages: Node | undefined): Set<string> {
  const out = new Set<string>();
  for (const { value } of properties(packages))
    for (const field of properties(value))
      if (/ependencies$/.test(field.key))
        for (const { value: range } of properties(field.value))
          if (/^https?:/.test(String(range.value))) out.add(String(range.value));
  return out;
}

/** `name@range` of a yarn key, with what an alias stands for. */
function descriptor(key: string): { name: string; target: string; range: string } | undefined {
  const [, name, range = ""] = /^((?:@[^/@]+\/)?[^@]+)@(.*)$/.exec(key.trim()) ?? [];
  if (name === undefined) return undefined;
  const target = /^npm:((?:@[^/@]+\/)?[a-z][^@]*)@/i.exec(range)?.[1] ?? name;
  return { name, target, range };
}

/** Yarn 1: an own format of two levels. */
function classic(text: string): LockFile {
  const packages: LockedPackage[] = [];
  let open:
    | { key: string; span: Span; fields: Map<string, { text: string; span: Span }> }
    | undefined;
  const close = (): void => {
    const asked = open === undefined ? undefined : descriptor(open.key);
    if (open === undefined || asked === undefined) return;
    const url = open.fields.get("resolved");
    const integrity = open.fields.get("integrity")?.text;
    const address = url?.text ?? "";
    // Asked for by its address: what stands after the # of a repository is its commit.
    const isAddress = /^(?:https?:|git[+:@]|github:|[\w-]+\/[\w.-]+)/.test(asked.range);
    const isGit =
      /^git[+:@]|^https:\/\/codeload\.github\.com\/|\.git#/.test(address) ||
      (isAddress && !/\.(?:tgz|tar\.gz|tar)(?:$|[?#])/.test(address));
    const fragment = /#([0-9a-f]{40})$/.exec(address)?.[1];
    packages.push({
      name: asked.name,
      alias: asked.target === asked.name ? undefined : asked.target,
      version: open.fields.get("version")?.text,
      span: open.span,
      source:
        address === "" || address.startsWith("file:")
          ? "local"
          : isGit
            ? "git"
            : isAddress
              ? "url"
              : "registry",
      urls: url === undefined ? [] : [{ text: address.replace(/#.*$/, ""), span: url.span }],
      hashes:
        url === undefined
          ? undefined
          : [integrity ?? (fragment === undefined ? "" : `sha1-${fragment}`)],
      commit: isGit ? (fragment ?? /\/tar\.gz\/([0-9a-f]{40})$/.exec(address)?.[1]) : undefined,
    });
  };
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    if (line.startsWith("#")) continue;
    const head = /^("?)([^\s"][^"]*?)\1(?:, .*)?:$/.exec(line);
    if (head !== null) {
      close();
      const key = (head[2] as string).split(/"?, "?/)[0] as string;
      const start = index + (head[1] as string).length;
      open = { key, span: { start, end: start + key.length }, fields: new Map() };
      continue;
    }
    const field = /^ {2}(\w+) ("?)(.*?)\2$/.exec(line);
    if (field === null || open === undefined) continue;
    const [, name = "", quote = "", value = ""] = field;
    const start = index + 2 + name.length + 1 + quote.length;
    open.fields.set(name, { text: value, span: { start, end: start + value.length } });
  }
  close();
  return { ecosystem: "npm", packages };
}

/** Yarn 2 and newer. */
function berry(text: string): LockFile | undefined {
  const root = yaml(text);
  if (root === undefined) return undefined;
  const packages = entries(root).flatMap(({ key, keySpan, value }): LockedPackage[] => {
    const asked = descriptor(key.split(",")[0] as string);
    const resolution = entryOf(value, "resolution")?.value;
    const found = descriptor(textOf(resolution) ?? "");
    if (asked === undefined || found === undefined || resolution === undefined) return [];
    const { range } = found;
    const isLocal =
      /^(?:workspace|portal|link|file|patch|virtual):/.test(range) || range.includes("patch:");
    const isGit = /#commit=|^git[@+:]|\.git(?:#|$)/.test(range);
    const isAddress = /^https?:/.test(range) && !isGit;
    const checksum = textOf(at(value, "checksum"));
    return [
      {
        name: asked.target,
        alias: found.name,
        version: textOf(at(value, "version")),
        span: unquoted(keySpan, text),
        source: isLocal ? "local" : isGit ? "git" : isAddress ? "url" : "registry",
        urls: isAddress || isGit ? [{ text: range, span: unquoted(resolution.span, text) }] : [],
        hashes: [checksum ?? ""],
        commit: /#commit=([0-9a-f]{40})/.exec(range)?.[1],
        optional: at(value, "conditions") !== undefined,
      },
    ];
  });
  return { ecosystem: "npm", packages };
}

function pnpm(text: string): LockFile | undefined {
  const root = yaml(text);
  if (root === undefined) return undefined;
  const packages = entries(at(root, "packages")).flatMap(
    ({ key, keySpan, value }): LockedPackage[] => {
      const resolution = at(value, "resolution");
      if (resolution === undefined) return [];
      const tarball = entryOf(resolution, "tarball")?.value;
      const repo = entryOf(resolution, "repo")?.value;
      const type = textOf(at(resolution, "type"));
      const url = tarball ?? repo;
      const name = /^\/?((?:@[^/@]+\/)?[^/@(]+)[@/]/.exec(key)?.[1] ?? key;
      const commit = textOf(at(resolution, "commit"));
      const address = textOf(url) ?? "";
      const ofGithub =
        /^https:\/\/codeload\.github\.com\/[^/]+\/[^/]+\/tar\.gz\/([0-9a-f]{40})$/.exec(
          address,
        )?.[1];
      const isLocal = type === "directory" || address.startsWith("file:");
      const isGit = repo !== undefined || ofGithub !== undefined;
      const integrity = textOf(at(resolution, "integrity"));
      return [
        {
          name,
          version: /@([^@(]+)(?:\(|$)/.exec(key.slice(1))?.[1],
          span: unquoted(keySpan, text),
          source: isLocal
            ? "local"
            : isGit
              ? "git"
              : /^https?:/.test(key.replace(/^[^@]*@/, ""))
                ? "url"
                : "registry",
          urls:
            url === undefined || isLocal ? [] : [{ text: address, span: unquoted(url.span, text) }],
          hashes: [integrity ?? ""],
          commit: commit ?? ofGithub,
        },
      ];
    },
  );
  return { ecosystem: "npm", packages };
}
function unquoted({ start, end }: Span, text: string): Span {
  return /["']/.test(text[start] ?? "") ? { start: start + 1, end: end - 1 } : { start, end };
}

/** uv.lock, poetry.lock and pdm.lock. */
function pythonToml(text: string): LockFile | undefined {
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
      },
    ];
  });
  return { ecosystem: "python", packages };
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

function pipfile(text: string): LockFile | undefined {
  const root = json(text);
  if (root === undefined) return undefined;
  const packages = properties(root)
    .filter(({ key }) => key !== "_meta")
    .flatMap(({ value }) => properties(value))
    .map(({ key, name, value }): LockedPackage => {
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
      };
    });
  return { ecosystem: "python", packages };
}
