/** A variable of the environment that nobody makes sure is there: what needs it breaks later, or lets everybody in. */
import { calledName } from "../server/rule/called-name.ts";
import { origin } from "../server/rule/given.ts";
import { itemsOf } from "../server/rule/items.ts";
import { isFromRequest } from "../server/rule/lookups.ts";
import { isBrowser, isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { identities } from "../server/rule/symbol.ts";

/** Calls that make something which does not work without the value. */
const MAKES =
  /^(?:create|connect|init|initialize|configure|sign|verify|decode|encode|encrypt|decrypt|hmac|new|fetch|login|setApiKey|from_url)|(?:Client|Hmac|Key|Cipheriv|Connection|Pool|Bot|App)$/;
const SENT = /^(?:headers?|cookies?|getHeader|authorization|token|body|query|json|args)$/i;

export default rule({
  id: "env-not-validated",
  title: "Environment variable used without a look",
  category: "configuration",
  severity: "low",
  cwe: [1188],
  owasp: ["A05:2021", "A10:2025"],
  code: {
    may: /process\.env|\benviron\b|getenv|Bun\.env/,
    check: (code, context) =>
      code.ir.kind !== "module" ||
      isTest(code.file) ||
      isSample(code.file) ||
      isDevelopment(code.file) ||
      isBrowser(code)
        ? []
        : inFile(code, context),
  },
  say: ({ facts }) => {
    const name = String(facts?.variable);
    return facts?.opens === true
      ? {
          what: `What a request sends is compared with ${name}, which may not be set.`,
          why: "Where it is not set, its place is taken by nothing, or by a word that everybody can guess (undefined, None): a request without the header, or with that word, is let through.",
          fix: `Refuse to start, or to answer, where ${name} is not set.`,
        }
      : {
          what: `${name}${Number(facts?.more) > 0 ? ` (and ${Number(facts?.more)} more in this file)` : ""} is used as if it were certainly set.`,
          why: "One forgotten variable, and the program starts and breaks later, or signs and asks with an empty value.",
          fix: "Look at all that are needed when the program starts, and stop where one is missing.",
        };
  },
  fixes: (match, code, context) => requiredFixes(match, code, context),
});

interface Read {
  readonly variable: string;
  readonly code: Code;
  readonly op: Op;
}
/** The place where the variable is read, if nothing stands in for it and nothing is thrown without it. */
function readOf(code: Code, id: ValueId, context: Context): Read | undefined {
  const all = identities(code, id, context);
  const variable = all.find((one) => one.startsWith("env:"))?.slice(4);
  if (variable === undefined || /^(?:NODE_ENV|DEBUG|PORT|HOST|PATH|HOME)$/.test(variable))
    return undefined;
  const place = origin({ code, op: code.op(id), id }, context);
  const op = bareOp(place.code, place.id);
  const isRead =
    op.op === "member" ||
    (op.op === "index" && place.code.language === "javascript") ||
    (op.op === "call" && op.args.length === 1);
  return isRead ? { variable, code: place.code, op } : undefined;
}
function bareOp(code: Code, id: ValueId): Op {
  const op = code.op(id);
  return op.op === "annotate" || op.op === "await" ? bareOp(code, op.value) : op;
}

interface Use {
  readonly code: Code;
  readonly id: ValueId;
  readonly variable: string;
}
function usesIn(
  module: Code,
  context: Context,
): { readonly opens: readonly Match[]; readonly breaks: readonly Use[] } {
  const items = itemsOf(module);
  const checked = new Set<string>();
  for (const code of items) {
    const look = (id: ValueId): void => {
      for (const one of identities(code, id, context))
        if (one.startsWith("env:")) checked.add(one.slice(4));
    };
    for (const { end } of code.ir.blocks) {
      if (end.kind !== "branch") continue;
      const condition = code.op(end.condition);
      look(end.condition);
      if (condition.op === "unary") look(condition.operand);
    }
    for (const op of code.ir.ops) {
      // `if (KEY === undefined)`, `["A", "B"].filter((name) => !process.env[name])`
      if (op.op === "compare") {
        for (const [one, other] of [
          [op.left, op.right],
          [op.right, op.left],
        ] as const)
          if (code.op(other).op === "const") look(one);
      } else if (op.op === "sequence")
        for (const { value } of op.elements) {
          const element = code.op(value);
          if (element.op === "const" && typeof element.value === "string")
            checked.add(element.value);
        }
    }
  }
  const opens: Match[] = [];
  const breaks: Use[] = [];
  for (const code of items)
    for (const [id, op] of code.ir.ops.entries()) {
      if (op.op === "compare" && /^[=!]=$/.test(op.operator)) {
        const found = opensAt(code, op, context);
        if (found !== undefined && !checked.has(found))
          opens.push({
            item: code.item,
            op: id,
            span: op.span,
            confidence: "low",
            facts: { opens: true, variable: found },
          });
      } else if (op.op === "call")
        for (const used of neededBy(code, op)) {
          const read = readOf(code, used, context);
          if (read !== undefined && !checked.has(read.variable))
            breaks.push({ code, id: used, variable: read.variable });
        }
    }
  return { opens, breaks };
}

function inFile(module: Code, context: Context): readonly Match[] {
  const { opens, breaks } = usesIn(module, context);
  const [first, ...more] = breaks;
  if (first === undefined) return opens;
  return [
    ...opens,
    {
      item: first.code.item,
      op: first.id,
      span: first.code.op(first.id).span,
      severity: "info",
      confidence: "low",
      facts: { variable: first.variable, more: new Set(more.map((m) => m.variable)).size },
      related: more.map(({ code, id, variable }) => ({
        item: code.item,
        span: code.op(id).span,
        text: `${variable} is not looked at either`,
      })),
    },
  ];
}

/** `header === process.env.KEY`, `` header === `Bearer ${process.env.KEY}` `` */
function opensAt(
  code: Code,
  { left, right }: Op & { readonly op: "compare" },
  context: Context,
): string | undefined {
  for (const [own, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const op = code.op(own);
    const parts =
      op.op === "join"
        ? op.parts.flatMap((part) => (part.kind === "hole" ? [part.value] : []))
        : op.op === "binary"
          ? [op.left, op.right]
          : [own];
    const read = parts.map((part) => readOf(code, part, context)).find((one) => one !== undefined);
    if (read === undefined) continue;
    const ops = madeFrom(code, other);
    const isSent = ops.some(
      (one) =>
        (one.op === "member" && SENT.test(one.name)) ||
        (one.op === "param" && SENT.test(code.ir.params[one.index]?.name ?? "")),
    );
    if (isSent || isFromRequest(code, ops)) return read.variable;
  }
  return undefined;
}

/** Arguments without which what the call makes does not work. */
function neededBy(code: Code, call: Op & { readonly op: "call" }): readonly ValueId[] {
  const name = calledName(code, call);
  if (!call.isNew && !MAKES.test(name) && !/^[A-Z]\w+$/.test(name)) return [];
  return call.args.flatMap(({ value }) => {
    const given = code.op(value);
    if (given.op === "record") return given.entries.map((entry) => entry.value);
    const [, second] = given.op === "join" ? given.parts : [];
    // `${process.env.API}/users`
    if (given.op === "join" && given.parts[0]?.kind === "hole") return [given.parts[0].value];
    return second === undefined ? [value] : [];
  });
}

function requiredFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Stop where it is not set";
  const name = String(match.facts?.variable);
  const module = code.other(`${code.file}#`) ?? code;
  const uses: readonly { readonly code: Code; readonly id: ValueId }[] =
    match.facts?.opens === true
      ? sidesOf(code, match.op ?? 0).map((id) => ({ code, id }))
      : usesIn(module, context).breaks;
  const edits = new Map<number, Edit>();
  let isSure = true;
  for (const use of uses) {
    const read = readOf(use.code, use.id, context);
    if (read === undefined) continue;
    const at = read.code.absolute(read.op.span);
    const found = /^(\w+\.)(?:getenv|environ\.get)\((["'][^"']*["'])\)$/.exec(
      read.code.fileText.slice(at.start, at.end),
    );
    isSure &&= found !== null && read.code.file === code.file;
    edits.set(at.start, { ...at, newText: `${found?.[1]}environ[${found?.[2]}]` });
  }
  if (isSure && edits.size > 0)
    return [
      { title, grade: "suggested", edits: [{ file: code.file, edits: [...edits.values()] }] },
    ];
  return [
    {
      title,
      grade: "manual",
      edits: [],
      reason: `Read ${name} once where the program starts, and throw an error there if it is missing. No edit is offered: where the program starts is the author's to say.`,
    },
  ];
}
function sidesOf(code: Code, id: ValueId): readonly ValueId[] {
  const op = code.op(id);
  if (op.op !== "compare") return [];
  return [op.left, op.right].flatMap((side) => {
    const one = code.op(side);
    return one.op === "join"
      ? one.parts.flatMap((part) => (part.kind === "hole" ? [part.value] : []))
      : [side];
  });
}
