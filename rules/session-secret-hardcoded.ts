import { environmentAdvice, environmentFix } from "../server/rule/fix/environment.ts";
import { given } from "../server/rule/given.ts";
import {
  isExcused,
  literalsAt,
  literalsGiven,
  placeOf,
  textGiven,
  textOf,
} from "../server/rule/literal-key.ts";
import { type Code, type Context, type Fix, type Match, rule } from "../server/rule/rule.ts";
import { isRandom } from "../server/rule/secret-value.ts";
import { type Data, isSetting, rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "session-secret-hardcoded",
  title: "Session secret written in the code",
  // Its findings show no literal of their line.
  category: "secrets",
  severity: "high",
  cwe: [798, 321],
  owasp: ["A07:2021", "A07:2025"],
  calls: {
    sinks: ["session"],
    check(call, context) {
      const data = rowData(call, "session");
      const code = context.code(call.site.item);
      if (data?.key === undefined || data.key === "" || code === undefined) return undefined;
      if (isExcused(code, call.site.op)) return undefined;
      const found = given(call, data.key);
      const [first] = literalsGiven(code, found, context).filter((l) => !isExcused(l.code, l.id));
      const text = first === undefined ? textGiven(found) : textOf(first);
      if (text === undefined) return undefined;
      const used = call.site.span;
      return {
        ...(first === undefined ? { item: code.item, span: used } : placeOf(first, code, used)),
        op: call.site.op,
        call,
        confidence: call.guessed || first === undefined ? "medium" : "high",
        facts: factsOf(data, text),
      };
    },
  },
  stores: {
    sinks: ["session"],
    check(store, context) {
      const data = rowData(store, "session");
      const code = context.code(store.site.item);
      if (data === undefined || code === undefined || !isSetting(code, data)) return undefined;
      if (isExcused(code, store.site.op)) return undefined;
      const from = { code, op: code.op(store.valueOp), id: store.valueOp };
      const [first] = literalsAt(from, context).filter((l) => !isExcused(l.code, l.id));
      if (first === undefined) return undefined;
      return {
        ...placeOf(first, code, store.site.span),
        op: store.site.op,
        facts: factsOf(data, textOf(first)),
      };
    },
  },
  say: ({ facts }) => ({
    what: `The secret with which ${String(facts?.api)} signs is written in the code${facts?.guessable === true ? " and can be guessed" : ""}.`,
    why: `Who has it ${facts?.tokens === true ? "signs tokens for any user" : "makes sessions and reset links for any user, as an administrator"}${
      facts?.guessable === true
        ? "; programs try lists of usual secrets against one signed cookie until one fits."
        : ": a colleague, a fork, an image, a backup."
    }`,
    fix: "Read 32 random bytes from the environment, refuse to start without them, and replace this secret.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

function factsOf(data: Data, text: string): NonNullable<Match["facts"]> {
  return {
    api: String(data.api),
    variable: String(data.variable),
    tokens: data.tokens === true,
    guessable: text.length < 24 || !isRandom(text),
  };
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const { call } = match;
  const where = call === undefined ? code : context.code(call.site.item);
  const data = call === undefined ? undefined : rowData(call, "session");
  if (where === undefined) return [];
  const op = where.op(match.op ?? 0);
  const value = op.op === "store" || op.op === "setMember" || op.op === "setIndex" ? op.value : -1;
  const literals =
    call !== undefined
      ? literalsGiven(where, given(call, data?.key), context)
      : value < 0
        ? []
        : literalsAt({ code: where, op: where.op(value), id: value }, context);
  const [first] = literals;
  return first === undefined || literals.length > 1
    ? [environmentAdvice("there are several, or it is not written here")]
    : [environmentFix(first, String(match.facts?.variable))];
}
