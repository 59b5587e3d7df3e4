/** SQL text that grows in several statements: its parameters grow beside it. */
import type { Code, Edit, Op, ValueId } from "../rule.ts";
import { importEdit } from "./imports.ts";
import { rewrite, rewriteNumbered, type Style } from "./sql-placeholders.ts";
import type { Source } from "./sql-source.ts";
import { type Plan, planPlaceholders, type Replacement } from "./sql-text.ts";
import { record } from "./sql-values.ts";
import { insertAfter } from "./statements.ts";

/** Text grown with `+=`: the parameters grow beside it. */
export function grow(
  code: Code,
  call: Op & { op: "call" },
  arg: ValueId,
  sources: readonly Source[],
  style: Style,
  params: string | number | boolean,
  bound: (r: Replacement) => Replacement,
): Edit[] | string {
  if (style === "prepare" || params === "bind") return "the SQL text is built in several steps";
  const named = style === ":name" || style === "text:name";
  const js = code.language === "javascript";
  const container = free(code, "params");
  const edits: Edit[] = [];
  const names = new Set<string>();
  let before = "";
  let count = 0;
  for (const [i, { sql, store }] of sources.entries()) {
    const plan: Plan = planPlaceholders(code, sql, before);
    if ("refused" in plan) return plan.refused;
    before += sql.pieces.map((p) => (p.kind === "text" ? p.raw : "?")).join("");
    const statement = store === undefined ? undefined : code.statement(store.span);
    if (statement === undefined || !standsAlone(code, statement))
      return "the SQL text is built in the middle of another statement";
    const indent = code.indent(statement.start);
    const semicolon = code.fileText.slice(statement.start, statement.end).trimEnd().endsWith(";")
      ? ";"
      : "";
    const list = plan.replacements.map(bound).map((r) => {
      let name = r.name;
      for (let n = 2; names.has(name); n++) name = `${r.name}${n}`;
      names.add(name);
      return { ...r, name };
    });
    if (style === "$n" && js) {
      edits.push(...rewriteNumbered(code, sql, list, container));
      const lines = [
        ...(i === 0
          ? [`const ${container} = [${list.map((r) => r.value).join(", ")}]${semicolon}`]
          : list.map((r) => `${container}.push(${r.value})${semicolon}`)),
      ];
      if (i === 0 || list.length > 0)
        edits.push({
          start: statement.start,
          end: statement.start,
          newText: lines.map((l) => `${l}${code.newline}${indent}`).join(""),
        });
      if (i === 0 && list.length > 1) return "the first part of the SQL text has several values";
      continue;
    }
    if (style === "$n") return "numbered placeholders cannot be counted across steps";
    edits.push(...rewrite(code, sql, list, style, count));
    count += list.length;
    const lines: string[] = [];
    if (i === 0)
      lines.push(
        `${js ? "const " : ""}${container} = ${named ? (js ? record(code, list) : list.length === 0 ? "{}" : record(code, list)) : `[${list.map((r) => r.value).join(", ")}]`}${semicolon}`,
      );
    else
      for (const r of list)
        lines.push(
          named
            ? `${container}["${r.name}"] = ${r.value}${semicolon}`
            : `${container}.${js ? "push" : "append"}(${r.value})${semicolon}`,
        );
    if (lines.length > 0) edits.push(insertAfter(code, statement, lines));
  }
  const last = call.args[call.args.length - 1];
  if (last === undefined) return "the place for the parameters cannot be found";
  const at = code.absolute(last.span).end;
  if (params === "values") edits.push({ start: at, end: at, newText: `, values=${container}` });
  else if (params === "replacements")
    edits.push({ start: at, end: at, newText: `, { replacements: ${container} }` });
  else if (params === "spread")
    edits.push({ start: at, end: at, newText: `, ${js ? "..." : "*"}${container}` });
  else if (style === "text:name") {
    const text = importEdit(code, { module: "sqlalchemy", name: "text" });
    const span = code.absolute(code.op(arg).span);
    if (text.edit !== undefined) edits.push(text.edit);
    edits.push(
      { start: span.start, end: span.start, newText: `${text.local}(` },
      { start: span.end, end: span.end, newText: `), ${container}` },
    );
  } else edits.push({ start: at, end: at, newText: `, ${container}` });
  return edits;
}

/** On a line of its own, in a block: a statement put behind it runs under the same conditions. */
function standsAlone(code: Code, statement: { start: number; end: number }): boolean {
  const text = code.fileText;
  const line = text.slice(
    Math.max(
      text.lastIndexOf("\n", statement.start - 1),
      text.lastIndexOf("\r", statement.start - 1),
    ) + 1,
    statement.start,
  );
  if (line.trim() !== "") return false;
  if (code.language === "python") return /^[ \t]*(#.*)?(\r?\n|$)/.test(text.slice(statement.end));
  const before = text.slice(0, statement.start).trimEnd();
  return before === "" || /[{};]$/.test(before) || /\*\/$/.test(before);
}

function free(code: Code, name: string): string {
  let out = name;
  for (let n = 2; code.ir.slots.includes(out); n++) out = `${name}${n}`;
  return out;
}
