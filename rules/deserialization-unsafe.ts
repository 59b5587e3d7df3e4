import { alwaysBefore } from "../server/rule/control.ts";
import { setKeyword } from "../server/rule/fix/arguments.ts";
import { type Code, type Fix, type Hit, type Match, type Op, rule } from "../server/rule/rule.ts";
import { bare } from "../server/rule/tokens.ts";

export default rule({
  id: "deserialization-unsafe",
  title: "Request data read by a format that runs code",
  category: "deserialization",
  severity: "critical",
  cwe: [502],
  owasp: ["A08:2021", "A08:2025"],
  flow: {
    from: ["remote", "message", "unknown"],
    to: "deserialize",
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isSigned(code, hit)) return undefined;
      const { data } = hit.row;
      if (data?.harmful !== undefined && given(code, hit, data.harmful) !== true) return undefined;
      const harmless = data?.harmless === undefined ? false : given(code, hit, data.harmless);
      if (harmless === true) return undefined;
      const more: { -readonly [K in keyof Match]?: Match[K] } = {};
      // A new version of the library may have made it harmless.
      if (harmless === "absent" && data?.usual === true) more.confidence = "medium";
      // A parameter of a function that nobody is known to call: for who wants to see everything.
      if (hit.label.startsWith("param:")) return { severity: "medium", confidence: "low" };
      // Whoever can write to the queue is mostly a program of one's own.
      if (hit.kind === "message") more.severity = "medium";
      if (data?.runs === false) more.severity = "medium";
      return more;
    },
  },
  say: ({ hit }) => {
    const api = String(hit?.row.data?.api ?? "the call");
    const who =
      hit?.label.startsWith("param:") === true
        ? "What this function is given"
        : hit?.kind === "message"
          ? "A message of a queue"
          : "Request data";
    return {
      what: `${who} is read by ${api}, which builds whatever the data names.`,
      why:
        hit?.row.data?.runs === false
          ? "The format is the engine's own and is not checked while it is read: broken data makes it crash or take all memory."
          : PYTHON.test(api)
            ? "An object whose __reduce__ names os.system runs a command of the attacker while it is read."
            : "A value such as _$$ND_FUNC$$_function(){...}() runs code of the attacker while it is read.",
      fix: `Use ${String(hit?.row.data?.instead ?? "JSON")}; data that must keep this format needs a signature that is checked first.`,
    };
  },
  fixes: (match, code) => [fix(match, code)],
});
const PYTHON = /^(?!node-|funcster|serialize-)/;

/** A signature was compared before: only who has the key can have written the data. */
function isSigned(code: Code, hit: Hit): boolean {
  return code.ir.ops.some((op, id) => {
    if (op.op !== "call") return false;
    const callee = code.op(op.callee);
    const name =
      callee.op === "member" || callee.op === "free" ? callee.name : nameOf(code, callee);
    return (
      (name === "compare_digest" || name === "timingSafeEqual") &&
      alwaysBefore(code, id, hit.site.op)
    );
  });
}
function nameOf(code: Code, op: Op): string | undefined {
  return op.op === "load" ? code.ir.slots[op.slot] : undefined;
}

/** What a keyword was set to, as far as it is written in the call. */
function given(code: Code, hit: Hit, name: unknown): unknown {
  const call = code.op(hit.site.op);
  if (call.op !== "call") return undefined;
  const arg = call.args.find((a) => a.name === name);
  if (arg === undefined)
    return call.args.some((a) => a.spread === "entries") ? undefined : "absent";
  const value = bare(code, arg.value);
  return value.op === "const" ? value.value : undefined;
}

function fix(match: Match, code: Code): Fix {
  const { hit } = match;
  const data = hit?.row.data;
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (call?.op === "call" && typeof data?.harmless === "string") {
    const edit = setKeyword(code, call, data.harmless, "True");
    if (edit !== undefined)
      return {
        title: "Read weights only",
        grade: "suggested",
        edits: [{ file: code.file, edits: [edit] }],
      };
  }
  return {
    title: "Use a format that holds only data",
    grade: "manual",
    edits: [],
    reason: `Use ${String(data?.instead ?? "JSON")}. No edit is offered: whoever writes the data must change its format too.`,
  };
}
