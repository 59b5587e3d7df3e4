/** Whatever goes wrong is thrown away: nobody learns that what was meant to happen did not. */
import { importEdits } from "../server/rule/fix/imports.ts";
import { type Arm, armsOf, checksCaller } from "../server/rule/handlers.ts";
import { nameOf } from "../server/rule/items.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Op,
  rule,
  type Span,
  type ValueId,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { bare } from "../server/rule/tokens.ts";

type Block = Code["ir"]["blocks"][number];

const ALL = /^(?:Exception|BaseException|Error)$/;
/** What is done to be rid of something: if it is gone already, nobody needs to know. */
const TIDIES =
  /^(?:close|unlink|remove|rmtree|rmdir|rm|kill|terminate|cancel|release|disconnect|destroy|dispose|abort|shutdown|quit|stop|end|flush|clear|cleanup|teardown|rollback|unsubscribe|detach|revoke|join|unwatch|unref|free|delete|del|exit|blur|focus|pause)$/i;

export default rule({
  id: "exception-swallowed",
  title: "Errors of all kinds are thrown away",
  category: "errors",
  severity: "low",
  cwe: [390],
  owasp: ["A09:2021", "A10:2025"],
  items: {
    every: true,
    check: (_calls, code, context) => (isTest(code.file) ? [] : check(code, context)),
  },
  say: ({ facts }) => ({
    what: `Whatever goes wrong in ${String(facts?.call)} is thrown away.`,
    why: "The program goes on as if it had worked: a payment, a mail or an entry of a log that an attacker makes fail is missed by nobody.",
    fix: "Log it with the exception, and catch only what is expected here.",
  }),
  fixes: (match, code) => [fix(match, code)],
});

function check(code: Code, context: Context): readonly Match[] {
  const { blocks } = code.ir;
  const handlers = new Map<number, number[]>();
  for (const [at, { handler }] of blocks.entries()) {
    if (handler === undefined) continue;
    const list = handlers.get(handler);
    if (list === undefined) handlers.set(handler, [at]);
    else list.push(at);
  }
  const out: Match[] = [];
  if (handlers.size === 0 || words(nameOf(code)).some((word) => TIDIES.test(word))) return out;
  for (const [handler, tried] of handlers) {
    const call = effectOf(code, tried, context);
    if (call === undefined) continue;
    for (const arm of armsOf(code, handler)) {
      const caught = isForAll(code, arm) ? emptyAt(code, arm) : undefined;
      const place = caught === undefined ? undefined : clauseAt(code, code.op(caught).span);
      if (caught === undefined || place === undefined || place.told) continue;
      out.push({
        item: code.item,
        span: place.head,
        op: caught,
        confidence: "low",
        facts: { call },
      });
    }
  }
  return out;
}

/** Every exception there is, or one of the names for them. */
function isForAll(code: Code, { types }: Arm): boolean {
  return types.length === 0 || types.some((id) => ALL.test(lastName(code, id) ?? ""));
}

/** The handler does nothing at all; the value that stands for the exception. */
function emptyAt(code: Code, { block, caught }: Arm): ValueId | undefined {
  const { ops, end } = code.ir.blocks[block] as Block;
  if (end.kind !== "jump") return undefined;
  const isIdle = (id: ValueId): boolean => /^(?:caught|const|store)$/.test(code.op(id).op);
  return ops.every(isIdle) ? (caught ?? ops.find((id) => code.op(id).op === "caught")) : undefined;
}

