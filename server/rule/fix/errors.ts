/** Answers with a general text and an error id, and logs the error under that id, in place of the error's own text. */
import { alwaysBefore } from "../control.ts";
import { errorNames, looksInto, statuses } from "../errors.ts";
import {
  type Code,
  type Edit,
  type Fix,
  type Match,
  type Op,
  type Span,
  spread,
  type Value,
  type ValueId,
} from "../rule.ts";
import { binds, importEdit, importEdits } from "./imports.ts";
import { randomId } from "./random-id.ts";
import { freshName, insertBefore } from "./statements.ts";

type RecordOp = Op & { readonly op: "record" };

const TITLE = "Answer with an error id and log the error";
const SERVER_FAULT = "Internal server error";
const CLIENT_FAULT = "Invalid request";

export function hideError(match: Match, code: Code): readonly Fix[] {
  const { hit } = match;
  if (hit === undefined || match.op === undefined)
    return [manual("the place that answers cannot be seen as a whole")];
  if (match.facts?.development === true)
    return [
      manual(
        "it is sent in development only; make sure that production never runs with that setting",
      ),
    ];
  const names = errorNames(hit, code);
  const given = parameterOf(match, code);
  if (given !== undefined && !code.ir.ops.some((op) => looksInto(code, op, new Set([given]))))
    return [
      manual(
        "the text is given by the callers of this function: pass a general text there and log the error",
      ),
    ];
  const id = idName(code, hit.site.op);
  const isClientFault = statuses(hit, code).some((s) => s >= 400 && s < 500);
  const plan: Plan = {
    code,
    id,
    general: isClientFault ? CLIENT_FAULT : SERVER_FAULT,
    names: new Set(names),
    edits: [],
    placed: false,
    at: hit.argSpan,
  };
  const refused = body(plan, match);
  if (refused !== undefined) return [manual(refused)];
  const edits = [...plan.edits];
  if (!id.there) {
    const before =
      code.language === "python"
        ? pythonLines(code, id.name, names[0])
        : javascriptLines(code, id.name, names[0]);
    const placed = precede(code, plan.at, before.lines);
    if (placed === undefined)
      return [manual("there is no place for further statements on this line")];
    edits.unshift(...before.imports, ...placed);
  }
  const grade = isOfNoUse(match, code) ? "safe" : "suggested";
  return [{ title: TITLE, grade, edits: [{ file: code.file, edits }] }];
}

/** Who asks for what can be had never gets it: it is the answer, with a status of 500, to an exception of whatever class. */
function isOfNoUse({ hit, facts }: Match, code: Code): boolean {
  if (hit === undefined || hit.marks !== 0 || Object.keys(facts ?? {}).length > 0) return false;
  const all = statuses(hit, code);
  return all.length > 0 && all.every((status) => status >= 500) && !hasOwnStatus(hit, code);
}
/** The error itself may say which status it stands for: `err.status || 500`, `getattr(e, "code", 500)`. */
function hasOwnStatus(hit: NonNullable<Match["hit"]>, code: Code): boolean {
  const whole = code.statement(code.op(hit.site.op).span);
  if (whole === undefined) return true;
  const called = new Set(code.ir.ops.map((op) => (op.op === "call" ? op.callee : undefined)));
  return code.ir.ops.some((op, id) => {
    const { start, end } = code.absolute(op.span);
    if (start < whole.start || end > whole.end) return false;
    if (op.op === "member") return !called.has(id) && /^(?:status|code|http)/i.test(op.name);
    return op.op === "call" && code.text(code.op(op.callee).span) === "getattr";
  });
}

function manual(reason: string): Fix {
  return { title: TITLE, grade: "manual", edits: [], reason: `No automatic rewrite: ${reason}.` };
}

interface Plan {
  readonly code: Code;
  readonly id: { readonly name: string; readonly there: boolean };
  /** What the client reads in place of the error's text. */
  readonly general: string;
  /** Variables that hold the error. */
  readonly names: ReadonlySet<string>;
  readonly edits: Edit[];
  /** True when the general text stands somewhere. */
  placed: boolean;
  /** Before the statement that holds this the id is made. */
  at: Span;
}

