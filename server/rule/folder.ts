/** Which folder an expression names, as far as it can be told from where the code stands. */
import { origin } from "./given.ts";
import { refsOf } from "./router.ts";
import type { Code, Context, Op, ValueId } from "./rule.ts";

export interface Folder {
  /** The program's current folder, which is not known, or the root of the workspace. */
  readonly from: "current" | "root";
  /** From there, without "." and with ".." only at the start. */
  readonly steps: readonly string[];
}

const MAX_DEPTH = 12;

/**
 * The folder (or file) that an expression names: `"."`, `__dirname`, `path.join(__dirname, "..")`, `Path(__file__).parent`,
 * `os.getcwd()`. Undefined where it is absolute, or made of something that is not known.
 */
export function folderOf(code: Code, id: ValueId, context: Context, depth = 0): Folder | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const { code: at, op } = origin({ code, op: code.op(id), id }, context);
  const of = (value: ValueId | undefined): Folder | undefined =>
    value === undefined ? undefined : folderOf(at, value, context, depth + 1);
  switch (op.op) {
    case "const":
      return typeof op.value === "string" ? relative(op.value) : undefined;
    case "free":
      if (op.name === "__dirname") return inRoot(at.file, "..");
      return op.name === "__file__" || op.name === "__filename" ? inRoot(at.file) : undefined;
    case "member":
      return ofMember(at, op, of);
    case "index":
      return ofParents(at, op, of);
    case "binary":
      return ofBinary(at, op, of);
    case "join":
      return ofJoin(op, of);
    case "call":
      return ofCall(at, op, context, of);
    default:
      return undefined;
  }
}

/** Whether a file is in the folder or below it. The current folder is taken for one in which the program stands. */
export function holds({ from, steps }: Folder, file: string): boolean {
  if (steps.every((step) => step === "..")) return true;
  if (from === "current") return false;
  const own = file.split("/");
  return steps.length < own.length && steps.every((step, i) => step === own[i]);
}

type Of = (value: ValueId | undefined) => Folder | undefined;
type Part<K extends Op["op"]> = Op & { readonly op: K };

function ofMember(code: Code, op: Part<"member">, of: Of): Folder | undefined {
  const text = code.text(op.span);
  if (text === "import.meta.dirname") return inRoot(code.file, "..");
  if (text === "import.meta.filename" || text === "import.meta.url") return inRoot(code.file);
  // `Path(__file__).parent`
  return op.name === "parent" ? climbed(of(op.object), 1) : undefined;
}

/** `Path(__file__).resolve().parents[1]` */
function ofParents(code: Code, op: Part<"index">, of: Of): Folder | undefined {
  const list = code.op(op.object);
  const key = code.op(op.key);
  return list.op === "member" &&
    list.name === "parents" &&
    key.op === "const" &&
    typeof key.value === "number" &&
    key.value >= 0
    ? climbed(of(list.object), key.value + 1)
    : undefined;
}

/** `BASE / "static"`; `__dirname + "/public"`, where the slash makes no path of its own. */
function ofBinary(code: Code, op: Part<"binary">, of: Of): Folder | undefined {
  if (op.operator === "/") return inside(of(op.left), of(op.right));
  if (op.operator !== "+") return undefined;
  const right = code.op(op.right);
  const isText = right.op === "const" && typeof right.value === "string";
  return inside(of(op.left), isText ? behind(String(right.value)) : undefined);
}

function ofJoin({ parts }: Part<"join">, of: Of): Folder | undefined {
  const [first, ...rest] = parts.map((part) =>
    part.kind === "hole" ? of(part.value) : behind(part.text),
  );
  return rest.reduce<Folder | undefined>((left, right) => inside(left, right), first);
}

function ofCall(code: Code, op: Part<"call">, context: Context, of: Of): Folder | undefined {
  const args = op.args.filter((a) => a.name === undefined).map((a) => a.value);
  const callee = code.op(op.callee);
  // Methods of a path: `.resolve()`, `.joinpath("static")`
  if (callee.op === "member") {
    const object = code.op(callee.object);
    if (object.op === "free" && object.name === "process" && callee.name === "cwd") return HERE;
    if (UNCHANGED.has(callee.name) && args.length === 0) return of(callee.object);
    if (callee.name === "joinpath") return joined([callee.object, ...args], of);
  }
  for (const ref of refsOf(code, op.callee, context)) {
    const name = ref.replace(/^lib:(?:node:)?/, "");
    if (CURRENT.test(name)) return HERE;
    if (PARENT.test(name)) return climbed(of(args[0]), 1);
    if (SAME.test(name)) return args.length === 0 ? HERE : of(args[0]);
    if (JOINED.test(name)) return joined(args, of);
    if (name === "url.URL") return inside(climbed(of(args[1]), 1), of(args[0]));
  }
  // `str(folder)`, `new URL(".", import.meta.url)`, whose second part is a file
  if (callee.op === "free" && callee.name === "str") return of(args[0]);
  if (callee.op === "free" && callee.name === "URL")
    return inside(climbed(of(args[1]), 1), of(args[0]));
  return undefined;
}
const HERE: Folder = { from: "current", steps: [] };
const UNCHANGED: ReadonlySet<string> = new Set(["resolve", "absolute", "as_posix", "expanduser"]);
const CURRENT = /^(?:os\.getcwd|pathlib\.Path\.cwd)$/;
const PARENT = /^(?:os\.path\.dirname|path(?:\.posix)?\.dirname)$/;
const SAME =
  /^(?:os\.path\.(?:abspath|realpath|normpath)|os\.fspath|pathlib\.(?:Pure)?(?:Posix)?Path|url\.fileURLToPath|path\.normalize)$/;
const JOINED = /^(?:os\.path\.join|path(?:\.posix)?\.(?:join|resolve))$/;

function joined(values: readonly ValueId[], of: Of): Folder | undefined {
  const [first, ...rest] = values.map(of);
  return rest.reduce<Folder | undefined>((left, right) => inside(left, right), first);
}

/** The second one as it is meant from the first one: a path that is not relative is of its own. */
function inside(left: Folder | undefined, right: Folder | undefined): Folder | undefined {
  if (left === undefined || right === undefined) return undefined;
  return right.from === "root" ? right : normal(left.from, [...left.steps, ...right.steps]);
}

function climbed(folder: Folder | undefined, times: number): Folder | undefined {
  return folder && normal(folder.from, [...folder.steps, ...Array<string>(times).fill("..")]);
}

function inRoot(file: string, ...more: readonly string[]): Folder {
  return normal("root", [...file.split("/"), ...more]);
}

function relative(path: string): Folder | undefined {
  return /^(?:[/\\]|[a-z]+:)/i.test(path) ? undefined : normal("current", path.split(/[/\\]/));
}

/** What follows another path as a text does. */
function behind(path: string): Folder | undefined {
  return relative(path.replace(/^[/\\]+/, ""));
}

function normal(from: Folder["from"], steps: readonly string[]): Folder {
  const out: string[] = [];
  for (const [i, step] of steps.entries()) {
    // The first steps of an address of a file are empty.
    if (step === "." || (step === "" && (from === "current" || i > 2))) continue;
    if (step === ".." && out.length > 0 && out.at(-1) !== "..") out.pop();
    else out.push(step);
  }
  return { from, steps: out };
}
