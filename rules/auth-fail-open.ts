import { importEdits } from "../server/rule/fix/imports.ts";
import { refusal } from "../server/rule/fix/refusal.ts";
import { type Arm, armsOf, checksCaller, readsToken } from "../server/rule/handlers.ts";
import { nameOf } from "../server/rule/items.ts";
import {
  type Code,
  type Context,
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

export default rule({
  id: "auth-fail-open",
  title: "Check that lets everybody in when it fails",
  category: "authentication",
  severity: "high",
  cwe: [636],
  owasp: ["A07:2021", "A10:2025"],
  items: { every: true, check: (_calls, code, context) => check(code, context) },
  say: ({ facts }) => {
    const [when, why] = WORDS[String(facts?.when)] as readonly [string, string];
    return facts?.how === "next"
      ? {
          what: `When ${when.replace("the check", "the check of the credentials")}, the request goes on as if it had passed.`,
          why: why.replace("is let in", "is let through, while who sends none is refused"),
          fix: "Answer 401 in the catch block.",
        }
      : {
          what: `When ${when}, ${String(facts?.name)} answers true.`,
          why,
          fix: "Answer false, or let the exception go on.",
        };
  },
  fixes: (match, code, context) => [fix(match, code, context)],
});

/** What happens, and what it is good for. */
const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  any: [
    "the check throws",
    "It throws for a forged, expired or empty credential: whoever sends one is let in.",
  ],
  expired: [
    "the credential has expired",
    "Tokens are made to end so that a stolen one is soon worth nothing: whoever has an old one is let in.",
  ],
  unreachable: [
    "what the check asks does not answer",
    "Whoever overloads it, or waits until it is down, is let in with any credential.",
  ],
};

function check(code: Code, context: Context): readonly Match[] {
  const { blocks } = code.ir;
  const handlers = new Set(blocks.flatMap((b) => b.handler ?? []));
  if (code.ir.kind === "module" || handlers.size === 0) return [];
  const out: Match[] = [];
  for (const handler of handlers) {
    const tried = blocks.filter((b) => b.handler === handler).flatMap((b) => b.ops);
    if (!tried.some((id) => checksCaller(code, id, context))) continue;
    for (const arm of armsOf(code, handler)) {
      const opened = opening(code, arm.block, context);
      if (opened === undefined || out.some((m) => m.op === opened.op)) continue;
      const when = whenOf(code, arm);
      const calls = tried.filter((id) => code.op(id).op === "call");
      const isLocal = when === "any" && calls.every((id) => readsToken(code, id, context));
      out.push({
        item: code.item,
        span: opened.span,
        op: opened.op,
        confidence: when === "unreachable" ? "medium" : "high",
        facts: { how: opened.how, when, isLocal, name: nameOf(code) || "the function" },
      });
    }
  }
  return out;
}

interface Opened {
  readonly how: "true" | "next";
  readonly span: Span;
  readonly op: ValueId;
}

/** What must happen for the handler to run: by the names of the exceptions, where all of them say the same. */
function whenOf(code: Code, { types }: Arm): "any" | "expired" | "unreachable" {
  const names = types.map((id) => {
    const op = code.op(id);
    return op.op === "member" || op.op === "free"
      ? op.name
      : op.op === "load"
        ? (code.ir.slots[op.slot] ?? "")
        : "";
  });
  if (names.length === 0) return "any";
  if (names.every((name) => /expired/i.test(name))) return "expired";
  return names.every((name) => UNREACHABLE.test(name)) ? "unreachable" : "any";
}
/** The service that is asked does not answer: nothing is said about the credential. */
const UNREACHABLE =
  /^(?:OSError|IOError|URLError|RequestException|RequestError|HTTPError|HTTPException|RedisError|PyMongoError|SQLAlchemyError|DatabaseError|OperationalError)$|Connect|Timeout|TimedOut|Unavailable|Network|Socket|Transport/i;

