import { setProperty } from "../server/rule/fix/arguments.ts";
import { freshName, indentUnit } from "../server/rule/fix/statements.ts";
import { fileUse, isPiece } from "../server/rule/path.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Fix,
  type Hit,
  kindBit,
  type Match,
  type Op,
  rule,
} from "../server/rule/rule.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { common, HOLE } from "../server/rule/surroundings.ts";

type Call = Op & { readonly op: "call" };
type Edits = Fix["edits"][number]["edits"];

export default rule({
  id: "upload-overwrite-symlink",
  title: "Upload that replaces a file of the same name",
  category: "uploads",
  severity: "medium",
  cwe: [59, 73],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    from: ["upload-name"],
    to: "path",
    // A name that nothing was taken from is worse than that, and told by a rule of its own.
    keep: (_hit, cleared) => cleared,
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isTest(code.file) || isSample(code.file)) return undefined;
      const call = code.op(hit.site.op);
      if (call.op !== "call" || isPiece(hit) || !isChosen(hit) || !replaces(hit, code, call))
        return undefined;
      if (isTemporary(hit, code) || asksFirst(code)) return undefined;
      return { confidence: "low", facts: { python: code.language === "python" } };
    },
  },
  say: ({ facts }) => ({
    what: "The upload is written under a name that the client chose, over whatever stands there.",
    why: "Whoever sends a file of the same name replaces another user's; where the name is a link, the file that it leads to is overwritten.",
    fix:
      facts?.python === true
        ? 'Create it exclusively, with open(path, "xb"), or store it under a random name (uuid4).'
        : 'Create it exclusively, with { flag: "wx" }, or store it under a random name (randomUUID).',
  }),
  fixes: (match, code) => [fix(match, code)],
});

/** The client's name is all of the file's name but fixed text: no number or random part tells two uploads apart. */
function isChosen(hit: Hit): boolean {
  // A list of the program's own is one for every use.
  if ((hit.cleared & kindBit("shell")) !== 0) return false;
  if (hit.value.alts === undefined) return hit.marks === 0;
  return (
    common(hit, ({ before, after }) => {
      const name = before.slice(Math.max(before.lastIndexOf("/"), before.lastIndexOf("\\")) + 1);
      return `${name}${after}`.includes(HOLE);
    }) === false
  );
}

/** The call writes, and into what is there already. */
function replaces(hit: Hit, code: Code, call: Call): boolean {
  const { replaces, mode } = hit.row.data ?? {};
  if (replaces === "target") return call.args[1]?.value === hit.arg;
  if (replaces !== undefined) return !isExclusive(code, call, replaces);
  if (mode === undefined || fileUse(hit, code) !== "writes") return false;
  return code.language === "javascript"
    ? !/x/.test(modeOf(code, call, mode) ?? "x")
    : /w/.test(modeOf(code, call, mode) ?? "");
}
/** `{ flag: "wx" }`, at the place that the row names: "2.flag". */
function isExclusive(code: Code, call: Call, place: string | number | boolean): boolean {
  const [position, name] = String(place).split(".");
  const options = call.args[Number(position)];
  if (options === undefined || name === undefined) return false;
  const record = code.op(options.value);
  if (record.op === "closure" || record.op === "const") return false;
  if (record.op !== "record") return true;
  const entry = record.entries.findLast((e) => e.key === name);
  const value = entry === undefined ? undefined : code.op(entry.value);
  return (
    value !== undefined &&
    !(value.op === "const" && /^w/.test(String(value.value)) && !/x/.test(String(value.value)))
  );
}
function modeOf(code: Code, call: Call, mode: string | number | boolean): string | undefined {
  const value = modeArgument(code, call, mode);
  return value?.op === "const" ? String(value.value) : undefined;
}
function modeArgument(code: Code, call: Call, mode: string | number | boolean): Op | undefined {
  const [position, name] = String(mode).split("|");
  const given =
    call.args.find((a) => a.name !== undefined && a.name === name) ??
    call.args.filter((a) => a.name === undefined)[Number(position)];
  return given === undefined ? undefined : code.op(given.value);
}

