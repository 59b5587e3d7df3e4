/**
 * What libraries do, as data, compiled for look-ups by access path. Knows no language and no library itself.
 *
 * Path grammar: `package step*`, step = `.name` | `.{a,b}` | `()` | `.arg(i|*)` | `.param(i|*)`. An instance of a library
 * class is written as its constructor call: `sqlite3.Connection()`; `.arg(0).of4.param(1)` tells functions by their number of parameters.
 * `X().%method.get.param(0)` is a parameter of the method `get` of any class that inherits from X (`validate_*`: of all whose name
 * begins so); `X().default` a parameter that is declared with X(), as its default, in its annotation or as its decorator. Operators are members too: `X.%/()` is the quotient, the
 * guard `X.%in()` says what membership in X proves, and a rule may watch `X.%compared`. A path that begins with `*.` is a method of a value of
 * unknown type: `*.strip()`. Names that are not bound anywhere belong to the package `builtins` (Python) or `globalThis`.
 */
import type { TextFunction } from "./constants.ts";
import type { ConstantTest, MatchTest, PatternTest } from "./patterns.ts";
import type { Derivation } from "./value.ts";

/** Kinds of sink; a taint's `cleared` has one bit for each, and one for guards that are there but too weak. */
export const SINK_KINDS = [
  "sql",
  "url",
  "path",
  "html",
  "response",
  "network",
  "upload-path",
  "shell",
  "code",
  "redirect",
  "header",
  "log",
  "template",
  "deserialize",
  "token",
  "cors",
  "debug",
  "file-check",
  "upload-parser",
  // Not sinks, but what is known of a text; `paths.ts` says what follows from them for "path".
  /** A piece between dots or slashes. */
  "piece",
  /** No ".." in it climbs. */
  "no-climb",
  /** Does not begin as an absolute path. */
  "not-absolute",
  /** Stands behind a folder, so that normalising takes its ".." away. */
  "behind",
  /** Does not begin with "..". */
  "no-climb-at-start",
  /** Begins with a folder and the separator after it. */
  "in-folder",
  /** Begins with the name of a folder, which may go on: "/srv/files-old". */
  "beside-folder",
  "weak-guard",
] as const;
export type SinkKind = (typeof SINK_KINDS)[number];
export function kindBit(kind: SinkKind): number {
  return 1 << SINK_KINDS.indexOf(kind);
}
/** Every kind but the weak-guard mark. */
export const ALL_KINDS = (1 << (SINK_KINDS.length - 1)) - 1;
export function clearedBy(kinds: readonly SinkKind[] | "all" | undefined): number {
  if (kinds === undefined) return 0;
  return kinds === "all" ? ALL_KINDS : kinds.reduce((mask, k) => mask | kindBit(k), 0);
}
/** Kinds for which checking the host of a URL is enough. */
export const HOST_KINDS = kindBit("url") | kindBit("redirect");

/** Kinds of source. */
export type SourceKind =
  | "remote"
  | "client"
  | "model"
  | "exception"
  | "stack"
  | "environment"
  /** Arguments of a program and what is typed into it: whoever runs it is no attacker of a web application. */
  | "command-line"
  /** Read from a queue: written by another program, which may have it from a request. */
  | "message"
  | "upload-name";

/** "recv" is the object a method is called on; a number a position; a name a keyword; "0.url" a property of an options object; "*" every argument. */
export type ArgSpec = number | string;

