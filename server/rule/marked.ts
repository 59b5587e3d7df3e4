/** What stands in a text that is taken for HTML as it is: markup of the program's own, and data that nothing has escaped. */
import type { Place } from "./given.ts";
import type { Code, Op, ValueId } from "./rule.ts";
import { words } from "./secret-names.ts";
import { storesOf } from "./stores.ts";
import { bare } from "./tokens.ts";

export interface Open {
  /** Data between markup that is written here; or all of it, of which nothing is known. */
  readonly how: "built" | "whole";
  /** The data, as it is written. */
  readonly name: string;
}

/** Names of what holds no free text, or holds HTML by intention. */
const HARMLESS =
  /^(?:html|markup|safe|svg|icon|icons|url|href|src|link|uri|path|class|classes|css|style|styles|color|colour|id|ids|pk|uuid|guid|hash|count|num|number|total|size|width|height|length|len|index|idx|i|j|n|x|y|z|date|time|datetime|year|month|day|hour|lang|locale|language|attrs|attributes|attr|tag|tags|element|template|rendered|output|result|content|body|snippet|widget|field|input|button|form|row|rows|cell|table|badge|separator|sep|prefix|suffix|version|price|amount|percent|percentage|status|type|kind|level|state|mode|static|media|translation|label|labels|help|text|message|msg|escaped|sanitized|clean|cleaned|encoded|slug|code|currency|symbol|script|json|nonce|token|key|digest|port|timestamp|ratio|score|rank|position|offset|page|pages|ext|extension|flag|checked|selected|disabled|target|rel|size|quality)$/i;
/** In the name of an element, or in an attribute whose values are the program's own as a rule. */
const IN_SETTING =
  /<\/?[\w-]*$|\b(?:class|style|id|for|type|name|role|width|height|colspan|fill|stroke|d|viewBox)=\\?["']?[^"'<>]*$/i;
/** Methods of texts that take nothing out of them. */
const KEEPS =
  /^(?:strip|lstrip|rstrip|lower|upper|title|capitalize|casefold|trim|trimEnd|trimStart|toLowerCase|toUpperCase|toString|decode)$/;
const WRAPS = /^(?:str|String|force_str|force_text|smart_str|capfirst)$/;

export function openHoles(place: Place): Open | undefined {
  const pieces = piecesOf(place.code, place.id, 0);
  if (pieces === undefined)
    return isPlain(place.code, place.id, 0) ? { how: "whole", name: textAt(place) } : undefined;
  if (!pieces.some((p) => p.text !== undefined && /<[a-z!/]/i.test(p.text))) return undefined;
  let before = "";
  for (const { id, text } of pieces) {
    before += text ?? "\0";
    if (id === undefined || IN_SETTING.test(before.slice(0, -1))) continue;
    if (isPlain(place.code, id, 0) && isText(place.code, id))
      return { how: "built", name: textAt({ code: place.code, op: place.code.op(id) }) };
  }
  return undefined;
}
function textAt({ code, op }: Pick<Place, "code" | "op">): string {
  const text = code.text(op.span).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

interface Piece {
  readonly text?: string;
  readonly id?: ValueId;
}
/** The pieces of a text that is put together; undefined if it is not. */
function piecesOf(code: Code, id: ValueId, depth: number): readonly Piece[] | undefined {
  const op = bare(code, id);
  if (depth > 12) return undefined;
  if (op.op === "join")
    return op.parts.flatMap((p): readonly Piece[] =>
      p.kind === "text"
        ? [{ text: p.text }]
        : p.numeric === true || /^[^a-z]*[dfegxobn%]$|!r/i.test(p.format ?? "")
          ? []
          : (piecesOf(code, p.value, depth + 1) ?? [{ id: p.value }]),
    );
  if (op.op === "binary" && op.operator === "+") {
    const sides = [op.left, op.right].map((s) => {
      const side = bare(code, s);
      if (side.op === "const") return [{ text: String(side.value) }];
      return piecesOf(code, s, depth + 1) ?? [{ id: s }];
    });
    return sides.flat();
  }
  if (op.op === "load") {
    const [only, ...more] = storesOf(code, op.slot);
    return only === undefined || more.length > 0 || isParam(code, op.slot)
      ? undefined
      : piecesOf(code, only, depth + 1);
  }
  return undefined;
}
function isParam(code: Code, slot: number): boolean {
  return code.ir.params.some((p) => p.slot === slot);
}

/** Data as it came: of a parameter, a field, an entry. What a call gives may have been escaped there. */
function isPlain(code: Code, id: ValueId, depth: number): boolean {
  const op = bare(code, id);
  if (depth > 8) return false;
  switch (op.op) {
    case "load": {
      const param = code.ir.params.find((p) => p.slot === op.slot);
      if (param !== undefined) return !isNumber(param.annotation);
      const stores = storesOf(code, op.slot);
      return (
        stores.length > 0 && stores.every((v) => isPlain(code, v, depth + 1) || isEmpty(code, v))
      );
    }
    case "iterate":
      return true;
    case "member":
      return isPlain(code, op.object, depth + 1) || isOwn(code, op.object);
    case "index": {
      const key = bare(code, op.key);
      return (
        key.op === "const" && typeof key.value === "string" && isPlain(code, op.object, depth + 1)
      );
    }
    case "call": {
      const callee = code.op(op.callee);
      const [first] = op.args;
      if (callee.op === "member" && KEEPS.test(callee.name))
        return isPlain(code, callee.object, depth + 1);
      return callee.op === "free" &&
        WRAPS.test(callee.name) &&
        first !== undefined &&
        op.args.length === 1
        ? isPlain(code, first.value, depth + 1)
        : false;
    }
    default:
      return false;
  }
}
function isOwn(code: Code, id: ValueId): boolean {
  return bare(code, id).op === "this";
}
function isEmpty(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  return op.op === "const" && (op.value === "" || op.value === null || op.value === undefined);
}
type Annotation = Code["ir"]["params"][number]["annotation"];
function isNumber(type: Annotation): boolean {
  return (
    type?.kind === "name" &&
    /^(?:int|float|bool|number|boolean|bigint|Decimal|UUID|date|datetime|SafeString|Markup)$/.test(
      type.path.at(-1) ?? "",
    )
  );
}
/** Its name does not say that it is a number, an address or HTML. */
function isText(code: Code, id: ValueId): boolean {
  const op: Op = bare(code, id);
  const name =
    op.op === "member" || op.op === "free"
      ? op.name
      : op.op === "load"
        ? (code.ir.slots[op.slot] ?? "").replace(/#\d+$/, "")
        : "";
  if (op.op === "call") {
    const callee = code.op(op.callee);
    const inner = callee.op === "member" ? callee.object : op.args[0]?.value;
    return inner !== undefined && isText(code, inner);
  }
  const last = words(name).at(-1);
  return last === undefined || !HARMLESS.test(last);
}
