/** Encryption that shows what it should hide: broken ciphers, the mode ECB, starting values that never change. */

import { constantBytes } from "../server/rule/constant-bytes.ts";
import { constantOf, given, written } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Match,
  type Observation,
  rule,
  type Severity,
  type Value,
  type ValueId,
} from "../server/rule/rule.ts";
import { single } from "../server/rule/stores.ts";
import { type Data, rowData, spanOf } from "../server/rule/tokens.ts";
import { sameAs } from "../server/rule/uses.ts";

export default rule({
  id: "crypto-weak-cipher",
  title: "Encryption that shows what it should hide",
  category: "cryptography",
  severity: "high",
  cwe: [327, 329],
  owasp: ["A02:2021", "A04:2025"],
  calls: {
    sinks: ["cipher"],
    check(call, context) {
      const data = rowData(call, "cipher");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isTest(code.file)) return undefined;
      if (data.encrypts !== true && onlyDecrypts(code, call.site.op)) return undefined;
      return faultOf(call, data, code, context);
    },
  },
  say: ({ facts }) => {
    switch (facts?.fault) {
      case "password":
        return {
          what: "createCipher makes the key from a text by one round of MD5, without a salt, and always the same starting value.",
          why: "Who has what was encrypted tries billions of passwords in a second, and equal texts look equal.",
          fix: `Make the key with scrypt and a random salt, and use createCipheriv("aes-256-gcm", key, randomBytes(12)).`,
        };
      case "cipher":
        return {
          what: `${String(facts.name)} should be used no more.`,
          why: String(facts.why),
          fix: "Use AES-GCM or ChaCha20-Poly1305, with a new random nonce for each text.",
        };
      case "ecb":
        return {
          what: "The mode ECB encrypts each block of 16 bytes for itself.",
          why: "Equal blocks stay equal: what a text looks like shows through, and blocks can be exchanged, repeated and left out unseen.",
          fix: "Use AES-GCM with a new random nonce for each text.",
        };
      default:
        return {
          what: `The ${facts?.all === true ? "nonce" : "starting value"} of this encryption is ${String(facts?.how)}, so it is the same each time.`,
          why:
            facts?.all === true
              ? "Two texts under one nonce give away both, and with GCM the key that protects them from being changed."
              : "Texts that begin alike look alike, and who can have texts of his own encrypted finds out the beginnings of others.",
          fix: "Make a new one for each text (os.urandom, crypto.randomBytes), and keep it in front of what was encrypted.",
        };
    }
  },
  fixes: ({ facts }) => [
    {
      title:
        facts?.fault === "iv"
          ? "Make a new starting value for each text"
          : "Use AES-GCM with a random nonce",
      grade: "manual",
      edits: [],
      reason:
        facts?.fault === "iv"
          ? "Make it by chance, write it in front of what was encrypted, and read it from there to decrypt. No edit is offered: what is encrypted already could no longer be read."
          : "Encrypt with AES-GCM and a random nonce, kept in front of the result, and decrypt the same way. No edit is offered: what is encrypted already could no longer be read.",
    },
  ],
});

interface Fault {
  readonly fault: "password" | "cipher" | "ecb" | "iv";
  readonly severity: Severity;
  readonly facts?: Readonly<Record<string, string | boolean>>;
  /** Where it is written. */
  readonly at?: string;
}

function faultOf(call: Observation, data: Data, code: Code, context: Context): Match | undefined {
  const found =
    data.password === true
      ? ({ fault: "password", severity: "high" } as const)
      : (cipherFault(call, data) ?? startFault(call, data, code, context));
  if (found === undefined) return undefined;
  return {
    item: call.site.item,
    op: call.site.op,
    call,
    span: found.at === undefined ? call.site.span : spanOf(call, code, given(call, found.at)),
    severity: found.severity,
    confidence: call.guessed ? "medium" : "high",
    facts: { fault: found.fault, ...found.facts },
  };
}

