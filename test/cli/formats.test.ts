import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sandbox, sandbox } from "./harness.ts";
import { schemaErrors } from "./sarif-schema.ts";

async function sarif(box: Sandbox, ...argv: string[]) {
  const { out } = await box.skeptic("scan", "--format", "sarif", ...argv);
  const log = JSON.parse(out);
  assert.deepEqual(schemaErrors(log), []);
  return log.runs[0];
}

const APP = {
  "app.py": "import source\n\n\ud83d\ude00 = 1; evil(x)\nrude()\nodd()\nlate()\n",
  "source.py": "data = 1\n",
  "broken/too.js": "\0",
};

test("JSON has the documented shape", async (t) => {
  const box = sandbox(t, APP);
  const { out, code } = await box.skeptic("scan", "--format", "json");
  assert.equal(code, 1);
  const report = JSON.parse(out);
  assert.deepEqual(Object.keys(report), ["version", "findings", "stats", "problems"]);
  const [{ paths, ...finding }] = report.findings;
  assert.deepEqual(paths, [finding.flow]);
  assert.deepEqual(finding, {
    rule: "evil-call",
    category: "injection",
    cwe: [89],
    severity: "critical",
    level: "error",
    confidence: "high",
    file: "app.py",
    start: { line: 3, column: 9, offset: 23 },
    end: { line: 3, column: 14, offset: 28 },
    message: "evi is called. It does harm. Call something else.",
    flow: [
      {
        file: "source.py",
        start: { line: 1, column: 1, offset: 0 },
        end: { line: 2, column: 1, offset: 9 },
        role: "source",
        text: "from outside",
      },
      {
        file: "app.py",
        start: { line: 3, column: 9, offset: 23 },
        end: { line: 3, column: 14, offset: 28 },
        role: "sink",
        text: "it is called",
      },
    ],
    morePaths: 0,
    fixes: [
      {
        title: "Call good(",
        applicability: "safe",
        edits: [
          {
            file: "app.py",
            start: { line: 3, column: 9, offset: 23 },
            end: { line: 3, column: 14, offset: 28 },
            newText: "good(",
          },
        ],
      },
    ],
    fingerprint: finding.fingerprint,
  });
  assert.deepEqual(report.findings[3].fixes, [
    { title: "Call nothing", applicability: "manual", edits: [], reason: "nobody knows how" },
  ]);
  assert.deepEqual(
    { ...report.stats, seconds: 0 },
    {
      files: 2,
      bytes: 62,
      lines: 6,
      seconds: 0,
      skipped: { binary: 1 },
      byRule: { "evil-call": 1, "late-call": 1, "odd-call": 1, "rude-call": 1 },
      hidden: { suppressions: 0, settings: 0, own: 0 },
      own: [],
    },
  );
  assert.deepEqual(report.problems, []);
});

test("a BOM is counted neither in columns nor in offsets, and every line end counts once", async (t) => {
  const box = sandbox(t, { "a.py": "\ufeffevil()\r\nevil()\revil()\n" });
  const { out } = await box.skeptic("scan", "--format", "json");
  assert.deepEqual(
    JSON.parse(out).findings.map((finding: { start: unknown }) => finding.start),
    [
      { line: 1, column: 1, offset: 0 },
      { line: 2, column: 1, offset: 8 },
      { line: 3, column: 1, offset: 15 },
    ],
  );
});

test("SARIF is valid and complete", async (t) => {
  const box = sandbox(t, { ...APP, "odd name \u00e4#%:.py": "evil()\n" });
  const run = await sarif(box);
  assert.equal(run.columnKind, "utf16CodeUnits");
  assert.match(run.originalUriBaseIds["%SRCROOT%"].uri, /^file:\/\/\/.*\/$/);
  const rule = run.tool.driver.rules[run.results[0].ruleIndex];
  assert.equal(rule.id, run.results[0].ruleId);
  assert.equal(rule.helpUri, "https://example.org/rules/evil-call");
  assert.equal(rule.fullDescription.text, "The word is bad.");
  assert.equal(rule.properties["security-severity"], "9.5");
  assert.ok(rule.properties.tags.includes("external/cwe/cwe-089"));
  const levels = run.results.map((result: { level: string; kind: string }) => [
    result.level,
    result.kind,
  ]);
  assert.deepEqual(levels, [
    ["error", "fail"],
    ["warning", "fail"],
    ["note", "fail"],
    ["none", "informational"],
    ["error", "fail"],
  ]);
  const [evil] = run.results;
  assert.equal(evil.codeFlows[0].threadFlows[0].locations.length, 2);
  assert.equal(evil.relatedLocations[0].physicalLocation.artifactLocation.uri, "source.py");
  assert.equal(evil.fixes[0].artifactChanges[0].replacements[0].insertedContent.text, "good(");
  assert.match(evil.partialFingerprints["skeptic/v1"], /^[0-9a-f]{32}$/);
  assert.deepEqual(evil.locations[0].physicalLocation.region, {
    startLine: 3,
    startColumn: 9,
    endLine: 3,
    endColumn: 14,
    charOffset: 23,
    charLength: 5,
  });
  const odd = run.results.at(-1).locations[0].physicalLocation.artifactLocation;
  assert.deepEqual(odd, { uri: "odd%20name%20%C3%A4%23%25%3A.py", uriBaseId: "%SRCROOT%" });
  const notes = run.invocations[0].toolExecutionNotifications;
  assert.equal(notes[0].locations[0].physicalLocation.artifactLocation.uri, "broken/too.js");
  assert.match(notes[0].message.text, /binary/);
  assert.equal(run.invocations[0].exitCode, 1);
});

