/** Which pieces of an expression are secrets as they are: by the names under which they are read, up to where they are made into something else. */
import type { Code, Op, ValueId } from "./rule.ts";
import { secretName, words } from "./secret-names.ts";

export interface Piece {
  readonly id: ValueId;
  /** What it is, in words. */
  readonly what: string;
  /** The hole of a text that it stands in, with its delimiters; only where a text in its place stays a text. */
  readonly hole?: { readonly start: number; readonly end: number };
  /** The key of a record that is written once for key and value. */
  readonly shorthand?: string;
  /** A whole, of which a part is one: headers, variables. */
  readonly whole?: boolean;
}

/** Says nothing of the value itself, or that it is none any more. */
const NOT_IT =
  /^(?:has|have|is|are|should|needs?|no|with|without|can|uses?|used|requires?|required|enabled?|disabled?|mask|masked|redacted|hash|hashed|encrypted|obfuscated|truncated|safe|public|csrf|xsrf|sync|page|next|continuation|cancel|cancellation|idempotency|fake|dummy|test)$/;
/** What is done with one, as in the name of a route: `UPDATE_USER_PASSWORD`. */
const DONE = /^(?:update|change|set|create|delete|remove|forgot|check|verify|validate)$/;
const HEADERS = /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token)$/i;
const OF_REQUEST = /^(?:req|request|ctx|context|event)$/i;
/** Calls that give the same text in another form. */
const SAME = /^(?:str|repr|String|dict|stringify|dumps|inspect|toString|strip|trim|decode|encode)$/;

/** `loose`: a name such as "token" is enough, since what is logged is known to come from a request. */
export function sensitivePieces(
  code: Code,
  from: ValueId,
  loose: boolean,
  keyword?: string,
): readonly Piece[] {
  const out: Piece[] = [];
  const visit = (
    id: ValueId,
    depth: number,
    place: Omit<Piece, "id" | "what">,
    key?: string,
  ): void => {
    if (depth > 8) return;
    const op = code.op(id);
    switch (op.op) {
      case "join":
        for (const part of op.parts)
          if (part.kind === "hole")
            visit(
              part.value,
              depth + 1,
              op.style === "fstring" || op.style === "template" ? { hole: part.span } : {},
            );
        return;
      case "binary":
        if (op.numeric === true) return;
        visit(op.left, depth + 1, {});
        visit(op.right, depth + 1, {});
        return;
      case "sequence":
        for (const { value } of op.elements) visit(value, depth + 1, {});
        return;
      case "record":
        for (const entry of op.entries)
          if (typeof entry.key === "string" && entry.key !== "...") {
            const isShort =
              entry.span.start === code.op(entry.value).span.start &&
              entry.span.end === code.op(entry.value).span.end;
            visit(entry.value, depth + 1, isShort ? { shorthand: entry.key } : {}, entry.key);
          }
        return;
      case "annotate":
      case "await":
        visit(op.value, depth + 1, place, key);
        return;
      case "call":
        if (isSame(code, op)) {
          const [first] = op.args;
          const callee = code.op(op.callee);
          const inner = first?.value ?? (callee.op === "member" ? callee.object : undefined);
          if (inner !== undefined) {
            const before = out.length;
            visit(inner, depth + 1, {}, key);
            // The whole of `str(x)` is replaced with it.
            const found = out[before];
            if (found !== undefined && out.length === before + 1 && code.op(inner).op !== "record")
              out[before] = { ...found, ...place, id };
          }
          return;
        }
        break;
    }
    const found = nameOf(code, op, loose, 0) ?? keyed(code, op, key);
    if (found !== undefined) out.push({ id, ...found, ...place });
  };
  visit(from, 0, {}, keyword);
  return out;
}

function isSame(code: Code, op: Op & { readonly op: "call" }): boolean {
  const callee = code.op(op.callee);
  const name =
    callee.op === "member" || callee.op === "free"
      ? callee.name
      : callee.op === "load"
        ? plain(code.ir.slots[callee.slot])
        : "";
  return SAME.test(name);
}

