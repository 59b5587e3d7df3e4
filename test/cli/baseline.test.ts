// `skeptic baseline`, and scans that know it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonReport } from "../../server/cli/json-report.ts";
import { type Sandbox, sandbox } from "./harness.ts";

const FILE = ".skeptic/baseline.json";
const OLD = { "api/a.py": "evil(1)\nrude(2)\n", "web/b.py": "evil(3)\n" };

async function found(box: Sandbox, ...argv: string[]): Promise<readonly string[]> {
  const { out } = await box.skeptic("scan", "--format", "json", ...argv);
  const { findings } = JSON.parse(out) as JsonReport;
  return findings.map(({ file, start }) => `${file}:${start.line}`);
}

describe("a baseline", () => {
  test("hides what it knows, says how much, and fails for nothing of it", async (t) => {
    const box = sandbox(t, { ...OLD, ".git/HEAD": "" });
    assert.equal((await box.skeptic("scan")).code, 1);
    const made = await box.skeptic("baseline");
    assert.equal(made.code, 0);
    assert.match(made.out, /^\.skeptic\/baseline\.json: 3 findings \(3 added, 0 gone\)/);
    const clean = await box.skeptic("scan");
    assert.equal(clean.code, 0);
    assert.match(clean.out, /No findings/);
    assert.match(clean.out, /Not shown: 3 findings, 3 by the baseline\./);
    assert.deepEqual(await found(box, "--no-baseline"), ["api/a.py:1", "api/a.py:2", "web/b.py:1"]);
    box.write("web/b.py", "rude(5)\n\nevil(3)\n");
    assert.deepEqual(await found(box), ["web/b.py:1"]);
    assert.equal((await box.skeptic("scan")).code, 0, "a warning is not at the threshold");
    assert.equal((await box.skeptic("scan", "--fail-on", "warning")).code, 1);
    const inside = await box.skepticIn("api", "scan");
    assert.match(inside.out, /2 by the baseline/);
  });

  test("of a part leaves the rest; written twice it is the same", async (t) => {
    const box = sandbox(t, { ...OLD, ".git/HEAD": "" });
    await box.skeptic("baseline");
    const text = box.read(FILE);
    assert.equal((await box.skeptic("baseline")).out.includes("(0 added, 0 gone)"), true);
    assert.equal(box.read(FILE), text);
    box.write("api/a.py", "evil(9)\nevil(10)\n");
    const { out } = await box.skeptic("baseline", "api");
    assert.match(out, /3 findings \(1 added, 1 gone, 1 in files that were not scanned\)/);
    assert.deepEqual(await found(box), []);
    box.write("web/b.py", "");
    assert.match((await box.skeptic("baseline")).out, /2 findings \(0 added, 1 gone\)/);
  });

  test("may be any file, and one that cannot be read ends the run", async (t) => {
    const box = sandbox(t, OLD);
    await box.skeptic("baseline", "--output", "known.json");
    assert.deepEqual(await found(box, "--baseline", "known.json"), []);
    assert.equal((await found(box)).length, 3);
    const absent = await box.skeptic("scan", "--baseline", "none.json");
    assert.equal(absent.code, 2);
    assert.match(absent.err, /the baseline none\.json cannot be read/);
    box.write(FILE, "<<<<<<< HEAD\n");
    for (const command of ["scan", "baseline"]) {
      const broken = await box.skeptic(command);
      assert.equal(broken.code, 2);
      assert.match(broken.err, /\.skeptic\/baseline\.json is not valid JSON/);
      assert.equal(box.read(FILE), "<<<<<<< HEAD\n");
    }
  });

  test("that cannot be written ends the run with a reason", async (t) => {
    const box = sandbox(t, { ...OLD, ".skeptic": "a file, and no folder" });
    const { code, err } = await box.skeptic("baseline");
    assert.equal(code, 2);
    assert.match(err, /cannot write \.skeptic\/baseline\.json: /);
    assert.equal((await box.skeptic("scan")).code, 1);
  });

  test("may be larger than a file of code", async (t) => {
    const box = sandbox(t, OLD);
    await box.skeptic("baseline");
    const more = Array.from(
      { length: 30_000 },
      (_, i) => `"x${i}": {"rule":"evil-call","file":"some/where/in/a/project/file${i}.py"},\n`,
    );
    box.write(FILE, box.read(FILE).replace(`"findings": {`, `"findings": {${more.join("")}`));
    assert.deepEqual(await found(box), []);
  });

  test("does not hide what a change has made worse, and says so", async (t) => {
    const box = sandbox(t, { "a.py": "rude(1)  # as information\nevil(1)\n" });
    await box.skeptic("baseline");
    assert.deepEqual(await found(box), []);
    box.write("a.py", "rude(1)\nevil(1)  # as hint\n");
    assert.deepEqual(await found(box), ["a.py:1"]);
    const { code, out } = await box.skeptic("scan", "--fail-on", "warning");
    assert.equal(code, 1);
    assert.match(out, /It is in the baseline as information: a change has made it worse\./);
    const report = JSON.parse((await box.skeptic("scan", "--format", "json")).out) as JsonReport;
    assert.equal(report.findings[0]?.levelInBaseline, "information");
    await box.skeptic("baseline");
    assert.deepEqual(await found(box), []);
    // Settings that show a rule at another level change nothing of what is known.
    assert.deepEqual(await found(box, "--level", "rude-call=error"), []);
  });

  test("in any file loses what is gone: entries of files that were taken away or mended", async (t) => {
    const box = sandbox(t, {
      ...OLD,
      ".git/HEAD": "",
      "lib/c.py": "evil(4)\n",
      "lib/d.py": "evil(5)\n",
    });
    const files = (): readonly string[] =>
      [...box.read("k.json").matchAll(/"file":"(.*?)"/g)].map(([, file]) => file as string).sort();
    await box.skeptic("baseline", "--output", "k.json");
    assert.deepEqual(files(), ["api/a.py", "api/a.py", "lib/c.py", "lib/d.py", "web/b.py"]);
    box.remove("lib/c.py");
    box.remove("web/b.py");
    assert.match(
      (await box.skeptic("baseline", "--output", "k.json", "lib")).out,
      /4 findings \(0 added, 1 gone, 3 in files that were not scanned\)/,
    );
    assert.deepEqual(files(), ["api/a.py", "api/a.py", "lib/d.py", "web/b.py"]);
    await box.skeptic("baseline", "--output", "k.json");
    assert.deepEqual(files(), ["api/a.py", "api/a.py", "lib/d.py"]);
    assert.match(
      (await box.skepticIn("lib", "baseline", "--output", "../k.json")).out,
      /3 findings/,
    );
  });

  test("that is older than a rule: its findings stand apart and fail nothing", async (t) => {
    const box = sandbox(t, { "a.py": "young(1)\n" });
    box.write(FILE, `{"version": 1, "skeptic": "0.9.0", "findings": {}}`);
    const { code, out } = await box.skeptic("scan");
    assert.equal(code, 0);
    assert.match(out, /New in this version: from rules that the baseline does not know yet/);
    assert.match(out, /a\.py:1/);
    box.write("b.py", "evil(1)\n");
    const mixed = await box.skeptic("scan");
    assert.equal(mixed.code, 1);
    assert.ok(mixed.out.indexOf("b.py:1") < mixed.out.indexOf("New in this version"));
    const { findings } = JSON.parse(
      (await box.skeptic("scan", "--format", "json")).out,
    ) as JsonReport;
    assert.deepEqual(
      findings.map(({ rule, newInVersion }) => [rule, newInVersion]),
      [
        ["young-call", true],
        ["evil-call", undefined],
      ],
    );
    await box.skeptic("baseline", "b.py");
    assert.deepEqual(await found(box), ["a.py:1"]);
    assert.equal((await box.skeptic("scan")).code, 0, "the rest was not looked at");
    await box.skeptic("baseline");
    assert.deepEqual(await found(box), []);
    box.write("c.py", "young(2)\n");
    assert.equal((await box.skeptic("scan")).code, 1, "the rule is known now");
  });
});
