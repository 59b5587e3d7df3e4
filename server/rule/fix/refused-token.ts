/** A call that verifies a token raises where it only unpacked one before: where somebody is answered, that is a 401. */
import type { Code, Context, Edit, Op, ValueId } from "../rule.ts";
import type { Data } from "../tokens.ts";
import { importEdits } from "./imports.ts";
import { refusal } from "./refusal.ts";
import { endOfLine, indentUnit, insertAfter } from "./statements.ts";

/** `throws`: what it raises is left to the caller. The row's `refused` is the exception: "jwt#InvalidTokenError". */
export function answerIfRaised(
  code: Code,
  call: Op & { readonly op: "call" },
  id: ValueId,
  data: Data,
  context: Context,
): { readonly edits: readonly Edit[]; readonly throws: boolean } {
  if (code.ir.blocks.some((b) => b.handler !== undefined && b.ops.includes(id)))
    return { edits: [], throws: false };
  const open = { edits: [], throws: true };
  const [module, name] = String(data.refused ?? "").split("#");
  const refused = refusal(code, context, "Invalid token", id, 401);
  const statement = code.statement(call.span);
  if (module === undefined || name === undefined || statement === undefined) return open;
  if (!refused.answers || !isSimple(code, statement)) return open;
  const { edits, locals } = importEdits(code, [{ module, name }, ...refused.wanted]);
  const lines = refused.lines(locals.slice(1)).map((line) => `\t${line}`);
  const { start } = statement;
  const head = `try:${code.newline}${code.indent(start)}${indentUnit(code)}`;
  return {
    edits: [
      ...edits,
      { start, end: start, newText: head },
      insertAfter(code, statement, [`except ${locals[0]}:`, ...lines]),
    ],
    throws: false,
  };
}

/** One line that holds nothing else. */
function isSimple(code: Code, { start, end }: { start: number; end: number }): boolean {
  const text = code.fileText;
  return (
    !/[\r\n]/.test(text.slice(start, end)) &&
    !/^(?:if|elif|else|while|for|with|async|match|case|def|class)\b/.test(text.slice(start, end)) &&
    /(?:^|[\r\n])[ \t]*$/.test(text.slice(0, start)) &&
    /^[ \t]*(?:[\r\n]|$)/.test(text.slice(endOfLine(code, end)))
  );
}
