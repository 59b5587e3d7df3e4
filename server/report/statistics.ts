/**
 * How far counts can be trusted. A number of findings in a number of lines is taken for a Poisson count: findings that come
 * in groups, as they do, make the true intervals wider than these.
 */
import { jStat } from "jstat";

/** What is left out of an interval at both ends together: 95 %. */
const OUTSIDE = 0.05;
const PER = 1000;

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Ratio {
  /** Null where the second count is 0: there is no number for it. */
  readonly value: number | null;
  readonly low: number;
  /** Null where there is no upper end. */
  readonly high: number | null;
}

export interface Count {
  readonly findings: number;
  /** More than 0. */
  readonly lines: number;
}

/**
 * The exact interval of the mean of a Poisson count, at 95 %, by quantiles of the chi-square distribution: F. Garwood,
 * "Fiducial limits for the Poisson distribution", Biometrika 28 (1936), 437-442. `count` is a whole number from 0.
 */
export function poissonInterval(count: number): { readonly low: number; readonly high: number } {
  const low = count === 0 ? 0 : jStat.chisquare.inv(OUTSIDE / 2, 2 * count) / 2;
  return { low, high: jStat.chisquare.inv(1 - OUTSIDE / 2, 2 * count + 2) / 2 };
}

/** Findings per 1,000 lines with the interval of their number; undefined without lines. */
export function rateOf({ findings, lines }: Count): Interval | undefined {
  if (lines <= 0) return undefined;
  const { low, high } = poissonInterval(findings);
  const per = PER / lines;
  return { value: findings * per, low: low * per, high: high * per };
}

/**
 * The exact interval of a share, at 95 %, by quantiles of the beta distribution: C. J. Clopper and E. S. Pearson, "The use of
 * confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934), 404-413.
 */
export function binomialInterval(
  hits: number,
  trials: number,
): { readonly low: number; readonly high: number } {
  return {
    low: hits === 0 ? 0 : jStat.beta.inv(OUTSIDE / 2, hits, trials - hits + 1),
    high: hits === trials ? 1 : jStat.beta.inv(1 - OUTSIDE / 2, hits + 1, trials - hits),
  };
}

/**
 * The ratio of two rates. Given both counts together, the first is binomial, with a share that tells the ratio (J. Przyborowski
 * and H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31 (1940), 313-323): so the
 * exact interval of the share gives that of the ratio. Undefined without lines on a side, or without any finding.
 */
export function ratioOf(first: Count, second: Count): Ratio | undefined {
  const all = first.findings + second.findings;
  if (first.lines <= 0 || second.lines <= 0 || all === 0) return undefined;
  const scale = second.lines / first.lines;
  const { low, high } = binomialInterval(first.findings, all);
  return {
    value: second.findings === 0 ? null : (first.findings / second.findings) * scale,
    low: (low / (1 - low)) * scale,
    high: high === 1 ? null : (high / (1 - high)) * scale,
  };
}
