/** Rewrites SQL text with holes to placeholders and parameters, in the style of the driver. */
import { assertNever } from "../../base/brand.ts";
import type { Code, Context, Edit, Fix, Match, Op, ValueId } from "../rule.ts";
import { importEdit } from "./imports.ts";
import { isNegated } from "./sql-place.ts";
import {
  type Plan,
  planPlaceholders,
  type Replacement,
  readSql,
  type SqlText,
} from "./sql-text.ts";
import { isOtherValue, textValue } from "./text-value.ts";

type Style = "?" | "%s" | "$n" | ":name" | "text:name" | "prepare";

/** Drivers for which test/exploits runs the attack and the normal use before and after the fix. */
const PROVED: ReadonlySet<string> = new Set(["python:sqlite3"]);

/** The fixes for a call that runs SQL text with holes; the match's `op` is the call and `hit` or `call` tells the argument. */
export function parameterise(match: Match, code: Code, context: Context): readonly Fix[] {
  const row = match.hit?.row ?? match.call?.sinks.find((s) => s.kind === "sql");
  const arg = match.hit?.arg ?? match.call?.args[0]?.op;
  if (row === undefined || match.op === undefined || arg === undefined)
    return [refuse("the call cannot be seen as a whole")];
  const style = String(row.data?.style ?? "unknown");
  const driver = String(row.data?.driver ?? "");
  const params = row.data?.params ?? 1;
  if (style === "none")
    return [
      refuse(
        `${driver} has no parameters here; run the statement with execute and bound values instead`,
      ),
    ];
  const known: readonly { style: Style; label: string; params: string | number | boolean }[] =
    style === "unknown"
      ? code.language === "python"
        ? [
            { style: "?", label: "sqlite3: ?", params: 1 },
            { style: "%s", label: "psycopg, MySQL: %s", params: 1 },
            { style: ":name", label: "databases: :name", params: "values" },
            { style: "text:name", label: "SQLAlchemy: text() and :name", params: 1 },
          ]
        : [
            { style: "$n", label: "pg: $1", params: 1 },
            { style: "?", label: "mysql2, sqlite: ?", params: 1 },
          ]
      : [{ style: style as Style, label: driver, params }];
  return known.map((k) =>
    build(code, context, match.op as ValueId, arg, k.style, k.params, k.label),
  );
}

function refuse(reason: string): Fix {
  return {
    title: "Use a query parameter",
    grade: "manual",
    edits: [],
    reason: `No automatic rewrite: ${reason}.`,
  };
}

function build(
  code: Code,
  context: Context,
  callId: ValueId,
  arg: ValueId,
  style: Style,
  params: string | number | boolean,
  label: string,
): Fix {
  const call = code.op(callId);
  if (call.op !== "call") return refuse("the call cannot be seen as a whole");
  if (typeof params === "number" && call.args.length > params)
    return refuse("the call already passes parameters");
  if (typeof params === "string" && params !== "bind" && call.args.length > 1)
    return refuse("the call already passes parameters");
  const source = sourceOf(code, arg);
  if (source === undefined)
    return refuse("the SQL text is not built in one place in this function");
  if (isUsedElsewhere(code, arg))
    return refuse("the SQL text is used in more than one place, and each would need the values");
  const edits: Edit[] = [];
  const title = `Use query parameters (${label})`;
  let proved = false;
  if (source.length === 1) {
    const sql = source[0]?.sql as SqlText;
    const plan = planPlaceholders(code, sql);
    if ("refused" in plan) return refuse(plan.refused);
    if (plan.replacements.some((r) => changesBefore(code, r.value, sql.span.end, call.span.start)))
      return refuse("a value changes between the SQL text and the call");
    if (plan.replacements.length === 0) return refuse("no value can be told from the SQL text");
    const replacements = plan.replacements.map((r) => asText(code, context, r));
    edits.push(...rewrite(code, sql, replacements, style, 0));
    const text = sql.pieces.map((p) => (p.kind === "text" ? p.raw : "?")).join("");
    proved =
      PROVED.has(`${code.language}:${label}`) &&
      plan.replacements.every((r) => meansTheSame(code, context, r, text));
    const passed = pass(code, call, callId, arg, replacements, style, params);
    if (passed === undefined) return refuse("the place for the parameters cannot be found");
    edits.push(...passed);
  } else {
    const grown = grow(code, call, arg, source, style, params);
    if (typeof grown === "string") return refuse(grown);
    edits.push(...grown);
  }
  return {
    title,
    grade: proved ? "safe" : "suggested",
    edits: [{ file: code.file, edits: dedupe(edits) }],
  };
}

