// Patterns that take forever, tried with the engine of the language itself.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { slowPattern } from "../../server/taint/slow-pattern.ts";

const PUMPS = 60;
/** What is not done by then, with sixty doublings, never will be. */
const LONG_MS = 250;

/** Whether matching the text that is named for a pattern comes to an end. */
function ends(pattern: string, isWhole = false): boolean {
  const slow = slowPattern(pattern, isWhole);
  assert.ok(slow !== undefined, `${pattern} is slow`);
  const text = slow.prefix + slow.pump.repeat(PUMPS) + slow.suffix;
  try {
    runInNewContext(
      "new RegExp(pattern).test(text)",
      {
        pattern: isWhole ? `^(?:${pattern})$` : pattern,
        text,
      },
      { timeout: LONG_MS },
    );
    return true;
  } catch (error) {
    assert.match(String(error), /timed out/);
    return false;
  }
}

const SLOW = [
  "^(a+)+$",
  "^(\\w+\\s?)*$",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "(x+x+)+y",
  "^(a|aa)+$",
  "^(a|a?)+$",
  "(a*)*$",
  "^(?:a|b*)*$",
  "^(a?b?)*$",
  "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
  "^(https?:\\/\\/)?([\\da-z.-]+)\\.([a-z.]{2,6})([/\\w .-]*)*\\/?$",
  "^(?:[^,]+,?)*;$",
  "^([\\s\\S]*?\\n?)*END",
  "^([a-z]{1,63}-?)+$",
  "^(?<word>\\d+)*$",
];
const FAST = [
  "^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$",
  "^(?:\\w+\\.)*\\w+$",
  "(a+)+",
  "^\\s+|\\s+$",
  "^(a+b)+$",
  "^([a-z]+,)*[a-z]+$",
  "^(?:(?:b*)?aaa)*$",
  "^((a|b)*c)*$",
  "^(?:[a-z]{1,63}\\.){1,8}$",
  "\\b(a+)+\\b",
  '^([^"\\\\]|\\\\.)*$',
  // Not looked at: what is behind was matched before, and nothing is gone back to.
  "^(a+)+\\1$",
  "(a+)+$(",
];

describe("a pattern with two ways to read a text", () => {
  for (const pattern of SLOW) test(`is slow: ${pattern}`, () => assert.equal(ends(pattern), false));
  test("is slow where the whole text must match", () => assert.equal(ends("(a+)+", true), false));
  test("is slow in the syntax of Python", () => {
    assert.deepEqual(slowPattern("(?i)\\A(?P<x>[a-z]+)+\\Z"), slowPattern("/^(?<x>[a-z]+)+$/i"));
    assert.equal(slowPattern("(?x) ^ ( a b + ) + $"), undefined);
  });
  for (const pattern of FAST)
    test(`is not: ${pattern}`, () => assert.equal(slowPattern(pattern), undefined));

  test("is shown by a text that never ends, whatever the pattern", () => {
    const node: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom("a", "b", ".", "[ab]", "a?", "b*"),
        fc.tuple(tie("node"), tie("node")).map(([left, right]) => left + right),
        fc.tuple(tie("node"), tie("node")).map(([left, right]) => `(?:${left}|${right})`),
        fc
          .tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}", "{0,3}", "*?"))
          .map(([one, sign]) => `(?:${one})${sign}`),
      ),
    })).node;
    let tried = 0;
    fc.assert(
      fc.property(node, fc.constantFrom("$", "c", "$"), (body, end) => {
        const pattern = `^${body}${end}`;
        if (tried > 25 || slowPattern(pattern) === undefined) return;
        tried++;
        assert.equal(ends(pattern), false, pattern);
      }),
      { numRuns: 2000 },
    );
    assert.ok(tried > 10, `${tried} were slow`);
  });
});
