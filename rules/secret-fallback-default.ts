import { quoted } from "../server/rule/fix/arguments.ts";
import { refusal } from "../server/rule/fix/environment.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { isExcused } from "../server/rule/literal-key.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  rule,
  type Span,
  type ValueId,
} from "../server/rule/rule.ts";
import { secretName, words } from "../server/rule/secret-names.ts";
import { isRandom } from "../server/rule/secret-value.ts";
import { identities } from "../server/rule/symbol.ts";
import { textsIn } from "../server/rule/texts.ts";

/** Secrets with which the program itself signs, encrypts or lets somebody in. */
const OWN =
  /^(?:secret|signing|encryption|jwt|session|cookie|hmac|csrf|admin|salt|private|master)$/;
/** Values that are meant to be seen. */
const PUBLIC = /^(?:public|publishable|anon|site|next|vite)$/;

export default rule({
  id: "secret-fallback-default",
  title: "Secret with a fallback in the code",
  category: "secrets",
  severity: "high",
  cwe: [1188, 798],
  owasp: ["A05:2021", "A02:2025"],
  code: {
    may: /process\.env|\benviron\b|getenv|Bun\.env/,
    check: (code, context) =>
      textsIn(code).flatMap(({ op, span, text }) => {
        const found = text === "" ? undefined : fallbackAt(code, op, context);
        if (found === undefined || isExcused(code, op)) return [];
        const severity = severityOf(found.variable, text);
        if (severity === undefined) return [];
        const facts = { variable: found.variable, own: severity === "high" };
        return [{ item: code.item, op, span, severity, confidence: "medium", facts }];
      }),
  },
  say: ({ facts }) => ({
    what: `Where ${String(facts?.variable)} is not set, a value that is written in the code takes its place.`,
    why:
      facts?.own === true
        ? "One forgotten variable, and the server runs on: with a secret that everyone who has the code knows, and with which he signs sessions or tokens for any user."
        : "It looks like a real credential: whoever has the code or its history has it.",
    fix: `Refuse to start without it: ${facts?.own === true ? "a server that stops is noticed, one with a known secret is not" : "read it from the environment only, and replace it"}.`,
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

/** A known one for what the program signs; for what it is let in with elsewhere, only one that looks real. */
function severityOf(variable: string, text: string): Match["severity"] {
  const name = secretName(variable);
  const all = words(variable);
  if (name === undefined || name.kind === "code" || all.some((w) => PUBLIC.test(w)))
    return undefined;
  if (all.some((w) => OWN.test(w)) || name.kind === "salt") return "high";
  return isRandom(text) ? "medium" : undefined;
}

interface Fallback {
  readonly variable: string;
  /** From the reading of the variable to the end of the literal. */
  readonly whole: Span;
  /** The call of which the literal is an argument; absent: an operator. */
  readonly call?: true;
}

/** The literal stands in for a variable of the environment: `getenv("X", literal)`, `X or literal`, `X ?? literal`. */
function fallbackAt(code: Code, id: ValueId, context: Context): Fallback | undefined {
  const { ops } = code.ir;
  for (const [at, op] of ops.entries()) {
    if (op.op === "call" && op.args.length === 2 && op.args[1]?.value === id) {
      const variable = variableOf(identities(code, at, context));
      if (variable !== undefined) return { variable, whole: op.span, call: true };
    }
    if (op.op !== "store" || op.value !== id || code.ir.slots[op.slot]?.startsWith("%") !== true)
      continue;
    for (const other of ops) {
      if (other.op !== "store" || other.slot !== op.slot || other.value === id) continue;
      const variable = variableOf(identities(code, other.value, context));
      const start = code.op(other.value).span.start;
      if (variable !== undefined) return { variable, whole: { start, end: code.op(id).span.end } };
    }
  }
  return undefined;
}
function variableOf(all: readonly string[]): string | undefined {
  return all.find((one) => one.startsWith("env:"))?.slice(4);
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Refuse to run without it";
  const found = fallbackAt(code, match.op ?? 0, context);
  const manual = (reason: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason },
  ];
  if (found === undefined) return [];
  const edits =
    code.language === "python" ? inPython(code, found) : inJavaScript(code, found, match.op ?? 0);
  return edits === undefined
    ? manual(
        `Leave the fallback out, and stop where ${found.variable} is not set. No edit is offered: it is not written as a fallback of one variable.`,
      )
    : [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

function inPython(code: Code, { variable, whole, call }: Fallback): readonly Edit[] | undefined {
  const at = code.absolute(whole);
  const text = code.fileText.slice(at.start, at.end);
  if (call !== true && !/\)\s+or\s+\w{0,2}["'][^"']*["']$/.test(text)) return undefined;
  const { edit, local } = importEdit(code, { module: "os" });
  return [
    ...(edit === undefined ? [] : [edit]),
    { ...at, newText: `${local}.environ[${quoted(code, variable)}]` },
  ];
}

function inJavaScript(
  code: Code,
  { variable, whole }: Fallback,
  id: ValueId,
): readonly Edit[] | undefined {
  const at = code.absolute(whole);
  const operator =
    /^((?:process\.env|Bun\.env)(?:\.\w+|\[["']\w+["']\]))\s*(?:\|\||\?\?)\s*["'`][^"'`]*["'`]$/.exec(
      code.fileText.slice(at.start, at.end),
    );
  const read = operator?.[1];
  if (read === undefined) return undefined;
  const statement = code.statement(code.op(id).span);
  const before = statement === undefined ? "" : code.fileText.slice(statement.start, at.start);
  const after = statement === undefined ? "" : code.fileText.slice(at.end, statement.end);
  const name = /^(?:export\s+)?(?:const|let|var)\s+([\w$]+)(?:\s*:\s*string)?\s*=\s*$/.exec(
    before,
  )?.[1];
  if (statement !== undefined && name !== undefined && /^\s*;?$/.test(after))
    return [
      { ...at, newText: `${read} ?? ${quoted(code, "")}` },
      refusal(code, statement, name, variable),
    ];
  const typed = /\.[cm]?tsx?$/.test(code.file);
  return [{ ...at, newText: typed ? `${read} as string` : read }];
}
