/** Conditions of Firebase's security rules: how they are written, and for whom they hold without asking who it is. */
import type { Span } from "./rule.ts";

export interface Token extends Span {
  readonly kind: "name" | "number" | "text" | "sign" | "comment";
  readonly text: string;
}

const PARTS =
  /\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|[A-Za-z_]\w*|\d+(?:\.\d+)?|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|===|!==|==|!=|<=|>=|&&|\|\||\*\*|\S/g;

/** A path (`/users/{id}`, `/a/$(b)`) comes as its signs. White space is told by the places. */
export function tokens(text: string): readonly Token[] {
  return [...text.matchAll(PARTS)].map(({ index, 0: all }) => ({
    kind: /^\/[/*]/.test(all)
      ? "comment"
      : /^[A-Za-z_]/.test(all)
        ? "name"
        : /^\d/.test(all)
          ? "number"
          : /^["']./.test(all)
            ? "text"
            : "sign",
    text: all,
    start: index,
    end: index + all.length,
  }));
}

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "member"; readonly of: Expression; readonly name: string }
  | { readonly kind: "call"; readonly of: Expression; readonly args: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | {
      readonly kind: "two";
      readonly sign: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "choice"; readonly parts: readonly [Expression, Expression, Expression] }
  /** Whatever says nothing about who may: lists, paths, types. */
  | { readonly kind: "other" };

export interface Reader {
  peek(ahead?: number): Token | undefined;
  next(): Token | undefined;
  /** Takes the sign or name if it comes next. */
  take(text: string): boolean;
  /** How deep expressions are nested: beyond some depth they are not looked into. */
  depth: number;
}

export function reader(all: readonly Token[]): Reader {
  const kept = all.filter(({ kind }) => kind !== "comment");
  let at = 0;
  return {
    peek: (ahead = 0) => kept[at + ahead],
    next: () => kept[at++],
    take(text) {
      if (kept[at]?.text !== text || kept[at]?.kind === "text") return false;
      at++;
      return true;
    },
    depth: 0,
  };
}

const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "is"],
  ["+", "-"],
  ["*", "/", "%"],
];
const OTHER: Expression = { kind: "other" };
const DEEPEST = 60;

export function expression(from: Reader): Expression {
  if (from.depth > DEEPEST) return OTHER;
  from.depth++;
  const first = level(from, 0);
  let out = first;
  if (from.take("?")) {
    const yes = expression(from);
    from.take(":");
    out = { kind: "choice", parts: [first, yes, expression(from)] };
  }
  from.depth--;
  return out;
}

function level(from: Reader, at: number): Expression {
  const signs = LEVELS[at];
  if (signs === undefined) return unary(from);
  let left = level(from, at + 1);
  for (;;) {
    const sign = from.peek();
    if (sign === undefined || sign.kind === "text" || !signs.includes(sign.text)) return left;
    from.next();
    left = { kind: "two", sign: sign.text, left, right: level(from, at + 1) };
  }
}

function unary(from: Reader): Expression {
  let nots = 0;
  for (;;) {
    if (from.take("!")) nots++;
    else if (!from.take("-")) break;
  }
  const inner = postfix(from);
  return nots % 2 === 1 ? { kind: "not", of: inner } : inner;
}

function postfix(from: Reader): Expression {
  let out = primary(from);
  for (;;) {
    if (from.take(".")) out = { kind: "member", of: out, name: from.next()?.text ?? "" };
    else if (from.take("(")) out = { kind: "call", of: out, args: list(from, ")") };
    else if (from.take("[")) {
      list(from, "]");
      out = OTHER;
    } else return out;
  }
}

function list(from: Reader, close: string): readonly Expression[] {
  const out: Expression[] = [];
  while (from.peek() !== undefined && !from.take(close)) {
    const before = from.peek();
    out.push(expression(from));
    if (!from.take(",") && !from.take(":") && from.peek() === before) from.next();
  }
  return out;
}

function primary(from: Reader): Expression {
  const token = from.peek();
  if (token === undefined || /^[;})\]:,]$/.test(token.text)) return OTHER;
  from.next();
  if (token.kind === "number") return { kind: "literal", value: Number(token.text) };
  if (token.kind === "text") return { kind: "literal", value: token.text.slice(1, -1) };
  if (token.kind === "name") {
    if (token.text === "true" || token.text === "false")
      return { kind: "literal", value: token.text === "true" };
    return token.text === "null"
      ? { kind: "literal", value: null }
      : { kind: "name", name: token.text };
  }
  if (token.text === "(") {
    const inner = expression(from);
    from.take(")");
    return inner;
  }
  if (token.text === "[") list(from, "]");
  if (token.text === "{") list(from, "}");
  if (token.text === "/") path(from, token);
  return OTHER;
}

