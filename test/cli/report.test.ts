// `skeptic report`, with the built program on real repositories.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Group, Report, TypeRow } from "../../server/report/report.ts";
import { commit, git, repository, room, write } from "../harness/repository.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const reports = room();
const hooks = room();
after(() => rmSync(reports, { recursive: true, force: true }));

function skepticWith(env: Readonly<Record<string, string>>, folder: string, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, SKEPTIC_REPORTS: reports, SKEPTIC_HOOKS: hooks, ...env },
    timeout: 60_000,
  });
  return { code: status, out: stdout, err: stderr };
}

function skeptic(folder: string, ...argv: string[]) {
  return skepticWith({}, folder, ...argv);
}

function report(folder: string, ...argv: string[]): Report {
  const { code, out, err } = skeptic(folder, "report", "--format", "json", ...argv);
  assert.equal(err, "");
  assert.equal(code, 0);
  return JSON.parse(out) as Report;
}

/** Lines without a finding. */
function filler(lines: number, name = "x"): string {
  return Array.from({ length: lines }, (_, i) => `${name}${i} = ${i}\n`).join("");
}

const HEAD = `import yaml\nfrom flask import Flask, request\n\napp = Flask(__name__)\n`;
/** Four lines that are not blank, with one finding. */
function handler(name: string): string {
  return `\n@app.post("/${name}")\ndef ${name}():\n    loaded = yaml.unsafe_load(request.data)\n    return str(loaded)\n`;
}
const HANDLER_LINES = 4;
const CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>";

function commitAs(folder: string, subject: string, trailer: string): void {
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", subject, "-m", trailer);
}

function row(made: Report, id: string): TypeRow {
  const found = made.types.find((one) => one.id === id);
  assert.ok(found, `no row ${id}`);
  return found;
}

function rateOf(made: Report, id: string, group: Group): readonly number[] {
  const { findings, perThousand } = row(made, id).groups[group];
  return [findings, ...(perThousand === null ? [] : [Number(perThousand.value.toFixed(3))])];
}

/** 300 undeclared lines with 2 findings; 250 declared lines with 5. */
function mixed(): string {
  const handlers = (names: readonly string[]): string => names.map(handler).join("");
  const mine = HEAD + handlers(["a", "b"]) + filler(300 - 3 - 2 * HANDLER_LINES);
  const folder = repository({ "mine.py": mine });
  const names = ["c", "d", "e", "f", "g"];
  write(folder, { "its.py": HEAD + handlers(names) + filler(250 - 3 - 5 * HANDLER_LINES) });
  commitAs(folder, "its", CLAUDE);
  return folder;
}

