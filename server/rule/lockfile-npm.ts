/** package-lock.json in its three versions, yarn.lock in its two forms, pnpm-lock.yaml. */
import type { Node } from "jsonc-parser";
import {
  inside,
  json,
  type LockedManifest,
  type LockedPackage,
  type LockFile,
  properties,
} from "./locked.ts";
import type { Span } from "./rule.ts";
import { at, entries, entryOf, textOf, type YamlNode, yaml } from "./yaml.ts";

export function npm(text: string): LockFile | undefined {
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
      development: value("dev") === true,
      // The first version of the form does not say it.
      ...(named === "name" ? { installs: value("hasInstallScript") === true } : {}),
    });
  };
  const listed = top.get("packages");
  if (listed !== undefined) {
    for (const { key, name, value } of properties(listed)) {
      const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(key)?.[1];
      if (found !== undefined) add(found, name, value, "name");
    }
    return { ecosystem: "npm", packages, manifests: npmManifests(listed) };
  }
  const waiting = [top.get("dependencies")];
  for (const list of waiting)
    for (const { key, name, value } of properties(list)) {
      add(key, name, value, "version");
      waiting.push(properties(value).find((one) => one.key === "dependencies")?.value);
    }
  return root === undefined ? undefined : { ecosystem: "npm", packages };
}

const GROUPS = ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"];
function npmManifests(packages: Node): readonly LockedManifest[] {
  return properties(packages).flatMap(({ key, value }): readonly LockedManifest[] => {
    if (/(?:^|\/)node_modules\//.test(key)) return [];
    const fields = new Map(properties(value).map((one) => [one.key, one.value]));
    const asks = GROUPS.flatMap((group) => properties(fields.get(group))).map(
      (one): [string, string] => [one.key, String(one.value.value)],
    );
    return [{ folder: key, asks: new Map(asks) }];
  });
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
export function classic(text: string): LockFile {
  const packages: LockedPackage[] = [];
  let open:
    | {
        key: string;
        span: Span;
        fields: Map<string, { text: string; span: Span }>;
        asked: readonly string[];
        asks: string[];
      }
    | undefined;
  let list = "";
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
      asked: open.asked,
      asks: open.asks,
    });
  };
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    if (line.startsWith("#")) continue;
    const head = /^("?)([^\s"][^"]*?)\1(?:, .*)?:$/.exec(line);
    if (head !== null) {
      close();
      const asked = line.slice(0, -1).replaceAll('"', "").split(", ");
      const [key = ""] = asked;
      const start = index + (head[1] as string).length;
      open = { key, span: { start, end: start + key.length }, fields: new Map(), asked, asks: [] };
      list = "";
      continue;
    }
    list = /^ {2}(\w+):$/.exec(line)?.[1] ?? (line.startsWith("    ") ? list : "");
    const need = /^ {4}"?([^"\s]+)"? "?([^"]+)"?$/.exec(line);
    if (need !== null && /^(?:optionalD|d)ependencies$/.test(list))
      open?.asks.push(`${need[1]}@${need[2]}`);
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
export function berry(text: string): LockFile | undefined {
  const root = yaml(text);
  if (root === undefined) return undefined;
  const packages = entries(root).flatMap(({ key, keySpan, value }): LockedPackage[] => {
    const asked = descriptor(key.split(",")[0] as string);
    const resolution = entryOf(value, "resolution")?.value;
    const found = descriptor(textOf(resolution) ?? "");
    if (asked === undefined || found === undefined || resolution === undefined) return [];
    const { range } = found;
    const archive = archiveOf(resolution, range, text);
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
        urls:
          isAddress || isGit ? [{ text: range, span: unquoted(resolution.span, text) }] : archive,
        hashes: [checksum ?? ""],
        commit: /#(?:[^#]*&)?commit=([0-9a-f]{40})/.exec(range)?.[1],
        optional: at(value, "conditions") !== undefined,
      },
    ];
  });
  const manifests = entries(root).flatMap(({ value }): readonly LockedManifest[] => {
    const folder = /@workspace:(.+)$/.exec(textOf(at(value, "resolution")) ?? "")?.[1];
    if (folder === undefined) return [];
    const asks = ["peerDependencies", "dependencies"]
      .flatMap((group) => entries(at(value, group)))
      .map((one): [string, string] => [
        one.key,
        (textOf(one.value) ?? "").replace(/^npm:(?!(?:@[^/]+\/)?[a-z][^@]*@)/i, ""),
      ]);
    return [{ folder: folder === "." ? "" : folder, asks: new Map(asks) }];
  });
  return { ecosystem: "npm", packages, manifests };
}

