/**
 * What an agent's hook says on its standard input, as a record of the text that the agent wrote. It is read by its shape, not
 * by the names of tools: these differ between agents and change.
 *
 * Formats: Claude Code and VS Code (`PostToolUse`: https://code.claude.com/docs/en/hooks,
 * https://code.visualstudio.com/docs/copilot/customization/hooks), Cursor (`afterFileEdit`, `afterTabFileEdit`:
 * https://cursor.com/docs/agent/hooks), Windsurf (`post_write_code`: https://docs.windsurf.com/windsurf/cascade/hooks).
 */
import { align } from "./align.ts";
import type { Mark } from "./mark.ts";

export const HOOK_VERSION = 1;
/** No system has a longer path. */
const LONGEST_PATH = 32_767;

export interface HookRecord {
  readonly version: typeof HOOK_VERSION;
  /** ISO 8601. */
  readonly time: string;
  /** Which assistant: "claude-code", "vscode", "cursor", "windsurf". */
  readonly tool: string;
  /** An absolute path, as the agent gave it. */
  readonly file: string;
  readonly edits: readonly WrittenText[];
}

export interface WrittenText {
  /** The text that stood in the file after the edit. */
  readonly text: string;
  /** Which of it is new: half-open ranges of UTF-16 offsets, in order. */
  readonly inserted: readonly (readonly [number, number])[];
  /** True when the text is the whole file and nobody knows which of it is new. */
  readonly whole?: true;
}

export type HookAnswer =
  | { readonly kind: "records"; readonly records: readonly HookRecord[] }
  /** An event that writes no text. */
  | { readonly kind: "nothing" }
  | { readonly kind: "malformed"; readonly reason: string };

/** `time` in milliseconds of `Date.now`; `absolute` makes a path absolute, given the agent's working folder if it names one. */
export function readHook(
  input: string,
  time: number,
  absolute: (path: string, folder: string | undefined) => string,
): HookAnswer {
  let event: unknown;
  try {
    // A shell of Windows puts a byte order mark before what it hands on.
    event = JSON.parse(input.replace(/^\ufeff/, ""));
  } catch {
    return malformed(input.trim() === "" ? "it is empty" : "it is not JSON");
  }
  if (!isObject(event)) return malformed("it is no JSON object");
  const name = text(event, "hook_event_name", "hookEventName", "agent_action_name");
  if (name === undefined)
    return malformed("it names no event (hook_event_name, agent_action_name)");
  if (!/^(post|after)/i.test(name)) return { kind: "nothing" };
  const body = [event.tool_input, event.toolInput, event.tool_info].find(isObject) ?? event;
  const folder = text(event, "cwd") ?? firstOf(event.workspace_roots);
  const byFile = new Map<string, WrittenText[]>();
  for (const { file, ...written } of writtenBy(body, event)) {
    if (file.length > LONGEST_PATH) continue;
    const path = absolute(file, folder);
    const edits = byFile.get(path);
    if (edits === undefined) byFile.set(path, [written]);
    else edits.push(written);
  }
  const records = [...byFile].map(
    ([file, edits]): HookRecord => ({
      version: HOOK_VERSION,
      time: new Date(time).toISOString(),
      tool: toolOf(event, body),
      file,
      edits,
    }),
  );
  return records.length === 0 ? { kind: "nothing" } : { kind: "records", records };
}

/** One line of the file that hooks append to; undefined for a line that is none. */
export function parseHookLine(line: string): HookRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isHookRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;
type FileEdit = WrittenText & { readonly file: string };

const PATHS = ["file_path", "filePath", "notebook_path", "notebookPath"] as const;

function writtenBy(body: Fields, event: Fields): FileEdit[] {
  const file = text(body, ...PATHS) ?? text(event, ...PATHS);
  const patch = text(body, "input", "patch");
  if (patch?.includes("*** Begin Patch")) return patched(patch);
  const many = [body.edits, body.replacements].find(Array.isArray);
  if (many !== undefined)
    return many.filter(isObject).flatMap((one) => replaced(one, text(one, ...PATHS) ?? file));
  const cell = text(body, "new_source", "newSource");
  if (cell !== undefined && file !== undefined) return wroteCell(file, cell, body);
  const content = text(body, "content");
  if (content !== undefined && file !== undefined) return wrote(file, content, event);
  return replaced(body, file);
}

function replaced(edit: Fields, file: string | undefined): FileEdit[] {
  const before = text(edit, "old_string", "oldString") ?? "";
  const after = text(edit, "new_string", "newString");
  return file === undefined || after === undefined ? [] : changed(file, before, after);
}

