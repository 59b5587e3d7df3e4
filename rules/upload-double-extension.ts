import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";

const EXTENSION = /^\.[A-Za-z0-9]{1,8}$/;
const NAMES = "{upload.Name(),upload.BareName()}";

export default rule({
  id: "upload-double-extension",
  title: "Extension check that shell.php.jpg or pic.jpg.php passes",
  category: "uploads",
  severity: "medium",
  cwe: [434],
  owasp: ["A04:2021", "A06:2025"],
  calls: {
    watch: [
      `${NAMES}.%compared`,
      `${NAMES}.{split,includes,indexOf,find,index,count,match}`,
      `${NAMES}.passed`,
    ],
    check(call, context) {
      const code = context.code(call.site.item);
      if (code === undefined || isTest(code.file)) return undefined;
      const how = weakness(call, code);
      return how === undefined
        ? undefined
        : {
            item: call.site.item,
            span: call.site.span,
            op: call.site.op,
            call,
            confidence: call.guessed ? "medium" : "high",
            facts: { how, python: code.language === "python" },
          };
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.how === "first"
        ? "The part behind the first dot of the client's file name is taken for its extension."
        : "The extension is looked for anywhere in the client's file name, not at its end.",
    why: "shell.jpg.php passes; stored under that name, the web server runs it, or shows page.jpg.html as a page of yours.",
    fix:
      facts?.python === true
        ? "Compare Path(name).suffix.lower() with a list of your own, and store under a name of your own."
        : "Compare path.extname(name).toLowerCase() with a list of your own, and store under a name of your own.",
  }),
  fixes: (match, code) => fixes(match, code),
});

/** "inside": an extension is looked for anywhere; "first": the part behind the first dot is taken. */
function weakness(call: Observation, code: Code): "inside" | "first" | undefined {
  const op = code.op(call.site.op);
  // `".jpg" in name`
  if (op.op === "compare") {
    if (op.operator !== "in" && op.operator !== "not in") return undefined;
    return isExtension(code, op.left) ? "inside" : undefined;
  }
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  if (callee.op !== "member") return undefined;
  const first = op.args[0];
  const own = call.paths.some((p) => !p.endsWith(".passed"));
  if (own && /^(?:includes|indexOf|find|index|count)$/.test(callee.name))
    return first !== undefined && isExtension(code, first.value) ? "inside" : undefined;
  if (own && callee.name === "split")
    return isFirstPart(code, call.site.op, op) ? "first" : undefined;
  // A pattern that looks for extensions and says nothing of the end.
  const pattern = own && callee.name === "match" ? first?.value : patternOf(code, op, callee);
  const text = pattern === undefined ? undefined : source(code, pattern);
  return text !== undefined && isOpenPattern(text) ? "inside" : undefined;
}

function isExtension(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return op.op === "const" && typeof op.value === "string" && EXTENSION.test(op.value);
}

/** `name.split(".")[1]`: with no limit that leaves the rest in one piece. */
function isFirstPart(code: Code, id: ValueId, op: Op & { op: "call" }): boolean {
  const dot = op.args[0] === undefined ? undefined : code.op(op.args[0].value);
  if (dot?.op !== "const" || dot.value !== "." || op.args.length !== 1) return false;
  return code.ir.ops.some((one) => {
    if (one.op !== "index" || one.object !== id) return false;
    const key = code.op(one.key);
    return key.op === "const" && key.value === 1;
  });
}

/** `/\.(jpg|png)/.test(name)`, `re.search(r"\.(jpg|png)", name)`. */
function patternOf(
  code: Code,
  op: Op & { op: "call" },
  callee: Op & { op: "member" },
): ValueId | undefined {
  if (/^(?:test|exec)$/.test(callee.name)) return callee.object;
  return code.language === "python" && /^(?:search|match|findall)$/.test(callee.name)
    ? op.args.length > 1
      ? op.args[0]?.value
      : undefined
    : undefined;
}
function source(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op !== "const" || typeof op.value !== "string") return undefined;
  return code.language === "python" ? op.value : /^\/(.+)\/[a-z]*$/.exec(op.value)?.[1];
}
/** It names extensions behind a dot, and the text may go on behind them. */
function isOpenPattern(pattern: string): boolean {
  return /\\\.\(?(?:\?:)?[a-z0-9]{2,5}(?:\|[a-z0-9]{2,5})*\)?\??$/i.test(pattern);
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const title = "Look at the last extension";
  const manual: readonly Fix[] = [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        code.language === "python"
          ? "Compare Path(name).suffix.lower() with a list of your own. No edit is offered: the check has no counterpart of the same form."
          : "Compare path.extname(name).toLowerCase() with a list of your own. No edit is offered: the check has no counterpart of the same form.",
    },
  ];
  const op = code.op(match.op ?? 0);
  const edits =
    op.op === "compare" && code.language === "python"
      ? inPython(code, op)
      : op.op === "call"
        ? match.facts?.how === "first"
          ? lastPart(code, match.op ?? 0)
          : inJavaScript(code, op)
        : undefined;
  if (edits === undefined) return manual;
  const grade = standsAtTheEnd(code, op) ? "safe" : "suggested";
  return [{ title, grade, edits: [{ file: code.file, edits }] }];
}
/** Extensions that no other one follows or goes on with in a name that is meant well, as .gz follows .tar and .docx begins with .doc. */
const LAST = /^\.(?:jpg|jpeg|png|gif|webp|bmp|ico|pdf|docx|xlsx|pptx|mp3|mp4|wav|mov)$/i;
function standsAtTheEnd(code: Code, op: Op): boolean {
  const asked = op.op === "compare" ? op.left : op.op === "call" ? op.args[0]?.value : undefined;
  const text = asked === undefined ? undefined : code.op(asked);
  return text?.op === "const" && typeof text.value === "string" && LAST.test(text.value);
}
/** `".jpg" in name` -> `name.endswith(".jpg")` */
function inPython(code: Code, op: Op & { op: "compare" }): readonly Edit[] {
  const not = op.operator === "not in" ? "not " : "";
  const name = code.text(code.op(op.right).span);
  const text = code.text(code.op(op.left).span);
  return [{ ...code.absolute(op.span), newText: `${not}${name}.endswith(${text})` }];
}
/** `name.includes(".jpg")` -> `name.endsWith(".jpg")` */
function inJavaScript(code: Code, op: Op & { op: "call" }): readonly Edit[] | undefined {
  const callee = code.op(op.callee);
  if (callee.op !== "member") return undefined;
  if (callee.name === "includes" && op.args.length === 1)
    return [{ ...code.absolute(callee.nameSpan), newText: "endsWith" }];
  const regex = callee.name === "test" ? code.op(callee.object) : undefined;
  if (regex === undefined) return undefined;
  const at = code.absolute(regex.span);
  const end = code.fileText.slice(at.start, at.end).lastIndexOf("/") + at.start;
  return [{ start: end, end, newText: "$" }];
}
/** `name.split(".")[1]` -> `name.split(".")[-1]`, `name.split(".").at(-1)` */
function lastPart(code: Code, id: ValueId): readonly Edit[] | undefined {
  const index = code.ir.ops.find((one) => one.op === "index" && one.object === id);
  if (index?.op !== "index") return undefined;
  const call = code.absolute(code.op(id).span);
  const whole = code.absolute(index.span);
  const newText = code.language === "python" ? "[-1]" : ".at(-1)";
  return /^\[\s*1\s*\]$/.test(code.fileText.slice(call.end, whole.end))
    ? [{ start: call.end, end: whole.end, newText }]
    : undefined;
}
