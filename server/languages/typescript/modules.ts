/** Imports and exports, ES modules and CommonJS. */
import type { ValueId } from "../../ir/ir.ts";
import { childByField, childOfKind, children, kind, namedChildren } from "../../syntax/flat.ts";
import { type Context, declare, emitAt, lookup, nodeText, writeName } from "./context.ts";
import { expression, isExpression, unknown } from "./expressions.ts";
import { declaration, declaredNames } from "./statements.ts";
import { hasToken, stringText } from "./syntax.ts";

/** A name of an import or export list; it may be a string. */
function listedName(c: Context, n: number): string {
  return kind(c.tree, n) === "string" ? stringText(c.tree, n) : nodeText(c, n);
}

interface Imported {
  readonly node: number;
  readonly local: string;
  /** undefined: the module object. */
  readonly name: string | undefined;
  readonly typesOnly: boolean;
}

function imports(c: Context, n: number): Imported[] {
  const required = childOfKind(c.tree, n, "import_require_clause");
  if (required >= 0) {
    const id = childOfKind(c.tree, required, "identifier");
    const local = id < 0 ? "" : nodeText(c, id);
    return id < 0 ? [] : [{ node: required, local, name: undefined, typesOnly: false }];
  }
  const typesOnly = hasToken(c.tree, n, "type") || hasToken(c.tree, n, "typeof");
  const clause = childOfKind(c.tree, n, "import_clause");
  const out: Imported[] = [];
  for (const child of clause < 0 ? [] : namedChildren(c.tree, clause)) {
    switch (kind(c.tree, child)) {
      case "identifier":
        out.push({ node: child, local: nodeText(c, child), name: "default", typesOnly });
        break;
      case "namespace_import": {
        const id = childOfKind(c.tree, child, "identifier");
        if (id >= 0) out.push({ node: child, local: nodeText(c, id), name: undefined, typesOnly });
        break;
      }
      case "named_imports":
        for (const specifier of namedChildren(c.tree, child)) {
          const name = childByField(c.tree, specifier, "name");
          if (name < 0) continue;
          const alias = childByField(c.tree, specifier, "alias");
          const local = nodeText(c, alias < 0 ? name : alias);
          out.push({
            node: specifier,
            local,
            name: listedName(c, name),
            typesOnly: typesOnly || hasToken(c.tree, specifier, "type"),
          });
        }
        break;
      default:
    }
  }
  return out;
}

export function importedNames(c: Context, n: number): string[] {
  if (kind(c.tree, n) !== "import_alias") return imports(c, n).map((i) => i.local);
  const id = childOfKind(c.tree, n, "identifier");
  return id < 0 ? [] : [nodeText(c, id)];
}

export function lowerImport(c: Context, n: number): void {
  const required = childOfKind(c.tree, n, "import_require_clause");
  const source = childByField(c.tree, required < 0 ? n : required, "source");
  if (source < 0) return void unknown(c, n);
  const module = stringText(c.tree, source);
  const found = imports(c, n);
  if (found.length === 0 && childOfKind(c.tree, n, "import_clause") < 0) {
    emitAt(c, n, { op: "import", module });
  }
  for (const { node, local, name, typesOnly } of found) {
    const value = emitAt(c, node, {
      op: "import",
      module,
      ...(name === undefined ? {} : { name }),
      ...(typesOnly ? { typesOnly } : {}),
    });
    writeName(c, node, local, value);
  }
}

/** `import A = B.C` */
export function lowerImportAlias(c: Context, n: number): void {
  const [name, value] = namedChildren(c.tree, n);
  if (name === undefined || value === undefined) return;
  writeName(c, n, nodeText(c, name), expression(c, value));
}

export function lowerExport(c: Context, n: number): void {
  const source = childByField(c.tree, n, "source");
  const clause = childOfKind(c.tree, n, "export_clause");
  if (source >= 0) {
    exportFrom(c, n, stringText(c.tree, source), clause);
    return;
  }
  if (clause >= 0) {
    for (const { name, exported } of specifiers(c, clause)) exportLocal(c, exported, name);
    return;
  }
  const inner = childByField(c.tree, n, "declaration");
  if (inner >= 0) {
    declaration(c, inner);
    const isDefault = hasToken(c.tree, n, "default");
    for (const name of isType(c, inner) ? [] : exportedNames(c, inner)) {
      exportLocal(c, isDefault ? "default" : name, name);
    }
    return;
  }
  exportValue(c, n);
}

