/** Fixes for texts of a log: what comes from outside is written as a literal, without its line breaks. */
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Op,
  type Span,
  spread,
  type ValueId,
} from "../rule.ts";
import { argumentOnOneLine, dataPieces, oneLine } from "./one-line.ts";

const TITLE = "Write the value as a literal";
const MAX_DEPTH = 12;

/** On one line, where that is all that changes; then as a literal. */
export function logTextFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const fixes = literalFixes(match, code);
  const first = onOneLine(match, code, context);
  return first === undefined ? fixes : [first, ...fixes.filter(({ grade }) => grade !== "manual")];
}

/** Names of what may have several lines that its sender wrote on purpose. */
const LONG =
  /text|body|content|comment|message|msg|note|description|desc|bio|review|reply|answer|post|address|code|query|prompt|data|payload|html|markdown|stack|trace|error|detail/i;

function onOneLine(match: Match, code: Code, context: Context): Fix | undefined {
  const { hit } = match;
  const title = "Write the value on one line";
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || hit.arg < 0 || call?.op !== "call") return undefined;
  const at = call.args.findIndex((arg) => arg.value === hit.arg && arg.name === undefined);
  // A text with `%s` in it makes a text of what stands for it; a console shows objects in its own way.
  if (at > 0)
    return isShort(code, code.op(hit.arg).span) &&
      (hit.row.data?.format === "percent" || hit.row.data?.format === "braces")
      ? argumentOnOneLine(title, hit, code, context)
      : undefined;
  const pieces = dataPieces(hit, code);
  const { span } = code.op(hit.arg);
  return pieces?.every(
    (p) => span.start <= p.span.start && p.span.end <= span.end && isShort(code, p.span),
  )
    ? oneLine(title, hit, code, context, pieces)
    : undefined;
}

/** Of several lines in it, as of a comment, nothing is known. */
function isShort(code: Code, span: Span): boolean {
  const ofRequest = /\.(?:body|query|data|params|form|args|POST|GET)\b/g;
  return !LONG.test(code.text(span).replaceAll(ofRequest, ""));
}

function literalFixes(match: Match, code: Code): readonly Fix[] {
  const { hit } = match;
  const edits = hit === undefined ? [] : [...inFormat(match, code), ...inArgument(match, code)];
  if (edits.length === 0)
    return [
      {
        title: TITLE,
        grade: "manual",
        edits: [],
        reason:
          "Write it with %r, !r or repr() in Python, with JSON.stringify() in JavaScript. No edit is offered: the text is not put together in this place.",
      },
    ];
  return [{ title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

/** `"from %s", name`: the conversion that stands for the argument. */
function inFormat({ hit }: Match, code: Code): readonly Edit[] {
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (call?.op !== "call" || hit?.row.data?.format === "plain") return [];
  const at = call.args.findIndex((arg) => arg.value === hit?.arg && arg.name === undefined);
  const [first] = call.args;
  if (at <= 0 || first === undefined) return [];
  const { span } = code.op(first.value);
  const percent = hit?.row.data?.format === "percent";
  const found = [
    ...code.text(span).matchAll(percent ? /%%|%[-#0+ \d.]*[a-zA-Z]/g : /\{\{|\}\}|\{\w*\}/g),
  ].filter(([text]) => !/^(?:%%|\{\{|\}\})$/.test(text))[at - 1];
  if (found === undefined || !/^(?:%s|\{\w*\})$/.test(found[0])) return [];
  const start = code.absolute(span).start + found.index;
  return [
    {
      start,
      end: start + found[0].length,
      newText: percent ? "%r" : `${found[0].slice(0, -1)}!r}`,
    },
  ];
}

/** The text of the argument itself. */
function inArgument(match: Match, code: Code): readonly Edit[] {
  const { hit } = match;
  if (hit === undefined || hit.arg < 0 || inFormat(match, code).length > 0) return [];
  const edits: Edit[] = [];
  const alt = hit.value.alts?.find((one) => "parts" in one);
  const parts = alt !== undefined && "parts" in alt ? alt.parts : [];
  const isData = (at: number, of: number): boolean => {
    const value = parts.length === of ? parts[at]?.value : undefined;
    return value === undefined || spread(value).some(({ kind }) => kind === hit.kind);
  };
  collect(code, hit.arg, isData, edits, 0);
  return edits;
}

function collect(
  code: Code,
  id: ValueId,
  isData: (at: number, of: number) => boolean,
  edits: Edit[],
  depth: number,
): void {
  const op = code.op(id);
  if (depth > MAX_DEPTH || op.op === "const") return;
  if (op.op === "binary" && op.operator === "+") {
    collect(code, op.left, () => true, edits, depth + 1);
    collect(code, op.right, () => true, edits, depth + 1);
  } else if (op.op === "join") ofJoin(code, op, isData, edits);
  else wrap(code, op, edits);
}

function ofJoin(
  code: Code,
  join: Op & { readonly op: "join" },
  isData: (at: number, of: number) => boolean,
  edits: Edit[],
): void {
  for (const [at, part] of join.parts.entries()) {
    if (part.kind !== "hole" || part.numeric || part.literal || !isData(at, join.parts.length))
      continue;
    const span = code.absolute(part.span);
    const text = code.text(part.span);
    if (join.style === "template") wrap(code, code.op(part.value), edits);
    else if (text === "%s") edits.push({ ...span, newText: "%r" });
    else if (/^\{[\s\S]*[^=\s]\}$/.test(text) && (part.format ?? "") === "")
      edits.push({ start: span.end - 1, end: span.end - 1, newText: "!r" });
  }
}

function wrap(code: Code, op: Op, edits: Edit[]): void {
  const text = code.text(op.span);
  if (text === "" || /[\r\n]/.test(text)) return;
  const call = code.language === "python" ? "repr" : "JSON.stringify";
  edits.push({ ...code.absolute(op.span), newText: `${call}(${text})` });
}
