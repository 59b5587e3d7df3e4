/** A text that is marked as HTML by hand, so that nothing escapes it any more, with data in it that nobody has escaped. */
import { importEdit } from "../server/rule/fix/imports.ts";
import { given, written } from "../server/rule/given.ts";
import { openHoles } from "../server/rule/marked.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";

const KIND = "raw-html";

export default rule({
  id: "xss-escape-bypass",
  title: "Marked as safe HTML with a text in it that is not",
  category: "browser",
  severity: "medium",
  cwe: [79],
  owasp: ["A03:2021", "A05:2025"],
  after: ["xss-server-html", "xss-react-dangerous-html", "xss-dom-sink", "llm-output-html"],
  calls: { sinks: [KIND], check },
  say: ({ facts }) => ({
    what:
      facts?.how === "built"
        ? `${String(facts.name)} is put into HTML as it is, and ${String(facts.api)} switches its escaping off.`
        : `${String(facts?.api)} switches the escaping of ${String(facts?.name)} off.`,
    why: 'If somebody can decide it, a name such as <img src=x onerror="..."> runs in the browser of everyone who sees it.',
    fix: String(facts?.mend),
  }),
  fixes: (match, code) => fixes(match, code),
});

function check(call: Observation, context: Context): Match | undefined {
  const data = rowData(call, KIND);
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined) return undefined;
  if (isTest(code.file) || isSample(code.file)) return undefined;
  const html = given(call, data.html);
  const place = written(code, html, context);
  if (html.kind !== "given" || place === undefined) return undefined;
  const found = openHoles(place);
  if (found === undefined) return undefined;
  return {
    item: call.site.item,
    span: html.argument.span,
    op: call.site.op,
    call,
    // Nothing says where it comes from.
    confidence: "low",
    facts: {
      how: found.how,
      name: found.name,
      api: String(data.api),
      mend: String(data.mend),
    },
  };
}

/** `mark_safe(f"...")` becomes a call of the function that escapes, where there is one. */
function fixes(match: Match, code: Code): readonly Fix[] {
  const data = match.call === undefined ? undefined : rowData(match.call, KIND);
  const call = code.op(match.op ?? 0);
  const [arg] = call.op === "call" ? call.args : [];
  const title = "Escape what is put in";
  const manual = {
    title,
    grade: "manual" as const,
    edits: [],
    reason: `${String(match.facts?.mend)} No edit is offered: which of the pieces are HTML is not known.`,
  };
  if (call.op !== "call" || arg === undefined || call.args.length !== 1) return [manual];
  const module = typeof data?.module === "string" ? data.module : undefined;
  const join = code.op(arg.value);
  if (module === undefined || join.op !== "join" || join.style !== "fstring") return [manual];
  const text = code.text(join.span);
  const isPlain = /^[fF]["'](?!["'])[^\r\n\\]*["']$/.test(text) && !/\{\{|\}\}/.test(text);
  const holes = join.parts.flatMap((p) => (p.kind === "hole" ? [p] : []));
  if (!isPlain || holes.some((p) => p.format !== undefined)) return [manual];
  const values = holes.map((p) => code.text(code.op(p.value).span));
  // What names it by keyword, or spells the value with quotes of the text, is left alone.
  if (values.some((v) => /["'\n]/.test(v)) || values.length === 0) return [manual];
  let template = text.slice(1);
  for (const { span } of [...holes].reverse()) {
    const at = span.start - join.span.start - 1;
    template = `${template.slice(0, at)}{}${template.slice(at + span.end - span.start)}`;
  }
  const wanted = importEdit(code, { module, name: String(data?.function) });
  const { start } = code.absolute(call.span);
  const { end } = code.absolute(call.span);
  const edits = [
    ...(wanted.edit === undefined ? [] : [wanted.edit]),
    { start, end, newText: `${wanted.local}(${template}, ${values.join(", ")})` },
  ];
  return [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
}
