/** SQL text as written in the source: literal pieces and holes, and which of its holes can become placeholders. Item coordinates. */
import type { Code, Op, Span, ValueId } from "../rule.ts";
import { isDefining, NO_PARAMETER, quotedPlace } from "./sql-place.ts";

export type Piece =
  | { readonly kind: "text"; readonly raw: string; readonly start: number }
  | {
      readonly kind: "hole";
      readonly start: number;
      readonly end: number;
      readonly expr: string;
      readonly exprSpan: Span;
      /** The value, where the text says which one it is. */
      readonly op: ValueId | undefined;
    };

/** One literal expression that holds SQL text. */
export interface SqlText {
  readonly pieces: readonly Piece[];
  readonly span: Span;
  /** "pieces": edits can be made inside; "whole": the expression must be written anew as one literal. */
  readonly form: "pieces" | "whole";
  readonly delimiter: string;
  readonly prefix: string;
  /** `%` is written `%%` in it. */
  readonly percentDoubled: boolean;
  readonly bracesDoubled: boolean;
}

/** A place to put a placeholder: `start`..`end` becomes the placeholder, `value` the expression for the parameter. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly name: string;
  /** The value stood in quotation marks: the statement saw a text there. Where that was. */
  readonly quoted: "match" | "value" | "other" | undefined;
  /** It stood there without quotation marks, so it was a number: a row count, or another one. */
  readonly number?: "count" | "other";
  /** The parameter is this value as it is, or a text that is put together around it. */
  readonly op: ValueId | "text" | undefined;
}

