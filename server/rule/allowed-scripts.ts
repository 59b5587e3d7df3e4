/** Where a project lets the packages it installs run scripts of their own: all of them, or those of a list. */
import type { Node } from "jsonc-parser";
import { iniValues } from "./lines.ts";
import { inside, json, properties } from "./locked.ts";
import type { Span } from "./rule.ts";
import { entries, entryOf, items, type YamlNode, yaml } from "./yaml.ts";

export interface Allowed {
  /** Of one package: its name; undefined for all. */
  readonly name: string | undefined;
  /** As written, for people: "dangerouslyAllowAllBuilds: true". */
  readonly setting: string;
  /** The setting or the entry of the list. */
  readonly span: Span;
  /** That of the value, and what to write there for none; undefined where that takes more. */
  readonly off?: { readonly span: Span; readonly newText: string };
  /** It is what older versions of the package manager do anyway. */
  readonly isUsual?: boolean;
}

export const ALLOWING = /^(?:package\.json|pnpm-workspace\.yaml|\.npmrc|\.yarnrc\.yml)$/;

export function allowedScripts(base: string, text: string): readonly Allowed[] {
  switch (base) {
    case "package.json":
      return ofPackage(text);
    case ".npmrc":
      return ofNpmrc(text);
    case ".yarnrc.yml":
      return all(yaml(text), "enableScripts", true);
    default:
      return ofPnpm(yaml(text));
  }
}

/** https://docs.npmjs.com/cli/v12/using-npm/config#ignore-scripts, https://pnpm.io/settings/build */
function ofNpmrc(text: string): readonly Allowed[] {
  return iniValues(text).flatMap(({ name, value, span, whole }): readonly Allowed[] => {
    const setting = `${name}=${value}`;
    if (/^dangerously-allow-all-(?:builds|scripts)$/.test(name) && value === "true")
      return [{ name: undefined, setting, span: whole, off: { span, newText: "false" } }];
    return name === "ignore-scripts" && value === "false"
      ? [{ name: undefined, setting, span: whole, off: { span, newText: "true" }, isUsual: true }]
      : [];
  });
}

/** https://pnpm.io/settings/build: lists before version 10.26, since then a map. */
function ofPnpm(root: YamlNode | undefined): readonly Allowed[] {
  const never = entryOf(root, "neverBuiltDependencies");
  const listed = items(entryOf(root, "onlyBuiltDependencies")?.value).flatMap((one) =>
    one.kind === "text" ? named(one.value, "onlyBuiltDependencies", one.span) : [],
  );
  const mapped = entries(entryOf(root, "allowBuilds")?.value).flatMap(({ key, keySpan, value }) =>
    isTrue(value) ? named(key, "allowBuilds", keySpan) : [],
  );
  const none =
    never?.value?.kind === "list" && never.value.items.length === 0
      ? [
          {
            name: undefined,
            setting: "neverBuiltDependencies: []",
            span: { start: never.keySpan.start, end: never.value.span.end },
          },
        ]
      : [];
  return [...all(root, "dangerouslyAllowAllBuilds"), ...none, ...listed, ...mapped];
}
function all(root: YamlNode | undefined, key: string, isUsual = false): readonly Allowed[] {
  const found = entryOf(root, key);
  if (found?.value === undefined || !isTrue(found.value)) return [];
  const { span } = found.value;
  return [
    {
      name: undefined,
      setting: `${key}: true`,
      span: { start: found.keySpan.start, end: span.end },
      off: { span, newText: "false" },
      isUsual,
    },
  ];
}
function isTrue(value: YamlNode | undefined): boolean {
  return value?.kind === "text" && value.style === "plain" && value.value === "true";
}

/** Bun's https://bun.com/docs/pm/lifecycle, npm's https://docs.npmjs.com/cli/v12/commands/npm-approve-scripts, and pnpm's before version 11. */
function ofPackage(text: string): readonly Allowed[] {
  const root = json(text);
  const field = (of: Node | undefined, key: string): Node | undefined =>
    properties(of).find((one) => one.key === key)?.value;
  const pnpm = field(root, "pnpm");
  const lists = [
    ["trustedDependencies", field(root, "trustedDependencies")],
    ["onlyBuiltDependencies", field(pnpm, "onlyBuiltDependencies")],
  ] as const;
  const maps = [
    ["allowScripts", field(root, "allowScripts")],
    ["allowBuilds", field(pnpm, "allowBuilds")],
  ] as const;
  const never = field(pnpm, "neverBuiltDependencies");
  return [
    ...(never?.type === "array" && never.children?.length === 0
      ? [{ name: undefined, setting: '"neverBuiltDependencies": []', span: around(never.parent) }]
      : []),
    ...lists.flatMap(([setting, list]) =>
      (list?.type === "array" ? (list.children ?? []) : []).flatMap((one) =>
        one.type === "string" ? named(String(one.value), setting, inside(one)) : [],
      ),
    ),
    ...maps.flatMap(([setting, map]) =>
      properties(map).flatMap(({ key, name, value }) =>
        value.value === true ? named(key, setting, inside(name)) : [],
      ),
    ),
  ];
}
function around(node: Node | undefined): Span {
  return { start: node?.offset ?? 0, end: (node?.offset ?? 0) + (node?.length ?? 0) };
}

/** "nx@21.6.4 || 21.6.5" is of nx; "*" of all; "@scope/*" of what its owner publishes, which is no single name. */
function named(written: string, setting: string, span: Span): readonly Allowed[] {
  if (written === "*" || written === "**")
    return [{ name: undefined, setting: `${setting}: "${written}"`, span }];
  const name = /^(?:@[^/@]+\/)?[^@/]+(?=@|$)/.exec(written)?.[0];
  return name === undefined || /[*!]/.test(name) ? [] : [{ name, setting, span }];
}