/** Replaces what leaks in the argument; a text says why not. */
function body(plan: Plan, match: Match): string | undefined {
  const { code } = plan;
  const hit = match.hit as NonNullable<Match["hit"]>;
  const site = code.op(hit.site.op);
  const arg = site.op === "call" ? site.args.find((a) => a.value === hit.arg) : undefined;
  const shape = String(hit.row.data?.body ?? "text");
  if (arg?.name !== undefined && hit.row.args.includes("*")) {
    // A keyword that becomes a field: `jsonify(error=str(e))`.
    const field = shape === "json";
    replace(
      plan,
      arg.value,
      field ? `"${plan.general}"` : textWithId(plan, code.text(code.op(arg.value).span)),
    );
    const called = site.op === "call" && site.args.some((a) => a.name === plan.id.name);
    if (field && !called)
      plan.edits.push(insert(code.absolute(arg.span).end, `, ${plan.id.name}=${plan.id.name}`));
    return undefined;
  }
  return value(plan, hit.arg, hit.value, shape);
}

function value(plan: Plan, id: ValueId, known: Value, shape: string): string | undefined {
  const { code } = plan;
  const op = code.op(id);
  if (op.op === "annotate" || op.op === "await") return value(plan, op.value, known, shape);
  if (op.op === "record") return record(plan, op, known);
  if (op.op === "sequence") {
    for (const [i, e] of op.elements.entries()) {
      const inner = known.fields?.get(String(i));
      if (inner !== undefined && leaks(inner)) return value(plan, e.value, inner, shape);
    }
    return "what is sent is put together elsewhere";
  }
  if (op.op === "load") {
    const stores = code.ir.ops.filter(
      (o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot,
    );
    const only =
      stores.length === 1 && stores[0] !== undefined ? code.op(stores[0].value) : undefined;
    if (only?.op === "record" && complete(only, known)) {
      plan.at = only.span;
      return record(plan, only, known);
    }
  }
  const text = code.text(op.span);
  replace(plan, id, shape === "json" && op.op !== "join" ? document(plan) : textWithId(plan, text));
  return undefined;
}

/** Every field that leaks is written as an entry of the record. */
function complete(op: RecordOp, known: Value): boolean {
  if (known.taint.length > 0) return false;
  const written = new Set(op.entries.map((e) => e.key));
  return [...(known.fields ?? [])].every(([key, field]) => !leaks(field) || written.has(key));
}

function record(plan: Plan, op: RecordOp, known: Value): string | undefined {
  const { code, id } = plan;
  if (!complete(op, known)) {
    const at = code.absolute(op.span);
    plan.edits.push({ ...at, newText: document(plan) });
    return undefined;
  }
  const leaking = op.entries
    .map((entry, at) => ({ entry, at }))
    .filter(
      ({ entry }) =>
        typeof entry.key === "string" &&
        (leaks(known.fields?.get(entry.key)) || looksInto(code, code.op(entry.value), plan.names)),
    );
  const flat = leaking.filter(({ entry }) => code.op(entry.value).op !== "record");
  for (const { entry } of leaking) {
    const inner = code.op(entry.value);
    if (inner.op !== "record") continue;
    const refused = record(plan, inner, known.fields?.get(entry.key as string) ?? known);
    if (refused !== undefined) return refused;
  }
  const has = op.entries.some((e) => e.key === id.name);
  let wantsId = !has && !plan.placed;
  for (const [n, { entry, at }] of flat.entries()) {
    const span = code.absolute(entry.span);
    const before = op.entries[at - 1];
    const key = entry.keySpan === undefined ? String(entry.key) : code.text(entry.keySpan);
    const traceOnly = flat.length === 1 && /stack|trace/i.test(key);
    if (n === 0 && !plan.placed && !traceOnly) {
      const quote = quoteOf(code.text(op.span));
      const written = `${key}: ${quote}${plan.general}${quote}`;
      const own = `${written}${wantsId && flat.length === 1 ? separator(code, op, at) + idEntry(plan, key) : ""}`;
      plan.edits.push({ ...span, newText: own });
      plan.placed = true;
      if (flat.length === 1) wantsId = false;
    } else if (wantsId) {
      plan.edits.push({ ...span, newText: idEntry(plan, key) });
      plan.placed = true;
      wantsId = false;
    } else {
      const from = before === undefined ? span.start : code.absolute(before.span).end;
      const after = op.entries[at + 1];
      const to =
        before === undefined && after !== undefined ? code.absolute(after.span).start : span.end;
      if (/#|\/\/|\/\*/.test(code.fileText.slice(from, span.start)))
        return "a comment stands between the fields";
      plan.edits.push({ start: from, end: to, newText: "" });
    }
  }
  return undefined;
}

function separator(code: Code, op: RecordOp, at: number): string {
  const entry = op.entries[at];
  if (entry === undefined) return ", ";
  const open = code.absolute(op.span).start;
  const start = code.absolute(entry.span).start;
  return /[\r\n]/.test(code.fileText.slice(open, start))
    ? `,${code.newline}${code.indent(start)}`
    : ", ";
}
function idEntry({ code, id }: Plan, key: string): string {
  const quote = /^["']/.exec(key)?.[0];
  if (quote !== undefined) return `${quote}${id.name}${quote}: ${id.name}`;
  return code.language === "python" ? `"${id.name}": ${id.name}` : id.name;
}
function document({ code, id, general }: Plan): string {
  return code.language === "python"
    ? `{"error": "${general}", "${id.name}": ${id.name}}`
    : `{ error: "${general}", ${id.name} }`;
}
function textWithId({ code, id, general }: Plan, old: string): string {
  const quote = quoteOf(old);
  return code.language === "python"
    ? `f${quote}${general} (id {${id.name}})${quote}`
    : `\`${general} (id \${${id.name}})\``;
}
function quoteOf(text: string): string {
  return /["']/.exec(text)?.[0] ?? '"';
}
function replace(plan: Plan, id: ValueId, newText: string): void {
  plan.edits.push({ ...plan.code.absolute(plan.code.op(id).span), newText });
}
function insert(at: number, newText: string): Edit {
  return { start: at, end: at, newText };
}

function leaks(known: Value | undefined): boolean {
  return (
    known !== undefined && spread(known).some((t) => t.kind === "exception" || t.kind === "stack")
  );
}

/** The parameter of this item through which a caller gives the data. */
function parameterOf(match: Match, code: Code): string | undefined {
  let source = match.hit?.trail;
  while (source?.prev !== undefined) source = source.prev;
  if (source === undefined || source.item === code.item) return undefined;
  for (let t = match.hit?.trail; t !== undefined; t = t.prev) {
    const found = t.item === code.item ? /^parameter (\w+)$/.exec(t.text)?.[1] : undefined;
    if (found !== undefined) return found;
  }
  return "";
}
/** The id that was made and can be seen on every way to here, or a new name: `error_id` / `errorId`. */
function idName(code: Code, site: ValueId): { name: string; there: boolean } {
  const at = code.op(site).span;
  const made = code.ir.ops.find(
    (op, id) =>
      op.op === "store" &&
      isNewId(code, op.value) &&
      alwaysBefore(code, id, site) &&
      isInScope(code, op.span, at),
  );
  if (made?.op === "store") return { name: plainName(code, made.slot), there: true };
  const wanted = code.language === "python" ? "error_id" : "errorId";
  // Other blocks of this function may hold their own id under that name.
  const isOurs = code.ir.ops.every(
    (op) => op.op !== "store" || plainName(code, op.slot) !== wanted || isNewId(code, op.value),
  );
  const isParam = code.ir.params.some((p) => p.name === wanted);
  const around = code.parent === undefined ? undefined : code.other(code.parent);
  const isOuter = around !== undefined && binds(around, wanted) !== undefined;
  return { name: isOurs && !isParam && !isOuter ? wanted : freshName(code, wanted), there: false };
}
/** `str(uuid.uuid4())`, `uuid4().hex`, `crypto.randomUUID()`. */
function isNewId(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  if (op.op === "member") return op.name === "hex" && isNewId(code, op.object);
  if (op.op !== "call") return false;
  const [arg] = op.args;
  const callee = code.text(code.op(op.callee).span);
  if (callee === "str" && arg !== undefined) return isNewId(code, arg.value);
  return op.args.length === 0 && /(?:^|\.)(?:uuid4|randomUUID)$/.test(callee);
}
/** The block that holds the statement at `made` holds `at`, too. */
function isInScope(code: Code, made: Span, at: Span): boolean {
  const around = code.ir.statements.filter((s) => s.start <= made.start && s.end >= made.end);
  const own = Math.min(...around.map((s) => s.end - s.start));
  return around.every((s) => s.end - s.start === own || (s.start <= at.start && s.end >= at.end));
}
function plainName(code: Code, slot: number): string {
  return (code.ir.slots[slot] ?? "").replace(/#\d+$/, "");
}

interface Before {
  readonly lines: readonly string[];
  readonly imports: readonly Edit[];
}
function pythonLines(code: Code, id: string, error: string | undefined): Before {
  const short = importEdit(code, { module: "uuid", name: "uuid4" });
  const logger = moduleLogger(code);
  const { locals, edits } = importEdits(code, [
    ...(short.edit === undefined ? [] : [{ module: "uuid" }]),
    ...(logger === undefined ? [{ module: "logging" }] : []),
  ]);
  const call = short.edit === undefined ? short.local : `${locals[0]}.uuid4`;
  const log = logger ?? `${locals[locals.length - 1]}.getLogger(__name__)`;
  return {
    lines: [
      `${id} = str(${call}())`,
      `${log}.error("Unhandled error %s", ${id}, exc_info=${error ?? "True"})`,
    ],
    imports: edits,
  };
}
/** The file's own logger, where the name still means it. */
function moduleLogger(code: Code): string | undefined {
  const module = code.other(`${code.file}#`);
  for (const op of module?.ir.ops ?? []) {
    if (module === undefined || op.op !== "store") continue;
    const value = module.op(op.value);
    const made = value.op === "annotate" ? module.op(value.value) : value;
    if (made.op !== "call" || !/(?:^|\.)getLogger$/.test(module.text(module.op(made.callee).span)))
      continue;
    const name = plainName(module, op.slot);
    if (binds(code, name) === module.item) return name;
  }
  return undefined;
}
function javascriptLines(code: Code, id: string, error: string | undefined): Before {
  const end = /;\s*$/m.test(code.fileText) ? ";" : "";
  const quote =
    /(?:from|require\()\s*'/.test(code.fileText) || !code.fileText.includes('"') ? "'" : '"';
  const made = randomId(code);
  return {
    lines: [
      `const ${id} = ${made.text}${end}`,
      `console.error(${quote}Request failed${quote}, ${id}${error === undefined ? "" : `, ${error}`})${end}`,
    ],
    imports: made.edits,
  };
}

/** Statements before the one that holds `span`; where one stands alone after `if (x)` or `=>`, it gets braces. */
function precede(code: Code, span: Span, lines: readonly string[]): readonly Edit[] | undefined {
  const plain = insertBefore(code, span, lines);
  if (plain !== undefined) return [plain];
  if (code.language !== "javascript") return undefined;
  const statement = code.statement(span);
  const inline = lines.map((l) => (l.endsWith(";") ? l : `${l};`)).join(" ");
  if (statement !== undefined) {
    const before = code.fileText.slice(0, statement.start).trimEnd();
    if (/[{;}]$/.test(before)) return [insert(statement.start, `${inline} `)];
    if (before.endsWith(")") || /\belse$/.test(before))
      return [insert(statement.start, `{ ${inline} `), insert(statement.end, " }")];
  }
  for (const { end } of code.ir.blocks) {
    if (end.kind !== "return" || end.value === undefined) continue;
    const result = code.op(end.value).span;
    const at = code.absolute(result);
    if (
      result.start > span.start ||
      result.end < span.end ||
      !code.fileText.slice(0, at.start).trimEnd().endsWith("=>")
    )
      continue;
    return [insert(at.start, `{ ${inline} return `), insert(at.end, "; }")];
  }
  return undefined;
}
