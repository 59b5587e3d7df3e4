/** What statements of SQL, in their order, leave behind: tables, row level security, policies, rights that are taken away. */
import type { FileId, Span } from "./rule.ts";
import {
  type SqlCursor,
  type SqlStatement,
  type SqlToken,
  sqlCursor,
  sqlStatements,
} from "./sql-statements.ts";

export interface SqlTable {
  readonly schema: string;
  readonly name: string;
  /** As it is written: `public."Notes"`. */
  readonly text: string;
  readonly file: FileId;
  /** From CREATE to the name; the statement ends at `end`, before its semicolon. */
  readonly span: Span;
  readonly end: number;
}
export interface SqlPolicy {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly file: FileId;
  readonly span: Span;
  /** "all", "select", "insert", "update", "delete". */
  readonly command: string;
  readonly roles: readonly string[];
  readonly isPermissive: boolean;
  /** USING and WITH CHECK, as tokens. */
  readonly using: readonly SqlToken[] | undefined;
  readonly check: readonly SqlToken[] | undefined;
}
export interface Schema {
  readonly tables: ReadonlyMap<string, SqlTable>;
  /** Tables with row level security, by key. */
  readonly secured: ReadonlySet<string>;
  /** The last word on a table was to switch it off, here. */
  readonly opened: ReadonlyMap<string, { readonly file: FileId; readonly span: Span }>;
  readonly policies: readonly SqlPolicy[];
  /** Roles that no longer have any right on a table, or on "SCHEMA.*". */
  readonly revoked: ReadonlyMap<string, ReadonlySet<string>>;
  /** Something switches it on for tables that are found at run time. */
  readonly isDynamic: boolean;
}

interface State {
  readonly tables: Map<string, SqlTable>;
  readonly secured: Set<string>;
  readonly opened: Map<string, { readonly file: FileId; readonly span: Span }>;
  readonly policies: Map<string, SqlPolicy>;
  readonly revoked: Map<string, Set<string>>;
  isDynamic: boolean;
  file: FileId;
  /** What a name without a schema is in. */
  schema: string;
  text: string;
}

export function readSchema(
  files: readonly { readonly file: FileId; readonly text: string }[],
): Schema {
  const state: State = {
    tables: new Map(),
    secured: new Set(),
    opened: new Map(),
    policies: new Map(),
    revoked: new Map(),
    isDynamic: false,
    file: "",
    schema: "public",
    text: "",
  };
  for (const { file, text } of files) {
    state.file = file;
    state.text = text;
    state.schema = "public";
    for (const statement of sqlStatements(text)) run(state, statement, 0);
  }
  return { ...state, policies: [...state.policies.values()] };
}

const SWITCHES_ON = /enable\s+row\s+level\s+security/i;

function run(state: State, statement: SqlStatement, depth: number): void {
  const c = sqlCursor(statement);
  if (c.take("create")) create(state, c, statement);
  else if (c.take("alter", "table")) alter(state, c, statement);
  else if (c.take("alter", "default", "privileges")) defaults(state, c);
  else if (c.take("drop", "table")) dropTables(state, c);
  else if (c.take("drop", "policy")) dropPolicy(state, c);
  else if (c.take("revoke")) revoke(state, c);
  else if (c.take("set")) setting(state, c);
  else if (c.take("do") && depth < 2) block(state, statement, depth);
  else if (statement.tokens.some(isSwitch)) state.isDynamic = true;
}
function isSwitch({ kind, value }: SqlToken): boolean {
  return kind === "text" && SWITCHES_ON.test(value);
}

