/** Object and array literals. */
import type { RecordEntry, ValueId } from "../../ir/ir.ts";
import { childByField, children, isNamed, kind, namedChildren } from "../../syntax/flat.ts";
import { type Context, constant, emitAt, nodeText, readName, span } from "./context.ts";
import { expression, operand, unknown } from "./expressions.ts";
import { lowerClosure } from "./functions.ts";
import { firstNamed, hasToken, propertyName } from "./syntax.ts";

export function lowerArray(c: Context, n: number): ValueId {
  const elements: { value: ValueId; spread: boolean }[] = [];
  let filled = false;
  for (const child of children(c.tree, n)) {
    if (!isNamed(c.tree, child)) {
      if (kind(c.tree, child) !== ",") continue;
      if (!filled) elements.push({ value: constant(c, child, undefined), spread: false });
      filled = false;
      continue;
    }
    const name = kind(c.tree, child);
    if (name === "comment") continue;
    filled = true;
    const spread = name === "spread_element";
    elements.push({ value: spread ? operand(c, child) : expression(c, child), spread });
  }
  return emitAt(c, n, { op: "sequence", shape: "list", elements });
}

export function lowerObject(c: Context, n: number): ValueId {
  const entries: RecordEntry[] = [];
  for (const child of namedChildren(c.tree, n)) {
    const entry = objectEntry(c, child);
    if (entry !== undefined) entries.push(entry);
  }
  return emitAt(c, n, { op: "record", entries });
}

function objectEntry(c: Context, n: number): RecordEntry | undefined {
  const at = span(c, n);
  switch (kind(c.tree, n)) {
    case "shorthand_property_identifier": {
      const name = nodeText(c, n);
      return { key: name, value: readName(c, n, name), span: at, keySpan: at };
    }
    case "spread_element":
      return { key: "...", value: operand(c, n), span: at };
    case "pair": {
      const keyNode = childByField(c.tree, n, "key");
      const valueNode = childByField(c.tree, n, "value");
      if (keyNode < 0 || valueNode < 0) break;
      const key = entryKey(c, keyNode);
      return { key, value: expression(c, valueNode), span: at, keySpan: span(c, keyNode) };
    }
    case "method_definition": {
      const keyNode = childByField(c.tree, n, "name");
      if (keyNode < 0) break;
      const key = entryKey(c, keyNode);
      const value = lowerClosure(c, n);
      // A setter gives the property no value.
      if (hasToken(c.tree, n, "set")) return undefined;
      const isGetter = hasToken(c.tree, n, "get");
      return {
        key,
        value: isGetter ? read(c, n, value) : value,
        span: at,
        keySpan: span(c, keyNode),
      };
    }
    case "object_assignment_pattern": {
      // `{ a = 1 }` is a pattern; in an expression it is an error that the grammar accepts.
      break;
    }
    default:
  }
  return { key: "...", value: unknown(c, n), span: at };
}

/** A property that a function computes has the value that it gives where the object is made. */
function read(c: Context, n: number, getter: ValueId): ValueId {
  const { end } = span(c, n);
  const argsSpan = { start: end, end };
  return emitAt(c, n, {
    op: "call",
    callee: getter,
    args: [],
    isNew: false,
    form: "call",
    argsSpan,
  });
}

function entryKey(c: Context, n: number): string | { readonly computed: ValueId } {
  const name = propertyName(c.tree, n);
  return name ?? { computed: expression(c, firstNamed(c.tree, n)) };
}
