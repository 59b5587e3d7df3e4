import { quoted, setArgument } from "../server/rule/fix/arguments.ts";
import { hole } from "../server/rule/fix/holes.ts";
import { given } from "../server/rule/given.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
  type Severity,
} from "../server/rule/rule.ts";
import { identities } from "../server/rule/symbol.ts";
import {
  type Data,
  isUnchecked,
  keyOp,
  signingAlgorithm,
  spanOf,
  tokenData,
} from "../server/rule/tokens.ts";
import { isBelow } from "../server/rule/version.ts";

export default rule({
  id: "jwt-missing-algorithms",
  title: "Token verified without a list of algorithms",
  category: "authentication",
  severity: "high",
  cwe: [347],
  owasp: ["A02:2021", "A04:2025"],
  project: {
    sinks: ["token"],
    check: (own, context, all) => own.flatMap((call) => check(call, all, context)),
  },
  say: ({ facts }) => {
    const api = String(facts?.api);
    const fix = `Name the one algorithm you sign with: ${facts?.python === true ? 'algorithms=["HS256"]' : '{ algorithms: ["HS256"] }'}.`;
    switch (facts?.missing) {
      case "empty":
        return {
          what: `The list of algorithms given to ${api} is empty, so every token is refused.`,
          why: "The list says which signatures count; it must be decided before tokens can be used.",
          fix,
        };
      case "every":
        return {
          what: `${api} accepts every algorithm the library knows, unsigned tokens included.`,
          why: "The token's own header then chooses how it is checked; with a public key as the secret, an attacker can sign tokens.",
          fix,
        };
      case "any":
        return {
          what: `${api} takes the algorithm from the token itself.`,
          why: "python-jose accepts any algorithm when the list is left out: if the key is a public key, an attacker signs a token with it as an HMAC secret and is let in.",
          fix,
        };
      case "refuses":
        return {
          what: `${api} is called without algorithms: ${String(facts?.library)} refuses this call.`,
          why: "Nobody can log in, and the check works only by accident of the version: PyJWT 1 accepted whatever the token asked for.",
          fix,
        };
      case "by-key":
        return {
          what: `${api} chooses the accepted algorithms by the look of the key.`,
          why: "A key of another kind than you think (or jsonwebtoken before version 9 with an unset secret) lets other signatures pass, unsigned ones included.",
          fix,
        };
      default:
        return {
          what: `${api} accepts every algorithm that fits the key.`,
          why: "The token's header chooses among them; a fixed list keeps weaker or unexpected ones out.",
          fix,
        };
    }
  },
  fixes: (match, code) => fixes(match, code),
});

const SEVERITY: Readonly<Record<string, Severity>> = {
  any: "high",
  every: "medium",
  "by-key": "medium",
  "by-key-type": "low",
  refuses: "low",
  empty: "low",
};

function check(call: Observation, all: AllCalls, context: Context): readonly Match[] {
  const data = tokenData(call, "verifies");
  const code = context.code(call.site.item);
  if (
    data?.missing === undefined ||
    code === undefined ||
    isUnchecked(call, data) ||
    call.args.length === 0
  )
    return [];
  const found = given(call, data.algorithms);
  if (found.kind === "unknown") return [];
  let missing = found.kind === "absent" ? String(data.missing) : undefined;
  if (found.kind === "given") {
    if (found.value.closed === true && found.value.fields?.size === 0) missing = "empty";
    if (
      found.value.refs.some((r) =>
        String(data.every ?? "")
          .split("|")
          .includes(r.slice(4)),
      )
    )
      missing = "every";
  }
  if (missing === undefined) return [];
  if (missing === "by-key" && isByKeyType(data, context)) missing = "by-key-type";
  // A secret that is looked up, or a key set, brings its own algorithm.
  const key = given(call, data.key);
  if (call.guessed && key.kind !== "given") return [];
  const sets = String(data.keySets ?? "").split("|");
  if (key.kind === "given" && key.value.refs.some((r) => sets.includes(r.slice(4)))) return [];
  if (
    missing !== "empty" &&
    missing !== "any" &&
    (call.args.some((a) => a.spread !== undefined) || key.kind === "unknown")
  )
    return [];
  const algorithm = signer(call, data, code, all, context);
  const facts = {
    missing,
    api: String(data.api),
    library: String(data.library),
    python: code.language === "python",
    ...(algorithm === undefined ? {} : { algorithm }),
  };
  return [
    {
      item: call.site.item,
      span: found.kind === "given" ? spanOf(call, code, found) : call.site.span,
      op: call.site.op,
      call,
      severity: SEVERITY[missing] ?? "medium",
      confidence: call.guessed ? "medium" : "high",
      facts,
    },
  ];
}

/** Known of the version that the project has. */
function isByKeyType({ library, byKeyType }: Data, context: Context): boolean {
  if (byKeyType === undefined) return false;
  const version = context.requirement(String(library));
  return version !== undefined && !isBelow(version, String(byKeyType));
}

/** The algorithms of signing calls by their key; undefined for one that is not known. */
function signersByKey(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, ReadonlySet<string | undefined>> {
  const out = new Map<string, Set<string | undefined>>();
  for (const call of calls) {
    const data = tokenData(call, "signs");
    const code = context.code(call.site.item);
    const op = data === undefined || code === undefined ? undefined : keyOp(call, data, code);
    if (data === undefined || code === undefined || op === undefined) continue;
    for (const key of identities(code, op, context)) {
      const found = out.get(key) ?? new Set();
      out.set(key, found.add(signingAlgorithm(call, data, code)));
    }
  }
  return out;
}
/** The one algorithm that tokens are signed with under the same key. */
function signer(
  call: Observation,
  data: Data,
  code: Code,
  all: AllCalls,
  context: Context,
): string | undefined {
  const key = keyOp(call, data, code);
  const keys = key === undefined ? [] : identities(code, key, context);
  const signers = keys.length === 0 ? undefined : all.shared(signersByKey);
  const found = new Set(keys.flatMap((one) => [...(signers?.get(one) ?? [])]));
  if (found.has(undefined)) return undefined;
  const [only] = found;
  return found.size === 1 && only?.toLowerCase() !== "none" ? only : undefined;
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const call = match.call;
  const data = call === undefined ? undefined : tokenData(call, "verifies");
  const op = code.op(match.op ?? 0);
  if (call === undefined || data === undefined || op.op !== "call") return [];
  const algorithm = match.facts?.algorithm;
  const known = typeof algorithm === "string";
  const title = known
    ? `Accept ${algorithm} only, as the signing side uses`
    : "Add a list of algorithms to fill in";
  const manual = (why: string): readonly Fix[] => [
    { title: "Name the algorithm", grade: "manual", edits: [], reason: why },
  ];
  if (!known && match.facts?.missing === "empty")
    return manual(
      'Put the algorithm you sign with into the list, such as "HS256". No edit is offered: no call that signs with this key was found.',
    );
  const edit = setArgument(
    code,
    op,
    String(data.algorithms),
    known ? `[${quoted(code, algorithm)}]` : `[${hole("")}]`,
  );
  if (edit === undefined)
    return manual(
      "Pass the list of algorithms you sign with. No edit is offered: the options are not written in this call.",
    );
  return [
    {
      title,
      // Where the library takes the first algorithm that fits, it was this one for what the program signs.
      grade: !known ? "placeholder" : match.facts?.missing === "by-key" ? "safe" : "suggested",
      edits: [{ file: code.file, edits: [edit] }],
    },
  ];
}
