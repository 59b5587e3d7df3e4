/** Which code is sent to browsers: by its directive, by what it calls, and what of a module never leaves the server. */
import { itemsOf } from "./items.ts";
import type { Code, Op } from "./rule.ts";

/** Calls that keep something in a page: no server renders with them. */
const STATE =
  /^use(?:State|Effect|LayoutEffect|Reducer|Ref|ProgramContext|Callback|SyncExternalStore|InsertionEffect|ImperativeHandle)$/;
const OBJECTS = /^(?:window|document|localStorage|sessionStorage)$/;
/** Exports that bundlers take out of what they send. */
const SERVER_EXPORTS = /^(?:getServerSideProps|getStaticProps|getStaticPaths|loader|action)$/;
/** A marker: a build that would send the module fails. */
const MARKER = "server-only";

/** The module of a file is certainly sent. `.tsx` alone says nothing: a server makes pages of it, too. */
export function isSent(module: Code): boolean {
  if (module.ir.directives?.includes("use client") === true) return true;
  if (staysOnServer(module)) return false;
  return itemsOf(module).some(
    (code) =>
      !isServerPart(code.item) &&
      (code.ir.ops.some((op) => isStateCall(code, op) || isHandler(code, op)) || touchesPage(code)),
  );
}

/** The module itself says that it stays where it is, or its name does. */
export function staysOnServer(module: Code): boolean {
  return (
    module.ir.directives?.includes("use server") === true ||
    /\.server\.\w+$|(?:^|\/)(?:server|(?:app|pages)\/api|(?:supabase|netlify)\/functions)\//.test(
      module.file,
    ) ||
    module.ir.ops.some((op) => op.op === "import" && op.module === MARKER)
  );
}

/** Of a module that is sent, a function that is left out: `loader`, `getServerSideProps`, and what is inside them. */
export function isServerPart(item: string): boolean {
  return item
    .slice(item.indexOf("#") + 1)
    .split("/")
    .some((name) => SERVER_EXPORTS.test(name));
}
export function hasServerParts(module: Code): boolean {
  return module.ir.exports.some((e) => e.kind === "local" && SERVER_EXPORTS.test(e.exported));
}

/** A function that says that it runs on the server. */
export function isServerFunction(code: Code): boolean {
  for (let at: Code | undefined = code; at !== undefined; )
    if (at.ir.directives?.includes("use server") === true || isServerPart(at.item)) return true;
    else at = at.parent === undefined ? undefined : at.other(at.parent);
  return false;
}

function isStateCall(code: Code, op: Op): boolean {
  if (op.op !== "call") return false;
  const callee = code.op(op.callee);
  return (callee.op === "free" || callee.op === "member") && STATE.test(callee.name);
}
/** `<button onClick={() => ...}>`: a server has nothing that could be clicked. */
function isHandler(code: Code, op: Op): boolean {
  const attributes = markup(code, op)?.attributes;
  return (
    attributes?.op === "record" &&
    attributes.entries.some(
      ({ key, value }) =>
        typeof key === "string" && /^on[A-Z]/.test(key) && code.op(value).op === "closure",
    )
  );
}
/** Uses the page without asking whether there is one. */
function touchesPage(code: Code): boolean {
  const { ops } = code.ir;
  return (
    ops.some((op) => op.op === "free" && OBJECTS.test(op.name)) &&
    !ops.some((op) => op.op === "unary" && op.operator === "typeof")
  );
}

/** The parts of an element that is written as markup. */
export function markup(
  code: Code,
  op: Op,
): { readonly component: Op; readonly attributes: Op } | undefined {
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  const [component, attributes] = op.args;
  if (callee.op !== "free" || callee.name !== "%jsx") return undefined;
  return component === undefined || attributes === undefined
    ? undefined
    : { component: code.op(component.value), attributes: code.op(attributes.value) };
}
