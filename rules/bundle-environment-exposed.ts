/** The configuration of a bundler writes secrets of the environment, or all of it, into the scripts that browsers are sent. */
import { origin } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Match,
  type Op,
  rule,
  type Span,
  type ValueId,
} from "../server/rule/rule.ts";
import { PUBLIC_PREFIX } from "../server/rule/secret-names.ts";
import { isSecretVariable } from "../server/rule/secret-variable.ts";

const CONFIG =
  /(?:^|\/)(?:(?:[\w-]+\.)?(?:vite|vitest|webpack|rspack|rsbuild|next|vue|craco|esbuild|rollup|tsup|nuxt)\.config(?:\.[\w-]+)?|webpack\.[\w-]+|esbuild|build)\.[cm]?[jt]s$/;
const NEXT = /(?:^|\/)next\.config\.[cm]?[jt]s$/;

export default rule({
  id: "bundle-environment-exposed",
  title: "Environment written into scripts of the page",
  category: "configuration",
  severity: "high",
  cwe: [200, 522],
  owasp: ["A05:2021", "A02:2025"],
  code: {
    may: /process\.env|loadEnv/,
    check(code, context) {
      if (!CONFIG.test(code.file) || isTest(code.file)) return [];
      return code.ir.ops.flatMap((op, id) => inspect(code, op, id, context));
    },
  },
  say: ({ facts }) => {
    const name = String(facts?.name);
    return {
      what:
        facts?.whole === true
          ? "All variables of the environment of the build are put into the scripts that every visitor is sent."
          : `The value of ${name} is put into the scripts that every visitor is sent, under ${String(facts?.key)}.`,
      why:
        facts?.whole === true
          ? "What the machine that builds knows (tokens of the registry, keys of the cloud, passwords) can be read in the page's scripts."
          : "Whoever opens the page's scripts copies it, and does all that it allows, past every check of the page.",
      fix:
        facts?.whole === true
          ? "Name the variables that the page needs, each of them one that everybody may know."
          : `Take it out, use ${name} in a route of the server that the page calls, and replace the value: it has been public.`,
    };
  },
  fixes: ({ facts }) => [
    {
      title: facts?.whole === true ? "Name what the page needs" : "Use it on the server only",
      grade: "manual",
      edits: [],
      reason:
        facts?.whole === true
          ? "Which variables the page needs only you can tell: write each of them, such as 'process.env.NODE_ENV': JSON.stringify(mode)."
          : "Where the call belongs, and who may make it, only you can tell: move what needs the key into a route of the server, take this line out, and replace the value.",
    },
  ],
});

function inspect(code: Code, op: Op, id: ValueId, context: Context): readonly Match[] {
  if (op.op === "record")
    return op.entries.flatMap(({ key, value }) => {
      const isDefine = key === "define" || (key === "env" && NEXT.test(code.file));
      return isDefine ? ofRecord(code, value, id, context) : [];
    });
  if (op.op !== "call") return [];
  const callee = code.op(op.callee);
  const name =
    callee.op === "member" || callee.op === "free"
      ? callee.name
      : importedName(code, callee, op.callee, context);
  const [first] = op.args;
  if (first === undefined) return [];
  if (name === "DefinePlugin") return ofRecord(code, first.value, id, context);
  return name === "EnvironmentPlugin" ? ofNames(code, first.value, id, context) : [];
}
function importedName(code: Code, op: Op, id: ValueId, context: Context): string {
  const { op: made } = origin({ code, op, id }, context);
  return made.op === "import" || made.op === "member" ? (made.name ?? "") : "";
}

/** `{ "process.env": env, KEY: JSON.stringify(process.env.KEY) }` */
function ofRecord(code: Code, value: ValueId, id: ValueId, context: Context): readonly Match[] {
  const { code: at, op } = origin({ code, op: code.op(value), id: value }, context);
  if (op.op !== "record" || at.file !== code.file) return ofWhole(code, value, id, context);
  return op.entries.flatMap((entry) => {
    const key = typeof entry.key === "string" ? entry.key : "";
    if (key === "...") return ofWhole(at, entry.value, id, context);
    const inner = at.op(entry.value);
    // `'process.env': { KEY: ... }`, and what is put together there.
    if (inner.op === "record") return ofRecord(at, entry.value, id, context);
    const whole = ofWhole(at, entry.value, id, context);
    if (whole.length > 0) return whole;
    const name = variableOf(at, entry.value, context);
    return name === undefined || !isSecretVariable(name)
      ? []
      : [told(at, entry.span, id, { name, key, whole: false })];
  });
}

