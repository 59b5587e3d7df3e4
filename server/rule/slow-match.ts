/** A pattern that is tried in exponentially many ways, where request data is matched with it. */
import { type SlowText, slowPattern } from "../taint/slow-pattern.ts";
import { conditionsAt } from "./conditions.ts";
import { origin, type Place } from "./given.ts";
import type { Code, Context, Hit, ValueId } from "./rule.ts";
import { bare } from "./tokens.ts";

export interface SlowMatch extends SlowText {
  /** Where the pattern is written. */
  readonly place: Place;
}

/** Undefined where the pattern is not written as such, or is made with options that change what it means. */
export function slowMatch(hit: Hit, code: Code, context: Context): SlowMatch | undefined {
  const call = code.op(hit.site.op);
  if (call.op !== "call") return undefined;
  const spec = hit.row.data?.pattern;
  const callee = code.op(call.callee);
  const id =
    spec === "recv"
      ? callee.op === "member"
        ? callee.object
        : undefined
      : call.args.find((a) => a.name === "pattern" || a.name === undefined)?.value;
  const place = id === undefined ? undefined : origin({ code, op: code.op(id), id }, context);
  const text = place === undefined ? undefined : textAt(place);
  const found =
    text === undefined ? undefined : slowPattern(text, hit.row.needs?.is === "slow-whole");
  const isVerbose = (at: Code, of: ValueId): boolean =>
    /\bVERBOSE\b|\bre\.X\b/.test(at.text(at.op(of).span));
  if (place === undefined || found === undefined || isVerbose(code, hit.site.op)) return undefined;
  return isVerbose(place.code, place.id) ? undefined : { ...found, place };
}

/** A literal, a text, or one of them in the call that makes a pattern of it. */
function textAt({ code, op }: Place): string | undefined {
  const [first] = op.op === "call" ? op.args : [];
  const written = first === undefined ? op : bare(code, first.value);
  return written.op === "const" && typeof written.value === "string" ? written.value : undefined;
}

/** How long the text may be was looked at, or only its beginning is matched. */
export function isBounded(hit: Hit, code: Code, context: Context): boolean {
  const isAsked = ({ text }: { readonly text: string }): boolean =>
    /\.length\b|\blen\s*\(|max_?len/i.test(text);
  if (conditionsAt(code, hit.site.op).some(isAsked)) return true;
  const { code: at, op } = origin({ code, op: code.op(hit.arg), id: hit.arg }, context);
  if (op.op === "slice") return op.to !== undefined;
  const callee = op.op === "call" ? at.op(op.callee) : undefined;
  return (
    op.op === "call" &&
    callee?.op === "member" &&
    /^(?:slice|substring|substr)$/.test(callee.name) &&
    op.args.length === 2
  );
}
