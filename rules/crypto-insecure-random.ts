import { type Turn, turnsOf } from "../server/rule/becomes.ts";
import { importEdit, importedAs } from "../server/rule/fix/imports.ts";
import { methodCallOn, wholeNumberOf } from "../server/rule/fix/number-range.ts";
import { constantOf, given, origin } from "../server/rule/given.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { type SecretName, secretName } from "../server/rule/secret-names.ts";
import { isSessionCookie } from "../server/rule/session-cookie.ts";
import { rowData } from "../server/rule/tokens.ts";

/** One of several ready values. */
const PICKS = /^(?:random|numpy\.random)\.(?:choice|choices|sample)$/;
const MAKES = /^(?:random|numpy\.random|uuid|globalThis\.Math|nanoid\/non-secure)\./;
/** They hold the time and the address of the network card, no chance at all. */
const CLOCK = /^uuid\.(?:uuid1|v1|v6)$/;

export default rule({
  id: "crypto-insecure-random",
  title: "Secret made by a predictable generator",
  category: "cryptography",
  severity: "high",
  cwe: [330, 338],
  owasp: ["A02:2021", "A04:2025"],
  items: {
    watch: [
      "random.{random,randint,randrange,choice,choices,sample,getrandbits,randbytes,uniform}",
      "numpy.random.{rand,random,randint,choice,bytes}",
      "uuid.{uuid1,v1,v6}",
      "globalThis.Math.random",
      "nanoid/non-secure.nanoid",
    ],
    sinks: ["cookie", "session", "token"],
    check(all, code, context) {
      const calls = all.filter((call) => call.paths.some((path) => MAKES.test(path)));
      if (isTest(code.file) || isSample(code.file)) return [];
      const found = new Map<string, { turn: Turn; name: SecretName; calls: Observation[] }>();
      for (const call of calls) {
        const path = call.paths[0] ?? "";
        const start = {
          picked: PICKS.test(path) && !isFromText(call, code, context),
          text: isText(path),
        };
        const turns = turnsOf(code, call.site.op, start);
        const best = keyOf(turns, all, code) ?? worst(turns);
        // Of visits and jobs, too, there are sessions: one that something is kept under is more.
        if (best === undefined || (best.name.kind === "identifier" && !turns.some((t) => t.isKey)))
          continue;
        const key = `${best.turn.code.item}:${best.turn.name}`;
        const old = found.get(key);
        if (old === undefined) found.set(key, { ...best, calls: [call] });
        else old.calls.push(call);
      }
      return [...found.values()].map((one) => matchOf(one.turn, one.name, one.calls, code));
    },
  },
  say: ({ facts }) => {
    const python = facts?.python === true;
    return {
      what: `${String(facts?.name)} is made by ${String(facts?.api)}, ${facts?.clock === true ? "which tells the time and the machine" : "which is predictable"}.`,
      why:
        facts?.clock === true
          ? "Who knows one such value tries the few thousand that were possible around it, and has the one of somebody else."
          : python
            ? "624 of its outputs give away its state: an attacker asks for some values of his own and computes the next one, which is somebody else's."
            : "A few of its outputs give away its state: an attacker asks for some values of his own and computes the next one, which is somebody else's.",
      fix: python
        ? "Use the secrets module: secrets.token_urlsafe(32), secrets.choice, secrets.randbelow."
        : "Use crypto.randomUUID(), or randomBytes and randomInt of node:crypto.",
    };
  },
  fixes: (match, code) => fixes(match, code),
});

