/** Suppression comments: where one works for a finding is tried on the text before it is offered. */
import type { FileId } from "../base/brand.ts";
import type { Edit } from "../base/text.ts";
import type { Engine, Finding } from "../engine/api.ts";
import { withTrial } from "./trial.ts";

/** How a line comment starts, by the last part of a file's name or the editor's language; JSON has none. */
const COMMENTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(python|toml|pip-requirements|yaml|dotenv|properties|ini|dockerfile|github-actions-workflow)$|\.(pyi?|pyw|toml|txt|cfg|in|ya?ml|env|conf|npmrc|dockerfile)$|(^|\/)(\.env\.[\w.-]+|Pipfile|(Docker|Container)file(\.[\w.-]+)?)$/,
    "#",
  ],
  [/^sql$|\.sql$/, "--"],
  [/^((type|java)script(react)?|vue|svelte)$|\.([cm]?[jt]s|[jt]sx|rules|vue|svelte)$/, "//"],
];

/** A line comment is tried above each of so many lines, from the finding's upwards: a statement may begin further up. */
const MOST_LINES_UP = 12;
const BUDGET_MS = 400;
export const NO_PLACE = "no comment would work here";

export function lineComment(file: FileId, languageId: string | undefined): string | undefined {
  const byLanguage = COMMENTS.find(([names]) => languageId !== undefined && names.test(languageId));
  return (byLanguage ?? COMMENTS.find(([names]) => names.test(file)))?.[1];
}

export interface Suppression {
  readonly scope: "lines" | "file";
  /** "" leaves the place for it: until it is written, the comment suppresses nothing. */
  readonly reason: string;
  /** The last day on which it holds, as 2027-03-01. */
  readonly until?: string;
}

/**
 * The edit that puts the comment to a finding, or undefined where no comment works there (in a long string, in JSON): it is
 * tried with a reason first.
 */
export function suppressEdit(
  engine: Engine,
  file: FileId,
  finding: Finding,
  comment: string,
  wanted: Suppression,
): Edit | undefined {
  const text = engine.text(file);
  if (text === undefined) return undefined;
  const before = engine.check(file);
  const count = (findings: readonly Finding[]): number =>
    findings.filter(({ rule }) => rule === finding.rule).length;
  const end = Date.now() + BUDGET_MS;
  return withTrial(engine, file, (trial) => {
    for (const place of placesFor(engine, file, text, finding, comment, wanted.scope)) {
      const tried = place(directive(finding.rule, { ...wanted, reason: "tried" }));
      trial.become(text.slice(0, tried.start) + tried.newText + text.slice(tried.end));
      const after = engine.check(file);
      const isWhole = !after.hasError || before.hasError;
      // A comment inside a string is no comment, and gives the finding another fingerprint.
      if (
        isWhole &&
        after.findings.every(({ fingerprint }) => fingerprint !== finding.fingerprint) &&
        count(after.findings) < count(before.findings)
      )
        return place(directive(finding.rule, wanted));
      if (Date.now() >= end) break;
    }
    return undefined;
  });
}

function directive(rule: string, { scope, reason, until }: Suppression): string {
  const about = scope === "file" ? "ignore-file" : "ignore";
  const day = until === undefined ? "" : ` until ${until}`;
  return `skeptic: ${about}[${rule}]${day} -- ${reason.replace(/\s+/g, " ").trim()}`;
}

type Placed = (directive: string) => Edit;

/** Where a comment may work, best first. */
function* placesFor(
  engine: Engine,
  file: FileId,
  text: string,
  { span }: Finding,
  comment: string,
  scope: Suppression["scope"],
): Iterable<Placed> {
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const above = (at: number, wrap: (directive: string) => string): Placed => {
    const start = lineStart(text, at);
    const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
    return (said) => ({ start, end: start, newText: indent + wrap(said) + newline });
  };
  const ofLine = (said: string): string => `${comment} ${said}`;
  if (scope === "file") {
    yield above(engine.head(file), ofLine);
    return;
  }
  yield above(span.start, ofLine);
  if (comment === "//")
    yield above(span.start, (said) => `{/* ${said.replaceAll("*/", "* /")} */}`);
  const end = lineEnd(text, span.end);
  yield (said) => ({ start: end, end, newText: `  ${ofLine(said)}` });
  let start = lineStart(text, span.start);
  for (let lines = 0; lines < MOST_LINES_UP && start > 0; lines++) {
    const isPair = text[start - 1] === "\n" && text[start - 2] === "\r";
    start = lineStart(text, start - (isPair ? 2 : 1));
    yield above(start, ofLine);
  }
}

function lineStart(text: string, offset: number): number {
  for (let at = offset; at > 0; at--) if (isBreak(text.charCodeAt(at - 1))) return at;
  return 0;
}

function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && !isBreak(text.charCodeAt(at))) at++;
  return at;
}

function isBreak(code: number): boolean {
  return code === 10 || code === 13;
}