/** What a block does: its statements, wherever they stand in it, and the texts that it executes. */
function block(state: State, { tokens }: SqlStatement, depth: number): void {
  for (const body of tokens)
    if (body.kind === "text" && body.body !== undefined)
      for (const inner of sqlStatements(body.value, body.body)) {
        const at = inner.tokens.findIndex(
          ({ kind, value }) =>
            kind === "word" && /^(?:create|alter|drop|revoke|execute)$/.test(value),
        );
        if (at < 0) continue;
        const own = inner.tokens.slice(at);
        const [first] = own;
        if (first?.value !== "execute") {
          const start = first?.span.start ?? inner.span.start;
          run(state, { tokens: own, span: { start, end: inner.span.end } }, depth + 1);
          continue;
        }
        const text = own[1];
        const isWhole = own.length === 2 && text?.kind === "text" && !text.value.includes("%");
        if (isWhole && text !== undefined)
          for (const one of sqlStatements(text.value, text.body ?? text.span.start + 1))
            run(state, one, depth + 1);
        else if (own.some(isSwitch)) state.isDynamic = true;
      }
}

function keyOf(state: State, name: readonly string[]): string {
  const [schema, table] = name.length > 1 ? name.slice(-2) : [state.schema, name[0]];
  return `${schema}.${table}`;
}

function create(state: State, c: SqlCursor, statement: SqlStatement): void {
  const start = statement.span.start;
  if (c.take("policy")) {
    policy(state, c, statement);
    return;
  }
  const isTemporary =
    (c.take("global") || c.take("local") || true) && (c.take("temp") || c.take("temporary"));
  c.take("unlogged");
  if (!c.take("table")) {
    // A function, perhaps of a trigger that switches it on for each new table.
    if (statement.tokens.some(isSwitch)) state.isDynamic = true;
    return;
  }
  c.take("if", "not", "exists");
  const first = c.peek();
  const name = c.name();
  const next = c.peek();
  if (name === undefined || first === undefined || isTemporary) return;
  const key = keyOf(state, name);
  if (state.tables.has(key)) return;
  const end = lastBefore(statement, next)?.span.end ?? first.span.end;
  const [schema = "", table = ""] = key.split(/\.(.*)/s);
  state.tables.set(key, {
    schema,
    name: table,
    text: state.text.slice(first.span.start, end),
    file: state.file,
    span: { start, end },
    end: statement.span.end,
  });
}
function lastBefore({ tokens }: SqlStatement, next: SqlToken | undefined): SqlToken | undefined {
  return next === undefined ? tokens.at(-1) : tokens[tokens.indexOf(next) - 1];
}

function alter(state: State, c: SqlCursor, statement: SqlStatement): void {
  c.take("if", "exists");
  c.take("only");
  const name = c.name();
  if (name === undefined) return;
  const key = keyOf(state, name);
  c.take("*");
  if (c.take("rename", "to")) {
    const to = c.name()?.at(-1);
    if (to !== undefined) move(state, key, `${key.split(".")[0]}.${to}`);
  } else if (c.take("set", "schema")) {
    const to = c.name()?.at(-1);
    if (to !== undefined) move(state, key, `${to}.${key.split(/\.(.*)/s)[1]}`);
  } else {
    // One of several actions, perhaps.
    const words = c.rest().map(({ kind, value }) => (kind === "word" ? value : ","));
    const text = words.join(" ");
    if (text.includes("enable row level security")) {
      state.secured.add(key);
      state.opened.delete(key);
    } else if (text.includes("disable row level security")) {
      state.secured.delete(key);
      state.opened.set(key, { file: state.file, span: statement.span });
    }
  }
}
function move(state: State, from: string, to: string): void {
  const table = state.tables.get(from);
  const [schema = "", name = ""] = to.split(/\.(.*)/s);
  if (table !== undefined) state.tables.set(to, { ...table, schema, name, text: to });
  state.tables.delete(from);
  if (state.secured.delete(from)) state.secured.add(to);
  const opened = state.opened.get(from);
  if (opened !== undefined) state.opened.set(to, opened);
  state.opened.delete(from);
}
function dropTables(state: State, c: SqlCursor): void {
  c.take("if", "exists");
  do {
    const name = c.name();
    if (name === undefined) return;
    const key = keyOf(state, name);
    state.tables.delete(key);
    state.secured.delete(key);
    state.opened.delete(key);
  } while (c.take(","));
}