export interface SourceRow {
  readonly path: string;
  readonly kind: SourceKind;
  /** What it is, in words: "a query parameter". */
  readonly text: string;
  /** Only of a call, and only if the end of this argument's text, as far as it is known, matches: `open("~/.npmrc")`. */
  readonly when?: { readonly arg: ArgSpec; readonly matches: string };
  /**
   * Only of a parameter: not if a text that was given together with the function matches this pattern, in which NAME
   * stands for the parameter's name: `<int:NAME>`. Then the parameter is a number or the like.
   */
  readonly converted?: string;
  /** Only of a parameter: if a text that was given together with the function matches this pattern: `on("data", ...)`. */
  readonly only?: string;
}
export interface SinkRow {
  /** The callee, without the final "()"; `X.passed` for a call that is given X; `X.name=` for an assignment to a property, `%module.NAME=` to a variable of any module; `X.arg(0).result` for what a function given to X returns. */
  readonly path: string;
  readonly args: readonly ArgSpec[];
  readonly kind: SinkKind;
  /** Facts for the rule and its fix: the driver, the placeholder style, the API in words. */
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}
export interface PassRow {
  /** With the final "()". */
  readonly path: string;
  readonly from: readonly ArgSpec[];
  /** "return" (default), "recv", or an argument position that is written to. */
  readonly to?: "return" | "recv" | number;
  readonly derive?: Derivation;
  readonly clears?: readonly SinkKind[] | "all";
  /** The result is a number, a boolean, a date: no text. */
  readonly scalar?: boolean;
  /** With `scalar`: true if an element of `from` is, or if all are, and proves what that element proves. */
  readonly element?: "some" | "every";
  /** The result is a string with the same text (for constants and guards). */
  readonly same?: boolean;
  /** The result is a function that does what the one in `from` does. */
  readonly wraps?: boolean;
  /**
   * The row holds only if this argument is a constant pattern that removes every character but harmless ones:
   * `[^\\w.-]+`; the one separator "." or "/" and the only argument; ".." or a pattern of it, which is taken away wherever it
   * is; a pattern of slashes or of ".." at the start. Such a row must stand before the general one for the same path.
   */
  readonly needs?: { readonly arg: ArgSpec; readonly is: PatternTest };
  /** What these kinds cleared counts no more: pieces are joined again. */
  readonly restores?: readonly SinkKind[];
  /** If this argument is a type whose values carry no text (`type=int`), neither does the result. */
  readonly converter?: ArgSpec;
  /** The result is the field of `from` whose key is this argument, as in `args.get("id")`. */
  readonly field?: ArgSpec;
  /** With `field`: what the result is if there is no such field. */
  readonly otherwise?: ArgSpec;
  /**
   * With `to`, how it is written: at the end or the beginning of a list, at the place that is argument 0, each element, each
   * field, or as the entry (or the entry if there is none) whose key is `key`. Without: at an unknown key.
   */
  readonly stores?: "last" | "first" | "at" | "elements" | "fields" | "entry" | "default";
  readonly key?: ArgSpec;
  /**
   * What the result is, where lists and records are known: a list of keys, values or entries of the first of `from`; the
   * record of a list of entries, of all arguments (`dict(a, b=1)`), or of all arguments over the first one; a list of the
   * elements, of the arguments, of the elements in another order or side by side; one element; the lists one behind the
   * other; the last, first or named element, which is gone from then on; the element or slice at constant places; the text
   * of the elements of the second of `from` (or of the first) with the other one between them; the text repeated; whether
   * argument 0 is an element; an instance of the class that `from` is, or a list of them.
   */
  readonly gives?:
    | "keys"
    | "values"
    | "entries"
    | "from-entries"
    | "record"
    | "merged"
    | "list"
    | "arguments"
    | "reordered"
    | "zip"
    | "element"
    | "joined-lists"
    | "last"
    | "first"
    | "taken"
    | "at"
    | "slice"
    | "joined"
    | "joined-by"
    | "repeated"
    | "contained"
    | "instance"
    | "instances";
  /** With `same`: what becomes of the letters. */
  readonly text?: TextFunction;
  /** The result is the length of `from`, which is known of a constant text. */
  readonly length?: boolean;
  /** Iterating the result gives pairs of a position (a number) and an element of `from`. */
  readonly numbered?: boolean;
  /** Pieces are put together: the result's text is the concatenation of `from`. */
  readonly concat?: boolean;
  /** With `concat`: an absolute path takes the place of all pieces before it. */
  readonly absoluteWins?: boolean;
  /** The result is what `from` is, in another form: it keeps the type. */
  readonly keepsType?: boolean;
}
export interface GuardRow {
  /** With the final "()". */
  readonly path: string;
  readonly subject: ArgSpec;
  /**
   * "true": the call answered true; "return": it came back at all; "found": it answered a position in a text, not -1;
   * "absent": -1; "start": it answered position 0.
   */
  readonly proves: "true" | "return" | "false" | "found" | "absent" | "start";
  readonly clears: readonly SinkKind[] | "all";
  /**
   * The guard is only real if this argument is: a constant; one of a few; a type whose values carry no text; a regular
   * expression, of which the call compares neither end ("search"), the start ("match") or both ("whole") by itself, and which
   * clears what its characters allow; not from a source; a constant
   * with scheme, host and the slash after it ("https://example.com/"); a constant domain with its dot (".example.com"); ".." or
   * a pattern that finds it; a slash; text that ends with a separator. A guard whose `needs` is not met proves that there is a
   * check.
   */
  readonly needs?: {
    readonly arg: ArgSpec;
    readonly is: ConstantTest | MatchTest | "constant" | "untainted" | "among" | "scalar-type";
    /** Of "among". */
    readonly values?: readonly string[];
  };
  /** The subject is a condition, and what it proves when true is proved. */
  readonly holds?: boolean;
}
export interface CallbackRow {
  /** The callee with "()". */
  readonly path: string;
  readonly arg: ArgSpec;
  readonly param: number;
  readonly from: ArgSpec;
  /** The parameter is an element of `from`, not the whole. */
  readonly element?: boolean;
  /** The call gives what the function returns, a list of that, or what the function passes to its parameter `param`. */
  readonly returns?: "value" | "element" | "passed";
  /** With `returns`: the call may also give this, when the function is not called. */
  readonly or?: ArgSpec;
  /** With `returns`: this parameter is what the function returned before; at first `initial`, if it is given. */
  readonly feeds?: number;
  readonly initial?: ArgSpec;
  /**
   * What the function proves when true is proved: of an element, if the call is true ("some"); of all of them ("every");
   * of what the call gives back ("kept").
   */
  readonly proves?: "some" | "every" | "kept";
}
/** Functions that a framework finds without being told: by the name of their file and their export, or by a directive. */
export interface ConventionRow {
  /** Pattern for the path of the file, which begins with "/". */
  readonly files?: string;
  /** The names under which the module exports them; absent: any. */
  readonly exports?: readonly string[];
  /** The module, or the function itself, exported or not, begins with this directive. */
  readonly directive?: string;
  /** What takes them, for rows such as `next.route.param(0)`. */
  readonly taker: string;
}
export interface Model {
  readonly language: "python" | "javascript";
  /** Instance path -> paths that give such an instance; `X().*` is any member of X that no row is about. */
  readonly types?: Readonly<Record<string, readonly string[]>>;
  readonly sources?: readonly SourceRow[];
  readonly sinks?: readonly SinkRow[];
  readonly passes?: readonly PassRow[];
  readonly guards?: readonly GuardRow[];
  readonly callbacks?: readonly CallbackRow[];
  readonly conventions?: readonly ConventionRow[];
  /** Paths that are the same thing: alias -> path. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names that, when bound to nothing known, most likely are this: only lowers confidence, never proves. */
  readonly hints?: Readonly<Record<string, readonly string[]>>;
  /**
   * Calls that call one of their arguments with those behind it: "asyncio.to_thread()" -> 0. Or the function they are a
   * method of, with the arguments behind the first one: as they are ("recv"), or as a list ("list").
   */
  readonly forwards?: Readonly<Record<string, number | "recv" | "list">>;
  /** Calls that give a function with its first arguments: that argument with those behind it, or "recv" as above. */
  readonly binds?: Readonly<Record<string, number | "recv">>;
  /**
   * Calls that, as a default or in an annotation of a parameter, say what computes it: the function or class is this argument,
   * or, without it, the declared class.
   */
  readonly injects?: Readonly<Record<string, readonly ArgSpec[]>>;
  /** Calls that import the module that one of their arguments names: "importlib.import_module()" -> 0. */
  readonly imports?: Readonly<Record<string, number>>;
  /** Calls that never return: "sys.exit()". */
  readonly ends?: readonly string[];
  /** Texts with a name: "os.sep" -> "/". */
  readonly constants?: Readonly<Record<string, string>>;
  /** Types (of annotations) whose values cannot carry text; with "()" only where it is certain that the value is an instance. */
  readonly scalars?: readonly string[];
}

