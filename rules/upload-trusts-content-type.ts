import { importEdit } from "../server/rule/fix/imports.ts";
import { insertAfter } from "../server/rule/fix/statements.ts";
import {
  type Code,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
} from "../server/rule/rule.ts";
import { contentChecked, onlySorts, readInto } from "../server/rule/upload.ts";

const TITLE = "Check the type in the content";

export default rule({
  id: "upload-trusts-content-type",
  title: "Upload type taken from the client",
  category: "uploads",
  severity: "medium",
  cwe: [434],
  owasp: ["A04:2021", "A06:2025"],
  calls: {
    watch: [
      "upload.DeclaredType().%compared",
      "upload.DeclaredType().passed",
      "upload.DeclaredType().{startswith,startsWith,endswith,endsWith,includes,match,split}",
    ],
    check(call, context) {
      const code = context.code(call.site.item);
      if (code === undefined || !isDecision(call, code) || contentChecked(code)) return undefined;
      if (onlySorts(code, call.site.op)) return undefined;
      return {
        item: call.site.item,
        span: call.site.span,
        op: call.site.op,
        call,
        confidence: call.guessed ? "medium" : "high",
      };
    },
  },
  say: () => ({
    what: "Whether the upload is accepted depends on the type that the client declares.",
    why: 'The header is the attacker\'s to write: an HTML page or a program sent as "image/png" passes.',
    fix: "Look at the content: filetype.guess() or fileTypeFromBuffer(), and take the stored extension from the result.",
  }),
  fixes: (match, code) => [checkContent(match, code)],
});

/** The value is compared or searched for in a list; passing it on (to a log, to a validator) decides nothing here. */
function isDecision(call: Observation, code: Code): boolean {
  const op = code.op(call.site.op);
  if (op.op === "compare") return !/^[=!]=$/.test(op.operator) || !isNothing(code, op);
  if (op.op !== "call") return false;
  if (!call.paths.every((p) => p.endsWith(".passed"))) return true;
  const callee = code.op(op.callee);
  return (
    callee.op === "member" &&
    /^(includes|has|indexOf|test|match|search|fullmatch|find)$/.test(callee.name)
  );
}
function isNothing(code: Code, op: Op & { op: "compare" }): boolean {
  return [op.left, op.right].some((id) => {
    const side = code.op(id);
    return (
      side.op === "const" && (side.value === null || side.value === undefined || side.value === "")
    );
  });
}

/** `if f.content_type not in ALLOWED: raise ...` stays; the same question is asked of the content once it is read. */
function checkContent(match: Match, code: Code): Fix {
  const refuse = (why: string): Fix => ({
    title: TITLE,
    grade: "manual",
    edits: [],
    reason: `Read the first bytes and decide by ${code.language === "python" ? "filetype.guess(content)" : "fileTypeFromBuffer(content) of file-type"}. No edit is offered: ${why}.`,
  });
  const op = match.op === undefined ? undefined : code.op(match.op);
  if (code.language !== "python") return refuse("the content is not at hand at this point");
  if (op?.op !== "compare" || op.operator !== "not in")
    return refuse("the check is not of the form `type not in ALLOWED`");
  const content = readInto(code, op.span.end);
  if (content === undefined)
    return refuse("the content is not read into a variable after the check");
  const statement = code.statement(op.span);
  if (statement === undefined) return refuse("the check cannot be seen as a whole");
  const text = code.fileText.slice(statement.start, statement.end);
  const after = code.statement(content.span);
  const raising = /^if [^\n]*:\r?\n([ \t]+raise [^\n]+)$/.exec(text)?.[1]?.trim();
  if (raising === undefined || after === undefined) return refuse("the check does more than raise");
  const wanted = importEdit(code, { module: "filetype" });
  const list = code.text(code.op(op.right).span);
  const lines = [
    `detected = ${wanted.local}.guess(${content.name})`,
    `if detected is None or detected.mime not in ${list}:`,
    `\t${raising}`,
  ];
  const edits = [
    ...(wanted.edit === undefined ? [] : [wanted.edit]),
    insertAfter(code, after, lines),
  ];
  return { title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] };
}
