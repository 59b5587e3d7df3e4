import { quoted, setEntry, setProperty } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { given, written } from "../server/rule/given.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  rule,
  type Value,
} from "../server/rule/rule.ts";
import { bare, chainOf, type Data, spanOf, tokenData } from "../server/rule/tokens.ts";

export default rule({
  id: "jwt-issued-without-expiry",
  title: "Token that never expires",
  category: "authentication",
  severity: "medium",
  cwe: [613],
  owasp: ["A07:2021", "A07:2025"],
  calls: {
    sinks: ["token"],
    check(call, context) {
      const data = tokenData(call, "signs");
      const code = context.code(call.site.item);
      if (
        data === undefined ||
        code === undefined ||
        data.expires === true ||
        data.unsigned === true
      )
        return undefined;
      if (data.chain === undefined ? !isEndless(call, data) : !isEndlessChain(call, code))
        return undefined;
      return {
        item: call.site.item,
        span: spanOf(call, code, { kind: "absent" }),
        op: call.site.op,
        call,
        confidence: call.guessed ? "medium" : "high",
        facts: {
          api: String(data.api),
          python: code.language === "python",
          chain: data.chain !== undefined,
        },
      };
    },
  },
  say: ({ facts }) => ({
    what: `${String(facts?.api)} issues a token without an expiry time.`,
    why: "Once it leaks (a log, a proxy, a shared computer) it opens the account for ever; a strict verifier that requires exp refuses it.",
    fix:
      facts?.python === true
        ? 'Add "exp" to the payload, minutes from now, and renew the token.'
        : facts?.chain === true
          ? 'Call .setExpirationTime("15m") before sign, and renew the token.'
          : 'Pass expiresIn: "15m" and renew the token.',
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

/** All claims are known, and none is an expiry; no option adds one. */
function isEndless(call: Observation, data: Data): boolean {
  const payload = given(call, data.payload);
  // A guessed library must at least be called like it: with a key.
  if (call.guessed && given(call, data.key).kind !== "given") return false;
  if (payload.kind !== "given" || !hasNoExpiry(payload.value)) return false;
  return data.expiry === undefined || given(call, data.expiry).kind === "absent";
}
function hasNoExpiry(value: Value): boolean {
  if (
    value.fields === undefined ||
    value.closed !== true ||
    value.taint.length > 0 ||
    value.fields.has("0")
  )
    return false;
  return [...value.fields.keys()].every((k) => k !== "*" && !/^_?exp/i.test(k));
}
function isEndlessChain(call: Observation, code: Code): boolean {
  const chain = chainOf(code, call.site.op);
  const made = chain[chain.length - 1];
  if (made?.name !== "new" || chain.some((c) => c.name === "setExpirationTime")) return false;
  const payload = made.call.args[0] === undefined ? undefined : bare(code, made.call.args[0].value);
  if (payload === undefined) return true;
  return (
    payload.op === "record" &&
    payload.entries.every(
      (e) => typeof e.key === "string" && e.key !== "..." && !/^_?exp/i.test(e.key),
    )
  );
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const call = match.call;
  const data = call === undefined ? undefined : tokenData(call, "signs");
  const op = code.op(match.op ?? 0);
  if (call === undefined || data === undefined || op.op !== "call") return [];
  const title = "Let the token expire after 15 minutes";
  const manual = (why: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason: why },
  ];
  const one = (file: string, edits: readonly Edit[]): readonly Fix[] => [
    { title, grade: "suggested", edits: [{ file, edits }] },
  ];
  if (data.chain !== undefined) {
    const callee = code.op(op.callee);
    if (callee.op !== "member") return [];
    const end = code.absolute(bare(code, callee.object).span).end;
    const gap = code.fileText.slice(end, code.absolute(callee.nameSpan).start);
    return one(code.file, [
      { start: end, end, newText: `${gap}setExpirationTime(${quoted(code, "15m")})` },
    ]);
  }
  if (data.expires === "expiresIn") {
    const value = quoted(code, "15m");
    const edit = setProperty(code, op, 2, "expiresIn", value);
    if (edit !== undefined) return one(code.file, [edit]);
    const options = written(code, given(call, "2"), context);
    const entry =
      options?.op.op === "record"
        ? setEntry(options.code, options.op, "expiresIn", value)
        : undefined;
    return options === undefined || entry === undefined
      ? manual("Add expiresIn to the options. No edit is offered: they are not written here.")
      : one(options.code.file, [entry]);
  }
  const payload = written(code, given(call, data.payload), context);
  if (payload?.op.op !== "record")
    return manual(
      'Add "exp" to the payload. No edit is offered: it is not written as a dictionary here.',
    );
  const wanted = importEdit(payload.code, { module: "time" });
  const entry = setEntry(
    payload.code,
    payload.op,
    quoted(payload.code, "exp"),
    `int(${wanted.local}.time()) + 15 * 60`,
  );
  if (entry === undefined) return manual('Add "exp" to the payload.');
  return one(payload.code.file, [...(wanted.edit === undefined ? [] : [wanted.edit]), entry]);
}
