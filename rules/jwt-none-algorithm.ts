import { removeElement } from "../server/rule/fix/arguments.ts";
import { constantOf, given, written } from "../server/rule/given.ts";
import { isCheckedKey } from "../server/rule/keys.ts";
import {
  type Code,
  type Context,
  constants,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
} from "../server/rule/rule.ts";
import { type Data, keyOp, knownAlgorithms, rowData, spanOf } from "../server/rule/tokens.ts";

export default rule({
  id: "jwt-none-algorithm",
  title: "Unsigned tokens are in the list",
  category: "authentication",
  severity: "medium",
  cwe: [347],
  owasp: ["A02:2021", "A04:2025"],
  project: {
    sinks: ["token"],
    check: (own, context, all) =>
      own.flatMap((call) => check(call, context, all.shared(isIssuedIn)) ?? []),
  },
  say: ({ facts }) => {
    const api = String(facts?.api);
    switch (facts?.does) {
      case "accepts":
        return {
          what: `${api} accepts tokens without any signature.`,
          why: 'Anybody can write a token such as {"role": "admin"} and it is taken as valid.',
          fix: "Verify a signature: jwtVerify(token, key, { algorithms: [...] }).",
        };
      case "signs":
        return {
          what: `${api} issues a token without a signature.`,
          why: "Whoever holds it can change the user or role in it, and nothing shows the change.",
          fix: 'Sign with a key and a fixed algorithm, such as "HS256".',
        };
      case "open":
        return {
          what: `${String(facts?.library)} accepts unsigned tokens here: "none" is in the list${facts?.library === "Authlib" ? "" : " and the key can be missing"}.`,
          why:
            facts?.library === "Authlib"
              ? 'A token with "alg": "none" and no signature is taken as valid: an attacker logs in as anybody.'
              : 'Without the key (an unset environment variable), a token with "alg": "none" and no signature is valid: an attacker logs in as anybody.',
          fix: 'Take "none" out of the list, and stop at start-up when the key is missing.',
        };
      default:
        return {
          what: 'The list of accepted algorithms contains "none".',
          why: `${String(facts?.library)} still refuses unsigned tokens while it has a key, but the list asks for them: a missing key, another library or version, and forged tokens pass.`,
          fix: 'List only the algorithm you sign with, such as "HS256".',
        };
    }
  },
  fixes: (match, code, context) => fixes(match, code, context),
});

/** `isIssued`: the program makes unsigned tokens itself. */
function check(call: Observation, context: Context, isIssued: boolean): Match | undefined {
  const data = rowData(call, "token");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined) return undefined;
  const confidence = call.guessed ? ("medium" as const) : ("high" as const);
  const place = { item: call.site.item, op: call.site.op, call, confidence };
  if (data.unsigned === true) {
    const span = call.site.span;
    return data.does === "verifies"
      ? {
          ...place,
          span,
          severity: "critical",
          facts: { does: "accepts", api: String(data.api) },
        }
      : { ...place, span, severity: "medium", facts: { does: "signs", api: String(data.api) } };
  }
  if (data.does === "signs") {
    const found = given(call, data.algorithm);
    if (!signsWithNone(call, data)) return undefined;
    return {
      ...place,
      span: spanOf(call, code, found),
      facts: { does: "signs", api: String(data.api) },
    };
  }
  if (
    data.does !== "verifies" ||
    !knownAlgorithms(call, data).some((a) => a.toLowerCase() === "none")
  )
    return undefined;
  const effect = effectOf(call, data, code, context);
  return {
    ...place,
    span: spanOf(call, code, given(call, data.algorithms)),
    severity: effect === "open" ? "critical" : "medium",
    facts: { does: effect, api: String(data.api), library: String(data.library), isIssued },
  };
}

