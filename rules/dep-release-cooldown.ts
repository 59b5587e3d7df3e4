/** New releases are taken at once, before anybody has had the time to find out what is in them. */
import {
  added,
  isFrom,
  isNone,
  MANAGERS,
  type Manager,
  managerOf,
  type Setting,
  valueIn,
  versionOf,
} from "../server/rule/cooldown.ts";
import { type Hasty, hastyDependabot, hastyRenovate } from "../server/rule/cooldown-bots.ts";
import { FOR_TRYING, headerAt, jsonKey, jsonValue, strings } from "../server/rule/manifest.ts";
import {
  type Edit,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Span,
} from "../server/rule/rule.ts";

const GROUPS = ["dependencies", "devDependencies", "optionalDependencies"];

export default rule({
  id: "dep-release-cooldown",
  title: "New releases are taken on the day they appear",
  category: "supply-chain",
  severity: "info",
  cwe: [1357],
  owasp: ["A08:2021", "A03:2025"],
  generates: ({ facts }) => (facts?.kind === "unset" ? "cooldown" : undefined),
  manifest: {
    names:
      /^(?:package\.json|pyproject\.toml|\.npmrc|\.yarnrc\.yml|pnpm-workspace\.yaml|bunfig\.toml|(?:uv|poetry)\.toml|renovate\.json|\.renovaterc(?:\.json)?)$/,
    paths: /(?:^|\/)\.github\/dependabot\.ya?ml$/,
    check(file) {
      if (!file.isInWorkspace || FOR_TRYING.test(file.file)) return [];
      const name = file.file.slice(file.file.lastIndexOf("/") + 1);
      if (/^dependabot\.ya?ml$/.test(name))
        return bot(file, "Dependabot", hastyDependabot(file.text));
      if (/renovate/.test(name)) return bot(file, "Renovate", hastyRenovate(file.text));
      return [
        ...switchedOff(file, name),
        ...(name === "package.json" || name === "pyproject.toml" ? unset(file, name) : []),
      ];
    },
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what:
      facts?.kind === "off"
        ? `${String(facts.line)} lets ${String(facts.manager)} install a version that was published a minute ago.`
        : facts?.kind === "bot"
          ? `${String(facts.manager)} offers ${facts.what === "" ? "a new version" : `a new version of packages from ${String(facts.what)}`} as soon as it is published${Number(facts.more) > 0 ? `; so it is for ${Number(facts.more)} more of its entries` : ""}.`
          : `Nothing keeps ${String(facts?.manager)} from installing a version that was published a minute ago.`,
    why: "Poisoned versions of well-known packages are mostly found and taken down within hours or days: who takes them at once has them.",
    fix:
      facts?.kind === "bot"
        ? facts.manager === "Renovate"
          ? 'Write "minimumReleaseAge": "7 days". Updates that close a known hole are not held up by it if vulnerabilityAlerts is on.'
          : "Write cooldown: with default-days: 7. Security updates do not wait for it."
        : `Write ${String(facts?.line)} into ${String(facts?.file)}, a week; ${String(facts?.manager)} knows it from version ${String(facts?.since)} on.`,
  }),
});

function bot(file: ManifestFile, manager: string, all: readonly Hasty[]): readonly Match[] {
  const [first] = all;
  if (first === undefined) return [];
  return [
    {
      item: `${file.file}#`,
      span: first.span,
      facts: { kind: "bot", manager, what: first.what, more: all.length - 1 },
    },
  ];
}

/** A setting that says: no time at all. */
function switchedOff(file: ManifestFile, name: string): readonly Match[] {
  return MANAGERS.flatMap((manager) =>
    manager.settings.flatMap((one): readonly Match[] => {
      if (one.file !== name || one.key === "before") return [];
      const value = valueIn(file.text, one);
      if (value === undefined || !isNone(value.text)) return [];
      return [
        {
          item: `${file.file}#`,
          span: value.span,
          severity: "low",
          facts: {
            ...facts("off", manager, one),
            line: file.text.slice(lineStart(file.text, value.span.start), value.span.end).trim(),
            week: one.week,
          },
        },
      ];
    }),
  );
}
function lineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1;
}

