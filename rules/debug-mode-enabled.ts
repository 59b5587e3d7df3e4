import { conditionsAt } from "../server/rule/conditions.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { endOfLine } from "../server/rule/fix/statements.ts";
import { constantOf, given, written } from "../server/rule/given.ts";
import { isDevelopment } from "../server/rule/place.ts";
import {
  type Code,
  type Confidence,
  type Context,
  type Edit,
  type Fix,
  type Match,
  rule,
  type Severity,
} from "../server/rule/rule.ts";
import { bare, isSetting, rowData, spanOf } from "../server/rule/tokens.ts";

const SWITCH = /NODE_ENV|\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev|\bis_?prod|production/i;

export default rule({
  id: "debug-mode-enabled",
  title: "Debug mode is on",
  category: "configuration",
  severity: "high",
  cwe: [489],
  owasp: ["A05:2021", "A02:2025"],
  calls: {
    sinks: ["debug"],
    check(call, context) {
      const data = rowData(call, "debug");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined) return undefined;
      const place = {
        item: call.site.item,
        op: call.site.op,
        call,
        confidence: (call.guessed ? "medium" : "high") as Confidence,
      };
      const facts = {
        api: String(data.api),
        library: String(data.library),
        shows: String(data.shows),
        moreover: String(data.moreover ?? ""),
      };
      const conditions = conditionsAt(code, call.site.op);
      if (data.always === true)
        return conditions.some((c) => SWITCH.test(c.text)) || isDevelopment(code.file)
          ? undefined
          : {
              ...place,
              span: call.site.span,
              severity: "medium",
              facts: { ...facts, always: true },
            };
      const flag = given(call, data.flag);
      if (constantOf(flag) !== true || isDevelopment(code.file)) return undefined;
      const script = isScriptStart(code, call.site.op);
      if (!script && conditions.some((c) => SWITCH.test(c.text))) return undefined;
      return {
        ...place,
        span: spanOf(call, code, flag),
        severity: script ? "medium" : "high",
        facts: { ...facts, script },
      };
    },
  },
  stores: {
    sinks: ["debug"],
    check(store, context) {
      const code = context.code(store.site.item);
      const op = code?.op(store.valueOp);
      if (code === undefined || op === undefined) return undefined;
      const value = bare(code, store.valueOp);
      if (
        value.op !== "const" ||
        value.value !== true ||
        isDevelopment(code.file) ||
        conditionsAt(code, store.site.op).some((c) => SWITCH.test(c.text))
      )
        return undefined;
      const row = rowData(store, "debug");
      if (row === undefined || !isSetting(code, row)) return undefined;
      const severity: Severity = isScriptStart(code, store.site.op) ? "medium" : "high";
      return {
        item: store.site.item,
        span: store.site.span,
        op: store.site.op,
        severity,
        facts: {
          api: String(row.api),
          library: String(row.library),
          shows: String(row.shows),
          variable: String(row.variable),
        },
      };
    },
  },
  say: ({ facts }) => {
    const library = String(facts?.library);
    const moreover = String(facts?.moreover ?? "");
    if (facts?.always === true)
      return {
        what: `${String(facts.api)} answers every error with its stack trace, in production too.`,
        why: "File paths, library versions and code lines help an attacker to choose the next step.",
        fix: 'Use it only when process.env.NODE_ENV is "development".',
      };
    return {
      what: `${library} runs in debug mode${facts?.script === true ? " when this file is started" : ""}.`,
      why:
        facts?.shows === "console"
          ? "An error page then has a console that runs Python on your server for whoever gets past its PIN."
          : facts?.shows === "settings"
            ? "Every error page then shows settings, environment, SQL and source lines to the visitor."
            : `Every error is answered with a stack trace${moreover === "" ? "" : `, and ${moreover}`}.`,
      fix: "Read the switch from an environment variable that is off unless it is set.",
    };
  },
  fixes: (match, code, context) => fixes(match, code, context),
});

/** Under `if __name__ == "__main__"`, directly or in a function that is called there. */
function isScriptStart(code: Code, op: number): boolean {
  const guarded = (where: Code, id: number): boolean =>
    conditionsAt(where, id).some(
      (c) => c.taken && /__name__\s*==|require\.main\s*===?\s*module/.test(c.text),
    );
  if (guarded(code, op)) return true;
  const module = code.other(`${code.file}#`);
  if (module === undefined || code.ir.kind === "module") return false;
  const name = code.item.slice(code.item.indexOf("#") + 1);
  return module.ir.ops.some((o, id) => {
    if (o.op !== "call") return false;
    const callee = module.op(o.callee);
    return callee.op === "load" && module.ir.slots[callee.slot] === name && guarded(module, id);
  });
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const { call } = match;
  const data = call === undefined ? undefined : rowData(call, "debug");
  const op = code.op(match.op ?? 0);
  const title = "Debug only when the environment says so";
  if (data?.always === true) {
    const statement = code.statement(match.span);
    const text = statement === undefined ? "" : code.fileText.slice(statement.start, statement.end);
    if (statement === undefined || /[\r\n]/.test(text) || !/^[\w.]+\.use\(/.test(text))
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason: `Use ${String(data.api)} only when process.env.NODE_ENV is "development". No edit is offered: it is not a statement of its own.`,
        },
      ];
    const indent = code.indent(statement.start);
    const unit = /^\t/m.test(code.fileText) ? "\t" : "  ";
    const head = `if (process.env.NODE_ENV === "development") {${code.newline}${indent}${unit}`;
    const { start } = statement;
    const end = endOfLine(code, statement.end);
    const edits = [
      { start, end: start, newText: head },
      { start: end, end, newText: `${code.newline}${indent}}` },
    ];
    return [
      {
        title,
        grade: "safe",
        edits: [{ file: code.file, edits }],
      },
    ];
  }
  const place =
    call === undefined || data === undefined
      ? undefined
      : written(code, given(call, data.flag), context);
  const target =
    place ??
    (op.op === "store"
      ? { code, op: bare(code, op.value) }
      : op.op === "setMember" || op.op === "setIndex"
        ? { code, op: bare(code, op.value) }
        : undefined);
  if (target === undefined || target.op.op !== "const")
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason:
          "Read the switch from an environment variable that is off unless it is set. No edit is offered: the value is not written here.",
      },
    ];
  const at = target.code.absolute(target.op.span);
  const edits: Edit[] = [];
  const variable = String(data?.variable ?? match.facts?.variable ?? "APP_DEBUG");
  if (code.language === "python") {
    const wanted = importEdit(target.code, { module: "os" });
    if (wanted.edit !== undefined) edits.push(wanted.edit);
    edits.push({ ...at, newText: `${wanted.local}.environ.get("${variable}") == "1"` });
  } else edits.push({ ...at, newText: 'process.env.NODE_ENV === "development"' });
  // It decides about the answers to errors alone: no files are loaded anew, none served, no host let in.
  const grade = /^(?:FastAPI|Starlette)$/.test(String(data?.library)) ? "safe" : "suggested";
  return [{ title, grade, edits: [{ file: target.code.file, edits }] }];
}
