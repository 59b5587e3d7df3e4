/** Applies one rule to what is known of a file. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import { fileOf, type PlacedItem, type Program } from "../project/program.ts";
import { isTest } from "../rule/place.ts";
import { type Context, leadsTo, type Match, type Rule, readsFile } from "../rule/rule.ts";
import { kindBit } from "../taint/kinds.ts";
import type { Hit, Observation } from "../taint/summary.ts";
import { CHECKED, EASING, FACTS, type ItemId, markBit } from "../taint/value.ts";
import { allCalls } from "./all-calls.ts";
import type { Confidence, Severity } from "./api.ts";
import type { FindingsInput } from "./input.ts";
import { concerned } from "./watched.ts";

/** With so many approximations on its way a flow is shown with the strict profile only. */
const MOST_MARKS = 3;
const PUT_IN = markBit("put-in");
/** Each alone says that it may be another field that is meant. */
const OTHER_FIELD = PUT_IN | markBit("any-attribute");
/** From little to much. */
export const CONFIDENCES: readonly Confidence[] = ["low", "medium", "high"];
export const SEVERITIES: readonly Severity[] = ["info", "low", "medium", "high", "critical"];

export interface Raw {
  readonly rule: Rule;
  readonly match: Match;
  /** All ways to this sink, best first: the first is the match's. */
  readonly hits: readonly Hit[];
  /** The data comes from parameters of functions that nobody is known to call. */
  readonly isUnknown: boolean;
}

export function matchesOf(rule: Rule, input: FindingsInput, context: Context): Raw[] {
  const { file, contributions } = input;
  const out: Raw[] = [];
  const add = (matches: Match | readonly Match[] | undefined): void => {
    if (matches === undefined) return;
    for (const match of Array.isArray(matches) ? (matches as readonly Match[]) : [matches as Match])
      if (fileOf(match.item) === file) out.push({ rule, match, hits: [], isUnknown: false });
  };
  const own = contributions.get(file);
  if (rule.flow !== undefined) out.push(...flowsOf(rule, rule.flow, input, context));
  if (rule.calls !== undefined) {
    for (const o of concerned(own?.observations ?? [], rule.calls))
      add(rule.calls.check(o, context));
  }
  if (rule.stores !== undefined) {
    for (const s of own?.stores ?? [])
      if (
        s.sinks.some((x) => rule.stores?.sinks?.includes(x.kind)) ||
        rule.stores.watch?.some(
          (w) => w === s.target || (w.endsWith(".*=") && s.target.startsWith(w.slice(0, -2))),
        )
      )
        add(rule.stores.check(s, context));
  }
  if (rule.items !== undefined) {
    const byItem = new Map<ItemId, Observation[]>();
    for (const o of concerned(own?.observations ?? [], rule.items))
      byItem.set(o.site.item, [...(byItem.get(o.site.item) ?? []), o]);
    if (rule.items.every === true)
      for (const { id } of input.program.file(file)?.items ?? [])
        if (!byItem.has(id)) byItem.set(id, []);
    for (const [item, calls] of byItem) {
      const code = context.code(item);
      if (code !== undefined)
        add(
          rule.items.check(
            calls.sort((a, b) => a.site.span.start - b.site.span.start),
            code,
            context,
          ),
        );
    }
  }
  const { project } = rule;
  if (project !== undefined) {
    const calls = concerned(own?.observations ?? [], project);
    if (calls.length > 0 || project.may?.test(input.text) === true)
      add(project.check(calls, context, allCalls(project, input)));
  }
  if (rule.manifest !== undefined && input.manifest !== undefined && readsFile(rule.manifest, file))
    add(rule.manifest.check(input.manifest));
  if (rule.text?.may.test(input.text) === true)
    for (const match of rule.text.check(input)) {
      const item = innermost(input.program, file, match.span);
      add(item === undefined ? match : { ...match, item: item.id });
    }
  if (rule.code?.may.test(input.text) === true)
    for (const { id } of input.program.file(file)?.items ?? []) {
      const code = context.code(id);
      if (code !== undefined) add(rule.code.check(code, context));
    }
  return out;
}

/** The function, or module, that a place of a file stands in. */
export function innermost(program: Program, file: FileId, span: Span): PlacedItem | undefined {
  let best: PlacedItem | undefined;
  for (const item of program.file(file)?.items ?? [])
    if (item.source.start <= span.start && span.end <= item.source.end)
      if (best === undefined || item.source.start >= best.source.start) best = item;
  return best;
}