function ofNames(code: Code, value: ValueId, id: ValueId, context: Context): readonly Match[] {
  const { code: at, op } = origin({ code, op: code.op(value), id: value }, context);
  const names =
    op.op === "sequence"
      ? op.elements.flatMap(({ value: one }) => {
          const { span, ...element } = at.op(one);
          return element.op === "const" && typeof element.value === "string"
            ? [{ name: element.value, span }]
            : [];
        })
      : op.op === "record"
        ? op.entries.flatMap(({ key, span }) =>
            typeof key === "string" && key !== "..." ? [{ name: key, span }] : [],
          )
        : [];
  return names.flatMap(({ name, span }) =>
    isSecretVariable(name)
      ? [told(at, span, id, { name, key: `process.env.${name}`, whole: false })]
      : [],
  );
}

function ofWhole(code: Code, value: ValueId, id: ValueId, context: Context): readonly Match[] {
  const inner = unwrapped(code, value);
  return isEnvironment(code, inner, context)
    ? [told(code, code.op(value).span, id, { name: "", key: "", whole: true })]
    : [];
}

/** Without `JSON.stringify()`, and the right side of nothing. */
function unwrapped(code: Code, value: ValueId): ValueId {
  const op = code.op(value);
  if (op.op !== "call") return value;
  const callee = code.op(op.callee);
  const [first] = op.args;
  return callee.op === "member" && callee.name === "stringify" && first !== undefined
    ? first.value
    : value;
}

/** `process.env`, or what `loadEnv(mode, folder, "")` of Vite gives: all variables, whatever their prefix. */
function isEnvironment(code: Code, value: ValueId, context: Context): boolean {
  const { code: at, op } = origin({ code, op: code.op(value), id: value }, context);
  if (op.op === "member") {
    const of = at.op(op.object);
    return op.name === "env" && of.op === "free" && of.name === "process";
  }
  if (op.op === "record")
    return op.entries.some(
      ({ key, value: one }) => key === "..." && isEnvironment(at, one, context),
    );
  if (op.op !== "call") return false;
  const callee = at.op(op.callee);
  const name =
    callee.op === "free" || callee.op === "member"
      ? callee.name
      : importedName(at, callee, op.callee, context);
  const third = op.args[2];
  const prefix = third === undefined ? undefined : at.op(third.value);
  return name === "loadEnv" && prefix?.op === "const" && prefix.value === "";
}

/** `process.env.KEY`, `env.KEY` of all variables, with what stands in for it (`|| ""`). */
function variableOf(code: Code, value: ValueId, context: Context, depth = 0): string | undefined {
  const op = code.op(unwrapped(code, value));
  // `process.env.KEY || ""`: one of the values that the place may hold.
  if (op.op === "load" && depth < 4)
    for (const one of code.ir.ops)
      if (one.op === "store" && one.slot === op.slot) {
        const found = variableOf(code, one.value, context, depth + 1);
        if (found !== undefined) return found;
      }
  const key = op.op === "index" ? code.op(op.key) : undefined;
  const name =
    op.op === "member"
      ? op.name
      : key?.op === "const" && typeof key.value === "string"
        ? key.value
        : undefined;
  if (name === undefined || PUBLIC_PREFIX.test(name)) return undefined;
  return (op.op === "member" || op.op === "index") && isEnvironment(code, op.object, context)
    ? name
    : undefined;
}

function told(
  code: Code,
  span: Span,
  op: ValueId,
  facts: Readonly<Record<string, string | boolean>>,
): Match {
  return { item: code.item, span, op, confidence: "high", facts };
}
