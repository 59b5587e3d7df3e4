/** What is computed again after an edit: the log names items lowered and summarised. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import type { Engine } from "../../server/engine/api.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { readWasm } from "../harness/engine.ts";

const STORE = `import sqlite3

def find(name):
    conn = sqlite3.connect("app.db")
    return conn.execute("SELECT * FROM users WHERE name = '" + name + "'")

def other():
    return 1
`;
const APP = `from fastapi import FastAPI
from store import find

app = FastAPI()

@app.get("/a")
def a(name: str):
    return find(name)

@app.get("/b")
def b(name: str):
    return name
`;

const ISSUE = `import jwt
from keys import SECRET

def issue(user):
    return jwt.encode(user, SECRET, algorithm="HS512")
`;
const VERIFY = `import jwt
from keys import SECRET

def verify(token):
    return jwt.decode(token, SECRET, algorithms=["HS256"])
`;

interface Logged {
  readonly engine: Engine;
  /** Items lowered and summarised since the last call. */
  take(): { lowered: string[]; summarised: string[] };
}

async function open(): Promise<Logged> {
  let lowered: string[] = [];
  let summarised: string[] = [];
  const engine = await createEngine({
    wasm: readWasm(),
    rules,
    log: { lowered: (id) => lowered.push(id), summarised: (id) => summarised.push(id) },
  });
  engine.setFiles(["store.py", "app.py"]);
  engine.set("store.py", STORE, { open: true });
  engine.set("app.py", APP, { open: true });
  settle(engine);
  const take = (): { lowered: string[]; summarised: string[] } => {
    const out = { lowered: lowered.sort(), summarised: summarised.sort() };
    lowered = [];
    summarised = [];
    return out;
  };
  take();
  return { engine, take };
}

function settle(engine: Engine): void {
  while (engine.step(1000).pending > 0);
  for (const file of ["store.py", "app.py"]) engine.check(file);
}

function replace(engine: Engine, file: string, from: string, to: string): void {
  const start = (engine.text(file) as string).indexOf(from);
  assert.notEqual(start, -1, `${from} is not in ${file}`);
  engine.edit(file, [{ start, end: start + from.length, newText: to }]);
  settle(engine);
}

test("typing in a body lowers that item and summarises nobody who sees no change", async () => {
  const { engine, take } = await open();
  replace(engine, "store.py", "return 1", "return 2 + 3");
  assert.deepEqual(take(), { lowered: ["store.py#other"], summarised: ["store.py#other"] });
  engine.dispose();
});

test("a comment between functions changes the module's text only", async () => {
  const { engine, take } = await open();
  replace(engine, "store.py", "def other", "# a note\ndef other");
  assert.deepEqual(take(), { lowered: ["store.py#"], summarised: ["store.py#"] });
  assert.equal(engine.check("store.py").findings.length, 1);
  engine.dispose();
});

test("a comment or an empty line below the signature belongs to that function alone", async () => {
  const { engine, take } = await open();
  const only = { lowered: ["store.py#other"], summarised: ["store.py#other"] };
  replace(engine, "store.py", "    return 1", "    # a note\n    return 1");
  assert.deepEqual(take(), only);
  replace(engine, "store.py", "def other():\n", "def other():\n\n");
  assert.deepEqual(take(), only);
  engine.dispose();
});

test("a comment that moves a step of a path reaches the caller from which it leads", async () => {
  const { engine, take } = await open();
  replace(engine, "store.py", "    conn =", "    # a note\n    conn =");
  assert.deepEqual(take(), {
    lowered: ["store.py#find"],
    summarised: ["app.py#a", "store.py#find"],
  });
  const [finding] = engine.check("store.py").findings;
  const text = engine.text("store.py") as string;
  assert.equal(text.slice(finding?.span.start, finding?.span.end).slice(0, 7), '"SELECT');
  engine.dispose();
});

test("a change that callers see summarises the callers, and only them", async () => {
  const { engine, take } = await open();
  replace(
    engine,
    "store.py",
    `"SELECT * FROM users WHERE name = '" + name`,
    `"SELECT 1 WHERE x = '" + name`,
  );
  const log = take();
  assert.deepEqual(log.lowered, ["store.py#find"]);
  assert.deepEqual(log.summarised, ["app.py#a", "store.py#find"]);
  engine.dispose();
});

test("renaming a function reaches those who imported it", async () => {
  const { engine, take } = await open();
  assert.equal(engine.check("store.py").findings[0]?.rule, "sql-injection");
  replace(engine, "store.py", "def find(", "def look(");
  const log = take();
  assert.ok(
    log.lowered.every((id) => id.startsWith("store.py#")),
    log.lowered.join(" "),
  );
  assert.ok(log.summarised.includes("app.py#a"), log.summarised.join(" "));
  assert.ok(!log.summarised.includes("app.py#b"), log.summarised.join(" "));
  assert.equal(engine.check("store.py").findings[0]?.rule, "sql-dynamic-query");
  engine.dispose();
});

