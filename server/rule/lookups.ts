/**
 * Calls that find stored objects: what they are asked with, of which kind the objects are, and whether such ones belong to
 * somebody. By the names in the program: a query that compares `owner_id` with who is signed in says that there is an owner.
 */
import { origin } from "./given.ts";
import { childrenOf } from "./items.ts";
import type { Code, Observation, Op, ProgramContext, ValueId } from "./rule.ts";
import { words } from "./secret-names.ts";
import { madeFrom } from "./slice.ts";
import { type Data, rowData } from "./tokens.ts";

export interface Lookup {
  readonly call: Observation;
  readonly code: Code;
  readonly data: Data;
}

/** Who is calling, or what belongs to him. */
const IDENTITY =
  /^(?:users?|session|identity|account|member|membership|principal|claims|viewer|uid|me|jwt|sub|owners?|authors?|creator|tenants?|orgs?|organi[sz]ations?|teams?|workspaces?|customers?|actor)$/;
/** Columns that say whose a row is. Who made it says less. */
const OWNER =
  /^(?:user|owner|author|account|tenant|org|organi[sz]ation|team|workspace|customer|member|profile)s?(?:_?(?:id|uuid|uid|pk|ref))?$/;
/** Parts of a request. */
const REQUEST =
  /^(?:params|param|query|body|json|get_json|form|args|values|GET|POST|data|searchParams|formData|nextUrl)$/;
/** What nobody can guess is allowed to be the key. */
const UNGUESSABLE =
  /^(?:token|secret|hash|code|slug|email|share|shared|public|published|signature)$/;
const KEY = /^(?:id|_id|pk|uuid|ids)$/;

export function lookupOf(call: Observation, context: ProgramContext): Lookup | undefined {
  const data = rowData(call, "lookup");
  const code = data === undefined ? undefined : context.code(call.site.item);
  return data === undefined || code === undefined ? undefined : { call, code, data };
}

export function isIdentity(name: string): boolean {
  return words(name).some((word) => IDENTITY.test(word));
}
export function isOwner(name: string): boolean {
  return OWNER.test(words(name).join("_"));
}

/** The names that stand in operations: of variables, fields, arguments, keys. */
export function namesIn(code: Code, ops: readonly Op[]): readonly string[] {
  return ops.flatMap((op): readonly string[] => {
    switch (op.op) {
      case "member":
      case "free":
        return [op.name];
      case "load":
        return [code.ir.slots[op.slot] ?? ""];
      case "param":
        return [code.ir.params[op.index]?.name ?? ""];
      case "const":
        return typeof op.value === "string" && /^[\w$.-]{1,40}$/.test(op.value) ? [op.value] : [];
      default:
        return keysOf(op);
    }
  });
}
/** Names under which an operation gives something. */
export function keysOf(op: Op): readonly string[] {
  if (op.op === "record")
    return op.entries.flatMap(({ key }) => (typeof key === "string" && key !== "..." ? [key] : []));
  return op.op === "call" ? op.args.flatMap((a) => a.name ?? []) : [];
}

/** A part of the request, or a parameter that the framework fills from it. */
export function isFromRequest(code: Code, ops: readonly Op[]): boolean {
  return ops.some((op) => {
    if (op.op === "member") return REQUEST.test(op.name);
    if (op.op !== "param") return false;
    const param = code.ir.params[op.index];
    return param !== undefined && !isInjected(code, op.index) && !isIdentity(param.name);
  });
}
/** `db: Session = Depends(get_db)`, the request itself, a response. */
function isInjected(code: Code, index: number): boolean {
  const param = code.ir.params[index];
  if (param === undefined) return true;
  if (/^(?:req|request|res|response|reply|next|c|ctx|self|cls)$/.test(param.name)) return true;
  const closure = closureOf(code);
  const given = closure?.op.defaults[index];
  return given !== undefined && closure?.parent.op(given).op === "call";
}
function closureOf(
  code: Code,
): { readonly parent: Code; readonly op: Op & { readonly op: "closure" } } | undefined {
  const parent = code.parent === undefined ? undefined : code.other(code.parent);
  if (parent === undefined) return undefined;
  const hole = [...childrenOf(parent)].find(([, id]) => id === code.item)?.[0];
  const op = parent.ir.ops.find((o) => o.op === "closure" && o.hole === hole);
  return op?.op === "closure" ? { parent, op } : undefined;
}

/** An object is asked for by a key that stands in the request and that can be guessed. */
export function isByKey({ call, code, data }: Lookup): boolean {
  const ops = madeFrom(code, call.site.op);
  const names = namesIn(code, ops);
  if (names.some((name) => words(name).some((word) => UNGUESSABLE.test(word)))) return false;
  if (!isFromRequest(code, ops)) return false;
  return (
    data.id !== undefined ||
    names.some((name) => KEY.test(name) || KEY.test(words(name).at(-1) ?? ""))
  );
}

/** Calls that are given a table or collection, whatever the case of its name. */
const TAKES_TABLE =
  /^(?:collection|table|from|into|model|delete|update|insert|getRepository|get_collection)$/;

