/** All environment variables, or a file of credentials, leave the machine: what a poisoned package does. */
import { type Code, type Hit, rule, type ValueId } from "../server/rule/rule.ts";
import { readsEntriesOnly } from "../server/rule/uses.ts";

export default rule({
  id: "exfiltration-pattern",
  title: "Whole environment or credentials sent away",
  category: "supply-chain",
  severity: "critical",
  cwe: [506, 200],
  owasp: ["A08:2021", "A03:2025"],
  flow: {
    from: ["environment"],
    to: "network",
    accept(hit, context) {
      // One variable by its name: "...|environment|API_KEY".
      const field = hit.label.slice(hit.label.lastIndexOf("|") + 1);
      if (field !== "" && field !== "*" && field !== "%keys") return undefined;
      const code = context.code(sourceItem(hit));
      if (field !== "" && (code === undefined || readsOne(code, source(hit).span)))
        return undefined;
      return (hit.derive === "part" || field !== "") && code !== undefined && chooses(code)
        ? undefined
        : { facts: { credentials: /credentials/.test(sourceText(hit)) } };
    },
  },
  say: ({ hit, facts }) => ({
    what: `${facts?.credentials === true ? "A file of credentials" : "The whole environment"} goes out through ${api(hit)}.`,
    why: "It holds keys, tokens and passwords: whoever receives it can sign in as you. This is how poisoned packages steal secrets.",
    fix: "If you did not write this, remove the package or code and rotate every secret; else send named, harmless values only.",
  }),
  fixes: ({ facts }) => [
    {
      title: "Remove it, or send named values only",
      grade: "manual",
      edits: [],
      reason:
        facts?.credentials === true
          ? "Which data is needed at the other end, if any, only you can tell. Credentials have no place in a request."
          : "Which variables are needed at the other end, if any, only you can tell: read them by name, from a fixed list without secrets.",
    },
  ],
});

function api(hit: Hit | undefined): string {
  const name = hit?.row.data?.api;
  return typeof name === "string" ? name : "the network";
}
function source(hit: Hit): Hit["trail"] {
  let at = hit.trail;
  while (at.prev !== undefined) at = at.prev;
  return at;
}
function sourceItem(hit: Hit): Hit["site"]["item"] {
  return source(hit).item;
}
function sourceText(hit: Hit): string {
  return source(hit).text;
}

/** Entries are picked from it: a membership test, a prefix test or a filter stands in the function. */
function chooses(code: Code): boolean {
  return code.ir.ops.some(
    (op) =>
      (op.op === "compare" && /^(?:not )?in$/.test(op.operator)) ||
      (op.op === "member" &&
        /^(?:includes|has|startsWith|startswith|filter|pick|test|match)$/.test(op.name)),
  );
}

/** Only single entries are read from it in the function, whatever their names are: `os.environ.get(name)`. */
function readsOne(code: Code, span: Hit["argSpan"]): boolean {
  const { ops } = code.ir;
  const there = ops.findIndex(
    (op) =>
      (op.op === "member" || op.op === "call") &&
      op.span.start === span.start &&
      op.span.end === span.end,
  );
  const source = ops[there];
  if (source === undefined) return false;
  const all = ops.flatMap((op, id) =>
    id === there || (source.op === "member" && op.op === "member" && op.name === source.name)
      ? [id as ValueId]
      : [],
  );
  return readsEntriesOnly(code, all);
}
