import { constantOf, type Given, given, written } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { type Data, rowData, spanOf } from "../server/rule/tokens.ts";

/** NIST SP 800-131A: 112 bits of security. */
const ENOUGH = 2048;
const ENOUGH_OF_CURVE = 224;
/** A key of this size has been factored for less than a hundred dollars. */
const BROKEN = 768;

export default rule({
  id: "crypto-weak-key",
  title: "Key that is too short",
  category: "cryptography",
  severity: "medium",
  cwe: [326],
  owasp: ["A02:2021", "A04:2025"],
  calls: {
    sinks: ["key-size"],
    check(call, context): Match | undefined {
      const data = rowData(call, "key-size");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isTest(code.file)) return undefined;
      const named = constantOf(given(call, data.named));
      if (data.named !== undefined && !String(data.only).split("|").includes(String(named)))
        return undefined;
      const found = shortBits(call, data) ?? shortCurve(call, data);
      if (found === undefined) return undefined;
      const kind = data.kind ?? String(named).toUpperCase();
      return {
        item: call.site.item,
        op: call.site.op,
        call,
        span: spanOf(call, code, found.at),
        severity: found.bits <= BROKEN && !found.curve ? "high" : "medium",
        confidence: call.guessed ? "medium" : "high",
        facts: { bits: found.bits, curve: found.curve, kind: String(kind) },
      };
    },
  },
  say: ({ facts }) => ({
    what: `This ${String(facts?.kind)} key has ${String(facts?.bits)} bits.`,
    why:
      facts?.curve === true
        ? "A curve below 224 bits gives less than 112 bits of security: its keys come into reach of those who can rent enough machines."
        : Number(facts?.bits) <= BROKEN
          ? "Keys of 512 bits are factored in hours on rented machines, those of 768 have been: whoever does it signs and reads in your name."
          : "Keys below 2048 bits come into reach of those who can rent enough machines, and whoever computes one signs and reads in your name.",
    fix:
      facts?.curve === true
        ? "Use P-256 or Ed25519."
        : "Use 2048 bits at least, 3072 for keys that are to last beyond 2030, or Ed25519.",
  }),
  fixes: (match, code, context) => [longer(match, code, context)],
});

interface Short {
  readonly bits: number;
  readonly curve: boolean;
  readonly at: Given;
}

function shortBits(call: Observation, data: Data): Short | undefined {
  const at = given(call, data.bits);
  const bits = constantOf(at);
  // A number below that is none of bits.
  return typeof bits === "number" && bits >= 128 && bits < ENOUGH
    ? { bits, curve: false, at }
    : undefined;
}

function shortCurve(call: Observation, data: Data): Short | undefined {
  const at = given(call, data.curve);
  if (at.kind !== "given") return undefined;
  const text = constantOf(at);
  const name = typeof text === "string" ? text : at.value.refs.length === 1 ? at.value.refs[0] : "";
  const bits = Number(/(\d{3})[a-z\d]*(?:\(\))?$/i.exec(name ?? "")?.[1]);
  return bits < ENOUGH_OF_CURVE ? { bits, curve: true, at } : undefined;
}

/** The number where it is written. */
function longer(match: Match, code: Code, context: Context): Fix {
  const title = "Use a key of 2048 bits";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const data = match.call === undefined ? undefined : rowData(match.call, "key-size");
  if (match.call === undefined || data === undefined || match.facts?.curve === true)
    return manual(
      "Use the curve P-256 or Ed25519. No edit is offered: those who read the key must know the curve.",
    );
  const place = written(code, given(match.call, data.bits), context);
  if (place?.op.op !== "const" || place.op.value !== match.facts?.bits)
    return manual("Write 2048 or more. No edit is offered: the size is computed elsewhere.");
  const edits = [{ ...place.code.absolute(place.op.span), newText: String(ENOUGH) }];
  return { title, grade: "suggested", edits: [{ file: place.code.file, edits }] };
}
