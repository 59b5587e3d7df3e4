import assert from "node:assert/strict";
import { test } from "node:test";
import { progress } from "../../server/cli/scan-command.ts";

function shown(isTTY: boolean, quiet: boolean, steps: readonly (readonly [number, string])[]) {
  let err = "";
  let clock = 0;
  const say = progress(
    {
      cwd: "/",
      env: {},
      stdout: { write: () => undefined, isTTY, columns: 80 },
      stderr: { write: (text) => (err += text), isTTY, columns: 80 },
      now: () => clock,
    },
    quiet,
  );
  for (const [at, text] of steps) {
    clock = at;
    say(text);
  }
  return err;
}

const LONG = [
  [0, "reading 0 of 3000"],
  [9_000, "analysing 10 of 3000"],
  [11_000, "analysing 20 of 3000"],
  [30_000, "analysing 900 of 3000"],
  [72_000, "analysing 2000 of 3000"],
  [80_000, ""],
] as const;

test("a log gets a line after a while, and another one each minute", () => {
  assert.equal(
    shown(false, false, LONG),
    "skeptic: analysing 20 of 3000 files\nskeptic: analysing 2000 of 3000 files\n",
  );
  assert.equal(shown(false, false, LONG.slice(0, 2)), "");
  assert.equal(shown(false, true, LONG), "");
  assert.match(shown(true, false, LONG), /reading 0 of 3000/);
  const same = [11_000, 40_000, 71_000, 132_000].map((at) => [at, "analysing 0 of 580"] as const);
  assert.equal(
    shown(false, false, same),
    "skeptic: analysing 0 of 580 files\nskeptic: still analysing 0 of 580 files\nskeptic: still analysing 0 of 580 files\n",
  );
});