/** Under a key that says so stands what is read as it is: no constant, nothing that was made of it. */
function keyed(code: Code, op: Op, key: string | undefined): Pick<Piece, "what"> | undefined {
  if (key === undefined || !/^(?:load|param|free|member|index)$/.test(op.op)) return undefined;
  const what = said(key, false);
  return what === undefined || isNamedOtherwise(code, op) ? undefined : { what };
}
function isNamedOtherwise(code: Code, op: Op): boolean {
  const name =
    op.op === "load"
      ? plain(code.ir.slots[op.slot])
      : op.op === "member" || op.op === "free"
        ? op.name
        : "";
  return words(name).some((word) => NOT_IT.test(word));
}

function nameOf(
  code: Code,
  op: Op,
  loose: boolean,
  depth: number,
): Pick<Piece, "what" | "whole"> | undefined {
  switch (op.op) {
    case "load": {
      const what = said(plain(code.ir.slots[op.slot]), loose);
      if (what !== undefined || depth > 3) return what === undefined ? undefined : { what };
      const stores = code.ir.ops.filter((one) => one.op === "store" && one.slot === op.slot);
      const [only] = stores;
      return stores.length === 1 && only?.op === "store"
        ? nameOf(code, code.op(only.value), loose, depth + 1)
        : undefined;
    }
    case "annotate":
    case "await":
      return nameOf(code, code.op(op.value), loose, depth + 1);
    case "param": {
      const what = said(code.ir.params[op.index]?.name ?? "", loose);
      return what === undefined ? undefined : { what };
    }
    case "free": {
      const what = said(op.name, loose);
      return what === undefined ? undefined : { what };
    }
    case "member":
      return ofMember(code, op, loose);
    case "index":
      return looked(textAt(code, op.key), code.op(op.object), code, loose);
    case "call": {
      const callee = code.op(op.callee);
      if (callee.op !== "member" || !/^(?:get|header|getHeader)$/.test(callee.name))
        return undefined;
      return looked(textAt(code, op.args[0]?.value), code.op(callee.object), code, loose);
    }
    default:
      return undefined;
  }
}

function ofMember(
  code: Code,
  op: Op & { readonly op: "member" },
  loose: boolean,
): Pick<Piece, "what" | "whole"> | undefined {
  const object = code.op(op.object);
  const holder = spoken(code, object);
  if (op.name === "env" && holder === "process")
    return { what: "all variables of the environment", whole: true };
  if (op.name === "environ" && holder === "os")
    return { what: "all variables of the environment", whole: true };
  if (/^headers$/i.test(op.name) && OF_REQUEST.test(holder))
    return { what: "all headers of the request, cookies and tokens among them", whole: true };
  if (/^(?:cookies|COOKIES)$/.test(op.name) && OF_REQUEST.test(holder))
    return { what: "the cookies of the request", whole: true };
  if (/^headers$/i.test(holder) && HEADERS.test(op.name)) return { what: `the header ${op.name}` };
  if (op.name === "cookie" && holder === "document") return { what: "the cookies" };
  const what = said(op.name, loose);
  return what === undefined ? undefined : { what };
}

function looked(
  key: string | undefined,
  object: Op,
  code: Code,
  loose: boolean,
): Pick<Piece, "what"> | undefined {
  if (key === undefined) return undefined;
  const holder = spoken(code, object);
  if (HEADERS.test(key) && (/headers$/i.test(holder) || OF_REQUEST.test(holder)))
    return { what: `the header ${key}` };
  const what = said(key, loose);
  return what === undefined ? undefined : { what };
}

/** The last name of an expression. */
function spoken(code: Code, op: Op): string {
  if (op.op === "load") return plain(code.ir.slots[op.slot]);
  if (op.op === "param") return code.ir.params[op.index]?.name ?? "";
  return op.op === "free" || op.op === "member" ? op.name : "";
}
function textAt(code: Code, id: ValueId | undefined): string | undefined {
  const op = id === undefined ? undefined : code.op(id);
  return op?.op === "const" && typeof op.value === "string" ? op.value : undefined;
}
function plain(slot = ""): string {
  return slot.replace(/#\d+$/, "").replace(/^.*\./, "");
}

function said(name: string, loose: boolean): string | undefined {
  if (/^(?:authorization|auth_?header|authorization_?header)$/i.test(name)) return name;
  const found = secretName(name);
  if (found === undefined || (found.kind !== "secret" && found.kind !== "code")) return undefined;
  if (!found.exact && !loose) return undefined;
  const all = words(name);
  const isOther = all.some((word) => NOT_IT.test(word)) || DONE.test(all[0] ?? "");
  return isOther ? undefined : name;
}
