/** Which parser of uploads a route uses, told from the middleware that stands beside its handler. */
import { origin, type Place } from "./given.ts";
import type { Code, Observation, Op, ProgramContext, ValueId } from "./rule.ts";

/** The parser whose middleware stands beside the handler: `app.post("/", upload.single("file"), (req, res) => ...)`. */
export function parserOf(
  compared: Observation,
  /** All parsers, by the function in which they are made. */
  parsers: ReadonlyMap<string, readonly Observation[]>,
  context: ProgramContext,
): Observation | undefined {
  for (let code = context.code(compared.site.item); code?.parent !== undefined; ) {
    const parent: Code | undefined = code.other(code.parent);
    if (parent === undefined) return undefined;
    const found = middlewareBeside(code, parent, context).flatMap((value) => {
      const made = madeBy(parent, value, context);
      return (parsers.get(made?.code.item ?? "") ?? []).filter(
        (p) =>
          made !== undefined &&
          p.site.span.start === made.op.span.start &&
          p.site.span.end === made.op.span.end,
      );
    });
    if (found[0] !== undefined) return found[0];
    code = parent;
  }
  return undefined;
}
/** The other arguments of the call that takes the function, written there or under its name. */
function middlewareBeside(code: Code, parent: Code, context: ProgramContext): ValueId[] {
  const { start } = code.absolute({ start: 0, end: 0 });
  const isHandler = (id: ValueId): boolean => {
    const place = origin({ code: parent, op: parent.op(id), id }, context);
    if (place.op.op !== "closure" || place.code.file !== code.file) return false;
    const at = place.code.absolute(place.op.span);
    return at.start <= start && start < at.end;
  };
  return parent.ir.ops.flatMap((op) => {
    if (op.op !== "call" || op.form !== "call") return [];
    const at = op.args.findIndex((a) => isHandler(a.value));
    return at < 0 ? [] : op.args.slice(0, at).map((a) => a.value);
  });
}
/** The handler around this code, and every middleware of this parser in the calls that take it and its like. */
export function middlewareOf(
  code: Code,
  made: { readonly code: Code; readonly op: Op },
  context: ProgramContext,
): { readonly handler: Code; readonly parent: Code; readonly found: ValueId[] } | undefined {
  const isOf = (parent: Code, value: ValueId): boolean => {
    const by = madeBy(parent, value, context);
    return by?.code.item === made.code.item && by.op.span.start === made.op.span.start;
  };
  for (let handler = code; handler.parent !== undefined; ) {
    const parent = handler.other(handler.parent);
    if (parent === undefined) return undefined;
    if (middlewareBeside(handler, parent, context).some((value) => isOf(parent, value))) {
      const found = parent.ir.ops.flatMap((op) =>
        op.op === "call" && op.form === "call"
          ? op.args
              .slice(0, -1)
              .flatMap((a) => (a.spread === undefined && isOf(parent, a.value) ? [a.value] : []))
          : [],
      );
      return { handler, parent, found };
    }
    handler = parent;
  }
  return undefined;
}
/** The call that made the object of `upload.single("file")`, of that in a list, or of a variable that holds it. */
export function madeBy(code: Code, value: ValueId, context: ProgramContext): Place | undefined {
  const at = origin({ code, op: code.op(value), id: value }, context);
  if (at.op.op === "sequence") {
    const inside = at.op.elements.flatMap((e) => madeBy(at.code, e.value, context) ?? []);
    return inside[0];
  }
  if (at.op.op !== "call") return undefined;
  const callee = at.code.op(at.op.callee);
  if (callee.op !== "member") return at;
  return origin({ code: at.code, op: at.code.op(callee.object), id: callee.object }, context);
}