/** Every way out of the handler lets the caller in. */
function opening(code: Code, handler: number, context: Context): Opened | undefined {
  const reached = reachedFrom(code, handler);
  let found: Opened | undefined;
  for (const at of reached) {
    const block = code.ir.blocks[at] as Block;
    const passed = passesOn(code, block);
    if (passed !== undefined) {
      // Only a check that refuses who has no credentials is meant to refuse.
      if (context.does(`fn:${code.item}`, "refuses") !== true) return undefined;
      found ??= { how: "next", span: code.op(passed).span, op: passed };
      continue;
    }
    const { end } = block;
    if (end.kind === "throw") return undefined;
    if (end.kind !== "return" && end.kind !== "end") continue;
    const value = end.kind === "return" ? end.value : undefined;
    const result = value === undefined ? undefined : bare(code, value);
    if (
      value !== undefined &&
      result?.op === "const" &&
      result.value === true &&
      !refusesByTrue(code)
    )
      found ??= { how: "true", span: end.kind === "return" ? end.span : result.span, op: value };
    else if (found?.how !== "next" || value !== undefined) return undefined;
  }
  return found;
}

/** `isExpired`, `is_revoked`: true is the answer that keeps somebody out. */
function refusesByTrue(code: Code): boolean {
  return words(nameOf(code)).some((word) => REFUSED.has(word));
}
const REFUSED: ReadonlySet<string> = new Set(
  "expired invalid revoked blocked blacklisted banned denied locked stale missing".split(" "),
);

/** Blocks that run once the handler has begun, up to those in which the request is passed on. */
function reachedFrom(code: Code, handler: number): readonly number[] {
  const out: number[] = [];
  const queue = [handler];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (out.includes(at)) continue;
    out.push(at);
    const block = code.ir.blocks[at] as Block;
    if (passesOn(code, block) !== undefined) continue;
    const { end } = block;
    if (end.kind === "jump") queue.push(end.to);
    if (end.kind === "branch") queue.push(end.then, end.else);
  }
  return out;
}

/** `next()`: the last parameter, called with nothing. */
function passesOn(code: Code, block: Block): ValueId | undefined {
  const last = code.ir.params.at(-1);
  if (code.language === "python" || last === undefined || code.ir.params.length < 2)
    return undefined;
  return block.ops.find((id) => {
    const op = code.op(id);
    const callee: Op | undefined = op.op === "call" ? code.op(op.callee) : undefined;
    return (
      op.op === "call" && op.args.length === 0 && callee?.op === "load" && callee.slot === last.slot
    );
  });
}

function fix(match: Match, code: Code, context: Context): Fix {
  const manual = (title: string, reason: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason,
  });
  const op = match.op === undefined ? undefined : code.op(match.op);
  const at = match.op ?? -1;
  if (match.facts?.how === "next") {
    const title = "Answer 401";
    const statement = code.statement(match.span);
    const text = statement === undefined ? "" : code.fileText.slice(statement.start, statement.end);
    if (statement === undefined || !/^(?:return\s+)?\w+\(\);?$/.test(text))
      return manual(
        title,
        "Answer 401 in the catch block. No edit is offered: the call is part of a larger statement.",
      );
    const refused = refusal(code, context, "Not authenticated", undefined, 401);
    const { edits, locals } = importEdits(code, refused.wanted);
    const newText = refused.lines(locals).join(code.newline + code.indent(statement.start));
    return !refused.answers
      ? manual(
          title,
          "Answer 401 in the catch block. No edit is offered: how this framework answers is not known here.",
        )
      : {
          title,
          grade: "suggested",
          edits: [{ file: code.file, edits: [...edits, { ...statement, newText }] }],
        };
  }
  const title = "Answer false";
  const literal = op === undefined ? undefined : bare(code, at);
  // Behind the try statement the answer is that of a check that passed, too.
  if (literal?.op !== "const" || !isOnlyInHandler(code, at))
    return manual(
      title,
      "Return false in the handler. No edit is offered: what is returned is also the answer where nothing failed.",
    );
  const newText = code.language === "python" ? "False" : "false";
  return {
    title,
    grade: match.facts?.isLocal === true ? "safe" : "suggested",
    edits: [{ file: code.file, edits: [{ ...code.absolute(literal.span), newText }] }],
  };
}

function isOnlyInHandler(code: Code, value: ValueId): boolean {
  const { blocks } = code.ir;
  const handlers = new Set(blocks.flatMap((b) => b.handler ?? []));
  const seen = new Set<number>();
  const queue = [0];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at) || handlers.has(at)) continue;
    seen.add(at);
    const { end } = blocks[at] as Block;
    if (end.kind === "jump") queue.push(end.to);
    if (end.kind === "branch") queue.push(end.then, end.else);
  }
  return !blocks.some((b, i) => seen.has(i) && b.end.kind === "return" && b.end.value === value);
}
