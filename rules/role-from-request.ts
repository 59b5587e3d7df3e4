/** Whoever sends a request says in it what they may do: the role is stored, or decides. */
import { isOfAdministrators } from "../server/rule/administrators.ts";
import { asksAboutRights, claimedRole, registeredWith } from "../server/rule/callers-role.ts";
import { removeArgument, removeEntry } from "../server/rule/fix/arguments.ts";
import { nameOf } from "../server/rule/items.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Hit,
  type Match,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { single } from "../server/rule/stores.ts";

const SOMEBODY =
  /^(?:users?|accounts?|members?|memberships?|admins?|staff|employees?|customers?|profiles?|persons?|people|players?|teachers?|students?|patients?|doctors?)$/;
const REGISTERS = /(?:^|[^a-z])(?:register|registration|sign_?up|create_?account|join)(?![a-z])/;
const PRIVILEGED = /^(?:admins?|administrators?|staff|internal|backoffice|superusers?|seeds?)$/;
const RIGHTS =
  /^(?:true|1|yes|(?:site|super|system)?_?(?:admin(?:istrator)?|user)|root|staff|owner|moderator|manager|editor|teacher)s?$/i;
const REFUSES =
  /^(?:PermissionDenied|PermissionError|Forbidden\w*|HttpResponseForbidden|forbidden|unauthorized|Unauthorized\w*)$/;

export default rule({
  id: "role-from-request",
  title: "Role that the sender of a request chooses",
  category: "access",
  severity: "high",
  cwe: [269, 807],
  owasp: ["A01:2021", "A01:2025"],
  flow: { from: ["remote"], to: "fields", accept: stored },
  items: {
    every: true,
    check: (_calls, code) => (isElsewhere(code) ? [] : decisions(code)),
  },
  say: ({ facts }) =>
    facts?.field === undefined
      ? {
          what: "Whether this is allowed is decided by a role that the request itself names.",
          why: `Anybody sends ${facts?.header === true ? "that header or cookie" : '"role": "admin"'} along and is let through.`,
          fix: "Take the role from the session, the token or the database row of who is signed in.",
        }
      : {
          what: `The request says which "${String(facts.field)}" the stored account has.`,
          why: `A sender adds "${String(facts.field)}" to the body and has the rights of an administrator from then on.`,
          fix: "Set the role in the code or by the default of the model, and let only administrators change it.",
        },
  fixes: (match, code) =>
    match.facts?.field === undefined ? ofDecision(match, code) : ofStored(match, code),
});

function isElsewhere(code: Code): boolean {
  return isTest(code.file) || isSample(code.file) || isBrowser(code);
}

function stored(hit: Hit, context: Context): Partial<Match> | undefined {
  const code = context.code(hit.site.item);
  if (code === undefined || isElsewhere(code)) return undefined;
  const call = code.op(hit.site.op);
  const field = String(hit.row.data?.field);
  if (call.op !== "call" || !isWritten(code, call, hit.arg, field)) return undefined;
  if (hit.row.data?.widely === true && !isSomebody(code, call.callee)) return undefined;
  if (isOfAdministrators(hit, context)) return undefined;
  const from = context.code(/^source:([^|]+)\|/.exec(hit.label)?.[1] ?? hit.site.item) ?? code;
  const before = [from, code].flatMap((one) => [nameOf(one), one.file, ...registeredWith(one)]);
  if (before.some((name) => words(name).some((word) => PRIVILEGED.test(word)))) return undefined;
  if (asksAboutRights(from) || asksAboutRights(code)) return undefined;
  // Whoever has an account may be allowed to give others theirs; who has none may not.
  return before.some((name) => REGISTERS.test(words(name).join("_")) || REGISTERS.test(name))
    ? { facts: { field } }
    : { confidence: "low", facts: { field } };
}

