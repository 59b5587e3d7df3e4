import {
  allowsCredentials,
  isGuessed,
  isTrueText,
  nestedOrigins,
  originFixes,
} from "../server/rule/cors.ts";
import { constantOf, type Given, given, knownStrings } from "../server/rule/given.ts";
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
import { bare, type Data, rowData, spanOf } from "../server/rule/tokens.ts";

export default rule({
  id: "cors-wildcard-credentials",
  title: "Any website may read answers, with cookies",
  category: "configuration",
  severity: "high",
  cwe: [942],
  owasp: ["A05:2021", "A02:2025"],
  calls: {
    sinks: ["cors", "header"],
    check: (call, context) => checkLibrary(call, context) ?? checkHeader(call, context),
  },
  stores: {
    sinks: ["cors"],
    check: (store, context) => {
      const data = rowData(store, "cors");
      const code = context.code(store.site.item);
      const value = constantOf({
        kind: "given",
        value: store.value,
        argument: { value: store.value, op: store.valueOp, span: store.site.span },
        path: [],
      });
      if (
        code === undefined ||
        data === undefined ||
        value !== true ||
        !setsTrue(code, String(data.credentials))
      )
        return undefined;
      return {
        item: store.site.item,
        span: store.site.span,
        op: store.site.op,
        facts: {
          how: String(data.wildcard),
          library: String(data.library),
          given: true,
          list: String(data.list),
        },
      };
    },
  },
  say: ({ facts }) => {
    const library = String(facts?.library);
    return facts?.how === "echo"
      ? {
          what: `Every origin is allowed together with credentials; ${library} then answers with the caller's own origin.`,
          why: "Any website a logged-in user visits can call this API with the user's cookies and read the answers.",
          fix: "List the origins of your own pages, or leave credentials out.",
        }
      : {
          what: `${library} sends "Access-Control-Allow-Origin: *" together with credentials; browsers refuse that.`,
          why: "Requests with cookies fail today, and the usual repair, answering with the caller's origin, lets any website read the answers.",
          fix: "List the origins of your own pages, or leave credentials out.",
        };
  },
  fixes: (match, code) => fixes(match, code),
});

function checkLibrary(call: Observation, context: Context): Match | undefined {
  const data = rowData(call, "cors");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined || !allowsCredentials(call, data)) return undefined;
  const origins = given(call, data.origins);
  if (origins.kind === "unknown") return undefined;
  const nested =
    data.resources === undefined ? undefined : nestedOrigins(given(call, data.resources));
  if (nested === "unknown") return undefined;
  const open =
    nested !== undefined
      ? nested.some((v) => isStar(v, data))
      : origins.kind === "absent"
        ? data.otherwise === "*"
        : isStar(origins.value, data);
  if (!open) return undefined;
  const how = String(data.wildcard);
  const at: Given =
    origins.kind === "given"
      ? origins
      : nested !== undefined
        ? given(call, data.resources)
        : given(call, data.credentials);
  return {
    item: call.site.item,
    span: spanOf(call, code, at),
    op: call.site.op,
    call,
    severity: how === "echo" ? "high" : "medium",
    confidence: isGuessed(call, "cors") ? "medium" : "high",
    facts: { how, library: String(data.library), given: origins.kind === "given" },
  };
}
function isStar(value: Value, data: Data): boolean {
  return value.fields === undefined
    ? knownStrings(value).includes("*")
    : data.lists === true && knownStrings(value).includes("*");
}

/** `res.setHeader("Access-Control-Allow-Origin", "*")` beside the header for credentials. */
function checkHeader(call: Observation, context: Context): Match | undefined {
  const data = rowData(call, "header");
  const code = context.code(call.site.item);
  if (data?.name === undefined || code === undefined) return undefined;
  const name = constantOf(given(call, data.name));
  const value = given(call, "1");
  if (
    typeof name !== "string" ||
    name.toLowerCase() !== "access-control-allow-origin" ||
    constantOf(value) !== "*" ||
    !isTrueText(code)
  )
    return undefined;
  return {
    item: call.site.item,
    span: spanOf(call, code, value),
    op: call.site.op,
    call,
    severity: "medium",
    confidence: call.guessed ? "medium" : "high",
    facts: { how: "literal", library: "This code", given: true },
  };
}

function setsTrue(code: Code, name: string): boolean {
  return code.ir.ops.some((op) => {
    if (op.op !== "store" || code.ir.slots[op.slot] !== name) return false;
    const value = bare(code, op.value);
    return value.op === "const" && value.value === true;
  });
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const { call } = match;
  const data = call === undefined ? undefined : rowData(call, "cors");
  const op = code.op(match.op ?? 0);
  if (call === undefined) {
    if (op.op !== "store") return [];
    const at = code.absolute(bare(code, op.value).span);
    const edits: Edit[] = [{ ...at, newText: "False" }];
    return [
      {
        title: `Allow no foreign origin until ${String(match.facts?.list)} lists some`,
        grade: "placeholder",
        edits: [{ file: code.file, edits }],
      },
    ];
  }
  if (data === undefined || op.op !== "call")
    return [
      {
        title: "List the allowed origins",
        grade: "manual",
        edits: [],
        reason:
          "Compare the Origin header with a list of your own origins and send it back only then, or drop the credentials header. No edit is offered: both headers are set by hand.",
      },
    ];
  return originFixes(call, data, code, op);
}
