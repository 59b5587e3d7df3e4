/** `skeptic generate`: what it prints and writes, and that nothing is lost by it. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parse } from "yaml";
import { DEFAULT_SETTINGS } from "../../server/engine/api.ts";
import { FRAMEWORKS, generate, KINDS } from "../../server/generate/generate.ts";
import { isRefused } from "../../server/generate/generated.ts";
import { pinned } from "../../server/generate/workflow.ts";
import { toml } from "../../server/rule/manifest.ts";
import { freshEngine } from "../harness/engine.ts";
import { sandbox } from "./harness.ts";

const LOCK = JSON.stringify({
  lockfileVersion: 3,
  packages: { "node_modules/skeptic": { version: "0.1.0", bin: { skeptic: "dist/cli.js" } } },
});
const NPM = { "package.json": '{ "name": "web", "private": true }\n', "package-lock.json": LOCK };
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const reader = (files: Readonly<Record<string, string>>) => async (path: string) => files[path];

async function made(kind: (typeof KINDS)[number], files: Readonly<Record<string, string>>) {
  const answer = await generate(kind, reader(files));
  assert.ok(!isRefused(answer), JSON.stringify(answer));
  return answer;
}

/** What the strict profile says of a text at a path. */
async function strictFindings(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const engine = await freshEngine();
  try {
    engine.configure({ ...DEFAULT_SETTINGS, profile: "strict" });
    for (const [path, text] of Object.entries(files)) engine.set(path as never, text);
    return Object.keys(files).flatMap((path) =>
      engine.check(path as never).findings.map(({ rule, span }) => `${path}:${span.start} ${rule}`),
    );
  } finally {
    engine.dispose();
  }
}

test("what is generated has no finding of any level, with the strict profile", async () => {
  for (const kind of KINDS)
    for (const dependency of FRAMEWORKS) {
      const isPython = /fastapi|starlette|flask/.test(dependency);
      const files: Record<string, string> = isPython
        ? { ...NPM, "requirements.txt": `${dependency}==1.0.0\n` }
        : {
            ...NPM,
            "package.json": `{ "private": true, "dependencies": { "${dependency}": "1.0.0" } }`,
          };
      const { files: written } = await made(kind, files);
      const texts = Object.fromEntries(written.map(({ path, after }) => [path, after]));
      assert.deepEqual(await strictFindings(texts), [], `${kind}, ${dependency}`);
    }
});

/** What GitHub's own reader of workflows, with its schema, has against a text. */
function faults(content: string): readonly string[] {
  const { context } = parseWorkflow(
    { name: "security.yml", content },
    new NoOperationTraceWriter(),
  );
  return context.errors.getErrors().map(String);
}

test("GitHub's own reader takes each workflow that is written", async () => {
  assert.notDeepEqual(faults("on: push\njobs:\n  a:\n    runs-on: x\n    stepz: []\n"), []);
  const others = ["pnpm-lock.yaml", "yarn.lock", "bun.lock", "requirements.txt"];
  for (const files of [NPM, ...others.map((name) => ({ "package.json": "{}", [name]: "" }))])
    assert.deepEqual(faults((await made("workflow", files)).files[0]?.after ?? ""), []);
});

test("the workflow is one: jobs, rights, steps, each action by a commit", async () => {
  const { files, notes } = await made("workflow", NPM);
  const [file] = files;
  assert.equal(file?.path, ".github/workflows/security.yml");
  const flow = parse(file?.after ?? "");
  assert.deepEqual(Object.keys(flow), ["name", "on", "permissions", "concurrency", "jobs"]);
  assert.deepEqual(flow.permissions, {});
  assert.deepEqual(Object.keys(flow.jobs), ["dependencies", "scan"]);
  for (const job of Object.values(flow.jobs) as { steps: { uses?: string; run?: string }[] }[])
    for (const step of job.steps) {
      assert.equal((step.uses === undefined) !== (step.run === undefined), true);
      if (step.uses !== undefined) assert.match(step.uses, /^[\w-]+\/[\w/-]+@[\da-f]{40}$/);
      else assert.doesNotMatch(step.run ?? "", /\bnpx\b/);
    }
  assert.match(file?.after ?? "", /node_modules\/\.bin\/skeptic scan --format sarif/);
  assert.doesNotMatch(file?.after ?? "", /PLACEHOLDER/);
  assert.ok(notes.some((note) => note.includes("2026-11-30")));
});

test("what is not known is a placeholder that fails the job, and is still a finding", async () => {
  const { files } = await made("workflow", { "package.json": "{}", "bun.lock": '"skeptic@0.1.0"' });
  const text = files[0]?.after ?? "";
  assert.match(text, /oven-sh\/setup-bun@LOOK-UP-THE-COMMIT-OF-A-VERSION # PLACEHOLDER/);
  const found = await strictFindings({ ".github/workflows/security.yml": text });
  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /gha-unpinned-action/);
  assert.match(pinned("some/action"), /@LOOK-UP/);
  const without = await made("workflow", { "package.json": "{}" });
  assert.match(
    without.files[0]?.after ?? "",
    /Skeptic is not installed\n {8}run: \|\n.*\n {10}exit 1/,
  );
});

