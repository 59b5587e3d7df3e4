/** A password or key of no known form that is written in the code: its name is a hint, its value or its use decides. */

import { credentialIn, isUsualPassword } from "../server/rule/credentials.ts";
import { environmentAdvice, environmentFix } from "../server/rule/fix/environment.ts";
import { isExcused } from "../server/rule/literal-key.ts";
import { type Named, namedValues } from "../server/rule/named-values.ts";
import { isBrowser } from "../server/rule/place.ts";
import { rule } from "../server/rule/rule.ts";
import { isSeen, PUBLIC_PREFIX, secretName, words } from "../server/rule/secret-names.ts";
import { isPassword, isRandom, isWords } from "../server/rule/secret-value.ts";

const PASSWORD = /^(?:password|passwd|passphrase|pwd|passcode|pass)\d*$/;
/** What is said beside a password where somebody signs in with it. */
const SIGNS_IN =
  /^(?:host|hostname|server|user|username|user_?name|login|account|email|database|dbname|db|port|url|uri|dsn|endpoint|address|client_?id)$/i;
/** The name says that it is none, or that it is made up. */
const NONE =
  /^(?:test|tests|testing|example|examples|dummy|fake|mock|mocked|sample|placeholder|invalid|wrong|bad|expected|expect|demo|regex|pattern|hash|hashed|encrypted|encoded|masked|redacted|public|env|var|variable|prefix|header|cookie|label|name|grant|type|kind|scope|role|algorithm|hint|prompt|error|warning|message)$/;
/** The value says that it is made up. */
const MADE_UP =
  /example|sample|dummy|fake|your|xxxx|test|placeholder|change.?(?:me|this|it)|redacted|insert|replace|todo|secret.?key|my.?secret|foobar|123456|abcdef|0000|none$/i;

/** Forms of keys that are made to be seen: of Google's, those of Firebase and Maps look like all. */
const SEEN_FORM = /^(?:AIza|pk_(?:live|test)_|pk\.eyJ|sb_publishable_)/;

export default rule({
  id: "secret-generic-assignment",
  title: "Password or key written in the code",
  category: "secrets",
  severity: "medium",
  cwe: [798, 259],
  owasp: ["A07:2021", "A07:2025"],
  after: [
    "secret-hardcoded",
    "secret-fallback-default",
    "jwt-weak-secret",
    "session-secret-hardcoded",
  ],
  code: {
    may: /passw|passphrase|passcode|\bpass\b|pwd|secret|token|api_?-?key|(?:private|signing|encryption|access|master|auth|shared|jwt|hmac)_?-?key/i,
    check(code) {
      const found = new Map<number, Named>();
      for (const one of namedValues(code)) {
        const op = code.op(one.id);
        if (op.op !== "const" || typeof op.value !== "string" || found.has(one.id)) continue;
        if (isSecret(one, op.value) && !isExcused(code, one.id)) found.set(one.id, one);
      }
      return [...found].map(([id, { name, use }]) => ({
        item: code.item,
        op: id,
        span: code.op(id).span,
        confidence: "high" as const,
        facts: { name, use, browser: isBrowser(code) },
      }));
    },
  },
  say: ({ facts }) => {
    const name = String(facts?.name);
    if (facts?.use === "compared")
      return {
        what: `${name} is compared with a password that is written in the code.`,
        why: "Who has read it once, in the code, its history or an image, gets in, and nobody can take that away without a new release.",
        fix: "Keep a hash per user (argon2, bcrypt, scrypt) and check with the library; for a service, compare with a value of the environment in constant time.",
      };
    return {
      what: `The value of ${name} is written in the code.`,
      why: "Who has the code or its history (a fork, an image, a leaked backup) has it, and signs in or signs with it as this program does.",
      fix: "Replace it where it was made, read the new one from the environment or a secret store, and do not commit it.",
    };
  },
  fixes: (match, code) => {
    const id = match.op ?? 0;
    if (match.facts?.browser === true)
      return [environmentAdvice("this code runs in browsers, which must not be sent it at all")];
    if (match.facts?.use === "compared")
      return [
        environmentAdvice("how callers are known is to be decided, not where the text stands"),
      ];
    return [environmentFix({ code, op: code.op(id), id }, variableOf(String(match.facts?.name)))];
  },
});

function isSecret({ name, use, beside }: Named, value: string): boolean {
  const all = words(name);
  const last = all.at(-1) ?? "";
  if (all.some((word) => NONE.test(word)) || PUBLIC_PREFIX.test(name)) return false;
  if (!isPlain(value) || credentialIn(value) !== undefined) return false;
  const isOfPassword = PASSWORD.test(last);
  if (use === "compared") return isOfPassword && value.length >= 6 && isChosen(value);
  if (!isOfPassword && secretName(name)?.kind !== "secret") return false;
  if (isSeen(name) && !/(?:secret|passw(?:or)?d)$/i.test(name)) return false;
  if (isStrong(value)) return true;
  if (!isOfPassword || !isChosen(value)) return false;
  // Words of a person are told from other words by what they are used for.
  return value.length >= 6 && beside.some((one) => SIGNS_IN.test(one))
    ? true
    : value.length >= 8 && !isWords(value);
}

/** One word of ASCII, as keys and most passwords are: no sentence, no label in another language. */
function isPlain(value: string): boolean {
  return /^[!-~]{6,300}$/.test(value) && !MADE_UP.test(value) && !SEEN_FORM.test(value);
}

/** Made by a machine: long, of letters and digits, no words. */
function isStrong(value: string): boolean {
  if (value.length < 16 || !isRandom(value) || isWords(value)) return false;
  const isHex = /^[\da-f]+$/i.test(value);
  if (isHex) return value.length >= 32 && /\d/.test(value) && /[a-f]/i.test(value);
  return /\d/.test(value) && /[a-z]/i.test(value) && !/[\s<>(){}]/.test(value);
}

/** Chosen by a person for this: not one of those that stand for any. */
function isChosen(value: string): boolean {
  return (
    isPassword(value) &&
    !isUsualPassword(value) &&
    /[a-z]/i.test(value) &&
    /[\d!@#$%^&*+=?-]/.test(value) &&
    !/[<>(){};]/.test(value)
  );
}

/** `dbPassword` is DB_PASSWORD. */
function variableOf(name: string): string {
  return words(name).join("_").toUpperCase() || "SECRET";
}