describe("the table", () => {
  test("counts lines and findings by what commits declare", () => {
    const made = report(mixed());
    assert.deepEqual(made.counted.lines, { declaredAi: 250, undeclared: 300, unknown: 0 });
    assert.equal(made.counted.inCode, 7);
    // 5 / 250 and 2 / 300 of 1,000 lines.
    assert.deepEqual(rateOf(made, "all", "declaredAi"), [5, 20]);
    assert.deepEqual(rateOf(made, "all", "undeclared"), [2, 6.667]);
    assert.deepEqual(rateOf(made, "yaml-unsafe-load", "declaredAi"), [5, 20]);
    const { perThousand } = row(made, "all").groups.declaredAi;
    // The published limits for 5 are 1.623 and 11.668; a line is 4 of a thousand.
    assert.ok(Math.abs((perThousand?.low ?? 0) - 1.6235 * 4) < 0.01);
    assert.ok(Math.abs((perThousand?.high ?? 0) - 11.6683 * 4) < 0.01);
    const { ratio } = row(made, "all");
    assert.ok(Math.abs((ratio?.value ?? 0) - 3) < 1e-9);
    // Of 5 in 7 the published limits are 0.2904 and 0.9633.
    assert.ok(Math.abs((ratio?.low ?? 0) - (0.2904 / 0.7096) * 1.2) < 0.005);
    assert.ok(Math.abs((ratio?.high ?? 0) - (0.9633 / 0.0367) * 1.2) < 0.1);
  });

  test("takes lines from git-ai notes, and then not the trailer of their commit", () => {
    const folder = repository({ "a.py": filler(10) });
    write(folder, { "b.py": filler(6, "y"), "c.py": filler(3, "z") });
    commitAs(folder, "second", CLAUDE);
    const note = `b.py\n  s_1::t_1 1-4\n  h_2 5-6\n---\n${JSON.stringify({
      schema_version: "authorship/3.0.0",
      sessions: { s_1: { agent_id: { tool: "cursor", model: "m" } } },
    })}`;
    git(folder, "notes", "--ref=ai", "add", "-m", note, "HEAD");
    const { lines } = report(folder).counted;
    assert.deepEqual(lines, { declaredAi: 4, undeclared: 15, unknown: 0 });
  });

  test("what is not committed is unknown, unless an agent's hook recorded it", () => {
    const folder = repository({ "a.py": filler(3) });
    const text = "hooked = 1\nalso_hooked = 2\n";
    write(folder, { "a.py": `${filler(3)}mine = 1\n${text}`, "new.py": filler(2, "n") });
    execFileSync(process.execPath, [PROGRAM, "hook"], {
      cwd: folder,
      env: { PATH: process.env.PATH, SKEPTIC_HOOKS: hooks },
      input: JSON.stringify({
        hook_event_name: "PostToolUse",
        tool_name: "Edit",
        tool_input: { file_path: join(folder, "a.py"), old_string: "", new_string: text },
      }),
    });
    const { lines, unknown } = report(folder).counted;
    assert.deepEqual(lines, { declaredAi: 2, undeclared: 3, unknown: 3 });
    assert.deepEqual(unknown, { notCommitted: 3 });
  });

  test("with few lines or findings nothing is told", () => {
    const folder = repository({ "a.py": HEAD + handler("a") });
    const made = report(folder);
    assert.equal(made.counted.inCode, 1);
    assert.equal(row(made, "all").groups.undeclared.perThousand, null);
    assert.equal(row(made, "all").ratio, null);
    assert.match(skeptic(folder, "report").out, /\| 1 \| too few lines \|.*\| too few to tell \|/);
  });

  test("a finding in a file that is no code is in no rate", () => {
    const folder = repository({
      "a.py": filler(1),
      ".env": "API_KEY=sk-proj-8f3kQ2mZx91LbV7tYw5RnC4d\n",
    });
    const { counted, files } = report(folder);
    assert.equal(counted.inCode, 0);
    assert.ok(counted.elsewhere > 0);
    assert.equal(files[0]?.file, ".env");
  });
});

test("a note on a suppression is no finding", () => {
  const comment = "# skeptic: ignore[sql-injection] -- hides nothing\n";
  const { counted, silences, findings } = report(repository({ "a.py": `${comment}${filler(3)}` }));
  assert.equal(counted.inCode, 0);
  assert.deepEqual(findings, []);
  assert.equal(silences.length, 1);
});

