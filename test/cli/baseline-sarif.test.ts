// How results stand to a baseline, in SARIF.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sandbox, sandbox } from "./harness.ts";
import { schemaErrors } from "./sarif-schema.ts";

interface Result {
  readonly ruleId: string;
  readonly baselineState?: string;
  readonly level: string;
  readonly kind: string;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string }[];
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region?: object;
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties?: { readonly newInVersion?: true };
}

async function results(box: Sandbox, ...argv: string[]): Promise<readonly Result[]> {
  const { out } = await box.skeptic("scan", "--format", "sarif", ...argv);
  const log = JSON.parse(out);
  assert.deepEqual(schemaErrors(log), []);
  return log.runs[0].results;
}

const states = (all: readonly Result[]): readonly string[] =>
  all.map(
    ({ baselineState, locations }) =>
      `${baselineState} ${locations[0]?.physicalLocation.artifactLocation.uri}`,
  );

const FILES = {
  "a.py": "evil(1)\n",
  "b.py": "evil(2)\n",
  "c.py": "evil(3)\n",
  "d.py": "rude(4)  # as information\n",
};

test("each result says how it stands to the baseline; what is known is suppressed", async (t) => {
  const box = sandbox(t, FILES);
  await box.skeptic("baseline");
  box.remove("b.py");
  box.write("c.py", "");
  box.write("d.py", "rude(4)\n");
  box.write("e.py", "evil(5)\n");
  const all = await results(box);
  assert.deepEqual(states(all).toSorted(), [
    "absent b.py",
    "absent c.py",
    "new e.py",
    "unchanged a.py",
    "updated d.py",
  ]);
  for (const { baselineState, suppressions } of all) {
    const status = suppressions?.map(({ kind, status }) => `${kind} ${status}`);
    assert.deepEqual(status, baselineState === "unchanged" ? ["external accepted"] : undefined);
  }
  const gone = all.filter(({ baselineState }) => baselineState === "absent");
  for (const { ruleId, kind, level, locations, partialFingerprints } of gone) {
    assert.deepEqual([ruleId, kind, level], ["evil-call", "pass", "none"]);
    assert.equal(locations[0]?.physicalLocation.region, undefined);
    assert.match(partialFingerprints["skeptic/v1"] ?? "", /^[0-9a-f]{32}$/);
  }
});

test("of a part, a rule, or without a baseline nothing is said of the rest", async (t) => {
  const box = sandbox(t, { ...FILES, "api/f.py": "rude(6)\n" });
  await box.skeptic("baseline");
  for (const name of ["a.py", "api/f.py"]) box.remove(name);
  box.write("api/g.py", "");
  assert.deepEqual(states(await results(box, "api")), ["absent api/f.py"]);
  assert.deepEqual(states(await results(box, "--rule", "rude-call")), [
    "unchanged d.py",
    "absent api/f.py",
  ]);
  const plain = await results(box, "--no-baseline");
  assert.deepEqual(states(plain), ["undefined b.py", "undefined c.py", "undefined d.py"]);
  assert.ok(plain.every((one) => !("suppressions" in one)));
});

test("a finding of a rule that is younger than the baseline is new, and says by what", async (t) => {
  const box = sandbox(t, { "a.py": "young(1)\n" });
  box.write(".skeptic/baseline.json", `{"version": 1, "skeptic": "0.9.0", "findings": {}}`);
  const [one] = await results(box);
  assert.deepEqual([one?.baselineState, one?.properties?.newInVersion], ["new", true]);
});
