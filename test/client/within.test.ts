// A save waits for an answer for a while, and no longer.

import * as assert from "node:assert/strict";
import { test } from "node:test";
import { within } from "../../client/within.ts";

test("an answer in time, an error in time, and one that never comes", async () => {
  assert.equal(await within(Promise.resolve(1), 10_000), 1);
  await assert.rejects(within(Promise.reject(new Error("no")), 10_000), /no/);
  const before = Date.now();
  assert.equal(await within(new Promise(() => undefined), 20), undefined);
  assert.ok(Date.now() - before < 5000);
});

test("an error that comes too late is nobody's", async () => {
  let fail = (_: Error): void => undefined;
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  assert.equal(await within(late, 1), undefined);
  fail(new Error("late"));
  await new Promise((resolve) => setImmediate(resolve));
});
