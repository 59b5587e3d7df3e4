/** Says no in the words of the framework at hand: an HTTP answer where one can be given, else an exception. */
import type { Item, TypeRef } from "../../ir/ir.ts";
import type { Code, Op } from "../rule.ts";
import { quoted } from "./arguments.ts";
import { binds, importedFrom } from "./imports.ts";

/** Statements that refuse the request and leave the function. */
export function refusal(code: Code, message: string, status = 400): readonly string[] {
  if (code.language === "python") return [pythonRefusal(code, message)];
  const end = endsStatements(code) ? ";" : "";
  const answer = answerWith(code, message, status);
  if (answer === undefined) return [`throw new Error(${quoted(code, message)})${end}`];
  return returnsNothing(code) ? [`${answer}${end}`, `return${end}`] : [`return ${answer}${end}`];
}

/** The file ends its statements with semicolons. */
export function endsStatements(code: Code): boolean {
  return /;\s*$/m.test(code.fileText);
}

function pythonRefusal(code: Code, message: string): string {
  const exception = importedFrom(code, ["fastapi", "starlette"], "HTTPException") ?? pasted(code);
  if (exception !== undefined)
    return `raise ${exception}(status_code=400, detail=${quoted(code, message)})`;
  const abort = importedFrom(code, ["flask"], "abort");
  if (abort !== undefined) return `${abort}(400)`;
  return `raise ValueError(${quoted(code, message)})`;
}

/** Code without its imports, as it stands in a chat. */
function pasted(code: Code): string | undefined {
  const name = "HTTPException";
  const isUsed = code.fileText.includes(`${name}(`);
  return isUsed && binds(code, name) === undefined ? name : undefined;
}

/** The parameter that the answer is sent with, by its usual name. */
export function responseName(code: Code): string | undefined {
  return code.ir.params.map((p) => p.name).find((p) => /^(?:res|response|reply)$/.test(p));
}

/** `res.status(400).json({ error: message })`, as the handler answers; undefined outside of one. */
export function answerWith(code: Code, message: string, status = 400): string | undefined {
  const name = responseName(code);
  if (name === undefined) return undefined;
  if (name === "reply") return `reply.code(${status}).send(${quoted(code, message)})`;
  if (!/\bexpress\b/.test(code.fileText)) return undefined;
  const key = jsonKey(code, name);
  return key === undefined
    ? `${name}.status(${status}).send(${quoted(code, message)})`
    : `${name}.status(${status}).json({ ${key}: ${quoted(code, message)} })`;
}

/** Where the handler answers with JSON, the field that says what went wrong. */
function jsonKey(code: Code, response: string): string | undefined {
  let answers = false;
  for (const op of code.ir.ops) {
    if (op.op !== "call") continue;
    const callee = code.op(op.callee);
    if (callee.op !== "member" || callee.name !== "json") continue;
    if (!code.text(callee.span).startsWith(response)) continue;
    answers = true;
    const body = op.args[0] === undefined ? undefined : code.op(op.args[0].value);
    if (body?.op !== "record") continue;
    const key = body.entries.find(
      ({ key }) => typeof key === "string" && /^(?:error|message|detail)$/.test(key),
    )?.key;
    if (typeof key === "string") return key;
  }
  return answers ? "error" : undefined;
}

/** `return res.json()` does not fit `: void` or `Promise<void>`, nor handlers that end without a value (TypeScript). */
function returnsNothing(code: Code): boolean {
  const { returns } = code.ir;
  if (returns !== undefined && returns.kind !== "unknown") return isVoid(returns);
  const ends = code.ir.blocks.flatMap(({ end }) => (end.kind === "return" ? [end] : []));
  if (ends.some(({ value }) => value !== undefined && isAnswer(code.ir, code.ir.ops[value])))
    return false;
  return /\.[mc]?tsx?$/.test(code.file) || ends.some(({ value }) => value === undefined);
}
function isVoid(type: TypeRef): boolean {
  if (type.kind === "union") return type.members.every(isVoid);
  if (type.kind !== "name") return false;
  const name = type.path.join(".");
  if (name === "Promise") return type.args.every(isVoid);
  return name === "void" || name === "undefined";
}
function isAnswer(ir: Item, op: Op | undefined): boolean {
  const callee = op?.op === "call" ? ir.ops[op.callee] : undefined;
  return callee?.op === "member";
}
