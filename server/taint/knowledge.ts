/** The library models, compiled for look-ups by access path. Knows no language and no library itself. */
import { words } from "../base/words.ts";
import { deedBit, type SinkKind } from "./kinds.ts";
import type {
  ArgSpec,
  CallbackRow,
  ConventionRow,
  DeedRow,
  GuardRow,
  Model,
  PassRow,
  RefusalRow,
  SinkRow,
  SourceRow,
} from "./model.ts";

/**
 * What the text of an exception quotes: "host", whom it could not reach, whoever asked for what; "asked", the statement or the
 * path, when something in it makes it fail.
 */
export type Quotes = "host" | "asked";

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
  deeds(path: string): readonly DeedRow[];
  /** How a function refuses a request that this takes, has for a parameter or uses. */
  refusals(path: string): readonly RefusalRow[];
  /** What the name of a thing that is called, or of a field that is read, says of who does so: bits of deeds. */
  deedsOfName(name: string, of: "call" | "field"): number;
  hint(name: string): readonly string[];
  isScalar(path: string): boolean;
  /** The arguments of a call in a declaration that are a pattern for all texts there may be. */
  patternOf(path: string): readonly string[];
  isText(path: string): boolean;
  holdsTexts(path: string): boolean;
  constant(path: string): string | undefined;
  ends(path: string): boolean;
  /** The class of all exceptions. */
  isAnyException(path: string): boolean;
  /** What the call throws says no more than what was wrong with the input. */
  isQuiet(path: string): boolean;
  /** A method that only objects have whose making is quiet. */
  isMadeQuietly(path: string): boolean;
  /** Classes of a program often have a method of this name. */
  isQuotingError(path: string): boolean;
  /** The callee fails with a text that quotes the server's own: statements, paths, hosts. */
  quotes(callee: string): Quotes | undefined;
  /** An instance through which another program is asked, as the session of a database. */
  isQuotingHandle(path: string): boolean;
  isUsual(method: string): boolean;
  /** The position of the argument that is called with the arguments behind it. */
  forwards(path: string): number | "recv" | "list" | undefined;
  binds(path: string): number | "recv" | undefined;
  injects(path: string): readonly ArgSpec[] | undefined;
  /** A type that says more of a value than its type: `Annotated[int, Query()]`. */
  declares(path: string): boolean;
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
    deed: table<DeedRow>(),
    refusal: table<RefusalRow>(),
  };
  const conventions: { readonly files: RegExp | undefined; readonly row: ConventionRow }[] = [];
  const hints = new Map<string, string[]>();
  const scalars = new Set<string>();
  const patterns = new Map<string, readonly string[]>();
  const texts = new Set<string>();
  const textRecords = new Set<string>();
  const constants = new Map<string, string>();
  const ends = new Set<string>();
  const anyException = new Set<string>();
  const quotingErrors = new Set<string>();
  const quiet = new Set<string>();
  const madeQuietly = new Set<string>();
  const usual = new Set<string>();
  const forwards = new Map<string, number | "recv" | "list">();
  const binds = new Map<string, number | "recv">();
  const injects = new Map<string, readonly ArgSpec[]>();
  const imports = new Map<string, number>();
  const declares = new Set<string>();
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
    fill(tables.deed, m.deeds);
    fill(tables.refusal, m.refusals);
    for (const row of m.conventions ?? [])
      conventions.push({
        files: row.files === undefined ? undefined : new RegExp(row.files),
        row,
      });
    for (const [name, to] of Object.entries(m.hints ?? {}))
      hints.set(name, [...(hints.get(name) ?? []), ...to]);
    for (const s of (m.scalars ?? []).flatMap(expand)) scalars.add(s);
    for (const [path, names] of Object.entries(m.patterns ?? {}))
      for (const p of expand(path)) patterns.set(p, names);
    for (const [path, text] of Object.entries(m.constants ?? {}))
      for (const p of expand(path)) constants.set(p, text);
    for (const p of (m.texts ?? []).flatMap(expand)) texts.add(p);
    for (const p of (m.textRecords ?? []).flatMap(expand)) textRecords.add(p);
    for (const p of (m.ends ?? []).flatMap(expand)) ends.add(p);
    for (const p of (m.anyException ?? []).flatMap(expand)) anyException.add(p);
    for (const p of (m.quotingErrors ?? []).flatMap(expand)) quotingErrors.add(p);
    for (const p of (m.quiet ?? []).flatMap(expand)) quiet.add(p);
    for (const p of (m.madeQuietly ?? []).flatMap(expand)) madeQuietly.add(p);
    for (const name of m.usual ?? []) usual.add(name);
    for (const [path, at] of Object.entries(m.forwards ?? {}))
      for (const p of expand(path)) forwards.set(p, at);
    for (const [path, at] of Object.entries(m.imports ?? {}))
      for (const p of expand(path)) imports.set(p, at);
    for (const p of (m.declares ?? []).flatMap(expand)) declares.add(p);
    for (const [path, at] of Object.entries(m.injects ?? {}))
      for (const p of expand(path)) injects.set(p, at);
    for (const [path, at] of Object.entries(m.binds ?? {}))
      for (const p of expand(path)) binds.set(p, at);
  }
  const quoting = quotingOf(
    tables.sink,
    models.filter((m) => m.language === language).flatMap((m) => m.quoting ?? []),
  );
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
    ...declares,
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
    deeds: (p) => tables.deed.get(p) ?? NONE,
    refusals: (p) => tables.refusal.get(p) ?? NONE,
    deedsOfName: byName(models.filter((m) => m.language === language)),
    hint: (name) => hints.get(name) ?? NONE,
    isScalar: (p) => scalars.has(p),
    patternOf: (p) => patterns.get(p) ?? NONE,
    isText: (p) => texts.has(p),
    holdsTexts: (p) => textRecords.has(p),
    constant: (p) => constants.get(p),
    ends: (p) => ends.has(p),
    isAnyException: (p) => anyException.has(p),
    isQuotingError: (p) => quotingErrors.has(p),
    isQuiet: (p) => quiet.has(p),
    isMadeQuietly: (p) => madeQuietly.has(p),
    quotes: (p) => (quiet.has(`${p}()`) ? undefined : quoting.calls.get(p)),
    isQuotingHandle: (p) => quoting.handles.has(p),
    isUsual: (name) => usual.has(name),
    forwards: (p) => forwards.get(p),
    declares: (p) => declares.has(p),
    imports: (p) => imports.get(p),
    binds: (p) => binds.get(p),
    injects: (p) => injects.get(p),
    watched: (p) => watching.has(p),
    knows: (p) => prefixes.has(p),
    globals: language === "python" ? "builtins" : "globalThis",
    language,
  };
}

