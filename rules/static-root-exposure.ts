/** A web server hands out the folder in which its own program stands. */
import { conditionsAt } from "../server/rule/conditions.ts";
import { quoted } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { folderOf, holds } from "../server/rule/folder.ts";
import { constantOf, type Given, given, origin, written } from "../server/rule/given.ts";
import { isDevelopment, isTest, isTooling } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { bare, rowData, spanOf } from "../server/rule/tokens.ts";

const SWITCH = /NODE_ENV|\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev/i;

export default rule({
  id: "static-root-exposure",
  title: "The program's own folder is handed out as files",
  category: "configuration",
  severity: "medium",
  cwe: [538],
  owasp: ["A05:2021", "A02:2025"],
  calls: {
    sinks: ["static-folder"],
    check(call, context) {
      const data = rowData(call, "static-folder");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isExcused(code, call.site.op))
        return undefined;
      // One file that is named is not all of them.
      if (data.name !== undefined && constantOf(given(call, data.name)) !== undefined)
        return undefined;
      const found = given(call, data.folder);
      const place = written(code, found, context);
      const folder = place === undefined ? undefined : folderOf(place.code, place.id, context);
      if (folder === undefined || !holds(folder, code.file)) return undefined;
      return {
        item: call.site.item,
        op: call.site.op,
        call,
        span: spanOf(call, code, found),
        confidence: call.guessed ? "medium" : "high",
        facts: { api: String(data.api), hides: data.hides === true },
      };
    },
  },
  say: ({ facts }) => ({
    what: `${String(facts?.api)} hands out the folder in which this program stands.`,
    why: `Whoever asks for /package.json, /config.py or a database's file gets it, source code and ${
      facts?.hides === true ? "lists of packages" : ".env"
    } among them.`,
    fix: "Put what visitors may see into a folder of its own (public/), and hand out that one.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

function isExcused(code: Code, op: number): boolean {
  return (
    isTest(code.file) ||
    isTooling(code.file) ||
    isDevelopment(code.file) ||
    conditionsAt(code, op).some((c) => SWITCH.test(c.text))
  );
}

/** A folder inside the one that is handed out now: it is empty until somebody moves files there. */
function fixes({ call }: Match, code: Code, context: Context): readonly Fix[] {
  const data = call === undefined ? undefined : rowData(call, "static-folder");
  const found = call === undefined ? undefined : given(call, data?.folder);
  const id = found?.kind === "given" ? inCall(code, found) : undefined;
  const title = "Hand out public/ alone (move the files there)";
  const edits = id === undefined ? undefined : inside(code, id, context);
  if (edits === undefined)
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason:
          "Name a folder of its own, as public/. No edit is offered: the folder is not named in this call.",
      },
    ];
  return [{ title, grade: "placeholder", edits: [{ file: code.file, edits }] }];
}

/** The operation that gives the folder, as an argument or in an object that is written in the call. */
function inCall(code: Code, { argument, path }: Given & { kind: "given" }): ValueId | undefined {
  const [key] = path;
  if (key === undefined) return argument.spread === undefined ? argument.op : undefined;
  const record = bare(code, argument.op);
  return record.op === "record" && path.length === 1
    ? record.entries.findLast((e) => e.key === key)?.value
    : undefined;
}

function inside(code: Code, id: ValueId, context: Context): readonly Edit[] | undefined {
  const op = code.op(id);
  const at = code.absolute(op.span);
  if (op.op === "const") return [{ ...at, newText: quoted(code, "public") }];
  const { start, end } = at;
  const place = origin({ code, op, id }, context);
  if (code.language === "python") {
    // A path of pathlib is divided, a text is joined.
    if (place.op.op === "member" || place.op.op === "index" || place.op.op === "binary")
      return [{ start: end, end, newText: ` / ${quoted(code, "public")}` }];
    const { local, edit } = importEdit(code, { module: "os" });
    return [
      ...(edit === undefined ? [] : [edit]),
      { start, end: start, newText: `${local}.path.join(` },
      { start: end, end, newText: `, ${quoted(code, "public")})` },
    ];
  }
  return [
    { start, end: start, newText: "`${" },
    { start: end, end, newText: "}/public`" },
  ];
}
