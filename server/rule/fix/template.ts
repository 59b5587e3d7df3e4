/** Fixes for templates: what stands in the template's text becomes a variable of the template. */
import { onlyStore } from "../given.ts";
import { comesStraight } from "../html.ts";
import { htmlPlace } from "../html-place.ts";
import type { Code, Edit, Fix, Match, Op } from "../rule.ts";

const TITLE = "Hand the values over as variables";

export function templateFixes(match: Match, code: Code): readonly Fix[] {
  const refuse = (why: string): readonly Fix[] => [
    {
      title: TITLE,
      grade: "manual",
      edits: [],
      reason: `Write {{ name }} in a constant template and pass name when it is rendered. No edit is offered: ${why}.`,
    },
  ];
  const { hit } = match;
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || call?.op !== "call") return refuse("the call cannot be seen");
  // Only here is the template rendered by the call that is given its text.
  if (hit.row.data?.api !== "render_template_string")
    return refuse("the template is rendered in another place");
  const text = joined(code, hit.arg);
  if (text === undefined) return refuse("the template is not one f-string in this function");
  const whole = code.absolute(text.span);
  const source = code.fileText.slice(whole.start, whole.end);
  const prefix = /^[fF](?=["'])/.exec(source);
  if (prefix === null || /\{\{|\}\}|\{%/.test(source))
    return refuse("the text has braces or a prefix of its own");
  const edits: Edit[] = [{ start: whole.start, end: whole.start + 1, newText: "" }];
  let before = "";
  // A page is escaped: where a text stands it looks the same, in a script or an address it does not.
  let isSame = hit.marks === 0 && comesStraight(hit);
  const given = new Map<string, string>();
  for (const part of text.parts) {
    if (part.kind === "text") {
      before += part.text;
      continue;
    }
    isSame &&= htmlPlace(before) !== "other";
    before += "x";
    const value = code.text(code.op(part.value).span);
    if (part.format !== undefined || /[\r\n]/.test(value))
      return refuse("a value has a format of its own");
    const name = nameFor(value);
    if (given.has(name) && given.get(name) !== value)
      return refuse("two values would have one name");
    if (call.args.some((a) => a.name === name)) return refuse("two values would have one name");
    given.set(name, value);
    edits.push({ ...code.absolute(part.span), newText: `{{ ${name} }}` });
  }
  const last = call.args[call.args.length - 1];
  if (last === undefined || given.size === 0) return refuse("no value can be seen");
  const at = code.absolute(last.span).end;
  const more = [...given].map(([name, value]) => `, ${name}=${value}`).join("");
  edits.push({ start: at, end: at, newText: more });
  const grade = isSame ? "safe" : "suggested";
  return [{ title: TITLE, grade, edits: [{ file: code.file, edits }] }];
}

function joined(code: Code, id: number): (Op & { readonly op: "join" }) | undefined {
  const op = code.op(id);
  if (op.op === "join") return op;
  if (op.op !== "load") return undefined;
  const value = onlyStore(code, code.ir.slots[op.slot] as string);
  const made = value === undefined ? undefined : code.op(value);
  return made?.op === "join" ? made : undefined;
}

/** The last word of the expression: `request.args["name"]` is `name`. */
function nameFor(expression: string): string {
  return /([A-Za-z_]\w*)["'\])\s]*(?:,[^,()]*\))?$/.exec(expression)?.[1] ?? "value";
}
