/**
 * What stands around an error that goes to the client: is it only in development, what was caught, which status is sent.
 * Reads the IR of the sink's item; what it cannot see counts as the worse case.
 */
import { type Condition, withAlternatives } from "./conditions.ts";
import type { Code, Context, Hit, Op, Span, ValueId } from "./rule.ts";

export interface ErrorContext {
  /** Every way there passes a check of the environment or of a debug switch. */
  readonly developmentOnly: boolean;
  /** The text was written for the reader: a domain error, or one that says it may be shown. */
  readonly domain: boolean;
  /** Caught, or registered for, by a broad class or none at all. */
  readonly broad: boolean;
  /** A constant 4xx status is sent with it. */
  readonly clientError: boolean;
  /** Caught by classes of the language that say what is wrong with a value, and by no others. */
  readonly valueOnly: boolean;
  /** No more than the name of the error's class is sent. */
  readonly nameOnly: boolean;
  /** No more than what stands before the first colon, where errors say of what kind they are. */
  readonly headOnly: boolean;
}

const SWITCH =
  /NODE_ENV|\b(?:is|in)?_?(?:dev|prod)(?:elopment|uction)?\b|\bis(?:Dev|Prod)|\bdebug|\bDEBUG\b|\b(?:expose|show|include|reveal)_?(?:error_?)?(?:errors|details?|stack|trace)/i;
const SHOWABLE =
  /\bis_?Operational\b|\.expose\b|\.isPublic\b|\bisHttpError\b|\bisBoom\b|\bstatus(?:_?code)?\s*<=?\s*(?:499|500)\b/i;
const NOT_SHOWABLE =
  /\bstatus(?:_?code)?\s*>=?\s*(?:499|500)\b|\bstatus(?:_?code)?\s*={2,3}\s*500\b/i;
const BROAD =
  /^(?:Exception|BaseException|StandardError|EnvironmentError|OSError|IOError|SystemError|Error|any|unknown|\w*(?:SQL|Database|Operational|Programming|Integrity|Interface|Connection|Timeout|Request|Client|Server|Subprocess|CalledProcess|Socket|SSL)\w*(?:Error|Exception)|PrismaClient\w*|\w*DriverError)$/;
const VALUE =
  /^(?:(?:Value|Type|Key|Attribute|Name|Memory|Recursion|Runtime|NotImplemented|Index|Lookup|Range|Syntax|Import|ModuleNotFound|ZeroDivision|Overflow|Arithmetic|Assertion|Unicode(?:Decode|Encode)?|JSONDecode)Error|InvalidOperation|DecimalException)$/;
const ALWAYS_DOMAIN =
  /^(?:\w*HTTPException|\w*HttpException|\w*HTTPError|\w*HttpError|\w*ValidationError|ZodError|ValidationException)$/;

export function errorContext(hit: Hit, context: Context): ErrorContext | undefined {
  const code = context.code(hit.site.item);
  if (code === undefined) return undefined;
  const known = guardsOf(hit, code, context);
  // What was asked long before is hardly about this error.
  const all = known.filter((g) => g.isFar !== true);
  const guards = all.filter((g) => g.isAny !== true);
  const asked = all.filter((g) => g.taken).flatMap((g) => askedFor(g.text));
  // A class that was asked for says more than the one that was caught.
  const types = asked.length > 0 ? asked : caughtTypes(hit, code, context);
  const clientError = statuses(hit, code).some((s) => s >= 400 && s < 500);
  const isOwn = (type: string): boolean => isOfProject(code, type, context);
  const narrow = types.length > 0 && types.every((t) => !BROAD.test(t) || isOwn(t));
  const own = narrow && types.every((t) => ALWAYS_DOMAIN.test(t) || isOwn(t));
  return {
    developmentOnly: known.some((g) => g.isAny !== true && provesDevelopment(g)),
    domain:
      own ||
      (narrow && clientError) ||
      guards.some((g) => (g.taken ? SHOWABLE : NOT_SHOWABLE).test(g.text)),
    broad: !narrow,
    clientError,
    valueOnly: narrow && types.every((t) => VALUE.test(t)),
    nameOnly: hit.derive === "part" && /__name__|\.name\b/.test(code.text(hit.argSpan)),
    headOnly: isHead(code, hit.arg),
  };
}

