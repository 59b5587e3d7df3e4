/** Edits that pass the values to the call. */
import type { Code, Edit, Op, ValueId } from "../rule.ts";
import { importEdit } from "./imports.ts";
import type { Style } from "./sql-placeholders.ts";
import type { Replacement } from "./sql-text.ts";

/** Edits that pass the values. */
export function pass(
  code: Code,
  call: Op & { op: "call" },
  callId: ValueId,
  arg: ValueId,
  replacements: readonly Replacement[],
  style: Style,
  params: string | number | boolean,
): Edit[] | undefined {
  const values = replacements.map((r) => r.value);
  const after = (text: string): Edit[] => {
    const last = call.args[call.args.length - 1];
    const at = code.absolute(last?.span ?? call.argsSpan);
    return [{ start: at.end, end: at.end, newText: text }];
  };
  if (style === "prepare") {
    for (const [id, op] of code.ir.ops.entries()) {
      if (op.op !== "call" || id === callId) continue;
      const callee = code.op(op.callee);
      if (callee.op !== "member" || callee.object !== callId) continue;
      const at = code.absolute(op.argsSpan);
      return [
        {
          start: at.start + 1,
          end: at.start + 1,
          newText: `${values.join(", ")}${op.args.length > 0 ? ", " : ""}`,
        },
      ];
    }
    return undefined;
  }
  if (params === "spread") return after(`, ${values.join(", ")}`);
  if (params === "values") return after(`, values=${record(code, replacements)}`);
  if (params === "replacements") return after(`, { replacements: ${record(code, replacements)} }`);
  if (params === "bind") {
    const at = code.absolute(call.span);
    return [
      {
        start: at.end,
        end: at.end,
        newText: `.bindparams(${replacements.map((r) => `${r.name}=${r.value}`).join(", ")})`,
      },
    ];
  }
  if (style === "text:name") {
    const text = importEdit(code, { module: "sqlalchemy", name: "text" });
    const at = code.absolute(code.op(arg).span);
    return [
      ...(text.edit === undefined ? [] : [text.edit]),
      { start: at.start, end: at.start, newText: `${text.local}(` },
      { start: at.end, end: at.end, newText: `), ${record(code, replacements)}` },
    ];
  }
  if (style === ":name") return after(`, ${record(code, replacements)}`);
  return after(`, ${list(code, values)}`);
}

function list(code: Code, values: readonly string[]): string {
  return code.language === "javascript"
    ? `[${values.join(", ")}]`
    : values.length === 1
      ? `(${values[0]},)`
      : `(${values.join(", ")})`;
}
export function record(code: Code, replacements: readonly Replacement[]): string {
  if (code.language === "javascript")
    return `{ ${replacements.map((r) => (r.name === r.value ? r.name : `${r.name}: ${r.value}`)).join(", ")} }`;
  return `{${replacements.map((r) => `"${r.name}": ${r.value}`).join(", ")}}`;
}
