/** What a finding says of its exploit must be possible in the call at hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "./harness/engine.ts";
import { check, load } from "./harness/project.ts";

/** Why it matters, of the only finding of this rule. */
async function said(rule: string, file: string, text: string): Promise<string> {
  const engine = await openEngine();
  load(engine, new Map([[file, text]]));
  const found = check(engine, [file]).findings.filter((one) => one.rule === rule);
  assert.equal(found.length, 1, `${rule} in\n${text}`);
  const { what, why } = found[0]?.message ?? { what: "", why: "" };
  return `${what} ${why}`;
}

const express = (body: string): string => `import express from "express";
import fs from "node:fs";
import path from "node:path";
import pg from "pg";

const app = express();
const pool = new pg.Pool();
const BASE = "/srv/files";
const HOST = "https://api.example.com";

app.get("/x", async (req, res) => {
  const x = String(req.query.x);
  ${body}
  res.end();
});
`;
const flask = (body: string): string => `import os
import sqlite3
from flask import Flask, request
import requests

app = Flask(__name__)
db = sqlite3.connect("app.db")
BASE = "/srv/files"

@app.get("/x")
def x():
    x = request.args["x"]
    ${body}
    return ""
`;

interface Case {
  readonly says: RegExp;
  readonly not?: RegExp;
}
async function js(rule: string, body: string, { says, not }: Case): Promise<void> {
  const text = await said(rule, "app.ts", express(body));
  assert.match(text, says, body);
  if (not !== undefined) assert.doesNotMatch(text, not, body);
}
async function py(rule: string, body: string, { says, not }: Case): Promise<void> {
  const text = await said(rule, "app.py", flask(body));
  assert.match(text, says, body);
  if (not !== undefined) assert.doesNotMatch(text, not, body);
}

test("a path: absolute ones only where they take the place of the folder", async () => {
  const rule = "path-traversal";
  const climbs = { says: /\.\.\/\.\.\/etc\/passwd reads any file/, not: /absolute/ };
  const both = { says: /\.\.\/\.\.\/etc\/passwd or an absolute path reads any file/ };
  await js(rule, "res.send(fs.readFileSync(path.join(BASE, x)));", climbs);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program under test
  await js(rule, "res.send(fs.readFileSync(`${BASE}/${x}`));", climbs);
  await js(rule, "res.send(fs.readFileSync(path.resolve(BASE, x)));", both);
  await js(rule, "res.send(fs.readFileSync(x));", both);
  await py(rule, "return open(os.path.join(BASE, x)).read()", both);
  await py(rule, 'return open(f"{BASE}/{x}").read()', climbs);
  await py(rule, 'return open(os.path.join(BASE, x)).read() if ".." not in x else ""', {
    says: /An absolute path such as \/etc\/passwd reads any file/,
    not: /\.\.\/\.\./,
  });
});

test("a path: what is done with the file, and which files are in reach", async () => {
  const rule = "path-traversal";
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program under test
  await js(rule, "res.send(fs.readFileSync(`./notes/${x}.md`));", {
    says: /reads any file .* whose path ends in "\.md"/,
    not: /passwd/,
  });
  await js(rule, "res.json(fs.readdirSync(path.join(BASE, x)));", {
    says: /lists/,
    not: /reads any file/,
  });
  await py(rule, 'open(os.path.join(BASE, x), "w").write("")', {
    says: /written or created.*puts/s,
    not: /reads any file/,
  });
});

test("an upload's name: absolute ones only where they take the place of the folder", async () => {
  const rule = "upload-client-filename";
  const upload = (target: string): string => `import multer from "multer";
import fs from "node:fs";
import path from "node:path";
import express from "express";

const app = express();
const upload = multer({ storage: multer.memoryStorage(), preservePath: true, limits: { fileSize: 9 } });

app.post("/", upload.single("file"), (req, res) => {
  fs.writeFileSync(${target}, req.file!.buffer);
  res.end();
});
`;
  assert.doesNotMatch(
    await said(rule, "app.ts", upload('path.join("/srv", req.file!.originalname)')),
    /\/etc\/cron/,
  );
  assert.match(
    await said(rule, "app.ts", upload('path.resolve("/srv", req.file!.originalname)')),
    /\.\.\/\.\.\/app\/main\.py or \/etc\/cron\.d\/x/,
  );
});

test("an address: the part of it that is the attacker's", async () => {
  const rule = "ssrf-user-controlled-url";
  await js(rule, "await fetch(x);", { says: /The address .* sends http:\/\/169\.254\.169\.254\// });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program under test
  await js(rule, "await fetch(`https://${x}/status`);", {
    says: /The host .*fetch.* localhost/,
    not: /169\.254/,
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program under test
  await js(rule, "await fetch(`http://${x}/status`);", {
    says: /The host .* 169\.254\.169\.254 as the host/,
    not: /http:\/\/169/,
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program under test
  await js(rule, "await fetch(`https://${x}.example.com/status`);", {
    says: /"localhost\/\?"/,
  });
  await js(rule, "await fetch(HOST + x);", { says: /"@localhost\/"|"\.evil\.example\/"/ });
  await py(rule, 'requests.get(f"http://{x}:8080/status")', {
    says: /"169\.254\.169\.254\/\?"/,
  });
});

test("SQL: what the statement at hand can be made to do", async () => {
  const rule = "sql-injection";
  await py(rule, 'db.execute("SELECT * FROM t WHERE a = \'" + x + "\'")', {
    says: /' OR '1'='1 .*reads.*UNION/,
    not: /changes all|rewrites|deletes/,
  });
  await py(rule, "db.execute(f\"SELECT * FROM t WHERE a LIKE '%{x}%'\")", {
    says: /' OR 1=1 -- /,
    not: /'1'='1/,
  });
  await py(rule, 'db.execute("SELECT * FROM t WHERE id = " + x)', { says: /0 OR 1=1 / });
  await py(rule, 'db.execute(f"SELECT * FROM t WHERE id IN ({x})")', { says: /0\) OR \(1=1 / });
  await py(rule, 'db.execute("DELETE FROM t WHERE a = \'" + x + "\'")', {
    says: /' OR '1'='1 .*deletes all/,
    not: /reads|UNION/,
  });
  await py(rule, 'db.execute("UPDATE t SET a = 1 WHERE b = \'" + x + "\'")', {
    says: /' OR '1'='1 .*changes all/,
    not: /UNION/,
  });
  await py(rule, 'db.execute("INSERT INTO t (a) VALUES (\'" + x + "\')")', {
    says: /ends the text.*stores/,
    not: /OR '1'='1/,
  });
  await py("sql-dynamic-identifier", 'db.execute("SELECT * FROM t ORDER BY " + x)', {
    says: /CASE WHEN/,
    not: /OR '1'='1/,
  });
  await py(rule, "db.execute(x)", { says: /whole statement/ });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program under test
  await js(rule, "await pool.query(`SELECT * FROM t WHERE a = '${x}'`);", {
    says: /' OR '1'='1 .*UNION/,
    not: /rewrites/,
  });
});