function policy(state: State, c: SqlCursor, statement: SqlStatement): void {
  const name = c.name()?.join(".");
  const on = c.take("on") ? c.name() : undefined;
  if (name === undefined || on === undefined) return;
  const key = keyOf(state, on);
  let command = "all";
  let isPermissive = true;
  let using: readonly SqlToken[] | undefined;
  let check: readonly SqlToken[] | undefined;
  const roles: string[] = [];
  while (c.peek() !== undefined) {
    if (c.take("as")) isPermissive = c.name()?.[0] !== "restrictive";
    else if (c.take("for")) command = c.name()?.[0] ?? command;
    else if (c.take("to"))
      do roles.push(c.name()?.[0] ?? "");
      while (c.take(","));
    else if (c.take("using")) using = bracket(c);
    else if (c.take("with", "check")) check = bracket(c);
    else c.skip();
  }
  const [schema = "", table = ""] = key.split(/\.(.*)/s);
  state.policies.set(`${key} ${name}`, {
    schema,
    table,
    name,
    file: state.file,
    span: statement.span,
    command,
    roles: roles.length === 0 ? ["public"] : roles,
    isPermissive,
    using,
    check,
  });
}
/** What stands in the brackets that come next. */
function bracket(c: SqlCursor): readonly SqlToken[] {
  const out: SqlToken[] = [];
  if (!c.take("(")) return out;
  for (let depth = 1; c.peek() !== undefined; c.skip()) {
    const token = c.peek() as SqlToken;
    if (token.kind === "sign" && token.value === "(") depth++;
    if (token.kind === "sign" && token.value === ")" && --depth === 0) {
      c.skip();
      break;
    }
    out.push(token);
  }
  return out;
}
function dropPolicy(state: State, c: SqlCursor): void {
  c.take("if", "exists");
  const name = c.name()?.join(".");
  const on = c.take("on") ? c.name() : undefined;
  if (name !== undefined && on !== undefined) state.policies.delete(`${keyOf(state, on)} ${name}`);
}

/** `revoke all on table a from anon, authenticated`, `... on all tables in schema public from ...`. */
function revoke(state: State, c: SqlCursor): void {
  if (!c.take("all")) return;
  c.take("privileges");
  if (!c.take("on")) return;
  const keys: string[] = [];
  if (c.take("all", "tables", "in", "schema"))
    do keys.push(`${c.name()?.[0] ?? ""}.*`);
    while (c.take(","));
  else {
    c.take("table");
    do keys.push(keyOf(state, c.name() ?? [""]));
    while (c.take(","));
  }
  if (c.take("from")) taken(state, keys, c);
}
function taken(state: State, keys: readonly string[], c: SqlCursor): void {
  do {
    const role = c.name()?.[0] ?? "";
    for (const key of keys)
      state.revoked.set(key, new Set([...(state.revoked.get(key) ?? []), role]));
  } while (c.take(","));
}
/** Of tables that are made from then on; those before it are taken for such, too. */
function defaults(state: State, c: SqlCursor): void {
  let schema = "public";
  while (c.peek() !== undefined && !c.take("revoke"))
    if (c.take("in", "schema")) schema = c.name()?.[0] ?? schema;
    else c.skip();
  if (!c.take("all")) return;
  c.take("privileges");
  if (c.take("on", "tables") && c.take("from")) taken(state, [`${schema}.*`], c);
}

function setting(state: State, c: SqlCursor): void {
  if (!c.take("local")) c.take("session");
  if (c.take("schema") || (c.take("search_path") && (c.take("=") || c.take("to")))) {
    const token = c.peek();
    state.schema = token?.value ?? state.schema;
  }
}

/** Whoever asks, the answer is yes: `true`, `(1 = 1)`. */
export function isAlwaysTrue(tokens: readonly SqlToken[] | undefined): boolean {
  const own = tokens?.filter(({ kind, value }) => kind !== "sign" || !"()".includes(value)) ?? [];
  const text = own.map(({ value }) => value).join(" ");
  return text === "true" || /^(\d+) = \1$/.test(text);
}
