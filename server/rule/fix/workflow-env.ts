/** Takes an expression out of a workflow's script: it becomes a variable of the step's environment. */
import { holes, parseExpression, textPaths } from "../expression.ts";
import type { Edit, ManifestFile, Span } from "../rule.ts";
import { commands, type Quoting, quotingAt } from "../shell.ts";
import type { Job, Step, Workflow } from "../workflow.ts";
import { at, entries, entryOf, textOf, textsOf, type YamlNode, type YamlText } from "../yaml.ts";
import { scriptHoles, scriptSpan } from "../yaml-script.ts";

export interface Taken {
  readonly flow: Workflow;
  readonly job: Job;
  readonly step: Step;
  /** The scalar that is the script. */
  readonly text: YamlText;
  /** The expression in it. */
  readonly span: Span;
  readonly isJavaScript: boolean;
}

export interface Moved {
  readonly edits: readonly Edit[];
  /**
   * The text stood between double quotes of a shell, and the variable stands there now, in a command that only shows it or compares
   * it: for every text that was no code the script does the same, and none is code any more.
   */
  readonly isSame: boolean;
}

/** Edits, or why there are none. */
export function environmentFix(file: ManifestFile, taken: Taken): Moved | string {
  const isSame =
    !taken.isJavaScript &&
    quotingOf(file.text, taken) === "double" &&
    isOnlyShown(file.text, taken);
  const edits = environmentEdits(file, taken);
  return typeof edits === "string" ? edits : { edits, isSame };
}

function environmentEdits(file: ManifestFile, taken: Taken): readonly Edit[] | string {
  const { step, span, text } = taken;
  const expression = file.text.slice(span.start, span.end);
  const map = step.node;
  if (map.kind !== "map" || map.flow)
    return "The step is written in braces: write env: with the variable by hand.";
  const env = entryOf(map, "env");
  if (env !== undefined && (env.value?.kind !== "map" || env.value.flow))
    return "The step's env: is no plain list of variables: add one by hand.";
  const inherited = inheritedVariable(expression, taken);
  const name = inherited ?? variableName(expression, file.text, taken);
  const use = taken.isJavaScript
    ? useInJavaScript(file.text, span, name)
    : useInShell(file.text, taken, name);
  if (typeof use === "string") return use;
  const inner = escaped(use.newText, text, file.text);
  if (inner === undefined)
    return "The script is in quotes with escapes: write it as a block (run: |) first.";
  const edits = [{ ...use, newText: inner }];
  if (inherited !== undefined || isDeclared(env?.value, name, expression)) return edits;
  const declared = `${name}: ${expression}`;
  if (env?.value?.kind === "map") {
    const first = env.value.entries[0];
    if (first === undefined) return "The step's env: is empty: add the variable by hand.";
    const at = first.keySpan.start;
    return [
      { start: at, end: at, newText: `${declared}${newline(file.text)}${indentAt(file.text, at)}` },
      ...edits,
    ];
  }
  const first = entryOf(map, step.run === undefined ? "with" : "run");
  if (first === undefined) return "The step has no key beside which env: could stand.";
  const start = first.keySpan.start;
  const indent = indentAt(file.text, start);
  const end = newline(file.text);
  return [
    { start, end: start, newText: `env:${end}${indent}  ${declared}${end}${indent}` },
    ...edits,
  ];
}

function isDeclared(env: YamlNode | undefined, name: string, expression: string): boolean {
  return entries(env).some(({ key, value }) => key === name && same(textOf(value), expression));
}
function same(text: string | undefined, expression: string): boolean {
  return text?.replace(/\s+/g, "") === expression.replace(/\s+/g, "");
}

/** `${{ env.X }}` is a variable of the script already. */
function inheritedVariable(expression: string, { flow, job, step }: Taken): string | undefined {
  const parsed = parseExpression(holes(expression)[0]?.source ?? "");
  if (parsed?.kind !== "path" || parsed.path.length !== 2 || parsed.path[0] !== "env")
    return undefined;
  for (const scope of [step.node, job.node, flow.root])
    for (const { key } of entries(at(scope, "env")))
      if (key.toLowerCase() === parsed.path[1]) return key;
  return undefined;
}

/** After the last parts of the context: ISSUE_TITLE, HEAD_REF, INPUT_NAME. One that the step has for this stays. */
function variableName(expression: string, file: string, { step, text }: Taken): string {
  const env = entries(at(step.node, "env"));
  const ready = env.find(({ value }) => same(textOf(value), expression));
  if (ready !== undefined) return ready.key;
  const [found] = textPaths(parseExpression(holes(expression)[0]?.source ?? ""));
  const path = (found?.path ?? []).filter((part) => /^[\w-]+$/.test(part) && !FILLING.has(part));
  const words =
    path[0] === "inputs" ? ["input", ...path.slice(1)] : path.slice(path[0] === "matrix" ? 0 : -2);
  const base = words.join("_").replace(/\W/g, "_").toUpperCase() || "TEXT";
  const name = /^(?:GITHUB|RUNNER|\d)/.test(base) || !base.includes("_") ? `TEXT_${base}` : base;
  const script = file.slice(text.span.start, text.span.end);
  const isTaken = (candidate: string): boolean =>
    env.some(({ key }) => key === candidate) ||
    new RegExp(`\\b${candidate}\\b`).test(script.replaceAll(expression, ""));
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? name : `${name}_${i}`;
    if (!isTaken(candidate)) return candidate;
  }
}
const FILLING: ReadonlySet<string> = new Set(["github", "event", "outputs", "steps", "needs", "*"]);