test("in the background the open file comes first, then what it imports and who imports it", async () => {
  const looked: string[] = [];
  const engine = await createEngine({
    wasm: readWasm(),
    rules,
    log: {
      lowered: () => {},
      summarised: (id) => {
        const file = id.slice(0, id.indexOf("#"));
        if (!looked.includes(file)) looked.push(file);
      },
    },
  });
  const files = new Map<string, string>();
  for (let n = 0; n < 300; n++) files.set(`other${n}.py`, `def f${n}(x):\n    return x + ${n}\n`);
  files.set("app.py", APP);
  files.set(
    "store.py",
    `${STORE.replace("import sqlite3", "import sqlite3\nfrom base import twice")}\ntwice(1)\n`,
  );
  files.set("base.py", "def twice(x):\n    return x * 2\n");
  engine.setFiles(files.keys());
  for (const [name, text] of files) engine.set(name, text);
  while (engine.step(1, ["store.py"]).pending > 0);
  assert.deepEqual(looked.slice(0, 3).sort(), ["app.py", "base.py", "store.py"]);
  assert.equal(looked.length, files.size);
  engine.dispose();
});

test("an edit that is taken back computes nothing again", async () => {
  const { engine, take } = await open();
  replace(engine, "store.py", "return 1", "return 2");
  replace(engine, "store.py", "return 2", "return 1");
  const log = take();
  assert.deepEqual(log.lowered, ["store.py#other"]);
  assert.deepEqual(log.summarised, ["store.py#other"]);
  engine.dispose();
});

test("removing and adding a file takes its flows away and brings them back", async () => {
  const { engine } = await open();
  engine.remove("app.py");
  while (engine.step(1000).pending > 0);
  assert.equal(engine.check("store.py").findings[0]?.rule, "sql-dynamic-query");
  engine.set("app.py", APP);
  while (engine.step(1000).pending > 0);
  assert.equal(engine.check("store.py").findings[0]?.rule, "sql-injection");
  engine.dispose();
});

test("another call at the same place, with the same arguments, changes what other files are told", async () => {
  const engine = await createEngine({ wasm: readWasm(), rules });
  engine.setFiles(["keys.py", "issue.py", "verify.py"]);
  engine.set("keys.py", 'import os\n\nSECRET = os.environ["SECRET"]\n', { open: true });
  engine.set("issue.py", ISSUE, { open: true });
  engine.set("verify.py", VERIFY, { open: true });
  const found = (): string[] => {
    while (engine.step(1000).pending > 0);
    return engine.check("verify.py").findings.map((f) => f.rule);
  };
  assert.deepEqual(found(), ["jwt-algorithm-mismatch"]);
  engine.changed();
  const start = ISSUE.indexOf("encode");
  engine.edit("issue.py", [{ start, end: start + "encode".length, newText: "decode" }]);
  while (engine.step(1000).pending > 0);
  assert.ok(engine.changed().includes("verify.py"));
  assert.deepEqual(found(), []);
  engine.dispose();
});

test("a file that only imports is told when what it brings along becomes something else", async () => {
  const engine = await createEngine({ wasm: readWasm(), rules });
  const admin = (key: string): string =>
    `import { createClient } from "@supabase/supabase-js";\nexport const db = createClient("u", process.env.${key}!);\n`;
  const page =
    '"use client";\nimport { db } from "./admin";\nexport const save = () => db.from("a");\n';
  engine.setFiles(["admin.ts", "page.tsx"]);
  engine.set("admin.ts", admin("SUPABASE_ANON_KEY"), { open: true });
  engine.set("page.tsx", page, { open: true });
  const found = (): string[] => {
    while (engine.step(1000).pending > 0);
    return engine.check("page.tsx").findings.map((f) => f.rule);
  };
  assert.deepEqual(found(), []);
  engine.changed();
  engine.set("admin.ts", admin("SUPABASE_SERVICE_ROLE_KEY"), { open: true });
  while (engine.step(1000).pending > 0);
  assert.ok(engine.changed().includes("page.tsx"));
  assert.deepEqual(found(), ["supabase-service-role-client"]);
  engine.dispose();
});

test("a migration is told when another one switches row level security on", async () => {
  const engine = await createEngine({ wasm: readWasm(), rules });
  const [first, second] = ["supabase/migrations/1.sql", "supabase/migrations/2.sql"];
  engine.setRoots([""]);
  engine.setFiles([first, second]);
  engine.set(first, "create table notes (id int);\n", { open: true });
  const found = (): string[] => {
    while (engine.step(1000).pending > 0);
    return engine.check(first).findings.map((f) => f.rule);
  };
  assert.deepEqual(found(), [], "the other one is not read yet");
  assert.deepEqual(engine.needs(), [second]);
  engine.set(second, "-- nothing yet\n", { open: true });
  assert.deepEqual(found(), ["supabase-rls-missing"]);
  engine.changed();
  engine.set(second, "alter table notes enable row level security;\n", { open: true });
  while (engine.step(1000).pending > 0);
  assert.ok(engine.changed().includes(first));
  assert.deepEqual(found(), []);
  engine.dispose();
});
