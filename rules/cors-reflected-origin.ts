import {
  allowsCredentials,
  isGuessed,
  isOriginHeader,
  isTrueText,
  originFixes,
} from "../server/rule/cors.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { constantOf, type Given, given, knownStrings } from "../server/rule/given.ts";
import { verdictOnHeader } from "../server/rule/origin-match.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { bare, type Data, rowData, spanOf } from "../server/rule/tokens.ts";

export default rule({
  id: "cors-reflected-origin",
  title: "The caller's origin is allowed, whatever it is",
  category: "configuration",
  severity: "high",
  cwe: [942],
  owasp: ["A05:2021", "A02:2025"],
  flow: {
    from: ["remote"],
    to: "header",
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || !isOriginHeader(hit, code)) return undefined;
      if (verdictOnHeader(hit, code, context) !== undefined) return undefined;
      const credentials = isTrueText(code);
      return {
        severity: credentials ? "high" : "low",
        facts: { how: credentials ? "header" : "header-only" },
      };
    },
  },
  calls: { sinks: ["cors"], check },
  say: ({ facts }) =>
    facts?.how === "header-only"
      ? {
          what: "The request's Origin header is sent back as the allowed origin.",
          why: "Every website may read these answers; the day credentials are added, with the user's cookies.",
          fix: "Send it back only if it is in a list of your own origins.",
        }
      : {
          what:
            facts?.how === "header"
              ? "The request's Origin header is sent back as the allowed origin, with credentials."
              : `${String(facts?.library)} allows whatever origin asks, with credentials.`,
          why: "Any website a logged-in user visits can call this API with the user's cookies and read the answers.",
          fix: "Compare the origin with a list of your own origins and allow it only then.",
        },
  fixes: (match, code) => fixes(match, code),
});

function check(call: Observation, context: Context): Match | undefined {
  const data = rowData(call, "cors");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined || !allowsCredentials(call, data)) return undefined;
  const origins = given(call, data.origins);
  const pattern = given(call, data.pattern);
  const at = isOpen(origins, data, code, context)
    ? origins
    : isEveryPattern(pattern)
      ? pattern
      : undefined;
  if (at === undefined) return undefined;
  return {
    item: call.site.item,
    span: spanOf(call, code, at),
    op: call.site.op,
    call,
    confidence: isGuessed(call, "cors") ? "medium" : "high",
    facts: { how: "library", library: String(data.library), pattern: at === pattern },
  };
}

function isOpen(origins: Given, data: Data, code: Code, context: Context): boolean {
  if (origins.kind !== "given") return false;
  const only = constantOf(origins);
  if (only === true) return data.yes === "echo";
  if (code.language === "javascript" && isJsPattern(only)) return true;
  if (data.patterns === true && knownStrings(origins.value).some(isEverything)) return true;
  const made = origins.value.refs.find((r) => r.startsWith("fn:"));
  const body = made === undefined ? undefined : context.code(made.slice(3));
  return body !== undefined && answersAll(body);
}
function isEveryPattern(pattern: Given): boolean {
  return pattern.kind === "given" && knownStrings(pattern.value).some(isEverything);
}
function isEverything(text: string): boolean {
  return /^\^?(?:https?\??:\/\/|\(https\?:\/\/\)|\(http\|https\):\/\/)?\(?\.[*+]\)?\$?$/.test(
    text.replaceAll("\\", ""),
  );
}
function isJsPattern(value: unknown): boolean {
  const inside = typeof value === "string" ? /^\/([\s\S]*)\/[a-z]*$/.exec(value)?.[1] : undefined;
  return inside !== undefined && isEverything(inside);
}

/** A function that decides about the origin and says yes on every way: it returns, or hands to its callback, the origin itself or true. */
function answersAll(code: Code): boolean {
  const [origin, callback] = code.ir.params;
  if (origin === undefined || code.ir.blocks.some((b) => b.end.kind === "branch")) return false;
  if (
    callback !== undefined &&
    code.ir.ops.some((op) => op.op === "call" && isParam(code, op.callee, callback.slot))
  ) {
    const calls = code.ir.ops.filter(
      (op) => op.op === "call" && isParam(code, op.callee, callback.slot),
    );
    return calls.every(
      (op) =>
        op.op === "call" && op.args[1] !== undefined && isYes(code, op.args[1].value, origin.slot),
    );
  }
  const returned = code.ir.blocks.flatMap((b) =>
    b.end.kind === "return" && b.end.value !== undefined ? [b.end.value] : [],
  );
  return returned.length > 0 && returned.every((v) => isYes(code, v, origin.slot));
}
function isYes(code: Code, id: number, origin: number): boolean {
  const op = bare(code, id);
  if (op.op === "const") return op.value === true;
  if (isParam(code, id, origin)) return true;
  // `ctx => ctx.get("Origin")`, `ctx => ctx.request.header.origin`
  return /(?:get|header)\(\s*["']origin["']\s*\)$|headers?\.origin$/i.test(code.text(op.span));
}
function isParam(code: Code, id: number, slot: number): boolean {
  const op = bare(code, id);
  return op.op === "load" && op.slot === slot;
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const { call, hit } = match;
  const op = code.op(match.op ?? 0);
  const data = call === undefined ? undefined : rowData(call, "cors");
  if (call !== undefined && data !== undefined && op.op === "call") {
    if (match.facts?.pattern !== true) return originFixes(call, data, code, op);
    return originFixes(
      call,
      { ...data, origins: String(data.pattern), fill: "None" },
      code,
      op,
    ).filter((f) => f.grade === "suggested");
  }
  if (hit === undefined) return [];
  const title = "Allow only the origin in APP_ORIGIN";
  const arg = code.op(hit.arg);
  if (arg.op === "record" || /[\r\n]/.test(code.text(arg.span)))
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason:
          "Send the origin back only if it is in a list of your own. No edit is offered: the header is one of several written together.",
      },
    ];
  const edits: Edit[] = [];
  let value: string;
  if (code.language === "python") {
    const wanted = importEdit(code, { module: "os" });
    if (wanted.edit !== undefined) edits.push(wanted.edit);
    value = `${wanted.local}.environ["APP_ORIGIN"]`;
  } else
    value =
      /'[^'"\n]*'/.test(code.fileText) && !/"[^'"\n]*"/.test(code.fileText)
        ? "process.env.APP_ORIGIN ?? ''"
        : 'process.env.APP_ORIGIN ?? ""';
  edits.push({ ...code.absolute(arg.span), newText: value });
  return [{ title, grade: "placeholder", edits: [{ file: code.file, edits }] }];
}
