// Every text of the client in every language, and what a translation must keep.

import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import * as l10n from "../../client/l10n.ts";
import { summary } from "../../client/scan-text.ts";
import { label, tooltip } from "../../client/status-text.ts";
import { differences } from "../../scripts/lib/translations.mjs";
import { repository } from "../harness/pages.ts";

const read = (name: string) => JSON.parse(readFileSync(join(repository, name), "utf8"));

test("each text has a translation with the same placeholders, and none is left over", () => {
  const script = join(repository, "scripts", "l10n.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--check"], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stdout, stderr], [0, "", ""]);
});

test("what is missing, left over or different in a translation is told", () => {
  const english = { a: "{0} in {1}", b: "[Go](command:x.y)", c: "`code`", d: "plain" };
  const good = { a: "in {1}: {0}", b: "[Los](command:x.y)", c: "so `code`", d: "schlicht" };
  assert.deepEqual(differences("de", english, good), []);
  const wrong = { a: "{0} in", b: "[Los](command:x.z)", c: "`kode`", e: "mehr", d: " " };
  assert.deepEqual(differences("de", english, wrong), [
    'de has no text for "d"',
    'de has "e", which nothing says',
    'de: "a" has other placeholders or links',
    'de: "b" has other placeholders or links',
    'de: "c" has other placeholders or links',
  ]);
});

/** Keys of the manifest under which a person reads something. */
const READ =
  /^(?:title|description|markdownDescription|displayName|userDescription|contents|markdown)$/;
/** Names that are the same everywhere, and what only models read. */
const SAME = /^Skeptic$/;

test("what the manifest shows stands in package.nls.json", () => {
  const texts = read("package.nls.json") as Readonly<Record<string, string>>;
  const bare: string[] = [];
  const used = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === "string") {
      const name = /^%(.+)%$/.exec(value)?.[1];
      if (name !== undefined) used.add(name);
      else if (READ.test(key) && !SAME.test(value)) bare.push(value);
    } else if (Array.isArray(value)) for (const one of value) visit(one, key);
    else if (typeof value === "object" && value !== null)
      for (const [inner, one] of Object.entries(value))
        if (inner !== "inputSchema") visit(one, inner);
  };
  visit(read("package.json").contributes, "");
  assert.deepEqual(bare, []);
  assert.deepEqual([...used].sort(), Object.keys(texts).sort());
});

test("the pages of the walkthrough are there in each language", () => {
  for (const name of ["package.nls.json", "package.nls.de.json"])
    for (const [key, path] of Object.entries(read(name) as Record<string, string>))
      if (/^walkthrough\..*\.page$/.test(key)) assert.ok(existsSync(join(repository, path)), path);
});

describe("the words of the editor's language", () => {
  after(() => l10n.setWords(undefined));

  test("are used where there are any, with what belongs in them", () => {
    l10n.setWords({ "{0} of {1}": "von {1}: {0}", odd: 7 });
    assert.equal(l10n.t("{0} of {1}", 2, "x"), "von x: 2");
    assert.equal(l10n.t("{0} and {2}", "$&"), "$& and {2}");
    assert.equal(l10n.t("odd"), "odd");
  });

  test("reach the status item and the result of a scan", () => {
    l10n.setWords(read("l10n/bundle.l10n.de.json"));
    assert.equal(label({ state: "paused", findings: 0 }), "$(debug-pause) Skeptic: angehalten");
    assert.match(
      tooltip({ state: "working", findings: 2 }, { here: 1 }),
      /1 Befund in dieser Datei, 2 Befunde/,
    );
    assert.equal(
      summary({ findings: 1, files: 3, skipped: { excluded: 2 }, cancelled: false }),
      "Prüfung beendet: 1 Befund in 3 Dateien; ausgelassen: 2 ausgeschlossen.",
    );
  });
});