/** What is done in a `try` for its own sake: its last call, if nothing that is used later comes of it. */
function effectOf(code: Code, tried: readonly number[], context: Context): string | undefined {
  const inside = new Set(tried.flatMap((at) => (code.ir.blocks[at] as Block).ops));
  let name: string | undefined;
  for (const at of tried) {
    const { ops, end } = code.ir.blocks[at] as Block;
    // Another answer follows: that is what happens then.
    if (end.kind === "return" || end.kind === "throw") return undefined;
    for (const id of ops) {
      const op = code.op(id);
      if ((op.op === "store" && isUsed(code, op.slot, inside)) || op.op === "storeFree")
        return undefined;
      if (/^(?:setMember|setIndex|yield|import)$/.test(op.op)) return undefined;
      if (op.op !== "call" || op.form === "decorator") continue;
      if (checksCaller(code, id, context)) return undefined;
      const called = lastName(code, op.callee);
      if (called === undefined || words(called).some((word) => TIDIES.test(word))) return undefined;
      name = called;
    }
  }
  return name;
}
/** Where the variables of an item are read, by variable. */
const reads = new WeakMap<Code["ir"], ReadonlyMap<number, readonly ValueId[]>>();
function isUsed({ ir }: Code, slot: number, inside: ReadonlySet<ValueId>): boolean {
  let all = reads.get(ir);
  if (all === undefined) {
    const found = new Map<number, ValueId[]>();
    for (const [id, op] of ir.ops.entries())
      if (op.op === "load") {
        const list = found.get(op.slot);
        if (list === undefined) found.set(op.slot, [id as ValueId]);
        else list.push(id as ValueId);
      }
    all = found;
    reads.set(ir, all);
  }
  return all.get(slot)?.some((id) => !inside.has(id)) === true;
}

function lastName(code: Code, id: ValueId): string | undefined {
  const op: Op = bare(code, id);
  if (op.op === "member" || op.op === "free") return op.name;
  return op.op === "load" ? code.ir.slots[op.slot] : undefined;
}

interface Clause {
  /** Without its body, in the item. */
  readonly head: Span;
  /** A comment says why. */
  readonly told: boolean;
  /** All in the file: what stands before the body, the name of the exception, the body. */
  readonly open: number;
  readonly close: number;
  readonly alias: string | undefined;
}

/** Where the clause is whose exception has this span. Its body is known to be idle: there are comments at most. */
function clauseAt(code: Code, span: Span): Clause | undefined {
  const { start, end } = code.absolute(span);
  const text = code.fileText;
  if (code.language === "python") {
    const clause = text.slice(start, end);
    const body = /:\s*(?:pass|continue|\.\.\.)\s*$/.exec(clause);
    const rest = text.slice(end).split(/[\r\n]/, 1)[0] ?? "";
    const told = clause.includes("#") || /^\s*#/.test(rest);
    if (body === null) return told ? TOLD : undefined;
    const open = start + body.index + 1;
    const head = { start: span.start, end: span.start + body.index };
    return { head, told, open, close: end, alias: undefined };
  }
  // The exception, if it has a name; else the whole clause.
  const found = /^(?:catch\s*|([\w$]+)\s*\)\s*)\{([^{}]*)\}/.exec(text.slice(start, start + 2000));
  if (found === null) return undefined;
  const [all, alias, body = ""] = found;
  const head = alias === undefined ? { start: span.start, end: span.start + "catch".length } : span;
  const close = start + all.length - 1;
  return { head, told: /\/[/*]/.test(body), open: close - body.length, close, alias };
}
const TOLD: Clause = {
  head: { start: 0, end: 0 },
  told: true,
  open: 0,
  close: 0,
  alias: undefined,
};

function fix(match: Match, code: Code): Fix {
  const title = "Log it";
  const span = match.op === undefined ? match.span : code.op(match.op).span;
  const clause = clauseAt(code, span);
  if (clause === undefined)
    return { title, grade: "manual", edits: [], reason: "The handler was not found again." };
  const what = `${String(match.facts?.call)} failed`;
  const { open, close, alias } = clause;
  const edits: Edit[] = [];
  const { start } = code.absolute(span);
  if (code.language === "python") {
    const imported = importEdits(code, [{ module: "logging" }]);
    const indent = code.indent(start);
    const step = indent.startsWith("\t") ? "\t" : "    ";
    const line = code.newline + indent + step;
    const goes = /continue\s*$/.test(code.fileText.slice(open, close)) ? `${line}continue` : "";
    edits.push(...imported.edits, {
      start: open,
      end: close,
      newText: `${line}${imported.locals[0]}.getLogger(__name__).exception("${what}")${goes}`,
    });
  } else {
    const name = alias ?? "error";
    const log = ` console.error("${what}:", ${name}); `;
    if (alias === undefined) edits.push({ start: open - 1, end: open - 1, newText: "(error) " });
    edits.push({ start: open, end: close, newText: log });
  }
  return { title, grade: "suggested", edits: [{ file: code.file, edits }] };
}
