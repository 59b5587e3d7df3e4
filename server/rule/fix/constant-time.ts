/** `a == b` becomes a comparison that takes the same time whatever the two are. */
import type { Code, Edit, Fix, Match, ValueId } from "../rule.ts";
import { bare } from "../tokens.ts";
import { quoted } from "./arguments.ts";
import { importEdits, importedAs } from "./imports.ts";

export function constantTime(match: Match, code: Code): readonly Fix[] {
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
  const { edits, made } = python
    ? inPython(code, op.left, op.right, no)
    : inJavaScript(code, op.left, op.right, no);
  return [
    {
      title,
      grade: "suggested",
      edits: [{ file: code.file, edits: [...edits, { ...whole, newText: made }] }],
    },
  ];
}

interface Made {
  readonly edits: readonly Edit[];
  readonly made: string;
}

/** Texts with other letters than ASCII are refused there, and so is nothing at all: both become bytes. */
function inPython(code: Code, left: ValueId, right: ValueId, no: boolean): Made {
  const { edits, locals } = importEdits(code, [{ module: "hmac" }]);
  const raw = [left, right].some((id) => isCalled(code, id, "digest"));
  const side = (id: ValueId): string => {
    const text = code.text(code.op(id).span);
    if (raw) return text;
    return isCalled(code, id, "hexdigest")
      ? `${text}.encode()`
      : `str(${text} or ${quoted(code, "")}).encode()`;
  };
  return {
    edits,
    made: `${no ? "not " : ""}${locals[0]}.compare_digest(${side(left)}, ${side(right)})`,
  };
}
function isCalled(code: Code, id: ValueId, name: string): boolean {
  const op = bare(code, id);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  return callee?.op === "member" && callee.name === name;
}

/** `timingSafeEqual` throws where the lengths differ: hashes have one length. */
function inJavaScript(code: Code, left: ValueId, right: ValueId, no: boolean): Made {
  const whole = importedAs(code, { module: "crypto" });
  const { edits, locals } =
    whole === undefined
      ? importEdits(code, [
          { module: "crypto", name: "createHash" },
          { module: "crypto", name: "timingSafeEqual" },
        ])
      : { edits: [], locals: [`${whole}.createHash`, `${whole}.timingSafeEqual`] };
  const side = (id: ValueId): string => {
    const op = bare(code, id);
    const text = code.text(code.op(id).span);
    const isText = op.op === "join" || isCalled(code, id, "digest");
    return `${locals[0]}(${quoted(code, "sha256")}).update(${isText ? text : `String(${text} ?? ${quoted(code, "")})`}).digest()`;
  };
  return { edits, made: `${no ? "!" : ""}${locals[1]}(${side(left)}, ${side(right)})` };
}
