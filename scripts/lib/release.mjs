// What a release must say of its rules, so that findings which an update brings stand apart from those of the code.

import { gt, valid } from "semver";

/** @typedef {{ id: string, since?: string }} Rule */

/**
 * What stands against a release, each a sentence.
 * @param {readonly Rule[]} rules with `since`
 * @param {string} version that is to be released
 * @param {{ version: string, rules: ReadonlySet<string> }} before the last release, and the rules it had
 * @returns {readonly string[]}
 */
export function releaseProblems(rules, version, before) {
  return rules.flatMap(({ id, since }) => {
    if (since === undefined || valid(since) === null)
      return [`${id}: since: "${since}" is not a version`];
    if (gt(since, version))
      return [`${id}: since: "${since}" is later than ${version}: no baseline would know the rule`];
    if (!before.rules.has(id) && !gt(since, before.version))
      return [`${id}: is new and needs since: "${version}"`];
    return [];
  });
}

/**
 * Rules whose file is another one than in the last release, and that do not say that they report more.
 * @param {readonly Rule[]} rules
 * @param {{ version: string, rules: ReadonlySet<string> }} before
 * @param {ReadonlySet<string>} changed paths, from the root of the project
 * @returns {readonly string[]}
 */
export function toLookAt(rules, before, changed) {
  return rules
    .filter(({ id }) => before.rules.has(id) && changed.has(`rules/${id}.ts`))
    .filter(({ since }) => since !== undefined && !gt(since, before.version))
    .map(({ id }) => id);
}
