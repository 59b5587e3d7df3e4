import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { readWasm } from "../harness/engine.ts";

/** A function with many operations, which then does one more thing. */
function long(head: string, last: string): string {
  const lines = Array.from({ length: 60 }, (_, i) => `    v${i} = str(x) + "${i}"\n`);
  return `${head}\n${lines.join("")}    ${last}\n`;
}
const CHAIN = `import sqlite3
${long("def first(x):", "return second(x)")}
${long("def second(x):", "return third(x)")}
${long("def third(x):", 'return sqlite3.connect("a").execute("SELECT * FROM t WHERE a = " + x)')}
`;
const CIRCLE = `import sqlite3
def start(x):
    return even(x)
${long("def even(x):", "return odd(x[1:]) if len(x) > 9 else x")}
${long("def odd(x):", "return end(even(x[1:])) if len(x) > 8 else end(x)")}
${long("def end(x):", 'return sqlite3.connect("a").execute("SELECT * FROM t WHERE a = " + x)')}
`;

for (const [name, text, begun] of [
  ["functions that call one another down", CHAIN, ["", "first", "second", "third"]],
  ["functions that call each other in a circle", CIRCLE, undefined],
] as const)
  test(`${name} are worked on in slices, and nothing of it is lost between them`, async () => {
    const made: string[] = [];
    const engine = await createEngine({
      wasm: readWasm(),
      rules,
      log: { lowered() {}, summarised: (id) => made.push(id.slice(id.indexOf("#") + 1)) },
    });
    engine.setFiles(["a.py"]);
    engine.set("a.py", text);
    let slices = 0;
    while (engine.step(0).pending > 0) slices++;
    const inSlices = [...made].sort();
    assert.ok(slices > 20, `only ${slices} slices`);
    const found = engine.check("a.py").findings.map(({ rule, span, flow }) => [rule, span, flow]);
    assert.equal(found.length, 1);

    made.length = 0;
    engine.dropCaches();
    while (engine.step(Number.POSITIVE_INFINITY).pending > 0);
    if (begun !== undefined) {
      assert.deepEqual(inSlices, begun);
      assert.deepEqual(made.sort(), begun);
    }
    // What has looked at functions that are under way is begun again: of a circle, once more at most.
    assert.ok(inSlices.length <= made.length * 2, `${inSlices.length} begun, not ${made.length}`);
    assert.deepEqual(
      engine.check("a.py").findings.map(({ rule, span, flow }) => [rule, span, flow]),
      found,
    );
    engine.dispose();
  });

test("a slice that does something which is kept says so, and one with nothing to do does not", async () => {
  const engine = await createEngine({ wasm: readWasm(), rules });
  engine.setFiles(["a.py"]);
  engine.set("a.py", CHAIN);
  let idle = 0;
  for (;;) {
    const { pending, moved } = engine.step(0);
    if (pending === 0) break;
    // One file is pending all the while: only this tells that the work goes on.
    assert.equal(pending, 1);
    if (!moved) idle++;
  }
  assert.ok(idle <= 1, `${idle} slices did nothing`);
  assert.equal(engine.step(0).moved, false);
  engine.dispose();
});
