import { isOfAdministrators } from "../server/rule/administrators.ts";
import { isWhole, sourceFields } from "../server/rule/filter.ts";
import {
  type Code,
  type Context,
  type Hit,
  type Match,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { storesOf } from "../server/rule/stores.ts";
import { bare } from "../server/rule/tokens.ts";

export default rule({
  id: "mass-assignment",
  title: "Request body stored with all its fields",
  category: "access",
  severity: "high",
  cwe: [915],
  owasp: ["A08:2021", "A06:2025"],
  flow: {
    from: ["remote"],
    to: ["fields", "key"],
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      const found = code === undefined ? undefined : stored(hit, code, context);
      if (found === undefined || !isOfAdministrators(hit, context)) return found;
      // Who may do everything anyway sets what he likes.
      return { ...found, severity: "low", facts: { administrators: true } };
    },
  },
  say: ({ hit, facts }) => ({
    what:
      hit?.sink === "key"
        ? "The request names the attribute that is set."
        : `Every field of the request is stored by ${String(hit?.row.data?.api ?? "the call")}.`,
    why:
      facts?.administrators === true
        ? "Only administrators get here; a field that no form shows is set all the same, such as an id."
        : 'A client adds "role": "admin", "is_admin": true or another user\'s id to the body, and it is stored.',
    fix: "Name the fields that may be set, or check the body against a schema that knows no others.",
  }),
  fixes: (match) => [
    {
      title: "Name the fields",
      grade: "manual",
      edits: [],
      reason:
        match.hit?.sink === "key"
          ? "Compare the name with a list of the attributes that may be set. No edit is offered: which they are is the author's to say."
          : "Take the fields one by one from the body, or parse it with a schema (pydantic, zod). No edit is offered: which fields a client may set is the author's to say.",
    },
  ],
});

function stored(hit: Hit, code: Code, context: Context): Partial<Match> | undefined {
  if (hit.sink === "key") return {};
  if (isOneField(hit, code) || !isWhole(hit) || !sourceFields(hit, context)) return undefined;
  // What was found and then changed is told where it is changed.
  if (hit.row.data?.row !== true)
    return hit.row.data?.saves === true && isRow(code, hit.arg) ? undefined : {};
  // Into which object the fields go is known by the call that found it.
  const call = code.op(hit.site.op);
  const target = call.op === "call" ? call.args[0] : undefined;
  return target !== undefined && isRow(code, target.value) ? { confidence: "medium" } : undefined;
}

/** `Model(name=value)` sets one field. */
function isOneField(hit: Hit, code: Code): boolean {
  const call = code.op(hit.site.op);
  return call.op === "call" && call.args.some((a) => a.value === hit.arg && a.name !== undefined);
}

/** It is what a query found: set once, to the result of a call such as findOne. */
function isRow(code: Code, value: ValueId): boolean {
  const made = value < 0 ? undefined : origin(code, bare(code, value));
  const callee = made?.op === "call" ? code.op(made.callee) : undefined;
  return callee?.op === "member" && /^(?:find|get|load|fetch|first|one)/i.test(callee.name);
}
function origin(code: Code, op: Op): Op | undefined {
  if (op.op !== "load") return op;
  const stores = storesOf(code, op.slot);
  const [only] = stores;
  return stores.length === 1 && only !== undefined ? bare(code, only) : undefined;
}
