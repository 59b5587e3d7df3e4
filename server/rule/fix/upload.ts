/** Fixes for uploads: a random name in place of the client's. */
import type { Code, Edit, Fix, Match, Op, ValueId } from "../rule.ts";
import { importEdit } from "./imports.ts";

export function randomName(match: Match, code: Code): readonly Fix[] {
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
  const edits: Edit[] = [];
  let name: string;
  if (code.language === "python") {
    const wanted = importEdit(code, { module: "uuid" });
    if (wanted.edit !== undefined) edits.push(wanted.edit);
    name = `${wanted.local}.uuid4().hex`;
  } else {
    const whole = importEdit(code, { module: "crypto" });
    if (whole.edit === undefined) name = `${whole.local}.randomUUID()`;
    else {
      const wanted = importEdit(code, { module: "crypto", name: "randomUUID" });
      if (wanted.edit !== undefined) edits.push(wanted.edit);
      name = `${wanted.local}()`;
    }
  }
  const at = code.absolute(code.op(place).span);
  edits.push({ start: at.start, end: at.end, newText: name });
  return [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
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
