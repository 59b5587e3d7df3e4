import assert from "node:assert/strict";
import { test } from "node:test";
import { moreFor } from "../../server/cli/memory.ts";

const GIGABYTE = 1024 ** 3;

test("a project of a few thousand files is read in the process that was started", () => {
  assert.equal(moreFor(5000, { limit: 4 * GIGABYTE, total: 16 * GIGABYTE }), undefined);
});

test("50,000 files get a process with more, as far as the machine has it", () => {
  const given = moreFor(50_000, { limit: 4 * GIGABYTE, total: 16 * GIGABYTE }) ?? 0;
  assert.ok(given > 5800 && given < 13_200, `${given} MB`);
  assert.equal(moreFor(500_000, { limit: 4 * GIGABYTE, total: 16 * GIGABYTE }), 13_107);
});

test("where the machine has no more than the process may take, it stays as it is", () => {
  assert.equal(moreFor(50_000, { limit: 4 * GIGABYTE, total: 4 * GIGABYTE }), undefined);
});