test("an entry is added to a list that is there, in its own indentation", async () => {
  const config = `# Hooks
repos:
- repo: https://example.test/hooks
  rev: v1
  hooks:
  - id: tidy # fast

# The end.
default_stages: [pre-commit]
`;
  const { files } = await made("pre-commit", { ...NPM, ".pre-commit-config.yaml": config });
  const after = files[0]?.after ?? "";
  const read = parse(after);
  assert.equal(read.repos.length, 2);
  assert.equal(
    read.repos[1].hooks[0].entry,
    "node_modules/.bin/skeptic scan --changed --fail-on error",
  );
  assert.equal(read.repos[0].hooks[0].id, "tidy");
  assert.deepEqual(read.default_stages, ["pre-commit"]);
  for (const line of config.split("\n")) assert.ok(after.includes(line), line);
  const again = await generate("pre-commit", reader({ ".pre-commit-config.yaml": after }));
  assert.ok(isRefused(again) && again.refused.includes("already"));
  const odd = await generate(
    "pre-commit",
    reader({ ".pre-commit-config.yaml": "repos: [{repo: a}]\n" }),
  );
  assert.ok(isRefused(odd));
  const broken = await generate("pre-commit", reader({ ".pre-commit-config.yaml": "repos: [\n" }));
  assert.ok(isRefused(broken) && broken.refused.includes("cannot be read"));
});

test("the cooldown is set in the words and units of each package manager", async () => {
  const npm = await made("cooldown", { ...NPM, ".npmrc": "save-exact=true" });
  assert.equal(
    npm.files[0]?.after,
    "save-exact=true\n; Only versions that have been out for a week (in days; npm 11.10 or newer).\nmin-release-age=7\n",
  );
  const pnpm = await made("cooldown", {
    "pnpm-lock.yaml": "",
    "pnpm-workspace.yaml": "packages:\r\n  - a\r\n",
  });
  assert.equal(parse(pnpm.files[0]?.after ?? "").minimumReleaseAge, 7 * 24 * 60);
  assert.doesNotMatch(pnpm.files[0]?.after ?? "", /[^\r]\n/);
  const yarn = await made("cooldown", { "yarn.lock": "__metadata:\n  version: 8\n" });
  assert.equal(parse(yarn.files[0]?.after ?? "").npmMinimalAgeGate, 7 * 24 * 60);
  const bun = await made("cooldown", { "bun.lock": "{}", "bunfig.toml": "[test]\na = 1\n" });
  assert.deepEqual(plain(toml(bun.files[0]?.after ?? "")), {
    test: { a: 1 },
    install: { minimumReleaseAge: 7 * 24 * 60 * 60 },
  });
  const uv = await made("cooldown", {
    "uv.lock": "",
    "pyproject.toml": "[tool.uv]\npackage = false\n\n[tool.ruff]\nline-length = 100\n",
  });
  assert.deepEqual(plain(toml(uv.files[0]?.after ?? "")), {
    tool: { uv: { "exclude-newer": "7 days", package: false }, ruff: { "line-length": 100 } },
  });
  const done = await generate("cooldown", reader({ ...NPM, ".npmrc": "min-release-age = 3\n" }));
  assert.ok(isRefused(done) && done.refused.includes("already"));
  const pip = await generate("cooldown", reader({ "requirements.txt": "flask==3.1.3\n" }));
  assert.ok(isRefused(pip) && pip.refused.includes("pip has no such setting"));
  const broken = await generate("cooldown", reader({ "uv.lock": "", "pyproject.toml": "[tool" }));
  assert.ok(isRefused(broken) && broken.refused.includes("TOML"));
});

test("a project of Python alone has no steps of npm, and fails until the program is there", async () => {
  const files = { "pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask==3.0.0"]\n' };
  const [workflow] = (await made("workflow", files)).files;
  const text = workflow?.after ?? "";
  assert.doesNotMatch(text, /\bnpm\b|node_modules|devDependencies/);
  const { steps } = parse(text).jobs.scan as {
    readonly steps: readonly { readonly name?: string; readonly run?: string }[];
  };
  assert.match(
    steps.find(({ name }) => name === "Scan")?.run ?? "",
    /^node tools\/skeptic\/cli\.js scan /,
  );
  const guard = steps.find(({ run }) => run?.includes("exit 1"))?.run ?? "";
  assert.match(guard, /\[ ! -f tools\/skeptic\/cli\.js \]/);
  assert.deepEqual(faults(text), []);
  assert.deepEqual(await strictFindings({ ".github/workflows/security.yml": text }), []);
  const [hook] = (await made("pre-commit", files)).files;
  assert.equal(
    parse(hook?.after ?? "").repos[0].hooks[0].entry,
    "node tools/skeptic/cli.js scan --changed --fail-on error",
  );
});

