/** The settings of one folder, read from whatever a client sends; what is wrong falls back to the default and is said once. */
import {
  type Confidence,
  DEFAULT_SETTINGS,
  type Level,
  type Settings,
  type Severity,
} from "../engine/api.ts";

export interface FolderSettings {
  readonly enable: boolean;
  /** Globs relative to the folder. */
  readonly exclude: readonly string[];
  readonly reportClosedFiles: boolean;
  /** Saving a document, and a request for all fix-alls of every tool, applies its safe fixes. */
  readonly fixOnSave: boolean;
  /** What the folder's baseline knows is not shown. */
  readonly newFindingsOnly: boolean;
  readonly engine: Settings;
}

export const DEFAULT_FOLDER_SETTINGS: FolderSettings = {
  enable: true,
  exclude: [],
  reportClosedFiles: false,
  fixOnSave: false,
  newFindingsOnly: true,
  engine: DEFAULT_SETTINGS,
};

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];
const CONFIDENCES: readonly Confidence[] = ["high", "medium", "low"];
const LEVELS: readonly ("off" | Level)[] = ["off", "error", "warning", "information", "hint"];

/** Reads the value of the section `skeptic`. */
export function readSettings(raw: unknown, problem: (message: string) => void): FolderSettings {
  if (raw === undefined || raw === null) return DEFAULT_FOLDER_SETTINGS;
  if (typeof raw !== "object" || Array.isArray(raw)) {
    problem("the settings of skeptic are not an object; the defaults are used");
    return DEFAULT_FOLDER_SETTINGS;
  }
  const values = raw as Readonly<Record<string, unknown>>;
  const oneOf = <T extends string>(key: string, allowed: readonly T[], fallback: T): T => {
    const value = values[key];
    if (value === undefined || value === null) return fallback;
    if (allowed.includes(value as T)) return value as T;
    problem(`skeptic.${key} must be one of ${allowed.join(", ")}; ${fallback} is used`);
    return fallback;
  };
  const flag = (key: string, fallback: boolean): boolean => {
    const value = values[key];
    if (value === undefined || value === null) return fallback;
    if (typeof value === "boolean") return value;
    problem(`skeptic.${key} must be true or false; ${fallback} is used`);
    return fallback;
  };
  return {
    enable: flag("enable", true),
    exclude: globs(values.exclude, problem),
    reportClosedFiles: flag("reportClosedFiles", false),
    fixOnSave: flag("fixOnSave", false),
    newFindingsOnly: flag("newFindingsOnly", true),
    engine: {
      profile: oneOf("profile", ["default", "strict"], DEFAULT_SETTINGS.profile),
      rules: ruleLevels(values.rules, problem),
      minimumSeverity: oneOf("minimumSeverity", SEVERITIES, DEFAULT_SETTINGS.minimumSeverity),
      minimumConfidence: oneOf(
        "minimumConfidence",
        CONFIDENCES,
        DEFAULT_SETTINGS.minimumConfidence,
      ),
    },
  };
}

function globs(value: unknown, problem: (message: string) => void): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problem("skeptic.exclude must be a list of glob patterns; it is left out");
    return [];
  }
  const texts = value.filter((one): one is string => typeof one === "string" && one.trim() !== "");
  if (texts.length < value.length)
    problem("skeptic.exclude has entries that are not text; they are left out");
  return texts;
}

function ruleLevels(
  value: unknown,
  problem: (message: string) => void,
): Readonly<Record<string, "off" | Level>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    problem("skeptic.rules must be an object of rule ids and levels; it is left out");
    return {};
  }
  const levels: [string, "off" | Level][] = [];
  for (const [rule, level] of Object.entries(value)) {
    if (LEVELS.includes(level as Level)) levels.push([rule, level as "off" | Level]);
    else
      problem(
        `skeptic.rules: the level of ${JSON.stringify(rule)} must be one of ${LEVELS.join(", ")}; it is left out`,
      );
  }
  return Object.fromEntries(levels);
}
