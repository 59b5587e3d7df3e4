/** Passwords that are kept so that who gets the table has them: as they are, or by a hash that is made to be fast. */

import { turnsOf } from "../server/rule/becomes.ts";
import { type Digest, digestOf, hashedBy, piecesOf, tellsApart } from "../server/rule/digest.ts";
import { keysOf } from "../server/rule/lookups.ts";
import { mentioning } from "../server/rule/mentions.ts";
import {
  isKeptPassword,
  isPassword,
  isPlainPassword,
  isTypedPassword,
} from "../server/rule/passwords.ts";
import { isBrowser, isTest } from "../server/rule/place.ts";
import {
  type Alt,
  type Code,
  type Match,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { sqlTokens } from "../server/rule/sql-statements.ts";
import { bare, rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "password-weak-hash",
  title: "Password kept by a fast hash, or as it is",
  category: "cryptography",
  severity: "high",
  cwe: [916, 256],
  owasp: ["A02:2021", "A04:2025"],
  items: {
    every: true,
    watch: ["{hmac,secrets}.compare_digest", "crypto.timingSafeEqual"],
    sinks: ["digest", "lookup", "sql"],
    check(calls, code) {
      if (!saysPassword(code) || isTest(code.file)) return [];
      return [
        ...calls.flatMap((call) => hashed(call, calls, code)),
        ...calls.flatMap((call) => askedFor(call, code)),
        ...compared(calls, code),
      ];
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.hash === undefined
        ? "The password is compared as it is: it is kept where everybody who sees the table can read it."
        : facts.text === true
          ? `This keeps passwords as ${String(facts.hash)}, which is made to be fast.`
          : `The password is hashed with ${String(facts.hash)}, which is made to be fast.`,
    why:
      facts?.hash === undefined
        ? "A dump, a backup or one injection gives away all passwords, which people use elsewhere, too."
        : "Who gets the table tries some billion passwords in a second, and has most of them in days, which people use elsewhere, too.",
    fix: "Keep what argon2, bcrypt or scrypt make of it, and compare with their own function (verify, checkpw, compare).",
  }),
  fixes: ({ facts }) => [
    {
      title: "Use a hash for passwords",
      grade: "manual",
      edits: [],
      reason:
        facts?.hash === undefined
          ? "Keep argon2's or bcrypt's hash in place of the password, find the account by its name only, and compare with verify or compare. No edit is offered: the passwords that are kept must be hashed at the same time."
          : "Hash with argon2 or bcrypt, and compare with verify or compare. No edit is offered: the hashes that are kept must still be accepted once, and be replaced when their owner logs in.",
    },
  ],
});

/** Each name that counts as one has this in it. */
const saysPassword = mentioning(/pass|pw/i);

function matchOf(
  call: { readonly item: string; readonly op: ValueId; readonly span: Match["span"] },
  code: Code,
  facts: Match["facts"],
): Match {
  // A page's scripts keep nothing: what they hash is sent on.
  return {
    ...call,
    confidence: isBrowser(code) ? "low" : "medium",
    ...(facts === undefined ? {} : { facts }),
  };
}

/** A fast hash of a password. */
function hashed(call: Observation, calls: readonly Observation[], code: Code): readonly Match[] {
  const digest = digestOf(call);
  if (digest === undefined || digest.data.signs === true || digest.data.made === true) return [];
  const facts = { hash: digest.hash };
  if (digest.data.password !== undefined)
    return [matchOf(call.site, code, { ...facts, text: true })];
  const pieces = piecesOf(code, hashedBy(digest, code));
  const names = pieces.filter((p) => p.kind === "name").map((p) => p.name);
  // HTTP Digest prescribes MD5 of name, realm and password.
  if (!names.some(isPassword) || names.some((name) => words(name).includes("realm"))) return [];
  return isHarmless(digest, names, calls, code) ? [] : [matchOf(call.site, code, facts)];
}
function isHarmless(
  { call }: Digest,
  names: readonly string[],
  calls: readonly Observation[],
  code: Code,
): boolean {
  const turns = turnsOf(code, call.site.op, { picked: false, text: false });
  const isKeptFor = (name: string): boolean =>
    isForVisit(name) ||
    (tellsApart(name) && !(isAlone(name) && names.every((one) => isPassword(one))));
  // `verifySessionHash(salt, hash)`
  if (isForVisit(code.ir.name)) return true;
  if (turns.some((turn) => turn.name !== undefined && isKeptFor(turn.name))) return true;
  // `bcrypt.hash(sha256(password))`: it is only made shorter.
  const slow = (op: ValueId): boolean =>
    calls.some((c) => c.site.op === op && rowData(c, "digest")?.slow === true);
  if (
    turns.some(
      (turn) => turn.call !== undefined && turn.code.item === code.item && slow(turn.call.op),
    )
  )
    return true;
  return isShortened(code, call.site.op);
}
/** `session.token = sha256(password + salt)`: what a visitor carries, of which no table is kept. */
function isForVisit(name: string): boolean {
  const all = words(name);
  return !isPassword(name) && all.some((word) => /^(?:tokens?|sessions?|cookies?)$/.test(word));
}
/** `key = sha256(password)`: what something is encrypted with. */
function isAlone(name: string): boolean {
  return words(name).every((word) =>
    /^(?:keys?|secret|encryption|aes|derived|master|private|cipher|derive|get|make)$/.test(word),
  );
}
/** The first five letters: asked of a list of passwords that are known, which learns no more. */
function isShortened(code: Code, made: ValueId): boolean {
  const op = code.op(made);
  const comesFrom = (id: ValueId): boolean => madeFrom(code, id).includes(op);
  return code.ir.ops.some((o) => {
    if (o.op === "slice") return o.to === 5 && comesFrom(o.object);
    if (o.op !== "call") return false;
    const callee = code.op(o.callee);
    return (
      callee.op === "member" &&
      /^(?:slice|substring|substr)$/.test(callee.name) &&
      isConst(code, o.args[0]?.value, 0) &&
      isConst(code, o.args[1]?.value, 5) &&
      comesFrom(callee.object)
    );
  });
}
function isConst(code: Code, id: ValueId | undefined, value: number): boolean {
  const op = id === undefined ? undefined : code.op(id);
  return op?.op === "const" && op.value === value;
}

