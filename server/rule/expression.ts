/** The `${{ }}` expressions of GitHub workflows: where they stand, what text they may give, whether a condition can hold. */

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | undefined }
  /** A step that is computed or a star is "*". Contexts know no upper and lower case. */
  | { readonly kind: "path"; readonly path: readonly string[]; readonly written: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | {
      readonly kind: "binary";
      readonly op: string;
      readonly left: Expression;
      readonly right: Expression;
    };

export interface Hole {
  /** From the `$` to after the last `}`. */
  readonly start: number;
  readonly end: number;
  readonly source: string;
}

/** The expressions in a text. A `}}` inside a string of an expression does not end it. */
export function holes(text: string): readonly Hole[] {
  const out: Hole[] = [];
  for (let start = text.indexOf("${{"); start !== -1; start = text.indexOf("${{", start + 3)) {
    let quoted = false;
    for (let i = start + 3; i < text.length; i++) {
      if (text[i] === "'") quoted = !quoted;
      else if (!quoted && text.startsWith("}}", i)) {
        out.push({ start, end: i + 2, source: text.slice(start + 3, i) });
        start = i;
        break;
      }
    }
  }
  return out;
}

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))|([a-z_][\w-]*)|(&&|\|\||[!=<>]=|[!<>()[\].,*]))/iy;
const BINDING: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
};
const DEEPEST = 60;

/** Undefined for what is no expression. */
export function parseExpression(source: string): Expression | undefined {
  const tokens = tokensOf(source.trim());
  if (tokens === undefined) return undefined;
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at++;
    return true;
  };
  const primary = (depth: number): Expression | undefined => {
    const token = tokens[at++];
    if (token === undefined || depth > DEEPEST) return undefined;
    if (token === "!") {
      const of = primary(depth + 1);
      return of === undefined ? undefined : { kind: "not", of };
    }
    if (token === "(") {
      const inner = binary(1, depth + 1);
      if (inner === undefined || !take(")")) return undefined;
      return steps(inner, [], depth);
    }
    if (token.startsWith("'"))
      return { kind: "literal", value: token.slice(1, -1).replaceAll("''", "'") };
    if (/^-?\d/.test(token)) return { kind: "literal", value: Number(token) };
    if (!/^[a-z_]/i.test(token)) return undefined;
    const word = token.toLowerCase();
    if (word === "true" || word === "false") return { kind: "literal", value: word === "true" };
    if (word === "null") return { kind: "literal", value: undefined };
    if (!take("(")) return steps(undefined, [token], depth);
    const args: Expression[] = [];
    while (!take(")")) {
      const arg = binary(1, depth + 1);
      if (arg === undefined) return undefined;
      args.push(arg);
      if (!take(",") && peek() !== ")") return undefined;
    }
    return steps({ kind: "call", name: word, args }, [], depth);
  };
  /** `.name`, `.*`, `['name']`, `[0]`: of a context a longer path, of anything else still that. */
  const steps = (
    base: Expression | undefined,
    path: string[],
    depth: number,
  ): Expression | undefined => {
    for (;;) {
      if (take(".")) path.push(tokens[at++] ?? "*");
      else if (take("[")) {
        if (peek() === "*") {
          at++;
          path.push("*");
        } else {
          const index = binary(1, depth + 1);
          if (index === undefined) return undefined;
          path.push(
            index.kind === "literal" && typeof index.value === "string" ? index.value : "*",
          );
        }
        if (!take("]")) return undefined;
      } else break;
    }
    if (base !== undefined) return base;
    return { kind: "path", path: path.map((step) => step.toLowerCase()), written: path.join(".") };
  };
  const binary = (least: number, depth: number): Expression | undefined => {
    if (depth > DEEPEST) return undefined;
    let left = primary(depth);
    for (;;) {
      const op = peek();
      const binds = op === undefined ? undefined : BINDING[op];
      if (left === undefined || op === undefined || binds === undefined || binds < least)
        return left;
      at++;
      const right = binary(binds + 1, depth + 1);
      if (right === undefined) return undefined;
      left = { kind: "binary", op, left, right };
    }
  };
  const out = binary(1, 0);
  return at === tokens.length ? out : undefined;
}

