/** The origin that asks is compared, but in a way that other sites pass as well, and then it is allowed. */
import { allowsCredentials, isGuessed, isOriginHeader, isTrueText } from "../server/rule/cors.ts";
import { weakTestFixes } from "../server/rule/fix/origin.ts";
import { type Given, given, origin, type Place, written } from "../server/rule/given.ts";
import {
  functionOf,
  isAsked,
  ofFunction,
  patternAt,
  scopeOf,
  type Verdict,
  verdict,
  verdictAt,
  verdictOnHeader,
  type Weakness,
  type WeakTest,
} from "../server/rule/origin-match.ts";
import { type Ends, openingOf, sourceOf } from "../server/rule/origin-pattern.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Match,
  type Observation,
  rule,
  type StoreView,
} from "../server/rule/rule.ts";
import { storesOf } from "../server/rule/stores.ts";
import { bare, type Data, rowData, spanOf } from "../server/rule/tokens.ts";

/** What a site may be called that passes, if "example.com" is meant. */
const PASSES: Readonly<Record<Weakness, string>> = {
  part: "https://example.com.evil.net, which has the right name in it,",
  inside: "an origin that is only a piece of the text, such as the beginning of an allowed one,",
  ends: "https://evilexample.com, which ends like the right one,",
  begins: "https://example.com.evil.net, which begins like the right one,",
  null: "A sandboxed frame on any page, whose origin is null,",
  start: "https://evilexample.com, since nothing says what stands before the match,",
  end: "https://example.com.evil.net, since nothing says that the match ends the name,",
  glued: "https://evilexample.com, since nothing says that a dot ends the open part,",
  dot: "https://app-example.com, since a dot in a pattern is any character,",
  wide: "Every site with that ending",
  shared: "Everybody who takes a name there, which costs nothing,",
};

export default rule({
  id: "cors-weak-origin-match",
  title: "Origin compared so that other sites pass, too",
  category: "configuration",
  severity: "high",
  cwe: [942],
  owasp: ["A05:2021", "A02:2025"],
  flow: {
    from: ["remote"],
    to: "header",
    keep: () => true,
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || !isOriginHeader(hit, code) || isTest(code.file)) return undefined;
      const weak = verdictOnHeader(hit, code, context);
      if (typeof weak !== "object") return undefined;
      const isWith = isTrueText(code);
      return { ...partOf(weak, isWith), related: relatedTo(weak) };
    },
  },
  calls: { sinks: ["cors"], check },
  stores: { sinks: ["cors"], check: checkStore },
  say: ({ facts }) => ({
    what:
      facts?.how === "null"
        ? `${String(facts.text)} allows the origin null.`
        : `${String(facts?.text)} does not tell the right origin from others like it.`,
    why:
      facts?.credentials === true
        ? `${String(facts.passes)} can call this API with the cookies of whoever visits it, and read the answers.`
        : `${String(facts?.passes)} can read these answers; the day credentials are added, with the user's cookies.`,
    fix:
      facts?.how === "null"
        ? "Leave null out: pages of your own have an origin."
        : "Compare the whole origin with a list, or the name of its host with a dot in front; a pattern needs ^https://, \\. and $.",
  }),
  fixes: (match, code) => weakTestFixes(match, code),
});

function partOf(weak: WeakTest, isWith: boolean): Partial<Match> {
  return {
    severity: isWith ? "high" : "low",
    confidence: weak.isGuess || weak.how === "dot" || weak.how === "inside" ? "medium" : "high",
    facts: {
      how: weak.how,
      text: weak.text,
      passes: PASSES[weak.how],
      credentials: isWith,
      test: weak.op,
      testItem: weak.item,
    },
  };
}
function relatedTo({ item, span }: WeakTest): NonNullable<Match["related"]> {
  return [{ item, span, text: "the comparison that other sites pass" }];
}
function matchAt(weak: WeakTest, isWith: boolean): Match {
  return { item: weak.item, span: weak.span, op: weak.op, ...partOf(weak, isWith) };
}

