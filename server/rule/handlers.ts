/** What handles the exceptions of a `try`, by the kinds of exception that are asked for. */
import { refsOf } from "./router.ts";
import type { Code, Context, ValueId } from "./rule.ts";
import { bare } from "./tokens.ts";

type Block = Code["ir"]["blocks"][number];

export interface Arm {
  readonly block: number;
  /** The exceptions that are asked for; none: all. */
  readonly types: readonly ValueId[];
  /** What stands for the exception where it is asked for. */
  readonly caught?: ValueId;
}

/** The handlers of a `try`: one for each type of exception that is asked for, or one for all. */
export function armsOf(code: Code, handler: number): readonly Arm[] {
  const out: Arm[] = [];
  for (let at = handler; out.length < 20; ) {
    const { end } = code.ir.blocks[at] as Block;
    const asked = end.kind === "branch" ? code.op(end.condition) : undefined;
    const all = { block: at, types: [] };
    if (end.kind !== "branch" || asked?.op !== "compare" || asked.operator !== "instanceof") {
      // What no handler asks for goes on by itself.
      const isRethrown = out.length > 0 && end.kind === "throw";
      return isRethrown ? out : [...out, all];
    }
    if (bare(code, asked.left).op !== "caught" && code.op(asked.left).op !== "caught")
      return [...out, all];
    const right = code.op(asked.right);
    out.push({
      block: end.then,
      types: right.op === "sequence" ? right.elements.map((e) => e.value) : [asked.right],
      caught: asked.left,
    });
    at = end.else;
  }
  return out;
}

/** A call that verifies a token, a password, a signature, whether in a library or in a function of the program. */
export function checksCaller(code: Code, id: ValueId, context: Context): boolean {
  const op = code.op(id);
  if (op.op !== "call" || op.form === "decorator") return false;
  return refsOf(code, op.callee, context).some((ref) => {
    const path = ref.startsWith("lib:") ? `${ref}()` : ref;
    return (["identifies", "checks-signature"] as const).some((deed) => context.does(path, deed));
  });
}

/** It reads a token with a key, by itself: it fails for a wrong token, and never for a right one. */
export function readsToken(code: Code, id: ValueId, context: Context): boolean {
  const op = code.op(id);
  return (
    op.op === "call" &&
    checksCaller(code, id, context) &&
    refsOf(code, op.callee, context).some((ref) =>
      /^lib:(?:jwt|jose\.jwt|jsonwebtoken)\./.test(ref),
    )
  );
}
