/**
 * Schemas of libraries: a value that describes others goes along with what it says of them, and what is parsed by it is of
 * that form: numbers and the like carry no text, texts stay as they came but for what a pattern proves.
 */
import { argument, type Call } from "./arguments.ts";
import { mapTaint, readField } from "./fields.ts";
import { join } from "./join.ts";
import { ALL_KINDS, clearedBy } from "./kinds.ts";
import type { PassRow } from "./model.ts";
import { settle } from "./paths.ts";
import { clearedByPattern } from "./patterns.ts";
import { resolve } from "./references.ts";
import { constants, onlyConst, UNKNOWN, type Value } from "./value.ts";

/**
 * Under this name the form of what a schema describes goes with it, as a value: without text ("scalar"), a record or list of
 * forms, or any text, less what is proved of it under the label "".
 */
const FORM = "%form";
const CLEAN: Value = { refs: [], taint: [], scalar: true };

/** The schema that the call makes, or what it makes of a value. */
export function bySchema(call: Call, row: PassRow, base: Value): Value {
  const given = row.from.map((spec) => resolve(call.run, argument(call, spec)?.value ?? UNKNOWN));
  const [first = UNKNOWN, second = UNKNOWN] = given;
  if (row.schema === "parse") {
    const value = parsed(formOf(first), second);
    return row.as === undefined
      ? value
      : { refs: [], taint: [], fields: new Map([[row.as, value]]) };
  }
  const { key: _key, ...rest } = base;
  return { ...rest, env: new Map([...(base.env ?? []), [FORM, made(call, row, first, second)]]) };
}

function made(call: Call, row: PassRow, first: Value, second: Value): Value {
  switch (row.schema) {
    case "clean":
      return CLEAN;
    case "text":
      return proved(clearedBy(row.clears));
    case "same":
      return formOf(first);
    case "record":
      return recordOf(call, first);
    case "extended": {
      // More fields, or another schema that has them.
      const more = second.env?.get(FORM) ?? recordOf(call, second);
      const fields = new Map([...(formOf(first).fields ?? []), ...(more.fields ?? [])]);
      return { refs: [], taint: [], fields, closed: true };
    }
    case "list":
      return { refs: [], taint: [], fields: new Map([["*", formOf(first)]]) };
    case "either":
      return either(
        call,
        second === UNKNOWN ? [...(first.fields?.values() ?? [])] : [first, second],
      );
    case "pattern": {
      const texts = constants(second);
      const mask = texts?.reduce<number>(
        (all, t) => (typeof t === "string" ? all & clearedByPattern("search", t) : 0),
        -1,
      );
      const form = formOf(first);
      return form.scalar || !mask ? form : proved(mask | (form.whenTrue?.get("") ?? 0));
    }
    case "among":
      return given(call) ? CLEAN : formOf(first);
    default:
      return UNKNOWN;
  }
}

function proved(mask: number): Value {
  return { refs: [], taint: [], whenTrue: new Map([["", mask]]) };
}

/** The values that are admitted stand in the program. */
function given(call: Call): boolean {
  return call.args.every(({ value }) =>
    value.fields === undefined
      ? constants(value) !== undefined
      : value.taint.length === 0 &&
        [...value.fields.values()].every((v) => onlyConst(v) !== undefined),
  );
}

/** What the schema admits is harmless for everything. */
export function admitsNoHarm(schema: Value): boolean {
  const form = formOf(schema);
  return form.scalar === true || ((form.whenTrue?.get("") ?? 0) & ALL_KINDS) === ALL_KINDS;
}

function formOf(schema: Value): Value {
  return schema.env?.get(FORM) ?? UNKNOWN;
}

function recordOf(call: Call, fields: Value): Value {
  if (fields.fields === undefined) return UNKNOWN;
  const forms = new Map<string, Value>();
  for (const [key, field] of fields.fields) forms.set(key, formOf(resolve(call.run, field)));
  return { refs: [], taint: [], fields: forms, closed: true };
}

function either(call: Call, schemas: readonly Value[]): Value {
  const forms = schemas.map((s) => formOf(resolve(call.run, s)));
  if (forms.length === 0) return UNKNOWN;
  const alike = forms.every((f) => f.scalar) || forms.every((f) => f.fields !== undefined);
  return alike ? forms.reduce((all, f) => join(all, f)) : UNKNOWN;
}

function parsed(form: Value, value: Value): Value {
  if (form.scalar) return CLEAN;
  if (form.fields === undefined) {
    const mask = form.whenTrue?.get("") ?? 0;
    return mask === 0
      ? value
      : mapTaint(value, (t) => ({ ...t, cleared: settle(t.cleared | mask, t.derive) }));
  }
  const fields = new Map<string, Value>();
  for (const [key, field] of form.fields) fields.set(key, parsed(field, readField(value, key)));
  return { refs: [], taint: [], fields, ...(form.closed ? { closed: true } : {}) };
}
