/** What a parser refuses by its own limit goes to the error handler: the routes answer it as their handler answers a large file. */

import { origin } from "../given.ts";
import type { Code, Context, Edit, Match, Op, Span, ValueId } from "../rule.ts";
import { middlewareOf } from "../upload-parser.ts";
import { binds } from "./imports.ts";
import { answerWith, endsStatements, responseName } from "./refusal.ts";
import { indentUnit } from "./statements.ts";

/** Undefined where the middleware of the parser cannot be wrapped: then its error is left to the program. */
export function refuseTooLarge(
  match: Match,
  code: Code,
  parser: { readonly code: Code; readonly op: Op & { readonly op: "call" } },
  context: Context,
): readonly Edit[] | undefined {
  const routes = middlewareOf(code, parser, context);
  const response = routes === undefined ? undefined : responseName(routes.handler);
  if (routes === undefined || response === undefined) return undefined;
  const { handler, parent, found } = routes;
  const typed = /\.[mc]?tsx?$/.test(code.file);
  const [request = "req", , next = "next"] = handler.ir.params.map((p) => p.name);
  const names = { request, response, next };
  if (!Object.values(names).every((name) => /^[A-Za-z_$][\w$]*$/.test(name))) return undefined;
  const error = ["error", "err", "uploadError"].find(
    (name) => !Object.values(names).includes(name),
  ) as string;
  const test = errorTest(match, parent, parser, error);
  if (test === undefined) return undefined;
  const answer = ownAnswer(code, handler, match.op ?? 0, response, next) ?? {
    text:
      answerWith(handler, context, "File too large", 413) ??
      `${response}.status(413).send("File too large")`,
  };
  const edits: Edit[] = [];
  for (const id of found) {
    const { span } = parent.op(id);
    const text = parent.text(span);
    const { op } = origin({ code: parent, op: parent.op(id), id }, context);
    // A list is no function, and in one parameters have no types; names that mean something else inside would be taken for these.
    if (op.op === "sequence" || new RegExp(`\\b(?:${request}|${response}|${next})\\b`).test(text))
      return undefined;
    const { start, end } = parent.absolute(span);
    const unit = indentUnit(code);
    const indent = code.indent(start);
    const semicolon = endsStatements(code) ? ";" : "";
    const lines = [
      `(${request}, ${response}, ${next}) => {`,
      `\t${text}(${request}, ${response}, (${error}${typed ? ": unknown" : ""}) => {`,
      `\t\tif (${test}) {`,
      `\t\t\t${answer.text}${semicolon}`,
      "\t\t} else {",
      `\t\t\t${next}(${error})${semicolon}`,
      "\t\t}",
      `\t})${semicolon}`,
      "}",
    ].map((line) => line.replace(/^\t+/, (tabs) => unit.repeat(tabs.length)));
    edits.push({ start, end, newText: lines.join(code.newline + indent) });
  }
  return edits;
}

/** `error instanceof multer.MulterError && error.code === "LIMIT_FILE_SIZE"`, by the name the file has for the library. */
function errorTest(
  match: Match,
  parent: Code,
  { code, op }: { readonly code: Code; readonly op: Op & { readonly op: "call" } },
  error: string,
): string | undefined {
  const library = code.text(code.op(op.callee).span);
  const isSame = binds(parent, library) === binds(code, library);
  const { error: type = "", code: said = "" } = match.facts ?? {};
  if (!/^[A-Za-z_$][\w$]*$/.test(library) || !isSame || type === "" || said === "")
    return undefined;
  const quote = code.fileText.includes('"') || !code.fileText.includes("'") ? '"' : "'";
  return `${error} instanceof ${library}.${type} && ${error}.code === ${quote}${said}${quote}`;
}

/** What the handler answers where it finds the file too large, if that means the same outside of it. */
function ownAnswer(
  code: Code,
  handler: Code,
  compare: ValueId,
  response: string,
  next: string,
): { readonly text: string } | undefined {
  if (code.item !== handler.item) return undefined;
  const at = code.op(compare).span;
  const inside = code.ir.statements.filter((s) => contains(s, at));
  const statement = inside.sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  if (statement === undefined) return undefined;
  const [first] = code.ir.ops
    .filter(
      (op) =>
        op.op === "call" &&
        op.span.start >= at.end &&
        contains(statement, op.span) &&
        [response, next].includes(rootOf(code, op.callee) ?? ""),
    )
    .sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
  if (first === undefined) return undefined;
  const isConstant = code.ir.ops.every((op) => {
    if (!contains(first.span, op.span)) return true;
    if (op.op === "load") return [response, next].includes(code.ir.slots[op.slot] ?? "");
    if (op.op === "free") return [undefined, `${code.file}#`].includes(binds(code, op.name));
    return op.op !== "closure" && op.op !== "await";
  });
  return isConstant ? { text: code.text(first.span) } : undefined;
}

function rootOf(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op === "member") return rootOf(code, op.object);
  if (op.op === "call") return rootOf(code, op.callee);
  return op.op === "load" ? code.ir.slots[op.slot] : undefined;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
