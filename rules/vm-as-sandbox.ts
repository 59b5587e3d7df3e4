import { calledName } from "../server/rule/called-name.ts";
import { given } from "../server/rule/given.ts";
import { isSample, isTest, isTooling } from "../server/rule/place.ts";
import {
  type Code,
  constants,
  kindBit,
  type Observation,
  type Op,
  rule,
  type AbstractValue as Value,
  type ValueId,
} from "../server/rule/rule.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { single, storesOf } from "../server/rule/stores.ts";
import { rowData } from "../server/rule/tokens.ts";

const CODE = kindBit("code");

export default rule({
  id: "vm-as-sandbox",
  title: "Program run in a sandbox that is none",
  category: "injection",
  severity: "high",
  cwe: [693, 94],
  owasp: ["A04:2021", "A06:2025"],
  calls: {
    sinks: ["sandbox"],
    check(call, context) {
      const code = context.code(call.site.item);
      const data = rowData(call, "sandbox");
      if (code === undefined || data === undefined || isOther(code.file)) return undefined;
      if (data.names !== undefined && !isRestricted(call, String(data.names), String(data.hides)))
        return undefined;
      const text = textOf(call, code, data.text);
      if (text === undefined || !isOpen(text, code)) return undefined;
      const { item, span, op } = call.site;
      return { item, span, op, call, confidence: "medium", facts: { api: String(data.api) } };
    },
  },
  // They know who writes the program.
  after: ["code-eval-user-input", "llm-output-code-exec"],
  say: ({ facts }) => ({
    what: WHAT[String(facts?.api)] ?? `${String(facts?.api)} does not keep a program in.`,
    why:
      WHY[String(facts?.api)] ??
      "Ways for a program to get out of it were published again and again, and each one gives it the whole server.",
    fix:
      facts?.api === "eval"
        ? "Run it in a process or container of its own without secrets; for plain values use ast.literal_eval."
        : "Use isolated-vm, or run it in a process or container of its own without secrets.",
  }),
  fixes: ({ facts }) => [
    {
      title: "Run it somewhere else",
      grade: "manual",
      edits: [],
      reason:
        facts?.api === "eval"
          ? "Start a process with no rights of its own (a container, nsjail) and give it the text, or allow only the nodes of ast.parse that you need. No edit is offered: what the program must reach is the author's to say."
          : "Use isolated-vm, or a process or container with no rights of its own. No edit is offered: what the program must reach is the author's to say.",
    },
  ],
});

const WHAT: Readonly<Record<string, string>> = {
  vm: "Node's vm gives a program other globals; it does not keep it in.",
  eval: "Taking the built-in functions away does not keep a program in.",
};
const WHY: Readonly<Record<string, string>> = {
  vm: "this.constructor.constructor('return process')() leaves it, and reaches every file, variable and command of the server.",
  eval: "().__class__.__base__.__subclasses__() finds every class of the process, and through them files and commands.",
};

/** Elsewhere a file of this name is a place to try things out; here it is the sandbox. */
function isOther(file: string): boolean {
  return isTest(file) || isTooling(file) || (isSample(file) && !/sandbox[^/]*$/i.test(file));
}

/** The names that the program gets lack the built-in ones, or hold some chosen ones in their place. */
function isRestricted(call: Observation, names: string, hides: string): boolean {
  const found = given(call, names);
  const inside = found.kind === "given" ? found.value.fields?.get(hides) : undefined;
  if (inside === undefined) return false;
  const all = constants(inside);
  return all !== undefined ? all.every((c) => !c) : inside.closed === true;
}

interface Text {
  readonly value: Value | undefined;
  readonly op: ValueId;
}
/** The program: an argument, or the one of what made the object that is run. */
function textOf(
  call: Observation,
  code: Code,
  place: string | number | boolean | undefined,
): Text | undefined {
  if (place !== "made") {
    const found = given(call, place);
    return found.kind === "given" ? { value: found.value, op: found.argument.op } : undefined;
  }
  const op = code.op(call.site.op);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  const object = callee?.op === "member" ? code.op(callee.object) : undefined;
  if (object === undefined || callee?.op !== "member") return undefined;
  const all = object.op === "load" ? storesOf(code, object.slot) : [callee.object];
  for (const id of all) {
    const made = code.op(single(code, id));
    const first = made.op === "call" ? made.args[0]?.value : undefined;
    if (first !== undefined) return { value: undefined, op: first };
  }
  return undefined;
}

/** It may be another program each time, and nothing looked at what is in it. */
function isOpen({ value, op }: Text, code: Code): boolean {
  if (value !== undefined) {
    if (constants(value) !== undefined || value.refs.includes(COMPILED)) return false;
    if (value.taint.length > 0 && value.taint.every((t) => (t.cleared & CODE) !== 0)) return false;
  }
  const made = madeFrom(code, op);
  return (
    made.some((one) => isGiven(one)) &&
    !made.some((one) => isOwnFile(code, one)) &&
    !code.ir.ops.some((one) => isLookedThrough(one))
  );
}
const COMPILED = "lib:sandbox.Compiled()";
function isGiven(op: Op): boolean {
  return (
    op.op === "param" ||
    op.op === "member" ||
    op.op === "index" ||
    op.op === "await" ||
    op.op === "iterate" ||
    op.op === "this"
  );
}
/** `readFileSync(path)`, `open(path).read()`: a file of the program, which gets other globals. */
function isOwnFile(code: Code, op: Op): boolean {
  return /^(?:readFile|readFileSync|read_text|open)$/.test(calledName(code, op));
}
/** The syntax tree is walked, node by node. */
function isLookedThrough(op: Op): boolean {
  return op.op === "member" && /^(?:walk|visit|generic_visit)$/.test(op.name);
}