describe("what an assistant must not do unseen", () => {
  test("comments, settings and sanitizers of a declared commit come first, with a label", () => {
    const mine = `${HEAD}${handler("a").replace("    return", "    # skeptic: ignore[sql-injection] -- mine\n    return")}`;
    const folder = repository({ "a.py": mine });
    write(folder, {
      "z.py": `${HEAD}# skeptic: ignore[yaml-unsafe-load] -- fine\n`,
      ".vscode/settings.json": `{ "skeptic.rules": { "sql-injection": "off" } }\n`,
      ".skeptic/rules/own.yml": `version: 1\nsanitizers:\n  - { language: python, function: "z.py:clean", clears: [html] }\n`,
    });
    commitAs(folder, "quiet", CLAUDE);
    const { silences } = report(folder);
    assert.deepEqual(silences.map(({ file, line, group }) => `${group} ${file}:${line}`).sort(), [
      "declaredAi .skeptic/rules/own.yml:3",
      "declaredAi .vscode/settings.json:1",
      "declaredAi z.py:5",
      "undeclared a.py:9",
    ]);
    assert.equal(silences.at(-1)?.group, "undeclared");
    assert.match(
      silences.find(({ file }) => file === "z.py")?.what ?? "",
      /hides yaml-unsafe-load/,
    );
  });

  test("a declared commit in a sensitive file is listed unless it changed a test", () => {
    const folder = repository({ "plain.py": filler(3) });
    write(folder, { "routes.py": HEAD + handler("a") });
    commitAs(folder, "a route", CLAUDE);
    write(folder, { "other.py": HEAD + handler("b"), "tests/test_other.py": filler(1) });
    commitAs(folder, "a route with a test", CLAUDE);
    write(folder, { "auth_sql_upload.py": filler(4) });
    commitAs(folder, "only a name", CLAUDE);
    write(folder, { "human.py": HEAD + handler("c") });
    commit(folder, "not declared");
    const { untested } = report(folder);
    assert.deepEqual(
      untested.map(({ subject, files }) => [
        subject,
        files.map(({ file, lines }) => [file, lines]),
      ]),
      [["a route", [["routes.py", 7]]]],
    );
    assert.ok(untested[0]?.files[0]?.topics.includes("requests"));
  });

  test("a secret in the message of a commit is hidden", () => {
    const folder = repository({ "plain.py": filler(3) });
    write(folder, { "routes.py": HEAD + handler("a") });
    commitAs(folder, "use sk-proj-8f3kQ2mZx91LbV7tYw5RnC4d", CLAUDE);
    assert.match(report(folder).untested[0]?.subject ?? "", /^use [^s]*nC4d$/);
  });

  test("lines that somebody wrote anew are no longer of the commit", () => {
    const folder = repository({ "plain.py": filler(3) });
    write(folder, { "routes.py": HEAD + handler("a") });
    commitAs(folder, "a route", CLAUDE);
    write(folder, { "routes.py": `import json\n${filler(2, "other")}` });
    commit(folder, "another text");
    assert.deepEqual(report(folder).untested, []);
  });
});

describe("the trend", () => {
  test("has a point for each commit, read from git alone", () => {
    const folder = repository({ "a.py": filler(250) });
    write(folder, { "b.py": HEAD + handler("b") });
    commitAs(folder, "second", CLAUDE);
    write(folder, {
      "b.py": HEAD,
      "web.py": `import b\n${handler("w").replaceAll("app.", "b.app.").replaceAll("yaml.", "b.yaml.").replace("request.", "b.request.")}`,
    });
    commit(folder, "third");
    git(folder, "rm", "-q", "web.py");
    git(folder, "commit", "-q", "-m", "fourth");
    const before = statSync(join(folder, "a.py")).mtimeMs;
    const { trend, notes } = report(folder);
    assert.deepEqual(
      trend.map(({ findings, lines, commits, declaredAiCommits }) => [
        findings,
        lines,
        commits,
        declaredAiCommits,
      ]),
      [
        [0, 250, null, null],
        [1, 257, 1, 1],
        [1, 258, 1, 0],
        [0, 253, 1, 0],
      ],
    );
    assert.deepEqual(notes, []);
    assert.equal(statSync(join(folder, "a.py")).mtimeMs, before);
    assert.equal(git(folder, "status", "--porcelain"), "");
  });

  test("knows nothing of what is not committed, but has the own models of today", () => {
    const run = `import acme\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef show():\n    return acme.run("SELECT " + request.args["q"])\n`;
    const folder = repository({ "a.py": run });
    write(folder, { "b.py": filler(2) });
    commit(folder, "second");
    const models = `version: 1\nsinks:\n  - { language: python, path: acme.run, arguments: [0], kind: sql }\n`;
    write(folder, { "new.py": HEAD + handler("n"), ".skeptic/rules/own.yml": models });
    const { trend, counted } = report(folder);
    assert.equal(counted.inCode, 2);
    assert.deepEqual(
      trend.map(({ findings, lines }) => [findings, lines]),
      [
        [1, 6],
        [1, 8],
      ],
    );
  });

  test("takes a few of many commits, with the first and the last", () => {
    const folder = repository({ "a.py": filler(1) });
    for (let i = 2; i <= 9; i++) {
      write(folder, { "a.py": filler(i) });
      commit(folder, `number ${i}`);
    }
    const { trend } = report(folder, "--points", "3");
    assert.deepEqual(
      trend.map(({ lines, commits }) => [lines, commits]),
      [
        [1, null],
        [5, 4],
        [9, 4],
      ],
    );
    assert.deepEqual(report(folder, "--points", "0").trend, []);
  });

  test("is about the folder that is named", () => {
    const folder = repository({ "api/a.py": HEAD + handler("a"), "web/b.py": HEAD + handler("b") });
    write(folder, { "api/c.py": filler(2) });
    commit(folder, "second");
    const made = report(folder, "api");
    assert.equal(made.folder, "api");
    assert.deepEqual(
      made.files.map(({ file }) => file),
      ["a.py"],
    );
    assert.deepEqual(
      made.trend.map(({ findings, lines }) => [findings, lines]),
      [
        [1, 7],
        [1, 9],
      ],
    );
  });

  test("says so when there is no time", () => {
    const folder = repository({ "a.py": filler(2) });
    write(folder, { "a.py": filler(3) });
    commit(folder, "second");
    const { trend, notes, counted } = report(folder, "--time", "0");
    assert.deepEqual(trend, []);
    assert.equal(counted.unknown.noTime, 3);
    assert.match(notes.join("\n"), /no time to ask git about 1 file;.*\n.*0 of 2 points/);
  });
});

