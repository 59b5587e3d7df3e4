import { quoted, setArgument } from "../server/rule/fix/arguments.ts";
import { given, written } from "../server/rule/given.ts";
import { grouped } from "../server/rule/grouped.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
} from "../server/rule/rule.ts";
import { identities } from "../server/rule/symbol.ts";
import {
  acceptedAlgorithms,
  type Data,
  family,
  isUnchecked,
  keyOp,
  signingAlgorithm,
  spanOf,
  tokenData,
} from "../server/rule/tokens.ts";

interface Side {
  readonly call: Observation;
  readonly data: Data;
  readonly code: Code;
  readonly keys: readonly string[];
  readonly algorithms: readonly string[];
  /** Among all calls. */
  readonly order: number;
}

export default rule({
  id: "jwt-algorithm-mismatch",
  title: "Tokens are signed and verified differently",
  category: "authentication",
  severity: "medium",
  cwe: [347],
  owasp: ["A02:2021", "A04:2025"],
  project: { sinks: ["token"], check },
  say: ({ facts }) => ({
    what: `Tokens are signed with ${String(facts?.signed)} but this check accepts only ${String(facts?.accepted)}, with the same key.`,
    why: "Every token this project issues is refused here. The usual repair, a longer list of algorithms, is what lets forged tokens in.",
    fix: "Use one algorithm on both sides, best from one shared constant.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

/** A call that signs or verifies, if its key and its algorithms are known. */
function sideOf(call: Observation, order: number, context: ProgramContext): Side | undefined {
  const code = context.code(call.site.item);
  const data = tokenData(call, "signs") ?? tokenData(call, "verifies");
  if (code === undefined || data === undefined) return undefined;
  const key = keyOp(call, data, code);
  const keys = key === undefined ? [] : identities(code, key, context);
  if (keys.length === 0) return undefined;
  const signing = data.does === "signs" ? signingAlgorithm(call, data, code) : undefined;
  const algorithms =
    data.does === "signs"
      ? signing === undefined
        ? []
        : [signing]
      : isUnchecked(call, data)
        ? []
        : (acceptedAlgorithms(call, data) ?? []);
  return algorithms.length === 0 ? undefined : { call, data, code, keys, algorithms, order };
}

/** Signers of whose tokens no verifier with the same key takes any, though there are some; by their keys. */
function lostByKey(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, readonly Side[]> {
  const sides = calls.flatMap((call, order) => sideOf(call, order, context) ?? []);
  const accepted = new Map<string, Set<string>>();
  for (const { data, keys, algorithms } of sides)
    for (const key of data.does === "signs" ? [] : keys) {
      const known = accepted.get(key) ?? new Set();
      accepted.set(key, known);
      for (const algorithm of algorithms) known.add(algorithm);
    }
  const out = new Map<string, Side[]>();
  for (const side of sides) {
    if (side.data.does !== "signs") continue;
    const same = side.keys.flatMap((key) => accepted.get(key) ?? []);
    if (same.length > 0 && !same.some((known) => side.algorithms.some((a) => known.has(a))))
      for (const key of side.keys) grouped(out, key, side);
  }
  return out;
}

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  const verifiers = own.flatMap((call, order) => sideOf(call, order, context) ?? []);
  return verifiers.flatMap((v) => {
    if (v.data.does === "signs") return [];
    const lost = all.shared(lostByKey);
    const refused = inOrder([...new Set(v.keys.flatMap((key) => lost.get(key) ?? []))]);
    if (refused.length === 0) return [];
    const first = refused[0] as Side;
    const found = given(v.call, v.data.algorithms);
    return [
      {
        item: v.call.site.item,
        span: spanOf(v.call, v.code, found),
        op: v.call.site.op,
        call: v.call,
        confidence: v.call.guessed || first.call.guessed ? ("medium" as const) : ("high" as const),
        facts: {
          signed: [...new Set(refused.flatMap((s) => s.algorithms))].join(" and "),
          accepted: v.algorithms.join(" or "),
          signer: `${first.call.site.item}|${first.call.site.op}`,
          algorithm: String(first.data.algorithm ?? ""),
        },
        related: refused.map((s) => ({
          item: s.call.site.item,
          span: spanOf(s.call, s.code, given(s.call, s.data.algorithm)),
          text: `signed with ${s.algorithms.join()} here`,
        })),
      },
    ];
  });
}
/** As they were met. */
function inOrder(sides: readonly Side[]): readonly Side[] {
  return [...sides].sort((a, b) => a.order - b.order);
}
function strength(algorithm: string): number {
  return Number(/\d+$/.exec(algorithm)?.[0] ?? 0);
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const manual = (why: string): readonly Fix[] => [
    { title: "Use one algorithm on both sides", grade: "manual", edits: [], reason: why },
  ];
  const call = match.call;
  const data = call === undefined ? undefined : tokenData(call, "verifies");
  const [item, op] = String(match.facts?.signer).split("|");
  const there = context.code(item ?? "");
  const signed = String(match.facts?.signed);
  const accepted = String(match.facts?.accepted);
  if (call === undefined || data === undefined || there === undefined) return [];
  if (/ (?:and|or) /.test(`${signed}${accepted}`) || family(signed) !== family(accepted))
    return manual(
      "Decide which kind of key this is. No edit is offered: the algorithms need different keys, or there are several.",
    );
  const out: Fix[] = [];
  const signing = there.op(Number(op));
  if (signing.op === "call") {
    const edit = signingEdit(there, signing, signed, accepted, String(match.facts?.algorithm));
    if (edit !== undefined)
      out.push({
        title: `Sign with ${accepted}, which the check accepts`,
        grade: "suggested",
        edits: [{ file: there.file, edits: [edit] }],
      });
  }
  const list = written(code, given(call, data.algorithms), context);
  const here = code.op(match.op ?? 0);
  if (list?.code.item === code.item && here.op === "call") {
    const edit = setArgument(code, here, String(data.algorithms), `[${quoted(code, signed)}]`);
    if (edit !== undefined)
      out.push({
        title: `Accept ${signed}, which tokens are signed with`,
        grade: "suggested",
        edits: [{ file: code.file, edits: [edit] }],
      });
  } else if (list?.op.op === "sequence") {
    out.push({
      title: `Accept ${signed}, which tokens are signed with`,
      grade: "suggested",
      edits: [
        {
          file: list.code.file,
          edits: [{ ...list.code.absolute(list.op.span), newText: `[${quoted(code, signed)}]` }],
        },
      ],
    });
  }
  // The stronger of the two stays.
  if (strength(signed) > strength(accepted)) out.reverse();
  return out.length > 0
    ? out
    : manual(
        "Set both sides to the same algorithm. No edit is offered: neither is written where it can be changed alone.",
      );
}

/** The literal that names the algorithm in the signing call, or a new argument where the library's usual one is used. */
function signingEdit(
  code: Code,
  call: ReturnType<Code["op"]> & { op: "call" },
  signed: string,
  accepted: string,
  spec: string,
) {
  const inside = code.ir.ops.filter(
    (o) =>
      o.op === "const" &&
      o.value === signed &&
      o.span.start >= call.span.start &&
      o.span.end <= call.span.end,
  );
  const only = inside.length === 1 ? inside[0] : undefined;
  if (only !== undefined) return { ...code.absolute(only.span), newText: quoted(code, accepted) };
  return call.args.some((a) => code.text(a.span).includes("alg"))
    ? undefined
    : setArgument(code, call, spec, quoted(code, accepted));
}