/**
 * A text stays a text: the value is one, and stands where the database takes a parameter for it. Where it may be nothing, the
 * parameter is NULL instead of 'None': neither is found by a condition, but it is another thing to store.
 */
function meansTheSame(code: Code, context: Context, r: Replacement, statement: string): boolean {
  if (r.quoted === undefined || r.quoted === "other" || r.op === undefined) return false;
  const value = r.op === "text" ? "text" : textValue(code, r.op, context);
  return value === "text" || (value === "maybe" && r.quoted === "match" && !isNegated(statement));
}

/** What the text was made of is no text itself, and drivers may not take it: it is made one as before. */
function asText(code: Code, context: Context, r: Replacement): Replacement {
  const isOther =
    code.language === "python" &&
    r.quoted !== undefined &&
    typeof r.op === "number" &&
    isOtherValue(code, r.op, context);
  return isOther ? { ...r, value: `str(${r.value})` } : r;
}

/** The variable that holds the text is read anywhere but in this argument and in its own `+=`. */
function isUsedElsewhere(code: Code, arg: ValueId): boolean {
  const op = code.op(arg);
  if (op.op === "await" || op.op === "annotate") return isUsedElsewhere(code, op.value);
  if (op.op !== "load") return false;
  const grown = new Set<ValueId>();
  for (const o of code.ir.ops) {
    if (o.op !== "store" || o.slot !== op.slot) continue;
    const value = code.op(o.value);
    if (value.op === "binary") grown.add(value.left);
  }
  return code.ir.ops.some(
    (o, id) => o.op === "load" && o.slot === op.slot && id !== arg && !grown.has(id),
  );
}

