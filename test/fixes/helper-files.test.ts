// Fixes that bring a file along: where it stands, how it is imported, that there is one of a kind, and that it is clean itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import type { Fix } from "../../server/engine/api.ts";
import { openEngine } from "../harness/engine.ts";
import { withFix } from "../harness/fixes.ts";
import { repository } from "../harness/pages.ts";
import { check, load, type Texts } from "../harness/project.ts";

const RULE = "ssrf-user-controlled-url";
const FLASK = `from flask import Flask, request

app = Flask(__name__)

@app.get("/preview")
def preview():
    return requests.get(request.args["url"], timeout=5).text
`;
const PYTHON = `import requests\n${FLASK}`;
const HANDLER = `
export async function preview(req: Request): Promise<Response> {
  const answer = await fetch(String(new URL(req.url).searchParams.get("url")));
  return new Response(await answer.text());
}
`;
const express = (head: string): string => `${head}
app.get("/preview", async (req, res) => {
  const answer = await fetch(req.query.url);
  res.send(await answer.text());
});
`;
const ESM = express('import express from "express";\n\nconst app = express();');
const COMMON = express('const express = require("express");\n\nconst app = express();');

async function fixOf(files: Texts, file: string, strict = false): Promise<Fix> {
  const engine = await openEngine();
  load(engine, files, { strict });
  check(engine, files.keys());
  const found = engine.check(file).findings.find(({ rule }) => rule === RULE);
  assert.ok(found !== undefined, `no ${RULE} in ${file}`);
  const [fix] = engine.fixes(file, found.fingerprint);
  assert.ok(fix !== undefined);
  return fix;
}

/** The made file's name, and the lines that are new in the fixed one. */
async function made(
  files: Readonly<Record<string, string>>,
  file: string,
): Promise<readonly string[]> {
  const texts = new Map(Object.entries(files));
  const fix = await fixOf(texts, file);
  assert.equal(fix.grade, "suggested", fix.reason);
  const after = withFix(texts, fix);
  assert.ok(typeof after !== "string", String(after));
  const old = new Set((files[file] ?? "").split("\n"));
  const added = (after.get(file) ?? "").split("\n").filter((line) => !old.has(line));
  const engine = await openEngine();
  load(engine, after);
  assert.deepEqual(check(engine, after.keys()).findings, [], "nothing is found afterwards");
  return [...(fix.creates ?? []).map((one) => one.file), ...added.map((line) => line.trim())];
}

const CALL = 'return public_requests.get(request.args["url"], timeout=5).text';
const PYTHON_PLACES: Readonly<
  Record<string, readonly [Readonly<Record<string, string>>, string, readonly string[]]>