function tokensOf(source: string): readonly string[] | undefined {
  const out: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) return undefined;
    out.push(match[1] ?? match[2] ?? match[3] ?? (match[4] as string));
  }
  return out;
}

export interface TextPath {
  readonly path: readonly string[];
  readonly written: string;
  /** All that is inside becomes text. */
  readonly asJson: boolean;
}

/** The contexts whose text an expression may give: not those that are only compared or asked about. */
export function textPaths(expression: Expression | undefined, asJson = false): readonly TextPath[] {
  if (expression === undefined) return [];
  switch (expression.kind) {
    case "literal":
    case "not":
      return [];
    case "path":
      return [{ path: expression.path, written: expression.written, asJson }];
    case "call": {
      const { name, args } = expression;
      if (name === "tojson") return args.flatMap((arg) => textPaths(arg, true));
      if (name === "format" || name === "join" || name === "fromjson" || name === "case")
        return args.flatMap((arg) => textPaths(arg, asJson));
      return [];
    }
    case "binary":
      // What stands left of && is the answer only where it is empty, zero or false.
      if (expression.op === "&&") return textPaths(expression.right, asJson);
      if (expression.op === "||")
        return [...textPaths(expression.left, asJson), ...textPaths(expression.right, asJson)];
      return [];
  }
}

/** Not known: no text can be mistaken for it. */
const UNKNOWN = Symbol("unknown");
type Result = string | number | boolean | undefined | typeof UNKNOWN;

/**
 * False only when the condition cannot hold, with what is known of the contexts; `same` tells whether two contexts are equal,
 * and undefined when it does not know.
 */
export function mayHold(
  condition: string,
  known: (path: string) => string | boolean | undefined,
  same: (left: string, right: string) => boolean | undefined = () => undefined,
): boolean {
  const whole = holes(condition);
  const [only] = whole;
  const source =
    only !== undefined && whole.length === 1 && condition.trim() === `\${{${only.source}}}`
      ? only.source
      : condition;
  const expression = parseExpression(source);
  if (expression === undefined) return true;
  const value = (e: Expression): Result => {
    switch (e.kind) {
      case "literal":
        return e.value;
      case "path":
        return known(e.path.join(".")) ?? UNKNOWN;
      case "call": {
        const [first, second] = e.args.map(value);
        if (e.name === "always") return true;
        if (typeof first !== "string" || typeof second !== "string") return UNKNOWN;
        const [a, b] = [first.toLowerCase(), second.toLowerCase()];
        if (e.name === "startswith") return a.startsWith(b);
        if (e.name === "endswith") return a.endsWith(b);
        if (e.name === "contains") return a.includes(b);
        return UNKNOWN;
      }
      case "not": {
        const of = truth(value(e.of));
        return of === undefined ? UNKNOWN : !of;
      }
      case "binary":
        return binaryValue(e.op, e.left, e.right);
    }
  };
  const binaryValue = (op: string, l: Expression, r: Expression): Result => {
    if (op === "&&" || op === "||") {
      const left = value(l);
      const right = value(r);
      const [a, b] = [truth(left), truth(right)];
      if (op === "&&") return a === false || b === false ? false : a === true ? right : UNKNOWN;
      return a === true || b === true ? true : a === false ? right : UNKNOWN;
    }
    if (op !== "==" && op !== "!=") return UNKNOWN;
    if (l.kind === "path" && r.kind === "path") {
      const told =
        same(l.path.join("."), r.path.join(".")) ?? same(r.path.join("."), l.path.join("."));
      if (told !== undefined) return op === "==" ? told : !told;
    }
    const [left, right] = [value(l), value(r)];
    if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN;
    const equal = String(left).toLowerCase() === String(right).toLowerCase();
    return op === "==" ? equal : !equal;
  };
  return truth(value(expression)) !== false;
}

function truth(value: Result): boolean | undefined {
  if (value === UNKNOWN) return undefined;
  return value !== undefined && value !== "" && value !== 0 && value !== false;
}
