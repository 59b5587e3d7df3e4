// Who wrote committed lines, in the built server on repositories that the test builds.

import * as assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { AiChange, OriginMark } from "../../server/lsp/origin-protocol.ts";
import { commit, git, repository, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const hooks = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-hooks-")));
process.env.SKEPTIC_HOOKS = hooks;
after(() => rmSync(hooks, { recursive: true, force: true }));

const FIRST = "one = 1\ntwo = 2\n";
const SECOND = `${FIRST}three = 3\nfour = 4\n`;
const CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>";

describe("committed lines", { timeout: 60_000 }, () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.stop();
    client = undefined;
  });

  const open = async (folder: string, text: string, trusted = true): Promise<string> => {
    client = await start({
      server: [SERVER],
      folders: [pathToFileURL(folder).href],
      pull: true,
      initializationOptions: { trusted },
    });
    const uri = pathToFileURL(join(folder, "src", "app.py")).href;
    client.open(uri, text);
    return uri;
  };
  const marks = async (uri: string): Promise<string[]> => {
    const found = await client?.connection.sendRequest<OriginMark[]>("skeptic/originMarks", {
      uri,
    });
    return (found ?? []).map(({ origin, range, sentence }) => {
      const how = /\((.*)\)/.exec(sentence)?.[1];
      return `${origin} ${range.start.line + 1}-${range.end.line + 1} ${how}`;
    });
  };
  const marked = (uri: string, expected: readonly string[]): Promise<unknown> =>
    until(`${expected}`, async () => `${await marks(uri)}` === `${expected}`).catch(async () =>
      assert.deepEqual(await marks(uri), expected),
    );

  test("of a commit with an AI as co-author are said to be, with its low confidence", async () => {
    const folder = repository({ "src/app.py": FIRST });
    write(folder, { "src/app.py": SECOND });
    commit(folder, `more\n\nText.\n\n${CLAUDE}`);
    const uri = await open(folder, SECOND);
    await marked(uri, ["ai 3-5 the commit names an AI as co-author, claude-code"]);
    const waiting = await client?.connection.sendRequest<AiChange[]>("skeptic/aiChanges", {});
    assert.deepEqual(waiting, [], "what is committed waits for nobody");
  });

  test("of an assistant as author", async () => {
    const folder = repository({ "src/app.py": FIRST });
    write(folder, { "src/app.py": SECOND });
    git(folder, "add", "-A");
    const author = "x[bot] <198982749+copilot-swe-agent[bot]@users.noreply.github.com>";
    git(folder, "commit", "-q", "-m", "more", `--author=${author}`);
    await marked(await open(folder, SECOND), ["ai 3-5 an AI is the author of the commit, copilot"]);
  });

  test("that a git-ai note names, and no others of its commit", async () => {
    const folder = repository({ "src/app.py": FIRST });
    write(folder, { "src/app.py": SECOND });
    commit(folder, `more\n\n${CLAUDE}`);
    const note = [
      "src/app.py",
      "  s_1::t_1 4",
      "---",
      '{"schema_version":"authorship/3.0.0","sessions":{"s_1":{"agent_id":{"tool":"cursor"}}}}',
    ].join("\n");
    git(folder, "notes", "--ref=ai", "add", "-m", note, "HEAD");
    // Lines move on in later commits, and before what is not committed.
    write(folder, { "src/app.py": `zero = 0\n${SECOND}` });
    commit(folder, "on top");
    const now = `import os\nzero = 0\n${SECOND}`;
    write(folder, { "src/app.py": now });
    await marked(await open(folder, now), ["ai 6-7 recorded in a git-ai note, cursor"]);
  });

  test("that an agent-trace file names", async () => {
    const folder = repository({ "src/app.py": FIRST });
    write(folder, { "src/app.py": SECOND });
    commit(folder, "more");
    const revision = git(folder, "rev-parse", "HEAD").trim();
    const conversations = [
      { contributor: { type: "ai" }, ranges: [{ start_line: 3, end_line: 3 }] },
    ];
    const record = {
      version: "0.1.0",
      vcs: { type: "git", revision },
      tool: { name: "amp" },
      files: [{ path: "src/app.py", conversations }],
    };
    write(folder, { ".agent-trace/traces.jsonl": `${JSON.stringify(record)}\n` });
    await marked(await open(folder, SECOND), ["ai 3-4 recorded in an agent-trace file, amp"]);
  });

  test("are found in text that is not saved, and reformatting changes no author", async () => {
    const folder = repository({ "src/app.py": FIRST });
    write(folder, { "src/app.py": SECOND });
    commit(folder, `more\n\n${CLAUDE}`);
    write(folder, { "src/app.py": SECOND.replaceAll(" = ", "  =  ") });
    commit(folder, "formatted");
    const unsaved = `import os\n${SECOND}`;
    const uri = await open(folder, unsaved);
    await until("the marks", async () =>
      (await marks(uri)).some((one) => one.startsWith("ai 4-5 the commit names")),
    );
  });

  test("are nobody's without trust, without a repository, and in a broken one", async () => {
    const folder = repository({ "src/app.py": FIRST });
    write(folder, { "src/app.py": SECOND });
    commit(folder, `more\n\n${CLAUDE}`);
    const uri = await open(folder, SECOND, false);
    await client?.pullItems(uri);
    assert.deepEqual(await marks(uri), []);
    await client?.connection.sendNotification("skeptic/trusted");
    await marked(uri, ["ai 3-5 the commit names an AI as co-author, claude-code"]);
    await client?.stop();
    rmSync(join(folder, ".git", "HEAD"));
    const again = await open(folder, SECOND);
    await client?.pullItems(again);
    assert.deepEqual(await marks(again), []);
    assert.doesNotMatch(client?.output() ?? "", /crash|internal/i);
  });
});
