// What a manifest asks for counts for the imports of code, as soon as it says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshEngine } from "../harness/engine.ts";
import { settle, summary } from "../harness/project.ts";

test("an import is silent once a manifest or a file of that name is there, and told again when it goes", async () => {
  const engine = await freshEngine();
  const files = new Map([
    ["requirements.txt", "flask==3.0.3\n"],
    ["web/package.json", '{ "name": "web", "main": "x.js" }\n'],
    ["app.py", "import shop_secret_helpers\n\nshop_secret_helpers.run()\n"],
    ["web/app.ts", 'import run from "shop-secret-helpers";\n\nrun();\n'],
    ["README.md", "Run `pip install shop-secret-helpers` first.\n"],
  ]);
  engine.setFiles(files.keys());
  engine.setRoots([""]);
  for (const [file, text] of files) engine.set(file, text);
  const seen = (): string[] => {
    settle(engine);
    return ["app.py", "web/app.ts", "README.md"].flatMap((file) =>
      summary(engine.check(file).findings, files),
    );
  };
  const python = "app.py:1 warning [dep-hallucinated-package]";
  const node = "web/app.ts:1 warning [dep-undeclared-import]";
  const command = "README.md:1 warning [dep-hallucinated-install]";
  assert.deepEqual(seen(), [python, node, command]);
  engine.changed();

  engine.set("requirements.txt", "flask==3.0.3\nshop-secret-helpers==1.0.0\n");
  settle(engine);
  const changed = engine.changed();
  assert.ok(changed.includes("app.py") && changed.includes("README.md"), changed.join());
  assert.deepEqual(seen(), [node]);

  engine.set(
    "web/package.json",
    '{ "name": "web", "main": "x.js", "dependencies": { "shop-secret-helpers": "1.0.0" } }\n',
  );
  settle(engine);
  assert.ok(engine.changed().includes("web/app.ts"));
  assert.deepEqual(seen(), []);

  engine.set("requirements.txt", "flask==3.0.3\n");
  assert.deepEqual(seen(), [python, command]);
  engine.addFile("shop_secret_helpers/__init__.py");
  assert.deepEqual(seen(), [command]);
  engine.remove("shop_secret_helpers/__init__.py");
  assert.deepEqual(seen(), [python, command]);
  // It is there, and git ignores it.
  engine.setLeftOut(["shop_secret_helpers.py"]);
  assert.deepEqual(seen(), [command]);
  engine.setLeftOut([]);
  assert.deepEqual(seen(), [python, command]);
  engine.dispose();
});

test("of a single file, without what is beside it, nothing is known", async () => {
  const engine = await freshEngine();
  engine.setRoots(["/shop"]);
  engine.set("/elsewhere/app.py", "import reqeusts\n");
  engine.set("/shop/app.py", "import reqeusts\n");
  settle(engine);
  assert.deepEqual(engine.check("/elsewhere/app.py").findings, []);
  assert.equal(engine.check("/shop/app.py").findings.length, 1);
  engine.dispose();
});

test("where no manifest says what the code needs, a module that is left out of what is read is not told", async () => {
  const engine = await freshEngine();
  engine.setRoots([""]);
  engine.set("part20.py", "from part19 import wrap\nimport reqeusts\n");
  settle(engine);
  const at = engine.check("part20.py").findings.map(({ span }) => span.start);
  assert.deepEqual(at, ["from part19 import wrap\nimport ".length]);
  engine.dispose();
});
