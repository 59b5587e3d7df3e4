// What the hooks of agents say, and where their text is found.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createAuthors } from "../../server/origin/authors.ts";
import { type HookRecord, parseHookLine, readHook } from "../../server/origin/hook.ts";
import { applyHook, applyLines } from "../../server/origin/locate.ts";
import { HUMAN, letters } from "./marks.ts";

const absolute = (path: string, folder: string | undefined): string =>
  path.startsWith("/") ? path : `${folder ?? "/here"}/${path}`;

function records(event: unknown): readonly HookRecord[] {
  const answer = readHook(JSON.stringify(event), 0, absolute);
  assert.equal(answer.kind, "records", JSON.stringify(answer));
  return answer.kind === "records" ? answer.records : [];
}

/** File, tool, and the new texts. */
function said(event: unknown): unknown[] {
  return records(event).map(({ file, tool, edits }) => [
    file,
    tool,
    ...edits.flatMap(({ text, inserted }) => inserted.map(([from, to]) => text.slice(from, to))),
  ]);
}

const CLAUDE = {
  session_id: "s",
  transcript_path: "/t.jsonl",
  cwd: "/project",
  hook_event_name: "PostToolUse",
};

describe("a hook of", () => {
  test("Claude Code: Edit, only the lines that differ", () => {
    const tool_input = {
      file_path: "/project/a.py",
      old_string: "import os\n\ndef f():\n    pass",
      new_string: "import os\nimport sys\n\ndef f():\n    return sys.argv",
    };
    assert.deepEqual(said({ ...CLAUDE, tool_name: "Edit", tool_input }), [
      ["/project/a.py", "claude-code", "import sys", "return sys.argv"],
    ]);
  });

  test("Claude Code: MultiEdit", () => {
    const edits = [
      { old_string: "a = 1", new_string: "a = 2" },
      { old_string: "b = 1", new_string: "b = 2", replace_all: true },
    ];
    const tool_input = { file_path: "a.py", edits };
    assert.deepEqual(said({ ...CLAUDE, tool_name: "MultiEdit", tool_input }), [
      ["/project/a.py", "claude-code", "a = 2", "b = 2"],
    ]);
  });

  test("Claude Code: NotebookEdit, a cell that is new and one that was there before", () => {
    const cell = (edit_mode: string) => ({
      ...CLAUDE,
      tool_name: "NotebookEdit",
      tool_input: {
        notebook_path: "/project/a.ipynb",
        cell_id: "c1",
        new_source: "a = 1",
        edit_mode,
      },
    });
    const edit = { text: "a = 1", inserted: [[0, 5]] };
    assert.deepEqual(records(cell("insert"))[0]?.edits, [edit]);
    assert.deepEqual(records(cell("replace"))[0]?.edits, [{ ...edit, whole: true }]);
    const deleted = {
      ...cell("delete"),
      tool_input: { notebook_path: "a.ipynb", edit_mode: "delete" },
    };
    assert.equal(readHook(JSON.stringify(deleted), 0, absolute).kind, "nothing");
  });

  test("Claude Code: Write of a new file is all new, over an old one what the patch says", () => {
    const tool_input = { file_path: "/project/a.py", content: "one\ntwo\nthree\n" };
    const write = { ...CLAUDE, tool_name: "Write", tool_input };
    const created = { type: "create", structuredPatch: [] };
    assert.deepEqual(records({ ...write, tool_response: created })[0]?.edits, [
      { text: "one\ntwo\nthree\n", inserted: [[0, 14]] },
    ]);
    assert.equal(records(write)[0]?.edits[0]?.whole, true);
    const lines = [" one", "-2", "+two", " three"];
    const updated = { type: "update", structuredPatch: [{ newStart: 1, lines }] };
    assert.deepEqual(said({ ...write, tool_response: updated }), [
      ["/project/a.py", "claude-code", "two\n"],
    ]);
  });

  test("VS Code: replacing, several replacements, a new file, a patch", () => {
    const event = { hookEventName: "PostToolUse", cwd: "/w" };
    const one = { filePath: "/w/a.ts", oldString: "a", newString: "a\nb" };
    assert.deepEqual(said({ ...event, tool_name: "replace_string_in_file", tool_input: one }), [
      ["/w/a.ts", "vscode", "b"],
    ]);
    const replacements = [one, { filePath: "/w/c.ts", oldString: "", newString: "c" }];
    assert.deepEqual(said({ ...event, tool_name: "multi", tool_input: { replacements } }), [
      ["/w/a.ts", "vscode", "b"],
      ["/w/c.ts", "vscode", "c"],
    ]);
    const created = { filePath: "/w/n.ts", content: "new" };
    assert.deepEqual(said({ ...event, tool_name: "create_file", tool_input: created }), [
      ["/w/n.ts", "vscode", "new"],
    ]);
    const input = [
      "*** Begin Patch",
      "*** Update File: a.ts",
      "@@ function f() {",
      " const a = 1;",
      "-const b = 1;",
      "+const b = 2;",
      "*** Add File: d.ts",
      "+export {};",
      "*** Delete File: e.ts",
      "*** End Patch",
    ].join("\n");
    assert.deepEqual(said({ ...event, tool_name: "apply_patch", tool_input: { input } }), [
      ["/w/a.ts", "vscode", "const b = 2;"],
      ["/w/d.ts", "vscode", "export {};"],
    ]);
  });

  test("Cursor: its agent and its completions", () => {
    const event = { conversation_id: "c", workspace_roots: ["/w"], file_path: "/w/a.py" };
    const edits = [{ old_string: "x = 1\n", new_string: "x = 1\ny = 2\n" }];
    const agent = { ...event, hook_event_name: "afterFileEdit", edits };
    assert.deepEqual(said(agent), [["/w/a.py", "cursor", "y = 2"]]);
    const range = { start_line_number: 1, start_column: 1, end_line_number: 1, end_column: 1 };
    const tab = {
      ...event,
      hook_event_name: "afterTabFileEdit",
      edits: [{ old_string: "", new_string: "z()", range, old_line: "", new_line: "z()" }],
    };
    assert.deepEqual(said(tab), [["/w/a.py", "cursor", "z()"]]);
  });

  test("Windsurf", () => {
    const edits = [{ old_string: "import os", new_string: "import os\nimport sys" }];
    const tool_info = { file_path: "/w/file.py", edits };
    assert.deepEqual(
      said({ agent_action_name: "post_write_code", trajectory_id: "t", tool_info }),
      [["/w/file.py", "windsurf", "import sys"]],
    );
  });

  test("anybody before the edit, or of something else, writes nothing", () => {
    const tool_input = { file_path: "/a", old_string: "a", new_string: "b" };
    const nothing: readonly unknown[] = [
      { hook_event_name: "PreToolUse", tool_input },
      { hook_event_name: "PostToolUse", tool_name: "Bash", tool_input: { command: "ls" } },
      { hook_event_name: "PostToolUse", tool_name: "Read", tool_input: { file_path: "/a" } },
      { agent_action_name: "post_run_command", tool_info: { command_line: "ls" } },
      { hook_event_name: "Stop" },
    ];
    for (const event of nothing)
      assert.equal(readHook(JSON.stringify(event), 0, absolute).kind, "nothing");
  });

  test("nobody, or broken ones, are told what is wrong", () => {
    const reason = (input: string): string => {
      const answer = readHook(input, 0, absolute);
      return answer.kind === "malformed" ? answer.reason : answer.kind;
    };
    assert.equal(reason(""), "it is empty");
    assert.equal(reason("{"), "it is not JSON");
    assert.equal(reason("[1]"), "it is no JSON object");
    assert.match(reason("{}"), /names no event/);
    const odd = { hook_event_name: "PostToolUse", tool_input: { file_path: 7, edits: [null, 3] } };
    assert.equal(reason(JSON.stringify(odd)), "nothing");
  });

  test("written as a line and read again is the same", () => {
    const tool_input = { file_path: "/a", old_string: "", new_string: "b" };
    const [record] = records({ ...CLAUDE, tool_input });
    assert.deepEqual(parseHookLine(JSON.stringify(record)), record);
    for (const line of ["", "{", '{"version":1}', "null"])
      assert.equal(parseHookLine(line), undefined);
  });
});