> = {
  "beside a script": [
    { "app.py": PYTHON },
    "app.py",
    ["public_requests.py", "import public_requests", CALL],
  ],
  "in the package": [
    { "shop/__init__.py": "", "shop/views.py": PYTHON },
    "shop/views.py",
    ["shop/public_requests.py", "from shop import public_requests", CALL],
  ],
  "in the topmost package": [
    { "src/shop/__init__.py": "", "src/shop/web/__init__.py": "", "src/shop/web/views.py": PYTHON },
    "src/shop/web/views.py",
    ["src/shop/public_requests.py", "from shop import public_requests", CALL],
  ],
  "relative, where the file imports so": [
    {
      "shop/__init__.py": "",
      "shop/db.py": "def load(): pass\n",
      "shop/web/__init__.py": "",
      "shop/web/views.py": PYTHON.replace(
        "import requests\n",
        "import requests\nfrom ..db import load\n",
      ),
    },
    "shop/web/views.py",
    ["shop/public_requests.py", "from .. import public_requests", CALL],
  ],
  "in a folder without __init__, by the imports of the file": [
    {
      "shop/db.py": "def load(): pass\n",
      "shop/web/views.py": PYTHON.replace(
        "import requests\n",
        "import requests\nfrom shop.db import load\n",
      ),
    },
    "shop/web/views.py",
    ["shop/public_requests.py", "from shop import public_requests", CALL],
  ],
  "beside the modules of a folder that is on the path": [
    {
      "api/__init__.py": "",
      "api/db.py": "def load(): pass\n",
      "api/main.py": PYTHON.replace("import requests\n", "import requests\nfrom db import load\n"),
    },
    "api/main.py",
    ["api/public_requests.py", "import public_requests", CALL],
  ],
  "in a package without __init__, by its own imports": [
    {
      "app/main.py": "from app.routers import preview\n",
      "app/routers/db.py": "def load(): pass\n",
      "app/routers/preview.py": PYTHON.replace(
        "import requests\n",
        "import requests\nfrom .db import load\n",
      ),
    },
    "app/routers/preview.py",
    ["app/routers/public_requests.py", "from . import public_requests", CALL],
  ],
  "beside a program in a folder of its own": [
    { "backend/requirements.txt": "flask==3.1.0\nrequests==2.32.3\n", "backend/app.py": PYTHON },
    "backend/app.py",
    ["backend/public_requests.py", "import public_requests", CALL],
  ],
  "under another name, where the name is taken": [
    { "app.py": PYTHON, "public_requests.py": "def get(url): pass\n" },
    "app.py",
    ["public_requests_2.py", "import public_requests_2", CALL.replace("requests.", "requests_2.")],
  ],
  "in a package whose name no import can hold, relative": [
    {
      "my-pkg/__init__.py": "",
      "my-pkg/db.py": "def load(): pass\n",
      "my-pkg/app.py": PYTHON.replace(
        "import requests\n",
        "import requests\nfrom .db import load\n",
      ),
    },
    "my-pkg/app.py",
    ["my-pkg/public_requests.py", "from . import public_requests", CALL],
  ],
  "beside a program in such a package": [
    {
      "my-pkg/__init__.py": "",
      "my-pkg/app.py": `${PYTHON}\nif __name__ == "__main__":\n    app.run()\n`,
    },
    "my-pkg/app.py",
    ["my-pkg/public_requests.py", "import public_requests", CALL],
  ],
  "with a client of httpx that is made here": [
    {
      "app.py": `import httpx
from fastapi import FastAPI

app = FastAPI()

@app.get("/preview")
async def preview(url: str):
    async with httpx.AsyncClient(timeout=5) as client:
        return (await client.get(url)).text
`,
    },
    "app.py",
    [
      "public_httpx.py",
      "import public_httpx",
      "async with httpx.AsyncClient(timeout=5, transport=public_httpx.AsyncPublicTransport()) as client:",
    ],
  ],
  "with the function imported by its name": [
    { "app.py": `from requests import get as load\n${FLASK.replace("requests.get", "load")}` },
    "app.py",
    ["public_requests.py", "import public_requests", CALL],
  ],
};
const FETCH = "const answer = await publicFetch(req.query.url);";
const JAVASCRIPT_PLACES: typeof PYTHON_PLACES = {
  "beside a script with require": [
    { "package.json": "{}", "app.js": COMMON },
    "app.js",
    ["public-fetch.js", 'const { publicFetch } = require("./public-fetch");', FETCH],
  ],
  "beside a module, with its ending": [
    { "package.json": '{ "type": "module" }', "app.js": ESM },
    "app.js",
    ["public-fetch.js", 'import { publicFetch } from "./public-fetch.js";', FETCH],
  ],
  "in .mjs": [
    { "package.json": "{}", "app.mjs": ESM },
    "app.mjs",
    ["public-fetch.mjs", 'import { publicFetch } from "./public-fetch.mjs";', FETCH],
  ],
  "in src": [
    { "package.json": "{}", "src/routes/preview.ts": ESM },
    "src/routes/preview.ts",
    ["src/public-fetch.ts", 'import { publicFetch } from "../public-fetch";', FETCH],
  ],
  "with the endings of its neighbours": [
    {
      "package.json": "{}",
      "src/db.ts": "export const db = 1;\n",
      "src/main.ts": 'import { db } from "./db.js";\nconsole.log(db);\n',
      "src/preview.ts": ESM,
    },
    "src/preview.ts",
    ["src/public-fetch.ts", 'import { publicFetch } from "./public-fetch.js";', FETCH],
  ],
  "with the endings of sources": [
    {
      "package.json": "{}",
      "src/db.ts": "export const db = 1;\n",
      "src/preview.ts": `import { db } from "./db.ts";\n${ESM}console.log(db);\n`,
    },
    "src/preview.ts",
    ["src/public-fetch.ts", 'import { publicFetch } from "./public-fetch.ts";', FETCH],
  ],
  "not among the pages of a framework": [
    {
      "package.json": "{}",
      "next.config.js": "module.exports = {};\n",
      "app/api/preview/route.ts": HANDLER.replace("preview(req", "GET(req"),
    },
    "app/api/preview/route.ts",
    [
      "public-fetch.ts",
      'import { publicFetch } from "../../../public-fetch";',
      'const answer = await publicFetch(String(new URL(req.url).searchParams.get("url")));',
    ],
  ],
  "not among the functions of a host": [
    {
      "package.json": "{}",
      "api/preview.js": `exports.handler = async (req) => {
  const answer = await fetch(req.query.url);
  return answer.text();
};
const express = express_();
express.get("/preview", async (req, res) => {
  const answer = await fetch(req.query.url);
  res.send(await answer.text());
});
`,
    },
    "api/preview.js",
    ["lib/public-fetch.js", 'const { publicFetch } = require("../lib/public-fetch");', FETCH],
  ],
  "in the folder that is published": [
    { "package.json": '{ "files": ["lib"] }', "index.js": "", "lib/app.js": COMMON },
    "lib/app.js",
    ["lib/public-fetch.js", 'const { publicFetch } = require("./public-fetch");', FETCH],
  ],
  "with a readable name where the function's is taken": [
    { "package.json": "{}", "app.js": `${COMMON}const publicFetch = 1;\n` },
    "app.js",
    [
      "public-fetch.js",
      'const { publicFetch: importedPublicFetch } = require("./public-fetch");',
      "const answer = await importedPublicFetch(req.query.url);",
    ],
  ],
  "under another name, where the name is taken": [
    { "package.json": "{}", "app.js": COMMON, "public-fetch.ts": "export {};\n" },
    "app.js",
    ["public-fetch-2.js", 'const { publicFetch } = require("./public-fetch-2");', FETCH],
  ],
};
for (const [language, places] of Object.entries({ PYTHON_PLACES, JAVASCRIPT_PLACES }))
  for (const [name, [files, file, expected]] of Object.entries(places))
    test(`${language === "PYTHON_PLACES" ? "Python" : "JavaScript"}: ${name}`, async () => {
      assert.deepEqual(await made(files, file), expected);
    });

