/** The languages' own parsers, as judges of what a fix writes. */
import { spawnSync } from "node:child_process";
import ts from "typescript";

const PYTHON = `
import ast, json, sys
for text in json.load(sys.stdin):
    try:
        ast.parse(text)
        print("")
    except (SyntaxError, ValueError) as error:
        print(f"line {getattr(error, 'lineno', 0)}: {error}".replace(chr(10), " "))
`;
const python = ["python3", "python"].find((name) => spawnSync(name, ["-c", "0"]).status === 0);

/** For each Python text what its parser says against it, or "". */
export function pythonFaults(texts: readonly string[]): readonly string[] {
  if (python === undefined || texts.length === 0) return texts.map(() => "");
  const run = spawnSync(python, ["-I", "-W", "ignore", "-c", PYTHON], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.split("\n").slice(0, texts.length);
}

export function typescriptFault(file: string, text: string): string {
  const kind = /\.[cm]?tsx?$/.test(file) ? undefined : ts.ScriptKind.JSX;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, kind);
  const [first] = (source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] })
    .parseDiagnostics;
  if (first === undefined) return "";
  const { line } = source.getLineAndCharacterOfPosition(first.start ?? 0);
  return `line ${line + 1}: ${ts.flattenDiagnosticMessageText(first.messageText, " ")}`;
}
