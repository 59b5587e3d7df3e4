/** Import statements, one `import` operation per bound name. */
import type { Span } from "../../ir/ir.ts";
import {
  childByField,
  childOfKind,
  childrenByField,
  kind,
  NO_NODE,
  textOf,
} from "../../syntax/flat.ts";
import { bind, type Context, spanOf } from "./context.ts";
import { parts } from "./syntax.ts";

interface Imported {
  readonly path: string;
  readonly alias: string | undefined;
  readonly span: Span;
  readonly nameSpan: Span;
}

/** `import a.b` binds `a`; `import a.b as c` binds the submodule. */
export function lowerImport(c: Context, node: number): void {
  for (const { path, alias, span, nameSpan } of importedNames(c, node)) {
    if (alias !== undefined) {
      bind(c, {
        name: alias,
        value: c.b.emit({ op: "import", module: path, span }),
        span: nameSpan,
      });
      continue;
    }
    const name = path.split(".")[0] as string;
    const value = c.b.emit({
      op: "import",
      module: name,
      ...(path === name ? {} : { also: path }),
      span,
    });
    bind(c, { name, value, span: nameSpan });
  }
}

/** `from .m import x as y`, `from m import *`, `from __future__ import x`. */
export function lowerFrom(c: Context, node: number): void {
  const { tree, b } = c;
  const source = childByField(tree, node, "module_name");
  const isFuture = kind(tree, node) === "future_import_statement";
  if (source === NO_NODE && !isFuture) return;
  const module = isFuture ? "__future__" : compact(textOf(tree, source));
  const star = childOfKind(tree, node, "wildcard_import");
  if (star !== NO_NODE) {
    b.emit({ op: "import", module, name: "*", span: spanOf(c, star) });
    if (c.item.node === 0 && c.scope.kind === "item")
      b.addExport({ kind: "star", module, binds: true });
    return;
  }
  for (const { path, alias, span, nameSpan } of importedNames(c, node)) {
    bind(c, {
      name: alias ?? path,
      value: b.emit({ op: "import", module, name: path, span }),
      span: nameSpan,
    });
  }
}

function importedNames(c: Context, node: number): Imported[] {
  const { tree } = c;
  const out: Imported[] = [];
  for (const imported of childrenByField(tree, node, "name")) {
    const span = spanOf(c, imported);
    if (kind(tree, imported) !== "aliased_import") {
      const path = compact(textOf(tree, imported));
      const [first] = parts(tree, imported);
      if (path !== "")
        out.push({
          path,
          alias: undefined,
          span,
          nameSpan: first === undefined ? span : spanOf(c, first),
        });
      continue;
    }
    const name = childByField(tree, imported, "name");
    const alias = childByField(tree, imported, "alias");
    const path = name === NO_NODE ? "" : compact(textOf(tree, name));
    const bound = alias === NO_NODE ? "" : textOf(tree, alias);
    if (path !== "" && bound !== "")
      out.push({ path, alias: bound, span, nameSpan: spanOf(c, alias) });
  }
  return out;
}

/** A dotted name without spaces and line breaks. */
function compact(text: string): string {
  return text.replace(/[\s\\]+/g, "");
}
