import { setArgument } from "../server/rule/fix/arguments.ts";
import { constantOf, given, stringsOf } from "../server/rule/given.ts";
import {
  type Code,
  type Confidence,
  type Fix,
  type Match,
  type Observation,
  onlyConst,
  rule,
} from "../server/rule/rule.ts";
import { rowData, spanOf } from "../server/rule/tokens.ts";

const TITLE = "Switch external entities off";

export default rule({
  id: "xxe-external-entities",
  title: "XML parser that reads what a document names",
  category: "deserialization",
  severity: "high",
  cwe: [611],
  owasp: ["A05:2021", "A02:2025"],
  calls: {
    sinks: ["xml-parser"],
    check(call, context): Match | undefined {
      const data = rowData(call, "xml-parser");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined) return undefined;
      const found = given(call, data.flag);
      if (!isOn(constantOf(found)) || !isOfThisSwitch(call)) return undefined;
      if (isOwnText(call)) return undefined;
      return {
        item: call.site.item,
        op: call.site.op,
        call,
        span: spanOf(call, code, found),
        confidence: (call.guessed ? "medium" : "high") as Confidence,
        facts: { api: String(data.api) },
      };
    },
  },
  say: ({ facts }) => ({
    what: `With this switch ${String(facts?.api)} reads the files and addresses that a document names as entities.`,
    why: 'A document with <!ENTITY x SYSTEM "file:///etc/passwd"> and &x; in its text shows that file to whoever sent it; with http://169.254.169.254/ it asks internal services.',
    fix: "Leave external entities off.",
  }),
  fixes: (match, code) => [switchOff(match, code)],
});

/** `True`, and 1. */
function isOn(value: unknown): boolean {
  return value === true || value === 1;
}

/** `setFeature` sets many. */
function isOfThisSwitch(call: Observation): boolean {
  const data = rowData(call, "xml-parser");
  if (data?.feature === undefined) return true;
  const name = given(call, data.feature);
  if (name.kind !== "given") return false;
  const isNamed = name.value.refs.includes(`lib:${String(data.constant)}`);
  return isNamed || stringsOf(name.value)?.includes(String(data.named)) === true;
}

/** A text that is written in the program names what the program's author wants. */
function isOwnText(call: Observation): boolean {
  const first = call.args[0];
  const value = first?.name === undefined ? onlyConst(first?.value)?.value : undefined;
  return typeof value === "string" && value.trimStart().startsWith("<");
}

function switchOff({ call }: Match, code: Code): Fix {
  const data = call === undefined ? undefined : rowData(call, "xml-parser");
  const op = call === undefined ? undefined : code.op(call.site.op);
  const off = code.language === "python" ? "False" : "false";
  const spec =
    call === undefined
      ? undefined
      : String(data?.flag)
          .split("|")
          .find((one) => given(call, one).kind === "given");
  const edit =
    op?.op !== "call" || spec === undefined ? undefined : setArgument(code, op, spec, off);
  return edit === undefined
    ? {
        title: TITLE,
        grade: "manual",
        edits: [],
        reason: `Set the option to ${off}. No edit is offered: the options are not written in this call.`,
      }
    : { title: TITLE, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] };
}
