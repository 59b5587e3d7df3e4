import { environmentAdvice, environmentFix } from "../server/rule/fix/environment.ts";
import { given } from "../server/rule/given.ts";
import { grouped } from "../server/rule/grouped.ts";
import {
  isExcused,
  literalsGiven,
  placeOf,
  textGiven,
  textOf,
} from "../server/rule/literal-key.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
} from "../server/rule/rule.ts";
import { isRandom } from "../server/rule/secret-value.ts";
import {
  acceptedAlgorithms,
  type Data,
  family,
  rowData,
  signingAlgorithm,
} from "../server/rule/tokens.ts";

/** What HS256 asks for: RFC 7518, section 3.2. */
const LEAST = 32;

export default rule({
  id: "jwt-weak-secret",
  title: "Token secret written in the code",
  // Its findings show no literal of their line.
  category: "secrets",
  severity: "critical",
  cwe: [321, 798],
  owasp: ["A02:2021", "A04:2025"],
  project: {
    sinks: ["token"],
    check: (_, context, all) => all.shared(foundByFile).get(context.file) ?? [],
  },
  say: ({ facts }) => ({
    what: `The secret of ${String(facts?.api)} is written in the code${facts?.guessable === true ? " and can be guessed" : ""}.`,
    why:
      facts?.guessable === true
        ? "From one token, lists of usual secrets give it in seconds on a laptop; whoever has it signs tokens for any user, as an administrator."
        : "Whoever reads the code (a colleague, a fork, an image, a backup) signs tokens for any user, as an administrator.",
    fix: `Read at least ${LEAST} random bytes from the environment, refuse to start without them, and replace this secret.`,
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

/** By the file in which the secret is written, which may be another one than that of the call. */
function foundByFile(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, readonly Match[]> {
  const found = new Map<string, Match & { readonly signs: boolean }>();
  for (const call of calls) {
    const one = check(call, context);
    if (one === undefined) continue;
    const key = `${one.item}:${one.span.start}`;
    const old = found.get(key);
    if (old === undefined || (one.signs && !old.signs)) found.set(key, one);
  }
  const out = new Map<string, Match[]>();
  for (const one of found.values()) grouped(out, one.item.slice(0, one.item.indexOf("#")), one);
  return out;
}

function check(
  call: Observation,
  context: ProgramContext,
): (Match & { readonly signs: boolean }) | undefined {
  const data = rowData(call, "token");
  const code = context.code(call.site.item);
  if (data?.key === undefined || code === undefined || isExcused(code, call.site.op))
    return undefined;
  if (!isSymmetric(call, data, code)) return undefined;
  const found = given(call, data.key);
  const literals = literalsGiven(code, found, context).filter(
    (l) => !textOf(l).includes("-----BEGIN") && !isExcused(l.code, l.id),
  );
  const [first] = literals;
  const text = first === undefined ? textGiven(found) : textOf(first);
  if (text === undefined) return undefined;
  const used = call.site.span;
  return {
    ...(first === undefined ? { item: code.item, span: used } : placeOf(first, code, used)),
    op: call.site.op,
    call,
    confidence: call.guessed || first === undefined ? "medium" : "high",
    signs: data.does === "signs",
    facts: { api: String(data.api), guessable: text.length < LEAST || !isRandom(text) },
  };
}

/** The key is a shared secret, as far as the algorithms say. */
function isSymmetric(call: Observation, data: Data, code: Code): boolean {
  if (data.unsigned === true) return false;
  if (data.does === "signs") {
    const algorithm = signingAlgorithm(call, data, code);
    return algorithm === undefined || family(algorithm) === "HMAC";
  }
  const all = acceptedAlgorithms(call, data);
  return all === undefined || all.length === 0 || all.some((a) => family(a) === "HMAC");
}

function fixes(match: Match, _code: Code, context: Context): readonly Fix[] {
  const { call } = match;
  const data = call === undefined ? undefined : rowData(call, "token");
  const where = call === undefined ? undefined : context.code(call.site.item);
  if (call === undefined || data === undefined || where === undefined) return [];
  const literals = literalsGiven(where, given(call, data.key), context);
  const [first] = literals;
  return first === undefined || literals.length > 1
    ? [environmentAdvice("there are several, or it is not written here")]
    : [environmentFix(first, "JWT_SECRET")];
}
