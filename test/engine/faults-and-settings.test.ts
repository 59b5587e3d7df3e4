// A rule that throws costs its own findings in one file; the two thresholds filter; the order of work in the background.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import { DEFAULT_SETTINGS, type Finding, type Settings } from "../../server/engine/api.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { createOrder } from "../../server/engine/order.ts";
import { createLog } from "../../server/lsp/log.ts";
import { type Rule, rule } from "../../server/rule/rule.ts";
import { openEngine, readWasm } from "../harness/engine.ts";
import { load } from "../harness/project.ts";

const PROGRAM = `import sqlite3
from flask import Flask, request

app = Flask(__name__)
db = sqlite3.connect("app.db")


@app.get("/users")
def users():
    return db.execute("SELECT * FROM users WHERE name = '" + request.args["name"] + "'").fetchall()


def unused(name):
    return db.execute("SELECT * FROM carts WHERE name = '" + name + "'").fetchall()


def orders(name):
    return db.execute("SELECT * FROM orders WHERE name = '" + name + "'").fetchall()


@app.get("/error")
def error():
    try:
        return orders("x")
    except Exception as error:
        return str(error)


app.run(debug=True)
`;

const ALWAYS = {
  title: "A rule of this test",
  category: "test",
  severity: "low",
  cwe: [],
  owasp: [],
} as const;

/** Each throws in another of the places in which a rule may be asked, and only in one file. */
const THROWING: readonly Rule[] = [
  rule({
    ...ALWAYS,
    id: "throws-in-check",
    calls: {
      watch: ["sqlite3.connect"],
      check: ({ site }, { file }) => {
        if (file === "bad.py") throw new Error("no check today");
        return { item: site.item, span: site.span, op: site.op };
      },
    },
    say: () => ({ what: "It connects.", why: "So.", fix: "Do not." }),
  }),
  rule({
    ...ALWAYS,
    id: "throws-in-say",
    calls: {
      watch: ["sqlite3.connect"],
      check: ({ site }) => ({ item: site.item, span: site.span, op: site.op }),
    },
    say: (_, { file }) => {
      if (file === "bad.py") throw new Error("no words today");
      return { what: "It connects.", why: "So.", fix: "Do not." };
    },
  }),
];

for (const throwing of THROWING)
  test(`${throwing.id}: one log entry, the other rules and files go on`, async () => {
    const engine = await createEngine({
      wasm: readWasm(),
      rules: { ...rules, rules: [throwing, ...rules.rules] },
    });
    const entries: string[] = [];
    const say = (text: string): void => void entries.push(text);
    const log = createLog({ info: say, warn: say, error: say });
    const look = (file: string): string[] => {
      const found = engine.check(file).findings.map((finding) => finding.rule);
      log.problems(engine.problems());
      return found.sort();
    };
    load(
      engine,
      new Map([
        ["good.py", PROGRAM],
        ["bad.py", PROGRAM],
      ]),
      { open: true },
    );
    const good = look("good.py");
    assert.equal(good.filter((id) => id === throwing.id).length, 1);
    const others = good.filter((id) => id !== throwing.id);
    assert.ok(others.includes("sql-injection"));
    assert.deepEqual(look("bad.py"), others);
    engine.edit("bad.py", [{ start: 0, end: 0, newText: "\n" }]);
    assert.deepEqual(look("bad.py"), others);
    assert.equal(entries.length, 1, entries.join("\n"));
    assert.match(entries[0] ?? "", new RegExp(`bad\\.py: rule ${throwing.id} failed: no `));
    engine.dispose();
  });

