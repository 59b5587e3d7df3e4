/** Whether a text that goes out is read as HTML, and what can be done about the data in it. Item coordinates. */
import { importEdit, importedAs } from "./fix/imports.ts";
import { holesOf } from "./fix/quote.ts";
import { onlyStore } from "./given.ts";
import { htmlPlace } from "./html-place.ts";
import type { Code, Context, Edit, Fix, Hit, Match, Value, ValueId } from "./rule.ts";
import { surroundings } from "./surroundings.ts";
import { usesOf } from "./uses.ts";

/** The answer's text: of `text, 400` the first. */
export function bodyOf(hit: Hit): Value {
  return hit.value.alts === undefined ? (hit.value.fields?.get("0") ?? hit.value) : hit.value;
}
/** Known text has a tag in it. */
export function hasMarkup(value: Value): boolean {
  return texts(value).some((text) => /<[a-z!/]/i.test(text));
}
/** It is put together from pieces, so it is a text and no object. */
export function isText(value: Value): boolean {
  return value.alts?.some((alt) => "parts" in alt) === true;
}
function texts(value: Value): readonly string[] {
  return (value.alts ?? []).flatMap((alt) =>
    "const" in alt ? [] : alt.parts.flatMap((p) => (p.text === undefined ? [] : [p.text])),
  );
}

/** The data is sent as it came, and what came is a text: a parameter of the address, a header, not a parsed body. */
export function isSourceText(hit: Hit, context: Context): boolean {
  const value = bodyOf(hit);
  if (isOfText(context.code(hit.site.item), hit.arg)) return true;
  if (value.alts !== undefined || value.fields !== undefined) return false;
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  const text = context.code(source.item)?.text(source.span) ?? "";
  if (/json|body|data|message|stream/i.test(text)) return false;
  // What another call made of it may be anything.
  const path = hit.label.split("|")[1] ?? "";
  return value.refs.length === 0
    ? hit.trail.length <= 2 && !/\(\)$/.test(path)
    : value.refs.some((ref) => ref.startsWith(`lib:${path}`));
}

/** The result of a method that only texts have, or that gives nothing else. */
function isOfText(code: Code | undefined, id: ValueId): boolean {
  const op = id < 0 ? undefined : code?.op(id);
  if (code === undefined || op === undefined) return false;
  if (op.op === "load") {
    const made = onlyStore(code, code.ir.slots[op.slot] as string);
    return made !== undefined && code.op(made).op === "call" && isOfText(code, made);
  }
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  return (
    callee?.op === "member" &&
    /^(?:replace|replaceAll|strip|trim|lower|upper|title|capitalize|toLowerCase|toUpperCase|format)$/.test(
      callee.name,
    )
  );
}

/** The page has stored it itself: to change it takes another hole. */
export function isOwnStore(hit: Hit): boolean {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  return source.text.includes("the page has stored");
}

const TYPE = /^(?:text|application|image|audio|video|font)\/[\w.+*-]+/i;
const SHORT = /^(?:html?|json|text|txt|xml|css|js|csv|svg|png|pdf)$/i;

/** What the function says its answer is: HTML, something else, or nothing. */
export function contentType(code: Code): "html" | "other" | undefined {
  let out: "html" | "other" | undefined;
  const look = (id: ValueId, short: boolean): void => {
    const op = code.op(id);
    if (op.op !== "const" || typeof op.value !== "string") return;
    if (!TYPE.test(op.value) && !(short && SHORT.test(op.value))) return;
    if (/html/i.test(op.value)) out = "html";
    else out ??= "other";
  };
  for (const op of code.ir.ops) {
    if (op.op === "call") {
      const callee = code.op(op.callee);
      const short = callee.op === "member" && /^(?:type|contentType)$/.test(callee.name);
      for (const a of op.args) look(a.value, short);
    } else if (op.op === "record") for (const e of op.entries) look(e.value, false);
    else if (op.op === "setIndex" || op.op === "setMember")
      look(op.value, op.op === "setMember" && op.name === "type");
  }
  return out;
}

