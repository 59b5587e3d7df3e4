import { quoted, removeArgument, removeEntry } from "../server/rule/fix/arguments.ts";
import { answerIfRaised } from "../server/rule/fix/refused-token.ts";
import { aroundCall, keptOptions } from "../server/rule/fix/verify-token.ts";
import { binder, given, written } from "../server/rule/given.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
} from "../server/rule/rule.ts";
import {
  acceptedAlgorithms,
  bare,
  type Data,
  isUnchecked,
  keyOp,
  rowData,
  signingAlgorithm,
} from "../server/rule/tokens.ts";
import { usesOf } from "../server/rule/uses.ts";

/** Claims that say how to check a token, not who its owner is. */
const HARMLESS: readonly string[] = [
  "exp",
  "iat",
  "nbf",
  "kid",
  "iss",
  "aud",
  "azp",
  "alg",
  "typ",
  "jti",
  "header",
  "tid",
  "client_id",
];
const BROWSER =
  /\b(?:localStorage|sessionStorage|document|window)\b|from\s+["'](?:react|react-native|vue|svelte|@angular\/core|next\/router|pinia|solid-js)["']|^\s*["']use client["']/m;

export default rule({
  id: "jwt-signature-not-verified",
  title: "Token trusted without checking its signature",
  category: "authentication",
  severity: "critical",
  cwe: [347],
  owasp: ["A07:2021", "A07:2025"],
  project: {
    sinks: ["token"],
    check: (own, context) => own.flatMap((call) => check(call, own, context)),
  },
  say: ({ facts }) => ({
    what: `${String(facts?.api)} reads the token here without checking its signature${facts?.names === "" ? "" : `, and ${String(facts?.names)} ${String(facts?.names).includes(" and ") ? "are" : "is"} trusted`}.`,
    why: 'Anybody can write a token such as {"sub": "1", "role": "admin"} by hand; it is accepted like a real one.',
    fix: String(facts?.advice),
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

const ADVICE: Readonly<Record<string, string>> = {
  PyJWT: 'Verify it: jwt.decode(token, key, algorithms=["HS256"]).',
  "python-jose": 'Verify it: jwt.decode(token, key, algorithms=["HS256"]).',
  jsonwebtoken: 'Verify it: jwt.verify(token, key, { algorithms: ["HS256"] }).',
};

function check(
  call: Observation,
  /** Those of the file. */
  calls: readonly Observation[],
  context: Context,
): readonly Match[] {
  const data = rowData(call, "token");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined || data.unsigned === true) return [];
  const switched = data.does === "verifies" && isUnchecked(call, data);
  if (!switched && data.does !== "decodes") return [];
  if (
    data.does === "decodes" &&
    code.language === "javascript" &&
    (BROWSER.test(code.fileText) || /\.[jt]sx$/.test(code.file))
  )
    return [];
  const header = given(call, data.header);
  if (header.kind !== "absent") return [];
  const token = given(call, data.token);
  const text = token.kind === "given" ? code.text(token.argument.span) : undefined;
  const checked = calls.some((other) => {
    const its = rowData(other, "token");
    if (
      other === call ||
      other.site.item !== call.site.item ||
      its?.does !== "verifies" ||
      isUnchecked(other, its)
    )
      return false;
    const same = given(other, its.token);
    return same.kind === "given" && code.text(same.argument.span) === text;
  });
  if (checked) return [];
  const uses = usesOf(code, call.site.op);
  const names = uses.names.filter((n) => !HARMLESS.includes(n));
  if (names.length === 0 && !uses.whole) return [];
  const said = names.filter((n) => n !== "payload").slice(0, 2);
  return [
    {
      item: call.site.item,
      span: call.site.span,
      op: call.site.op,
      call,
      confidence: call.guessed || names.length === 0 ? "medium" : "high",
      facts: {
        api: String(data.api),
        names: said.join(" and "),
        advice:
          ADVICE[String(data.library)] ??
          "Verify it on the server: jwtVerify(token, key, { algorithms: [...] }).",
        keys: keysOfFile(calls, code, context).join("\n"),
      },
    },
  ];
}

/** Keys that the same file signs or verifies with, most used first: "algorithm expression". */
function keysOfFile(
  calls: readonly Observation[],
  code: Code,
  context: Context,
): readonly string[] {
  const found = new Map<string, number>();
  for (const other of calls) {
    const its = rowData(other, "token");
    const there = context.code(other.site.item);
    if (
      its === undefined ||
      there === undefined ||
      there.file !== code.file ||
      (its.does === "verifies" && isUnchecked(other, its))
    )
      continue;
    const op = keyOp(other, its, there);
    const algorithms =
      its.does === "signs"
        ? [signingAlgorithm(other, its, there)]
        : (acceptedAlgorithms(other, its) ?? []);
    const real = algorithms.filter((a) => a !== undefined && a.toLowerCase() !== "none");
    if (op === undefined || real.length !== 1) continue;
    const key = there.op(op);
    const text = there.text(key.span);
    if (isGlobal(there, key))
      found.set(`${real[0]} ${text}`, (found.get(`${real[0]} ${text}`) ?? 0) + 1);
  }
  const seen = new Set<string>();
  return [...found]
    .sort((a, b) => b[1] - a[1])
    .map(([k]) => k)
    .filter((k) => !seen.has(k.slice(k.indexOf(" "))) && seen.add(k.slice(k.indexOf(" "))))
    .slice(0, 2);
}

/** A name of the module, or something inside it: `SECRET`, `config.jwt.secret`, `os.environ["KEY"]`, `process.env.KEY`. */
function isGlobal(code: Code, op: Op): boolean {
  switch (op.op) {
    case "annotate":
      return isGlobal(code, code.op(op.value));
    case "member":
      return isGlobal(code, code.op(op.object));
    case "index":
      return code.op(op.key).op === "const" && isGlobal(code, code.op(op.object));
    case "free": {
      const module = code.other(`${code.file}#`);
      const bound = binder(code, op.name);
      return bound === undefined
        ? op.name === "process" || /^[A-Z][A-Z0-9_]+$/.test(op.name)
        : bound.code.item === module?.item;
    }
    default:
      return false;
  }
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const call = match.call;
  const data = call === undefined ? undefined : rowData(call, "token");
  const op = code.op(match.op ?? 0);
  if (call === undefined || data === undefined || op.op !== "call") return [];
  const title = "Verify the signature";
  const manual = (why: string): readonly Fix[] => [
    {
      title,
      grade: "manual",
      edits: [],
      reason: `${String(match.facts?.advice)} No edit is offered: ${why}.`,
    },
  ];
  if (
    data.does === "verifies" &&
    keyOp(call, data, code) !== undefined &&
    given(call, data.algorithms).kind === "given"
  )
    return switchOn(call, data, code, op, context) ?? manual("the options are not written here");
  const keys = String(match.facts?.keys)
    .split("\n")
    .filter((k) => k !== "");
  const token = given(call, data.token);
  const callee = code.op(op.callee);
  const library = String(data.library);
  const name = library === "jsonwebtoken" ? "verify" : "decode";
  const kept = keptOptions(code, op, data);
  if (keys.length === 0) return manual("no call in this file shows the key");
  if (
    token.kind !== "given" ||
    /#|\/\/|\/\*/.test(code.text(op.argsSpan)) ||
    !["PyJWT", "python-jose", "jsonwebtoken"].includes(library) ||
    kept === undefined
  )
    return manual("the call cannot be rewritten as a whole");
  if (callee.op !== "member" && data.does === "decodes")
    return manual("the verifying function is not imported here");
  return keys.map((k) => {
    const [algorithm, key] = [k.slice(0, k.indexOf(" ")), k.slice(k.indexOf(" ") + 1)];
    const list = `[${quoted(code, algorithm)}]`;
    const text = code.text(code.op(token.argument.op).span);
    const args =
      code.language === "python"
        ? `(${text}, ${key}, algorithms=${list})`
        : `(${text}, ${key}, { ${[`algorithms: ${list}`, ...kept].join(", ")} })`;
    const edits: Edit[] = [{ ...code.absolute(op.argsSpan), newText: args }];
    const renamed = callee.op === "member" && callee.name !== name && data.does === "decodes";
    if (renamed) edits.unshift({ ...code.absolute(callee.nameSpan), newText: name });
    const around =
      code.language === "python"
        ? answerIfRaised(code, op, match.op ?? 0, data, context)
        : renamed && library === "jsonwebtoken"
          ? aroundCall(code, op, match.op ?? 0, data, context)
          : { edits: [], throws: false };
    edits.push(...around.edits);
    return {
      title: `Verify the signature with ${key}${around.throws ? throwing(code) : ""}`,
      grade: "suggested",
      edits: [{ file: code.file, edits }],
    };
  });
}

function throwing(code: Code): string {
  return `; it ${code.language === "python" ? "raises" : "throws"} where the token is not valid`;
}

function switchOn(
  call: Observation,
  data: Data,
  code: Code,
  op: Parameters<typeof removeArgument>[1],
  context: Context,
): readonly Fix[] | undefined {
  const around =
    code.language === "python"
      ? answerIfRaised(code, op, call.site.op, data, context)
      : { edits: [], throws: false };
  const one = (file: string, edit: ReturnType<typeof removeArgument>): readonly Fix[] => [
    {
      title: `Verify the signature${around.throws ? throwing(code) : ""}`,
      grade: "suggested",
      edits:
        file === code.file
          ? [{ file, edits: [edit, ...around.edits] }]
          : [
              { file, edits: [edit] },
              ...(around.edits.length > 0 ? [{ file: code.file, edits: around.edits }] : []),
            ],
    },
  ];
  const direct = op.args.find((a) => a.name === "verify");
  if (direct !== undefined) return one(code.file, removeArgument(code, op, direct));
  const spec = String(data.signature)
    .split("|")
    .find((s) => s.includes(".") && given(call, s).kind === "given");
  const options =
    spec === undefined
      ? undefined
      : written(code, given(call, spec.replace(/\.\w+$/, "")), context);
  if (spec === undefined || options?.op.op !== "record") return undefined;
  const arg = op.args.find((a) => bare(code, a.value) === options.op);
  if (arg !== undefined && options.op.entries.length === 1)
    return one(code.file, removeArgument(code, op, arg));
  const edit = removeEntry(options.code, options.op, spec.slice(spec.indexOf(".") + 1));
  return edit === undefined ? undefined : one(options.code.file, edit);
}