describe("the text of a hook", () => {
  const edit = (text: string, ...inserted: [number, number][]): HookRecord => ({
    version: 1,
    time: "2026-01-01T00:00:00.000Z",
    tool: "claude-code",
    file: "/a",
    edits: [{ text, inserted }],
  });

  test("is found and marked, over what was only guessed", () => {
    const text = "import os\nimport sys\nx = 1\n";
    const authors = createAuthors(text.length);
    assert.deepEqual(applyHook(authors, text, edit("import os\nimport sys", [10, 20])), []);
    assert.equal(
      letters(text.length, authors.track.all()),
      `${".".repeat(10)}${"a".repeat(10)}.......`,
    );
  });

  test("is found with other line ends and other indentation", () => {
    const text = "def f():\r\n        return 1\r\n";
    const authors = createAuthors(text.length);
    assert.deepEqual(applyHook(authors, text, edit("def f():\n    return 1", [9, 21])), []);
    const marks = authors.track.all();
    assert.deepEqual(
      marks.map(({ start, end }) => text.slice(start, end)),
      ["return 1"],
    );
  });

  test("written twice is found at both places", () => {
    const text = "a = f(1)\nb = 2\na = f(1)\n";
    const authors = createAuthors(text.length);
    for (let i = 0; i < 2; i++) applyHook(authors, text, edit("a = f(1)", [0, 8]));
    assert.equal(letters(text.length, authors.track.all()), "aaaaaaaa.......aaaaaaaa.");
  });

  test("of a whole file leaves what a person typed", () => {
    const text = "typed\nwritten\n";
    const authors = createAuthors(text.length, [{ start: 0, end: 5, mark: HUMAN }]);
    const record = edit(text, [0, text.length]);
    const whole = {
      ...record,
      edits: record.edits.map((one) => ({ ...one, whole: true as const })),
    };
    assert.deepEqual(applyHook(authors, text, whole), []);
    assert.equal(letters(text.length, authors.track.all()), `hhhhh${"a".repeat(9)}`);
  });

  test("that is not there yet is given back; its lines may be found after a formatter", () => {
    const record = edit("value = compute('x')\nreturn value\n", [0, 34]);
    const authors = createAuthors(0);
    assert.deepEqual(applyHook(authors, "", record), record.edits);
    const text = 'value = compute("x")\nreturn value\nreturn 1\n';
    const late = createAuthors(text.length);
    assert.equal(applyHook(late, text, record).length, 1);
    assert.ok(applyLines(late, text, record.edits[0]!, record));
    assert.deepEqual(
      late.track.all().map(({ start, end }) => text.slice(start, end)),
      ["return value"],
    );
  });
});
