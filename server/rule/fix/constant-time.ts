/** `a == b` becomes a comparison that takes the same time whatever the two are. */
import { origin } from "../given.ts";
import type { Code, Context, Edit, Fix, Match, ValueId } from "../rule.ts";
import { bare } from "../tokens.ts";
import { quoted } from "./arguments.ts";
import { importEdits, importedAs } from "./imports.ts";
import { textValue } from "./text-value.ts";

export function constantTime(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Compare in constant time";
  const op = code.op(match.op ?? 0);
  if (op.op !== "compare") return [];
  const python = code.language === "python";
  const left = code.absolute(code.op(op.left).span);
  const right = code.absolute(code.op(op.right).span);
  const whole = code.absolute(op.span);
  const between = code.fileText.slice(left.end, right.start);
  // A chain of comparisons, or brackets around a side: the parts do not fill the whole.
  const isPlain =
    /^\s*(?:[=!]==?)\s*$/.test(between) && left.start === whole.start && right.end === whole.end;
  if (!isPlain)
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason: `Use ${python ? "hmac.compare_digest" : "timingSafeEqual of node:crypto on two hashes"}. No edit is offered: the comparison is not one of two plain sides.`,
      },
    ];
  const no = op.operator === "!=";
  const [own, sent] = match.facts?.ours === "left" ? [op.left, op.right] : [op.right, op.left];
  const sides: Sides = {
    left: op.left,
    right: op.right,
    own,
    is: (id) => kindOf(code, id, context),
  };
  const { edits, made } = python ? inPython(code, sides, no) : inJavaScript(code, sides, no);
  // Nothing at all, or bytes, may be equal to what came; a text of the program's own is equal to the same text and to nothing else.
  const grade = sides.is(own) === "text" && sides.is(sent) !== "bytes" ? "safe" : "suggested";
  return [
    { title, grade, edits: [{ file: code.file, edits: [...edits, { ...whole, newText: made }] }] },
  ];
}

interface Sides {
  readonly left: ValueId;
  readonly right: ValueId;
  /** The one of the program: a signature that it made, a secret that it was given. */
  readonly own: ValueId;
  readonly is: (id: ValueId) => Kind;
}
/** "any": a text, nothing, or something else. */
type Kind = "text" | "bytes" | "any";

function kindOf(code: Code, id: ValueId, context: Context): Kind {
  const place = origin({ code, op: code.op(id), id }, context);
  const { op } = place;
  if (isCalled(place.code, place.id, "digest"))
    return code.language === "python" || (op.op === "call" && op.args.length === 0)
      ? "bytes"
      : "text";
  if (isCalled(place.code, place.id, "hexdigest") || op.op === "join") return "text";
  if (op.op === "binary" && op.operator === "+") {
    const parts = [op.left, op.right].map((part) => kindOf(place.code, part, context));
    return parts.includes("text") ? "text" : "any";
  }
  return textValue(place.code, place.id, context) === "text" ? "text" : "any";
}

interface Made {
  readonly edits: readonly Edit[];
  readonly made: string;
}

/**
 * Texts with other letters than ASCII are refused there, and so is nothing at all: both become bytes. What was set to nothing is
 * equal to nothing that is sent, least of all to an empty text.
 */
function inPython(code: Code, { left, right, own, is }: Sides, no: boolean): Made {
  const { edits, locals } = importEdits(code, [{ module: "hmac" }]);
  const raw = is(left) === "bytes" || is(right) === "bytes";
  const isSet = raw || is(own) !== "any";
  const side = (id: ValueId): string => {
    const text = code.text(code.op(id).span);
    if (raw) return text;
    if (is(id) === "text") return `${isOne(code, id) ? text : `(${text})`}.encode()`;
    return id === own ? `str(${text}).encode()` : `str(${text} or ${quoted(code, "")}).encode()`;
  };
  const compared = `${locals[0]}.compare_digest(${side(left)}, ${side(right)})`;
  const made = isSet ? compared : `(${code.text(code.op(own).span)} is not None and ${compared})`;
  return { edits, made: `${no ? "not " : ""}${made}` };
}
/** A method can be called on it as it stands. */
function isOne(code: Code, id: ValueId): boolean {
  return (
    /^(?:load|free|member|index|call|join)$/.test(code.op(id).op) &&
    !/^\s*["'].*%/.test(code.text(code.op(id).span))
  );
}
function isCalled(code: Code, id: ValueId, name: string): boolean {
  const op = bare(code, id);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  return callee?.op === "member" && callee.name === name;
}

/** `timingSafeEqual` throws where the lengths differ: hashes have one length. */
function inJavaScript(code: Code, { left, right, own, is }: Sides, no: boolean): Made {
  const whole = importedAs(code, { module: "crypto" });
  const { edits, locals } =
    whole === undefined
      ? importEdits(code, [
          { module: "crypto", name: "createHash" },
          { module: "crypto", name: "timingSafeEqual" },
        ])
      : { edits: [], locals: [`${whole}.createHash`, `${whole}.timingSafeEqual`] };
  const side = (id: ValueId): string => {
    const text = code.text(code.op(id).span);
    const given =
      is(id) === "text"
        ? text
        : id === own
          ? `String(${text})`
          : `String(${text} ?? ${quoted(code, "")})`;
    return `${locals[0]}(${quoted(code, "sha256")}).update(${given}).digest()`;
  };
  const compared = `${locals[1]}(${side(left)}, ${side(right)})`;
  const name = code.text(code.op(own).span);
  const made = is(own) === "any" ? `(${name} !== undefined && ${compared})` : compared;
  return { edits, made: `${no ? "!" : ""}${made}` };
}
