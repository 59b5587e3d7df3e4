/** What the constants of a piece of code are called there: variables, properties, keys, keywords, and what they are compared with. */
import type { Code, Item, ValueId } from "./rule.ts";

export interface Named {
  /** The constant. */
  readonly id: ValueId;
  readonly name: string;
  readonly use: "value" | "compared";
  /** Names that stand beside this one: other keys of the record, other keywords of the call. */
  readonly beside: readonly string[];
}

export function namedValues({ ir }: Pick<Code, "ir">): readonly Named[] {
  const out: Named[] = [];
  /** The constant behind declared types and casts. */
  const constant = (id: ValueId | undefined): ValueId | undefined => {
    let at = id;
    for (let i = 0; i < 4 && at !== undefined; i++) {
      const op = ir.ops[at];
      if (op?.op === "const") return typeof op.value === "string" ? at : undefined;
      at = op?.op === "annotate" ? op.value : undefined;
    }
    return undefined;
  };
  const add = (
    name: string | undefined,
    value: ValueId | undefined,
    beside: readonly string[] = [],
    use: Named["use"] = "value",
  ): void => {
    const id = constant(value);
    if (id !== undefined && name !== undefined && name !== "") out.push({ id, name, use, beside });
  };
  const keyOf = (key: ValueId): string | undefined => {
    const op = ir.ops[key];
    return op?.op === "const" && typeof op.value === "string" ? op.value : undefined;
  };
  for (const op of ir.ops) {
    switch (op.op) {
      case "store":
        add(plainName(ir.slots[op.slot]), op.value);
        break;
      case "storeFree":
      case "setMember":
        add(op.name, op.value);
        break;
      case "setIndex":
        add(keyOf(op.key), op.value);
        break;
      case "record": {
        const keys = op.entries.flatMap(({ key }) => (typeof key === "string" ? [key] : []));
        for (const { key, value } of op.entries)
          if (typeof key === "string")
            add(
              key,
              value,
              keys.filter((one) => one !== key),
            );
        break;
      }
      case "call": {
        const keys = op.args.flatMap(({ name }) => name ?? []);
        for (const { name, value } of op.args)
          add(
            name,
            value,
            keys.filter((one) => one !== name),
          );
        break;
      }
      case "class":
        for (const { kind, name, value } of op.members) if (kind === "field") add(name, value);
        break;
      case "compare":
        if (op.operator === "==" || op.operator === "!=") {
          add(spoken(ir, op.right), op.left, [], "compared");
          add(spoken(ir, op.left), op.right, [], "compared");
        }
        break;
    }
  }
  return out;
}

/** What an expression is called: a variable, a property, what is looked up under a key. */
function spoken({ ops, slots, params }: Item, id: ValueId): string | undefined {
  const op = ops[id];
  const text = (at: ValueId | undefined): string | undefined => {
    const key = at === undefined ? undefined : ops[at];
    return key?.op === "const" && typeof key.value === "string" ? key.value : undefined;
  };
  if (op === undefined) return undefined;
  switch (op.op) {
    case "load":
      return plainName(slots[op.slot]);
    case "param":
      return params[op.index]?.name;
    case "free":
    case "member":
      return op.name;
    case "index":
      return text(op.key);
    case "call": {
      const callee = ops[op.callee];
      return callee?.op === "member" && callee.name === "get" ? text(op.args[0]?.value) : undefined;
    }
    default:
      return undefined;
  }
}

/** Of a slot: without the class that it is a field of, and without its number. */
function plainName(slot = ""): string {
  return slot.replace(/#\d+$/, "").replace(/^.*\./, "");
}