describe("since last time", () => {
  test("an earlier report in a file", () => {
    const folder = repository({
      "a.py": HEAD + handler("a"),
      "b.py": HEAD + handler("b"),
      "c.py": HEAD + handler("c"),
      "d.py": filler(1),
    });
    const before = join(room(), "before.json");
    skeptic(folder, "report", "-o", before);
    rmSync(join(folder, "a.py"));
    write(folder, {
      "b.py": HEAD,
      "c.py": (HEAD + handler("c")).replace(
        "data)\n",
        "data)  # skeptic: ignore[yaml-unsafe-load] -- ok\n",
      ),
      "d.py": HEAD + handler("d"),
    });
    const { since } = report(folder, "--since", before);
    assert.ok(since);
    assert.deepEqual([since.what, since.before, since.now, since.added], ["report", 3, 1, 1]);
    assert.deepEqual(
      since.gone.map(({ file, count, because }) => [file, count, because]),
      [
        ["a.py", 1, "file"],
        ["b.py", 1, null],
        ["c.py", 1, "comment"],
      ],
    );
  });

  test("the last report, which is kept outside the project; the baseline before one of the same day", () => {
    const folder = repository({ "a.py": HEAD + handler("a") });
    assert.equal(report(folder, "--no-record").since, null);
    assert.equal(report(folder).since, null);
    assert.equal(git(folder, "status", "--porcelain"), "");
    write(folder, { "a.py": HEAD });
    const { since } = report(folder);
    assert.deepEqual([since?.what, since?.before, since?.now], ["report", 1, 0]);
    write(folder, { "a.py": HEAD + handler("a") });
    skeptic(folder, "baseline");
    const { since: known, findings } = report(folder);
    assert.deepEqual([known?.what, known?.before, known?.now], ["baseline", 1, 1]);
    assert.equal(findings.length, 1);
  });

  test("a file that is no report is refused", () => {
    const folder = repository({ "a.py": filler(1), "other.json": "{}" });
    const { code, err } = skeptic(folder, "report", "--since", "other.json");
    assert.equal(code, 2);
    assert.match(err, /--since other\.json: it is no report/);
  });
});

