// What commits say of who wrote their lines: notes, traces, trailers, authors.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTraces } from "../../server/origin/agent-trace.ts";
import { assistantAt, assistantIn } from "../../server/origin/assistants.ts";
import { readGitAiNote } from "../../server/origin/git-ai.ts";

const NOTE = `src/main.py
  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15
  h_31dce776f88375 42-50
"src/my file.py"
  abcd1234abcd1234 1-3
---
{
  "schema_version": "authorship/3.0.0",
  "base_commit_sha": "7734793b756b3921c88db5375a8c156e9532447b",
  "prompts": { "abcd1234abcd1234": { "agent_id": { "tool": "claude", "model": "m" } } },
  "humans": { "h_31dce776f88375": { "author": "Dev <dev@example.com>" } },
  "sessions": { "s_c9883b05a2487d": { "agent_id": { "tool": "cursor", "model": "m" } } }
}
`;

describe("a git-ai note", () => {
  test("names sessions, people and prompts", () => {
    const files = readGitAiNote(NOTE);
    assert.deepEqual(files?.get("src/main.py"), [
      { first: 1, last: 10, origin: "ai", tool: "cursor" },
      { first: 15, last: 15, origin: "ai", tool: "cursor" },
      { first: 42, last: 50, origin: "human" },
    ]);
    assert.deepEqual(files?.get("src/my file.py"), [
      { first: 1, last: 3, origin: "ai", tool: "claude" },
    ]);
  });

  test("with CR LF, without files, or of an agent that it does not describe", () => {
    assert.equal(readGitAiNote(NOTE.replaceAll("\n", "\r\n"))?.size, 2);
    const empty = '---\n{"schema_version":"authorship/3.0.0","prompts":{}}';
    assert.equal(readGitAiNote(empty)?.size, 0);
    const odd = 'a.py\n  s_1::t_1 1-99999999999,5-7,x\n---\n{"schema_version":"authorship/3.0.0"}';
    assert.deepEqual(readGitAiNote(odd)?.get("a.py"), [{ first: 5, last: 7, origin: "ai" }]);
  });

  test("is not what another tool wrote", () => {
    for (const text of ["", "a note", "---\nnot json", '---\n{"schema_version":"authorship/0.1"}'])
      assert.equal(readGitAiNote(text), undefined, text);
  });
});

describe("an agent-trace file", () => {
  const revision = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0";
  const record = {
    version: "0.1.0",
    id: "550e8400-e29b-41d4-a716-446655440000",
    timestamp: "2026-01-23T14:30:00Z",
    vcs: { type: "git", revision },
    tool: { name: "cursor", version: "2.4.0" },
    files: [
      {
        path: "src/a.ts",
        conversations: [
          {
            contributor: { type: "ai", model_id: "anthropic/claude-opus-4-5" },
            ranges: [
              { start_line: 42, end_line: 67, content_hash: "murmur3:9f2e8a1b" },
              { start_line: 70, end_line: 71, contributor: { type: "human" } },
              { start_line: 0, end_line: 1 },
            ],
          },
        ],
      },
    ],
  };

  test("names lines at a revision, one record a line", () => {
    const text = `${JSON.stringify(record)}\nnot json\n${JSON.stringify({ ...record, vcs: undefined })}\n`;
    const traces = readTraces(text);
    assert.deepEqual([...traces.keys()], [revision]);
    assert.deepEqual(traces.get(revision)?.get("src/a.ts"), [
      { first: 42, last: 67, origin: "ai", tool: "cursor" },
      { first: 70, last: 71, origin: "human" },
    ]);
  });

  test("may be a list, or nothing", () => {
    assert.equal(readTraces(JSON.stringify([record])).size, 1);
    for (const text of ["", "{", "null", "7", '{"files":3}'])
      assert.equal(readTraces(text).size, 0);
  });
});

describe("a trailer", () => {
  const named: readonly (readonly [string, string, string | undefined])[] = [
    ["Co-Authored-By", "Claude Opus 4.8 <noreply@anthropic.com>", "claude-code"],
    ["Co-authored-by", "Copilot <198982749+Copilot@users.noreply.github.com>", "copilot"],
    ["Co-authored-by", "Cursor Agent <cursoragent@cursor.com>", "cursor"],
    ["Co-authored-by", "Claude Dupont <claude.dupont@example.com>", undefined],
    ["Co-authored-by", "Ann", undefined],
    ["Assisted-by", "Some Model", "Some Model"],
    ["Generated-with", "Codex <noreply@openai.com>", "codex"],
    ["Signed-off-by", "Claude <noreply@anthropic.com>", undefined],
  ];
  for (const [key, value, tool] of named)
    test(`${key}: ${value}`, () => assert.equal(assistantIn(key, value), tool));
});

test("a bot is an assistant only where it writes code", () => {
  const address = (login: string): string => `1234+${login}@users.noreply.github.com`;
  assert.equal(assistantAt(address("copilot-swe-agent[bot]")), "copilot");
  assert.equal(assistantAt(address("google-labs-jules[bot]")), "jules");
  assert.equal(assistantAt(address("dependabot[bot]")), undefined);
  assert.equal(assistantAt(address("ann")), undefined);
});
