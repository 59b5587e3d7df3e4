/** "Ignore here": a comment on the line above, whose reason the person must write before it works. */
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
  [/^(type|java)script(react)?$|\.([cm]?[jt]s|[jt]sx|rules)$/, "//"],
];

export function lineComment(file: FileId, languageId: string | undefined): string | undefined {
  const byLanguage = COMMENTS.find(([names]) => languageId !== undefined && names.test(languageId));
  return (byLanguage ?? COMMENTS.find(([names]) => names.test(file)))?.[1];
}

/**
 * The edit that puts the comment above a finding, or undefined where a comment line would not work there (inside a
 * string, after a line continuation, in JSX text): it is tried with a reason first.
 */
export function suppressEdit(
  engine: Engine,
  file: FileId,
  finding: Finding,
  comment: string,
): Edit | undefined {
  const text = engine.text(file);
  if (text === undefined) return undefined;
  const start = lineStart(text, finding.span.start);
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const head = `${indent}${comment} skeptic: ignore[${finding.rule}] -- `;
  const broke = engine.check(file).hasError;
  const works = withTrial(engine, file, (trial) => {
    trial.become(`${text.slice(0, start)}${head}tried${newline}${text.slice(start)}`);
    const report = engine.check(file);
    if (report.hasError && !broke) return false;
    return report.findings.every((one) => one.fingerprint !== finding.fingerprint);
  });
  return works ? { start, end: start, newText: head + newline } : undefined;
}

function lineStart(text: string, offset: number): number {
  for (let at = offset; at > 0; at--) {
    const before = text.charCodeAt(at - 1);
    if (before === 10 || before === 13) return at;
  }
  return 0;
}
