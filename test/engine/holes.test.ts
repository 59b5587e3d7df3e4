// What placeholders leave to their authors: places in edits, without a trace of how they were marked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hole, withHoles } from "../../server/rule/fix/holes.ts";
import { openEngine } from "../harness/engine.ts";
import { check, load } from "../harness/project.ts";

test("the places of holes are those in the text without marks", () => {
  const newText = `a = ${hole("set()")}\nb = [${hole("")}]`;
  const edit = withHoles({ start: 3, end: 4, newText });
  assert.equal(edit.newText, "a = set()\nb = []");
  assert.deepEqual(edit.holes, [
    { start: 4, end: 9 },
    { start: 15, end: 15 },
  ]);
  const plain = { start: 0, end: 0, newText: "x" };
  assert.equal(withHoles(plain), plain);
});

const PROGRAMS: Readonly<Record<string, readonly [file: string, text: string, hole: string]>> = {
  "hosts, in Python": [
    "app.py",
    `import requests
from flask import Flask, request

app = Flask(__name__)

@app.get("/preview")
def preview():
    return requests.get(request.args["url"]).text
`,
    "set()",
  ],
  "hosts, in JavaScript": [
    "app.js",
    `const express = require("express");

const app = express();

app.get("/preview", async (req, res) => {
  const answer = await fetch(req.query.url);
  res.send(await answer.text());
});
`,
    "",
  ],
  algorithms: [
    "app.py",
    `import os
import jwt

def read(token):
    return jwt.decode(token, os.environ["KEY"], options={"verify_aud": True})
`,
    "",
  ],
};

for (const [name, [file, text, expected]] of Object.entries(PROGRAMS))
  test(name, async () => {
    const engine = await openEngine();
    load(engine, new Map([[file, text]]));
    const { findings } = check(engine, [file]);
    const edits = findings
      .flatMap(({ fingerprint }) => engine.fixes(file, fingerprint))
      .filter(({ grade }) => grade === "placeholder")
      .flatMap((fix) => fix.edits.flatMap((one) => one.edits));
    assert.deepEqual(
      edits.flatMap(({ newText, holes }) =>
        (holes ?? []).map(({ start, end }) => newText.slice(start, end)),
      ),
      [expected],
    );
    for (const { newText } of edits) assert.doesNotMatch(newText, /[\ufdd0\ufdd1]/);
  });
