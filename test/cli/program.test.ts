// The built program, with the real engine and rules.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Sandbox, sandbox } from "./harness.ts";
import { schemaErrors } from "./sarif-schema.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");

function skeptic(box: Sandbox, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: box.folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, PLANTED: "environment-canary" },
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

const HANDLER = `from flask import Flask, request
from store import find
app = Flask(__name__)

@app.get("/user")
def user():
    return find(request.args["name"])
`;

const STORE = `import sqlite3

def find(name):
    db = sqlite3.connect("users.db")
    return db.execute(f"SELECT * FROM users WHERE name = '{name}'").fetchall()
`;

test("what it says of the demo is valid SARIF, with flows, fixes and fingerprints", (t) => {
  const box = sandbox(t, {});
  const { out } = skeptic(box, "scan", "--format", "sarif", join(process.cwd(), "demo"));
  const log = JSON.parse(out);
  assert.deepEqual(schemaErrors(log), []);
  const [{ results }] = log.runs;
  assert.ok(results.length > 10, `${results.length} results`);
  for (const part of ["codeFlows", "fixes", "partialFingerprints"])
    assert.ok(
      results.some((result: Record<string, unknown>) => result[part] !== undefined),
      part,
    );
});

const OWN = `version: 1
sanitizers:
  - { language: python, function: "store.py:find", clears: [html] }
guards:
  - { language: python, function: "checks.py:must_be_name", proves: return, clears: [sql] }
rules:
  - id: acme-no-flask
    language: python
    title: A second Flask application
    severity: medium
    message: { what: "One more application.", why: "Nobody looks after it.", fix: "Add a blueprint." }
    call: { paths: [flask.Flask] }
`;

test("a module that git ignores is there: no package is missing", (t) => {
  const box = sandbox(t, {
    ".gitignore": "local_config.py\ngenerated/\n*_pb2.py\n",
    "requirements.txt": "flask==3.1.3\n",
    "local_config.py": "KEY = 1\n",
    "generated/schema.py": "",
    "wire_pb2.py": "",
    "app.py": [
      "import local_config",
      "import wire_pb2",
      "from generated import schema",
      "import shop_secret_helpers",
      "print(local_config, wire_pb2, schema, shop_secret_helpers)\n",
    ].join("\n"),
  });
  const { out } = skeptic(box, "scan", "--format", "json");
  const found = JSON.parse(out).findings.map(
    ({ rule, start }: { readonly rule: string; readonly start: { readonly line: number } }) =>
      `${start.line} ${rule}`,
  );
  assert.deepEqual(found, ["4 dep-hallucinated-package"]);
});

test("rules and sanitizers of the project: they find, they hide, and what they hide is counted", (t) => {
  const CHECKED = HANDLER.replace(
    "import find",
    "import find\nfrom checks import must_be_name",
  ).replace("    return find(", '    must_be_name(request.args["name"])\n    return find(');
  const files = {
    "app.py": CHECKED,
    "store.py": STORE,
    "checks.py": "def must_be_name(text):\n    ask(text)\n",
    ".skeptic/rules/acme.yml": OWN,
    ".skeptic/rules/broken.yml": "version: 1\nsinks:\n  - { language: ruby }\n",
  };
  const box = sandbox(t, files);
  const rulesOf = (out: string) =>
    JSON.parse(out).findings.map(({ rule }: { readonly rule: string }) => rule);
  const all = skeptic(box, "scan", "--format", "json");
  assert.deepEqual(rulesOf(all.out), ["acme-no-flask"]);
  const { stats, problems } = JSON.parse(all.out);
  assert.deepEqual(stats.hidden, { suppressions: 0, settings: 0, own: 1 });
  assert.deepEqual(stats.own, [
    { file: ".skeptic/rules/acme.yml", rules: 1, models: 2, silencing: 2 },
    { file: ".skeptic/rules/broken.yml", rules: 0, models: 0, silencing: 0 },
  ]);
  assert.match(problems[0].message, /^line 3: /);
  const text = skeptic(box, "scan");
  assert.match(
    text.out,
    /Not shown: 1 finding, 1 by sanitizers of this project \(\.skeptic\/rules\)/,
  );
  assert.match(text.out, /One more application\. Nobody looks after it\./);
  // In a part of the project the rules of the whole count, and they have names.
  const part = skeptic(box, "scan", "--format", "json", "--rule", "acme-no-flask", "--", "app.py");
  assert.deepEqual(rulesOf(part.out), ["acme-no-flask"]);
  assert.match(skeptic(box, "rules").out, /^own\n {2}acme-no-flask/m);
  assert.match(skeptic(box, "explain", "acme-no-flask").out, /Add a blueprint\./);
  const off = skeptic(box, "scan", "--format", "json", "--level", "acme-no-flask=off");
  assert.deepEqual(rulesOf(off.out), []);
});

