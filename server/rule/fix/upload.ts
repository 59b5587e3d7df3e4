/** Fixes for uploads: a random name in place of the client's. */
import type { Code, Context, Edit, Fix, Match, Op, Span, ValueId } from "../rule.ts";
import { importEdits } from "./imports.ts";
import { randomId } from "./random-id.ts";
import { endsStatements, responseName } from "./refusal.ts";
import { freshName, insertBefore } from "./statements.ts";
import { checkedExtension, type Extension } from "./upload-extension.ts";

export function randomName(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Store it under a random name";
  const refuse = (why: string): readonly Fix[] => [
    {
      title,
      grade: "manual",
      edits: [],
      reason: `Store the file as ${code.language === "python" ? "uuid.uuid4().hex" : "crypto.randomUUID()"} and keep the client's name as data only. No edit is offered: ${why}.`,
    },
  ];
  const hit = match.hit;
  if (hit === undefined) return refuse("the call cannot be seen as a whole");
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  if (source.item !== hit.site.item) return refuse("the name comes from another function");
  const arg = hit.arg >= 0 ? hit.arg : undefined;
  const place = arg === undefined ? undefined : nameIn(code, arg, source.span, 0);
  if (place === undefined) return refuse("the place of the name in the path cannot be seen");
  const told = toldAfter(code, place, source.span, hit.site.span.end);
  if (told === undefined)
    return refuse("the answer tells the client's name, by which the file may be asked for later");
  const written = code.text(code.op(place).span);
  const extension =
    checkedExtension(code, context, code.text(source.span), place) ??
    checkedExtension(code, context, written, place);
  const made = newName(code, extension);
  const edits: Edit[] = [...made.edits];
  let name = made.text;
  if (told.length > 0) {
    const js = code.language === "javascript";
    const variable = freshName(code, js ? "storedName" : "stored_name");
    const line = js
      ? `const ${variable} = ${name}${endsStatements(code) ? ";" : ""}`
      : `${variable} = ${name}`;
    const stored = insertBefore(code, code.op(place).span, [line]);
    if (stored === undefined) return refuse("there is no place for a variable with the new name");
    edits.push(stored, ...told.map((id) => replaced(code, id, variable)));
    name = variable;
  }
  edits.push(replaced(code, place, name));
  return [
    {
      title: extension === undefined ? `${title}, without its extension` : title,
      grade: "suggested",
      edits: [{ file: code.file, edits }],
    },
  ];
}

/** A random name, with the extension that was checked. */
function newName(
  code: Code,
  extension: Extension | undefined,
): { readonly text: string; readonly edits: readonly Edit[] } {
  const wanted = extension === undefined ? [] : [extension.wanted];
  const end = (local: string | undefined): string =>
    extension === undefined ? "" : ` + ${extension.text(local ?? "")}`;
  if (code.language === "python") {
    const { edits, locals } = importEdits(code, [{ module: "uuid" }, ...wanted]);
    return { text: `${locals[0]}.uuid4().hex${end(locals[1])}`, edits };
  }
  const id = randomId(code);
  const { edits, locals } = importEdits(code, wanted);
  return { text: id.text + end(locals[0]), edits: [...id.edits, ...edits] };
}

function replaced(code: Code, id: ValueId, newText: string): Edit {
  const op = code.op(id);
  // `{ name }` keeps its key.
  const short = code.ir.ops
    .flatMap((o) => (o.op === "record" ? o.entries : []))
    .find((e) => e.value === id && e.span.end - e.span.start === op.span.end - op.span.start);
  return {
    ...code.absolute(op.span),
    newText:
      typeof short?.key === "string" && short.key !== "..." ? `${short.key}: ${newText}` : newText,
  };
}

/**
 * Where the answer tells the client's name once the file is stored: it must tell the new one, or nobody finds the file again.
 * Undefined: it may do so without having come by the place where the new name is made.
 */
function toldAfter(
  code: Code,
  place: ValueId,
  source: Span,
  stored: number,
): readonly ValueId[] | undefined {
  const names = new Set([code.text(source), code.text(code.op(place).span)]);
  const answers = answersOf(code);
  const out: ValueId[] = [];
  for (const [id, op] of code.ir.ops.entries()) {
    if ((op.op !== "member" && op.op !== "load") || op.span.start < stored) continue;
    if (!names.has(code.text(op.span)) || !answers.some((span) => contains(span, op.span)))
      continue;
    if (!isAlwaysBehind(code, place, id)) return undefined;
    out.push(id);
  }
  return out;
}

