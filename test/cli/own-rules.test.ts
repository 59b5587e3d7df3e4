// `skeptic rules show` and `skeptic rules test`, with the built program.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { withSanitizer } from "../../server/own/write.ts";
import { type Sandbox, sandbox } from "./harness.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");

function skeptic(box: Sandbox, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: box.folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  return { code: status, out: stdout, err: stderr };
}

const OWN = `version: 1
sanitizers:
  - { language: python, function: "app/html.py:clean", clears: [html] }
rules:
  - id: acme-no-flask
    language: python
    title: A second Flask application
    severity: medium
    message: { what: "One more application.", why: "Nobody looks after it.", fix: "Add a blueprint." }
    call: { paths: [flask.Flask] }
`;
const PAGE = `# Our rules

## A second application

\`\`\`py
from flask import Flask, Blueprint

app = Flask(__name__)  # warning: [acme-no-flask]
part = Blueprint("a", __name__)
\`\`\`

## What clean makes harmless

\`app/html.py\`:
\`\`\`py
def clean(text):
    return tidy(text)
\`\`\`

\`app/main.py\`:
\`\`\`py
from flask import Blueprint, request
from app.html import clean

part = Blueprint("a", __name__)

@part.get("/a")
def a():
    return "<b>" + clean(request.args["q"]) + "</b>"

@part.get("/b")
def b():
    return "<b>" + request.args["q"] + "</b>"  # error: [xss-server-html]
\`\`\`

A block of another kind is no example:

\`\`\`sh
echo
\`\`\`
`;

test("a page that says what is found", (t) => {
  const box = sandbox(t, { ".skeptic/rules/acme.yml": OWN, "docs/rules/acme.md": PAGE });
  const { code, out, err } = skeptic(box, "rules", "test", "docs/rules");
  assert.equal(err, "");
  assert.equal(
    out,
    `docs/rules/acme.md  2 found, 0 missed, 0 unexpected

1 page, 2 programs: 2 found, 0 missed, 0 unexpected.
`,
  );
  assert.equal(code, 0);
  assert.equal(skeptic(box, "rules", "test", "docs/rules/acme.md").code, 0);
});

test("every kind of difference has its line of the page, and fails", (t) => {
  const page = PAGE.replace(
    "app = Flask(__name__)  # warning: [acme-no-flask]",
    "app = Flask(__name__)",
  )
    .replace("__name__)\n```", "__name__)  # error: [acme-no-flask]\n```")
    .replace("error: [xss-server-html]", "warning: [xss-server-html]")
    .replace("return tidy(text)", "return text  # info: [acme-no-flusk]");
  const box = sandbox(t, { ".skeptic/rules/acme.yml": OWN, "acme.md": page });
  const { code, out } = skeptic(box, "rules", "test", ".");
  assert.equal(code, 1);
  assert.equal(
    out,
    `acme.md  0 found, 2 missed, 1 unexpected, 1 wrong
  missed      acme.md:9  [acme-no-flask] is not reported
  unexpected  acme.md:8  [acme-no-flask] warning: One more application.
  missed      acme.md:17  [acme-no-flusk] there is no such rule
  wrong       acme.md:33  [xss-server-html] is of another level: error: HTML of the answer is built with request data.
`.replace(/error: HTML.*/, /is of another level: (.*)/.exec(out)?.[1] ?? "") +
      "\n1 page, 2 programs: 0 found, 2 missed, 1 unexpected, 1 wrong.\n",
  );
});

test("a rule that no longer silences is noticed, and so are faults of the rules and of the page", (t) => {
  const box = sandbox(t, {
    ".skeptic/rules/acme.yml": OWN.replace("clears: [html]", "clears: [sql]"),
    "acme.md": PAGE,
    "broken.md": "# A page\n\n```py\ndef (:\n```\n\n```py odd\nx = 1\n```\n",
  });
  const silenced = skeptic(box, "rules", "test", "acme.md");
  assert.equal(silenced.code, 1);
  assert.match(silenced.out, /^ {2}unexpected {2}acme\.md:29 {2}\[xss-server-html\] error: /m);
  const broken = skeptic(box, "rules", "test", "broken.md");
  assert.equal(broken.code, 1);
  assert.match(broken.out, /^ {2}wrong {7}broken\.md:3 {2}app\.py does not parse$/m);
  assert.match(broken.out, /^ {2}wrong {7}broken\.md:7 {2}unknown word "odd" after py$/m);
  box.write(".skeptic/rules/acme.yml", `${OWN}    colour: red\n`);
  const faulty = skeptic(box, "rules", "test", "acme.md");
  assert.match(faulty.err, /^skeptic: \.skeptic\/rules\/acme\.yml: line 11: /m);
  assert.equal(faulty.code, 1);
});

