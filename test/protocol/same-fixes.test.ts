// The editor's actions and the command line make the same edits, on the demo: both bundles, the same files.

import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type CodeAction, CreateFile, TextDocumentEdit } from "vscode-languageserver-protocol";
import { applyEdits, type Edit, lineStarts, offsetAt } from "../../server/base/text.ts";
import { readFolder } from "../harness/pages.ts";
import { folder, start, type TestClient, type TestFolder } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const ALL = { start: { line: 0, character: 0 }, end: { line: 9999, character: 0 } };
const LANGUAGES: Readonly<Record<string, string>> = {
  js: "javascript",
  json: "json",
  py: "python",
  ts: "typescript",
  txt: "pip-requirements",
};
/** One finding whose fix is safe. */
const SAFE = `import sqlite3


def find(db: sqlite3.Connection, name: str):
    return db.execute(f"SELECT * FROM users WHERE name = '{name}'").fetchall()
`;

interface Reported {
  readonly findings: readonly {
    readonly fingerprint: string;
    readonly file: string;
    readonly fixes: readonly {
      readonly title: string;
      readonly applicability: string;
      readonly edits: readonly {
        readonly file: string;
        readonly start: { readonly offset: number };
        readonly end: { readonly offset: number };
        readonly newText: string;
      }[];
      readonly creates?: readonly { readonly file: string; readonly text: string }[];
    }[];
  }[];
}

describe("the editor and the command line", () => {
  const texts = new Map([...readFolder("demo"), ["safe.py", SAFE]]);
  let at: TestFolder;
  let client: TestClient;
  before(async () => {
    at = await folder(Object.fromEntries(texts));
    client = await start({ server: [SERVER], folders: [at.uri], pull: true });
    for (const [name, text] of texts) {
      const language = LANGUAGES[name.slice(name.lastIndexOf(".") + 1)];
      if (language !== undefined) client.open(at.file(name), text, language);
    }
  });
  after(async () => {
    assert.equal(await client.stop(), 0);
    await at.dispose();
  });

  const skeptic = (...argv: string[]): string => {
    const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
      cwd: new URL(at.uri).pathname,
      env: { PATH: process.env.PATH },
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    assert.equal(stderr, "");
    return stdout;
  };
  const resolved = (action: CodeAction): Promise<CodeAction> =>
    client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  /** The texts that an action's edit changes, as they are then. */
  const changed = (action: CodeAction): Record<string, string> => {
    const out: Record<string, string> = {};
    for (const one of action.edit?.documentChanges ?? []) {
      if (CreateFile.is(one)) continue;
      assert.ok(TextDocumentEdit.is(one));
      const name = one.textDocument.uri.slice(at.uri.length + 1);
      const text = texts.get(name) ?? "";
      const starts = lineStarts(text);
      const edits = one.edits.map((edit): Edit => {
        assert.ok("newText" in edit);
        const { start: from, end: to } = edit.range;
        return {
          start: offsetAt(text, starts, from.line, from.character),
          end: offsetAt(text, starts, to.line, to.character),
          newText: edit.newText,
        };
      });
      out[name] = applyEdits(text, edits);
    }
    return out;
  };

  test("offer the same fixes for each finding", async () => {
    const report = JSON.parse(skeptic("scan", "--format", "json")) as Reported;
    assert.ok(report.findings.length > 40);
    let tried = 0;
    for (const name of new Set(report.findings.map(({ file }) => file))) {
      const uri = at.file(name);
      const actions = await client.actions(uri, await client.pullItems(uri), ALL);
      for (const { fingerprint, fixes } of report.findings.filter(({ file }) => file === name)) {
        const own = actions.filter(
          ({ data, disabled }) =>
            disabled === undefined && data?.kind === "fix" && data.fingerprint === fingerprint,
        );
        const wanted = fixes.filter(({ edits }) => edits.length > 0);
        assert.deepEqual(
          own.map(({ data }) => data.fix),
          wanted.map(({ title }) => title),
          name,
        );
        for (const [i, { title, edits, creates = [] }] of wanted.entries()) {
          const now: Record<string, string> = {};
          for (const file of new Set(edits.map((edit) => edit.file)))
            now[file] = applyEdits(
              texts.get(file) ?? "",
              edits
                .filter((edit) => edit.file === file)
                .map((edit) => ({
                  start: edit.start.offset,
                  end: edit.end.offset,
                  newText: edit.newText,
                })),
            );
          for (const { file, text } of creates) now[file] = text;
          assert.deepEqual(changed(await resolved(own[i] as CodeAction)), now, `${name}: ${title}`);
          tried++;
        }
      }
    }
    assert.ok(tried > 40, `${tried} fixes compared`);
  });

  test("write the same text where one fix is chosen, and where all safe ones are", async () => {
    const uri = at.file("safe.py");
    const items = await client.pullItems(uri);
    const actions = await client.actions(uri, items, ALL);
    const all = await client.actions(uri, items, ALL, ["source.fixAll.skeptic"]);
    const chosen = actions.find(({ isPreferred }) => isPreferred);
    const inEditor = [chosen, all[0]].map((action) => action as CodeAction);
    const [one, every] = await Promise.all(inEditor.map(resolved));
    const path = join(new URL(at.uri).pathname, "safe.py");
    skeptic("fix", "safe.py");
    const written = readFileSync(path, "utf8");
    writeFileSync(path, SAFE);
    assert.match(written, /name = \?", \(name,\)\)/);
    assert.deepEqual(changed(one as CodeAction), { "safe.py": written });
    assert.deepEqual(changed(every as CodeAction), { "safe.py": written });
  });
});
