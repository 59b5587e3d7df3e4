/** Programs that open pull requests for new releases: which of their settings let them wait. */
import { isNone } from "./cooldown.ts";
import { json, properties } from "./locked.ts";
import { jsonKey, jsonValue, manifestFault } from "./manifest.ts";
import type { Edit, Span } from "./rule.ts";
import { at, entries, entryOf, items, scalars, textOf, yaml } from "./yaml.ts";

export interface Hasty {
  readonly span: Span;
  /** What is updated: "npm", or "" for everything. */
  readonly what: string;
  /** Undefined where the text is not one that can be added to. */
  readonly edit: Edit | undefined;
}

/** https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference#cooldown- */
const ECOSYSTEMS = /^(?:npm|bun|pip|uv)$/;
const WAITING = ["default-days", "semver-patch-days"];

/** Entries of dependabot.yml for packages of npm and PyPI that are updated on the day of the release. */
export function hastyDependabot(text: string): readonly Hasty[] {
  return items(at(yaml(text), "updates")).flatMap((entry): readonly Hasty[] => {
    const ecosystem = entryOf(entry, "package-ecosystem");
    const what = textOf(ecosystem?.value) ?? "";
    if (ecosystem?.value === undefined || !ECOSYSTEMS.test(what)) return [];
    // Only security updates, which never wait.
    if (textOf(at(entry, "open-pull-requests-limit")) === "0") return [];
    const cooldown = entryOf(entry, "cooldown");
    const days = WAITING.map((key) => textOf(at(cooldown?.value, key)) ?? "");
    if (days.some((one) => !isNone(one))) return [];
    const span = cooldown?.keySpan ?? ecosystem.value.span;
    return [{ span, what, edit: cooldown === undefined ? cooldownEdit(text, entry) : undefined }];
  });
}
/** Below the schedule, which every entry has. */
function cooldownEdit(text: string, entry: Parameters<typeof entryOf>[0]): Edit | undefined {
  const schedule = entryOf(entry, "schedule");
  const last = scalars(schedule?.value).at(-1);
  if (entry?.kind !== "map" || entry.flow || schedule === undefined || last === undefined)
    return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const [first] = entries(entry);
  const start = first?.keySpan.start ?? 0;
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const rest = text.slice(last.span.end).search(/[\r\n]|$/);
  const end = last.span.end + rest;
  const added = `${newline}${indent}cooldown:${newline}${indent}  default-days: 7`;
  return { start: end, end, newText: added };
}

/** Presets of Renovate that say nothing of the age of a release; of others it is not known. */
const SILENT =
  /^(?:config:(?:recommended|base|js-app|js-lib|semverAllMonthly|semverAllWeekly)$|(?:schedule|group|helpers|docker|workarounds|replacements|monorepo|mergeConfidence|customManagers|abandonments|default)?:\w)/;

/** A configuration of Renovate, as JSON, by which new releases come in at once. https://docs.renovatebot.com/configuration-options/#minimumreleaseage */
export function hastyRenovate(text: string): readonly Hasty[] {
  if (manifestFault("renovate.json", text) !== undefined) return [];
  const root = Object(jsonValue(text, [])) as Readonly<Record<string, unknown>>;
  if (Object.keys(root).length === 0 || root.enabled === false) return [];
  const presets: readonly unknown[] = [root.extends ?? []].flat();
  if (!presets.every((one) => typeof one === "string" && SILENT.test(one))) return [];
  const own = ["minimumReleaseAge", "stabilityDays"].find((key) => root[key] !== undefined);
  if (own !== undefined) {
    const span = jsonKey(text, [own]);
    return isNone(String(root[own])) && span !== undefined
      ? [{ span, what: "", edit: undefined }]
      : [];
  }
  if (/"(?:minimumReleaseAge|stabilityDays)"/.test(text)) return [];
  const key = ["extends", ...Object.keys(root)].find((one) => root[one] !== undefined);
  const span = key === undefined ? undefined : jsonKey(text, [key]);
  return span === undefined ? [] : [{ span, what: "", edit: renovateEdit(text) }];
}
/** Behind the presets, or behind all else; on a line of its own where that is on one. */
function renovateEdit(text: string): Edit | undefined {
  const all = properties(json(text));
  const before = all.find(({ key }) => key === "extends") ?? all.at(-1);
  if (before === undefined) return undefined;
  const end = before.value.offset + before.value.length;
  const line = /[\r\n]+([ \t]*)$/.exec(text.slice(0, before.name.offset));
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = line === null ? " " : `${newline}${line[1]}`;
  return { start: end, end, newText: `,${gap}"minimumReleaseAge": "7 days"` };
}
