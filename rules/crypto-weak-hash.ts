/** MD5 or SHA-1 where security hangs on it. The call says nothing: a checksum is made the same way. What goes in and what becomes of it does. */
import { type Turn, turnsOf } from "../server/rule/becomes.ts";
import {
  type Digest,
  digestOf,
  hashedBy,
  keyOf,
  type Piece,
  piecesOf,
  tellsApart,
} from "../server/rule/digest.ts";
import { quoted } from "../server/rule/fix/arguments.ts";
import { keyedFix } from "../server/rule/fix/keyed-digest.ts";
import { constantOf, given } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Fix,
  type Match,
  type Observation,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { secretName, words } from "../server/rule/secret-names.ts";
import { madeFrom } from "../server/rule/slice.ts";

/** Whoever knows a person, or looks at a clock, knows or guesses these. */
const GUESSABLE =
  /^(?:email|mail|user|username|login|account|name|uid|id|ids|time|timestamp|now|date|datetime|ip|phone|host|hostname|address|agent|created|updated|expires|expiry|getTime|pid)$/;
const CLOCK =
  /^(?:time|time_ns|now|utcnow|today|timestamp|isoformat|strftime|getTime|toISOString|Date|getpid|getPid|hostname|gethostname)$/;
/** A hash of the secret is kept in its place. */
const HASHES =
  /^(?:hash|hashed|digest|encrypt|encode|mask|obfuscate|fingerprint|sha|md|check|verify|compare|validate)$/;

export default rule({
  id: "crypto-weak-hash",
  title: "MD5 or SHA-1 where security hangs on it",
  category: "cryptography",
  severity: "medium",
  cwe: [327, 328],
  owasp: ["A02:2021", "A04:2025"],
  items: {
    watch: RANDOM(),
    sinks: ["digest"],
    check(calls, code) {
      if (isTest(code.file)) return [];
      return calls.flatMap((call) => {
        const digest = digestOf(call);
        if (digest === undefined || !digest.isWeak) return [];
        if (constantOf(given(call, digest.data.harmless)) === false) return [];
        const found = useOf(digest, calls, code);
        return found === undefined ? [] : [matchOf(digest, found)];
      });
    },
  },
  say: ({ facts }) => {
    const hash = String(facts?.hash);
    switch (facts?.use) {
      case "signs":
        return {
          what: `What is signed here is its ${hash}${facts.checks === true ? ", and signatures of that kind are accepted" : ""}.`,
          why: `Two different texts with the same ${hash} can be made: one is signed, and the signature is good for the other one.`,
          fix: "Sign with SHA-256, and accept nothing weaker.",
        };
      case "keyed":
        return {
          what: `${String(facts.name)} proves who wrote the data, and is ${hash} of ${String(facts.secret)} and the data.`,
          why: "Who sees one pair appends to the data and computes the new value without the secret, and tries out secrets, billions in a second.",
          fix: "Use HMAC with SHA-256: hmac.new(secret, data, hashlib.sha256), createHmac in Node.",
        };
      default:
        return {
          what: `${String(facts?.name)} is the ${hash} of what others know or guess.`,
          why: `An attacker hashes the same (${String(facts?.of)}), some billions of guesses in a second, and has the one of somebody else.`,
          fix: "Make it by chance, another hash does not help: secrets.token_urlsafe(32), randomBytes(32) in Node.",
        };
    }
  },
  fixes: (match, code) => fixes(match, code),
});

/** Generators: what they give is not known to others, or is the business of another rule. */
function RANDOM(): readonly string[] {
  return [
    "random.{random,randint,randrange,choice,choices,sample,getrandbits,randbytes,uniform,SystemRandom}",
    "uuid.{uuid1,uuid4,v1,v4,v6,v7}",
    "secrets.{token_bytes,token_hex,token_urlsafe,randbits,choice}",
    "os.urandom",
    "globalThis.Math.random",
    "globalThis.crypto.{randomUUID,getRandomValues}",
    "crypto.{randomBytes,randomUUID,randomInt,getRandomValues}",
  ];
}

interface Use {
  readonly use: "signs" | "keyed" | "token";
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly checks?: boolean;
}

