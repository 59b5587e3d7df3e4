// Intervals against published tables.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  binomialInterval,
  poissonInterval,
  rateOf,
  ratioOf,
} from "../../server/report/statistics.ts";

function near(found: number, wanted: number, by: number): void {
  assert.ok(Math.abs(found - wanted) <= by, `${found} is not ${wanted}`);
}

describe("the interval of a Poisson count", () => {
  // Limits at 95 % as in the tables of Garwood 1936, and of Pearson and Hartley, Biometrika Tables for Statisticians, table 40.
  const TABLE: readonly (readonly [number, number, number])[] = [
    [0, 0, 3.69],
    [1, 0.0253, 5.57],
    [2, 0.242, 7.22],
    [3, 0.619, 8.77],
    [5, 1.62, 11.67],
    [10, 4.8, 18.39],
    [20, 12.22, 30.89],
    [30, 20.24, 42.83],
    [50, 37.11, 65.92],
  ];
  for (const [count, low, high] of TABLE)
    test(`of ${count}`, () => {
      const found = poissonInterval(count);
      near(found.low, low, 0.006);
      near(found.high, high, 0.006);
    });

  test("is one of the rate, by the lines", () => {
    const rate = rateOf({ findings: 5, lines: 500 });
    near(rate?.value ?? 0, 10, 1e-9);
    near(rate?.low ?? 0, 3.247, 0.01);
    near(rate?.high ?? 0, 23.337, 0.01);
    assert.equal(rateOf({ findings: 0, lines: 0 }), undefined);
  });
});

describe("the interval of a share", () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 5.
  const TABLE: readonly (readonly [number, number, number, number])[] = [
    [81, 263, 0.2527, 0.3676],
    [15, 148, 0.0578, 0.1617],
    [0, 20, 0, 0.1684],
    [1, 29, 0.0009, 0.1776],
  ];
  for (const [hits, trials, low, high] of TABLE)
    test(`of ${hits} in ${trials}`, () => {
      const found = binomialInterval(hits, trials);
      near(found.low, low, 0.00006);
      near(found.high, high, 0.00006);
    });

  test("ends at 1 where all are hits", () => {
    assert.deepEqual(binomialInterval(20, 20).high, 1);
    near(binomialInterval(20, 20).low, 1 - 0.1684, 0.0001);
  });
});

describe("the ratio of two rates", () => {
  test("is that of the rates, and its interval is that of the share", () => {
    const ratio = ratioOf({ findings: 81, lines: 1000 }, { findings: 182, lines: 2000 });
    near(ratio?.value ?? 0, (81 / 182) * 2, 1e-9);
    near(ratio?.low ?? 0, (0.2527 / (1 - 0.2527)) * 2, 0.001);
    near(ratio?.high ?? 0, (0.3676 / (1 - 0.3676)) * 2, 0.001);
  });

  test("never divides by nothing", () => {
    assert.equal(ratioOf({ findings: 0, lines: 10 }, { findings: 0, lines: 10 }), undefined);
    assert.equal(ratioOf({ findings: 1, lines: 0 }, { findings: 1, lines: 10 }), undefined);
    const none = ratioOf({ findings: 3, lines: 10 }, { findings: 0, lines: 10 });
    assert.deepEqual([none?.value, none?.high], [null, null]);
    const first = ratioOf({ findings: 0, lines: 10 }, { findings: 3, lines: 10 });
    assert.deepEqual([first?.value, first?.low], [0, 0]);
  });

  test("lies in its interval, and turns with its sides", () => {
    const count = fc.record({
      findings: fc.integer({ min: 1, max: 2000 }),
      lines: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(count, count, (a, b) => {
        const one = ratioOf(a, b);
        const other = ratioOf(b, a);
        assert.ok(one?.value != null && one.high !== null && other?.high != null);
        assert.ok(one.low <= one.value && one.value <= one.high);
        near(one.low * other.high, 1, 1e-4);
      }),
    );
  });
});
