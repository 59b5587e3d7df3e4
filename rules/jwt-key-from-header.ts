/** A token says itself with which key or algorithm it shall be checked: whoever writes one is right. */
import { given } from "../server/rule/given.ts";
import { namesIn } from "../server/rule/lookups.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Match,
  type Observation,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { inputsOf, madeFrom } from "../server/rule/slice.ts";
import { type Data, keyOp, rowData, spanOf } from "../server/rule/tokens.ts";

/** Fields of a header that are a key, or an address of keys. */
const KEYS = /^(?:jwk|jku|x5u)$/;

export default rule({
  id: "jwt-key-from-header",
  title: "Token checked by what it says itself",
  category: "authentication",
  severity: "critical",
  cwe: [347],
  owasp: ["A02:2021", "A04:2025"],
  items: {
    watch: [
      "{jwt,jose.jwt,jose.jws}.get_unverified_header",
      "jose.jwt.get_unverified_headers",
      "jsonwebtoken.decode",
      "jwt-decode",
      "jose.decodeProtectedHeader",
    ],
    sinks: ["token"],
    check(calls, code) {
      if (isTest(code.file)) return [];
      const headers = calls.filter(
        (call) =>
          call.paths.some((p) => /header|Header|decode$/.test(p)) &&
          rowData(call, "token")?.does !== "verifies",
      );
      return calls.flatMap((call) => {
        const data = rowData(call, "token");
        return data?.does === "verifies" ? checked(call, data, headers, code) : [];
      });
    },
  },
  say: ({ facts }) =>
    facts?.field === "alg"
      ? {
          what: "The algorithm with which this token is checked is taken from the token itself.",
          why: "An attacker writes another one there: HS256, with the public key as the secret, or what else the library knows.",
          fix: "Write the one algorithm that you sign with into the list.",
        }
      : {
          what: `The key with which this token is checked comes from its own header (${String(facts?.field)}).`,
          why: "An attacker makes a pair of keys, signs any claims with it, and names the public one in the header: the token is valid.",
          fix: "Take the key from your own configuration, or from a key set at an address that is written there, by the token's kid.",
        },
  fixes: ({ facts }) => [
    {
      title:
        facts?.field === "alg" ? "Name the algorithm" : "Take the key from your own configuration",
      grade: "manual",
      edits: [],
      reason:
        facts?.field === "alg"
          ? "Replace the list by the one algorithm that you sign with. No edit is offered: it is not known here."
          : "Use a key of your own configuration, or a key set at a fixed address. No edit is offered: which keys are right is not known here.",
    },
  ],
});

function checked(
  call: Observation,
  data: Data,
  headers: readonly Observation[],
  code: Code,
): readonly Match[] {
  const match = (field: string, spec: Data[string] | undefined): Match => ({
    item: call.site.item,
    op: call.site.op,
    call,
    span: spanOf(call, code, given(call, spec)),
    severity: field === "alg" ? "high" : "critical",
    confidence: call.guessed ? "medium" : "high",
    facts: { field },
  });
  const key = given(call, data.key);
  if (key.kind === "given" && key.value.refs.includes("lib:jose.EmbeddedJWK"))
    return [match("jwk", data.key)];
  const from = (id: ValueId | undefined, fields: RegExp): string | undefined =>
    id === undefined ? undefined : fieldOf(code, id, headers, fields);
  const keyField = from(keyOp(call, data, code), KEYS);
  if (keyField !== undefined) return [match(keyField, data.key)];
  const list = given(call, data.algorithms);
  const algorithm =
    list.kind === "given"
      ? from(entryOf(code, list.argument.op, list.path[0]), /^alg$/)
      : undefined;
  return algorithm === undefined ? [] : [match("alg", data.algorithms)];
}
/** `{ algorithms: ... }`: what stands there. */
function entryOf(code: Code, id: ValueId, name: string | undefined): ValueId | undefined {
  const op = code.op(id);
  if (name === undefined) return id;
  return op.op === "record" ? op.entries.findLast((e) => e.key === name)?.value : undefined;
}

/** The field of a token's header that a value is made from, unless it was compared with something first. */
function fieldOf(
  code: Code,
  id: ValueId,
  headers: readonly Observation[],
  fields: RegExp,
): string | undefined {
  const made = madeFrom(code, id);
  const unverified = new Set(headers.map((h) => code.op(h.site.op)));
  if (!made.some((op) => unverified.has(op))) return undefined;
  const field = namesIn(code, made).find((name) => fields.test(name));
  if (field === undefined) return undefined;
  // `if header["jku"] not in ALLOWED: raise`, `if (!ALLOWED.has(header.jku)) throw ...`
  const isAsked = code.ir.blocks.some(
    ({ end }) =>
      end.kind === "branch" &&
      namesIn(code, conditionOps(code, end.condition)).some((name) => name === field),
  );
  return isAsked ? undefined : field;
}
/** The operations of a condition. */
function conditionOps(code: Code, id: ValueId): readonly ReturnType<Code["op"]>[] {
  return [code.op(id), ...inputsOf(code.op(id)).flatMap((one) => madeFrom(code, one))];
}