function isIssuedIn(calls: readonly Observation[]): boolean {
  return calls.some((call) => signsWithNone(call, rowData(call, "token")));
}
function signsWithNone(call: Observation, data: Data | undefined): boolean {
  const value = data?.does === "signs" ? constantOf(given(call, data.algorithm)) : undefined;
  return data?.unsigned === true || (typeof value === "string" && value.toLowerCase() === "none");
}

/** "open": a forged token passes. */
function effectOf(call: Observation, data: Data, code: Code, context: Context): "open" | "listed" {
  if (data.none === "accepts") return "open";
  if (data.none !== "without-key") return "listed";
  const key = given(call, data.key);
  if (key.kind === "absent") return call.args.length > 0 && data.key === "1" ? "open" : "listed";
  if (key.kind === "unknown") return "listed";
  const known = constants(key.value);
  if (known !== undefined)
    return known.some((c) => c === "" || c === null || c === undefined) ? "open" : "listed";
  // A variable of the environment that nothing stands in for.
  const fromEnvironment =
    key.value.refs.length === 1 && /process\.env\.\w+$/.test(key.value.refs[0] ?? "");
  const op = keyOp(call, data, code);
  return fromEnvironment && op !== undefined && !isCheckedKey(code, op, context)
    ? "open"
    : "listed";
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = 'Take "none" out of the list';
  const call = match.call;
  const data = call === undefined ? undefined : rowData(call, "token");
  const manual = (why: string): readonly Fix[] => [
    {
      title: match.facts?.does === "signs" ? "Sign with a key" : title,
      grade: "manual",
      edits: [],
      reason: why,
    },
  ];
  if (call === undefined || data === undefined) return [];
  if (data.unsigned === true)
    return manual(
      data.does === "verifies"
        ? "Verify with jwtVerify(token, key, { algorithms: [...] }). No edit is offered: the key and its algorithm are not known here."
        : "Use SignJWT with a key. No edit is offered: the key is not known here.",
    );
  if (match.facts?.does === "signs")
    return manual(
      'Pass a key and its algorithm, such as "HS256". No edit is offered: the key is not known here.',
    );
  const list = written(code, given(call, data.algorithms), context);
  if (list === undefined || list.op.op !== "sequence")
    return manual(
      "Remove the entry where the list is made. No edit is offered: the list is not written here.",
    );
  const at = list.op.elements.findIndex((e) => isNone(list.code.op(e.value)));
  if (at < 0 || list.op.elements.some((e) => e.spread))
    return manual(
      "Remove the entry where the list is made. No edit is offered: the entry is not written in the list.",
    );
  if (list.op.elements.every((e) => isNone(list.code.op(e.value))))
    return manual(
      'Replace the list by the algorithm you sign with, such as ["HS256"]. No edit is offered: "none" is its only entry, and the right one is not known here.',
    );
  const kept = list.op.elements.filter((e) => !isNone(list.code.op(e.value)));
  let edits: readonly Edit[] = [removeElement(list.code, list.op, at)];
  if (kept.length < list.op.elements.length - 1) {
    const all = list.op.elements.map((e) => list.code.absolute(list.code.op(e.value).span));
    edits = [
      {
        start: all[0]?.start ?? 0,
        end: all[all.length - 1]?.end ?? 0,
        newText: kept.map((e) => list.code.text(list.code.op(e.value).span)).join(", "),
      },
    ];
  }
  // Where the key can be missing an unsigned token passes, which nobody has made here: no token that does is a right one.
  const op = code.op(call.site.op);
  const isOwnList =
    list.code.item === code.item &&
    op.span.start <= list.op.span.start &&
    list.op.span.end <= op.span.end;
  const isSafe =
    isOwnList &&
    match.facts?.does === "open" &&
    data.none === "without-key" &&
    match.facts.isIssued === false;
  return [
    { title, grade: isSafe ? "safe" : "suggested", edits: [{ file: list.code.file, edits }] },
  ];
}
function isNone(op: Op): boolean {
  return op.op === "const" && typeof op.value === "string" && op.value.toLowerCase() === "none";
}
