/** The same request by a client that checks each address it dials, in a file of the project that comes with the fix. */
import type { Code, Context, Fix, Match, Op, Span } from "../rule.ts";
import { entered } from "../url.ts";
import { setKeyword } from "./arguments.ts";
import { type Helper, useHelper } from "./helper-file.ts";
import { binds, importedAs } from "./imports.ts";

export interface PublicClient {
  readonly helper: Helper;
  /** The module whose functions it has under the same names, or the global function in whose place it stands. */
  readonly of: { readonly module: string } | { readonly global: string };
  /** Options that it does not have, or that would get around it. */
  readonly without?: readonly string[];
  /** What a client of one of these classes of the module is made with, so that it dials public hosts only. */
  readonly transports?: Readonly<Record<string, string>>;
}

/** The fix, or why there is none. */
export function callPublicClient(
  { hit }: Match,
  code: Code,
  context: Context,
  client: PublicClient,
): Fix | string {
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (call?.op !== "call") return "the request cannot be seen as a whole";
  const called = calledFunction(code, call, client);
  const made = called === undefined ? madeClient(code, call, client) : undefined;
  if (called === undefined && made === undefined)
    return "the client goes by another name here, or is made elsewhere";
  const barred = (made?.call ?? call).args.find(({ name }) => client.without?.includes(name ?? ""));
  if (barred !== undefined)
    return `the option ${barred.name} is for another way to connect, such as a proxy, which resolves names by itself`;
  const use = useHelper(code, context, client.helper);
  if (typeof use === "string") return use;
  const edit =
    called !== undefined
      ? {
          ...code.absolute(called.span),
          newText: called.name === undefined ? use.local : `${use.local}.${called.name}`,
        }
      : made === undefined
        ? undefined
        : setKeyword(code, made.call, "transport", `${use.local}.${made.transport}()`);
  if (edit === undefined) return "not all options of the client are written here";
  const isNew = use.creates.length > 0;
  return {
    title: `Connect to public hosts only, with ${isNew ? "a new file " : ""}${use.name}`,
    grade: "suggested",
    edits: [{ file: code.file, edits: [...use.edits, edit] }],
    ...(isNew ? { creates: use.creates } : {}),
  };
}

/** The call that makes the client whose method is called, in the same function. */
function madeClient(
  code: Code,
  call: Op & { readonly op: "call" },
  { of, transports }: PublicClient,
): { readonly call: Op & { readonly op: "call" }; readonly transport: string } | undefined {
  const callee = code.op(call.callee);
  const object = callee.op === "member" ? code.op(callee.object) : undefined;
  if (transports === undefined || !("module" in of) || object?.op !== "load") return undefined;
  const stores = code.ir.ops.flatMap((op) =>
    op.op === "store" && op.slot === object.slot ? [entered(code, op.value)] : [],
  );
  const [only, ...others] = stores;
  if (only?.op !== "call" || others.length > 0) return undefined;
  const transport = transports[nameIn(code, code.op(only.callee), of.module) ?? ""];
  return transport === undefined ? undefined : { call: only, transport };
}

/** Where the function stands that makes the request, called or handed to what calls it, and which of the module it is. */
function calledFunction(
  code: Code,
  call: Op & { readonly op: "call" },
  { of, helper }: PublicClient,
): { readonly span: Span; readonly name: string | undefined } | undefined {
  for (const id of [call.callee, ...call.args.map(({ value }) => value)]) {
    const op = code.op(id);
    const { span } = op;
    if ("global" in of) {
      if (isGlobal(code, op, of.global)) return { span, name: undefined };
      continue;
    }
    const name = nameIn(code, op, of.module);
    if (name !== undefined && new RegExp(`^def ${name}\\(`, "m").test(helper.texts.plain))
      return { span, name };
  }
  return undefined;
}

function isGlobal(code: Code, op: Op, name: string): boolean {
  if (op.op === "free") return op.name === name && binds(code, name) === undefined;
  if (op.op !== "member" || op.name !== name) return false;
  const object = code.op(op.object);
  return object.op === "free" && /^(?:globalThis|global)$/.test(object.name);
}

/** Which function of a module an operation names: `requests.get`, or `get` where it was imported so. */
function nameIn(code: Code, op: Op, module: string): string | undefined {
  if (op.op === "member")
    return code.text(code.op(op.object).span) === importedAs(code, { module })
      ? op.name
      : undefined;
  if (op.op !== "free" && op.op !== "load") return undefined;
  const text = code.text(op.span);
  const top = code.other(`${code.file}#`) ?? code;
  for (const one of [code, top])
    for (const each of one.ir.ops) {
      if (each.op !== "import" || each.module !== module || each.name === undefined) continue;
      if (importedAs(code, { module, name: each.name }) === text) return each.name;
    }
  return undefined;
}