/** `export default value` and `export = value`. */
function exportValue(c: Context, n: number): void {
  let value = childByField(c.tree, n, "value");
  const assigned = hasToken(c.tree, n, "=");
  if (value < 0) value = namedChildren(c.tree, n).find((child) => isExpression(c, child)) ?? -1;
  if (value < 0 || (!assigned && !hasToken(c.tree, n, "default"))) {
    if (!hasToken(c.tree, n, "as")) unknown(c, n);
    return;
  }
  const name = kind(c.tree, value) === "class" ? childByField(c.tree, value, "name") : -1;
  const result = expression(c, value);
  if (name >= 0) {
    declare(c, nodeText(c, name));
    writeName(c, value, nodeText(c, name), result);
  }
  if (assigned) exportWhole(c, n, result);
  else {
    const slot = declare(c, "default", c.scopes.root);
    emitAt(c, n, { op: "store", slot, value: result });
    exportLocal(c, "default", "default");
  }
}

function exportFrom(c: Context, n: number, module: string, clause: number): void {
  const typesOnly = hasToken(c.tree, n, "type");
  emitAt(c, n, { op: "import", module, ...(typesOnly ? { typesOnly } : {}) });
  if (clause >= 0) {
    for (const { name, exported } of specifiers(c, clause)) {
      c.b.addExport({ kind: "from", exported, module, name });
    }
    return;
  }
  const namespace = childOfKind(c.tree, n, "namespace_export");
  if (namespace < 0) {
    c.b.addExport({ kind: "star", module });
    return;
  }
  const id = namedChildren(c.tree, namespace)[0];
  if (id !== undefined) c.b.addExport({ kind: "from", exported: listedName(c, id), module });
}

function specifiers(c: Context, clause: number): { name: string; exported: string }[] {
  const out: { name: string; exported: string }[] = [];
  for (const specifier of children(c.tree, clause)) {
    if (kind(c.tree, specifier) !== "export_specifier") continue;
    const name = childByField(c.tree, specifier, "name");
    if (name < 0) continue;
    const alias = childByField(c.tree, specifier, "alias");
    const text = listedName(c, name);
    out.push({ name: text, exported: alias < 0 ? text : listedName(c, alias) });
  }
  return out;
}

function exportLocal(c: Context, exported: string, local: string): void {
  if (c.namespaceExports !== undefined) c.namespaceExports.push(local);
  else if (c.item.node === 0) c.b.addExport({ kind: "local", exported, local });
}

function isType(c: Context, n: number): boolean {
  return /^(interface|type_alias|ambient)_declaration$|signature/.test(kind(c.tree, n));
}

function exportedNames(c: Context, n: number): string[] {
  return declaredNames(c, n);
}

/** CommonJS: what an assignment at module level exports. */
export function exportAssigned(c: Context, n: number, value: ValueId): void {
  const left = childByField(c.tree, n, "left");
  if (left < 0) return;
  const name = kind(c.tree, left);
  if (name !== "member_expression" && name !== "subscript_expression") return;
  if (isModuleExports(c, left)) {
    exportWhole(c, n, value);
    return;
  }
  const object = childByField(c.tree, left, "object");
  if (object < 0 || !(isFreeName(c, object, "exports") || isModuleExports(c, object))) return;
  const property = childByField(c.tree, left, name === "member_expression" ? "property" : "index");
  if (property < 0) return;
  if (name === "member_expression") exportOne(c, n, nodeText(c, property), value);
  else if (kind(c.tree, property) === "string") {
    exportOne(c, n, stringText(c.tree, property), value);
  }
}

function isModuleExports(c: Context, n: number): boolean {
  if (kind(c.tree, n) !== "member_expression") return false;
  const object = childByField(c.tree, n, "object");
  const property = childByField(c.tree, n, "property");
  return (
    object >= 0 &&
    property >= 0 &&
    nodeText(c, property) === "exports" &&
    isFreeName(c, object, "module")
  );
}

function isFreeName(c: Context, n: number, name: string): boolean {
  return (
    kind(c.tree, n) === "identifier" && nodeText(c, n) === name && lookup(c, name) === undefined
  );
}

/** `module.exports = value`: the default export, and each property of an object literal by its name. */
function exportWhole(c: Context, n: number, value: ValueId): void {
  storeExport(c, n, "default", "module.exports", value);
  const op = c.b.op(value);
  if (op.op === "import" && op.name === undefined) {
    c.b.addExport({ kind: "star", module: op.module });
  }
  if (op.op !== "record") {
    c.b.addExport({ kind: "local", exported: "", local: "module.exports" });
    return;
  }
  for (const entry of op.entries) {
    if (entry.key === "...") {
      const spread = c.b.op(entry.value);
      if (spread.op === "import" && spread.name === undefined) {
        c.b.addExport({ kind: "star", module: spread.module });
      }
    } else if (typeof entry.key === "string") exportOne(c, n, entry.key, entry.value);
  }
}

function exportOne(c: Context, n: number, name: string, value: ValueId): void {
  storeExport(c, n, name, `exports.${name}`, value);
}

function storeExport(c: Context, n: number, exported: string, local: string, value: ValueId): void {
  if (!c.scopes.root.names.has(local)) c.b.addExport({ kind: "local", exported, local });
  const slot = declare(c, local, c.scopes.root);
  emitAt(c, n, { op: "store", slot, value });
}