/** A variable in the expression is assigned between two places. */
function changesBefore(code: Code, expression: string, from: number, to: number): boolean {
  const names = new Set(expression.match(/[A-Za-z_$][\w$]*/g) ?? []);
  return code.ir.ops.some(
    (o) =>
      o.op === "store" &&
      o.span.start >= from &&
      o.span.start < to &&
      names.has((code.ir.slots[o.slot] ?? "").replace(/#\d+$/, "")),
  );
}

interface Source {
  readonly sql: SqlText;
  readonly store?: Op & { op: "store" };
}

/** The literal, or the stores that build the variable: one, or a first one and `+=` after it. */
function sourceOf(code: Code, arg: ValueId): readonly Source[] | undefined {
  const direct = readSql(code, arg);
  if (direct !== undefined) return [{ sql: direct }];
  const op = code.op(arg);
  if (op.op === "await" || op.op === "annotate") return sourceOf(code, op.value);
  if (op.op !== "load") return undefined;
  const stores = code.ir.ops
    .filter((o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot)
    .sort((a, b) => a.span.start - b.span.start);
  const out: Source[] = [];
  for (const [i, store] of stores.entries()) {
    let value = store.value;
    let grown = code.op(value);
    if (i > 0) {
      if (grown.op !== "binary" || grown.operator !== "+") return undefined;
      const left = code.op(grown.left);
      if (left.op !== "load" || left.slot !== op.slot) return undefined;
      value = grown.right;
      grown = code.op(value);
    }
    const sql = readSql(code, value);
    if (sql === undefined) return undefined;
    out.push({ sql, store });
  }
  return out.length === 0 ? undefined : out;
}

function placeholder(style: Style, r: Replacement, index: number): string {
  switch (style) {
    case "?":
    case "prepare":
      return "?";
    case "%s":
      return "%s";
    case "$n":
      return `$${index + 1}`;
    case ":name":
    case "text:name":
      return `:${r.name}`;
    default:
      return assertNever(style);
  }
}

/** Edits that put placeholders into the text. */
function rewrite(
  code: Code,
  sql: SqlText,
  replacements: readonly Replacement[],
  style: Style,
  from: number,
): Edit[] {
  const doubling = style === "%s";
  if (sql.form === "whole") {
    let body = "";
    let at = 0;
    const list = [...replacements];
    for (const piece of sql.pieces) {
      const start = piece.start;
      const stop = piece.kind === "text" ? piece.start + piece.raw.length : piece.end;
      let cursor = Math.max(start, at);
      while (list.length > 0 && (list[0] as Replacement).start < stop) {
        const r = list.shift() as Replacement;
        if (piece.kind === "text" && r.start > cursor)
          body += tidy(piece.raw.slice(cursor - start, r.start - start), sql, doubling);
        body += placeholder(style, r, from + replacements.indexOf(r));
        cursor = Math.min(stop, r.end);
        at = r.end;
      }
      if (piece.kind === "text" && cursor < stop)
        body += tidy(piece.raw.slice(cursor - start), sql, doubling);
    }
    const q = sql.delimiter;
    if (q.length === 1 && q !== "`" && body.includes(q)) body = body.replaceAll(q, `\\${q}`);
    const at2 = code.absolute(sql.span);
    return [{ start: at2.start, end: at2.end, newText: `${q}${body}${q}` }];
  }
  const edits: Edit[] = replacements.map((r, i) => {
    const at = code.absolute({ start: r.start, end: r.end });
    return { start: at.start, end: at.end, newText: placeholder(style, r, from + i) };
  });
  const dropPrefix =
    /f/i.test(sql.prefix) &&
    sql.prefix !== "adjacent" &&
    sql.pieces
      .filter((p) => p.kind === "hole")
      .every((p) => replacements.some((r) => r.start <= p.start && p.end <= r.end));
  if (dropPrefix) {
    const at = code.absolute(sql.span);
    edits.push({
      start: at.start,
      end: at.start + sql.prefix.length,
      newText: sql.prefix.replace(/f/i, ""),
    });
  }
  for (const piece of sql.pieces) {
    if (piece.kind !== "text") continue;
    const covered = (offset: number): boolean =>
      replacements.some((r) => offset >= r.start && offset < r.end);
    for (let i = 0; i < piece.raw.length; i++) {
      const at = piece.start + i;
      if (covered(at)) continue;
      const pair = piece.raw.slice(i, i + 2);
      if (dropPrefix && (pair === "{{" || pair === "}}")) {
        const a = code.absolute({ start: at, end: at + 2 });
        edits.push({ start: a.start, end: a.end, newText: pair[0] as string });
        i++;
      } else if (doubling && piece.raw[i] === "%") {
        const a = code.absolute({ start: at, end: at + 1 });
        edits.push({ start: a.start, end: a.end, newText: "%%" });
      }
    }
  }
  return edits;
}

function tidy(raw: string, sql: SqlText, doubling: boolean): string {
  let out = raw;
  if (sql.bracesDoubled) out = out.replaceAll("{{", "{").replaceAll("}}", "}");
  if (sql.percentDoubled && !doubling) out = out.replaceAll("%%", "%");
  if (!sql.percentDoubled && doubling) out = out.replaceAll("%", "%%");
  return out;
}

function list(code: Code, values: readonly string[]): string {
  return code.language === "javascript"
    ? `[${values.join(", ")}]`
    : values.length === 1
      ? `(${values[0]},)`
      : `(${values.join(", ")})`;
}
function record(code: Code, replacements: readonly Replacement[]): string {
  if (code.language === "javascript")
    return `{ ${replacements.map((r) => (r.name === r.value ? r.name : `${r.name}: ${r.value}`)).join(", ")} }`;
  return `{${replacements.map((r) => `"${r.name}": ${r.value}`).join(", ")}}`;
}

/** Edits that pass the values. */
function pass(
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

/** Text grown with `+=`: the parameters grow beside it. */
function grow(
  code: Code,
  call: Op & { op: "call" },
  arg: ValueId,
  sources: readonly Source[],
  style: Style,
  params: string | number | boolean,
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
    const list = plan.replacements.map((r) => {
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
    if (lines.length > 0)
      edits.push({
        start: statement.end,
        end: statement.end,
        newText: lines.map((l) => `${code.newline}${indent}${l}`).join(""),
      });
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

/** `$${params.length}` in a template literal. */
function rewriteNumbered(
  code: Code,
  sql: SqlText,
  list: readonly Replacement[],
  container: string,
): Edit[] {
  const numbered = rewrite(code, sql, list, "$n", 0);
  if (sql.form === "pieces" && sql.delimiter === "`")
    return numbered.map((e) => ({
      ...e,
      newText: e.newText.replace(/\$\d+/g, () => `$\${${container}.length}`),
    }));
  return numbered.map((e) => ({
    ...e,
    newText:
      list.length === 0
        ? e.newText
        : `\`${e.newText.slice(1, -1).replace(/\$\d+/g, () => `$\${${container}.length}`)}\``,
  }));
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

function dedupe(edits: readonly Edit[]): Edit[] {
  const seen = new Set<string>();
  return edits.filter((e) => {
    const key = `${e.start}:${e.end}:${e.newText}`;
    if (e.start !== e.end && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
