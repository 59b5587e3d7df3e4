/** What a request says of its sender's rights, and whether a function asks somebody else about them. */

import { childrenOf, itemsOf } from "./items.ts";
import { isFromRequest, isIdentity } from "./lookups.ts";
import type { Code, Op, ValueId } from "./rule.ts";
import { words } from "./secret-names.ts";
import { madeFrom } from "./slice.ts";
import { single } from "./stores.ts";
import { bare } from "./tokens.ts";

const ROLE = /^(?:(?:is|has|x|user|account)_?)*(?:role|roles|admin|administrator|superuser|staff)$/;
/** Names of what lets only some through. */
const LIMITS =
  /^(?:admins?|administrators?|superusers?|staff|permissions?|permitted|authorize|authorized|ability|owner|moderator|can|acl|rbac|policy|policies|grant|grants|403|forbidden|invite|invites|invitation|invitations)$/;
const SENT = /^(?:headers?|cookies?|META|COOKIES|getHeader|get_header)$/;

/** `role`, `is_admin`, `x-user-role` */
export function isRoleName(name: string): boolean {
  return ROLE.test(words(name).join("_"));
}

/** "sent": the field of a body or an address that says which role its sender has; "header": a header or cookie. */
export function claimedRole(code: Code, id: ValueId): "sent" | "header" | undefined {
  const at = single(code, id);
  const name = fieldOf(code, bare(code, at));
  if (name === undefined || !isRoleName(name)) return undefined;
  const ops = madeFrom(code, at);
  const names = ops.flatMap((op) => nameIn(code, op) ?? []);
  if (names.some((one) => one !== name && isIdentity(one) && !isRoleName(one))) return undefined;
  if (ops.some((op) => op.op === "member" && SENT.test(op.name))) return "header";
  const sent = ops.some((op) => op.op === "param") && !isHandler(code) ? [] : ops;
  return ops.some((op) => op.op === "member" && isFromRequest(code, [op])) ||
    isFromRequest(code, sent)
    ? "sent"
    : undefined;
}
function fieldOf(code: Code, op: Op): string | undefined {
  switch (op.op) {
    case "member":
      return op.name;
    case "index": {
      const key = code.op(op.key);
      return key.op === "const" && typeof key.value === "string" ? key.value : undefined;
    }
    case "param":
      return code.ir.params[op.index]?.name;
    case "call": {
      const callee = code.op(op.callee);
      const [first] = op.args;
      // `str(x)`, `x.lower()`, `data.get("role")`
      if (callee.op === "member" && /^(?:lower|strip|trim|toLowerCase|toString)$/.test(callee.name))
        return fieldOf(code, bare(code, single(code, callee.object)));
      const key = first === undefined ? undefined : code.op(first.value);
      if (callee.op === "member" && /^(?:get|header|getlist|getAll|pop)$/.test(callee.name))
        return key?.op === "const" ? String(key.value) : undefined;
      return callee.op === "free" && first !== undefined && op.args.length === 1
        ? fieldOf(code, bare(code, single(code, first.value)))
        : undefined;
    }
    default:
      return undefined;
  }
}
function nameIn(code: Code, op: Op): string | undefined {
  switch (op.op) {
    case "member":
    case "free":
      return op.name;
    case "load":
      return code.ir.slots[op.slot];
    case "param":
      return code.ir.params[op.index]?.name;
    default:
      return undefined;
  }
}

/** What takes a function where it is made: names of what is called, and the texts that are given with it. */
export function registeredWith(code: Code): readonly string[] {
  const parent = code.parent === undefined ? undefined : code.other(code.parent);
  if (parent === undefined) return [];
  const hole = [...childrenOf(parent)].find(([, id]) => id === code.item)?.[0];
  const made = parent.ir.ops.findIndex((op) => op.op === "closure" && op.hole === hole);
  const same = new Set<ValueId>([made]);
  const out: string[] = [];
  const note = (id: ValueId, depth = 0): void => {
    const op = parent.op(id);
    if (depth > 4) return;
    if (op.op === "const" && typeof op.value === "string") out.push(op.value);
    else if (op.op === "free" || op.op === "member") out.push(op.name);
    else if (op.op === "load") out.push(parent.ir.slots[op.slot] ?? "");
    else if (op.op === "call") {
      note(op.callee, depth + 1);
      for (const { value } of op.args) note(value, depth + 1);
    } else if (op.op === "sequence") for (const { value } of op.elements) note(value, depth + 1);
  };
  parent.ir.ops.forEach((op, id) => {
    if (op.op !== "call" || made < 0 || !op.args.some(({ value }) => same.has(value))) return;
    if (op.form === "decorator") same.add(id);
    note(op.callee);
    for (const { value } of op.args) if (!same.has(value)) note(value);
  });
  return out;
}
function isHandler(code: Code): boolean {
  return registeredWith(code).some((name) =>
    /^(?:get|post|put|patch|delete|route|api_route)$/.test(name),
  );
}

/** It asks about the rights of somebody, other than what the request says of them, or about an invitation. */
export function asksAboutRights(code: Code): boolean {
  const items = itemsOf(code).filter(
    ({ item }) => item === code.item || item.startsWith(`${code.item}/`),
  );
  return items.some((one) =>
    one.ir.ops.some((op, id) => {
      const name = op.op === "param" ? one.ir.params[op.index]?.name : nameIn(one, op);
      if (name === undefined || op.op === "load") return false;
      const parts = words(name);
      const isRole = op.op === "member" && parts.some((word) => /^roles?$/.test(word));
      if (!isRole && !parts.some((word) => LIMITS.test(word))) return false;
      if (op.op === "free") return true;
      return claimedRole(one, id) === undefined && !isClass(one, op);
    }),
  );
}
/** `Role.ADMIN`: a value, and no question. */
function isClass(code: Code, op: Op): boolean {
  if (op.op !== "member") return false;
  const name = nameIn(code, code.op(op.object));
  return name !== undefined && /^[A-Z]/.test(name);
}
