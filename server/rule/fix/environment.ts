/** Takes a literal out of the code: it is read from the environment, and the program does not start, or refuses, without it. */
import type { Place } from "../given.ts";
import type { Code, Edit, Fix, Span } from "../rule.ts";
import { quoted } from "./arguments.ts";
import { importEdit } from "./imports.ts";
import { insertAfter } from "./statements.ts";

const TITLE = "Read it from the environment";

/** The variable: the name of the constant that holds the literal, if it has one, else `usual`. */
export function environmentFix(literal: Place, usual: string): Fix {
  const { code } = literal;
  const name = constantName(literal) ?? usual;
  const edits = code.language === "python" ? inPython(literal, name) : inJavaScript(literal, name);
  return { title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] };
}
export function environmentAdvice(why: string): Fix {
  return {
    title: TITLE,
    grade: "manual",
    edits: [],
    reason: `Read the value from the environment or a secret store, and replace it: whoever has seen the code knows it. No edit is offered: ${why}.`,
  };
}

function inPython({ code, op }: Place, name: string): readonly Edit[] {
  const at = code.absolute(op.span);
  const text = code.fileText.slice(at.start, at.end);
  const { edit, local } = importEdit(code, { module: "os" });
  const bytes = /^[bB]/.test(text) ? ".encode()" : "";
  return [
    ...(edit === undefined ? [] : [edit]),
    { ...at, newText: `${local}.environ[${quoted(code, name)}]${bytes}` },
  ];
}

function inJavaScript(literal: Place, name: string): readonly Edit[] {
  const { code, op } = literal;
  const at = code.absolute(op.span);
  const read = `process.env.${name}`;
  const statement = declaration(literal);
  if (statement === undefined) {
    const typed = /\.[cm]?tsx?$/.test(code.file);
    const cast = code.fileText[at.end] === "." ? `(${read} as string)` : `${read} as string`;
    return [{ ...at, newText: typed ? cast : read }];
  }
  return [
    { ...at, newText: `${read} ?? ${quoted(code, "")}` },
    refusal(code, statement.span, statement.name, name),
  ];
}

/** A statement after this one: the program stops if the constant is empty. */
export function refusal(code: Code, after: Span, constant: string, variable: string): Edit {
  const semicolon = code.fileText.slice(after.start, after.end).endsWith(";") ? ";" : "";
  const check = `if (${constant} === ${quoted(code, "")}) throw new Error(${quoted(code, `${variable} is not set`)})${semicolon}`;
  return insertAfter(code, after, [check]);
}

/** `const NAME = "literal"` as a statement of its own. */
function declaration({
  code,
  op,
  id,
}: Place): { readonly span: Span; readonly name: string } | undefined {
  const isLiteral = (value: number): boolean => {
    const given = code.op(value);
    return value === id || (given.op === "annotate" && !given.cast && given.value === id);
  };
  const store = code.ir.ops.find((o) => o.op === "store" && isLiteral(o.value));
  const statement = code.statement(op.span);
  if (store?.op !== "store" || statement === undefined) return undefined;
  const name = (code.ir.slots[store.slot] ?? "").replace(/#\d+$/, "");
  const before = code.fileText.slice(statement.start, code.absolute(op.span).start);
  const after = code.fileText.slice(code.absolute(op.span).end, statement.end);
  return /^(?:export\s+)?(?:const|let|var)\s+[\w$]+(?:\s*:\s*string)?\s*=\s*$/.test(before) &&
    /^\s*;?$/.test(after)
    ? { span: statement, name }
    : undefined;
}

/** `SECRET_KEY` of the variable or property that holds the literal; the name of a setting stays. */
function constantName({ code, id }: Place): string | undefined {
  for (const op of code.ir.ops) {
    const name =
      op.op === "store" && op.value === id
        ? (code.ir.slots[op.slot] ?? "").replace(/#\d+$/, "")
        : op.op === "setMember" && op.value === id
          ? op.name
          : undefined;
    if (name !== undefined && /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/.test(name)) return name;
  }
  return undefined;
}