function useOf(digest: Digest, calls: readonly Observation[], code: Code): Use | undefined {
  const { call, data } = digest;
  if (data.signs === true)
    return { use: "signs", facts: { checks: data.checks === true }, checks: data.checks === true };
  const turns = turnsOf(code, call.site.op, { picked: false, text: false });
  const signing = turns.find((turn) => isGivenTo(turn, /^(?:sign|verify)$/));
  if (signing !== undefined) {
    const checks = isGivenTo(signing, /^verify$/);
    return { use: "signs", facts: { checks }, checks };
  }
  if (data.made === true || data.password !== undefined) return undefined;
  if (turns.some((turn) => turn.isKey !== true && turn.name !== undefined && tellsApart(turn.name)))
    return undefined;
  const inputs = hashedBy(digest, code);
  const pieces = piecesOf(code, inputs);
  return keyed(digest, turns, inputs, code) ?? token(turns, inputs, pieces, calls, code);
}
/** It is an argument of a method of this name. */
function isGivenTo({ call, code }: Turn, name: RegExp): boolean {
  const op = call === undefined ? undefined : code.op(call.op);
  const callee = op?.op === "call" ? code.op(op.callee) : undefined;
  return callee?.op === "member" && name.test(callee.name);
}
/** A secret and data in one hash, to see later whether the data is still what it was. */
function keyed(
  digest: Digest,
  turns: readonly Turn[],
  inputs: readonly ValueId[],
  code: Code,
): Use | undefined {
  const secret = keyOf(digest, code);
  if (secret === undefined || turns.some((turn) => turn.isKey)) return undefined;
  const named = turns.find((turn) => turn.name !== undefined)?.name;
  if (named === undefined && !turns.some((turn) => turn.compared !== undefined)) return undefined;
  return {
    use: "keyed",
    facts: {
      name: named === undefined ? "The value compared here" : `"${named}"`,
      secret: `"${secret.name}"`,
      key: secret.id,
      inputs: inputs.join(","),
    },
  };
}

/** What lets somebody in is the hash of what others know. */
function token(
  turns: readonly Turn[],
  inputs: readonly ValueId[],
  pieces: readonly Piece[],
  calls: readonly Observation[],
  code: Code,
): Use | undefined {
  const turn = turns.find((one) => {
    if (one.name === undefined || words(one.name).some((word) => HASHES.test(word))) return false;
    const name = secretName(one.name);
    return (
      name?.exact === true &&
      (name.kind === "secret" ||
        name.kind === "code" ||
        (name.kind === "identifier" && turns.some((t) => t.isKey)))
    );
  });
  if (turn?.name === undefined) return undefined;
  const made = new Set(inputs.flatMap((id) => madeFrom(code, id)));
  if (calls.some((c) => made.has(code.op(c.site.op)) && c.sinks.length === 0)) return undefined;
  const known = pieces.filter((p) => p.kind !== "const");
  const guessed = (p: Piece): boolean =>
    p.kind === "call"
      ? CLOCK.test(p.name)
      : p.kind === "name" &&
        words(p.name).some((word) => GUESSABLE.test(word)) &&
        secretName(p.name) === undefined;
  if (known.length === 0 || !known.every(guessed)) return undefined;
  const of = [...new Set(known.map((p) => p.name))].slice(0, 3).join(", ");
  return { use: "token", facts: { name: `"${turn.name}"`, of } };
}

function matchOf({ call, hash, data }: Digest, { use, facts, checks }: Use): Match {
  return {
    item: call.site.item,
    span: call.site.span,
    op: call.site.op,
    call,
    severity: checks === true ? "low" : "medium",
    confidence: call.guessed ? "low" : data.signs === true ? "high" : "medium",
    facts: { hash, use, ...facts },
  };
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const manual = (title: string, reason: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason },
  ];
  const op = code.op(match.op ?? 0);
  const use = match.facts?.use;
  if (use === "keyed")
    return (
      keyedFix(match, code) ??
      manual(
        "Use HMAC with SHA-256",
        "Make it with HMAC and SHA-256, here and where it is checked. No edit is offered: the secret and the data are not put together here in a form that can be taken apart.",
      )
    );
  if (use === "signs") {
    const title = "Use SHA-256";
    const reason =
      "Use SHA-256, here and wherever these signatures are checked. No edit is offered: the name of the hash is not written here.";
    if (op.op !== "call" || match.call === undefined) return manual(title, reason);
    const callee = code.op(op.callee);
    const at = code.absolute(callee.span);
    if (callee.op === "member" && /^(?:MD5|SHA1)$/.test(callee.name))
      return suggested(title, code, {
        start: at.end - callee.name.length,
        end: at.end,
        newText: "SHA256",
      });
    const name = op.args[0] === undefined ? undefined : code.op(op.args[0].value);
    if (name?.op === "const" && typeof name.value === "string") {
      const newText = quoted(code, /^RSA-/.test(name.value) ? "RSA-SHA256" : "SHA256");
      return suggested(title, code, { ...code.absolute(name.span), newText });
    }
    return manual(title, reason);
  }
  return manual(
    "Make it by chance",
    code.language === "python"
      ? "Use secrets.token_urlsafe(32) and keep what it gave. No edit is offered: whoever computes the value again, to compare it, must look it up instead."
      : 'Use randomBytes(32).toString("base64url") and keep what it gave. No edit is offered: whoever computes the value again, to compare it, must look it up instead.',
  );
}
function suggested(
  title: string,
  code: Code,
  edit: { start: number; end: number; newText: string },
): readonly Fix[] {
  return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
}
