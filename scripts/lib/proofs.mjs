// Which fixes test/exploits attacks and uses, and under which grade: read from the tests themselves.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ensure.mjs";

/** @typedef {{ readonly test: string, readonly grade: string }} Proof */

const FOLDER = join(root, "test", "exploits");
/** A case of a table: `rule: "...", grade: "..."`. */
const CASE = /\brule: "([a-z-]+)",\s+grade: "(\w+)"/g;
/** Tests of one rule alone, or of placeholders, say it once. */
const RULE = /\bRULE = "([a-z-]+)"/;

/**
 * The tests of each rule, once for each grade.
 * @returns {ReadonlyMap<string, readonly Proof[]>}
 */
export function proofs() {
  /** @type {Map<string, Proof[]>} */
  const out = new Map();
  for (const name of readdirSync(FOLDER).filter((one) => one.endsWith(".test.ts"))) {
    const test = name.replace(".test.ts", "");
    const text = readFileSync(join(FOLDER, name), "utf8");
    for (const [rule, grade] of found(test, text)) {
      const own = out.get(rule) ?? [];
      if (!own.some((one) => one.test === test && one.grade === grade)) own.push({ test, grade });
      out.set(rule, own);
    }
  }
  return out;
}

/**
 * @param {string} test
 * @param {string} text
 * @returns {(readonly [rule: string, grade: string])[]}
 */
function found(test, text) {
  const cases = [...text.matchAll(CASE)].map(
    ([, rule = "", grade = ""]) => /** @type {const} */ ([rule, grade]),
  );
  if (cases.length > 0) return cases;
  const only = RULE.exec(text)?.[1];
  if (only !== undefined) return [[only, "safe"]];
  if (test === "placeholder")
    return [...text.matchAll(/\brule: "([a-z-]+)"/g)].map(([, rule = ""]) => [rule, "placeholder"]);
  // SQL on SQLite: the rule is that of the origin of the value.
  return test === "sqlite"
    ? [
        ["sql-dynamic-query", "safe"],
        ["sql-injection", "safe"],
      ]
    : [];
}
