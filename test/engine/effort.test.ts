// What the analysis costs, in the effort it counts: programs in which all calls all, as a library's own tests do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { readWasm } from "../harness/engine.ts";
import { load, settle } from "../harness/project.ts";

interface Result {
  readonly findings: readonly string[];
  readonly problems: readonly string[];
  /** Of all summaries that were made of an item. */
  readonly spent: ReadonlyMap<string, number>;
}

async function analysed(file: string, text: string): Promise<Result> {
  const spent = new Map<string, number>();
  const engine = await createEngine({
    wasm: readWasm(),
    rules,
    log: {
      lowered() {},
      summarised() {},
      spent: (id, effort) => spent.set(id, (spent.get(id) ?? 0) + effort),
    },
  });
  load(engine, new Map([[file, text]]));
  settle(engine);
  const { findings } = engine.check(file);
  const problems = engine.problems();
  return {
    findings: findings.map(({ level, span }) => `${level} ${text.slice(span.start, span.end)}`),
    problems: problems.map(({ message }) => message),
    spent,
  };
}

function below(spent: Result["spent"], id: string, most: number): void {
  const cost = spent.get(id);
  assert.ok(cost !== undefined && cost < most, `${id} has cost ${cost}`);
}

/** Functions, each of which calls any two of them, and a caller that begins with each; then it runs what came in. */
function anyOf(count: number): string {
  const all = Array.from({ length: count }, (_, i) => `f${i}`);
  return [
    "import os",
    "from flask import request",
    "",
    ...all.flatMap((name) => [
      `def ${name}(all, i, text):`,
      "    all[i](all, i, text)",
      "    return all[i + 1](all, i, text)",
      "",
    ]),
    "def view(i):",
    `    all = [${all.join(", ")}]`,
    `    form = [${all.map((name) => `request.args["${name}"]`).join(", ")}]`,
    ...all.map((name) => `    ${name}(all, i, form)`),
    '    os.system(request.args["q"])',
    "",
  ].join("\n");
}

test("a function is not given up because any of many functions may be called behind its calls", async () => {
  const { findings, problems, spent } = await analysed("app.py", anyOf(14));
  assert.deepEqual(problems, []);
  assert.deepEqual(findings, ['error request.args["q"]']);
  below(spent, "app.py#view", 300_000);
});

test("a call that waited is not followed inside itself", async () => {
  const text = [
    "import os",
    "from flask import request",
    "",
    "def again(each, last, text):",
    "    each(each, last, text)",
    "    each(each, last, text)",
    "    each(each, last, text)",
    "    return last(text)",
    "",
    "def run(text):",
    "    os.system(text)",
    "",
    "def view():",
    '    again(again, run, request.args["q"])',
    "",
  ].join("\n");
  const { findings, spent } = await analysed("app.py", text);
  assert.deepEqual(findings, ["error text"]);
  below(spent, "app.py#view", 10_000);
});

/** Functions in a circle, of which the first has so many lines more. */
function circle(members: number, lines: number, more: number): string {
  return [
    "import os",
    "from flask import request",
    "",
    ...Array.from({ length: members }, (_, i) => [
      `def f${i}(n, q):`,
      ...(i === 0 ? Array.from({ length: more }, (_, k) => `    if n > ${k}: b = ${k}`) : []),
      ...Array.from({ length: lines }, (_, k) => `    a${k} = n + ${k}`),
      `    if n > ${i}:`,
      '        return {"in": q}',
      `    return f${(i + 1) % members}(n + 1, q)`,
      "",
    ]).flat(),
    "def view():",
    '    os.system(f0(1, request.args["q"])["in"])',
    "",
  ].join("\n");
}

test("in a circle, no more is made of a function than can be of use", async () => {
  const { spent } = await analysed("app.py", circle(10, 200, 20_000));
  below(spent, "app.py#f0", 12_000_000);
});

test("a circle with more members than it seemed is not solved with narrower bounds before they are known", async () => {
  const { spent } = await analysed(
    "app.py",
    [
      // While this one is looked at for the first time, nobody knows what it returns.
      "def a(n):",
      "    b(n)",
      "    return late",
      "",
      "def b(n):",
      "    a(n)(n)",
      "    return large(n)",
      "",
      "def late(n):",
      "    return b(n)",
      "",
      "def large(n):",
      ...Array.from({ length: 20_000 }, (_, k) => `    if n > ${k}: x = ${k}`),
      "    return a(n)",
      "",
    ].join("\n"),
  );
  below(spent, "app.py#large", 10_000_000);
});
