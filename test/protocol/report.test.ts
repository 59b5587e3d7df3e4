// The report with the built server, on repositories that the test builds.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { ReportResult } from "../../server/lsp/protocol.ts";
import type { Report } from "../../server/report/report.ts";
import { commit, repository, room, write } from "../harness/repository.ts";
import { start, type TestClient } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const records = room();
process.env.SKEPTIC_REPORTS = records;
process.env.SKEPTIC_HOOKS = room();
const LOAD = "import yaml\n\n\ndef load(text):\n    return yaml.unsafe_load(text)\n";
const CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>";

describe("the report in the editor", { timeout: 60_000 }, () => {
  let client: TestClient | undefined;
  /** The page of the last report. */
  let html = "";
  afterEach(async () => {
    await client?.stop();
    client = undefined;
  });
  const open = async (folder: string, options: object = {}): Promise<TestClient> => {
    client = await start({
      server: [SERVER, "--stdio"],
      folders: [pathToFileURL(folder).href],
      ...options,
    });
    return client;
  };
  const made = async (at: TestClient, folder: string): Promise<Report> => {
    const asked = { folder: pathToFileURL(folder).href };
    const result = await at.connection.sendRequest<ReportResult>("skeptic/report", asked);
    assert.equal(result.problem, undefined);
    assert.match(result.html ?? "", /<h1>Security report: /);
    html = result.html ?? "";
    const text = await at.connection.sendRequest<string>("skeptic/reportText", {
      ...asked,
      format: "json",
    });
    return JSON.parse(text) as Report;
  };

  test("counts what commits declare, in all files, and knows older commits", async () => {
    const folder = repository({ "a.py": LOAD });
    write(folder, { "b.py": LOAD + "x = 1\n".repeat(250) });
    commit(folder, `second\n\n${CLAUDE}`);
    const at = await open(folder);
    const report = await made(at, folder);
    assert.deepEqual(report.counted.lines, { declaredAi: 253, undeclared: 3, unknown: 0 });
    assert.equal(report.counted.inCode, 2);
    assert.deepEqual(
      report.trend.map(({ findings, declaredAiCommits }) => [findings, declaredAiCommits]),
      [
        [1, null],
        [2, 1],
      ],
    );
    assert.match(html, /<svg /);
    assert.equal(readdirSync(records).length, 1);
    assert.ok(!JSON.stringify(report).includes(folder));
  });

  test("of a text that is not saved nobody's lines are told", async () => {
    const folder = repository({ "a.py": LOAD });
    const at = await open(folder);
    at.open(pathToFileURL(join(folder, "a.py")).href, `${LOAD}y = 2\n`);
    const { counted } = await made(at, folder);
    assert.deepEqual(counted.unknown, { notSaved: 4 });
  });

  test("in a workspace that is not trusted git is not asked, and the rest is told", async () => {
    const folder = repository({ "a.py": LOAD + "x = 1\n".repeat(250) });
    const before = readdirSync(records);
    const at = await open(folder, { initializationOptions: { trusted: false } });
    const asked = { folder: pathToFileURL(folder).href };
    const { html: page = "" } = await at.connection.sendRequest<ReportResult>(
      "skeptic/report",
      asked,
    );
    assert.match(page, /The workspace is not trusted, so git is not asked/);
    assert.match(page, /1 finding in 253 lines of code in 1 file/);
    assert.deepEqual(readdirSync(records), before);
  });

  test("a folder that is not open, and a text before there is a report", async () => {
    const folder = repository({ "a.py": LOAD });
    const at = await open(folder);
    const elsewhere = { folder: "file:///nowhere" };
    assert.deepEqual(await at.connection.sendRequest("skeptic/report", elsewhere), {
      problem: "this folder is not open",
    });
    assert.equal(
      await at.connection.sendRequest("skeptic/reportText", { ...elsewhere, format: "md" }),
      null,
    );
  });
});
