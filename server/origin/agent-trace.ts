/**
 * Files of Agent Trace 0.1 (https://github.com/cursor/agent-trace): a record a line, which names ranges of lines at a revision
 * and who contributed them.
 */
import type { AttributedLines } from "./git-ai.ts";

/** Where its reference implementation writes, from the root of the repository. */
export const TRACES = ".agent-trace/traces.jsonl";

/** By revision, then by path from the repository's root. Records without a git revision are left out: their lines mean nothing later. */
export type Traces = ReadonlyMap<string, ReadonlyMap<string, readonly AttributedLines[]>>;

/** What is no record is left out. */
export function readTraces(text: string): Traces {
  const out = new Map<string, Map<string, AttributedLines[]>>();
  for (const record of recordsIn(text)) {
    const revision =
      isObject(record.vcs) && record.vcs.type === "git" ? record.vcs.revision : undefined;
    if (typeof revision !== "string") continue;
    const files = out.get(revision) ?? new Map<string, AttributedLines[]>();
    out.set(revision, files);
    const tool =
      isObject(record.tool) && typeof record.tool.name === "string" ? record.tool.name : undefined;
    for (const file of objects(record.files)) {
      if (typeof file.path !== "string") continue;
      const lines = objects(file.conversations).flatMap((one) => linesOf(one, tool));
      files.set(file.path, [...(files.get(file.path) ?? []), ...lines]);
    }
  }
  return out;
}

type Fields = Readonly<Record<string, unknown>>;

function linesOf(conversation: Fields, tool: string | undefined): AttributedLines[] {
  return objects(conversation.ranges).flatMap((range) => {
    const { start_line: first, end_line: last } = range;
    const by = isObject(range.contributor) ? range.contributor : conversation.contributor;
    const origin = isObject(by) ? by.type : undefined;
    if (!isLine(first) || !isLine(last)) return [];
    if (origin !== "ai" && origin !== "human" && origin !== "mixed") return [];
    return [{ first, last, origin, ...(tool === undefined || origin === "human" ? {} : { tool }) }];
  });
}

/** One record, a list of them, or one a line. */
function recordsIn(text: string): readonly Fields[] {
  const whole = parse(text);
  if (whole !== undefined) return Array.isArray(whole) ? objects(whole) : objects([whole]);
  return objects(text.split("\n").map(parse));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
