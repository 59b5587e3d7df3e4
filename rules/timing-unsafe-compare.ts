/** A signature or a secret compared letter by letter: how long it takes tells how many of them were right. */
import { turnsOf } from "../server/rule/becomes.ts";
import { digestOf, keyOf } from "../server/rule/digest.ts";
import { constantTime } from "../server/rule/fix/constant-time.ts";
import { origin } from "../server/rule/given.ts";
import { isFromRequest, namesIn } from "../server/rule/lookups.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Match,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { secretName, words } from "../server/rule/secret-names.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { bare } from "../server/rule/tokens.ts";

type Compare = Op & { readonly op: "compare" };

export default rule({
  id: "timing-unsafe-compare",
  title: "Secret compared letter by letter",
  category: "cryptography",
  severity: "low",
  cwe: [208],
  owasp: ["A02:2021", "A04:2025"],
  items: {
    every: true,
    watch: ["hmac.{new,digest,HMAC}", "crypto.createHmac"],
    sinks: ["digest"],
    check(calls, code, context) {
      const signed = calls.flatMap((call) => signatures(call, code));
      const told = new Set(signed.map((m) => m.op));
      const found = [
        ...signed,
        ...secrets(code, context).filter((m) => m.item !== code.item || !told.has(m.op)),
      ];
      const isElsewhere = found.length > 0 && (isTest(code.file) || isSample(code.file));
      return isElsewhere || (found.length > 0 && isBrowser(code)) ? [] : found;
    },
  },
  say: ({ facts }) => {
    const python = facts?.python === true;
    return {
      what: `${facts?.secret === undefined ? "A signature" : `"${String(facts.secret)}"`} is compared letter by letter: it takes longer the more of the beginning is right.`,
      why: "Who can measure that, from a machine nearby and with many tries, finds the value letter by letter.",
      fix: python
        ? "Use hmac.compare_digest, which always takes the same time."
        : "Use timingSafeEqual of node:crypto on two hashes, which always takes the same time.",
    };
  },
  fixes: (match, code, context) => constantTime(match, code, context),
});

function matchOf(code: Code, op: ValueId, compare: Compare, facts: Match["facts"]): Match {
  return {
    item: code.item,
    op,
    span: compare.span,
    confidence: facts?.secret === undefined ? "high" : "medium",
    facts: { python: code.language === "python", ...facts },
  };
}
function isEquality(op: Op): op is Compare {
  return op.op === "compare" && /^[=!]=$/.test(op.operator);
}

/** An HMAC, or a hash of a secret and data, that is made here and compared with what came. */
function signatures(call: Observation, code: Code): readonly Match[] {
  const digest = digestOf(call);
  if (call.sinks.length > 0 && (digest === undefined || keyOf(digest, code) === undefined))
    return [];
  return turnsOf(code, call.site.op, { picked: false, text: false }).flatMap((turn) => {
    if (turn.compared === undefined) return [];
    const op = turn.code.op(turn.compared.op);
    const other = bare(turn.code, turn.compared.with);
    if (!isEquality(op) || other.op === "const" || isLength(turn.code, turn.compared.with))
      return [];
    const isLeft = op.right === turn.compared.with;
    return [matchOf(turn.code, turn.compared.op, op, { ours: isLeft ? "left" : "right" })];
  });
}
function isLength(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  return op.op === "member" && /^(?:length|size|digest_size|name)$/.test(op.name);
}

/** What a request holds, compared with a secret of the configuration. */
function secrets(code: Code, context: Context): readonly Match[] {
  const out: Match[] = [];
  for (const [id, op] of code.ir.ops.entries()) {
    if (!isEquality(op)) continue;
    for (const [own, other, ours] of [
      [op.left, op.right, "left"],
      [op.right, op.left, "right"],
    ] as const) {
      const secret = configured(code, own, context);
      if (secret === undefined || !isSent(code, other, context)) continue;
      out.push(matchOf(code, id as ValueId, op, { secret, ours }));
      break;
    }
  }
  return out;
}

/** `process.env.API_KEY`, `os.environ["API_KEY"]`, `settings.SECRET_KEY`, `API_KEY`: its name. */
function configured(code: Code, id: ValueId, context: Context, depth = 0): string | undefined {
  if (depth > 8) return undefined;
  const op = bare(code, id);
  let name: string | undefined;
  // `Bearer ${process.env.CRON_SECRET}`
  const inside =
    op.op === "join"
      ? op.parts.flatMap((p) => (p.kind === "hole" ? [p.value] : []))
      : op.op === "binary" && op.operator === "+"
        ? [op.left, op.right].filter((side) => bare(code, side).op !== "const")
        : [];
  if (inside.length === 1) return configured(code, inside[0] as ValueId, context, depth + 1);
  if (op.op === "member") name = isConfiguration(code, op.object) ? op.name : undefined;
  else if (op.op === "index" || op.op === "call") {
    const key = op.op === "index" ? op.key : op.args[0]?.value;
    const of = op.op === "index" ? op.object : op.callee;
    const text = key === undefined ? undefined : code.op(key);
    if (text?.op === "const" && typeof text.value === "string" && isConfiguration(code, of))
      name = text.value;
  } else if (op.op === "free" || op.op === "load") {
    const place = origin({ code, op, id }, context);
    // A constant of a file that is not there.
    if (place.op.op === "import") name = place.op.name;
    else if (place.op !== op) return configured(place.code, place.id, context, depth + 1);
  }
  const kind = name === undefined ? undefined : secretName(name);
  return kind?.kind === "secret" && kind.exact ? name : undefined;
}
function isConfiguration(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  const name =
    op.op === "member" || op.op === "free"
      ? op.name
      : op.op === "load"
        ? (code.ir.slots[op.slot] ?? "")
        : "";
  if (/^(?:environ|env|getenv|settings|config|configuration|cfg|conf|secrets)$/i.test(name))
    return true;
  return (
    (op.op === "member" && isConfiguration(code, op.object)) ||
    (op.op === "call" && isConfiguration(code, op.callee))
  );
}

/** A header, another part of a request, or what somebody passes. */
function isSent(code: Code, id: ValueId, context: Context): boolean {
  const op = bare(code, id);
  if (op.op === "const") return false;
  if (configured(code, id, context) !== undefined) return false;
  const ops = madeFrom(code, id);
  return (
    isFromRequest(code, ops) ||
    ops.some(
      (one) =>
        one.op === "param" &&
        !/^(?:self|cls|settings|config)$/.test(code.ir.params[one.index]?.name ?? ""),
    ) ||
    namesIn(code, ops).some((name) =>
      words(name).some((word) => /^(?:headers?|cookies?|authorization)$/.test(word)),
    )
  );
}
