// A fingerprint names a finding in files that are passed on: it must not tell whether a secret has a certain value.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { load } from "../harness/project.ts";

const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  "in the sink": (secret) => `import sqlite3
from flask import request

db = sqlite3.connect("app.db")

def users():
    return db.execute("SELECT * FROM users WHERE token = '${secret}' AND name = '" + request.args["name"] + "'")
`,
  "in an argument beside it": (secret) => `import requests
from flask import request

def fetch():
    return requests.get(request.args["url"] + "?api_key=${secret}", verify=False)
`,
  "in a call of several lines": (secret) => `import jwt
from flask import request

def read():
    return jwt.decode(
        request.args["token"],
        "${secret}",
        options={"verify_signature": False},
    )
`,
  "in a comment that ignores": (secret) => `x = 1  # skeptic: ignore[no-such-rule] -- was ${secret}
`,
};

/** All of a form that a rule knows by itself, and not of one length. */
const SECRETS = [
  "sk_live_a8Kd03LqPz71XvBn52WcYt64RmJh",
  "sk_live_51Hx9QwErTyUiOpAsDfGhJkL",
  "sk_live_9zX8cV7bN6mL5kJ4hG3fD2sA1qW0eR",
];

for (const [name, program] of Object.entries(FORMS))
  test(`a secret ${name} does not change a fingerprint`, async () => {
    const engine = await openEngine();
    const prints = SECRETS.map((secret) => {
      load(engine, new Map([["app.py", program(secret)]]));
      return engine.check("app.py").findings.map((one) => `${one.rule} ${one.fingerprint}`);
    });
    assert.ok((prints[0] ?? []).length > 0, "something is found");
    for (const other of prints.slice(1)) assert.deepEqual(other, prints[0]);
  });

test("what is no secret still tells findings apart", async () => {
  const engine = await openEngine();
  const program = FORMS["in the sink"] as (secret: string) => string;
  const prints = ["users", "orders"].map((table) => {
    load(engine, new Map([["app.py", program("x").replace("FROM users", `FROM ${table}`)]]));
    return engine.check("app.py").findings[0]?.fingerprint;
  });
  assert.notEqual(prints[0], prints[1]);
});
