// The findings of one file cost the same in a small workspace and in a large one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshEngine } from "../harness/engine.ts";
import { settle } from "../harness/project.ts";

/** Processor milliseconds of all answers, once everything is analysed. */
async function answering(count: number): Promise<number> {
  const engine = await freshEngine();
  const files = Array.from({ length: count }, (_, i) => `m${i}.py`);
  engine.setFiles(files);
  for (const file of files) engine.set(file, `LIMIT = ${file.length}\n`);
  settle(engine);
  const before = process.cpuUsage();
  for (const file of files) engine.check(file);
  const { user, system } = process.cpuUsage(before);
  engine.dispose();
  return (user + system) / 1000;
}

test("answers of a workspace eight times as large take about eight times as long", async () => {
  const small = await answering(1000);
  const large = await answering(8000);
  assert.ok(large < 16 * Math.max(small, 20), `${large} ms after ${small} ms`);
});
