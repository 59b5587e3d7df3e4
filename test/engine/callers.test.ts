// An answer does not wait for all who call what was edited; what it leaves out follows, and in the end all is as if fresh.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshEngine } from "../harness/engine.ts";
import { settle, summary } from "../harness/project.ts";

const CALLERS = 60;

function texts(): Map<string, string> {
  const out = new Map([
    [
      "store.py",
      "def find(name):\n    return open(name)\n\ndef other(name):\n    return open(name)\n",
    ],
  ]);
  for (let i = 0; i < CALLERS; i++)
    out.set(
      `view${i}.py`,
      `from flask import request\nfrom store import find, other\n\ndef view():\n    other(request.args["b"])\n    return find(request.args["a"])\n`,
    );
  return out;
}

test("findings of unreached callers stand where the text is still the same, and follow where it is not", async () => {
  const engine = await freshEngine();
  const files = texts();
  engine.setFiles(files.keys());
  for (const [file, text] of files) engine.set(file, text, { open: file === "store.py" });
  settle(engine);
  const seen = (within?: number): string[] => {
    const all = new Map(files).set("store.py", engine.text("store.py") as string);
    return summary(engine.check("store.py", within).findings, all);
  };
  const both = ["store.py:2 error [path-traversal]", "store.py:5 error [path-traversal]"];
  assert.deepEqual(seen(), both);
  engine.changed();

  const at = (engine.text("store.py") as string).indexOf("name)");
  engine.edit("store.py", [{ start: at, end: at, newText: "x" }]);
  engine.edit("store.py", [{ start: at + 24, end: at + 24, newText: "x" }]);
  assert.equal(engine.text("store.py")?.split("\n")[1], "    return open(xname)");
  // No time for callers: what ends in the edited function is not known yet, the other one still is.
  assert.deepEqual(seen(0), ["store.py:5 error [path-traversal]"]);
  engine.changed();
  settle(engine);
  assert.ok(engine.changed().includes("store.py"));
  assert.deepEqual(seen(0), both);
  engine.dispose();
});