/** `/databases/$(database)/documents/users/$(id)`: as long as no space stands between its signs. */
function path(from: Reader, first: Token): void {
  for (let end = first.end; from.peek()?.start === end; ) {
    const token = from.next() as Token;
    end = token.end;
    if (token.text !== "(") continue;
    expression(from);
    end = from.peek()?.end ?? end;
    from.take(")");
  }
}

/** "open": it holds for everybody; "until": for everybody, until a day; "member": for whoever is signed in. */
export type Holds = "open" | "until" | "member" | "never" | "unknown";

/** `functions`: what the functions in reach give back. */
export function holds(one: Expression, functions: ReadonlyMap<string, Expression>): Holds {
  return judge(one, functions, new Map());
}

/** `known`: of functions that were judged; of one that is under way nothing is known. */
function judge(
  one: Expression,
  functions: ReadonlyMap<string, Expression>,
  known: Map<string, Holds>,
): Holds {
  const of = (inner: Expression): Holds => judge(inner, functions, known);
  switch (one.kind) {
    case "literal":
      return one.value === true ? "open" : one.value === false ? "never" : "unknown";
    case "call": {
      const name = one.of.kind === "name" ? one.of.name : "";
      const body = functions.get(name);
      if (body === undefined) return "unknown";
      let found = known.get(name);
      if (found === undefined) {
        known.set(name, "unknown");
        found = of(body);
        known.set(name, found);
      }
      return found;
    }
    case "not": {
      const inner = of(one.of);
      return inner === "open" ? "never" : inner === "never" ? "open" : "unknown";
    }
    case "choice": {
      const test = of(one.parts[0]);
      return test === "open" ? of(one.parts[1]) : test === "never" ? of(one.parts[2]) : "unknown";
    }
    case "two":
      if (one.sign === "&&") return both(of(one.left), of(one.right));
      if (one.sign === "||") return either(of(one.left), of(one.right));
      return compared(one);
    default:
      return "unknown";
  }
}

function both(a: Holds, b: Holds): Holds {
  if (a === "never" || b === "never") return "never";
  if (a === "open") return b;
  return b === "open" || a === b ? a : "unknown";
}
function either(a: Holds, b: Holds): Holds {
  for (const one of ["open", "until", "member"] as const) if (a === one || b === one) return one;
  return a === "never" ? b : b === "never" ? a : "unknown";
}

function compared(one: Expression & { readonly kind: "two" }): Holds {
  const { left, right } = one;
  const sign = one.sign.replace(/^([=!]=)=$/, "$1");
  if (left.kind === "literal" && right.kind === "literal") {
    if (sign === "==") return left.value === right.value ? "open" : "never";
    return sign === "!=" ? (left.value === right.value ? "never" : "open") : "unknown";
  }
  const isNow = (it: Expression): boolean =>
    (it.kind === "name" && it.name === "now") ||
    (it.kind === "member" && it.name === "time" && isNamed(it.of, "request"));
  if (/^<=?$/.test(sign) && isNow(left) && isDate(right)) return "until";
  if (/^>=?$/.test(sign) && isNow(right) && isDate(left)) return "until";
  const isUser = (it: Expression): boolean => {
    const user = it.kind === "member" && it.name === "uid" ? it.of : it;
    return (
      isNamed(user, "auth") ||
      (user.kind === "member" && user.name === "auth" && isNamed(user.of, "request"))
    );
  };
  const isNull = (it: Expression): boolean => it.kind === "literal" && it.value === null;
  return sign === "!=" && ((isUser(left) && isNull(right)) || (isNull(left) && isUser(right)))
    ? "member"
    : "unknown";
}
function isNamed(it: Expression, name: string): boolean {
  return it.kind === "name" && it.name === name;
}
/** `timestamp.date(2026, 1, 1)`, `timestamp.value(1767225600000)`, a number. */
function isDate(it: Expression): boolean {
  if (it.kind === "literal") return typeof it.value === "number";
  return (
    it.kind === "call" &&
    it.of.kind === "member" &&
    isNamed(it.of.of, "timestamp") &&
    it.args.every((one) => one.kind === "literal")
  );
}
