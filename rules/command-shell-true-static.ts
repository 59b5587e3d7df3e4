import { withoutShell } from "../server/rule/fix/without-shell.ts";
import {
  argument,
  type Code,
  constants,
  type Match,
  type Observation,
  onlyConst,
  rule,
} from "../server/rule/rule.ts";
import { plainWords } from "../server/rule/shell.ts";

export default rule({
  id: "command-shell-true-static",
  title: "Shell that a constant command does not need",
  category: "injection",
  severity: "low",
  cwe: [78],
  owasp: ["A03:2021", "A05:2025"],
  calls: {
    sinks: ["shell"],
    check(call, context): Match | undefined {
      const code = context.code(call.site.item);
      const found = code === undefined ? undefined : needless(call, code);
      if (found === undefined) return undefined;
      const { item, span, op } = call.site;
      const facts = { words: found.words?.join("\n") ?? "", isList: found.words === undefined };
      return { item, span, op, call, confidence: "low", facts };
    },
  },
  say: ({ call, facts }) => ({
    what:
      facts?.isList === true
        ? "The arguments stand in a list, and yet a shell is started."
        : `The command is constant and simple, and yet ${String(call?.sinks[0]?.data?.api)} gives it to a shell.`,
    why:
      facts?.isList === true
        ? "Python's shell runs only the first element; in Node the list is joined to a line, and the first argument that comes from outside makes it a command injection."
        : "The first value that a later change puts into the text makes it a command injection.",
    fix: "Pass the program and its arguments as a list, without a shell.",
  }),
  fixes: ({ call, facts }, code) => {
    const op = call === undefined ? undefined : code.op(call.site.op);
    const row = call?.sinks.find((s) => s.kind === "shell");
    if (op?.op !== "call" || row === undefined) return [];
    const words = facts?.isList === true ? undefined : String(facts?.words).split("\n");
    const list = String(row.data?.list ?? "");
    return [withoutShell(code, op, words, { list, isOption: row.data?.shell === "option" })];
  },
});

/** The words of the command; none where they stand in a list. Undefined where a shell is needed, or none is started. */
function needless(
  call: Observation,
  code: Code,
): { readonly words: readonly string[] | undefined } | undefined {
  const row = call.sinks.find((s) => s.kind === "shell");
  const op = code.op(call.site.op);
  if (row === undefined || op.op !== "call" || call.guessed) return undefined;
  const first = argument(call, 0);
  const text = onlyConst(first?.value)?.value;
  const isOption = row.data?.shell === "option";
  if (isOption ? !isOn(call) : row.data?.list === "" || hasOption(call)) return undefined;
  const isScript = (program: string) => String(row.data?.scripts).includes(` ${program} `);
  if (typeof text === "string") {
    const words = plainWords(text);
    const second = op.args[1] === undefined ? undefined : code.op(op.args[1].value);
    const isJoined = second?.op === "sequence";
    if (words === undefined || isScript(words[0] as string)) return undefined;
    return isJoined && !allPlain(call.args[1]?.value) ? undefined : { words };
  }
  if (!isOption || first === undefined || code.op(first.op).op !== "sequence") return undefined;
  const program = onlyConst(first.value.fields?.get("0"))?.value;
  if (typeof program !== "string" || plainWords(program)?.length !== 1 || isScript(program))
    return undefined;
  return { words: undefined };
}

/** `shell=True`, or `{ shell: true }`. */
function isOn(call: Observation): boolean {
  return optionsOf(call).some((value) => onlyConst(value)?.value === true);
}
/** A shell of one's own choice. */
function hasOption(call: Observation): boolean {
  return optionsOf(call).length > 0;
}
function optionsOf(call: Observation) {
  return ["shell", "1.shell", "2.shell"].flatMap((spec) => argument(call, spec)?.value ?? []);
}

/** No element of the list is anything to a shell. */
function allPlain(list: Observation["args"][number]["value"] | undefined): boolean {
  const all = [...(list?.fields?.values() ?? [])].map((value) => constants(value));
  return all.every((words) =>
    words?.every((word) => plainWords(`x ${String(word)}`)?.length === 2),
  );
}