/** `str(e).split(":")[0]` */
function isHead(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  const whole = op?.op === "index" ? code.op(op.object) : undefined;
  if (op?.op !== "index" || whole?.op !== "call") return false;
  const [key, callee] = [code.op(op.key), code.op(whole.callee)];
  const by = whole.args[0] === undefined ? undefined : code.op(whole.args[0].value);
  return (
    key.op === "const" &&
    key.value === 0 &&
    callee.op === "member" &&
    callee.name === "split" &&
    by?.op === "const" &&
    typeof by.value === "string" &&
    by.value.trim() === ":"
  );
}

/** An exception that goes out as an object, of which the API writes no text: each part of the value that carries it is one. */
export function isUnwritten(hit: Hit, context: Context): boolean {
  const writes = hit.row.data?.errors;
  if (writes !== "nothing" && writes !== "attributes") return false;
  const carriers = carriersOf(hit.value, hit.label, 0);
  return (
    carriers.length > 0 &&
    carriers.every(({ refs }) => {
      const errors = refs.filter((r) => /(?:%exception|Error|Exception)\(\)$/.test(r));
      // `str(e)` refers to the exception, too.
      if (refs.some((r) => context.isText(r.slice(4)) || /%exception\(\)./.test(r))) return false;
      // Those of the language itself have no attributes.
      return (
        errors.length > 0 &&
        (writes === "nothing" || errors.every((r) => /^lib:builtins\.[A-Z]\w*\(\)$/.test(r)))
      );
    })
  );
}
function carriersOf(value: Hit["value"], label: string, depth: number): Hit["value"][] {
  const own = value.taint.some((t) => t.label === label) ? [value] : [];
  if (depth > 3) return own;
  return [
    ...own,
    ...[...(value.fields?.values() ?? [])].flatMap((f) => carriersOf(f, label, depth + 1)),
  ];
}

/** `NODE_ENV !== "production"` held, `NODE_ENV === "production"` did not, or a debug switch was on. */
function provesDevelopment({ text, taken }: Condition): boolean {
  if (!SWITCH.test(text)) return false;
  const negated = /!==?|\bnot\b|^\s*!|\bis not\b/.test(text);
  const saysProduction = /prod/i.test(text);
  return (saysProduction === negated) === taken;
}

/**
 * The classes of which a condition that held says that it is one, or that its text is one that the program knows:
 * `isinstance(e, Refused) or "too long" in str(e)`. None if another part of it can have held as well.
 */
