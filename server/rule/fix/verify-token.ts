/** What changes around a call that only unpacked a token once it verifies one: it throws where it gave nothing. */
import type { Code, Context, Edit, Op, ValueId } from "../rule.ts";
import type { Data } from "../tokens.ts";
import { sameAs, usesOf } from "../uses.ts";
import { importEdits } from "./imports.ts";
import { endsStatements, refusal } from "./refusal.ts";
import { indentUnit, insertAfter } from "./statements.ts";

type Call = Op & { readonly op: "call" };

/** The options that the verifying call takes as well and that shape its result; undefined where they cannot be seen. */
export function keptOptions(code: Code, call: Call, data: Data): readonly string[] | undefined {
  const names = String(data.keeps ?? "")
    .split("|")
    .filter((name) => name !== "");
  const options = optionsOf(code, call, data);
  if (names.length === 0 || options === undefined) return [];
  if (options.op !== "record" || options.entries.some((e) => e.key === "...")) return undefined;
  return options.entries
    .filter(({ key }) => typeof key === "string" && names.includes(key))
    .map(({ span }) => code.text(span));
}

/** Options by which the type of the result was that of an object: `{ json: true }`. */
function cast(code: Code, call: Call, data: Data): readonly [open: string, close: string] {
  const [option, type] = String(data.typed ?? "").split("=");
  const options = optionsOf(code, call, data);
  const callee = code.op(call.callee);
  if (options?.op !== "record" || type === undefined || callee.op !== "member") return ["", ""];
  const entry = options.entries.find(({ key }) => key === option);
  const value = entry === undefined ? undefined : code.op(entry.value);
  const isAsked = value?.op === "const" && value.value === true;
  if (!/\.[mc]?tsx?$/.test(code.file) || !isAsked) return ["", ""];
  return ["(", ` as ${code.text(code.op(callee.object).span)}.${type})`];
}

function optionsOf(code: Code, call: Call, data: Data): Op | undefined {
  const argument = call.args[Number(data.token) + 1];
  return argument === undefined ? undefined : code.op(argument.value);
}

/** Edits around the call; `throws`: what it throws is left to the caller. */
export function aroundCall(
  code: Code,
  call: Call,
  id: ValueId,
  data: Data,
  context: Context,
): { readonly edits: readonly Edit[]; readonly throws: boolean } {
  const isCaught = code.ir.blocks.some((b) => b.handler !== undefined && b.ops.includes(id));
  const answered =
    isCaught || asksForNothing(code, id) ? undefined : answerIfNothing(code, id, context);
  const isNothing = !isCaught && (answered !== undefined || asksForNothing(code, id));
  const [head, tail] = isNothing ? nothingIfThrown(code, call) : ["", ""];
  const [open, close] = cast(code, call, data);
  const { start, end } = code.absolute(call.span);
  const around = [
    { start, end: start, newText: head + open },
    { start: end, end, newText: close + tail },
  ].filter(({ newText }) => newText !== "");
  return {
    edits: answered === undefined ? around : [...around, ...answered],
    throws: !isCaught && !isNothing,
  };
}

/** A route that counts on the claims answers 401: behind `const user = ...` on a line of its own. */
function answerIfNothing(code: Code, call: ValueId, context: Context): readonly Edit[] | undefined {
  const same = sameAs(code, call);
  const store = code.ir.ops.find((op) => op.op === "store" && same.has(op.value));
  const statement = code.statement(code.op(call).span);
  const message = "Invalid token";
  if (store?.op !== "store" || statement === undefined) return undefined;
  const refused = refusal(code, context, message, call, 401);
  if (!refused.answers) return undefined;
  const name = (code.ir.slots[store.slot] ?? "").replace(/#\d+$/, "");
  const text = code.fileText.slice(statement.start, statement.end);
  const declared = /^(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*[:=]/.exec(text);
  const isLast = /^[ \t]*(?:\/\/.*)?(?:\r?\n|$)/.test(code.fileText.slice(statement.end));
  if (name === "" || declared?.[1] !== name || !isLast) return undefined;
  const { edits, locals } = importEdits(code, refused.wanted);
  const lines = [
    `if (${name} === null) {`,
    ...refused.lines(locals).map((line) => `\t${line}`),
    "}",
  ];
  return [...edits, insertAfter(code, statement, lines)];
}

/** Where it only unpacks, a token that is none gives nothing; the caller asks for that, or hands it on to who may. */
function asksForNothing(code: Code, call: ValueId): boolean {
  const { ops, blocks } = code.ir;
  const same = sameAs(code, call);
  return (
    usesOf(code, call).whole ||
    ops.some(
      (op) =>
        (op.op === "member" && op.optional === true && same.has(op.object)) ||
        (op.op === "compare" && (same.has(op.left) || same.has(op.right))) ||
        (op.op === "unary" && same.has(op.operand)),
    ) ||
    blocks.some(({ end }) => end.kind === "branch" && same.has(end.condition))
  );
}

/** Gives nothing for a token that the verification refuses. */
function nothingIfThrown(code: Code, call: Call): readonly [head: string, tail: string] {
  const { start } = code.absolute(call.span);
  const unit = indentUnit(code);
  const line = (levels: number) => `${code.newline}${code.indent(start)}${unit.repeat(levels)}`;
  const semicolon = endsStatements(code) ? ";" : "";
  const head = `(() => {${line(1)}try {${line(2)}return `;
  const tail = `${semicolon}${line(1)}} catch {${line(2)}return null${semicolon}${line(1)}}${line(0)}})()`;
  return [head, tail];
}
