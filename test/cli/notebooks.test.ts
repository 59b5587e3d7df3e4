// Notebooks and components on the command line, with the built program: places, reports and edits of the file itself.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { type Sandbox, sandbox } from "./harness.ts";
import { schemaErrors } from "./sarif-schema.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");

function skeptic(box: Sandbox, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: box.folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

/** As Jupyter writes it, but for what a test puts in by itself. */
const NOTEBOOK = `{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": ["# os.system(input())"]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [{"data": {"text/plain": ["\\u001b[31mred\\u001b[0m"]}, "output_type": "display_data"}],
   "source": "%pip install flask\\nimport os\\nfrom flask import Flask, request"
  },
  {
   "cell_type": "code",   "metadata": {},
   "source": [
    "app = Flask(__name__)\\n",
    "name = \\"\\u00e9\\"\\n",
    "!ls -la\\n",
    "def host():\\n",
    "    return request.args['host']"
   ]
  },
  {
   "cell_type": "code",
   "source": ["%%bash\\n", "rm -rf (("]
  },
  {
   "cell_type": "code",
   "source": [
    "@app.get('/ping')\\n",
    "def ping():\\n",
    "    os.system('ping ' + host())\\n",
    "    return 'é'"
   ]
  }
 ],
 "metadata": {"kernelspec": {"language": "python"}},
 "nbformat": 4, "nbformat_minor": 4
}
`;

test("a finding names the cell, and a place of the file that holds the code", (t) => {
  const box = sandbox(t, { "hosts/ping.ipynb": NOTEBOOK });
  const { code, out } = skeptic(box, "scan");
  assert.equal(code, 1);
  const line = NOTEBOOK.split("\n").findIndex((one) => one.includes("os.system('")) + 1;
  assert.match(out, new RegExp(`hosts/ping\\.ipynb:${line}:20 \\(cell 5, line 3\\)`));
  assert.match(out, /> 3 \| {5}os\.system\('ping ' \+ host\(\)\)/, "the code as it is in the cell");
  assert.match(out, /1\. hosts\/ping\.ipynb:\d+:\d+ \(cell 3, line 5\) {2}request data/);

  const report = JSON.parse(skeptic(box, "scan", "--format", "json").out);
  const [finding, ...others] = report.findings;
  assert.deepEqual(others, []);
  assert.deepEqual(finding.cell, { cell: 5, line: 3, column: 15 });
  assert.equal(NOTEBOOK.slice(finding.start.offset, finding.end.offset), "'ping ' + host()");
  assert.deepEqual(finding.flow[0].cell, { cell: 3, line: 5, column: 12 });
  for (const { file, start, end, newText } of finding.fixes[0].edits) {
    assert.equal(file, "hosts/ping.ipynb");
    assert.ok(start.offset <= end.offset && !newText.includes("\n"), "an edit of the JSON");
  }

  const log = JSON.parse(skeptic(box, "scan", "--format", "sarif").out);
  assert.deepEqual(schemaErrors(log), []);
  const [{ physicalLocation, logicalLocations }] = log.runs[0].results[0].locations;
  assert.equal(logicalLocations[0].name, "cell 5, line 3");
  const { charOffset, charLength, startLine } = physicalLocation.region;
  assert.equal(NOTEBOOK.slice(charOffset, charOffset + charLength), "'ping ' + host()");
  assert.equal(startLine, line);
});

test("fix edits the cells, and leaves every other byte as it is", (t) => {
  const crlf = NOTEBOOK.replaceAll("\n", "\r\n");
  const box = sandbox(t, { "a.ipynb": NOTEBOOK, "b.ipynb": `\ufeff${crlf}` });
  const patch = skeptic(box, "fix", "--check", "--grade", "suggested");
  assert.equal(patch.code, 1);
  assert.match(patch.out, /^\+ {4}" {4}os\.system\('ping ' \+ quote\(host\(\)\)\)\\n",$/m);
  assert.equal(box.read("a.ipynb"), NOTEBOOK, "nothing was written");
  assert.equal(skeptic(box, "fix", "--grade", "suggested").code, 0);
  const wanted = NOTEBOOK.replace("host())\\n", "quote(host()))\\n").replace(
    "import os\\n",
    "import os\\nfrom shlex import quote\\n",
  );
  assert.equal(box.read("a.ipynb"), wanted);
  assert.equal(box.read("b.ipynb"), `\ufeff${wanted.replaceAll("\n", "\r\n")}`);
  assert.equal(skeptic(box, "scan").code, 0);
});

test("names of packages in install commands of cells are told, and mended there", (t) => {
  const wrong = NOTEBOOK.replace("%pip install flask", "%pip install flask reqeusts").replace(
    "!ls -la",
    "!{sys.executable} -m pip install jwt==1.3.1",
  );
  const box = sandbox(t, { "a.ipynb": wrong });
  const report = JSON.parse(skeptic(box, "scan", "--format", "json").out);
  const told = report.findings.filter(
    (one: { rule: string }) => one.rule === "dep-hallucinated-install",
  );
  assert.deepEqual(
    told.map(({ cell, start, end }: Record<string, { offset: number }>) => [
      cell,
      wrong.slice(start?.offset, end?.offset),
    ]),
    [
      [{ cell: 2, line: 1, column: 20 }, "reqeusts"],
      [{ cell: 3, line: 3, column: 34 }, "jwt"],
    ],
  );
  assert.equal(
    skeptic(box, "fix", "--grade", "suggested", "--rule", "dep-hallucinated-install").code,
    0,
  );
  const wanted = wrong.replace("reqeusts", "requests").replace("jwt==", "pyjwt==");
  assert.equal(box.read("a.ipynb"), wanted);
});

test("a comment in a cell suppresses, why and explain take a line of the file", (t) => {
  const comment =
    '"    # skeptic: ignore[command-injection-shell] -- my machine only\\n",\n    "    os';
  const box = sandbox(t, {
    "a.ipynb": NOTEBOOK.replace('"    os', comment),
    "b.ipynb": NOTEBOOK,
  });
  assert.match(skeptic(box, "scan", "a.ipynb").out, /Not shown: 1 finding, 1 by suppressions/);
  const line = (name: string, text: string): number =>
    box
      .read(name)
      .split("\n")
      .findIndex((one) => one.includes(text)) + 1;
  const why = skeptic(box, "why", `a.ipynb:${line("a.ipynb", "os.system('")}`);
  assert.match(why.out, /suppress|comment/);
  assert.match(why.out, /cell 5, line \d/);
  const nowhere = skeptic(box, "why", `a.ipynb:${line("a.ipynb", '"outputs"')}`);
  assert.match(nowhere.out, /No code that is looked at stands on this line/);
  const explained = skeptic(box, "explain", `b.ipynb:${line("b.ipynb", "os.system('")}`);
  assert.match(explained.out, /b\.ipynb:\d+:\d+ \(cell 5, line 3\)/);
  assert.match(explained.out, /\+ {4}os\.system\('ping ' \+ quote\(host\(\)\)\)/);
});

test("what is no notebook of format 4 is said, and the others are read", (t) => {
  const picture = `"${"A".repeat(3_000_000)}"`;
  const box = sandbox(t, {
    "broken.ipynb": NOTEBOOK.slice(0, 400),
    "old.ipynb": '{"nbformat": 3, "worksheets": []}',
    "empty.ipynb": "",
    "none.ipynb": '{"nbformat": 4, "cells": [{"cell_type": "code"}, 3, null]}',
    "r.ipynb":
      '{"nbformat": 4, "metadata": {"language_info": {"name": "R"}}, "cells": [{"cell_type": "code", "source": "os.system(("}]}',
    "large.ipynb": NOTEBOOK.replace('"text/plain": [', `"image/png": ${picture}, "text/plain": [`),
  });
  const { code, out, err } = skeptic(box, "scan");
  assert.equal(code, 1);
  assert.match(out, /large\.ipynb:\d+:20 \(cell 5, line 3\)/);
  assert.match(out, /1 finding: 1 error, in 3 files/);
  assert.match(err, /broken\.ipynb: is not valid JSON, so it was not analysed/);
  assert.match(err, /empty\.ipynb: is not valid JSON/);
  assert.match(err, /old\.ipynb: is a notebook of format 3: only format 4 is read/);
});

test("only what a cell's own finding needs is in its fingerprint: outputs and moved cells are not", (t) => {
  const box = sandbox(t, { "a.ipynb": NOTEBOOK });
  const print = (): string =>
    JSON.parse(skeptic(box, "scan", "--format", "json").out).findings[0].fingerprint;
  const before = print();
  box.write(
    "a.ipynb",
    NOTEBOOK.replace("[31mred", "[32mgreen").replace(
      '"source": ["%%bash\\n", "rm -rf (("]',
      '"source": ["x = 1"]',
    ),
  );
  assert.equal(print(), before);
});

const COMPONENT = `<template>\r
  <p>{{ id }}</p>\r
</template>\r
\r
<script lang="ts">\r
  export const word = "é";\r
</script>\r
<script setup lang="ts">\r
  import { ref } from "vue";\r
\r
  const id = ref(Math.random());\r
  const token = Math.random().toString(36);\r
</script>\r
`;

test("the scripts of a component are read and mended where they stand", (t) => {
  const box = sandbox(t, { "web/App.vue": COMPONENT, "web/Empty.svelte": "<p>No script</p>" });
  const { findings } = JSON.parse(
    skeptic(box, "scan", "--format", "json", "--fail-on", "never").out,
  );
  const [finding, ...others] = findings;
  assert.deepEqual(others, []);
  assert.equal(finding.rule, "crypto-insecure-random");
  assert.equal(finding.cell, undefined);
  assert.equal(finding.start.line, 12);
  assert.match(COMPONENT.slice(finding.start.offset, finding.end.offset), /^Math\.random/);
  assert.match(skeptic(box, "scan").out, /const token = Math\.random\(\)\.toString\(36\);/);
  assert.equal(skeptic(box, "fix", "--grade", "suggested").code, 0);
  const after = box.read("web/App.vue");
  assert.notEqual(after, COMPONENT);
  assert.ok(after.startsWith(COMPONENT.slice(0, COMPONENT.indexOf("<script lang"))));
  assert.ok(after.endsWith("</script>\r\n") && !/[^\r]\n/.test(after));
  assert.equal(JSON.parse(skeptic(box, "scan", "--format", "json").out).findings.length, 0);
});