/** What goes into the answer: results, and what is handed to the response object or set as its body. */
function answersOf(code: Code): readonly Span[] {
  const out: Span[] = [];
  for (const { end } of code.ir.blocks)
    if (end.kind === "return" && end.value !== undefined) out.push(code.op(end.value).span);
  const name = responseName(code);
  for (const op of code.ir.ops) {
    if (op.op === "call" && name !== undefined && rootOf(code, op.callee) === name)
      out.push(op.argsSpan);
    if (op.op === "setMember" && op.name === "body") out.push(code.op(op.value).span);
  }
  return out;
}

function rootOf(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op === "member") return rootOf(code, op.object);
  if (op.op === "call") return rootOf(code, op.callee);
  return op.op === "load" ? code.ir.slots[op.slot] : undefined;
}

/** Every way to `later` goes through `first`, whose variables are known there. */
function isAlwaysBehind(code: Code, first: ValueId, later: ValueId): boolean {
  const { blocks, statements } = code.ir;
  const inside = code.op(later).span;
  const around = statements
    .filter((s) => contains(s, code.op(first).span))
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  if (!around.slice(1).every((s) => contains(s, inside))) return false;
  const through = blocks.findIndex((b) => b.ops.includes(first));
  const seen = new Set<number>([through]);
  const waiting = [0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const block = blocks[at];
    if (block === undefined || seen.has(at)) continue;
    seen.add(at);
    if (block.ops.includes(later)) return false;
    const { end } = block;
    if (end.kind === "jump") waiting.push(end.to);
    if (end.kind === "branch") waiting.push(end.then, end.else);
    if (block.handler !== undefined) waiting.push(block.handler);
  }
  return through >= 0;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The part of a path expression that carries the client's name: the largest one that is nothing but the name. */
function nameIn(
  code: Code,
  id: ValueId,
  source: { start: number; end: number },
  depth: number,
): ValueId | undefined {
  if (depth > 20) return undefined;
  const op = code.op(id);
  if (op.span.start === source.start && op.span.end === source.end) return id;
  const inside = (ids: readonly ValueId[]): ValueId | undefined => {
    for (const child of ids) {
      const found = nameIn(code, child, source, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  switch (op.op) {
    case "load": {
      const stores = code.ir.ops.filter(
        (o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot,
      );
      if (stores.length !== 1 || stores[0] === undefined) return undefined;
      const found = inside([stores[0].value]);
      // A variable that is the name itself is replaced here, where it is used; one that is the path, where it is made.
      return found === undefined
        ? undefined
        : found === stores[0].value || isWrapped(code, stores[0].value)
          ? id
          : found;
    }
    case "annotate":
    case "await":
      return inside([op.value]);
    case "join": {
      const holes = op.parts.flatMap((p) => (p.kind === "hole" ? [p.value] : []));
      const found = inside(holes);
      return found;
    }
    case "binary":
      return op.operator === "or" || op.operator === "||" || op.operator === "??"
        ? inside([op.left]) === undefined
          ? undefined
          : id
        : inside([op.left, op.right]);
    case "call": {
      const callee = code.op(op.callee);
      const name = callee.op === "member" ? callee.name : callee.op === "free" ? callee.name : "";
      const found = inside([
        ...op.args.map((a) => a.value),
        ...(callee.op === "member" ? [callee.object] : []),
      ]);
      if (found === undefined) return undefined;
      return /^(join|joinpath|Path|PurePath|resolve|normalize|str|realpath|abspath|normpath|fspath|concat)$/.test(
        name,
      )
        ? found
        : id;
    }
    default:
      return undefined;
  }
}
/** `file.filename.lower()`: not the member itself, but no path either. */
function isWrapped(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  if (op.op !== "call") return false;
  const callee = code.op(op.callee);
  return (
    callee.op === "member" &&
    /^(strip|lower|upper|replace|trim|toLowerCase|replaceAll)$/.test(callee.name)
  );
}
