/** Ranges of versions, as manifests write them. */
import { minVersion, validRange } from "semver";

/** The range may be met by a version below this major one; undefined when it is no range. */
export function mayBeBelow(range: string, major: number): boolean | undefined {
  if (validRange(range) === null) return undefined;
  const least = minVersion(range);
  return least === null ? undefined : least.major < major;
}