describe("what git cannot answer is said, and the rest is given", () => {
  const FILES = { "a.py": HEAD + handler("a") };

  function plain(env: Readonly<Record<string, string>>, folder: string): Report {
    const { code, out, err } = skepticWith(env, folder, "report", "--format", "json");
    assert.equal(err, "");
    assert.equal(code, 0);
    const made = JSON.parse(out) as Report;
    assert.equal(made.counted.inCode, 1);
    return made;
  }

  test("no repository", () => {
    const folder = room();
    write(folder, FILES);
    const made = plain({}, folder);
    assert.match(made.notes.join(), /not in a git repository/);
    assert.deepEqual(made.counted.lines, { declaredAi: 0, undeclared: 0, unknown: 7 });
  });

  test("no git", () => {
    const folder = repository(FILES);
    const made = plain({ PATH: room() }, folder);
    assert.match(made.notes.join(), /git was not found/);
  });

  test("nothing committed", () => {
    const folder = room();
    git(folder, "init", "-q");
    write(folder, FILES);
    assert.match(plain({}, folder).notes.join(), /Nothing is committed yet/);
  });

  test("a detached HEAD", () => {
    const folder = repository(FILES);
    git(folder, "checkout", "-q", "--detach");
    const made = plain({}, folder);
    assert.match(made.notes.join(), /HEAD is detached/);
    assert.equal(made.git.branch, null);
    assert.equal(made.counted.lines.undeclared, 7);
  });

  test("a shallow clone: of old lines nothing is known, of new ones all", () => {
    const origin = repository(FILES);
    write(origin, { "b.py": filler(2) });
    commit(origin, "second");
    write(origin, { "c.py": filler(3) });
    commitAs(origin, "third", CLAUDE);
    const folder = join(room(), "clone");
    git(dirname(folder), "clone", "-q", "--depth=2", `file://${origin}`, folder);
    const made = plain({}, folder);
    assert.match(made.notes.join(), /This clone is shallow/);
    assert.deepEqual(made.counted.lines, { declaredAi: 3, undeclared: 0, unknown: 9 });
    assert.deepEqual(made.counted.unknown, { shallow: 9 });
  });

  test("a repository whose objects are gone", () => {
    const folder = repository(FILES);
    const objects = join(folder, ".git", "objects");
    for (const name of readdirSync(objects)) rmSync(join(objects, name), { recursive: true });
    const made = plain({}, folder);
    assert.ok(made.notes.length > 0);
    assert.equal(made.counted.lines.unknown, 7);
  });

  test("an empty repository, and one without code", () => {
    const empty = room();
    git(empty, "init", "-q");
    assert.equal(report(empty).counted.files, 0);
    const made = report(repository({ "readme.txt": "hello\n" }));
    assert.equal(made.counted.inCode, 0);
    assert.match(skeptic(empty, "report").out, /Nothing is reported in code/);
  });

  test("a submodule has its own commits, and the trend says that it lacks them", () => {
    const inner = repository({ "plain.txt": "x\n" });
    write(inner, { "inner.py": filler(4) });
    commitAs(inner, "inner", CLAUDE);
    const folder = repository(FILES);
    git(folder, "submodule", "--quiet", "add", inner, "sub");
    commit(folder, "with a submodule");
    const made = plain({}, folder);
    assert.deepEqual(made.counted.lines, { declaredAi: 4, undeclared: 7, unknown: 0 });
    assert.match(made.notes.join(), /leaves out submodules/);
  });

  test("names of all kinds", { skip: process.platform === "win32" }, () => {
    const folder = repository({ "ümläut file.py": HEAD + handler("a") });
    write(folder, { 'quo"te\tand <b>|*x*.py': HEAD + handler("b"), "-rf.py": HEAD + handler("c") });
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/odd`), Buffer.from([0xff]), Buffer.from(".py")]),
      filler(2),
    );
    commitAs(folder, "names", CLAUDE);
    const { code, out, err } = skeptic(folder, "report", "--format", "json");
    assert.equal(code, 0);
    assert.match(err, /^skeptic: odd\ufffd\.py: cannot be read: no such file or folder\n$/);
    const made = JSON.parse(out) as Report;
    assert.match(made.notes.join(), /odd\ufffd\.py cannot be read/);
    assert.equal(made.counted.inCode, 3);
    assert.deepEqual(made.files.map(({ declaredAiLines }) => declaredAiLines).sort(), [0, 7, 7]);
  });

  test("no such folder", () => {
    const { code, err } = skeptic(room(), "report", "nowhere");
    assert.equal(code, 2);
    assert.match(err, /cannot report on nowhere: no such file or folder/);
    assert.equal(skeptic(room(), "report", "--points", "many").code, 2);
  });
});

describe("its forms", () => {
  test("JSON is as its schema says", () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats(ajv);
    const schema = JSON.parse(readFileSync("docs/report.schema.json", "utf8"));
    for (const folder of [mixed(), room()]) {
      const made = report(folder);
      assert.ok(ajv.validate(schema, made), ajv.errorsText());
      assert.equal(ajv.validate(schema, { ...made, counted: { files: -1 } }), false);
    }
  });

  test("the page needs nothing else, and what people wrote is no markup in it", () => {
    const folder = repository({ "<img src=x>.py": HEAD + handler("a") + filler(300) });
    write(folder, { "b&b.py": HEAD + handler("b") + filler(300) });
    commitAs(folder, `<script>alert("x")</script> & "more"`, CLAUDE);
    const page = join(room(), "report.html");
    const { code, err } = skeptic(folder, "report", "-o", page);
    assert.equal(code, 0);
    assert.match(err, /The report is in /);
    const html = readFileSync(page, "utf8");
    assert.doesNotMatch(html, /<script|<img|<link|<iframe|\son\w+=|javascript:/i);
    assert.match(
      html,
      /&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt; &amp; &quot;more&quot;/,
    );
    assert.match(html, /&lt;img src=x&gt;\.py/);
    assert.match(
      html,
      /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'/,
    );
    const addresses = html.match(/\b(?:https?:)?\/\/[\w.]+/g) ?? [];
    assert.deepEqual([...new Set(addresses)], ["http://www.w3.org"]);
    assert.equal(html.match(/<svg /g)?.length, 2);
    assert.equal(html.match(/<table>/g)?.length, html.match(/<caption>/g)?.length);
    assert.doesNotMatch(html, /<th(?! scope=|ead)/);
    for (const hidden of [folder, dirname(page), process.cwd()]) assert.ok(!html.includes(hidden));
  });

  test("Markdown says the same in tables", () => {
    const folder = repository({ "a|b.py": HEAD + handler("a") + filler(300) });
    write(folder, { "_b_.py": HEAD + handler("b") + filler(300) });
    commitAs(folder, "<b>bold</b> | [link](x)", CLAUDE);
    const { out } = skeptic(folder, "report");
    const page = join(room(), "report.html");
    skeptic(folder, "report", "-o", page);
    const html = readFileSync(page, "utf8");
    const headings = [...html.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, text]) => text);
    assert.deepEqual(
      [...out.matchAll(/^## (.*)$/gm)].map(([, text]) => text),
      headings,
    );
    assert.match(out, /&lt;b&gt;bold&lt;\/b&gt; \\\| \\\[link\\\]\(x\)/);
    assert.match(out, /\| a\\\|b\.py \|/);
    assert.doesNotMatch(out, /<b>/);
  });

  test("by the name of the file, and nothing of the machine in any of them", () => {
    const folder = repository({ "a.py": HEAD + handler("a") });
    const out = room();
    for (const name of ["r.html", "r.md", "r.json"]) {
      assert.equal(skeptic(folder, "report", "-q", "-o", join(out, name)).err, "");
      const text = readFileSync(join(out, name), "utf8");
      assert.ok(!text.includes(dirname(folder)), name);
      assert.ok(text.includes(basename(folder)), name);
    }
    mkdirSync(join(out, "folder"));
    assert.equal(skeptic(folder, "report", "-o", join(out, "folder")).code, 2);
  });
});
