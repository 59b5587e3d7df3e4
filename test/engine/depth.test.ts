// Calls are followed to any depth, and the answer does not depend on where the analysis began.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { check, load } from "../harness/project.ts";

const DEPTH = 400;

/** f0 calls f1 in the next file ..., the last one is the sink; `app.py` gives f0 a request parameter. */
function chain(): Map<string, string> {
  const texts = new Map<string, string>();
  for (let i = 0; i < DEPTH; i++)
    texts.set(
      `m${i}.py`,
      i === DEPTH - 1
        ? `import os\n\ndef f${i}(x):\n    return open(x)\n`
        : `from m${i + 1} import f${i + 1}\n\ndef f${i}(x):\n    return f${i + 1}(x)\n`,
    );
  texts.set(
    "app.py",
    "from flask import request\nfrom m0 import f0\n\ndef view():\n    return f0(request.args['p'])\n",
  );
  return texts;
}

test("a flow through 400 functions is found, from whatever end", async () => {
  const engine = await openEngine();
  const texts = chain();
  const found = (order: Map<string, string>): string[] => {
    load(engine, order);
    return check(engine, order.keys()).findings.map(
      ({ file, rule, level, flow }) =>
        `${file} ${rule} ${level} ${flow[0]?.file} ${flow[0]?.text} > ${flow.at(-1)?.file}`,
    );
  };
  const forward = found(texts);
  assert.deepEqual(forward, [
    `m${DEPTH - 1}.py path-traversal error app.py request data > m${DEPTH - 1}.py`,
  ]);
  assert.deepEqual(found(new Map([...texts].reverse())), forward);
});

test("a circle of 300 functions comes to an end", async () => {
  const engine = await openEngine();
  const texts = chain();
  for (let i = 0; i < 300; i++)
    texts.set(
      `m${i}.py`,
      `from m${(i + 1) % 300} import f${(i + 1) % 300}\n\ndef f${i}(x):\n    return f${(i + 1) % 300}(x)\n`,
    );
  load(engine, texts);
  assert.deepEqual(check(engine, texts.keys()).findings, []);
});