/** Somewhere only this request looks. */
function isTemporary(hit: Hit, code: Code): boolean {
  const arg = hit.arg >= 0 ? hit.arg : hit.site.op;
  return madeFrom(code, arg).some((op) => TEMPORARY.test(wordsOf(code, op)));
}
const TEMPORARY = /te?mp/i;
function wordsOf(code: Code, op: Op): string {
  switch (op.op) {
    case "free":
      return op.name;
    case "member":
      return op.name;
    case "load":
      return code.ir.slots[op.slot] ?? "";
    case "const":
      return String(op.value);
    default:
      return "";
  }
}
/** The function looks whether something is there: what it does then is the matter of toctou-file-check. */
function asksFirst(code: Code): boolean {
  return code.ir.ops.some(
    (op) =>
      op.op === "member" &&
      /^(?:l?exists|existsSync|pathExists|is_?file|l?stat(?:Sync)?|access(?:Sync)?)$/.test(op.name),
  );
}

function fix(match: Match, code: Code): Fix {
  const title = "Create the file exclusively";
  const edits = editsOf(match, code);
  if (edits !== undefined)
    return { title, grade: "suggested", edits: [{ file: code.file, edits }] };
  return {
    title,
    grade: "manual",
    edits: [],
    reason:
      "Store it under a random name, or refuse a name that is taken. No edit is offered: this call has no switch for it.",
  };
}
function editsOf({ hit, op: id }: Match, code: Code): Edits | undefined {
  const call = id === undefined ? undefined : code.op(id);
  if (hit === undefined || call?.op !== "call") return undefined;
  const { replaces, mode, writer } = hit.row.data ?? {};
  if (replaces === undefined && mode !== undefined) {
    const value = modeArgument(code, call, mode);
    if (value?.op !== "const" || !code.text(value.span).includes("w")) return undefined;
    return [
      {
        ...code.absolute(value.span),
        newText: code.text(value.span).replace("w", code.language === "python" ? "x" : "wx"),
      },
    ];
  }
  if (writer !== undefined) return throughFile(code, call, String(writer));
  const [position, name] = String(replaces).split(".");
  if (name === undefined) return undefined;
  const edit = setProperty(code, call, Number(position), name, quoted(code, "wx"));
  return edit === undefined ? undefined : [edit];
}
/** `path.write_bytes(data)` -> `with path.open("xb") as target:` and what `writer` says with OBJECT, ARG and TARGET. */
function throughFile(code: Code, call: Call, writer: string): Edits | undefined {
  const callee = code.op(call.callee);
  const [arg] = call.args;
  const statement = code.statement(call.span);
  const whole = code.absolute(call.span);
  if (
    callee.op !== "member" ||
    arg === undefined ||
    call.args.length !== 1 ||
    arg.name !== undefined ||
    arg.spread !== undefined
  )
    return undefined;
  if (statement?.start !== whole.start || statement.end !== whole.end) return undefined;
  // It becomes two lines of its own: nothing else may stand on them, and no comment inside.
  const line = code.fileText.lastIndexOf("\n", whole.start - 1) + 1;
  const rest = /^[^\r\n]*/.exec(code.fileText.slice(whole.end))?.[0] ?? "";
  if (code.fileText.slice(line, whole.start).trim() !== "" || !/^\s*(?:#.*)?$/.test(rest))
    return undefined;
  if (/[\r\n]/.test(code.text(call.span))) return undefined;
  const words: Readonly<Record<string, string>> = {
    OBJECT: code.text(code.op(callee.object).span),
    ARG: code.text(arg.span),
    TARGET: freshName(code, "target"),
  };
  const indent = code.indent(whole.start);
  const [head = "", body = ""] = writer
    .replace(/OBJECT|ARG|TARGET/g, (word) => words[word] ?? "")
    .split("\n");
  return [{ ...whole, newText: `${head}${code.newline}${indent}${indentUnit(code)}${body}` }];
}
function quoted(code: Code, text: string): string {
  const quote = /'[^'\n]*'/.test(code.fileText) && !/"[^"\n]*"/.test(code.fileText) ? "'" : '"';
  return `${quote}${text}${quote}`;
}
