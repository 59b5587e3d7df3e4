/** The rules of Firestore and Cloud Storage: which documents or files a statement is about, whom it lets in, to do what. */
import {
  type Expression,
  expression,
  type Holds,
  holds,
  type Reader,
  reader,
  type Token,
  tokens,
} from "./firebase-expression.ts";
import type { FileId, Span } from "./rule.ts";

export const RULES = /^[\w.-]*(?:firestore|storage)[\w.-]*\.rules$/;

export function isFirebaseRules(file: FileId): boolean {
  return RULES.test(file.slice(file.lastIndexOf("/") + 1));
}

export interface Allow {
  readonly service: "firestore" | "storage";
  /** Parts of the path below the database or the bucket: names, `{id}`, `{rest=**}`. */
  readonly path: readonly string[];
  readonly methods: readonly string[];
  readonly holds: Holds;
  /** From `allow` to before the semicolon. */
  readonly span: Span;
  /** The condition with its `if`; empty behind the methods where there is none. */
  readonly condition: Span;
}

export function firebaseComments(text: string): readonly Span[] {
  return tokens(text).flatMap(({ kind, start, end }) =>
    kind === "comment" ? [{ start, end }] : [],
  );
}

interface Scope {
  readonly path: readonly string[];
  readonly functions: ReadonlyMap<string, Expression>;
}
/** Functions may stand below the statements that call them: conditions are judged at the end of their block. */
interface Waiting extends Omit<Allow, "holds" | "service"> {
  readonly test: Expression | undefined;
}

export function allows(text: string): readonly Allow[] {
  const from = reader(tokens(text));
  const out: Allow[] = [];
  const functions = new Map<string, Expression>();
  while (from.peek() !== undefined) {
    if (from.take("function")) {
      declared(from, functions);
      continue;
    }
    if (!from.take("service")) {
      from.next();
      continue;
    }
    const name = [from.next()?.text, from.take(".") ? from.next()?.text : undefined].join(".");
    const service = name === "cloud.firestore" ? "firestore" : "storage";
    if (!from.take("{")) continue;
    const found = block(from, { path: [], functions }, 0);
    out.push(...found.map((one) => ({ ...one, service, path: one.path.slice(3) }) as const));
  }
  return out;
}

const DEEPEST = 40;

function block(from: Reader, around: Scope, depth: number): readonly Omit<Allow, "service">[] {
  const functions = new Map(around.functions);
  const inside: {
    readonly path: readonly string[];
    readonly at: Reader;
    readonly body: Token[];
  }[] = [];
  const waiting: Waiting[] = [];
  for (let token = from.peek(); token !== undefined && !from.take("}"); token = from.peek()) {
    if (from.take("function")) declared(from, functions);
    else if (from.take("match")) {
      const path = [...around.path, ...pathOf(from)];
      const body = bodyOf(from);
      inside.push({ path, at: reader(body), body });
    } else if (token.text === "allow") waiting.push(allow(from, around.path));
    else from.next();
  }
  const out = waiting.map(({ test, ...one }) => ({
    ...one,
    holds: test === undefined ? ("open" as const) : holds(test, functions),
  }));
  if (depth > DEEPEST) return out;
  return [...out, ...inside.flatMap(({ path, at }) => block(at, { path, functions }, depth + 1))];
}

/** The tokens between braces, which are taken. */
function bodyOf(from: Reader): Token[] {
  const out: Token[] = [];
  if (!from.take("{")) return out;
  for (let open = 1; open > 0; ) {
    const token = from.next();
    if (token === undefined) break;
    if (token.text === "{") open++;
    if (token.text === "}" && --open === 0) break;
    out.push(token);
  }
  return out;
}

/** `/users/{id}/{rest=**}` before a brace that opens a block. */
function pathOf(from: Reader): readonly string[] {
  const out: string[] = [];
  while (from.take("/")) {
    let part = "";
    for (let token = from.peek(); token !== undefined; token = from.peek()) {
      if (token.text === "/" || (token.text === "{" && part !== "")) break;
      if (token.text === "{") {
        while (from.peek() !== undefined && !part.endsWith("}")) part += from.next()?.text;
        break;
      }
      part += from.next()?.text;
    }
    out.push(part);
  }
  return out;
}

/** `name(a, b) { let x = ...; return ...; }`: what it gives back. */
function declared(from: Reader, functions: Map<string, Expression>): void {
  const name = from.next()?.text ?? "";
  while (from.peek() !== undefined && from.peek()?.text !== "{") from.next();
  const body = reader(bodyOf(from));
  while (body.peek() !== undefined)
    if (body.take("return")) functions.set(name, expression(body));
    else body.next();
}

function allow(from: Reader, path: readonly string[]): Waiting {
  const first = from.next() as Token;
  const methods: string[] = [];
  let end = first.end;
  for (let token = from.peek(); token?.kind === "name" || token?.text === ","; ) {
    from.next();
    if (token.kind === "name") methods.push(token.text);
    end = token.end;
    token = from.peek();
  }
  const bare = { start: end, end };
  if (!from.take(":")) {
    from.take(";");
    return { path, methods, span: { start: first.start, end }, condition: bare, test: undefined };
  }
  const word = from.peek();
  if (word === undefined || !from.take("if"))
    return { path, methods, span: { start: first.start, end }, condition: bare, test: OTHER };
  const test = expression(from);
  const rest: Token[] = [];
  let last = word.end;
  for (let token = from.peek(); token !== undefined && !/^[;}]$/.test(token.text); ) {
    rest.push(token);
    from.next();
    token = from.peek();
  }
  last = rest.at(-1)?.end ?? lastEnd(from, word);
  from.take(";");
  return {
    path,
    methods,
    span: { start: first.start, end: last },
    condition: { start: word.start, end: last },
    // What was not read to its end is not judged.
    test: rest.length === 0 ? test : OTHER,
  };
}
const OTHER: Expression = { kind: "other" };
function lastEnd(from: Reader, word: Token): number {
  return from.peek(-1)?.end ?? word.end;
}