/** The decorator of this function says that its result is HTML: `response_class=HTMLResponse`. */
export function isDeclaredHtml(code: Code): boolean {
  const around = code.parent === undefined ? undefined : code.other(code.parent);
  if (around === undefined) return false;
  const { start } = code.absolute({ start: 0, end: 0 });
  return around.ir.ops.some((op) => {
    if (op.op !== "call" || op.form !== "decorator" || op.args[0] === undefined) return false;
    const decorated = around.absolute(op.args[0].span);
    const maker = around.op(op.callee);
    return (
      decorated.start <= start &&
      start < decorated.end &&
      maker.op === "call" &&
      maker.args.some(
        (a) => a.name === "response_class" && /\bHTMLResponse$/.test(around.text(a.span)),
      )
    );
  });
}

/** The text goes to a browser as HTML, or is declared to be HTML that is safe. */
export function isHtmlAnswer(hit: Hit, code: Code, context: Context): boolean {
  const data = hit.row.data ?? {};
  if (data.sort === "marked") return !isOnlyRead(code, hit.site.op, String(data.plain ?? ""));
  if (data.sort !== "server") return false;
  const body = bodyOf(hit);
  const type = contentType(code);
  if (data.needs === true || data.as === "typed") return type === "html";
  if (type === "other") return false;
  if (data.answer === "declared" && !isDeclaredHtml(code)) return false;
  if (data.as === "markup") return hasMarkup(body);
  if (data.answer !== undefined || data.as === "text")
    return isText(body) || (hit.marks === 0 && isSourceText(hit, context));
  return true;
}

/** Nothing else is done with the result than to call these of its methods. */
function isOnlyRead(code: Code, result: ValueId, methods: string): boolean {
  if (methods === "") return false;
  const { names, whole } = usesOf(code, result);
  return !whole && names.length > 0 && names.every((name) => methods.split(" ").includes(name));
}

const ESCAPE = "Escape the values";

/** Each value that holds data is escaped where it is put into the text. */
export function escapeFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const refuse = (reason: string): readonly Fix[] => [
    { title: ESCAPE, grade: "manual", edits: [], reason },
  ];
  const python = code.language === "python";
  const advice = python
    ? "Put html.escape around each value, or render a template."
    : "Put an escaping function such as that of escape-html around each value, or render a template.";
  const { hit } = match;
  if (hit === undefined) return refuse(advice);
  const value = bodyOf(hit);
  const holes = holesOf(value.alts?.length === 1 ? value.alts[0] : undefined);
  if (holes === undefined || holes.some(({ part }) => part.item !== code.item))
    return refuse(`${advice} No edit is offered: the text is not put together here.`);
  const wanted = python
    ? importEdit(code, { module: "html", name: "escape" })
    : escaper(code, context);
  if (wanted === undefined)
    return refuse(`${advice} No edit is offered: the program has no such function yet.`);
  const edits: Edit[] = wanted.edit === undefined ? [] : [wanted.edit];
  for (const { part } of holes) {
    const text = code.text(part.span);
    if (text === "" || /[\r\n]/.test(text)) return refuse(advice);
    const { start, end } = code.absolute(part.span);
    edits.push({
      start,
      end,
      newText: `${wanted.local}(${python ? asText(text, part.value) : text})`,
    });
  }
  const grade = isShownTheSame(hit, code, wanted) ? "safe" : "suggested";
  return [{ title: ESCAPE, grade, edits: [{ file: code.file, edits }] }];
}

/** Names of what may be HTML that its sender wrote on purpose. */
const WRITTEN =
  /html|markup|markdown|content|body|article|snippet|code|preview|template|svg|xml|raw|rich|widget|embed/i;

