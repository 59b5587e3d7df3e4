/**
 * Says no in the words of the framework at hand, as the models know them: by what takes the function, by the types of its
 * parameters, by what it uses of a request; where nobody can be answered, with an exception.
 */
import type { Item, TypeRef } from "../../ir/ir.ts";
import type { Code, Context, Op, RefusalRow, ValueId } from "../rule.ts";
import { quoted } from "./arguments.ts";
import { binds, importedAs, type Wanted } from "./imports.ts";
import { pathOf } from "./text-value.ts";

export interface Refusal {
  /** What the lines need. */
  readonly wanted: readonly Wanted[];
  /** Statements that refuse the request and leave the function, given the names of what was wanted. */
  readonly lines: (locals: readonly string[]) => readonly string[];
  /** Somebody is answered; else it only throws. */
  readonly answers: boolean;
}

interface Way {
  readonly row: RefusalRow;
  readonly parameter?: number;
}

/** `at`: the operation before which it is refused. */
export function refusal(
  code: Code,
  context: Context,
  message: string,
  at: ValueId | undefined,
  status = 400,
): Refusal {
  const end = code.language === "javascript" && endsStatements(code) ? ";" : "";
  const way = wayOf(code, context, at, status);
  if (way !== undefined) return filled(code, way, message, status, end);
  const plain = (line: string, answers = false): Refusal => ({
    wanted: [],
    lines: () => [line + end],
    answers,
  });
  const text = quoted(code, message);
  if (code.language === "python") {
    const pasted = pastedException(code);
    return pasted === undefined
      ? plain(`raise ValueError(${text})`)
      : plain(`raise ${pasted}(status_code=${status}, detail=${text})`, true);
  }
  const answer = byName(code, message, status);
  if (answer === undefined) return plain(`throw new Error(${text})`);
  return { wanted: [], lines: () => leaving(code, answer, end), answers: true };
}

