/** A list of allowed values, which refuses everything until it is filled in, in front of the statement that uses one. */
import type { Code, Context, Fix, Match, ValueId } from "../rule.ts";
import { storesOf } from "../stores.ts";
import { importEdits } from "./imports.ts";
import { endsStatements, refusal } from "./refusal.ts";
import { freshName, insertBefore } from "./statements.ts";

export interface Listed {
  readonly title: string;
  /** What the list is called: "allowed modules". */
  readonly list: string;
  /** Behind "fill in:". */
  readonly note: string;
  /** What the client is told. */
  readonly message: string;
  /** What to do where no edit can be made. */
  readonly advice: string;
}

/** `value`: what must be in the list; undefined where it cannot be told from what stands around it. */
export function allowListed(
  { hit }: Match,
  code: Code,
  context: Context,
  listed: Listed,
  value: ValueId | undefined,
): Fix {
  const { title } = listed;
  const refuse = (why: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason: `${listed.advice} No edit is offered: ${why}.`,
  });
  if (hit === undefined || value === undefined)
    return refuse("the value is not written in one place here");
  const text = code.text(code.op(value).span);
  if (/\bawait\b|\byield\b|[\r\n]|\b(pop|shift|next|read)\(/.test(text))
    return refuse("the value is computed in the call; give it a name first");
  const isPython = code.language === "python";
  const [first, ...words] = listed.list.split(" ");
  const name = freshName(
    code,
    isPython
      ? listed.list.replaceAll(" ", "_")
      : `${first}${words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join("")}`,
  );
  const refused = refusal(code, context, listed.message, hit.site.op);
  const { edits, locals } = importEdits(code, refused.wanted);
  const body = refused.lines(locals).map((line) => `\t${line}`);
  const semicolon = endsStatements(code) ? ";" : "";
  const note = `fill in: ${listed.note}`;
  const lines = isPython
    ? [`${name}: set[str] = set()  # ${note}`, `if ${text} not in ${name}:`, ...body]
    : [
        `const ${name} = new Set()${semicolon} // ${note}`,
        `if (!${name}.has(${text})) {`,
        ...body,
        "}",
      ];
  const guard = insertBefore(code, hit.site.span, lines);
  return guard === undefined
    ? refuse("the check has no place in front of the call")
    : { title, grade: "placeholder", edits: [{ file: code.file, edits: [...edits, guard] }] };
}

/** The only part of a text that is not written there; the value itself if it is no text that is put together. */
export function onlyOpenPart(code: Code, id: ValueId, depth = 0): ValueId | undefined {
  const op = code.op(id);
  if (depth > 20) return undefined;
  if (op.op === "annotate") return onlyOpenPart(code, op.value, depth + 1);
  const open = openParts(code, id);
  if (open !== undefined) {
    const [only] = open;
    return open.length === 1 && only !== undefined
      ? onlyOpenPart(code, only, depth + 1)
      : undefined;
  }
  if (op.op !== "load") return id;
  const stores = storesOf(code, op.slot);
  const [only] = stores;
  if (stores.length !== 1 || only === undefined || openParts(code, only) === undefined) return id;
  return onlyOpenPart(code, only, depth + 1);
}

function openParts(code: Code, id: ValueId): readonly ValueId[] | undefined {
  const op = code.op(id);
  const parts =
    op.op === "join"
      ? op.parts.flatMap((p) => (p.kind === "hole" ? [p.value] : []))
      : op.op === "binary" && op.operator === "+"
        ? [op.left, op.right].flatMap((side) => openParts(code, side) ?? [side])
        : undefined;
  return parts?.filter((part) => code.op(part).op !== "const");
}
