/** Text of a request in a log of lines: a line break in it begins a line that the program never wrote. */
import { isOfAdministrators } from "../server/rule/administrators.ts";
import { logTextFixes } from "../server/rule/fix/log-text.ts";
import { itemsOf } from "../server/rule/items.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import { type Code, type Context, type Hit, type Match, rule } from "../server/rule/rule.ts";

export default rule({
  id: "log-injection",
  title: "Request data with its line breaks in a log",
  category: "injection",
  severity: "low",
  cwe: [117],
  owasp: ["A09:2021", "A09:2025"],
  flow: {
    from: ["remote"],
    to: "log",
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isTest(code.file) || isSample(code.file) || isBrowser(code))
        return undefined;
      // There are so many lines of logs that only what is plain to see is worth a word.
      if (hit.marks !== 0 || isOfAdministrators(hit, context)) return undefined;
      if (isOneLine(hit, context) || isShownAsObject(hit) || isLiteral(hit, code)) return undefined;
      // Where one line is one record, the fault is one of reading the log alone.
      return writesLines(hit, code) ? { confidence: "low" } : undefined;
    },
  },
  say: () => ({
    what: "Request data is written to the log with the line breaks in it.",
    why: "A sender who puts one into the value writes whole lines of the log: sign-ins that never were, or lines that hide what was done.",
    fix: "Write the value as a literal, in which line breaks are escaped: %r or !r in Python, JSON.stringify(value) in JavaScript; or write the log as JSON.",
  }),
  fixes: logTextFixes,
});

/** Headers and addresses hold no line breaks as they come. */
function isOneLine(hit: Hit, context: Context): boolean {
  return context.source(hit.label)?.of !== undefined;
}
/** Of a body as a whole the texts inside are written as literals. */
function isShownAsObject(hit: Hit): boolean {
  const [, path = "", , field = ""] = hit.label.split("|");
  return (
    field === "" &&
    /(?:\b(?:body|query|params|form|args|values|data|GET|POST)|json\(?\)?)$/.test(path)
  );
}

/** `%r` stands for it in the text of the call. */
function isLiteral(hit: Hit, code: Code): boolean {
  const call = code.op(hit.site.op);
  if (call.op !== "call") return false;
  const at = call.args.findIndex((arg) => arg.value === hit.arg && arg.name === undefined);
  const [first] = call.args;
  const text = first === undefined ? undefined : code.op(first.value);
  if (at <= 0 || text?.op !== "const" || typeof text.value !== "string") return false;
  const pattern =
    hit.row.data?.format === "percent"
      ? /%(?:[-#0+ \d.]*)([a-zA-Z])/g
      : hit.row.data?.format === "braces"
        ? /\{[^{}]*?(?:!([a-z]))?(?::[^{}]*)?\}/g
        : undefined;
  if (pattern === undefined) return false;
  const type = [...text.value.replaceAll("%%", "").matchAll(pattern)][at - 1]?.[1];
  return type !== undefined && /[radiouxXeEfFgG]/.test(type);
}

/** The log is one of lines, as far as this file tells. */
function writesLines(hit: Hit, code: Code): boolean {
  const form = hit.row.data?.form;
  const names = namesIn(code);
  if (typeof form === "string") return form.split("|").some((name) => names.has(name));
  return !["JsonFormatter", "JSONFormatter", "pythonjsonlogger", "serialize"].some((name) =>
    names.has(name),
  );
}
const known = new WeakMap<Code["ir"], ReadonlySet<string>>();
/** What the file imports, calls and passes by name. */
function namesIn(code: Code): ReadonlySet<string> {
  const module = code.other(`${code.file}#`) ?? code;
  let names = known.get(module.ir);
  if (names === undefined) {
    const all = new Set<string>();
    for (const { ir } of itemsOf(module))
      for (const op of ir.ops) {
        if (op.op === "member" || op.op === "free") all.add(op.name);
        else if (op.op === "import") {
          all.add(op.module.split(".")[0] ?? "");
          if (op.name !== undefined) all.add(op.name);
        } else if (op.op === "call")
          for (const { name } of op.args) if (name !== undefined) all.add(name);
      }
    names = all;
    known.set(module.ir, names);
  }
  return names;
}