export interface Knowledge {
  readonly hash: string;
  canon(path: string): string;
  /** The path of a member. */
  member(path: string, name: string): string;
  source(path: string): readonly SourceRow[];
  sinks(path: string): readonly SinkRow[];
  passes(path: string): readonly PassRow[];
  guards(path: string): readonly GuardRow[];
  callbacks(path: string): readonly CallbackRow[];
  conventions(file: string): readonly ConventionRow[];
  hint(name: string): readonly string[];
  isScalar(path: string): boolean;
  constant(path: string): string | undefined;
  ends(path: string): boolean;
  /** The position of the argument that is called with the arguments behind it. */
  forwards(path: string): number | "recv" | "list" | undefined;
  binds(path: string): number | "recv" | undefined;
  injects(path: string): readonly ArgSpec[] | undefined;
  /** The position of the argument that names a module; the call's result is that module. */
  imports(path: string): number | undefined;
  /** Call paths that rules look at. */
  watched(path: string): boolean;
  /** True if any row or type begins with this path: worth following. */
  knows(path: string): boolean;
  /** The package of unbound names. */
  readonly globals: string;
  readonly language: "python" | "javascript";
}

export function compile(
  models: readonly Model[],
  language: "python" | "javascript",
  watch: readonly string[],
  hash: string,
): Knowledge {
  const canonical = new Map<string, string>();
  /** What any member of a path is. */
  const anyMember = new Map<string, string>();
  const tables = {
    source: table<SourceRow>(),
    sink: table<SinkRow>(),
    pass: table<PassRow>(),
    guard: table<GuardRow>(),
    callback: table<CallbackRow>(),
  };
  const conventions: { readonly files: RegExp | undefined; readonly row: ConventionRow }[] = [];
  const hints = new Map<string, string[]>();
  const scalars = new Set<string>();
  const constants = new Map<string, string>();
  const ends = new Set<string>();
  const forwards = new Map<string, number | "recv" | "list">();
  const binds = new Map<string, number | "recv">();
  const injects = new Map<string, readonly ArgSpec[]>();
  const imports = new Map<string, number>();
  for (const m of models) {
    if (m.language !== language) continue;
    for (const [alias, target] of Object.entries(m.aliases ?? {}))
      for (const p of expand(alias)) canonical.set(p, target);
    for (const [type, from] of Object.entries(m.types ?? {}))
      for (const p of from.flatMap(expand))
        if (p.endsWith(".*")) anyMember.set(p.slice(0, -2), type);
        else canonical.set(p, type);
    fill(tables.source, m.sources);
    fill(tables.sink, m.sinks);
    fill(tables.pass, m.passes);
    fill(tables.guard, m.guards);
    fill(tables.callback, m.callbacks);
    for (const row of m.conventions ?? [])
      conventions.push({
        files: row.files === undefined ? undefined : new RegExp(row.files),
        row,
      });
    for (const [name, to] of Object.entries(m.hints ?? {}))
      hints.set(name, [...(hints.get(name) ?? []), ...to]);
    for (const s of (m.scalars ?? []).flatMap(expand)) scalars.add(s);
    for (const [path, text] of Object.entries(m.constants ?? {}))
      for (const p of expand(path)) constants.set(p, text);
    for (const p of (m.ends ?? []).flatMap(expand)) ends.add(p);
    for (const [path, at] of Object.entries(m.forwards ?? {}))
      for (const p of expand(path)) forwards.set(p, at);
    for (const [path, at] of Object.entries(m.imports ?? {}))
      for (const p of expand(path)) imports.set(p, at);
    for (const [path, at] of Object.entries(m.injects ?? {}))
      for (const p of expand(path)) injects.set(p, at);
    for (const [path, at] of Object.entries(m.binds ?? {}))
      for (const p of expand(path)) binds.set(p, at);
  }
  const watching = new Set(watch.flatMap(expand));
  const prefixes = new Set<string>();
  for (const p of [
    ...canonical.keys(),
    ...ends,
    ...forwards.keys(),
    ...imports.keys(),
    ...binds.keys(),
    ...constants.keys(),
    ...injects.keys(),
    ...watching,
    ...Object.values(tables).flatMap((t) => [...t.keys()]),
  ]) {
    for (let i = 0; i < p.length; i++) {
      const c = p.charCodeAt(i);
      if (c === 46 || c === 40 || c === 61) prefixes.add(p.slice(0, i));
    }
    prefixes.add(p);
  }
  return {
    hash,
    canon(path) {
      let at = path;
      for (let i = 0; i < 4; i++) {
        const next = canonical.get(at);
        if (next === undefined) break;
        at = next;
      }
      return at;
    },
    member(path, name) {
      const own = `${path}.${name}`;
      const any = anyMember.get(path);
      return any === undefined || prefixes.has(own) ? own : any;
    },
    source: (p) => tables.source.get(p) ?? NONE,
    sinks: (p) => tables.sink.get(p) ?? NONE,
    passes: (p) => tables.pass.get(p) ?? NONE,
    guards: (p) => tables.guard.get(p) ?? NONE,
    callbacks: (p) => tables.callback.get(p) ?? NONE,
    conventions: (file) => {
      const path = `/${file}`;
      return conventions.flatMap((c) => (c.files?.test(path) === false ? [] : [c.row]));
    },
    hint: (name) => hints.get(name) ?? NONE,
    isScalar: (p) => scalars.has(p),
    constant: (p) => constants.get(p),
    ends: (p) => ends.has(p),
    forwards: (p) => forwards.get(p),
    imports: (p) => imports.get(p),
    binds: (p) => binds.get(p),
    injects: (p) => injects.get(p),
    watched: (p) => watching.has(p),
    knows: (p) => prefixes.has(p),
    globals: language === "python" ? "builtins" : "globalThis",
    language,
  };
}

const NONE: readonly never[] = [];
function table<T>(): Map<string, T[]> {
  return new Map();
}
function fill<T extends { readonly path: string }>(
  into: Map<string, T[]>,
  rows: readonly T[] | undefined,
): void {
  for (const row of rows ?? [])
    for (const path of expand(row.path)) {
      const list = into.get(path);
      if (list === undefined) into.set(path, [row]);
      else list.push(row);
    }
}

/** "a.{b,c}.d" -> ["a.b.d", "a.c.d"] */
export function expand(path: string): string[] {
  const open = path.indexOf("{");
  if (open < 0) return [path];
  const close = path.indexOf("}", open);
  const head = path.slice(0, open);
  const tails = expand(path.slice(close + 1));
  return path
    .slice(open + 1, close)
    .split(",")
    .flatMap((middle) => tails.map((tail) => head + middle.trim() + tail));
}