/** An account is asked for by its name and its password. */
function askedFor(call: Observation, code: Code): readonly Match[] {
  const lookup = rowData(call, "lookup");
  const isFound =
    lookup !== undefined
      ? lookup.makes !== true && hasPlainKey(call, code)
      : call.sinks.some((s) => s.kind === "sql") && hasPlainParameter(call, code);
  return isFound ? [matchOf(call.site, code, undefined)] : [];
}
function hasPlainKey(call: Observation, code: Code): boolean {
  if (
    call.args.some((a) => a.name !== undefined && isPassword(a.name) && isPlainPassword(code, a.op))
  )
    return true;
  const [first, second] = call.args;
  if (first === undefined) return false;
  const op = bare(code, first.op);
  if (op.op === "const" && second !== undefined)
    return typeof op.value === "string" && isPassword(op.value) && isPlainPassword(code, second.op);
  if (op.op !== "record") return false;
  const where = op.entries.find((e) => e.key === "where");
  const filter = where === undefined ? op : bare(code, where.value);
  return isPlainFilter(code, filter);
}
function isPlainFilter(code: Code, filter: Op): boolean {
  return (
    filter.op === "record" &&
    keysOf(filter).some(isPassword) &&
    filter.entries.some(
      (e) => typeof e.key === "string" && isPassword(e.key) && isPlainPassword(code, e.value),
    )
  );
}

/** `... WHERE name = ? AND password = ?`, and the password among the values or in the text itself. */
function hasPlainParameter(call: Observation, code: Code): boolean {
  const texts = call.args.flatMap((a) => a.value.alts?.map(sqlOf) ?? []);
  if (!texts.some(asksForPassword)) return false;
  return call.args.some((a) => {
    const op = bare(code, a.op);
    const inside =
      op.op === "sequence"
        ? op.elements.map((e) => e.value)
        : op.op === "record"
          ? op.entries.map((e) => e.value)
          : [a.op];
    return inside.some((id) => isPlainPassword(code, id));
  });
}
/** The text, with a mark for what is not known. */
function sqlOf(alt: Alt): string {
  if ("const" in alt) return typeof alt.const === "string" ? alt.const : "";
  return alt.parts.map((part) => part.text ?? "?").join("");
}
function asksForPassword(sql: string): boolean {
  if (!/pass|pw/i.test(sql)) return false;
  const tokens = sqlTokens(sql);
  const where = tokens.findIndex((t) => t.kind === "word" && t.value === "where");
  return (
    where >= 0 &&
    tokens.some((t, i) => {
      const next = tokens[i + 2];
      return (
        i > where &&
        (t.kind === "word" || t.kind === "name") &&
        isPassword(t.value) &&
        tokens[i + 1]?.value === "=" &&
        (next?.kind === "sign"
          ? /^[?%$:@]$/.test(next.value)
          : next?.kind === "text" && next.value === "?")
      );
    })
  );
}

/** `user.password == password` */
function compared(calls: readonly Observation[], code: Code): readonly Match[] {
  const isPlain = (a: ValueId, b: ValueId): boolean =>
    isKeptPassword(code, a) && isTypedPassword(code, b);
  const own: Match[] = [];
  for (const [id, op] of code.ir.ops.entries())
    if (
      op.op === "compare" &&
      /^[=!]=$/.test(op.operator) &&
      (isPlain(op.left, op.right) || isPlain(op.right, op.left))
    )
      own.push(matchOf({ item: code.item, op: id as ValueId, span: op.span }, code, undefined));
  const told = calls.flatMap((call): readonly Match[] => {
    if (!call.paths.some((path) => /compare_digest|timingSafeEqual/.test(path))) return [];
    const [left, right] = call.args.map((a) => converted(code, a.op));
    if (left === undefined || right === undefined) return [];
    return isPlain(left, right) || isPlain(right, left)
      ? [matchOf(call.site, code, undefined)]
      : [];
  });
  return [...own, ...told];
}
/** `Buffer.from(x)`, `x.encode()` */
function converted(code: Code, id: ValueId): ValueId {
  const op = code.op(id);
  if (op.op !== "call") return id;
  const callee = code.op(op.callee);
  if (callee.op !== "member") return id;
  if (callee.name === "encode" && op.args.length === 0) return callee.object;
  const first = op.args[0];
  return callee.name === "from" && first !== undefined ? first.value : id;
}
