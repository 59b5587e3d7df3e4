/** The line of code at a place of a finding, without what is secret in it. */

import type { Place } from "../engine/api.ts";
import { maskSecrets, maskSpans, maskStrings } from "../engine/mask.ts";
import { type Context, lineAt } from "./context.ts";
import type { Shown } from "./departures.ts";
import { filesOf } from "./secrets.ts";

const MOST_CODE = 80;
/** Of a very long line only the front is looked at. */
const LOOKED_AT = 500;

/** @returns at most 80 characters, "..." where more are left out */
export function codeAt(context: Context, finding: Shown, { file, span }: Place): string {
  const { start, text } = lineAt(context, file, span.start);
  const hidden = context.engine
    .check(file)
    .findings.filter(({ category }) => category === "secrets")
    .map((secret) => secret.span);
  const mask = context.secrets.maskFor(filesOf(finding));
  const masked = mask(maskSecrets(maskSpans(text.slice(0, LOOKED_AT), start, hidden)));
  const line = (finding.category === "secrets" ? maskStrings(masked) : masked).trim();
  return line.length <= MOST_CODE ? line : `${line.slice(0, MOST_CODE - 3)}...`;
}