function flowsOf(
  rule: Rule,
  spec: NonNullable<Rule["flow"]>,
  input: FindingsInput,
  context: Context,
): Raw[] {
  const { file, index } = input;
  const groups = new Map<string, { hit: Hit; unknown: boolean }[]>();
  const take = (hit: Hit, unknown: boolean): void => {
    if (!leadsTo(spec, hit.sink) || fileOf(hit.site.item) !== file) return;
    const only = hit.row.data?.rule;
    if (only !== undefined && only !== rule.id) return;
    const cleared = (hit.cleared & kindBit(hit.sink)) !== 0;
    if (spec.keep === undefined ? cleared : !spec.keep(hit, cleared)) return;
    const key = `${hit.site.item}:${hit.site.op}:${hit.arg}`;
    const one = { hit: withoutCheck(withoutPutIn(hit, context)), unknown };
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [one]);
    else list.push(one);
  };
  const from = new Set<string>(spec.from);
  for (const h of index.hits.get(file) ?? []) if (from.has(h.kind)) take(h, false);
  if (from.has("unknown"))
    for (const r of index.roots.get(file) ?? [])
      if (!index.called.has(r.item) && !isDeclaredNumber(input.program, r.item, r.hit.label))
        take(r.hit, true);
  const out: Raw[] = [];
  const inTest = isTest(file);
  for (const list of groups.values()) {
    list.sort(
      (a, b) =>
        Number(a.unknown) - Number(b.unknown) ||
        count(a.hit.marks) - count(b.hit.marks) ||
        a.hit.trail.length - b.hit.trail.length ||
        (a.hit.label < b.hit.label ? -1 : a.hit.label > b.hit.label ? 1 : 0) ||
        (a.hit.trail.key < b.hit.trail.key ? -1 : 1),
    );
    let first: { readonly match: Match; readonly unknown: boolean } | undefined;
    const hits: Hit[] = [];
    for (const { hit, unknown } of list) {
      // Beside a known source, what nobody is known to call says nothing new.
      if (first !== undefined && first.unknown !== unknown) break;
      const more = spec.accept === undefined ? {} : spec.accept(hit, context);
      if (more === undefined) continue;
      // The worst way is told first, then the one that is best known.
      const isWorse = first === undefined || weight(rule, more) > weight(rule, first.match);
      if (!isWorse) {
        hits.push(hit);
        continue;
      }
      hits.unshift(hit);
      const { site, argSpan: span } = hit;
      const isWeak = inTest && weight(rule, more) > SEVERITIES.indexOf("low");
      const confidence = lower(more.confidence ?? "high", certainty(hit, unknown));
      const isChecked = (hit.marks & CHECKED) !== 0;
      first = {
        match: {
          ...{ item: site.item, span, op: site.op, hit, ...more, confidence },
          // What only tests run, nobody attacks; but it may be copied.
          ...(isWeak || isChecked ? { severity: "low" } : {}),
        },
        unknown,
      };
    }
    if (first !== undefined) out.push({ rule, match: first.match, hits, isUnknown: first.unknown });
  }
  return out;
}
/** What a client sends may have any field: that the whole was put into an object is an approximation for a form only. */
function withoutPutIn(hit: Hit, context: Context): Hit {
  const isSure = (hit.marks & PUT_IN) !== 0 && context.source(hit.label)?.declared !== true;
  return isSure ? { ...hit, marks: hit.marks & ~PUT_IN } : hit;
}
/** That a path was checked says nothing of what else is done with the text. */
function withoutCheck(hit: Hit): Hit {
  const isOther = (hit.marks & CHECKED) !== 0 && hit.sink !== "path" && hit.sink !== "upload-path";
  return isOther ? { ...hit, marks: hit.marks & ~CHECKED } : hit;
}
/** A chain of guesses is little more than a guess, and so is a field that may be another one. */
function certainty({ marks }: Hit, isUnknown: boolean): Confidence {
  if (count(marks & ~EASING) >= MOST_MARKS || (marks & OTHER_FIELD) !== 0) return "low";
  return isUnknown || (marks & ~FACTS) !== 0 ? "medium" : "high";
}
function lower(a: Confidence, b: Confidence): Confidence {
  return CONFIDENCES.indexOf(a) < CONFIDENCES.indexOf(b) ? a : b;
}
function weight(rule: Rule, { severity }: Partial<Match>): number {
  return SEVERITIES.indexOf(severity ?? rule.severity);
}

/** A parameter declared as a number whose callers are unknown gets the benefit of its type. */
function isDeclaredNumber(program: Program, item: ItemId, label: string): boolean {
  const type = program.item(item)?.ir.params[Number(label.split(":")[1])]?.annotation;
  return (
    type?.kind === "name" && /^(number|boolean|bigint|int|float|bool)$/.test(type.path.join("."))
  );
}

function count(bits: number): number {
  let n = 0;
  for (let b = bits; b !== 0; b &= b - 1) n++;
  return n;
}
