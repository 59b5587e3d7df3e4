/** What a rule makes of the calls of all files is made once, however many files there are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import type { Engine } from "../../server/engine/api.ts";
import { createEngine } from "../../server/engine/engine.ts";
import type { AllCalls, Observation, ProgramContext, Rule } from "../../server/rule/rule.ts";
import { readWasm } from "../harness/engine.ts";
import { settle } from "../harness/project.ts";

type Texts = ReadonlyMap<string, string>;

async function open(own: readonly Rule[], texts: Texts): Promise<Engine> {
  const engine = await createEngine({ wasm: readWasm(), rules: { ...rules, rules: own } });
  engine.setFiles(texts.keys());
  for (const [file, text] of texts) engine.set(file, text);
  settle(engine);
  return engine;
}

/** Says how many calls all files have, at each of them. */
function counter(make: (calls: readonly Observation[], context: ProgramContext) => number): Rule {
  return {
    id: "counter",
    title: "Counts",
    category: "test",
    severity: "high",
    cwe: [],
    owasp: [],
    project: {
      watch: ["yaml.load", "js-yaml.load"],
      check: (own, _, all) =>
        own.map(({ site }) => ({
          item: site.item,
          span: site.span,
          facts: { count: all.shared(make) },
        })),
    },
    say: ({ facts }) => ({ what: String(facts?.count), why: "", fix: "" }),
  };
}
function pythonFiles(count: number): Map<string, string> {
  const text = "import yaml\n\ndef read(text):\n    return yaml.load(text)\n";
  return new Map(Array.from({ length: count }, (_, i) => [`m${i}.py`, text]));
}
function said(engine: Engine, files: Iterable<string>): readonly string[] {
  return [...files].flatMap((file) => engine.check(file).findings.map((f) => f.message.what));
}

test("it is made once for all files, and again after an edit", async () => {
  let made = 0;
  const texts = pythonFiles(30);
  const engine = await open(
    [
      counter((calls) => {
        made++;
        return calls.length;
      }),
    ],
    texts,
  );
  assert.deepEqual(new Set(said(engine, texts.keys())), new Set(["30"]));
  assert.equal(made, 1);
  engine.edit("m3.py", [{ start: 0, end: 0, newText: "import yaml as y\ny.load(1)\n" }]);
  settle(engine);
  assert.deepEqual(new Set(said(engine, texts.keys())), new Set(["31"]));
  assert.equal(made, 2);
  engine.dispose();
});

/** Makes something of each call's function, which the callback asks for. */
async function asking(
  ask: (item: string, context: ProgramContext) => unknown,
  texts: Texts,
): Promise<{ readonly engine: Engine; made(): number }> {
  let made = 0;
  const rule = counter((calls, context) => {
    made++;
    for (const { site } of calls) ask(site.item, context);
    return calls.length;
  });
  const engine = await open([rule], texts);
  const check = (): void => {
    settle(engine);
    said(engine, texts.keys());
  };
  check();
  return {
    engine,
    made() {
      check();
      return made;
    },
  };
}
/** Puts a text before the first place of another one. */
function insert(engine: Engine, file: string, before: string, newText: string): void {
  const start = engine.text(file)?.indexOf(before) ?? -1;
  assert.ok(start >= 0);
  engine.edit(file, [{ start, end: start, newText }]);
}
const HELPED = new Map([
  [
    "app.py",
    "import yaml\nimport os\nimport help\n\ndef read(text):\n    return yaml.load(text)\n",
  ],
  ["help.py", "def clean(text):\n    return text.strip()\n"],
]);

test("typing where nothing was asked makes nothing again", async () => {
  const { engine, made } = await asking((item, context) => context.code(item)?.ir.ops, HELPED);
  insert(engine, "app.py", "import os", "# a comment\n");
  assert.equal(made(), 1);
  insert(engine, "help.py", "    return", "    log(text)\n");
  assert.equal(made(), 1);
  insert(engine, "app.py", "    return", "    log(text)\n");
  assert.equal(made(), 2, "the call stands elsewhere");
  engine.dispose();
});

test("code of another file that was asked for counts, and so does a text", async () => {
  const { engine, made } = await asking((_, context) => {
    const code = context.code("help.py#clean");
    code?.text({ start: 0, end: 9 });
  }, HELPED);
  insert(engine, "help.py", "def clean", "# above it\n");
  assert.equal(made(), 1);
  insert(engine, "help.py", "    return", "    log(text)\n");
  assert.equal(made(), 2);
  insert(engine, "help.py", "(text):", " ");
  assert.equal(made(), 3);
  engine.dispose();
});

test("what a function does counts as far as it was asked", async () => {
  const { engine, made } = await asking((_, context) => {
    context.does("fn:help.py#clean", "may-write");
  }, HELPED);
  insert(engine, "help.py", "    return", "    text = text + 'a'\n");
  assert.equal(made(), 1);
  insert(
    engine,
    "help.py",
    "    return",
    "    text.save()\n    os.remove(text)\n    db.session.commit()\n",
  );
  assert.equal(made(), 2);
  engine.dispose();
});

test("a file that comes counts if it has such a call", async () => {
  const { engine, made } = await asking(() => undefined, HELPED);
  engine.set("more.py", "import yaml\nyaml.load(1)\n");
  assert.equal(made(), 2);
  engine.remove("more.py");
  assert.equal(made(), 3);
  engine.dispose();
});