/** What the objects are called: a class or table that is asked or is given, or what a client calls them. */
export function modelsOf({ call, code }: Lookup, context: ProgramContext): readonly Named[] {
  const out: Named[] = [];
  const take = (at: Code, id: ValueId, needs?: RegExp): boolean => {
    const op = at.op(id);
    const name =
      op.op === "const" && typeof op.value === "string"
        ? op.value
        : op.op === "member" || op.op === "free"
          ? op.name
          : op.op === "load"
            ? at.ir.slots[op.slot]
            : undefined;
    if (name === undefined || !/^[\w$.]{2,60}$/.test(name) || needs?.test(name) === false)
      return false;
    out.push({ name, key: modelKey(name), code: at, id });
    return true;
  };
  let at: { code: Code; id: ValueId } = { code, id: call.site.op };
  for (let depth = 0; depth < 24; depth++) {
    const op = at.code.op(at.id);
    if (op.op === "call") {
      const callee = at.code.op(op.callee);
      const isTable = callee.op !== "member" || TAKES_TABLE.test(callee.name);
      for (const a of op.args) take(at.code, a.value, isTable ? undefined : /^[A-Z][a-z]/);
      at = { code: at.code, id: op.callee };
    } else if (op.op === "member") {
      const object = at.code.op(op.object);
      if (object.op === "member") take(at.code, op.object);
      at = { code: at.code, id: op.object };
    } else if (op.op === "index") {
      take(at.code, op.key);
      at = { code: at.code, id: op.object };
    } else if (op.op === "await" || op.op === "annotate") at = { code: at.code, id: op.value };
    else if (op.op === "load" || op.op === "free") {
      const from = origin({ code: at.code, op, id: at.id }, context);
      // A class that is asked: what stands between is how. A client: what it is asked for stands behind it.
      const isClass = /^[A-Z][a-z]/.test(nameOfLoad(at.code, op));
      const isNamed = out.some(({ name }) => /^[A-Z][a-z]/.test(name));
      if (isNamed || (out.length > 0 && !isClass)) break;
      out.length = 0;
      take(at.code, at.id);
      if (isClass || from.op === op) break;
      if (from.op.op !== "call" && from.op.op !== "member" && from.op.op !== "index") break;
      at = { code: from.code, id: from.id };
    } else break;
  }
  return out;
}
function nameOfLoad(code: Code, op: Op): string {
  return op.op === "free" ? op.name : op.op === "load" ? (code.ir.slots[op.slot] ?? "") : "";
}
export interface Named {
  readonly name: string;
  readonly key: string;
  readonly code: Code;
  readonly id: ValueId;
}
/** `Note`, `notes`, `noteRepository`, `NotesTable` are one. */
function modelKey(name: string): string {
  const all = words(name).filter(
    (word) => !/^(?:model|table|repo|repository|collection|schema|dao|entity|objects)$/.test(word),
  );
  const last = all.pop() ?? "";
  return [...all, last.replace(/ies$/, "y").replace(/(?<=[^s])s$/, "")].join("_");
}

/** The column of a class or schema that says whose a row is. */
export function ownerColumn({ code, id }: Named, context: ProgramContext): string | undefined {
  const place = origin({ code, op: code.op(id), id }, context);
  const { op } = place;
  if (op.op === "class") return op.members.map((m) => m.name).find(isOwner);
  if (op.op !== "call") return undefined;
  return recordsIn(place.code, place.id, context, 0).flatMap(keysOf).find(isOwner);
}
function recordsIn(code: Code, id: ValueId, context: ProgramContext, depth: number): readonly Op[] {
  if (depth > 4) return [];
  const place = origin({ code, op: code.op(id), id }, context);
  const own = place.op.op === "record" ? [place.op] : [];
  return [
    ...own,
    ...(place.op.op === "call"
      ? place.op.args.flatMap((a) => recordsIn(place.code, a.value, context, depth + 1))
      : []),
  ];
}

/** What a call says of the objects: a column for whoever owns them, and whether it is compared with who is signed in. */
export function ownedBy({
  call,
  code,
}: Lookup): { readonly column: string; readonly scoped: boolean } | undefined {
  let found: { column: string; scoped: boolean } | undefined;
  const add = (column: string, value: ValueId): void => {
    if (!isOwner(column)) return;
    const ops = madeFrom(code, value);
    const scoped = !isFromRequest(code, ops) && namesIn(code, ops).some((name) => isIdentity(name));
    if (found === undefined || (scoped && !found.scoped)) found = { column, scoped };
  };
  for (const op of madeFrom(code, call.site.op)) {
    if (op.op === "record")
      for (const { key, value } of op.entries)
        if (typeof key === "string" && belongs(code, value)) add(key, value);
    if (op.op === "call") {
      for (const a of op.args)
        if (a.name !== undefined && belongs(code, a.value)) add(a.name, a.value);
      // `eq(notes.ownerId, user.id)`, `where("owner_id", user.id)`.
      const [first, second] = op.args;
      const column = first === undefined ? undefined : lastName(code, first.value);
      if (column !== undefined && second !== undefined) add(column, (op.args[2] ?? second).value);
    }
    if (op.op === "compare" && op.operator === "==") {
      const left = lastName(code, op.left);
      const right = lastName(code, op.right);
      if (left !== undefined) add(left, op.right);
      if (right !== undefined) add(right, op.left);
    }
  }
  return found;
}
/** The operations of functions that are passed have numbers of their own. */
function belongs(code: Code, id: ValueId): boolean {
  return id >= 0 && id < code.ir.ops.length;
}
function lastName(code: Code, id: ValueId): string | undefined {
  const op = belongs(code, id) ? code.op(id) : undefined;
  if (op?.op === "member") return op.name;
  return op?.op === "const" && typeof op.value === "string" ? op.value : undefined;
}
