/** Takes a shell away: the command becomes a program and a list of its arguments. */
import type { Code, Edit, Fix, Op, ValueId } from "../rule.ts";
import { quoted, removeEntry, removeKeyword } from "./arguments.ts";
import { importEdit } from "./imports.ts";

type Call = Op & { readonly op: "call" };

const TITLE = "Start the program without a shell";

/** `words`: the command and its arguments; undefined where the call has them in a list already. */
export function withoutShell(
  code: Code,
  call: Call,
  words: readonly string[] | undefined,
  { list, isOption }: { readonly list: string; readonly isOption: boolean },
): Fix {
  const written = words === undefined ? "" : ` ${listText(code, words)}`;
  const refuse = (why: string): Fix => ({
    title: TITLE,
    grade: "manual",
    edits: [],
    reason: `Pass the program and its arguments as a list${written}. No edit is offered: ${why}.`,
  });
  const done = (edits: readonly Edit[]): Fix => ({
    title: TITLE,
    grade: "suggested",
    edits: [{ file: code.file, edits }],
  });
  const first = call.args[0];
  if (first === undefined || first.spread !== undefined)
    return refuse("the call cannot be seen as a whole");
  const command = code.absolute(code.op(first.value).span);
  if (words !== undefined && !isLiteral(code, first.value))
    return refuse("the command is not written in the call");
  if (words?.some((word) => /['"\\\r\n]/.test(word)))
    return refuse("an argument holds quotation marks");
  const isPython = code.language === "python";
  if (isOption) {
    const edits: Edit[] = [];
    const off = isPython ? removeKeyword(code, call, "shell") : removeOption(code, call);
    if (off === undefined) return refuse("the options are not written in the call");
    edits.push(off);
    if (words !== undefined) {
      const [program = "", ...rest] = words;
      const newText = isPython
        ? listText(code, words)
        : `${quoted(code, program)}, ${listText(code, rest)}`;
      // With a list of arguments beside it, the text is the program alone.
      const hasList = !isPython && call.args[1] !== undefined && isList(code, call.args[1].value);
      if (hasList && rest.length > 0) return refuse("there is a list of arguments as well");
      if (!hasList) edits.push({ ...command, newText });
    }
    return done(edits);
  }
  const callee = code.op(call.callee);
  const [program = "", ...rest] = words ?? [];
  if (isPython || list === "")
    return refuse(`${list === "" ? "a function without a shell" : list} gives another result`);
  const newText = `${quoted(code, program)}, ${listText(code, rest)}`;
  if (callee.op === "member") {
    const name = code.absolute(callee.nameSpan);
    return done([
      { ...name, newText: list },
      { ...command, newText },
    ]);
  }
  if (callee.op !== "load" && callee.op !== "free") return refuse("it goes by another name here");
  const wanted = importEdit(code, { module: "child_process", name: list });
  const name = code.absolute(callee.span);
  return done([
    ...(wanted.edit === undefined ? [] : [wanted.edit]),
    { ...name, newText: wanted.local },
    { ...command, newText },
  ]);
}

function listText(code: Code, words: readonly string[]): string {
  return `[${words.map((word) => quoted(code, word)).join(", ")}]`;
}
function isList(code: Code, id: ValueId): boolean {
  return code.op(id).op === "sequence";
}
function isLiteral(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return op.op === "const" && /^(?:"[^"\\]*"|'[^'\\]*'|`[^`\\$]*`)$/.test(code.text(op.span));
}
function removeOption(code: Code, call: Call): Edit | undefined {
  for (const a of call.args) {
    const options = code.op(a.value);
    if (options.op !== "record") continue;
    const edit = removeEntry(code, options, "shell");
    if (edit !== undefined) return edit;
  }
  return undefined;
}