/** The manifest beside a lock file, where no setting says anything. */
function unset(file: ManifestFile, name: string): readonly Match[] {
  const manager = managerOf(file);
  if (manager === undefined) return [];
  const version = versionOf(manager, file);
  if (version !== undefined && manager.builtIn !== undefined && isFrom(version, manager.builtIn))
    return [];
  if (manager.settings.some((one) => isSet(one, file, name))) return [];
  const span = name === "package.json" ? placeInPackage(file.text) : placeInProject(file.text);
  const [one] = settingsFor(manager, file);
  if (span === undefined || one === undefined) return [];
  const isOld = version !== undefined && !isFrom(version, manager.since);
  return [
    {
      item: `${file.file}#`,
      span,
      // Most projects have none: that is for who asks for everything.
      confidence: "low",
      facts: { ...facts("unset", manager, one), ...(isOld ? { version } : {}) },
    },
  ];
}
function isSet(one: Setting, file: ManifestFile, name: string): boolean {
  const text = one.file === name ? file.text : file.textAbove(one.file);
  // One that is there and is not read yet may say so.
  if (text === undefined) return one.file !== name && file.above(one.file) !== undefined;
  return valueIn(text, one) !== undefined;
}
/** uv does not look into pyproject.toml where there is a file of its own. */
function settingsFor({ settings }: Manager, file: ManifestFile): readonly Setting[] {
  return file.has("uv.toml") ? [...settings].reverse() : settings;
}
function facts(kind: string, manager: Manager, one: Setting): NonNullable<Match["facts"]> {
  const line = `${one.key}${{ ini: "=", yaml: ": ", toml: " = " }[one.form]}${one.week}`;
  return { kind, manager: manager.name, file: one.file, line, since: manager.since };
}
function placeInPackage(text: string): Span | undefined {
  const group = GROUPS.find((key) => strings(text, [key]).length > 0);
  const keys = ["packageManager", ...(group === undefined ? [] : [group]), "workspaces"];
  const key = keys.find((one) => jsonValue(text, [one]) !== undefined);
  return key === undefined ? undefined : jsonKey(text, [key]);
}
function placeInProject(text: string): Span | undefined {
  for (const name of ["project", "tool.poetry", "tool.uv"]) {
    const start = headerAt(text, name);
    const head = /^[ \t]*\[[^\]\r\n]*\]/.exec(text.slice(start))?.[0];
    if (head?.replace(/[\s[\]]/g, "") === name) return { start, end: start + head.length };
  }
  return undefined;
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const edits = (title: string, at: string, all: readonly Edit[]): Fix => ({
    title,
    grade: "suggested",
    edits: [{ file: at, edits: all }],
  });
  if (facts?.kind === "off")
    return edits("Wait a week before a new release is taken", file.file, [
      { ...span, newText: String(facts.week) },
    ]);
  if (facts?.kind === "bot") {
    const all =
      facts.manager === "Renovate" ? hastyRenovate(file.text) : hastyDependabot(file.text);
    const found = all.flatMap(({ edit }) => edit ?? []);
    if (found.length === all.length)
      return edits("Wait a week before an update is offered", file.file, found);
    return manual("Write it by hand: this file is not in a form that an edit can be sure of.");
  }
  const manager = MANAGERS.find(({ name }) => name === facts?.manager);
  const one = manager?.settings.find((each) => each.file === facts?.file);
  if (one === undefined) return manual("Write the setting by hand.");
  if (facts?.version !== undefined)
    return manual(
      `This project uses ${String(facts.manager)} ${String(facts.version)}, which does not know the setting: take a version from ${String(facts.since)} on first.`,
    );
  const isHere = file.file.endsWith(`/${one.file}`) || file.file === one.file;
  const text = isHere ? file.text : file.sibling(one.file);
  const edit = text === undefined ? undefined : added(text, one);
  const folder = file.file.slice(0, file.file.lastIndexOf("/") + 1);
  if (edit !== undefined)
    return edits("Wait a week before a new release is taken", `${folder}${one.file}`, [edit]);
  return manual(
    text === undefined
      ? `There is no ${one.file} beside this file yet: make one with ${String(facts?.line)}${one.table === "" ? "" : ` in [${one.table}]`}.`
      : `Write ${String(facts?.line)}${one.table === "" ? "" : ` in [${one.table}]`} into ${one.file} by hand.`,
  );
}
function manual(reason: string): Fix {
  return { title: "Wait a week before a new release is taken", grade: "manual", edits: [], reason };
}