function isText(path: string): boolean {
  return /uuid|nanoid|bytes/.test(path);
}
/** Letters are picked out of a text: pieces of something new. */
function isFromText(call: Observation, code: Code, context: Context): boolean {
  const first = call.args[0];
  if (first === undefined) return false;
  const refs = first.value.refs.some((r) => r.startsWith("lib:string."));
  if (refs || first.value.alts !== undefined) return true;
  const { op, code: where } = origin({ code, op: code.op(first.op), id: first.op }, context);
  return op.op === "binary" && /\bstring\.\w|["']/.test(where.text(op.span));
}

/** It becomes the value of a cookie that signs somebody in, or the key of a session or token: no name has to say so. */
function keyOf(
  turns: readonly Turn[],
  calls: readonly Observation[],
  code: Code,
): { turn: Turn; name: SecretName } | undefined {
  for (const turn of turns) {
    if (turn.call === undefined || turn.picked || turn.code.item !== code.item) continue;
    const to = calls.find((call) => call.site.op === turn.call?.op);
    const cookie = to === undefined ? undefined : rowData(to, "cookie");
    const key =
      to === undefined ? undefined : (rowData(to, "session") ?? rowData(to, "token"))?.key;
    const spec =
      cookie !== undefined && to !== undefined && isSessionCookie(to, cookie) ? cookie.value : key;
    const found = to === undefined ? undefined : given(to, spec);
    if (
      to === undefined ||
      found?.kind !== "given" ||
      found.argument !== to.args[turn.call.argument]
    )
      continue;
    const name =
      spec === key ? "the key" : `the cookie ${String(constantOf(given(to, cookie?.name)))}`;
    return { turn: { ...turn, name }, name: { kind: "secret", exact: true } };
  }
  return undefined;
}

/** The turn that says the most; a function's name and a parameter say as much as a variable. */
function worst(turns: readonly Turn[]): { turn: Turn; name: SecretName } | undefined {
  let best: { turn: Turn; name: SecretName } | undefined;
  for (const turn of turns) {
    const name = turn.name === undefined || turn.picked ? undefined : secretName(turn.name);
    if (name === undefined || !(name.exact || turn.text)) continue;
    if (best === undefined || rank(name) > rank(best.name)) best = { turn, name };
  }
  return best;
}
function rank({ kind }: SecretName): number {
  return kind === "secret" ? 3 : kind === "code" ? 2 : kind === "identifier" ? 1 : 0;
}

function matchOf(turn: Turn, name: SecretName, calls: readonly Observation[], code: Code): Match {
  const call = calls[0] as Observation;
  const path = call.paths[0] ?? "";
  return {
    item: call.site.item,
    span: call.site.span,
    op: call.site.op,
    call,
    severity: name.kind === "secret" || name.kind === "code" ? "high" : "medium",
    confidence: call.guessed
      ? "low"
      : turn.call !== undefined && turn.name?.startsWith("the ") === true
        ? "high"
        : "medium",
    facts: {
      name: nameInWords(turn),
      kind: name.kind,
      api: path.replace(/^globalThis\./, "").replace(/^nanoid\/non-secure\./, ""),
      python: code.language === "python",
      clock: CLOCK.test(path),
      ops: calls.map((c) => c.site.op).join(","),
    },
    related:
      turn.code.item === call.site.item
        ? []
        : [{ item: turn.code.item, span: turn.span, text: `${String(turn.name)} gets it here` }],
  };
}
function nameInWords({ name = "" }: Turn): string {
  return name.startsWith("the ") ? name.charAt(0).toUpperCase() + name.slice(1) : `"${name}"`;
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const title = "Make it with a generator for secrets";
  const manual = (reason: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason },
  ];
  const ids = String(match.facts?.ops ?? "")
    .split(",")
    .map(Number);
  const edits = new Map<string, Edit>();
  let isSame = !isSeeded(code);
  for (const id of ids) {
    const op = code.op(id);
    const own =
      op.op !== "call"
        ? undefined
        : code.language === "python"
          ? inPython(code, op, String(match.facts?.api))
          : inJavaScript(code, op, id, match);
    if (own === undefined)
      return manual(
        code.language === "python"
          ? "Use secrets.token_urlsafe(32), or secrets.choice for each letter. No edit is offered: the call has no counterpart of the same form."
          : isBrowser(code)
            ? "Use crypto.randomUUID() or crypto.getRandomValues. No edit is offered: in a browser there is no counterpart of the same form."
            : "Use randomBytes, randomUUID or randomInt of node:crypto. No edit is offered: what is computed of the number has no counterpart of the same form.",
      );
    isSame &&= hasSameRange(code, op, id, String(match.facts?.api));
    for (const edit of own) edits.set(`${edit.start}:${edit.end}`, edit);
  }
  return [
    {
      title,
      grade: isSame ? "safe" : "suggested",
      edits: [{ file: code.file, edits: [...edits.values()] }],
    },
  ];
}