test("nothing to test is said, and is no success", (t) => {
  const box = sandbox(t, { "acme.md": PAGE, "empty/README.md": "# Nothing\n" });
  assert.match(skeptic(box, "rules", "test", ".").err, /no rules of the project/);
  box.write(".skeptic/rules/acme.yml", OWN);
  for (const [folder, words] of [
    ["empty", /holds no page/],
    ["away", /no such file or folder/],
  ] as const) {
    const { code, err } = skeptic(box, "rules", "test", folder);
    assert.match(err, words);
    assert.equal(code, 2);
  }
});

test("one rule is shown, also one of the project", (t) => {
  const box = sandbox(t, { ".skeptic/rules/acme.yml": OWN });
  const own = skeptic(box, "rules", "show", "acme-no-flask");
  assert.match(own.out, /^acme-no-flask {2}medium severity - of this project \(\.skeptic\/rules\)/);
  assert.match(own.out, /Add a blueprint\./);
  const ours = skeptic(box, "rules", "show", "sql-injection");
  assert.match(ours.out, /^sql-injection {2}critical severity - injection - CWE-89/);
  assert.match(ours.out, /^## Vulnerable$/m);
  assert.equal(
    JSON.parse(skeptic(box, "rules", "show", "sql-injection", "--format", "json").out).id,
    "sql-injection",
  );
  assert.equal(skeptic(box, "rules", "list").out, skeptic(box, "rules").out);
  const wrong = skeptic(box, "rules", "show", "sql-injektion");
  assert.match(wrong.err, /near it: .*sql-injection/);
  assert.equal(wrong.code, 2);
  assert.equal(skeptic(box, "rules", "shwo").code, 2);
});

test("what rules that are off would report is counted, what nobody asked for is not", (t) => {
  const box = sandbox(t, {
    ".skeptic/rules/acme.yml": OWN,
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)\n",
  });
  const hidden = (...argv: string[]) =>
    JSON.parse(skeptic(box, "scan", "--format", "json", ...argv).out).stats.hidden.settings;
  assert.equal(hidden(), 0);
  assert.equal(hidden("--level", "acme-no-flask=off"), 1);
  assert.equal(hidden("--level", "acme-no-flask=off", "--level", "debug-mode-enabled=off"), 2);
  assert.equal(hidden("--level", "sql-injection=off"), 0);
  assert.equal(hidden("--rule", "debug-mode-enabled"), 0);
  assert.equal(hidden("--rule", "debug-mode-enabled", "--level", "acme-no-flask=off"), 0);
  assert.match(
    skeptic(box, "scan", "--level", "acme-no-flask=off").out,
    /Not shown: 1 finding, 1 by settings\./,
  );
});

test("the row that the editor writes for a function silences the finding, and the scan says so", (t) => {
  const box = sandbox(t, {
    "app/html.py": "def clean(width, text):\n    return text[:width]\n",
    "app/main.py": `from flask import Flask, request
from app.html import clean

app = Flask(__name__)


@app.get("/a")
def a():
    return "<b>" + clean(3, request.args["q"]) + "</b>"
`,
  });
  const scanned = () => {
    const { code, out } = skeptic(box, "scan", "--format", "json");
    const { findings, stats } = JSON.parse(out);
    const rules = findings.map(({ rule }: { rule: string }) => rule);
    return { code, rules, own: stats.hidden.own };
  };
  assert.deepEqual(scanned(), { code: 1, rules: ["xss-server-html"], own: 0 });
  const row = { language: "python", function: "app/html.py:clean", argument: 1 } as const;
  box.write(".skeptic/rules/own.yml", withSanitizer(undefined, { ...row, clears: ["sql"] }) ?? "");
  assert.deepEqual(scanned().rules, ["xss-server-html"], "of another kind");
  box.write(".skeptic/rules/own.yml", withSanitizer(undefined, { ...row, clears: ["html"] }) ?? "");
  assert.deepEqual(scanned(), { code: 0, rules: [], own: 1 });
});
