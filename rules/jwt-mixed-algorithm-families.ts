/** One key may check signatures made with a secret and such made with a private key: then a public key can be taken for the secret. */
import { constantOf, given, origin, written } from "../server/rule/given.ts";
import { namesIn } from "../server/rule/lookups.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { madeFrom } from "../server/rule/slice.ts";
import {
  type Data,
  family,
  isUnchecked,
  keyOp,
  knownAlgorithms,
  rowData,
  spanOf,
} from "../server/rule/tokens.ts";

export default rule({
  id: "jwt-mixed-algorithm-families",
  title: "One key for secrets and for public keys",
  category: "authentication",
  severity: "low",
  cwe: [347],
  owasp: ["A02:2021", "A04:2025"],
  calls: { sinks: ["token"], check },
  say: ({ facts }) => ({
    what: `${String(facts?.api)} accepts ${String(facts?.secret)}, which is checked with a secret, and ${String(facts?.public)}, which is checked with a public key.`,
    why: "The token chooses. If the key is public, an attacker signs with it as the secret; only a check of today's version of the library, which knows the usual forms of such keys, is in the way.",
    fix: "List the algorithms of the one kind of key that is given here.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

function isSecret(algorithm: string): boolean {
  return family(algorithm) === "HMAC";
}
function isPublic(algorithm: string): boolean {
  return /^(?:RS|PS|ES|Ed)/i.test(algorithm);
}

function check(call: Observation, context: Context): Match | undefined {
  const data = rowData(call, "token");
  const code = context.code(call.site.item);
  if (data?.does !== "verifies" || code === undefined || isTest(code.file)) return undefined;
  if (isUnchecked(call, data) || isChosenByToken(call, data, code, context)) return undefined;
  const all = knownAlgorithms(call, data);
  const secret = all.find(isSecret);
  const open = all.find(isPublic);
  if (secret === undefined || open === undefined) return undefined;
  return {
    item: call.site.item,
    op: call.site.op,
    call,
    span: spanOf(call, code, given(call, data.algorithms)),
    confidence: call.guessed ? "medium" : "high",
    facts: { api: String(data.api), secret, public: open },
  };
}

/** The key is looked up for this token, by who has issued it: each may have its own kind. */
function isChosenByToken(call: Observation, data: Data, code: Code, context: Context): boolean {
  const key = given(call, data.key);
  if (key.kind !== "given") return key.kind === "unknown";
  if (key.value.refs.some((ref) => ref.startsWith("fn:") || ref.startsWith("inst:"))) return true;
  const at = keyOp(call, data, code);
  if (at === undefined) return false;
  const place = origin({ code, op: code.op(at), id: at }, context);
  const made = madeFrom(place.code, place.id);
  // `keys.get(header["kid"])`, `client.get_signing_key_from_jwt(token).key`
  return made.some((op) => {
    if (op.op === "index") return place.code.op(op.key).op !== "const";
    return op.op === "call" && op.args.some((a) => !isFixed(place.code, a.value));
  });
}
function isFixed(code: Code, id: number): boolean {
  return madeFrom(code, id).every(
    (op) => op.op !== "param" && op.op !== "call" && op.op !== "index",
  );
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const manual = (reason: string): readonly Fix[] => [
    { title: "Keep the algorithms of one kind of key", grade: "manual", edits: [], reason },
  ];
  const { call } = match;
  const data = call === undefined ? undefined : rowData(call, "token");
  if (call === undefined || data === undefined) return [];
  const list = written(code, given(call, data.algorithms), context);
  if (list?.op.op !== "sequence" || list.op.elements.some((e) => e.spread))
    return manual(
      "Keep one kind where the list is made. No edit is offered: the list is not written here.",
    );
  const kind = kindOfKey(call, data, code);
  if (kind === undefined)
    return manual(
      "Keep the algorithms that you sign with. No edit is offered: whether the key is a secret or a public key is not known here.",
    );
  const kept = list.op.elements.filter(({ value }) => {
    const op = list.code.op(value);
    const name = op.op === "const" ? String(op.value) : undefined;
    return name === undefined || (kind === "secret" ? !isPublic(name) : !isSecret(name));
  });
  const spans = list.op.elements.map((e) => list.code.absolute(list.code.op(e.value).span));
  const edit = {
    start: spans[0]?.start ?? 0,
    end: spans.at(-1)?.end ?? 0,
    newText: kept.map((e) => list.code.text(list.code.op(e.value).span)).join(", "),
  };
  return [
    {
      title: `Keep the algorithms that are checked with ${kind === "secret" ? "a secret" : "a public key"}`,
      // A secret may be read as a key of either kind; who knows a public key signs nothing but forgeries with it.
      grade:
        kind === "public" && kept.every(({ value }) => isKnown(list.code, value))
          ? "safe"
          : "suggested",
      edits: [{ file: list.code.file, edits: [edit] }],
    },
  ];
}

function isKnown(code: Code, id: number): boolean {
  return code.op(id).op === "const";
}

/** What the name of the key says, or its text. */
function kindOfKey(call: Observation, data: Data, code: Code): "secret" | "public" | undefined {
  const at = keyOp(call, data, code);
  if (at === undefined) return undefined;
  const text = constantOf(given(call, data.key));
  if (typeof text === "string") return text.includes("-----BEGIN") ? "public" : "secret";
  const all = namesIn(code, madeFrom(code, at)).flatMap(words);
  const open = all.some((word) =>
    /^(?:public|pub|pem|cert|certificate|x509|rsa|jwks|jwk)$/.test(word),
  );
  const secret = all.includes("secret");
  return open === secret ? undefined : open ? "public" : "secret";
}