/** A whole file: where the agent tells what changed in it, only that is new. */
function wrote(file: string, content: string, event: Fields): FileEdit[] {
  const response = isObject(event.tool_response) ? event.tool_response : {};
  const hunks = Array.isArray(response.structuredPatch) ? response.structuredPatch : [];
  const isNew = hunks.length === 0 && text(response, "type") === "create";
  if (content === "") return [];
  if (hunks.length === 0)
    return [
      { file, text: content, inserted: [[0, content.length]], ...(isNew ? {} : { whole: true }) },
    ];
  return hunks.filter(isObject).flatMap((hunk) => {
    const lines = Array.isArray(hunk.lines)
      ? hunk.lines.filter((one) => typeof one === "string")
      : [];
    return fromLines(file, lines);
  });
}

/** The whole of a cell of a notebook: of one that was there before nobody knows what is new in it. */
function wroteCell(file: string, cell: string, body: Fields): FileEdit[] {
  const isNew = text(body, "edit_mode", "editMode") === "insert";
  if (cell === "") return [];
  return [{ file, text: cell, inserted: [[0, cell.length]], ...(isNew ? {} : { whole: true }) }];
}

/** Lines of a diff: "+" is new, " " stays, "-" is gone. */
function fromLines(file: string, lines: readonly string[]): FileEdit[] {
  let out = "";
  const inserted: [number, number][] = [];
  for (const line of lines) {
    if (!/^[+ ]/.test(line)) continue;
    const start = out.length;
    out += `${line.slice(1)}\n`;
    if (line[0] !== "+") continue;
    const last = inserted[inserted.length - 1];
    if (last?.[1] === start) last[1] = out.length;
    else inserted.push([start, out.length]);
  }
  // The last line of a file may have no end.
  if (inserted.at(-1)?.[1] === out.length) (inserted.at(-1) as [number, number])[1]--;
  return inserted.length === 0 ? [] : [{ file, text: out.slice(0, -1), inserted }];
}

/** Patches of several files, as agents write them: "*** Update File: a.py", "@@", and lines of a diff. */
function patched(patch: string): FileEdit[] {
  const out: FileEdit[] = [];
  let file: string | undefined;
  let lines: string[] = [];
  const end = (): void => {
    if (file !== undefined) out.push(...fromLines(file, lines));
    lines = [];
  };
  for (const line of patch.split(/\r?\n/)) {
    const head = /^\*\*\* (?:(?:Add|Update) File|Move to): (.+)$/.exec(line);
    if (head !== null || line.startsWith("@@") || line.startsWith("***")) end();
    if (head !== null) file = head[1]?.trim();
    else if (/^\*\*\* Delete File/.test(line)) file = undefined;
    else if (!line.startsWith("@@") && !line.startsWith("***")) lines.push(line);
  }
  end();
  return out;
}

const OLD: Mark = { origin: "human", evidence: [{ kind: "typing", time: 0, confidence: "low" }] };
const NEW: Mark = { origin: "ai", evidence: [{ kind: "agent-hook", time: 0, confidence: "low" }] };

/** Of a replacement only the lines that differ are new. */
function changed(file: string, before: string, after: string): FileEdit[] {
  const marks = before === "" ? [] : [{ start: 0, end: before.length, mark: OLD }];
  const inserted = align({ before, marks, after, by: "lines", fresh: NEW })
    .filter(({ mark }) => mark === NEW)
    .map(({ start, end }): [number, number] => [start, end]);
  return inserted.length === 0 ? [] : [{ file, text: after, inserted: joined(inserted) }];
}

function joined(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const out: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = out[out.length - 1];
    if (last?.[1] === start) last[1] = end;
    else out.push([start, end]);
  }
  return out;
}

function toolOf(event: Fields, body: Fields): string {
  if (event.agent_action_name !== undefined) return "windsurf";
  if (event.cursor_version !== undefined || Array.isArray(event.workspace_roots)) return "cursor";
  if (/^after/.test(text(event, "hook_event_name") ?? "")) return "cursor";
  const isCamel = body.filePath !== undefined || Array.isArray(body.replacements);
  return isCamel || event.hookEventName !== undefined ? "vscode" : "claude-code";
}

function text(fields: Fields, ...names: readonly string[]): string | undefined {
  return names.map((name) => fields[name]).find((value) => typeof value === "string");
}

function firstOf(value: unknown): string | undefined {
  return Array.isArray(value) && typeof value[0] === "string" ? value[0] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(reason: string): HookAnswer {
  return { kind: "malformed", reason };
}

function isHookRecord(value: unknown): value is HookRecord {
  return (
    isObject(value) &&
    value.version === HOOK_VERSION &&
    typeof value.time === "string" &&
    !Number.isNaN(Date.parse(value.time)) &&
    typeof value.tool === "string" &&
    typeof value.file === "string" &&
    Array.isArray(value.edits) &&
    value.edits.every(isWrittenText)
  );
}

function isWrittenText(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.text === "string" &&
    Array.isArray(value.inserted) &&
    value.inserted.every(
      (range) => Array.isArray(range) && range.length === 2 && range.every(Number.isInteger),
    )
  );
}
