// What is kept of a program has limits. On each side of one: what the answer is just within it, and just beyond.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { check, load } from "../harness/project.ts";

/** The lines of `app.py` with a finding, each with its level. */
async function found(text: string): Promise<string[]> {
  const engine = await openEngine();
  load(engine, new Map([["app.py", text]]));
  return check(engine, ["app.py"]).findings.map(
    ({ level, span }) => `${level} ${text.slice(span.start, span.end)}`,
  );
}

/** A record of `groups` records with eight fields each: one of what came in, the others constant. */
function nested(groups: number): string {
  const group = ['"t": q', ...Array.from({ length: 7 }, (_, i) => `"k${i}": "constant"`)];
  const whole = Array.from({ length: groups }, (_, i) => `"g${i}": {${group.join(", ")}}`);
  return [
    "import os",
    "from flask import request",
    "",
    "def make(q):",
    `    return {${whole.join(", ")}}`,
    "",
    "def view():",
    '    made = make(request.args["q"])',
    '    os.system(made["g1"]["k1"])',
    '    os.system(made["g1"]["t"])',
    "",
  ].join("\n");
}

test("of 48 fields that leave a function each is known; of more, what is further inside counts as one", async () => {
  assert.deepEqual(await found(nested(5)), ['error made["g1"]["t"]']);
  assert.deepEqual(await found(nested(6)), [
    'error made["g1"]["k1"]', // spurious
    'error made["g1"]["t"]',
  ]);
});

/** A function that calls what it was given so often, the last time with what came in. */
function calling(times: number): string {
  return [
    "import os",
    "from flask import request",
    "",
    "def run(text):",
    "    os.system(text)",
    "    return text",
    "",
    "def many(handler, text):",
    ...Array.from({ length: times - 1 }, () => '    handler("constant")'),
    "    return handler(text)",
    "",
    "def view():",
    '    os.system(many(run, request.args["q"]))',
    "",
  ].join("\n");
}

test("30 calls of what a function was given wait for its caller; one more counts as a call of something unknown", async () => {
  const result = 'many(run, request.args["q"])';
  assert.deepEqual(await found(calling(30)), ["error text", `error ${result}`]);
  assert.deepEqual(await found(calling(31)), [`information ${result}`]); // missing: in `run`
});

/** One call, behind which a function is called so often that calls another one ten times. */
function following(times: number): string {
  return [
    "import os",
    "from flask import request",
    "",
    "def run(text):",
    "    os.system(text)",
    "    return text",
    "",
    "def ten(handler, text):",
    ...Array.from({ length: 9 }, () => "    handler(text)"),
    "    return handler(text)",
    "",
    "def middle(each, handler, text):",
    ...Array.from({ length: times - 1 }, () => '    each(handler, "constant")'),
    "    return each(handler, text)",
    "",
    "def outer(all, each, handler, text):",
    "    return all(each, handler, text)",
    "",
    "def view():",
    '    os.system(outer(middle, ten, run, request.args["q"]))',
    "",
  ].join("\n");
}

test("100 calls that waited are followed for one operation; those beyond count as unknown", async () => {
  const result = 'outer(middle, ten, run, request.args["q"])';
  assert.deepEqual(await found(following(9)), ["error text", `error ${result}`]);
  assert.deepEqual(await found(following(10)), [`information ${result}`]); // missing: in `run`
});

/** Functions in a circle, each with so many lines; a record of records goes round. Some more lines may be in the first one. */
function circle(members: number, lines: number, more: readonly string[] = []): string {
  return [
    "import os",
    "from flask import request",
    "",
    ...Array.from({ length: members }, (_, i) => [
      `def f${i}(n, q):`,
      ...(i === 0 ? more : []).map((line) => `    ${line}`),
      ...Array.from({ length: lines }, (_, k) => `    a${k} = n + ${k}`),
      `    if n > ${i}:`,
      '        return {"in": {"t": q, "k": "constant"}}',
      `    return f${(i + 1) % members}(n + 1, q)`,
      "",
    ]).flat(),
    "def view():",
    '    made = f0(1, request.args["q"])',
    '    os.system(made["in"]["k"])',
    '    os.system(made["in"]["t"])',
    "",
  ].join("\n");
}

test("functions in a circle that cost more than a million keep one level of fields", async () => {
  assert.deepEqual(await found(circle(20, 200)), ['error made["in"]["t"]']);
  assert.deepEqual(await found(circle(40, 200)), [
    'information made["in"]["k"]', // spurious
    'information made["in"]["t"]',
  ]);
});

test("of functions in a circle that cost five million more, a large one is not looked into; what it does itself is told", async () => {
  const own = ['os.system(request.args["own"])', "os.system(q)"];
  const large = (length: number): string[] => [
    ...own,
    ...Array.from({ length }, (_, k) => `if n > ${k}: b = ${k}`),
  ];
  assert.deepEqual(await found(circle(10, 200, large(2000))), [
    'error request.args["own"]',
    "error q",
    'information made["in"]["k"]', // spurious
    'information made["in"]["t"]',
  ]);
  assert.deepEqual(await found(circle(10, 200, large(9000))), [
    'error request.args["own"]',
    // missing: error q
    'information made["in"]["k"]', // spurious
    'information made["in"]["t"]',
  ]);
});
