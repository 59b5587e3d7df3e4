/** Values that are the password itself, as somebody typed it, by their names; and those that an account keeps. */

import { type Piece, piecesOf } from "./digest.ts";
import { isIdentity } from "./lookups.ts";
import type { Code, Op, ValueId } from "./rule.ts";
import { words } from "./secret-names.ts";
import { single, storesOf } from "./stores.ts";
import { bare } from "./tokens.ts";

/** "password", "userPassword", "pw": not "passwordHash", "hashed_password", "password_reset". */
export function isPassword(name: string): boolean {
  const all = words(name);
  return (
    /^(?:password|passwd|passphrase|passcode|pwd|pw|pass)\d*$/.test(all.at(-1) ?? "") &&
    !all.some((word) =>
      /^(?:hash|hashed|encrypted|crypted|digest|salted|confirm|confirmation|confirmed|repeat|repeated|again|verify|old|previous|bypass|first|second)$/.test(
        word,
      ),
    )
  );
}

/** The value is a password as it came, not what a call made of it. */
export function isPlainPassword(code: Code, id: ValueId): boolean {
  const pieces = piecesOf(code, [id]);
  const calls = pieces.filter(
    (p) => p.kind === "call" && !/^(?:input|getpass|get_json|json|parse)$/.test(p.name),
  );
  return calls.length === 0 && names(code, pieces).some(isPassword);
}
/** Of a field of a form (`form.password.data`) the form's name for it. */
function names(code: Code, pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((p) => {
    const op = code.op(p.id);
    if (op.op === "member" && /^(?:data|value)$/.test(op.name)) {
      const object = code.op(op.object);
      return object.op === "member" ? [object.name] : [];
    }
    return p.kind === "name" ? [p.name] : [];
  });
}

/** What somebody typed, to be compared: of a request or a form, or a variable of its own. */
export function isTypedPassword(code: Code, id: ValueId): boolean {
  if (!isPlainPassword(code, id) || isKeptPassword(code, id)) return false;
  const op = bare(code, single(code, id));
  const object = op.op === "member" || op.op === "index" ? op.object : undefined;
  return (
    object === undefined ||
    chain(code, object).some((name) => words(name).some((word) => NOT_KEPT.test(word)))
  );
}

/** Something of a person that is kept: `user.password`, `row["password"]`, `USERS[name]`. */
export function isKeptPassword(code: Code, id: ValueId): boolean {
  const place = single(code, id);
  const op = bare(code, place);
  if (op.op === "member") return isPassword(op.name) && isKept(code, op.object);
  if (op.op === "index") {
    const key = code.op(op.key);
    if (key.op === "const" && typeof key.value === "string")
      return isPassword(key.value) && isKept(code, op.object);
    // A table of passwords by name.
    const table = chain(code, op.object)[0];
    return (
      key.op !== "const" &&
      table !== undefined &&
      /^(?:users|accounts|passwords|credentials|logins)$/.test(words(table).at(-1) ?? "")
    );
  }
  if (op.op === "call") {
    const callee = code.op(op.callee);
    const key = op.args[0] === undefined ? undefined : bare(code, op.args[0].value);
    if (callee.op !== "member" || callee.name !== "get") return false;
    const table = chain(code, callee.object)[0];
    return (
      key?.op !== "const" &&
      table !== undefined &&
      /^(?:users|accounts|passwords|credentials|logins)$/.test(words(table).at(-1) ?? "")
    );
  }
  return false;
}
/** Of a person, or a row that was found: neither a request nor a form. */
function isKept(code: Code, object: ValueId): boolean {
  const all = chain(code, object);
  if (all.some((name) => words(name).some((word) => NOT_KEPT.test(word)))) return false;
  return (
    all.some((name) => isIdentity(name) || words(name).some((word) => FOUND.test(word))) ||
    isFoundBy(code, object)
  );
}
const FOUND =
  /^(?:row|record|result|found|doc|document|existing|stored|admin|person|staff|employee|student|login)$/;
const NOT_KEPT =
  /^(?:req|request|body|form|data|input|values|payload|dto|params|args|settings|config|env|environ|options|create|update|new|schema|in|credentials|fields|errors)$/;

/** The element that `users.find((u) => ...)` looks at. */
function isFoundBy(code: Code, object: ValueId): boolean {
  const op = bare(code, object);
  const name = op.op === "load" ? code.ir.slots[op.slot] : undefined;
  const isParameter = code.ir.params.some((p) => p.name === name && p.kind === "positional");
  return isParameter && /[#/.](?:find|filter|some|findIndex|findLast)(?:~\d+)?$/.test(code.item);
}

/** The names on the way to a value: `db.users[0].login` is "login", "users", "db". */
function chain(code: Code, id: ValueId): readonly string[] {
  const out: string[] = [];
  const seen = new Set<ValueId>();
  for (let at: ValueId | undefined = id; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const op: Op = code.op(at);
    switch (op.op) {
      case "member":
        out.push(op.name);
        at = op.object;
        break;
      case "index":
        at = op.object;
        break;
      case "call":
        at = op.callee;
        break;
      case "await":
      case "annotate":
      case "iterate":
        at = op.value;
        break;
      case "free":
        out.push(op.name);
        at = undefined;
        break;
      case "load": {
        const name = (code.ir.slots[op.slot] ?? "").replace(/#\d+$/, "");
        if (!name.startsWith("%")) out.push(name);
        at = storesOf(code, op.slot)[0];
        break;
      }
      default:
        at = undefined;
    }
  }
  return out;
}
