import { calledName } from "../server/rule/called-name.ts";
import { isSample, isTest, isTooling } from "../server/rule/place.ts";
import {
  type CallArg,
  type Code,
  constants,
  type Hit,
  type Observation,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "code-eval-dynamic",
  title: "Text of unknown origin run as code",
  category: "injection",
  severity: "medium",
  cwe: [95],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["unknown"],
    to: "code",
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || isOther(code) || !isProgram(hit)) return undefined;
      const facts = { api: String(hit.row.data?.api), from: nameOf(hit) };
      return { confidence: "low", facts };
    },
  },
  calls: {
    sinks: ["code"],
    check(call, context) {
      const code = context.code(call.site.item);
      const data = rowData(call, "code");
      if (code === undefined || data === undefined || isOther(code)) return undefined;
      if (data.rule !== undefined || data.expression === true || data.text === true)
        return undefined;
      const text = textOf(call);
      // Data that has a source or comes from a parameter is followed.
      if (text === undefined || text.value.taint.length > 0) return undefined;
      if (isOwn(text.value) || !isFetched(code, text.op)) return undefined;
      const { item, op } = call.site;
      const facts = { api: String(data.api), from: "" };
      return { item, span: text.span, op, call, confidence: "low", facts };
    },
  },
  after: [
    "code-eval-user-input",
    "llm-output-code-exec",
    "mcp-tool-arg-unsafe",
    "vm-as-sandbox",
    "dynamic-import-user-input",
  ],
  say: ({ facts }) => ({
    what:
      facts?.from === ""
        ? `${String(facts.api)} runs a text that is not the program's own.`
        : `The parameter ${String(facts?.from)} is run as a program by ${String(facts?.api)}.`,
    why: "Whoever writes the text runs code with all rights of this process; no caller is known that makes it safe.",
    fix: "Parse data as data (ast.literal_eval, JSON.parse), and choose operations from a table of functions of your own.",
  }),
  fixes: () => [
    {
      title: "Do it without running text",
      grade: "manual",
      edits: [],
      reason:
        "Parse what is data, and map the names of operations to functions of your own. No edit is offered: what the text may do is the author's to say.",
    },
  ],
});

/** Tools run programs, that is what they are for. */
function isOther(code: Code): boolean {
  return (
    isTest(code.file) ||
    isSample(code.file) ||
    isTooling(code.file) ||
    /repl|console|shell|interactive|interpreter/i.test(`${code.file}#${code.item}`)
  );
}

function isProgram({ row, value }: Hit): boolean {
  if (row.data?.expression === true) return false;
  return row.data?.text !== true || value.alts?.some((alt) => "parts" in alt) === true;
}

function nameOf(hit: Hit): string {
  let first = hit.trail;
  while (first.prev !== undefined) first = first.prev;
  return first.text.replace(/^parameter /, "");
}

/** The program is the last argument that a row speaks of. */
function textOf(call: Observation): CallArg | undefined {
  const specs = call.sinks.find((s) => s.kind === "code")?.args ?? [];
  const given = specs.includes("*")
    ? call.args.at(-1)
    : (call.args.find((a) => a.name !== undefined && specs.includes(a.name)) ??
      (call.args[0]?.name === undefined ? call.args[0] : undefined));
  return given?.spread === undefined ? given : undefined;
}

/** A constant, or text of the program with numbers in it. */
function isOwn(value: CallArg["value"]): boolean {
  return (
    constants(value) !== undefined ||
    value.alts?.every(
      (alt) =>
        "parts" in alt && alt.parts.every((p) => p.text !== undefined || p.value?.scalar === true),
    ) === true
  );
}

/** Made from what a call, or an object that something else made, gives; not read from a file of the program. */
function isFetched(code: Code, id: ValueId): boolean {
  const made = madeFrom(code, id);
  if (made.some((op) => FILES.test(calledName(code, op)))) return false;
  const calls = made.filter((op) => op.op === "call");
  return (
    calls.length > 0 &&
    !calls.some((op) => LITERALS.test(calledName(code, op))) &&
    made.some(
      (op) => op.op === "free" || op.op === "import" || op.op === "this" || op.op === "iterate",
    )
  );
}
const FILES =
  /^(?:open|readFile|readFileSync|read_text|getsource|toString|template|compile_template)$/;
const LITERALS = /^(?:stringify|repr|dumps)$/;