/** The field is named in the call: what comes as a whole is the fault of mass-assignment. */
function isWritten(
  code: Code,
  call: Op & { readonly op: "call" },
  arg: ValueId,
  field: string,
): boolean {
  return call.args.some((one) => one.name === field) || entryOf(code, arg, field) !== undefined;
}
function entryOf(
  code: Code,
  id: ValueId,
  field: string,
  depth = 0,
): (Op & { readonly op: "record" }) | undefined {
  const op = id < 0 ? undefined : code.op(single(code, id));
  if (op?.op === "sequence") {
    for (const { value } of op.elements) {
      const found = depth > 3 ? undefined : entryOf(code, value, field, depth + 1);
      if (found !== undefined) return found;
    }
  }
  if (op?.op !== "record" || depth > 3) return undefined;
  for (const { key, value } of op.entries) {
    if (key === field) return op;
    if (typeof key !== "string" || !/^(?:data|create|update|\$set)$/.test(key)) continue;
    const found = entryOf(code, value, field, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `prisma.user.create`, `User.objects.create`, `db.from("users").insert` */
function isSomebody(code: Code, callee: ValueId): boolean {
  for (let at = callee, depth = 0; depth < 8; depth++) {
    const op = code.op(single(code, at));
    const names =
      op.op === "member" || op.op === "free"
        ? [op.name]
        : op.op === "import"
          ? [op.name ?? ""]
          : op.op === "class"
            ? [code.ir.slots[(code.op(at) as { slot?: number }).slot ?? -1] ?? ""]
            : [];
    const plain = code.op(at);
    if (plain.op === "load") names.push(code.ir.slots[plain.slot] ?? "");
    if (op.op === "call")
      for (const { value } of op.args) {
        const given = code.op(value);
        if (given.op === "const" && typeof given.value === "string") names.push(given.value);
        else if (given.op === "free") names.push(given.name);
        else if (given.op === "load") names.push(code.ir.slots[given.slot] ?? "");
      }
    if (names.some((name) => words(name).some((word) => SOMEBODY.test(word)))) return true;
    if (op.op === "member") at = op.object;
    else if (op.op === "call") at = op.callee;
    else return false;
  }
  return false;
}

/** `if (req.body.role !== "admin") return 403` */
function decisions(code: Code): readonly Match[] {
  const { blocks, ops } = code.ir;
  const refusing = new Set<number>();
  blocks.forEach((block, at) => {
    if (block.ops.some((id) => refuses(code, ops[id] as Op))) refusing.add(at);
  });
  if (refusing.size === 0) return [];
  const before = new Map<number, number[]>();
  blocks.forEach(({ end }, at) => {
    const to = end.kind === "jump" ? [end.to] : end.kind === "branch" ? [end.then, end.else] : [];
    for (const one of to) before.set(one, [...(before.get(one) ?? []), at]);
  });
  const out = new Map<ValueId, Match>();
  for (const block of refusing) {
    let at = block;
    for (const seen = new Set<number>(); !seen.has(at); ) {
      seen.add(at);
      const [only, ...more] = before.get(at) ?? [];
      if (only === undefined || more.length > 0 || blocks[only]?.end.kind !== "jump") break;
      at = only;
    }
    for (const one of before.get(at) ?? []) {
      const end = blocks[one]?.end;
      if (end?.kind !== "branch") continue;
      const found = claim(code, end.condition, end.then === at);
      if (found === undefined) continue;
      out.set(found.id, {
        item: code.item,
        op: found.id,
        span: code.op(found.id).span,
        confidence: found.kind === "header" ? "medium" : "high",
        facts: { header: found.kind === "header" },
      });
    }
  }
  return [...out.values()];
}

function refuses(code: Code, op: Op): boolean {
  if (op.op === "const") return op.value === 401 || op.value === 403;
  if (op.op !== "call") return false;
  const callee = code.op(op.callee);
  return (callee.op === "free" || callee.op === "member") && REFUSES.test(callee.name);
}

interface Claim {
  /** The value that the request gives. */
  readonly id: ValueId;
  readonly kind: "sent" | "header";
}
/** On this side of the condition the request does not claim the rights. */
function claim(code: Code, id: ValueId, taken: boolean): Claim | undefined {
  const op = code.op(id);
  if (op.op === "unary" && op.operator === "not") return claim(code, op.operand, !taken);
  if (op.op === "compare") {
    const negated = /^(?:!=|not in)$/.test(op.operator);
    if (!negated && op.operator !== "==" && op.operator !== "in") return undefined;
    if (negated !== taken) return undefined;
    for (const [value, other] of [
      [op.left, op.right],
      [op.right, op.left],
    ] as const)
      if (isRights(code, other)) {
        const kind = claimedRole(code, value);
        if (kind !== undefined) return { id: value, kind };
      }
    return undefined;
  }
  if (taken) return undefined;
  const kind = claimedRole(code, id);
  return kind === undefined ? undefined : { id, kind };
}
function isRights(code: Code, id: ValueId): boolean {
  const op = code.op(single(code, id));
  if (op.op === "sequence")
    return op.elements.length > 0 && op.elements.every(({ value }) => isRights(code, value));
  return op.op === "const" && RIGHTS.test(String(op.value));
}

function ofDecision(match: Match, code: Code): readonly Fix[] {
  const { start, end } = code.absolute(match.span);
  const newText = code.language === "python" ? "None" : "undefined";
  return [
    {
      title: "Refuse all until the role comes from the session",
      grade: "placeholder",
      edits: [{ file: code.file, edits: [{ start, end, newText }] }],
    },
  ];
}

function ofStored(match: Match, code: Code): readonly Fix[] {
  const title = "Leave the role to the model's default";
  const field = String(match.facts?.field);
  const call = match.op === undefined ? undefined : code.op(match.op);
  if (call?.op === "call" && match.hit !== undefined) {
    const keyword = call.args.find((one) => one.name === field);
    const record = entryOf(code, match.hit.arg, field);
    const edit =
      keyword !== undefined
        ? removeArgument(code, call, keyword)
        : record === undefined
          ? undefined
          : removeEntry(code, record, field);
    if (edit !== undefined)
      return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
  }
  return [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Take the field out of what is stored. No edit is offered: it is not written in this place.",
    },
  ];
}