const LITERAL = /^([a-zA-Z]*)("""|'''|"|'|`)/;

/** Reads an expression as SQL text; undefined when part of it is out of sight. */
export function readSql(code: Code, id: ValueId, depth = 0): SqlText | undefined {
  if (depth > 60) return undefined;
  const op = code.op(id);
  if (op.op === "const" && typeof op.value === "string") return readConst(code, op);
  if (op.op === "annotate" || op.op === "await") return readSql(code, op.value, depth + 1);
  if (op.op === "join") return readJoin(code, op);
  if (op.op === "binary" && op.operator === "+") {
    const left = readSql(code, op.left, depth + 1) ?? readHole(code, op.left);
    const right = readSql(code, op.right, depth + 1) ?? readHole(code, op.right);
    const literal = [left, right].find((x) => x.delimiter !== "");
    if (literal === undefined || isMixed(left, right)) return undefined;
    return {
      pieces: [...left.pieces, ...right.pieces],
      span: op.span,
      form: "whole",
      delimiter: literal.delimiter,
      prefix: "",
      percentDoubled: left.percentDoubled || right.percentDoubled,
      bracesDoubled: left.bracesDoubled || right.bracesDoubled,
    };
  }
  return undefined;
}

/** A sign that is doubled in one half stands for itself in the other one: no literal is right for both. */
function isMixed(left: SqlText, right: SqlText): boolean {
  const has = (sign: RegExp): boolean =>
    [left, right].some((half) => half.pieces.some((p) => p.kind === "text" && sign.test(p.raw)));
  return (
    (left.percentDoubled !== right.percentDoubled && has(/%/)) ||
    (left.bracesDoubled !== right.bracesDoubled && has(/[{}]/))
  );
}

function readHole(code: Code, id: ValueId): SqlText {
  const span = code.op(id).span;
  return {
    pieces: [
      {
        kind: "hole",
        start: span.start,
        end: span.end,
        expr: code.text(span),
        exprSpan: span,
        op: id,
      },
    ],
    span,
    form: "whole",
    delimiter: "",
    prefix: "",
    percentDoubled: false,
    bracesDoubled: false,
  };
}

function readConst(code: Code, op: Op): SqlText | undefined {
  const text = code.text(op.span);
  const head = LITERAL.exec(text);
  if (head === null) return undefined;
  const prefix = head[1] as string;
  const delimiter = head[2] as string;
  const start = op.span.start + head[0].length;
  const raw = text.slice(head[0].length, -delimiter.length);
  if (raw.includes(delimiter) && delimiter.length === 1 && !raw.includes(`\\${delimiter}`))
    return undefined;
  const pieces: Piece[] = [];
  let at = 0;
  if (code.language === "python" && !/f/i.test(prefix)) {
    // An f-string that lost its f: {name} of a local variable was meant to be a hole.
    for (const m of raw.matchAll(/\{([A-Za-z_]\w*)\}/g)) {
      if (!code.ir.slots.includes(m[1] as string)) continue;
      pieces.push({ kind: "text", raw: raw.slice(at, m.index), start: start + at });
      at = m.index + m[0].length;
      pieces.push({
        kind: "hole",
        start: start + m.index,
        end: start + at,
        expr: m[1] as string,
        exprSpan: { start: start + m.index + 1, end: start + at - 1 },
        op: undefined,
      });
    }
  }
  pieces.push({ kind: "text", raw: raw.slice(at), start: start + at });
  return {
    pieces,
    span: op.span,
    form: "pieces",
    delimiter,
    prefix,
    percentDoubled: false,
    bracesDoubled: false,
  };
}

function readJoin(code: Code, op: Op & { op: "join" }): SqlText | undefined {
  const text = code.text(op.span);
  const head = LITERAL.exec(text);
  const pieces: Piece[] = [];
  for (const p of op.parts) {
    if (p.kind === "text")
      pieces.push({ kind: "text", raw: code.text(p.span), start: p.span.start });
    else {
      if (p.format !== undefined && p.format !== "" && p.format !== "s") return undefined;
      const exprSpan = code.op(p.value).span;
      pieces.push({
        kind: "hole",
        start: p.span.start,
        end: p.span.end,
        expr: code.text(exprSpan),
        exprSpan,
        op: p.value,
      });
    }
  }
  // `"%(q)s" % mapping`: the values are not written here one by one.
  if (
    op.style === "percent" &&
    op.parts.some((p) => p.kind === "hole" && code.text(p.span).startsWith("%(")) &&
    !/%\s*\{[^%]*$/.test(text)
  )
    return undefined;
  if (op.style === "fstring" || op.style === "template")
    return head === null
      ? undefined
      : {
          pieces,
          span: op.span,
          form: "pieces",
          delimiter: head[2] as string,
          prefix: head[1] as string,
          percentDoubled: false,
          bracesDoubled: op.style === "fstring",
        };
  if (op.style === "adjacent")
    return {
      pieces,
      span: op.span,
      form: "pieces",
      delimiter: '"',
      prefix: "adjacent",
      percentDoubled: false,
      bracesDoubled: true,
    };
  return head === null
    ? undefined
    : {
        pieces,
        span: op.span,
        form: "whole",
        delimiter: head[2] as string,
        prefix: head[1] as string,
        percentDoubled: op.style === "percent",
        bracesDoubled: op.style === "format",
      };
}

export type Plan = { readonly replacements: readonly Replacement[] } | { readonly refused: string };

/** Finds the place of each hole. `before` is SQL text that stands in front (for text grown with +=). */
export function planPlaceholders(code: Code, sql: SqlText, before = ""): Plan {
  const out: Replacement[] = [];
  const names = new Set<string>();
  let seen = before;
  let quote: { start: number; segment: Piece[]; text: string } | undefined;
  for (const [index, piece] of sql.pieces.entries()) {
    if (piece.kind === "hole") {
      if (quote !== undefined) {
        quote.segment.push(piece);
        continue;
      }
      const position = placeOf(seen, restAfter(sql, index));
      if (position !== "value") return { refused: position };
      const number = numberAt(seen);
      out.push({
        start: piece.start,
        end: piece.end,
        value: piece.expr,
        name: nameFor(piece.expr, names),
        quoted: undefined,
        ...(number === undefined ? {} : { number }),
        op: piece.op,
      });
      seen += "?";
      continue;
    }
    let segmentStart = 0;
    for (let i = 0; i < piece.raw.length; i++) {
      const escaped = piece.raw[i] === "\\" && piece.raw[i + 1] === "'";
      if (piece.raw[i] !== "'" && !escaped) {
        if (piece.raw[i] === "\\") i++;
        continue;
      }
      const width = escaped ? 2 : 1;
      if (quote === undefined) {
        seen += piece.raw.slice(segmentStart, i);
        quote = { start: piece.start + i, segment: [], text: "" };
      } else {
        if (segmentStart < i)
          quote.segment.push({
            kind: "text",
            raw: piece.raw.slice(segmentStart, i),
            start: piece.start + segmentStart,
          });
        if (quote.segment.some((p) => p.kind === "hole")) {
          const value = segmentValue(code, quote.segment, sql);
          if (value === undefined)
            return {
              refused: "the quoted text around the value cannot be rewritten without changing it",
            };
          const place = quotedPlace(seen);
          if (place.kind === "refused") return { refused: place.reason };
          const hole = quote.segment.find((p) => p.kind === "hole") as Piece & { kind: "hole" };
          out.push({
            start: quote.start,
            end: piece.start + i + width,
            value,
            name: nameFor(hole.expr, names),
            quoted: place.kind,
            op: quote.segment.length === 1 ? hole.op : "text",
          });
          seen += "?";
        } else seen += "''";
        quote = undefined;
      }
      i += width - 1;
      segmentStart = i + 1;
    }
    const rest = piece.raw.slice(segmentStart);
    if (quote === undefined) seen += rest;
    else if (rest !== "")
      quote.segment.push({ kind: "text", raw: rest, start: piece.start + segmentStart });
  }
  if (quote !== undefined)
    return { refused: "a quotation in the SQL text is not closed in the same string" };
  return { replacements: out };
}

function restAfter(sql: SqlText, index: number): string {
  const next = sql.pieces[index + 1];
  return next?.kind === "text" ? next.raw : "";
}

/** Where a value may stand in SQL, judged by the text around it. */
function placeOf(before: string, after: string): "value" | string {
  const text = before.replace(/\s+/g, " ");
  if (isDefining(before)) return NO_PARAMETER;
  if (/["`[\w.]$/.test(before) || /^["`\]\w.(]/.test(after))
    return "the value is part of a name; a name cannot be a parameter, map it through a constant dictionary of allowed names";
  if (/\bIN ?\( ?$/i.test(text) || /\bIN ?$/i.test(text))
    return "an IN list needs one placeholder for each element";
  // A whole condition, or the first half of one, which is a column more often than not.
  if (
    /\b(CASE WHEN|(WHERE|ON|HAVING|AND|OR|NOT|EXISTS) ?\([ (]*) ?$/i.test(text) ||
    (/\b(AND|OR|NOT) ?$/i.test(text) &&
      !/\bBETWEEN ((?!\b(AND|OR)\b).)+\bAND ?$/i.test(text) &&
      !/\bIS NOT ?$/i.test(text))
  )
    return NO_PARAMETER;
  if (
    /(=|<|>|!|\|\||\+|-|\*|\/|%|,|\() ?$/.test(text) &&
    !/\b(INTO|TABLE|FROM|JOIN|UPDATE) ?[\w.]* ?\( ?([\w"`]+ ?, ?)*$/i.test(text) &&
    !/\bORDER BY .*$/i.test(text) &&
    !/\bGROUP BY .*$/i.test(text) &&
    !(/\bSELECT (DISTINCT )?([\w.*"]+ ?, ?)*$/i.test(text) && !/\bWHERE\b/i.test(text))
  )
    return "value";
  if (
    /\b(LIKE|ILIKE|BETWEEN|AND|OR|LIMIT|OFFSET|VALUES|THEN|ELSE|WHEN|IS|NOT|REGEXP|ESCAPE|TOP) ?$/i.test(
      text,
    )
  )
    return "value";
  return NO_PARAMETER;
}

function numberAt(before: string): Replacement["number"] {
  if (/\b(?:LIMIT|OFFSET|TOP)\s*$/i.test(before)) return "count";
  const isText = /(?:\b(?:I?LIKE|REGEXP|RLIKE|ESCAPE|SIMILAR TO|IS(?: NOT)?)|\|\||~\*?)\s*$/i.test(
    before,
  );
  return isText ? undefined : "other";
}

/** The parameter for `'%{q}%'`: the quoted text with its holes as a string of its own. */
function segmentValue(code: Code, segment: readonly Piece[], sql: SqlText): string | undefined {
  if (segment.length === 1 && segment[0]?.kind === "hole") return segment[0].expr;
  if (code.language === "javascript")
    return `\`${segment.map((p) => (p.kind === "text" ? inTemplate(p.raw) : `\${${p.expr}}`)).join("")}\``;
  const body = segment
    .map((p) => (p.kind === "text" ? inFormatted(p.raw, sql) : `{${p.expr}}`))
    .join("");
  for (const q of ['"', "'"])
    if (!body.includes(q) && !body.includes("\n") && !body.includes("\\"))
      return `f${q}${body}${q}`;
  return undefined;
}
function inTemplate(raw: string): string {
  return raw.replace(/\\[\s\S]|`|\$\{/g, (m) => (m.startsWith("\\") ? m : `\\${m}`));
}
function inFormatted(raw: string, sql: SqlText): string {
  const text = sql.percentDoubled ? raw.replaceAll("%%", "%") : raw;
  return sql.bracesDoubled ? text : text.replace(/[{}]/g, "$&$&");
}

/** A name for the value of an expression: its last word. */
export function nameFor(expr: string, taken: Set<string>): string {
  const words = expr.match(/[A-Za-z_]\w*/g) ?? [];
  const base = (words[words.length - 1] ?? "value").replace(/^_+/, "") || "value";
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}${n}`;
  taken.add(name);
  return name;
}