type Call = Op & { readonly op: "call" };

/** The program asks for the same values each time, as simulations do. */
function isSeeded(code: Code): boolean {
  return /\bseed\s*\(/.test(code.fileText);
}

/** What comes out is of the same kind, from the same range, only by chance: nobody can have counted on a value. */
function hasSameRange(code: Code, op: Op, id: ValueId, api: string): boolean {
  if (code.language === "python") return api.startsWith("random.");
  if (op.op !== "call" || api !== "Math.random" || textChain(code, id) !== undefined) return false;
  const bounds = wholeNumberOf(code, id)?.args.split(",") ?? [];
  // randomInt takes whole numbers less than 2 ** 48 apart, and none of them twice.
  const numbers = bounds.map((text) =>
    /^\s*\d[\d_]*\s*$/.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN,
  );
  const [low, high] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  return low !== undefined && high !== undefined && high > low && high - low < 2 ** 48;
}

/** `random.randint(1, 6)` -> `secrets.SystemRandom().randint(1, 6)`: the same methods, of the system's generator. */
function inPython(code: Code, call: Call, api: string): readonly Edit[] | undefined {
  const callee = code.op(call.callee);
  const at = code.absolute(callee.span);
  const name = api.slice(api.lastIndexOf(".") + 1);
  if (api === "uuid.uuid1") {
    if (call.args.length > 0) return undefined;
    const { edit, local } = importEdit(code, { module: "uuid", name: "uuid4" });
    return [...(edit === undefined ? [] : [edit]), { ...at, newText: local }];
  }
  if (!api.startsWith("random.")) return undefined;
  const { edit, local } = importEdit(code, { module: "secrets" });
  const own =
    name === "choice"
      ? `${local}.choice`
      : name === "randbytes"
        ? `${local}.token_bytes`
        : `${local}.SystemRandom().${name}`;
  return [...(edit === undefined ? [] : [edit]), { ...at, newText: own }];
}

function inJavaScript(
  code: Code,
  call: Call,
  id: ValueId,
  match: Match,
): readonly Edit[] | undefined {
  const path = String(match.facts?.api);
  const browser = isBrowser(code);
  if (path !== "Math.random") {
    if (call.args.length > 0 || browser) return undefined;
    const { edit, local } = fromCrypto(code, "randomUUID");
    return [
      ...(edit === undefined ? [] : [edit]),
      { ...code.absolute(code.op(call.callee).span), newText: local },
    ];
  }
  const chain = textChain(code, id);
  if (chain !== undefined) {
    if (browser) return [{ ...code.absolute(chain.span), newText: "crypto.randomUUID()" }];
    const { edit, local } = fromCrypto(code, "randomBytes");
    return [
      ...(edit === undefined ? [] : [edit]),
      {
        ...code.absolute(chain.span),
        newText: `${local}(16).toString(${quote(code)}hex${quote(code)})`,
      },
    ];
  }
  if (browser) return undefined;
  const range = wholeNumberOf(code, id);
  if (range === undefined) return undefined;
  const { edit, local } = fromCrypto(code, "randomInt");
  return [
    ...(edit === undefined ? [] : [edit]),
    { ...code.absolute(range.op.span), newText: `${local}(${range.args})` },
  ];
}
function fromCrypto(code: Code, name: string): ReturnType<typeof importEdit> {
  const whole = importedAs(code, { module: "crypto" });
  return whole === undefined
    ? importEdit(code, { module: "crypto", name })
    : { local: `${whole}.${name}` };
}
function quote(code: Code): string {
  return (code.fileText.match(/'/g) ?? []).length > (code.fileText.match(/"/g) ?? []).length
    ? "'"
    : '"';
}

/** `Math.random().toString(36).slice(2)`: all of it, when it is no number any more. */
function textChain(code: Code, id: ValueId): Op | undefined {
  const uses = methodCallOn(code, id);
  if (uses === undefined || uses.name !== "toString" || uses.call.args.length !== 1)
    return undefined;
  const after = methodCallOn(code, uses.id);
  return after !== undefined && /^(?:slice|substring|substr)$/.test(after.name)
    ? after.call
    : uses.call;
}