/** Where a registry keeps its files at addresses of its own: `pkg@npm:1.0.0::__archiveUrl=https%3A%2F%2F...`. */
function archiveOf(resolution: YamlNode, range: string, text: string): LockedPackage["urls"] {
  const written = /[:&]__archiveUrl=([^&]+)/.exec(range)?.[1];
  if (written === undefined) return [];
  const span = unquoted(resolution.span, text);
  const start = text.indexOf(written, span.start);
  try {
    const address = decodeURIComponent(written);
    return [{ text: address, span: start < 0 ? span : { start, end: start + written.length } }];
  } catch {
    return [];
  }
}

export function pnpm(text: string): LockFile | undefined {
  const root = yaml(text);
  if (root === undefined) return undefined;
  // Since version 9 the form does not say it.
  const saysScripts = Number.parseFloat(textOf(at(root, "lockfileVersion")) ?? "") < 9;
  const packages = entries(at(root, "packages")).flatMap(
    ({ key, keySpan, value }): LockedPackage[] => {
      const resolution = at(value, "resolution");
      if (resolution === undefined) return [];
      const tarball = entryOf(resolution, "tarball")?.value;
      const repo = entryOf(resolution, "repo")?.value;
      const type = textOf(at(resolution, "type"));
      const url = tarball ?? repo;
      const name =
        textOf(at(value, "name")) ?? /^\/?((?:@[^/@]+\/)?[^/@(]+)[@/]/.exec(key)?.[1] ?? key;
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
          development: textOf(at(value, "dev")) === "true",
          ...(saysScripts ? { installs: textOf(at(value, "requiresBuild")) === "true" } : {}),
        },
      ];
    },
  );
  const importers = at(root, "importers");
  const isOfOne = ["specifiers", ...GROUPS].some((key) => at(root, key) !== undefined);
  const manifests =
    importers === undefined
      ? isOfOne
        ? [{ folder: "", asks: pnpmAsks(root, root) }]
        : []
      : entries(importers).map(({ key, value }) => ({
          folder: key === "." ? "" : key,
          asks: pnpmAsks(value, root),
        }));
  return { ecosystem: "npm", packages, manifests };
}
/** Ranges of one manifest: in a list of their own until version 5, since then beside the versions. */
function pnpmAsks(
  manifest: YamlNode | undefined,
  root: YamlNode,
): ReadonlyMap<string, string | undefined> {
  const replaced = entries(at(root, "overrides")).map(({ key }) =>
    key.replace(/^.*>/, "").replace(/(?<=.)@.*$/, ""),
  );
  // A program of the project's own may have changed any of them.
  const isChanged = ["pnpmfileChecksum", "packageExtensionsChecksum"].some(
    (key) => at(root, key) !== undefined,
  );
  const told = (name: string, text: string | undefined): string | undefined =>
    isChanged || replaced.includes(name) ? undefined : text;
  const listed = entries(at(manifest, "specifiers"));
  const beside = GROUPS.flatMap((group) => entries(at(manifest, group)));
  return new Map([
    ...beside.map(({ key, value }): [string, string | undefined] => [
      key,
      told(key, textOf(at(value, "specifier"))),
    ]),
    ...listed.map(({ key, value }): [string, string | undefined] => [
      key,
      told(key, textOf(value)),
    ]),
  ]);
}
function unquoted({ start, end }: Span, text: string): Span {
  return /["']/.test(text[start] ?? "") ? { start: start + 1, end: end - 1 } : { start, end };
}
