import { setKeyword, setProperty } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { given } from "../server/rule/given.ts";
import {
  type Code,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { type Data, rowData } from "../server/rule/tokens.ts";

type Deed = "create" | "folder" | "delete" | "access";

export default rule({
  id: "toctou-file-check",
  title: "Check on a path, then use of the same path",
  category: "files",
  severity: "low",
  cwe: [367],
  owasp: ["A04:2021", "A06:2025"],
  items: {
    sinks: ["file-check"],
    check(calls, code) {
      const out: Match[] = [];
      const done = new Set<Observation>();
      for (const check of calls) {
        if (!isCheck(check)) continue;
        const path = pathText(check, code);
        if (path === undefined) continue;
        for (const use of calls) {
          if (isCheck(use) || done.has(use) || use.site.span.start <= check.site.span.start)
            continue;
          if (pathText(use, code) !== path || !steers(check, use, code)) continue;
          const deed = deedOf(check, use, code);
          if (deed === undefined) continue;
          done.add(use);
          out.push({
            item: use.site.item,
            span: use.site.span,
            op: use.site.op,
            call: use,
            // Deleting follows no link, making a folder overwrites nothing: at worst an error.
            ...(deed === "delete" || deed === "folder" ? { severity: "info" as const } : {}),
            confidence: use.guessed || check.guessed ? "medium" : "high",
            facts: { deed },
            related: [{ item: check.site.item, span: check.site.span, text: "the check" }],
          });
        }
      }
      return out;
    },
  },
  say: (match) => {
    const deed = match.facts?.deed as Deed;
    return {
      what: "The path is checked first and used afterwards; it may have changed in between.",
      why:
        deed === "folder"
          ? "Two requests at the same time both see no folder, and one of them fails."
          : deed === "delete"
            ? "Another process may remove or replace the file between the two calls: an error, or the wrong file is deleted."
            : "Whoever can write to the folder puts a link there between the two calls, and the write goes where the link points.",
      fix:
        deed === "folder"
          ? "Create it without asking: exist_ok=True, recursive: true."
          : deed === "delete"
            ? "Delete without asking and handle the case that it is gone: missing_ok=True, force: true."
            : deed === "access"
              ? "Open it and handle the error."
              : 'Create it exclusively: mode "x", flag "wx".',
    };
  },
  fixes: (match, code) => [fix(match, code)],
});

/** What the model row of the call says; its words are explained there. */
function dataOf(o: Observation): Data {
  return rowData(o, "file-check") ?? {};
}
function isCheck(o: Observation): boolean {
  return dataOf(o).role === "check";
}
function pathText(o: Observation, code: Code): string | undefined {
  const op = code.op(o.site.op);
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  const { subject } = dataOf(o);
  const id: ValueId | undefined =
    subject !== "recv"
      ? op.args[Number(subject)]?.value
      : callee.op === "member"
        ? callee.object
        : undefined;
  return id === undefined ? undefined : code.text(code.op(id).span);
}
/** The use stands inside the `if` of the check, or after an `if` of the check that leaves the function. */
function steers(check: Observation, use: Observation, code: Code): boolean {
  const statement = code.statement(check.site.span);
  const at = code.absolute(use.site.span);
  if (statement === undefined) return false;
  if (at.start < statement.end) return true;
  const text = code.fileText.slice(statement.start, statement.end);
  return (
    /^(if|unless)\b/.test(text) &&
    /\b(return|raise|throw|continue)\b/.test(text) &&
    !/[\r\n]\S/.test(code.fileText.slice(statement.end, at.start))
  );
}
function deedOf(check: Observation, use: Observation, code: Code): Deed | undefined {
  const { deed, option, mode } = dataOf(use);
  if (option !== undefined && hasOption(use, code, String(option))) return undefined;
  if (deed === "folder" || deed === "delete") return deed;
  const asksForAccess = dataOf(check).asks === "access";
  if (deed === "open") {
    const found = given(use, mode);
    const alternative = found.kind === "given" ? found.value.alts?.[0] : undefined;
    const text =
      alternative !== undefined && "const" in alternative ? String(alternative.const) : "r";
    if (/x/.test(text)) return undefined;
    if (!/w|a/.test(text)) return asksForAccess ? "access" : undefined;
  }
  return negated(check, code) ? "create" : asksForAccess ? "access" : undefined;
}
/** Something is created where nothing was: `if not exists(p)`, or `if exists(p): return`. */
function negated(check: Observation, code: Code): boolean {
  const statement = code.statement(check.site.span);
  if (statement === undefined) return false;
  const at = code.absolute(check.site.span);
  const not = /(\bnot\s+|!)\(?$/.test(code.fileText.slice(statement.start, at.start));
  const leaves = /\b(return|raise|throw|continue)\b/.test(
    code.fileText.slice(statement.start, statement.end),
  );
  return not !== leaves;
}
function hasOption(use: Observation, code: Code, name: string): boolean {
  const op = code.op(use.site.op);
  if (op.op !== "call") return false;
  return op.args.some((a) => {
    if (a.name !== undefined) return a.name === name;
    const record = code.op(a.value);
    return record.op === "record" && record.entries.some((e) => e.key === name);
  });
}

function fix(match: Match, code: Code): Fix {
  const deed = match.facts?.deed as Deed;
  const title =
    deed === "folder"
      ? "Create the folder without asking"
      : deed === "delete"
        ? "Delete without asking"
        : deed === "create"
          ? "Create the file exclusively"
          : "Open it and handle the error";
  const refuse = (why: string): Fix => ({ title, grade: "manual", edits: [], reason: why });
  const op = match.op === undefined ? undefined : code.op(match.op);
  if (op?.op !== "call") return refuse("The call cannot be seen as a whole.");
  const data = match.call === undefined ? {} : dataOf(match.call);
  const edits =
    deed === "access"
      ? undefined
      : (byOption(code, op, data, match.call) ?? byCall(code, op, data));
  if (edits !== undefined) {
    // Without the other process between the two the call does the same; in Node a folder would bring its parents along.
    const isSame =
      data.instead === undefined && (code.language === "python" || data.deed === "write");
    const grade = isSame ? "safe" : "suggested";
    return { title, grade, edits: [{ file: code.file, edits }] };
  }
  return refuse(
    deed === "access"
      ? "Drop the check; open the file in a try block and handle the error."
      : "Do it without asking, and handle the error that says the file is there or gone.",
  );
}
type Call = Op & { readonly op: "call" };
/** The option with which the call itself copes, or the mode that does. */
function byOption(
  code: Code,
  op: Call,
  data: Data,
  call: Observation | undefined,
): readonly Edit[] | undefined {
  if (data.deed === "open") return byMode(code, data, call);
  if (data.option === undefined || data.offered === false) return undefined;
  const name = String(data.option);
  const edit =
    data.options === undefined
      ? setKeyword(code, op, name, "True")
      : setProperty(
          code,
          op,
          Number(data.options),
          name,
          data.deed === "write" ? quoted(code, "wx") : "true",
        );
  return edit === undefined ? undefined : [edit];
}
function byMode(
  code: Code,
  data: Data,
  call: Observation | undefined,
): readonly Edit[] | undefined {
  const mode =
    call === undefined || code.language !== "python" ? undefined : given(call, data.mode);
  const value = mode?.kind === "given" ? code.op(mode.argument.op) : undefined;
  if (value?.op !== "const" || typeof value.value !== "string" || !value.value.includes("w"))
    return undefined;
  return [{ ...code.absolute(value.span), newText: code.text(value.span).replace("w", "x") }];
}
/** Another call that copes, where this one has no option for it. */
function byCall(code: Code, op: Call, data: Data): readonly Edit[] | undefined {
  if (data.instead === undefined || op.args[0] === undefined || op.args.length > 1)
    return undefined;
  const callee = code.op(op.callee);
  const [module = "", name = ""] = String(data.needs ?? "").split(".");
  const wanted = module === "" ? undefined : importEdit(code, { module, name });
  if (wanted === undefined && callee.op !== "member") return undefined;
  const words: Readonly<Record<string, string>> = {
    OBJECT: callee.op === "member" ? code.text(code.op(callee.object).span) : "",
    PATH: code.text(code.op(op.args[0].value).span),
    CLASS: wanted?.local ?? "",
  };
  const newText = String(data.instead).replace(/OBJECT|PATH|CLASS/g, (word) => words[word] ?? "");
  return [
    ...(wanted?.edit === undefined ? [] : [wanted.edit]),
    { ...code.absolute(op.span), newText },
  ];
}
function quoted(code: Code, text: string): string {
  const quote = /'[^'\n]*'/.test(code.fileText) && !/"[^"\n]*"/.test(code.fileText) ? "'" : '"';
  return `${quote}${text}${quote}`;
}