test("headers stand beside the code of the application", async () => {
  const at = async (files: Readonly<Record<string, string>>): Promise<string | undefined> =>
    (await made("headers", files)).files[0]?.path;
  const express = { "package.json": '{ "dependencies": { "express": "5.0.0" } }' };
  assert.equal(
    await at({ ...express, "src/index.js": "", "tsconfig.json": "{}" }),
    "src/security-headers.ts",
  );
  assert.equal(
    await at({ ...express, "index.js": "", "src/index.js": "" }),
    "security-headers.cjs",
  );
  const flask = {
    "pyproject.toml": '[project]\nname = "my-app"\ndependencies = ["flask==3.0.0"]\n',
  };
  assert.equal(
    await at({ ...flask, "src/my_app/__init__.py": "" }),
    "src/my_app/security_headers.py",
  );
  assert.equal(await at({ ...flask, "app/main.py": "" }), "app/security_headers.py");
  const inside = (await made("headers", { ...flask, "app/main.py": "" })).files[0]?.after;
  assert.match(inside ?? "", /from \.security_headers import/);
  assert.equal(await at(flask), "security_headers.py");
});

test("nothing is written through a link that leads out of the project", async (t) => {
  const { skeptic, path, write } = sandbox(t, NPM);
  const outside = sandbox(t, { "there/keep.txt": "kept" });
  mkdirSync(path(".github"));
  symlinkSync(outside.path("there"), path(".github/workflows"), "junction");
  const { code, err } = await skeptic("generate", "workflow", "--write");
  assert.equal(code, 2);
  assert.match(err, /security\.yml is not written: a link there leads out/);
  assert.deepEqual(readdirSync(outside.path("there")), ["keep.txt"]);
  symlinkSync(outside.path("there"), path(".skeptic"), "junction");
  write("a.py", "x = 1\n");
  const baseline = await skeptic("baseline");
  assert.equal(baseline.code, 2);
  assert.match(baseline.err, /baseline\.json is not written: a link there leads out/);
  assert.deepEqual(readdirSync(outside.path("there")), ["keep.txt"]);
  // Inside of the project it may lead anywhere.
  mkdirSync(path("workflows"));
  rmSync(path(".github/workflows"));
  symlinkSync(path("workflows"), path(".github/workflows"), "junction");
  assert.equal((await skeptic("generate", "workflow", "--write")).code, 0);
  assert.deepEqual(readdirSync(path("workflows")), ["security.yml"]);
});

test("it prints, and writes only when it is told to", async (t) => {
  const { skeptic, read, write } = sandbox(t, NPM);
  const shown = await skeptic("generate", "cooldown");
  assert.equal(shown.code, 0);
  assert.match(shown.out, /^# \.npmrc \(a new file\)\n/);
  assert.match(shown.err, /Nothing was written/);
  assert.throws(() => read(".npmrc"));
  const ran = await skeptic("generate", "cooldown", "--write");
  assert.deepEqual([ran.code, ran.out], [0, "written .npmrc\n"]);
  assert.match(read(".npmrc"), /^min-release-age=7$/m);
  const again = await skeptic("generate", "cooldown", "--write");
  assert.equal(again.code, 0);
  assert.match(again.err, /nothing to write: \.npmrc sets min-release-age already/);
  write(".npmrc", "save-exact=true\n");
  assert.equal((await skeptic("generate", "cooldown", "--write")).out, "changed .npmrc\n");
  assert.match(read(".npmrc"), /^save-exact=true\n/);
});

test("a file with another text is replaced only when that is asked for", async (t) => {
  const { skeptic, read } = sandbox(t, {
    ...NPM,
    ".github/workflows/security.yml": "name: mine\n",
  });
  const refused = await skeptic("generate", "workflow", "--write");
  assert.equal(refused.code, 2);
  assert.match(refused.err, /is there already, with another text: --force replaces it/);
  assert.equal(read(".github/workflows/security.yml"), "name: mine\n");
  const forced = await skeptic("generate", "workflow", "--write", "--force");
  assert.deepEqual([forced.code, forced.out], [0, "replaced .github/workflows/security.yml\n"]);
  assert.match(read(".github/workflows/security.yml"), /^name: Security$/m);
});

test("what cannot be done is said", async (t) => {
  const { skeptic, write } = sandbox(t, {});
  const none = await skeptic("generate", "headers");
  assert.equal(none.code, 0);
  assert.match(none.err, /nothing to write: none of FastAPI, Starlette/);
  const named = await skeptic("generate", "headers", "--framework", "flask", "--write");
  assert.equal(named.out, "written security_headers.py\n");
  assert.equal((await skeptic("generate", "cooldown", "--framework", "flask")).code, 2);
  assert.equal((await skeptic("generate", "all")).code, 2);
  write("package.json", "{}");
  write(".npmrc", new Uint8Array([0xff, 0xfe, 0x41]));
  const odd = await skeptic("generate", "cooldown", "--write");
  assert.equal(odd.code, 2);
  assert.match(odd.err, /\.npmrc is not UTF-8/);
});