/**
 * What fails with a text that quotes the server's own, known by what it is a sink of; and what of a library is a way to another
 * program, as the session of a database is.
 */
function quotingOf(
  sinks: ReadonlyMap<string, readonly SinkRow[]>,
  more: readonly string[],
): { readonly calls: ReadonlyMap<string, Quotes>; readonly handles: ReadonlySet<string> } {
  const calls = new Map<string, Quotes>();
  const handles = new Set<string>();
  for (const [path, rows] of sinks)
    for (const { kind } of rows) {
      const end = path.lastIndexOf("()");
      if (AT_OTHERS.has(kind) && end > 0 && !path.startsWith("*"))
        handles.add(path.slice(0, end + "()".length));
      if (BY_ADDRESS.has(kind)) calls.set(path, "host");
      else if ((AT_OTHERS.has(kind) || IN_PLACE.has(kind)) && !calls.has(path))
        calls.set(path, "asked");
    }
  for (const path of more.flatMap(expand)) calls.set(path.slice(0, -"()".length), "asked");
  return { calls, handles };
}
const BY_ADDRESS: ReadonlySet<SinkKind> = new Set<SinkKind>(["url", "network"]);
const AT_OTHERS: ReadonlySet<SinkKind> = new Set<SinkKind>([
  "sql",
  "nosql",
  "ldap",
  "graph",
  ...BY_ADDRESS,
]);
const IN_PLACE: ReadonlySet<SinkKind> = new Set<SinkKind>([
  "path",
  "upload-path",
  "shell",
  "lookup",
  "fields",
]);

function byName(models: readonly Model[]): Knowledge["deedsOfName"] {
  const rows = models.flatMap((m) =>
    (m.deedWords ?? []).flatMap(({ does, of, words: all }) =>
      all.map((text) => ({ bit: deedBit(does), of, words: text.split(" ") })),
    ),
  );
  const known = { call: new Map<string, number>(), field: new Map<string, number>() };
  return (name, of) => {
    let bits = known[of].get(name);
    if (bits === undefined) {
      const own = words(name);
      const fits = rows.filter((r) => r.of === of && r.words.every((w) => own.includes(w)));
      bits = fits.reduce((mask, { bit }) => mask | bit, 0);
      known[of].set(name, bits);
    }
    return bits;
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
