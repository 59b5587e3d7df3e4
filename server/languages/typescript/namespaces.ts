/** TypeScript enums and namespaces: both are a record in a variable. */
import type { RecordEntry, ValueId } from "../../ir/ir.ts";
import { childByField, kind, namedChildren } from "../../syntax/flat.ts";
import {
  type Context,
  constant,
  declare,
  emitAt,
  inScope,
  nodeText,
  readName,
  span,
  writeName,
} from "./context.ts";
import { expression } from "./expressions.ts";
import { memberName } from "./names.ts";
import { statements } from "./statements.ts";
import { stringText } from "./syntax.ts";

export function lowerEnum(c: Context, n: number): void {
  const name = childByField(c.tree, n, "name");
  const body = childByField(c.tree, n, "body");
  if (name < 0 || body < 0) return;
  const entries: RecordEntry[] = [];
  let next: number | undefined = 0;
  for (const member of namedChildren(c.tree, body)) {
    const assigned = kind(c.tree, member) === "enum_assignment";
    const key = assigned ? childByField(c.tree, member, "name") : member;
    const valueNode = assigned ? childByField(c.tree, member, "value") : -1;
    if (key < 0) continue;
    const value: ValueId = valueNode < 0 ? constant(c, member, next) : expression(c, valueNode);
    const op = c.b.op(value);
    next = op.op === "const" && typeof op.value === "number" ? op.value + 1 : undefined;
    entries.push({
      key: memberName(c.tree, key),
      value,
      span: span(c, member),
      keySpan: span(c, key),
    });
  }
  const text = nodeText(c, name);
  declare(c, text);
  writeName(c, n, text, emitAt(c, n, { op: "record", entries }));
}

/** The parts of a namespace's name: `A.B` is two. */
export function namespaceName(c: Context, n: number): string[] {
  const name = childByField(c.tree, n, "name");
  if (name < 0) return [];
  if (kind(c.tree, name) === "string") return [stringText(c.tree, name)];
  return nodeText(c, name)
    .split(".")
    .map((part) => part.trim());
}

/** The body runs here; what it exports becomes the record's entries. */
export function lowerNamespace(c: Context, n: number): void {
  const body = childByField(c.tree, n, "body");
  const path = namespaceName(c, n);
  const first = path[0];
  if (body < 0 || first === undefined) return;
  const outer = c.namespaceExports;
  const exported: string[] = [];
  c.namespaceExports = exported;
  let value = inScope(c, () => {
    statements(c, namedChildren(c.tree, body));
    const entries = [...new Set(exported)].map((name): RecordEntry => {
      return { key: name, value: readName(c, n, name), span: span(c, n) };
    });
    return emitAt(c, n, { op: "record", entries });
  });
  c.namespaceExports = outer;
  for (const key of path.slice(1).reverse()) {
    value = emitAt(c, n, { op: "record", entries: [{ key, value, span: span(c, n) }] });
  }
  declare(c, first);
  writeName(c, n, first, value);
}