const WEAK: readonly (readonly [RegExp, string, Severity])[] = [
  [/^(?:des3|des-ede3?|3des|tripledes)(?:-|$)/, "A cipher with blocks of 64 bits", "medium"],
  [/^(?:bf|blowfish|cast5?|idea|rc2)(?:-|$)/, "A cipher with blocks of 64 bits", "medium"],
  [/^desx?(?:-|$)/, "DES", "high"],
  [/^(?:rc4|arc4|arcfour)(?:-|$)/, "RC4", "high"],
];
const WHY: Readonly<Record<string, string>> = {
  DES: "Its keys have 56 bits: all of them are tried in a day on rented machines.",
  RC4: "Its first bytes are not random: parts of texts can be computed, and any of them can be changed unseen.",
  RC2: "Its keys and blocks are short: texts can be computed from enough of them.",
  "A cipher with blocks of 64 bits":
    "After some gigabytes under one key two blocks are the same, and tell what was in them (Sweet32).",
};

/** The algorithm, or ECB. */
function cipherFault(call: Observation, data: Data): Fault | undefined {
  const name =
    data.named === undefined
      ? undefined
      : String(constantOf(given(call, data.named)) ?? "").toLowerCase();
  const weak =
    data.weak === true
      ? ([undefined, String(data.cipher), (data.severity ?? "high") as Severity] as const)
      : WEAK.find(([pattern]) => name !== undefined && pattern.test(name));
  if (weak !== undefined)
    return {
      fault: "cipher",
      severity: weak[2],
      facts: { name: weak[1], why: WHY[weak[1]] ?? "" },
      ...(data.named === undefined ? {} : { at: String(data.named) }),
    };
  if (data.mode === "ECB") return { fault: "ecb", severity: "high" };
  if (name !== undefined && /-ecb$/.test(name))
    return { fault: "ecb", severity: "high", at: String(data.named) };
  const mode = given(call, data.modeAt);
  return mode.kind === "given" && modeOf(mode.value) === "ECB"
    ? { fault: "ecb", severity: "high", at: String(data.modeAt) }
    : undefined;
}
/** `AES.MODE_GCM`, `CryptoJS.mode.CTR`: a constant of the library, by its name. */
function modeOf({ refs }: Value): string | undefined {
  const names = refs.map((ref) => /^lib:.*[._]([A-Z0-9]+)$/.exec(ref)?.[1]);
  return names.length > 0 && names.every((name) => name === names[0]) ? names[0] : undefined;
}

/** The starting value is a constant, or a piece of the key. */
function startFault(
  call: Observation,
  data: Data,
  code: Code,
  context: Context,
): Fault | undefined {
  const iv = given(call, data.iv);
  const place = iv.kind === "given" ? written(code, iv, context) : undefined;
  if (place === undefined) return undefined;
  const how =
    constantBytes(place, context) ??
    (isOfKey(call, data, code, place) ? "a piece of the key" : undefined);
  if (how === undefined) return undefined;
  const name = String(constantOf(given(call, data.named)) ?? "").toLowerCase();
  const mode = given(call, data.modeAt);
  const known = mode.kind === "given" ? (modeOf(mode.value) ?? "") : name;
  const all = data.repeats === "all" || /gcm|ctr|ccm|ocb|ofb|chacha/i.test(known);
  return {
    fault: "iv",
    severity: all ? "high" : "medium",
    facts: { how, all },
    at: String(data.iv),
  };
}
/** `key[:16]`, `key.slice(0, 16)` */
function isOfKey(
  call: Observation,
  data: Data,
  code: Code,
  { code: where, op }: { readonly code: Code; readonly op: ReturnType<Code["op"]> },
): boolean {
  const key = given(call, data.key);
  if (key.kind !== "given" || where.item !== code.item) return false;
  const whole = op.op === "slice" ? op.object : sliced(code, op);
  return whole !== undefined && sameAs(code, single(code, key.argument.op)).has(whole);
}
function sliced(code: Code, op: ReturnType<Code["op"]>): ValueId | undefined {
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  return callee.op === "member" && /^(?:slice|subarray|substring|substr)$/.test(callee.name)
    ? callee.object
    : undefined;
}

/** What others have encrypted is read: there is no choice. */
function onlyDecrypts(code: Code, made: ValueId): boolean {
  const names = new Set<string>();
  const todo = [made];
  const seen = new Set<ValueId>();
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const same = sameAs(code, at);
    for (const [id, op] of code.ir.ops.entries()) {
      if (op.op === "member" && same.has(op.object)) names.add(op.name);
      // `Cipher(algorithm, mode)`
      if (op.op === "call" && op.args.some((a) => same.has(a.value))) todo.push(id);
    }
  }
  const all = [...names];
  return all.some((name) => /^decrypt/.test(name)) && !all.some((name) => /^encrypt/.test(name));
}