test("SARIF without findings, with problems and for files elsewhere", async (t) => {
  const box = sandbox(t, { "here/a.py": "", "there/b.py": "evil()\n" });
  box.write("here/latin.py", Buffer.from("x = '\xe9'\n", "latin1"));
  assert.deepEqual((await sarif(box, "here/a.py")).results, []);
  const { out } = await box.skepticIn("here", "scan", "--format", "sarif", ".", "../there");
  const log = JSON.parse(out);
  assert.deepEqual(schemaErrors(log), []);
  const { uri, uriBaseId } = log.runs[0].results[0].locations[0].physicalLocation.artifactLocation;
  assert.match(uri, /^file:\/\/\/.*\/there\/b\.py$/);
  assert.equal(uriBaseId, undefined);
  const [problem] = log.runs[0].invocations[0].toolExecutionNotifications;
  assert.match(problem.message.text, /not valid UTF-8/);
});

test("text shows the code, the path and the fix", async (t) => {
  const box = sandbox(t, {
    "app.py": "import source\n\ndef run(x):\n\tif x:\n\t\treturn  evil(x)\n",
    "source.py": "data = request.args\n",
  });
  const { out } = await box.skeptic("scan");
  assert.equal(
    out.replace(/\(\S+ MB, \S+ s\)/, "(size, time)"),
    `app.py

error  Word evil-call
  app.py:5:11  evil-call - critical severity - high confidence - CWE-89
    3 | def run(x):
    4 |     if x:
  > 5 |         return  evil(x)
      |                 ^^^^^
  evi is called. It does harm.
  Path
    1. source.py:1:1  from outside
       data = request.args
    2. app.py:5:11  it is called
       return  evil(x)
  Fix: Call something else.
    [safe] Call good( (skeptic fix)

1 finding: 1 error, in 2 files (size, time).
1 can be fixed safely: skeptic fix
`,
  );
});

test("further paths are told: two in full, the others counted", async (t) => {
  const box = sandbox(t, { "app.py": "import source\nevil(x)\n", "source.py": "busy = 1\n" });
  const { out } = await box.skeptic("scan");
  assert.match(out, /\n {2}Path \(\+3 more: skeptic explain [0-9a-f]{32}\)\n {4}1\. source/);
  const json = JSON.parse((await box.skeptic("scan", "--format", "json")).out);
  const [finding] = json.findings;
  assert.equal(json.findings.length, 1);
  assert.deepEqual(finding.paths[0], finding.flow);
  assert.equal(finding.paths.length, 2);
  assert.equal(finding.morePaths, 2);
  const [result] = (await sarif(box)).results;
  assert.equal(result.codeFlows.length, 2);
  assert.equal(result.properties.morePaths, 2);
});

test("frames keep the underline under the code", async (t) => {
  const cases: readonly [string, string, string][] = [
    ["wide characters", '名前 = "日本"; evil()', "evil("],
    ["combining marks", "e\u0301 = 1; evil()", "evil("],
    ["hidden characters", 'x = "\u202e\u200b"; evil()', "evil("],
    ["a long line", `${"aaaa ".repeat(200)}evil(${"bbbb ".repeat(200)}`, "evil("],
    ["a long line, at its end", `${"aaaa ".repeat(2000)}evil(`, "evil("],
  ];
  for (const [name, code, marked] of cases) {
    const box = sandbox(t, { "a.py": `${code}\n` });
    const { out } = await box.onTerminal("scan", "--no-color");
    const lines = out.split("\n");
    const at = lines.findIndex((line) => line.includes("^"));
    const shown = lines[at - 1] ?? "";
    const under = lines[at] ?? "";
    assert.equal(columns(shown.slice(0, shown.indexOf(marked))), under.indexOf("^"), name);
    assert.equal(under.trim().replace("| ", "").trim(), "^".repeat(marked.length), name);
    assert.ok(columns(shown) <= 80, name);
  }
});

function columns(text: string): number {
  let width = 0;
  for (const character of text)
    width += /\p{Mn}/u.test(character) ? 0 : /[\u3000-\u9fff]/.test(character) ? 2 : 1;
  return width;
}
