/** What is to be reported, as options of the command line and as the engine's settings. */
import { Option } from "commander";
import { nearNames } from "../base/near.ts";
import type { Confidence, Engine, Level, Settings, Severity } from "../engine/api.ts";
import { DEFAULT_SETTINGS } from "../engine/api.ts";
import { visible } from "./escape.ts";
import { UsageError } from "./io.ts";

const LEVELS: readonly ("off" | Level)[] = ["off", "hint", "information", "warning", "error"];

export interface Reported {
  readonly profile?: Settings["profile"];
  readonly minimumSeverity?: Severity;
  readonly minimumConfidence?: Confidence;
  /** "RULE=LEVEL". */
  readonly level?: readonly string[];
}

export function profileOption(): Option {
  return new Option("--profile <name>", "strict also reports low confidence")
    .choices(["default", "strict"])
    .default("default");
}
export function thresholdOptions(): readonly Option[] {
  return [
    profileOption(),
    new Option("--minimum-severity <severity>", "leave out what is less severe")
      .choices(["info", "low", "medium", "high", "critical"])
      .default(DEFAULT_SETTINGS.minimumSeverity),
    new Option(
      "--minimum-confidence <confidence>",
      "leave out what is less certain (default: medium; low with the profile strict)",
    ).choices(["low", "medium", "high"]),
    new Option(
      "--level <rule=level>",
      "report a rule at another level: error, warning, information, hint or off; may be repeated",
    )
      .default([], "none")
      .argParser((value: string, before: unknown) => [
        ...(Array.isArray(before) ? before : []),
        value,
      ]),
  ];
}

/** Throws UsageError for a rule or a level that does not exist. Of `rules`, if there are any, only these report. */
export function configure(engine: Engine, rules: readonly string[], options: Reported = {}): void {
  const { profile = "default" } = options;
  const known = engine.rules().map((rule) => rule.id);
  for (const id of rules) mustBeRule(id, known);
  const levels = (options.level ?? []).map((text) => levelOf(text, known));
  engine.configure({
    profile,
    minimumSeverity: options.minimumSeverity ?? DEFAULT_SETTINGS.minimumSeverity,
    minimumConfidence:
      options.minimumConfidence ??
      (profile === "strict" ? "low" : DEFAULT_SETTINGS.minimumConfidence),
    rules: Object.fromEntries(levels),
    ...(rules.length === 0 ? {} : { only: rules }),
  });
}

function levelOf(text: string, known: readonly string[]): readonly [string, "off" | Level] {
  const at = text.indexOf("=");
  if (at < 0) throw new UsageError(`--level takes RULE=LEVEL, not ${visible(text)}`);
  const id = text.slice(0, at).trim();
  const word = text.slice(at + 1).trim();
  const level = LEVELS.find((one) => one === (word === "info" ? "information" : word));
  mustBeRule(id, known);
  if (level === undefined)
    throw new UsageError(`there is no level ${visible(word)}: ${LEVELS.join(", ")}`);
  return [id, level];
}

function mustBeRule(id: string, known: readonly string[]): void {
  if (!known.includes(id)) throw new UsageError(noSuchRule(id, known));
}

export function noSuchRule(id: string, known: readonly string[]): string {
  const near = nearNames(id, known);
  const hint = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  return `there is no rule ${visible(id)}${hint} (list them with: skeptic rules)`;
}