/** Escaped, it looks the same in a browser: a text that came as it is and stands where the page shows a text. */
function isShownTheSame(hit: Hit, code: Code, { local }: { readonly local: string }): boolean {
  const value = bodyOf(hit);
  const [alt] = value.alts ?? [];
  const holes = holesOf(value.alts?.length === 1 ? alt : undefined);
  if (holes === undefined || alt === undefined || "const" in alt || hit.marks !== 0) return false;
  if (hit.row.data?.sort !== "server" || !comesStraight(hit)) return false;
  // What a model answers may well be HTML on purpose.
  if (hit.kind !== "remote" && hit.kind !== "upload-name") return false;
  // Those of other packages refuse what is no text, or make nothing of it.
  if (code.language === "javascript" && !isOfEscapeHtml(code, local)) return false;
  let before = "";
  for (const part of alt.parts) {
    const hole = holes.find((one) => one.part === part);
    if (hole !== undefined) {
      const { end } = code.absolute(hole.part.span);
      const text = code.text(hole.part.span);
      if (htmlPlace(before) === "other" || WRITTEN.test(text)) return false;
      // A conversion or a width of its own.
      if (/^\s*[:!]/.test(code.fileText.slice(end))) return false;
    }
    before += part.text ?? "x";
  }
  return true;
}
function isOfEscapeHtml(code: Code, local: string): boolean {
  return local === (importedAs(code, { module: "escape-html", name: "default" }) ?? "escapeHtml");
}
/** It is in this function that it comes from the request: no other one has made something of it. */
export function comesStraight(hit: Hit): boolean {
  for (let at: Hit["trail"] | undefined = hit.trail; at !== undefined; at = at.prev)
    if (at.item !== hit.site.item) return false;
  return true;
}

/** html.escape takes texts only. */
function asText(text: string, value: Value | undefined): string {
  return value?.alts === undefined && !/^str\(/.test(text) ? `str(${text})` : text;
}
function escaper(code: Code, context: Context): ReturnType<typeof importEdit> | undefined {
  for (const [module, name] of [
    ["escape-html", "default"],
    ["he", "encode"],
    ["lodash", "escape"],
  ] as const) {
    const isThere =
      importedAs(code, { module, name }) !== undefined || context.requirement(module) !== undefined;
    if (isThere)
      return importEdit(code, {
        module,
        name,
        ...(name === "default" ? { alias: "escapeHtml" } : {}),
      });
  }
  return undefined;
}

/** A cleaner of HTML around the whole text, where the program has one. */
export function sanitizeFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Sanitize the HTML with DOMPurify";
  const { hit } = match;
  const arg = hit === undefined || hit.arg < 0 ? undefined : htmlOf(code, hit.arg);
  const module = ["isomorphic-dompurify", "dompurify"].find(
    (name) =>
      importedAs(code, { module: name, name: "default" }) !== undefined ||
      context.requirement(name) !== undefined,
  );
  const manual = (reason: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason },
  ];
  if (module === undefined)
    return manual(
      "Install dompurify (isomorphic-dompurify where the server renders, too) and put DOMPurify.sanitize around the HTML. No edit is offered: the program does not have it yet.",
    );
  const text = arg === undefined ? "" : code.text(arg);
  if (arg === undefined || text === "" || /[\r\n]/.test(text))
    return manual(
      "Put DOMPurify.sanitize around the HTML. No edit is offered: it is not written in this place.",
    );
  const wanted = importEdit(code, { module, name: "default", alias: "DOMPurify" });
  const { start, end } = code.absolute(arg);
  const edits: Edit[] = [
    ...(wanted.edit === undefined ? [] : [wanted.edit]),
    { start, end, newText: `${wanted.local}.sanitize(${text})` },
  ];
  return [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
}
/** The value of `__html` where an options object is the argument. */
function htmlOf(code: Code, id: ValueId): { start: number; end: number } | undefined {
  const op = code.op(id);
  if (op.op !== "record")
    return op.op === "call" && code.text(op.span).startsWith("<") ? undefined : op.span;
  for (const key of ["dangerouslySetInnerHTML", "__html"]) {
    const entry = op.entries.findLast((e) => e.key === key);
    if (entry !== undefined)
      return key === "__html" ? code.op(entry.value).span : htmlOf(code, entry.value);
  }
  return undefined;
}

/** `written` is the value in the code: a text of the address with nothing of HTML around it, not even an entity: it looks the same. */
export function isPlainOfAddress(hit: Hit, written: string): boolean {
  const isOfAddress = /\|globalThis\.(?:location|document)\./.test(hit.label);
  const around = surroundings(hit);
  return (
    isOfAddress &&
    hit.marks === 0 &&
    comesStraight(hit) &&
    around.length > 0 &&
    around.every(({ before, after }) => !/[&<]/.test(before + after)) &&
    !/html|markup|markdown|content|body/i.test(written)
  );
}