function check(call: Observation, context: Context): Match | undefined {
  const data = rowData(call, "cors");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined) return undefined;
  if (isTest(code.file) || isSample(code.file)) return undefined;
  const isWith = allowsCredentials(call, data);
  const options = [given(call, data.origins), given(call, data.pattern)];
  for (const [i, option] of options.entries()) {
    if (option.kind !== "given") continue;
    const weak = weakOption(option, data, i === 1, code, context);
    if (weak === undefined) continue;
    const isHere = context.code(weak.item)?.file === code.file;
    return {
      ...matchAt(weak, isWith),
      ...(!isHere && {
        item: call.site.item,
        span: spanOf(call, code, option),
        op: call.site.op,
        related: relatedTo(weak),
      }),
      ...(isGuessed(call, "cors") && { confidence: "medium" }),
    };
  }
  return undefined;
}

function weakOption(
  option: Given,
  data: Data,
  isPattern: boolean,
  code: Code,
  context: Context,
): WeakTest | undefined {
  const place = written(code, option, context);
  if (place === undefined) return undefined;
  const body = functionOf(place.code, place.id, { context });
  const weak =
    body === undefined
      ? weakElement(place, data, isPattern, context)
      : verdictOnFunction(body, context);
  return typeof weak === "object" ? weak : undefined;
}

/** One of the origins and patterns of a setting. */
function weakElement(
  place: Place,
  data: Data,
  isPattern: boolean,
  context: Context,
): WeakTest | undefined {
  const { code, op } = place;
  if (op.op === "sequence") {
    for (const { value } of op.elements) {
      const at = origin({ code, op: code.op(value), id: value }, context);
      const weak = at.op.op === "sequence" ? undefined : weakElement(at, data, isPattern, context);
      if (weak !== undefined) return weak;
    }
    return undefined;
  }
  const only = op.op === "const" && typeof op.value === "string" ? op.value : undefined;
  const base = {
    item: code.item,
    span: op.span,
    op: place.id,
    isGuess: false,
    text: code.text(op.span),
  };
  if (only === "null") return { ...base, how: "null" };
  const isText = only !== undefined && sourceOf(only) === undefined;
  // A text is compared as a whole, unless the library takes what looks like one for a pattern.
  if (isText && !isPattern && !(data.patterns === true && /[*\\\]?$^[()]/.test(only)))
    return undefined;
  const source = patternAt(place);
  const how =
    source === undefined ? undefined : openingOf(source, (data.regex ?? "search") as Ends);
  return how === undefined ? undefined : { ...base, how };
}

/** A function that decides: it returns, or hands to its callback, the origin itself or true. */
function verdictOnFunction(code: Code, context: Context): Verdict {
  const [asked, callback] = code.ir.params;
  if (asked === undefined) return undefined;
  const scope = scopeOf(context, [[code, asked.slot]]);
  const calls = code.ir.ops.flatMap((op, id) => {
    const callee = op.op === "call" ? bare(code, op.callee) : undefined;
    return op.op === "call" && callee?.op === "load" && callee.slot === callback?.slot
      ? [{ id, yes: op.args[1]?.value }]
      : [];
  });
  const all =
    calls.length === 0
      ? [ofFunction(code, true, scope)]
      : calls.map(({ id, yes }) => {
          const value = yes === undefined ? undefined : bare(code, yes);
          if (yes === undefined || (value?.op === "const" && value.value !== true))
            return undefined;
          const before = verdictAt(code, id, scope);
          if (before === "tested" || value?.op === "const" || isAsked(code, yes, scope))
            return before;
          return before ?? verdict(code, yes, true, scope);
        });
  return all.find((v) => typeof v === "object");
}

function checkStore(store: StoreView, context: Context): Match | undefined {
  const data = rowData(store, "cors");
  const code = context.code(store.site.item);
  if (data?.regex === undefined || code === undefined || isTest(code.file)) return undefined;
  const place = origin({ code, op: code.op(store.valueOp), id: store.valueOp }, context);
  const weak = weakElement(place, data, data.list === undefined, context);
  if (weak === undefined || context.code(weak.item)?.file !== code.file) return undefined;
  return matchAt(weak, isTrueVariable(code, String(data.credentials)));
}
function isTrueVariable(code: Code, name: string): boolean {
  const slot = code.ir.slots.indexOf(name);
  return storesOf(code, slot).some((value) => {
    const op = bare(code, value);
    return op.op === "const" && op.value === true;
  });
}