test("minimumSeverity and minimumConfidence leave out what is below them", async () => {
  const engine = await openEngine();
  load(engine, new Map([["app.py", PROGRAM]]));
  const found = (settings: Partial<Settings>): readonly Finding[] => {
    engine.configure({ ...DEFAULT_SETTINGS, minimumConfidence: "low", ...settings });
    return engine.check("app.py").findings;
  };
  const names = (list: readonly Finding[]): string[] =>
    list.map(({ rule, span }) => `${rule}@${span.start}`);
  const all = found({});
  const severities = ["info", "low", "medium", "high", "critical"] as const;
  const confidences = ["low", "medium", "high"] as const;
  assert.ok(new Set(all.map(({ severity }) => severity)).size > 1, "severities differ");
  assert.ok(new Set(all.map(({ confidence }) => confidence)).size > 1, "confidences differ");
  for (const [i, minimumSeverity] of severities.entries())
    for (const [j, minimumConfidence] of confidences.entries())
      assert.deepEqual(
        names(found({ minimumSeverity, minimumConfidence })),
        names(
          all.filter(
            ({ severity, confidence }) =>
              severities.indexOf(severity) >= i && confidences.indexOf(confidence) >= j,
          ),
        ),
        `${minimumSeverity}, ${minimumConfidence}`,
      );
  // The strict profile is about showing what is not certain.
  assert.deepEqual(names(found({ profile: "strict", minimumConfidence: "high" })), names(all));
  engine.configure(DEFAULT_SETTINGS);
});

test("in the background the open file comes first, then its imports, then who imports it", async () => {
  const lowered: string[] = [];
  const engine = await createEngine({
    wasm: readWasm(),
    rules,
    log: {
      lowered: (id) => void lowered.push(id.slice(0, id.indexOf("#"))),
      summarised() {},
    },
  });
  const texts = new Map<string, string>();
  for (let i = 0; i < 20; i++) texts.set(`a${i}.py`, `def f${i}():\n    return ${i}\n`);
  texts.set("caller.py", "from opened import find\n\ndef call(x):\n    return find(x)\n");
  texts.set("helper.py", "def help(x):\n    return x\n");
  texts.set("opened.py", "from helper import help\n\ndef find(x):\n    return help(x)\n");
  for (let i = 0; i < 20; i++) texts.set(`z${i}.py`, `def g${i}():\n    return ${i}\n`);
  load(engine, texts);
  while (engine.step(0, ["opened.py"]).pending > 0);
  const order = [...new Set(lowered)];
  assert.deepEqual(order.slice(0, 3), ["opened.py", "helper.py", "caller.py"]);
  assert.equal(order.length, texts.size);
  engine.dispose();
});

test("an import by the name of a folder counts, and what waits no more is passed over", () => {
  const texts: Record<string, string> = {
    "other.py": "x = 1",
    "web/app.ts": 'import { a } from "../store";',
    "store/index.ts": "export const a = 1;",
  };
  const order = createOrder((file) => texts[file]);
  const waiting = new Set(Object.keys(texts));
  const seen: string[] = [];
  for (const file of order.next(waiting, ["store/index.ts"])) {
    if (file === undefined) continue;
    seen.push(file);
    waiting.delete(file);
  }
  assert.deepEqual(seen, ["store/index.ts", "web/app.ts", "other.py"]);
});

test("a place for the reason of a suppression is empty and silences nothing; a mistyped rule is told which is near", async () => {
  const engine = await openEngine();
  const line = (comment: string) =>
    PROGRAM.replace('["name"] + "\'").fetchall()', `["name"] + "'").fetchall()  ${comment}`);
  const told = (text: string) => {
    load(engine, new Map([["app.py", text]]));
    return engine.check("app.py").findings;
  };
  const bare = line("# skeptic: ignore[sql-injection]");
  const note = told(bare).find(({ rule }) => rule === "suppression-incomplete") as Finding;
  const [fix] = engine.fixes("app.py", note.fingerprint);
  assert.equal(fix?.grade, "placeholder");
  const [edit] = fix?.edits[0]?.edits ?? [];
  assert.ok(edit !== undefined);
  const mended = bare.slice(0, edit.start) + edit.newText + bare.slice(edit.end);
  assert.match(mended, /ignore\[sql-injection\] -- $/m);
  const after = told(mended).map(({ rule }) => rule);
  assert.ok(after.includes("sql-injection") && after.includes("suppression-incomplete"));

  const mistyped = told(line("# skeptic: ignore[sql-inject] -- a test page"));
  const { message } = mistyped.find(({ rule }) => rule === "suppression-incomplete") as Finding;
  assert.match(
    `${message.what} ${message.why} ${message.fix}`,
    /unknown rule.*is shown.*perhaps sql-injection/,
  );
});
