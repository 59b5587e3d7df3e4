/** Ranges of versions, as manifests write them. */
import { minVersion, subset, validRange } from "semver";

/** The range may be met by a version below this major one; undefined when it is no range. */
export function mayBeBelow(range: string, major: number): boolean | undefined {
  if (validRange(range) === null) return undefined;
  const least = minVersion(range);
  return least === null ? undefined : least.major < major;
}

/** No version that meets the range is this one or a later one. */
export function isBelow(range: string, version: string): boolean {
  return validRange(range) !== null && subset(range, `<${version}`);
}

/** Every version that meets the range is within the other one. */
export function isWithin(range: string, other: string): boolean {
  return validRange(range) !== null && subset(range, other);
}