function useInShell(file: string, taken: Taken, name: string): Edit | string {
  const { span, text } = taken;
  const shell = shellOf(taken);
  if (shell === undefined)
    return `The script may run in another shell on another system: where bash runs it, write "$${name}", in PowerShell $env:${name}.`;
  if (!/^(?:bash|sh)\b/.test(shell))
    return `The script runs in ${shell}: read the variable ${name} as that language does.`;
  const { start, end } = scriptSpan(file, text);
  const script = file.slice(start, end);
  const quoting = quotingOf(file, taken);
  if (quoting === undefined || NOT_THERE[quoting] !== undefined)
    return NOT_THERE[quoting ?? "other"] as string;
  const before = script.slice(0, span.start - start).replace(/\\\r?\n/g, " ");
  if (quoting === "plain" && /(?:^|[\n;&|({`])\s*$/.test(before))
    return "The text is the command itself, so it decides what runs whatever the quotes: write the commands that are allowed, and choose among them.";
  if (text.style === "plain" && span.start === start) return "The text is the command itself.";
  const after = file[span.end] ?? "";
  const variable = /\w/.test(after) ? `\${${name}}` : `$${name}`;
  if (quoting === "single" && file[span.start - 1] === "'" && after === "'")
    return { start: span.start - 1, end: span.end + 1, newText: `"$${name}"` };
  const newText =
    quoting === "plain" ? `"${variable}"` : quoting === "single" ? `'"${variable}"'` : variable;
  return { ...span, newText };
}
const SHOWS: ReadonlySet<string> = new Set(["echo", "printf", "test", "[", "[["]);
const BEFORE: ReadonlySet<string> = new Set([
  "if",
  "elif",
  "while",
  "until",
  "then",
  "else",
  "do",
  "!",
]);
const RUNS: ReadonlySet<string> = new Set(["eval", "exec", "source", ".", "sh", "bash", "trap"]);

/** It is an argument of `echo`, `test` or the like, and the script hands no text on to what would run it. */
function isOnlyShown(file: string, { span, text }: Taken): boolean {
  const { start, end } = scriptSpan(file, text);
  const script = file.slice(start, end);
  if (/`|\$\(|[<>]\(|(?:^|[^|])\|(?!\|)/.test(script)) return false;
  const all = commands(script);
  if (all.some(({ words }) => words.some((word) => RUNS.has(word.text)))) return false;
  const own = all.find(({ words }) =>
    words.some((word) => start + word.start <= span.start && span.end <= start + word.end),
  );
  const first = own?.words.find((word) => !BEFORE.has(word.text));
  const isWritten = own?.words.some((word) => /^\d*[<>]/.test(script.slice(word.start, word.end)));
  return first !== undefined && SHOWS.has(first.text) && isWritten === false;
}

/** The quotes of the shell that are open where the expression stands. */
function quotingOf(file: string, { span, text }: Taken): Quoting | undefined {
  const { start, end } = scriptSpan(file, text);
  const all = scriptHoles(file, text);
  const holes = all.map((hole) => ({ start: hole.start - start, end: hole.end - start }));
  return quotingAt(file.slice(start, end), holes)[
    all.findIndex((hole) => hole.start === span.start)
  ];
}
const NOT_THERE: Readonly<Partial<Record<Quoting, string>>> = {
  comment: "It stands in a comment: take it away.",
  "heredoc-literal":
    "The text of this here-document is taken as it is: write it with printf and a variable.",
  other: "The quotes around it are not clear enough for an edit.",
};

/** The shell that runs the step; undefined when the runner decides and is not known. */
function shellOf({ flow, job, step }: Taken): string | undefined {
  const own =
    textOf(at(step.node, "shell")) ??
    textOf(at(job.node, "defaults", "run", "shell")) ??
    textOf(at(flow.root, "defaults", "run", "shell"));
  if (own !== undefined) return own.trim();
  if (at(job.node, "container") !== undefined) return "sh";
  const runner = at(job.node, "runs-on");
  const names = textsOf(runner?.kind === "map" ? at(runner, "labels") : runner);
  const systems = names.flatMap((name) => {
    const key = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(name.trim())?.[1];
    return key === undefined ? [name] : textsOf(at(job.node, "strategy", "matrix", key));
  });
  if (systems.length === 0 || systems.some((name) => name.includes("${{"))) return undefined;
  if (systems.some((name) => /^(?:ubuntu|macos|linux)/i.test(name)))
    return systems.some((name) => /^windows/i.test(name)) ? undefined : "bash";
  return systems.every((name) => /^windows/i.test(name)) ? "PowerShell" : undefined;
}

/** A string that is nothing but the expression. */
function useInJavaScript(file: string, span: Span, name: string): Edit | string {
  const quote = file[span.start - 1] ?? "";
  if (!/["'`]/.test(quote) || file[span.end] !== quote)
    return `The expression is only a part of its string, or no string at all: put it together from process.env.${name}, with ${name} in the step's env:.`;
  return { start: span.start - 1, end: span.end + 1, newText: `process.env.${name}` };
}

/** As it must be written inside the scalar's quotes; undefined where these hold escapes already. */
function escaped(newText: string, text: YamlText, file: string): string | undefined {
  if (text.style !== "single" && text.style !== "double") return newText;
  const { start, end } = scriptSpan(file, text);
  const raw = file.slice(start, end);
  if (text.style === "single")
    return raw.includes("''") ? undefined : newText.replaceAll("'", "''");
  return raw.includes("\\") ? undefined : newText.replaceAll('"', '\\"');
}

function newline(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}
/** As many blanks as stand before an offset in its line, whatever these are: "- " counts too. */
function indentAt(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start--;
  return " ".repeat(offset - start);
}
