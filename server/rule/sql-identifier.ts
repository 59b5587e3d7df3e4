/** Data that names something in a statement of SQL: a column, a table, a direction. No parameter can stand there. */
import { type Named, namedPlace } from "./fix/sql-named.ts";
import { type Code, type Context, type Hit, type Part, spread, type ValueId } from "./rule.ts";
import { HOLE } from "./surroundings.ts";

export interface Identifier {
  readonly named: Named;
  /** Where the data is put into the text; undefined if the data is all of it. */
  readonly part: Part | undefined;
}

/** What the data names, for each place at which it stands; undefined if it stands at any other place as well, or that is not known. */
export function identifiersOf(hit: Hit, context: Context): readonly Identifier[] | undefined {
  return namesIn(hit, context, (parts) => placesOf(parts, hit));
}

/** The same for all data of its kind in that text. */
export function allIdentifiersOf(hit: Hit, context: Context): readonly Identifier[] | undefined {
  return namesIn(hit, context, (parts) => holes(parts, (t) => t.kind === hit.kind));
}

function namesIn(
  hit: Hit,
  context: Context,
  places: (parts: readonly Part[]) => readonly number[],
): readonly Identifier[] | undefined {
  const prefix = clauseOf(hit, context);
  const { ends } = hit.row.data ?? {};
  const suffix = typeof ends === "string" ? ` ${ends}` : "";
  const { alts } = hit.value;
  if (alts === undefined) {
    const named = prefix === "" ? undefined : namedPlace(prefix, suffix);
    return named === undefined ? undefined : [{ named, part: undefined }];
  }
  const out: Identifier[] = [];
  for (const alt of alts) {
    if (!("parts" in alt)) continue;
    const { parts } = alt;
    const text = parts.map((p) => p.text ?? HOLE);
    for (const at of places(parts)) {
      const named = namedPlace(
        prefix + text.slice(0, at).join(""),
        text.slice(at + 1).join("") + suffix,
      );
      if (named === undefined) return undefined;
      out.push({ named, part: parts[at] });
    }
  }
  return out.length === 0 ? undefined : out;
}

/** The holes that hold this very data; where a caller filled them in, those that hold data of its kind. */
function placesOf(parts: readonly Part[], hit: Hit): readonly number[] {
  const own = holes(parts, (t) => t.label === hit.label);
  return own.length > 0 ? own : holes(parts, (t) => t.kind === hit.kind);
}

function holes(parts: readonly Part[], is: (t: Taint) => boolean): readonly number[] {
  return parts.flatMap(({ value }, i) =>
    value !== undefined && spread(value).some(is) ? [i] : [],
  );
}
type Taint = Hit["value"]["taint"][number];

/** What stands in front of a text that is only a piece of a statement: by what takes it, or by what it is put into. */
function clauseOf(hit: Hit, context: Context): string {
  const { data } = hit.row;
  if (typeof data?.clause === "string") return `${data.clause} `;
  if (data === undefined || !Object.keys(data).some((key) => key.startsWith("in."))) return "";
  const code = context.code(hit.site.item);
  return code === undefined ? "" : around(code, hit.site.op, data, 0);
}

type Facts = NonNullable<Hit["row"]["data"]>;

function around(code: Code, id: ValueId, data: Facts, depth: number): string {
  if (depth > 6) return "";
  for (const user of usersOf(code).get(id) ?? []) {
    const op = code.op(user);
    const clause = clauseIn(code, op, id, data) ?? around(code, user, data, depth + 1);
    if (clause !== "") return clause;
  }
  return "";
}

function clauseIn(
  code: Code,
  op: ReturnType<Code["op"]>,
  id: ValueId,
  data: Facts,
): string | undefined {
  const clause = (name: string) => {
    const found = data[`in.${name}`];
    return typeof found === "string" ? `${found} ` : undefined;
  };
  if (op.op === "call") {
    const callee = code.op(op.callee);
    return callee.op === "member" ? clause(callee.name) : undefined;
  }
  if (op.op === "record") {
    const entry = op.entries.find((e) => e.value === id);
    return typeof entry?.key === "string" ? clause(entry.key) : undefined;
  }
  if (op.op !== "join") return undefined;
  const at = op.parts.findIndex((p) => p.kind === "hole" && p.value === id);
  return op.parts
    .slice(0, at)
    .map((p) => (p.kind === "text" ? p.text : HOLE))
    .join("");
}

const users = new WeakMap<Code["ir"], ReadonlyMap<ValueId, readonly ValueId[]>>();

/** What takes a value on its way into a call: lists, objects, templates, variables, other calls. */
function usersOf({ ir }: Code): ReadonlyMap<ValueId, readonly ValueId[]> {
  const known = users.get(ir);
  if (known !== undefined) return known;
  const out = new Map<ValueId, ValueId[]>();
  const loads = new Map<number, ValueId[]>();
  const add = (value: ValueId, user: ValueId): void => {
    const own = out.get(value);
    if (own === undefined) out.set(value, [user]);
    else own.push(user);
  };
  ir.ops.forEach((op, id) => {
    if (op.op === "load") loads.set(op.slot, [...(loads.get(op.slot) ?? []), id]);
  });
  ir.ops.forEach((op, id) => {
    if (op.op === "call") for (const a of op.args) add(a.value, id);
    else if (op.op === "record") for (const e of op.entries) add(e.value, id);
    else if (op.op === "sequence") for (const e of op.elements) add(e.value, id);
    else if (op.op === "join") {
      for (const p of op.parts) if (p.kind === "hole") add(p.value, id);
    } else if (op.op === "annotate" || op.op === "await") add(op.value, id);
    else if (op.op === "store") for (const load of loads.get(op.slot) ?? []) add(op.value, load);
  });
  users.set(ir, out);
  return out;
}
