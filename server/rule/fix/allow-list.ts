/** A list of allowed values, which refuses everything until it is filled in, in front of the statement that uses one. */

import type { Code, Context, Edit, Fix, Match, ValueId } from "../rule.ts";
import { storesOf } from "../stores.ts";
import { quoted } from "./arguments.ts";
import { hole } from "./holes.ts";
import { importEdits } from "./imports.ts";
import { endsStatements, refusal } from "./refusal.ts";
import { freshName, insertBefore } from "./statements.ts";

export interface Listed {
  readonly title: string;
  /** What the list is called: "allowed modules". */
  readonly list: string;
  /** Behind "fill in:". */
  readonly note: string;
  /** What stands in the list, where that is known for good. */
  readonly values?: readonly string[];
  /** What the client is told. */
  readonly message: string;
  /** What to do where no edit can be made. */
  readonly advice: string;
}

/** `value`: what must be in the list; undefined where it cannot be told from what stands around it. */
export function allowListed(
  match: Match,
  code: Code,
  context: Context,
  listed: Listed,
  value: ValueId | undefined,
): Fix {
  if (value === undefined) return noList(listed, "the value is not written in one place here");
  return allAllowListed(match, code, context, [{ listed, value }]);
}

/** One list for each value; the first says what the fix is called. The lists that name their values are complete. */
export function allAllowListed(
  { hit }: Match,
  code: Code,
  context: Context,
  checks: readonly { readonly listed: Listed; readonly value: ValueId }[],
): Fix {
  const first = checks[0]?.listed;
  if (hit === undefined || first === undefined)
    throw new Error("an allow-list is for a value that reaches a sink");
  const { title } = first;
  const lines: string[] = [];
  const imported: Edit[] = [];
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const { listed, value } of checks) {
    const text = code.text(code.op(value).span);
    if (/\bawait\b|\byield\b|[\r\n]|\b(pop|shift|next|read)\(/.test(text))
      return noList(first, "the value is computed in the call; give it a name first");
    if (seen.has(text)) continue;
    seen.add(text);
    const refused = refusal(code, context, listed.message, hit.site.op);
    const { edits, locals } = importEdits(code, refused.wanted);
    // What refuses is the same for all of them.
    if (imported.length === 0) imported.push(...edits);
    lines.push(
      ...listOf(
        code,
        listed,
        text,
        names,
        refused.lines(locals).map((line) => `\t${line}`),
      ),
    );
  }
  const guard = insertBefore(code, hit.site.span, lines);
  if (guard === undefined) return noList(first, "the check has no place in front of the call");
  const isComplete = checks.every(({ listed }) => listed.values !== undefined);
  return {
    title,
    grade: isComplete ? "suggested" : "placeholder",
    edits: [{ file: code.file, edits: [...imported, guard] }],
  };
}

function noList({ title, advice }: Listed, why: string): Fix {
  return { title, grade: "manual", edits: [], reason: `${advice} No edit is offered: ${why}.` };
}

function listOf(
  code: Code,
  { list, note, values }: Listed,
  text: string,
  names: Set<string>,
  body: readonly string[],
): readonly string[] {
  const isPython = code.language === "python";
  const [first, ...words] = list.split(" ");
  const wanted = isPython
    ? list.replaceAll(" ", "_")
    : `${first}${words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join("")}`;
  let name = freshName(code, wanted);
  for (let i = 2; names.has(name); i++) name = freshName(code, `${wanted}${i}`);
  names.add(name);
  const end = endsStatements(code) ? ";" : "";
  const known = values?.map((v) => quoted(code, v)).join(", ");
  if (isPython)
    return [
      known === undefined
        ? `${name}: set[str] = ${hole("set()")}  # fill in: ${note}`
        : `${name} = {${known}}`,
      `if ${text} not in ${name}:`,
      ...body,
    ];
  // What a request gives is of any type.
  const type = /\.[cm]?tsx?$/.test(code.file) ? "<unknown>" : "";
  return [
    known === undefined
      ? `const ${name} = new Set(${hole("")})${end} // fill in: ${note}`
      : `const ${name} = new Set${type}([${known}])${end}`,
    `if (!${name}.has(${text})) {`,
    ...body,
    "}",
  ];
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