function askedFor(condition: string): string[] {
  const texts: string[] = [];
  const bare = condition.replace(/(["'])((?:\\.|(?!\1).)*)\1/g, (_all, _quote, text: string) => {
    texts.push(text);
    return `"${texts.length - 1}"`;
  });
  const isLong = texts.every((text) => text.length >= SHORTEST_TEXT);
  const parts = bare.split(/\s+or\s+|\|\|/).map((part) => {
    const types = part.matchAll(/(?:instanceof\s+|isinstance\s*\([^,]+,\s*\(?)([\w.]+)/g);
    const names = [...types].map((m) => lastPart(m[1] as string));
    return names.length === 0 && isLong && KNOWN_TEXT.test(part) ? ["ValueError"] : names;
  });
  return parts.every((names) => names.length > 0) ? parts.flat() : [];
}
const SHORTEST_TEXT = 4;
const KNOWN_TEXT =
  /^\W*(?:"\d+"\s+in\s+(?:str\(\w+\)|\w+\.message|msg|message)|(?:\w+\.message|msg|message|str\(\w+\))\.(?:includes|startsWith|startswith)\(\s*"\d+"\s*\))\W*$/;

/** The conditions that decide whether the sink, or the place where the error is read, is reached. */
function guardsOf(hit: Hit, code: Code, context: Context): Condition[] {
  const out = withAlternatives(code, hit.site.op);
  const reads = readsOf(hit, code);
  const sets = reads.map((op) => withAlternatives(code, op));
  const [first, ...rest] = sets;
  if (first !== undefined)
    out.push(
      ...first.filter((one) =>
        rest.every((set) =>
          set.some((other) => other.text === one.text && other.taken === one.taken),
        ),
      ),
    );
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  const there = source.item === hit.site.item ? code : context.code(source.item);
  const at =
    there?.ir.ops.findIndex(
      (op) =>
        op.span.start === source.span.start &&
        op.span.end === source.span.end &&
        (op.op === "member" || op.op === "call"),
    ) ?? -1;
  if (there !== undefined && at >= 0) out.push(...withAlternatives(there, at));
  return out;
}

/** Members of the error that are read on the way: `err.stack`, `err.message`; in the argument if there are any, else before it. */
function readsOf(hit: Hit, code: Code): ValueId[] {
  const names = new Set(errorNames(hit, code));
  const isError = (op: Op): boolean =>
    (op.op === "load" && names.has(slotName(code, op.slot))) ||
    (op.op === "free" && names.has(op.name));
  const isInside = (op: Op): boolean =>
    op.span.start >= hit.argSpan.start && op.span.end <= hit.argSpan.end;
  const all: ValueId[] = [];
  code.ir.ops.forEach((op, id) => {
    if (
      op.op === "member" &&
      op.span.end <= hit.argSpan.end &&
      /^(?:message|stack|detail|toString|errors)$/.test(op.name) &&
      isError(code.op(op.object))
    )
      all.push(id);
  });
  const inside = all.filter((id) => isInside(code.op(id)));
  // `str(e)` in the argument reads it there, and not where another answer does.
  const isThere = inside.length > 0 || code.ir.ops.some((op) => isError(op) && isInside(op));
  return isThere ? inside : all;
}

/** Variables of this item that hold the error. */
export function errorNames(hit: Hit, code: Code): string[] {
  const out: string[] = [];
  const labels = new Set([hit.label, ...labelsIn(hit)]);
  for (const label of labels) {
    const [item, path] = label.startsWith("source:") ? label.slice(7).split("|") : [];
    if (item !== hit.site.item || path === undefined) continue;
    const param = /^\((\w+)\)$/.exec(path);
    if (param !== null) out.push(param[1] as string);
    const caught = /^%caught(\d+)$/.exec(path);
    if (caught !== null) out.push(...namesOfCaught(code, Number(caught[1])));
  }
  // Passed in by a caller: the parameter is a step of the way.
  for (let t: Hit["trail"] | undefined = hit.trail; t !== undefined; t = t.prev) {
    const param = t.item === hit.site.item ? /^parameter (\w+)$/.exec(t.text) : null;
    if (param !== null) out.push(param[1] as string);
  }
  if (out.length === 0) out.push(...readFrom(hit, code));
  if (out.length === 0) out.push(...nearestCaught(code, hit.argSpan));
  if (out.length === 0)
    out.push(
      ...code.ir.params
        .map((p) => p.name)
        .filter((name) => /^(?:e|ex|exc|err|error|exception)$/.test(name)),
    );
  return [...new Set(out)];
}
/** `error` of `error.stack`, when that is where the data comes from. */
function readFrom(hit: Hit, code: Code): string[] {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  if (source.item !== hit.site.item) return [];
  return code.ir.ops.flatMap((op) => {
    if (
      op.op !== "member" ||
      op.span.start !== source.span.start ||
      op.span.end !== source.span.end
    )
      return [];
    const of = code.op(op.object);
    return of.op === "load" ? [slotName(code, of.slot)] : of.op === "free" ? [of.name] : [];
  });
}
function labelsIn(hit: Hit): string[] {
  const out: string[] = [];
  const visit = (value: Hit["value"], depth: number): void => {
    for (const t of value.taint) out.push(t.label);
    if (depth < 3) for (const f of value.fields?.values() ?? []) visit(f, depth + 1);
  };
  visit(hit.value, 0);
  return out;
}
function namesOfCaught(code: Code, start: number): string[] {
  const at = code.ir.ops.findIndex((op) => op.op === "caught" && op.span.start === start);
  return at < 0 ? [] : storesOf(code, at);
}
function storesOf(code: Code, id: ValueId): string[] {
  return code.ir.ops
    .flatMap((op) => (op.op === "store" && op.value === id ? [slotName(code, op.slot)] : []))
    .filter((n) => !n.startsWith("%"));
}
function nearestCaught(code: Code, span: Span): string[] {
  let best: string[] = [];
  code.ir.ops.forEach((op, id) => {
    if (op.op === "caught" && op.span.start < span.start) best = storesOf(code, id);
  });
  return best;
}
/** The operation looks into one of these variables: `e.message`, `str(e)`, `String(e)`. */
export function looksInto(code: Code, op: Op, names: ReadonlySet<string>): boolean {
  const holds = (id: ValueId | undefined): boolean => {
    const of = id === undefined ? undefined : code.op(id);
    return (
      (of?.op === "load" && names.has(slotName(code, of.slot))) ||
      (of?.op === "free" && names.has(of.name))
    );
  };
  if (op.op === "member") return holds(op.object);
  return (
    op.op === "call" &&
    /^(?:str|repr|String)$/.test(code.text(code.op(op.callee).span)) &&
    holds(op.args[0]?.value)
  );
}
function slotName(code: Code, slot: number): string {
  return (code.ir.slots[slot] ?? "").replace(/#\d+$/, "");
}

/** Names of the classes that were caught or that the handler is registered for; empty if that cannot be told or is anything. */
function caughtTypes(hit: Hit, code: Code, context: Context): string[] {
  const label = [hit.label, ...labelsIn(hit)].find((l) =>
    /\|(?:%caught\d+|\(\w+\))\|exception\|/.test(l),
  );
  const [item, path] = label?.startsWith("source:") === true ? label.slice(7).split("|") : [];
  if (item === undefined || path === undefined) return [];
  const there = item === hit.site.item ? code : context.code(item);
  if (there === undefined) return [];
  const caught = /^%caught(\d+)$/.exec(path);
  if (caught !== null) {
    const op = there.ir.ops.find((o) => o.op === "caught" && o.span.start === Number(caught[1]));
    return op?.op === "caught" ? op.types.flatMap((t) => namesIn(there, t)) : [];
  }
  return registeredFor(there, context);
}
function namesIn(code: Code, id: ValueId): string[] {
  const op = code.op(id);
  if (op.op === "sequence") return op.elements.flatMap((e) => namesIn(code, e.value));
  return [lastPart(code.text(op.span))];
}
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** `@app.exception_handler(X)` / `@app.errorhandler(404)`: the class, or "HTTPException" for a 4xx status. */
function registeredFor(handler: Code, context: Context): string[] {
  const parent = handler.parent === undefined ? undefined : context.code(handler.parent);
  if (parent === undefined) return [];
  const out: string[] = [];
  for (const op of parent.ir.ops) {
    if (op.op !== "call" || op.form !== "decorator") continue;
    const given = op.args[0] === undefined ? undefined : parent.op(op.args[0].value);
    const call = parent.op(op.callee);
    if (given === undefined || call.op !== "call" || !holdsFunction(parent, given, handler.ir.name))
      continue;
    const to = call.args[0];
    if (to === undefined) continue;
    const value = parent.op(to.value);
    if (value.op === "const" && typeof value.value === "number")
      out.push(value.value < 500 ? "HTTPException" : "Exception");
    else out.push(...namesIn(parent, to.value));
  }
  return out;
}
function holdsFunction(code: Code, op: Op, name: string): boolean {
  if (op.op === "closure") return code.ir.holes[op.hole]?.name === name;
  if (op.op === "call" && op.form === "decorator" && op.args[0] !== undefined)
    return holdsFunction(code, code.op(op.args[0].value), name);
  return false;
}

/** A class that this file defines or imports from the project, on top or around this place. */
function isOfProject(code: Code, name: string, context: Context): boolean {
  for (let at: Code | undefined = code; at !== undefined; ) {
    const isHere = at.ir.ops.some(
      (op) =>
        (op.op === "class" && op.name === name) ||
        (op.op === "import" &&
          op.name === name &&
          (op.module.startsWith(".") || context.imported(code.file, op.module) !== undefined)),
    );
    if (isHere) return true;
    at = at.parent === undefined ? undefined : at.other(at.parent);
  }
  return false;
}

/** Constant statuses in the statement of the sink, outside the dangerous argument. */
export function statuses(hit: Hit, code: Code): number[] {
  const whole = code.statement(code.op(hit.site.op).span);
  const inside = (span: Span): boolean => {
    const at = code.absolute(span);
    return whole === undefined
      ? span.start >= hit.site.span.start && span.end <= hit.site.span.end
      : at.start >= whole.start && at.end <= whole.end;
  };
  return code.ir.ops.flatMap((op) => {
    if (!inside(op.span)) return [];
    if (
      op.op === "const" &&
      typeof op.value === "number" &&
      op.value >= 100 &&
      op.value < 600 &&
      !within(op.span, hit.argSpan)
    )
      return [op.value];
    const named = op.op === "member" ? /^HTTP_(\d{3})_/.exec(op.name) : null;
    return named === null ? [] : [Number(named[1])];
  });
}
/** The argument itself, unless it is a tuple: `return {"error": str(e)}, 400`. */
function within(span: Span, outer: Span): boolean {
  return span.start > outer.start && span.end < outer.end;
}
