/** Bytes that are the same on every run: written in the code, or never filled. Language and standard library only. */
import { calledName } from "./called-name.ts";
import { origin, type Place } from "./given.ts";
import type { Code, Context, Op, ValueId } from "./rule.ts";
import { sameAs } from "./uses.ts";

/** In words what it is; undefined where it may be anything. */
export function constantBytes(place: Place, context: Context): string | undefined {
  const at = origin(place, context);
  const said = written(at, context, 0);
  return said !== undefined && !isFilled(at.code, at.id) ? said : undefined;
}

function written({ code, op }: Place, context: Context, depth: number): string | undefined {
  if (depth > 4) return undefined;
  const next = (id: ValueId): string | undefined =>
    written(origin({ code, op: code.op(id), id }, context), context, depth + 1);
  switch (op.op) {
    case "const":
      return typeof op.value === "string" && op.value !== "" ? "written in the code" : undefined;
    case "binary": {
      // `b"\0" * 16`
      const sides = [op.left, op.right].map((id) => code.op(id));
      const isRepeated = op.operator === "*" && sides.every((side) => side.op === "const");
      return isRepeated ? "always the same bytes" : undefined;
    }
    case "sequence":
      return op.elements.length > 0 &&
        op.elements.every((e) => !e.spread && code.op(e.value).op === "const")
        ? "written in the code"
        : undefined;
    case "call":
      return called(code, op, next);
    default:
      return undefined;
  }
}

const ZEROS = /^(?:bytes|bytearray|Uint8Array|alloc)$/;
const DECODES = /^(?:from|fromhex|encode|parse|b64decode|unhexlify|bytes|bytearray|Uint8Array)$/;

function called(
  code: Code,
  op: Op & { readonly op: "call" },
  next: (id: ValueId) => string | undefined,
): string | undefined {
  const callee = code.op(op.callee);
  const name = calledName(code, op);
  const [first, second] = op.args;
  // `"text".encode("utf-8")`; in JavaScript the text is what an encoder is given.
  if (callee.op === "member" && name === "encode" && code.language === "python")
    return next(callee.object);
  if (first === undefined) return undefined;
  const value = code.op(first.value);
  if (ZEROS.test(name) && value.op === "const" && typeof value.value === "number")
    return second === undefined || code.op(second.value).op === "const"
      ? "nothing but zeros"
      : undefined;
  return DECODES.test(name) ? next(first.value) : undefined;
}

const FILLS = /^(?:getRandomValues|randomFill|randomFillSync|readinto|copy|set|fill|write\w*)$/;

/** Something is written into it later on. */
function isFilled(code: Code, id: ValueId): boolean {
  const same = sameAs(code, id);
  return code.ir.ops.some((op) => {
    if (op.op === "setIndex") return same.has(op.object);
    if (op.op !== "call") return false;
    const callee = code.op(op.callee);
    const name = calledName(code, op);
    return (
      FILLS.test(name) &&
      ((callee.op === "member" && same.has(callee.object)) ||
        op.args.some((a) => same.has(a.value)))
    );
  });
}