/** The call alone that answers, as `res.status(400).json({ error: "..." })`; undefined where another form is used. */
export function answerWith(
  code: Code,
  context: Context,
  message: string,
  status: number,
): string | undefined {
  const way = waysOf(code, context, status).find(
    ({ row }) => row.form === "call" && !/\{[^{}]*#/.test(row.text),
  );
  return way === undefined ? byName(code, message, status) : written(code, way, message, status)[0];
}

/** The file ends its statements with semicolons. */
export function endsStatements(code: Code): boolean {
  return /;\s*$/m.test(code.fileText);
}

/** The parameter that the answer is sent with, by its usual name. */
export function responseName(code: Code): string | undefined {
  return code.ir.params.map((p) => p.name).find((p) => /^(?:res|response|reply)$/.test(p));
}

function wayOf(
  code: Code,
  context: Context,
  at: ValueId | undefined,
  status: number,
): Way | undefined {
  const ways = waysOf(code, context, status);
  const [first] = ways;
  // What is thrown must arrive at the framework.
  if (first?.row.form !== "throws" || at === undefined || !swallows(code, at)) return first;
  return ways.find(({ row }) => row.path === first.row.path && row.form !== "throws") ?? first;
}

function waysOf(code: Code, context: Context, status: number): readonly Way[] {
  const fits = ({ row, parameter }: Way): boolean =>
    (row.status ?? status) === status &&
    (parameter === undefined || nameOf(code, parameter) !== undefined);
  const taken = context.refusals(code.item).filter(fits);
  if (taken.length > 0) return taken;
  const used = new Set<string>();
  for (const [id, op] of code.ir.ops.entries()) {
    if (op.op !== "member" && op.op !== "call" && op.op !== "free" && op.op !== "load") continue;
    const path = pathOf(code, op.op === "call" ? op.callee : id, context);
    if (path !== undefined) used.add(op.op === "call" ? `${path}()` : path);
  }
  for (const path of importedPaths(code)) used.add(path);
  return [...used].flatMap((path) => context.refusalsOf(path).map((row) => ({ row }))).filter(fits);
}

/** What the file imports by name, and this code can use. */
function importedPaths(code: Code): readonly string[] {
  const module = code.other(`${code.file}#`) ?? code;
  return module.ir.ops.flatMap((op) => {
    const value = op.op === "store" ? module.op(op.value) : undefined;
    if (op.op !== "store" || value?.op !== "import" || value.name === undefined) return [];
    const isSeen = binds(code, module.ir.slots[op.slot] as string) === module.item;
    return isSeen && value.typesOnly !== true ? [`${value.module}.${value.name}`] : [];
  });
}

function filled(code: Code, way: Way, message: string, status: number, end: string): Refusal {
  const [text, wanted] = written(code, way, message, status);
  return {
    wanted,
    answers: true,
    lines: (locals) => {
      const line = locals.reduce((all, local, i) => all.replaceAll(`{${i}}`, () => local), text);
      return way.row.form === "call" ? leaving(code, line, end) : [line + end];
    },
  };
}

/** The row's text, in which only `{0}`, `{1}` and so on are left for what is imported. */
function written(
  code: Code,
  { row, parameter }: Way,
  message: string,
  status: number,
): readonly [text: string, wanted: readonly Wanted[]] {
  const it = parameter === undefined ? undefined : nameOf(code, parameter);
  const key = row.json === undefined || it === undefined ? undefined : jsonKey(code, it);
  const wanted: Wanted[] = [];
  const text = (key === undefined ? row.text : (row.json as string)).replaceAll(
    /\{(message|status|it|self|key|[^{}\s]+#[^{}\s]+)\}/g,
    (_, hole: string) => {
      switch (hole) {
        case "message":
          return quoted(code, message);
        case "status":
          return String(status);
        case "it":
          return it ?? "";
        case "self":
          return code.ir.params[0]?.name ?? "self";
        case "key":
          return key ?? "";
        default:
          return `{${wanted.push(oneOf(code, hole)) - 1}}`;
      }
    },
  );
  return [text, wanted];
}

/** Of `a#Name|b#Name` the one that the file has already, else the first. */
function oneOf(code: Code, choices: string): Wanted {
  const all = choices.split("|").map((one): Wanted => {
    const at = one.lastIndexOf("#");
    return { module: one.slice(0, at), name: one.slice(at + 1) };
  });
  const there = all.find((wanted) => importedAs(code, wanted) !== undefined);
  return there ?? (all[0] as Wanted);
}

/** A parameter that has a plain name. */
function nameOf(code: Code, parameter: number): string | undefined {
  const name = code.ir.params[parameter]?.name ?? "";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : undefined;
}

/** An exception raised here is caught in this function by a handler for all of them, and does not leave it. */
function swallows(code: Code, at: ValueId): boolean {
  const { blocks } = code.ir;
  let next = blocks.find((b) => b.ops.includes(at))?.handler;
  for (let depth = 0; next !== undefined && depth < 20; depth++) {
    const block = blocks[next];
    const caught = block?.ops.map((id) => code.op(id)).find((op) => op.op === "caught");
    if (block === undefined || caught?.op !== "caught") return true;
    if (caught.types.length === 0) return block.end.kind !== "throw";
    const names = caught.types.map((id) => code.text(code.op(id).span));
    const isBroad = names.some((name) => /^(?:Base)?Exception$/.test(name));
    if (isBroad || block.end.kind !== "branch") return true;
    // `except HTTPException: raise` before a handler for all.
    const first = blocks[block.end.then];
    if (first?.end.kind === "throw" && first.end.value === undefined) return false;
    next = block.end.else;
  }
  return false;
}

/** Code without its imports, as it stands in a chat. */
function pastedException(code: Code): string | undefined {
  const name = "HTTPException";
  const isUsed = code.fileText.includes(`${name}(`);
  return isUsed && binds(code, name) === undefined ? name : undefined;
}

/** By the usual name of the parameter, in a file that knows of the framework: the handler is handed over elsewhere. */
function byName(code: Code, message: string, status: number): string | undefined {
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

function leaving(code: Code, answer: string, end: string): readonly string[] {
  const isStatement = code.language === "python" || returnsNothing(code);
  return isStatement ? [`${answer}${end}`, `return${end}`] : [`return ${answer}${end}`];
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