test("a rule's page is printed as people read it", (t) => {
  const box = sandbox(t, {});
  for (const rule of ["sql-injection", "xss-react-dangerous-html", "dep-install-script"]) {
    const { out } = skeptic(box, "explain", rule);
    assert.match(out, /^# \w/m);
    assert.doesNotMatch(out, /(?:error|warning|info|hint|missing|spurious): \[|^`{3}\w+ \w/m);
  }
  const { out } = skeptic(box, "explain", "sql-injection");
  assert.match(out, /fetchall\(\) {2}# reported$/m);
  assert.match(out, /^After the fix:$/m);
});

test("severity, confidence and the level of a rule decide what is reported", (t) => {
  const box = sandbox(t, {
    // critical and certain; high, but it goes through an unknown call; a hint.
    "app.py": `${HANDLER.replace("import find", "import find, other, size")}    other(1)\n`,
    "store.py": `${STORE}
def other(name):
    db = sqlite3.connect("users.db")
    return db.execute("SELECT * FROM users WHERE name = '" + unknown(name) + "'").fetchall()

import os

def size(path):
    if os.path.exists(path):
        os.remove(path)
`,
  });
  const found = (...argv: string[]): string[] =>
    JSON.parse(skeptic(box, "scan", "--format", "json", ...argv).out).findings.map(
      ({ rule, level }: { rule: string; level: string }) => `${rule} ${level}`,
    );
  const all = found();
  assert.ok(all.includes("sql-injection error"), all.join());
  assert.ok(all.includes("toctou-file-check hint"), all.join());
  assert.deepEqual(found("--minimum-severity", "critical"), ["sql-injection error"]);
  assert.deepEqual(found("--minimum-confidence", "high", "--level", "toctou-file-check=off"), [
    "sql-injection error",
  ]);
  const levels = ["--level", "sql-injection=info", "--level", "toctou-file-check=error"];
  assert.deepEqual(found(...levels, "--rule", "sql-injection,toctou-file-check").sort(), [
    "sql-injection information",
    "toctou-file-check error",
  ]);
  for (const [argv, message] of [
    [["--level", "sql-injection"], /--level takes RULE=LEVEL/],
    [["--level", "sql=off"], /there is no rule sql/],
    [["--level", "sql-injection=loud"], /there is no level loud: off, hint/],
    [["--minimum-severity", "huge"], /Allowed choices/],
  ] as const) {
    const { code, err } = skeptic(box, "scan", ...argv);
    assert.equal(code, 2);
    assert.match(err, message);
  }
});

test("a flow over two files is found, shown, rewritten, and gone", (t) => {
  const box = sandbox(t, {
    "app.py": HANDLER,
    "store.py": `\ufeff${STORE.replaceAll("\n", "\r\n")}`,
  });
  const text = skeptic(box, "scan");
  assert.equal(text.err, "");
  assert.equal(text.code, 1);
  assert.match(text.out, /app\.py:7:/);
  const report = JSON.parse(skeptic(box, "scan", "--format", "json").out);
  const [finding, ...more] = report.findings;
  assert.deepEqual(more, [], "it is told once, where it ends");
  assert.deepEqual(report.stats.byRule, { "sql-injection": 1 });
  assert.equal(finding.rule, "sql-injection");
  assert.equal(finding.file, "store.py");
  assert.equal(finding.flow[0].file, "app.py");
  assert.equal(finding.flow.at(-1).file, "store.py");
  assert.equal(finding.start.line, 5);

  const patch = skeptic(box, "fix", "--check", "--grade", "suggested");
  assert.equal(patch.code, 1);
  const before = box.bytes("store.py");
  writeFileSync(box.path("fix.patch"), patch.out);
  const applied = spawnSync("git", ["apply", "fix.patch"], { cwd: box.folder, encoding: "utf8" });
  assert.equal(applied.status, 0, applied.stderr);
  const after = box.bytes("store.py");
  box.write("store.py", before);
  assert.equal(skeptic(box, "fix", "--grade", "suggested").code, 0);
  assert.deepEqual(box.bytes("store.py"), after);
  assert.ok(after.toString().startsWith("\ufeffimport sqlite3\r\n"));
  assert.doesNotMatch(after.toString().replaceAll("\r\n", ""), /[\r\n]/);
  assert.equal(skeptic(box, "scan").code, 0);
});

test("explain shows both files, the fix as a diff, and what makes a finding less certain", (t) => {
  const box = sandbox(t, { "app.py": HANDLER, "store.py": STORE });
  const { code, out } = skeptic(box, "explain", "app.py:7");
  assert.equal(code, 0);
  assert.match(out, /\n {2}1\. app\.py:7:17 {2}request data\n {7}5 \| @app/);
  assert.match(out, /\n {2}4\. store\.py:5:23 {2}reaches here\n/);
  assert.match(
    out,
    /\n {4}\+ {4}return db\.execute\("SELECT \* FROM users WHERE name = \?", \(name,\)\)/,
  );
  const alone = skeptic(box, "explain", "store.py:5", "store.py").out;
  assert.match(alone, /^warning {2}/);
  assert.match(alone, /\n {2}Medium, since .*\n {4}- unknown-origin: no call of the function/);
});

test("debug prints the code and the summary of a function as the engine has them", (t) => {
  const checks = `
def is_known(name):
    return name in ("a", "b")

def key():
    password = "cAnArY-9f83b1c07d5e42a6-Zq"
    return password
`;
  const box = sandbox(t, { "app.py": HANDLER, "store.py": STORE + checks });
  const ir = skeptic(box, "debug", "ir", "store.py:find");
  assert.equal(ir.code, 0, ir.err);
  assert.match(ir.out, /^store\.py#find lines 3-5\nfunction find\(name\)\nb0:\n {2}v0 = param 0\n/);
  assert.equal(
    skeptic(box, "debug", "summary", "app.py:7").out,
    `app.py#user lines 6-7
()
  returns sqlite3.Cursor().fetchall()
  source remote (request data).name -> sink sql ({sqlite3.Connection(),sqlite3.Cursor()}.{execute,executemany}), 4 steps, in store.py#find: db.execute(f"SELECT * FROM users WHERE name = '{name}'")
  does: may-write
  calls store.py#find

`,
  );
  const { out } = skeptic(box, "debug", "summary", "store.py:4");
  assert.match(out, /^store\.py#find lines 3-5\n\(name\)\n {2}returns sqlite3\.Cursor/);
  assert.match(
    out,
    /\n {2}parameter name -> sink sql \(.*\), 2 steps, in store\.py#find: db\.exec/,
  );
  const guard = skeptic(box, "debug", "summary", "store.py:is_known").out;
  assert.match(guard, /\n {2}a true result proves parameter name harmless for every sink\n/);
  const all = skeptic(box, "debug", "summary", "store.py").out;
  assert.equal(all.match(/^store\.py#/gm)?.length, 4);
  assert.doesNotMatch(all, /cAnArY|9f83b1c0/);
  const none = skeptic(box, "debug", "summary", "store.py:nothing");
  assert.equal(none.code, 2);
  assert.match(none.err, /the file has: \(the module\), find, is_known, key\n$/);
});

test("only the named file is reported, with flows of the files around it", (t) => {
  const box = sandbox(t, { "app.py": HANDLER, "store.py": STORE });
  const named = JSON.parse(skeptic(box, "scan", "--format", "json", "app.py").out);
  assert.deepEqual(named.findings, []);
  assert.equal(named.stats.files, 1);
});

test("the program knows its version and its rules", (t) => {
  const box = sandbox(t);
  const { version } = JSON.parse(readFileSync(join(process.cwd(), "package.json"), "utf8"));
  assert.equal(skeptic(box, "--version").out, `${version}\n`);
  assert.match(skeptic(box, "rules").out, /sql-injection/);
  assert.equal(skeptic(box, "explain", "sql-injection").code, 0);
});

test("a comment with a reason accepts a finding", (t) => {
  const line = /(?= {4}return db)/;
  const accepted = STORE.replace(
    line,
    "    # skeptic: ignore[sql-injection] -- names are checked\n",
  );
  const box = sandbox(t, { "app.py": HANDLER, "store.py": accepted });
  const { findings } = JSON.parse(skeptic(box, "scan", "--format", "json").out);
  assert.ok(!findings.some((finding: { rule: string }) => finding.rule === "sql-injection"));
});

test("a suppression whose day is over accepts nothing, one of the file accepts all of it", (t) => {
  const accepted = (comment: string): string =>
    STORE.replace(/(?= {4}return db)/, `    # skeptic: ${comment}\n`);
  const rulesIn = (store: string): string[] => {
    const box = sandbox(t, { "app.py": HANDLER, "store.py": store });
    const { out } = skeptic(box, "scan", "--format", "json");
    const { findings } = JSON.parse(out) as { findings: { rule: string }[] };
    return findings.map(({ rule }) => rule).sort();
  };
  const reason = "-- names are checked";
  assert.deepEqual(rulesIn(accepted(`ignore[sql-injection] until 9999-12-31 ${reason}`)), []);
  assert.deepEqual(rulesIn(accepted(`ignore[sql-injection] until 2020-02-29 ${reason}`)), [
    "sql-injection",
    "suppression-expired",
  ]);
  assert.deepEqual(rulesIn(`# skeptic: ignore-file[sql-injection] ${reason}\n${STORE}`), []);
});

test("bad input neither crashes nor hangs", (t) => {
  const box = sandbox(t, {
    "deep.py": `x = ${"(".repeat(10_000)}1${")".repeat(10_000)}\n`,
    "deep.ts": `const x = ${"[".repeat(10_000)}${"]".repeat(10_000)};\n`,
    "sum.py": `x = ${"1 + ".repeat(10_000)}1\n`,
    "half.py": 'def f(:\n  x = \n  return db.execute(f"',
    "half.ts": "function f( { return `${",
    "empty.py": "",
    "bom.py": "\ufeff",
    "package.json": "{ not json",
    "pyproject.toml": "[[[",
    "tsconfig.json": "{{{",
    "late-nul.py": `${"x = 1\n".repeat(3000)}y = "\0"\n`,
    "line.js": "a(1);".repeat(1_000_000),
    "binary.py": "\0\u0001\u0002",
  });
  box.write("surrogate.py", Buffer.from([0x78, 0x3d, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x0a]));
  // Named, so that nothing is left out as minified.
  const names = ["deep.py", "deep.ts", "sum.py", "."];
  const { code, out, err } = skeptic(box, "scan", "--format", "json", ...names);
  assert.equal(err, "");
  assert.equal(code, 0);
  const { stats, problems } = JSON.parse(out);
  assert.equal(stats.skipped.binary, 1);
  assert.equal(stats.skipped["too-large"], 1);
  const said = (file: string): string =>
    problems.find((problem: { file?: string }) => problem.file === file)?.message ?? "";
  assert.notEqual(said("surrogate.py"), "");
  assert.match(said("package.json"), /^not valid JSON \(line 1\)/);
  assert.match(said("pyproject.toml"), /^not valid TOML \(line 1\)/);
});

test("a reader that stops reading is no error", { skip: process.platform === "win32" }, (t) => {
  const lines = Array.from(
    { length: 300 },
    (_, i) => `@app.get("/${i}")\ndef f${i}():\n    return find(request.args["x"])\n`,
  );
  const box = sandbox(t, { "app.py": HANDLER + lines.join("\n"), "store.py": STORE });
  const { stderr, stdout } = spawnSync(
    "sh",
    ["-c", '"$0" "$1" scan --format json | head -c 10', process.execPath, PROGRAM],
    { cwd: box.folder, encoding: "utf8" },
  );
  assert.equal(stderr, "");
  assert.equal(stdout.length, 10);
});