test("a second finding imports the file that is there, wherever it was moved to", async () => {
  const texts = new Map([
    ["shop/__init__.py", ""],
    ["shop/one.py", PYTHON],
    ["shop/two.py", PYTHON],
  ]);
  const first = await fixOf(texts, "shop/one.py");
  const after = withFix(texts, first);
  assert.ok(typeof after !== "string", String(after));
  const second = await fixOf(after, "shop/two.py");
  assert.equal(second.creates, undefined);
  assert.equal(second.title, "Connect to public hosts only, with public_requests.py");
  const moved = new Map(after);
  moved.set("shop/net/__init__.py", "");
  moved.set("shop/net/outgoing.py", after.get("shop/public_requests.py") ?? "");
  moved.delete("shop/public_requests.py");
  const third = await fixOf(moved, "shop/two.py");
  assert.equal(third.creates, undefined);
  const fixed = withFix(moved, third);
  assert.ok(typeof fixed !== "string", String(fixed));
  const text = fixed.get("shop/two.py") ?? "";
  assert.match(text, /^from shop\.net import outgoing$/m);
  assert.match(text, /return outgoing\.get\(request\.args/);
});

/** What of a helper is changed, and whether it still refuses addresses. */
const CHANGED: Readonly<
  Record<
    string,
    readonly [
      file: string,
      text: string,
      changes: readonly (readonly [string, string])[],
      checks: boolean,
    ]
  >
> = {
  "constants of its owner": [
    "app.py",
    PYTHON,
    [
      ["ALLOWED_HOSTS = frozenset()", 'ALLOWED_HOSTS = frozenset({"files.internal.example"})'],
      ["MAX_SECONDS = 30", "MAX_SECONDS = 5"],
    ],
    true,
  ],
  "a log and other line ends": [
    "app.py",
    PYTHON,
    [
      ["        host, port = self", "        print(self.host)\n        host, port = self"],
      ["\n", "\r\n"],
    ],
    true,
  ],
  "a check that says yes to all": [
    "app.py",
    PYTHON,
    [
      ['    ip = ipaddress.ip_address(address.partition("%")[0])\n', "    return True\n"],
      ["    if ip.version == 6 and ip not in _GLOBAL:\n        return False\n", ""],
      ["    return not any(ip in network for network in _SPECIAL)\n", ""],
    ],
    false,
  ],
  "a check that is left out": [
    "app.py",
    PYTHON,
    [
      [
        '        if not is_own and not all(is_public(place[0]) for *_, place in found):\n            raise _Refused("the address is not public")\n',
        "",
      ],
    ],
    false,
  ],
  "an adapter that is not mounted": [
    "app.py",
    PYTHON,
    [["        adapter = _PublicAdapter()\n", "        adapter = HTTPAdapter()\n"]],
    false,
  ],
  "transports without their check": [
    "app.py",
    PYTHON.replaceAll("requests", "httpx"),
    [
      [
        '        if not all(is_public(address) for address in addresses):\n            raise AddressNotAllowed("the address is not public")\n',
        "",
      ],
    ],
    false,
  ],
  "another time": [
    "app.py",
    PYTHON.replaceAll("requests", "httpx"),
    [["MAX_SECONDS = 30", "MAX_SECONDS = 5"]],
    true,
  ],
  "a list of a module": [
    "app.mjs",
    ESM,
    [["new Set();", 'new Set(["files.internal.example"]);']],
    true,
  ],
  "a look-up that takes every address": [
    "app.mjs",
    ESM,
    [["lookup: isOwn ? lookup : publicLookup", "lookup"]],
    false,
  ],
  "a module that asks nobody": [
    "app.mjs",
    ESM,
    [
      ['return !special.check(address, "ipv4")', "return true"],
      ['return global6.check(address, "ipv6") && !special.check(address, "ipv6")', "return true"],
    ],
    false,
  ],
};
for (const [name, [file, text, changes, checks]] of Object.entries(CHANGED))
  test(`a helper that was changed is believed if it still checks: ${name}`, async () => {
    const texts = new Map([
      [file, text],
      ["package.json", "{}"],
    ]);
    const first = await fixOf(texts, file);
    const after = withFix(texts, first);
    assert.ok(typeof after !== "string", String(after));
    const made = first.creates?.[0]?.file ?? "";
    const engine = await openEngine();
    load(engine, after);
    assert.deepEqual(check(engine, after.keys()).findings, []);
    const changed = changes.reduce((now, [from, to]) => {
      assert.ok(now.includes(from), from);
      return now.replaceAll(from, to);
    }, after.get(made) ?? "");
    engine.set(made, changed);
    const found = check(engine, after.keys()).findings.filter(({ rule }) => rule === RULE);
    assert.equal(found.length > 0, !checks, "it is told where it no longer checks");
    const other = file.replace("app", "other");
    const again = await fixOf(new Map([...after, [made, changed], [other, text]]), other);
    assert.equal(again.creates === undefined, checks, "it is imported as long as it checks");
  });

test("a file of somebody else that has the mark is not taken for a helper", async () => {
  const texts = new Map([
    ["app.py", PYTHON],
    [
      "net.py",
      "# skeptic-helper: public-requests\nimport requests\n\ndef get(url, **given):\n    return requests.get(url, **given)\n",
    ],
  ]);
  const fix = await fixOf(texts, "app.py");
  assert.deepEqual(
    fix.creates?.map(({ file }) => file),
    ["public_requests.py"],
  );
});

test("what one way of modules has made does not serve the other, nor another package", async () => {
  const texts = new Map([
    ["a/package.json", "{}"],
    ["a/app.mjs", ESM],
    ["a/old.cjs", COMMON],
    ["b/package.json", "{}"],
    ["b/app.mjs", ESM],
  ]);
  const after = withFix(texts, await fixOf(texts, "a/app.mjs"));
  assert.ok(typeof after !== "string", String(after));
  assert.ok(after.has("a/public-fetch.mjs"));
  const names = async (file: string) =>
    (await fixOf(after, file)).creates?.map((one) => one.file) ?? [];
  assert.deepEqual(await names("a/old.cjs"), ["a/public-fetch-2.cjs"]);
  assert.deepEqual(await names("b/app.mjs"), ["b/public-fetch.mjs"]);
});

test("it has the line ends of the file that asked for it", async () => {
  const texts = new Map([["app.py", PYTHON.replaceAll("\n", "\r\n")]]);
  const [one] = (await fixOf(texts, "app.py")).creates ?? [];
  assert.ok(one?.text.includes("\r\n"));
  assert.doesNotMatch(one?.text ?? "", /[^\r]\n/);
});

test("it is not offered where it cannot work", async () => {
  const proxied = PYTHON.replace("timeout=5", "proxies=PROXIES");
  const edge = `export const runtime = "edge";\n${HANDLER.replace("preview(req", "GET(req")}`;
  for (const [file, text, why] of [
    ["app.py", proxied, /proxy/],
    ["my-pkg/app.py", PYTHON, /my-pkg, which is no name that an import can hold/],
    // Whether the folder is a package, nothing says.
    ["app/routers/preview.py", PYTHON, /not plain/],
    ["app/api/x/route.ts", edge, /another runtime/],
  ] as const) {
    const engine = await openEngine();
    const files = new Map<string, string>([[file, text]]);
    if (file.startsWith("my-pkg/")) files.set("my-pkg/__init__.py", "");
    load(engine, files);
    const [found] = check(engine, [file]).findings.filter(({ rule }) => rule === RULE);
    const fixes = engine.fixes(file, found?.fingerprint ?? "");
    assert.equal(
      fixes.some(({ creates }) => creates !== undefined),
      false,
    );
    assert.match(fixes.at(-1)?.reason ?? "", why);
  }
});

test("the files are clean under all rules, in every form", async () => {
  for (const [files, file] of [
    [{ "app.py": PYTHON }, "app.py"],
    [{ "app.py": PYTHON.replaceAll("requests", "httpx") }, "app.py"],
    [{ "app.cjs": COMMON }, "app.cjs"],
    [{ "app.mjs": ESM }, "app.mjs"],
    [{ "app.ts": ESM }, "app.ts"],
  ] as const) {
    const texts = new Map<string, string>(Object.entries(files));
    const after = withFix(texts, await fixOf(texts, file));
    assert.ok(typeof after !== "string", String(after));
    const engine = await openEngine();
    load(engine, after, { strict: true });
    const { findings, broken } = check(engine, after.keys());
    const own = [...after.keys()].filter((name) => !texts.has(name));
    assert.equal(own.length, 1);
    assert.deepEqual(broken, []);
    assert.deepEqual(
      findings.filter((one) => own.includes(one.file)).map(({ rule, message }) => [rule, message]),
      [],
    );
  }
});

test("the typed file passes the strictest compiler, and without its types is the plain one", () => {
  const read = (name: string): string =>
    readFileSync(join(repository, "rules/helpers", name), "utf8");
  const typed = read("public-fetch.ts.txt");
  for (const lib of [
    ["lib.es2022.d.ts"],
    ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  ]) {
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: [...lib],
      types: ["node"],
      typeRoots: [join(repository, "node_modules/@types")],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitReturns: true,
      noUnusedLocals: true,
      verbatimModuleSyntax: true,
      skipLibCheck: true,
      noEmit: true,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    const path = join(repository, "public-fetch.mts");
    host.getSourceFile = (name, ...rest) =>
      name === path
        ? ts.createSourceFile(name, typed, ts.ScriptTarget.ES2022)
        : getSourceFile(name, ...rest);
    host.fileExists = (name) => name === path || fileExists(name);
    host.readFile = (name) => (name === path ? typed : readFile(name));
    const program = ts.createProgram([path], options, host);
    assert.deepEqual(
      ts
        .getPreEmitDiagnostics(program)
        .map(({ messageText, start }) => [
          typeof messageText === "string" ? messageText : messageText.messageText,
          typed.slice(start, (start ?? 0) + 60),
        ]),
      [],
    );
  }
  const printed = (text: string): string =>
    ts
      .transpile(text, { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext })
      .replace(/,?\s+/g, " ");
  assert.equal(printed(typed), printed(read("public-fetch.js.txt")));
});
