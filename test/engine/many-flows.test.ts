// A function through which more goes than is kept: what is found in it does not get lost among what only its callers know.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { check, load } from "../harness/project.ts";

const PARAMETERS = Array.from({ length: 25 }, (_, i) => `p${i}`);
const SINKS = PARAMETERS.flatMap((p) => Array.from({ length: 20 }, () => `    open(${p})`));

test("a flow behind 500 others is found", async () => {
  const engine = await openEngine();
  const list = PARAMETERS.join(", ");
  const texts = new Map([
    ["below.py", [`def below(${list}):`, ...SINKS, ""].join("\n")],
    [
      "app.py",
      [
        "from flask import request",
        "from below import below",
        "",
        `def view(${list}):`,
        `    below(${list})`,
        "    return open(request.args['p'])",
        "",
      ].join("\n"),
    ],
  ]);
  load(engine, texts);
  const found = check(engine, texts.keys()).findings.filter((f) => f.rule === "path-traversal");
  assert.deepEqual(
    found.map(({ file, level, flow }) => `${file} ${level} ${flow[0]?.text}`),
    ["app.py error request data"],
  );
});
