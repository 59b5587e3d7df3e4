/**
 * Rules and models of a project's own: `.skeptic/rules/NAME.yml` or `.json`, read as data and checked against the published
 * schema. A file with a fault gives nothing of the part at fault, and says where it is.
 */
import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { LineCounter, parseDocument } from "yaml";
import type { Model, Rule } from "../rule/rule.ts";
import type { Place, Rows, RuleData } from "./format.ts";
import { modelsOf } from "./models.ts";
import schema from "./own-rules.schema.json";
import { ownRule } from "./rules.ts";

/** Fault of a file, with its line from 1. */
export interface Fault {
  readonly line: number;
  readonly message: string;
}

export interface Own {
  readonly models: readonly Model[];
  readonly rules: readonly Rule[];
  /** Page text by rule id. */
  readonly pages: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
  /** Rows that make findings go away. */
  readonly silencing: number;
}

/** Larger files are not read. */
const MAX_SIZE = 200_000;
const EMPTY: Own = { models: [], rules: [], pages: {}, faults: [], silencing: 0 };
const validator = new Validator(schema as object, "7", false);

/**
 * `folder` is the one that holds `.skeptic`, "" or without a slash at its end. With `onlyAdds`, what makes findings go away is
 * left out, and said. `isTaken` answers for ids of rules that are there already.
 */
export function readOwn(
  text: string,
  folder: string,
  onlyAdds: boolean,
  isTaken: (id: string) => boolean,
): Own {
  if (text.length > MAX_SIZE)
    return { ...EMPTY, faults: [{ line: 1, message: "too large: at most 200 kB" }] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [broken] = document.errors;
  if (broken !== undefined)
    return {
      ...EMPTY,
      faults: [
        { line: lines.linePos(broken.pos[0]).line, message: `not valid: ${broken.message}` },
      ],
    };
  let data: unknown;
  try {
    // Aliases of aliases would make a gigabyte of a few lines.
    data = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return { ...EMPTY, faults: [{ line: 1, message: `not valid: ${messageOf(error)}` }] };
  }
  if (data === null || data === undefined) return EMPTY;
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let i = path.length; i >= 0; i--) {
      const node = document.getIn(path.slice(0, i), true) as { range?: [number] } | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const faults: Fault[] = [];
  const bad = new Set<string>();
  for (const { path, message } of worst(validator.validate(data).errors)) {
    bad.add(path.slice(0, 2).join("/"));
    faults.push({ line: lineOf(path), message: `${nameOf(path)}: ${message}` });
  }
  if (bad.has("")) return { ...EMPTY, faults };
  const rows = <T>(name: string): T[] => {
    const list = (data as Record<string, unknown>)[name];
    return bad.has(name) || !Array.isArray(list)
      ? []
      : (list as T[]).filter((_, i) => !bad.has(`${name}/${i}`));
  };
  const rules = (data as { rules?: readonly RuleData[] }).rules ?? [];
  const made: RuleData[] = [];
  for (const one of rows<RuleData>("rules")) {
    if (isTaken(one.id) || made.some(({ id }) => id === one.id))
      faults.push({
        line: lineOf(["rules", rules.indexOf(one), "id"]),
        message: `rules: there is a rule "${one.id}" already`,
      });
    else made.push(one);
  }
  const sanitizers = rows<Rows["sanitizers"][number]>("sanitizers");
  const guards = rows<Rows["guards"][number]>("guards");
  const silencing = sanitizers.length + guards.length;
  const all: Rows = {
    sources: rows("sources"),
    sinks: rows("sinks"),
    propagators: rows("propagators"),
    sanitizers: onlyAdds ? [] : sanitizers,
    guards: onlyAdds ? [] : guards,
  };
  const place: Place = { folder };
  return {
    models: modelsOf(all, made, place),
    rules: made.map(ownRule),
    pages: Object.fromEntries(made.map((one) => [one.id, pageOf(one)])),
    faults,
    silencing: onlyAdds ? 0 : silencing,
  };
}

function pageOf({ id, title, message: { what, why, fix } }: RuleData): string {
  return `# ${id}\n\n${title}. A rule of this project.\n\n${what} ${why}\n\n${fix}\n`;
}

type Path = readonly (string | number)[];

/** Errors of what holds an error only say that something inside is wrong. */
function worst(
  errors: readonly OutputUnit[],
): readonly { readonly path: Path; readonly message: string }[] {
  const all = errors.map((unit) => ({ path: pathOf(unit), unit }));
  const key = (path: Path): string => path.map((step) => `${step}/`).join("");
  const seen = new Set<string>();
  return all.flatMap(({ path, unit }) => {
    const place = key(path);
    if (seen.has(place)) return [];
    if (all.some((other) => other.path.length > path.length && key(other.path).startsWith(place)))
      return [];
    seen.add(place);
    const here = all.filter((other) => key(other.path) === place).map((other) => other.unit);
    const told =
      here.find(({ keyword }) => keyword === "oneOf") ??
      here.find(({ keyword }) => keyword !== "$ref") ??
      unit;
    return [{ path, message: words(told) }];
  });
}

function pathOf({ instanceLocation }: OutputUnit): Path {
  return instanceLocation
    .slice(1)
    .split("/")
    .filter((step) => step !== "")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : unescapePointer(step)));
}

function words({ keyword, error }: OutputUnit): string {
  const list = /\[(.*)\]/s.exec(error)?.[1];
  switch (keyword) {
    case "enum":
      return list === undefined ? error : `must be one of ${list.replaceAll(",", ", ")}`;
    case "pattern":
      return "is not written as it must be";
    case "oneOf":
      return "must have exactly one of the forms that the documentation gives";
    case "false":
      return "is no known key";
    default:
      return error.replace(/^Instance /, "").replace(/\.$/, "");
  }
}

function unescapePointer(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}
function nameOf(path: readonly (string | number)[]): string {
  return path.length === 0
    ? "the file"
    : path.map((step) => (typeof step === "number" ? String(step + 1) : step)).join(" ");
}
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