test("while a workspace is read it is made now and then, and in the end of all files", async () => {
  let made = 0;
  const texts = pythonFiles(200);
  const rule = counter((calls) => {
    made++;
    return calls.length;
  });
  const engine = await createEngine({ wasm: readWasm(), rules: { ...rules, rules: [rule] } });
  engine.setFiles(texts.keys());
  const [first = ""] = texts.keys();
  for (const [file, text] of texts) engine.set(file, text, { open: file === first });
  const seen = new Set<string>();
  let changed: readonly string[] = [];
  do {
    changed = engine.changed();
    for (const what of said(engine, [first])) seen.add(what);
  } while (engine.step(0.001, [first]).pending > 0);
  changed = [...changed, ...engine.changed()];
  assert.ok(seen.size > 5, `answers on the way: ${[...seen].join()}`);
  assert.ok(made < 40, `made ${made} times`);
  assert.ok(changed.includes(first), "it is said that the answer is another one");
  assert.deepEqual(said(engine, texts.keys()), Array(200).fill("200"));
  engine.dispose();
});

test("each language has its own, since the models answer differently", async () => {
  const known: (boolean | undefined)[] = [];
  const texts = pythonFiles(3);
  for (let i = 0; i < 3; i++)
    texts.set(
      `m${i}.ts`,
      'import yaml from "js-yaml";\nexport const read = (t) => yaml.load(t);\n',
    );
  const engine = await open(
    [
      counter((calls, context) => {
        known.push(context.does("lib:hmac.compare_digest", "checks-signature"));
        return calls.length;
      }),
    ],
    texts,
  );
  assert.deepEqual(new Set(said(engine, texts.keys())), new Set(["6"]));
  assert.deepEqual(known, [true, false]);
  engine.dispose();
});

test("a file that comes back after an edit counts at once, though others still wait", async () => {
  const texts = pythonFiles(30);
  const engine = await open([counter((calls) => calls.length)], texts);
  assert.deepEqual(new Set(said(engine, texts.keys())), new Set(["30"]));
  for (const file of ["m3.py", "m4.py", "m5.py"])
    engine.set(file, `import yaml as y\ny.load(1)\n${texts.get(file)}`);
  assert.deepEqual(said(engine, ["m3.py"]), ["29", "29"]);
  assert.deepEqual(said(engine, ["m4.py"]), ["31", "31"]);
  settle(engine);
  assert.deepEqual(new Set(said(engine, texts.keys())), new Set(["33"]));
  engine.dispose();
});

test("what fails is tried once, and told for each file that asked", async () => {
  let tried = 0;
  const texts = pythonFiles(5);
  const engine = await open(
    [
      counter(() => {
        tried++;
        throw new Error("broken rule");
      }),
    ],
    texts,
  );
  assert.deepEqual(said(engine, texts.keys()), []);
  assert.equal(tried, 1);
  const told = engine.problems().filter(({ message }) => message.includes("broken rule"));
  assert.deepEqual(told.map(({ file }) => file).sort(), [...texts.keys()].sort());
  engine.dispose();
});

/** One application in each file, with routes, a session, pages, tokens, a template engine, requests to other servers. */
function applications(count: number): Map<string, string> {
  const text = `import jwt, jinja2, requests, yaml
from flask import Flask, request, session, render_template

app = Flask(__name__)
app.secret_key = load()
env = jinja2.Environment()

@app.post("/login")
def login():
    session["user"] = request.form["name"]
    return render_template("home.html")

@app.post("/items")
def add():
    db.session.add(Item(name=request.form["name"]))
    return jwt.encode({"a": 1}, SECRET, algorithm="HS512")

@app.get("/items/<id>")
def show(id):
    requests.get("https://example.com")
    yaml.load(request.data)
    jwt.decode(request.args["t"], SECRET)
    return Item.query.get(id)
`;
  return new Map(Array.from({ length: count }, (_, i) => [`app${i}.py`, text]));
}
/** How often the rules make something of all calls while every file is asked for its findings. */
async function madeFor(count: number): Promise<number> {
  let made = 0;
  const counting = new WeakMap<
    object,
    (calls: readonly Observation[], c: ProgramContext) => unknown
  >();
  const counted = (all: AllCalls): AllCalls => ({
    shared<T>(make: (calls: readonly Observation[], context: ProgramContext) => T): T {
      const one =
        counting.get(make) ??
        ((calls: readonly Observation[], context: ProgramContext) => {
          made++;
          return make(calls, context);
        });
      counting.set(make, one);
      return all.shared(one) as T;
    },
  });
  const own = rules.rules.map((rule) => {
    const { project } = rule;
    return project === undefined
      ? rule
      : {
          ...rule,
          project: {
            ...project,
            check: (...[calls, context, all]: Parameters<typeof project.check>) =>
              project.check(calls, context, counted(all)),
          },
        };
  });
  const texts = applications(count);
  const engine = await open(own, texts);
  for (const file of texts.keys()) engine.check(file);
  engine.dispose();
  return made;
}

test("the rules make as much of the calls of 24 applications as of those of 3", async () => {
  const few = await madeFor(3);
  assert.ok(few > 3, `only ${few} are made`);
  assert.equal(await madeFor(24), few);
});
