/** Why nothing is reported at a place: what looks at it, what arrives there, and what makes that harmless. */
import type { Span } from "../base/text.ts";
import type { Op } from "../ir/ir.ts";
import { absoluteSpan } from "../languages/items.ts";
import { fileOf, type PlacedItem } from "../project/program.ts";
import { leadsTo, type Rule } from "../rule/rule.ts";
import { inputsOf } from "../rule/slice.ts";
import { spread } from "../taint/fields.ts";
import { kindBit } from "../taint/kinds.ts";
import { isSymbolic } from "../taint/labels.ts";
import type { Inspection } from "../taint/solve.ts";
import type { Hit, Observation } from "../taint/summary.ts";
import { constants, type ItemId, type Proof, type Trail, type Value } from "../taint/value.ts";
import type { Place, Reason } from "./api.ts";
import type { FindingsInput } from "./input.ts";
import { innermost, SEVERITIES } from "./matches.ts";
import { concerns } from "./watched.ts";

export interface WhyInput
  extends Pick<FindingsInput, "file" | "text" | "ruleSet" | "program" | "index"> {
  /** Rules that would report this if nothing were proved of what arrives, the gravest first. */
  readonly would: readonly string[];
  /** A run over an item that is looked into; undefined for one that is too large. */
  readonly inspect: (item: ItemId) => Inspection | undefined;
  /** The code of a span of a file, as it may be shown. */
  readonly code: (place: Place) => string;
}

/** Of the calls on the line of `offset`; the one that the offset is in, if it is in one. */
export function whyNot(input: WhyInput, offset: number): readonly Reason[] {
  const { file, text, program } = input;
  const line = lineAt(text, offset);
  const item =
    innermost(program, file, line) ?? innermost(program, file, { start: offset, end: offset });
  if (item === undefined) return [];
  if (item.ir.hasError)
    return [reason("unparsed", "This function does not parse, so not all of it is looked at")];
  const inspection = input.inspect(item.id);
  if (inspection === undefined)
    return [reason("given-up", "This function is too large to be analysed")];
  const place = (span: Span): Place => ({ file, span: absoluteSpan(item.source, span) });
  const onLine = (span: Span): boolean => touches(place(span).span, line);
  const hits = hitsIn(input, item).filter(
    ({ site, argSpan }) => onLine(site.span) || onLine(argSpan),
  );
  const calls = nearest(
    inspection.observations.filter(({ site }) => onLine(site.span)),
    ({ site }) => place(site.span).span,
    offset,
  );
  const out: Reason[] = [];
  for (const call of calls) out.push(...ofCall(input, item, inspection, call, hits));
  const seen = new Set(calls.map(({ site }) => site.op));
  for (const hit of hits) if (!seen.has(hit.site.op)) out.push(...ofHit(input, hit));
  return mostTelling(unique(out));
}

/** From what says most to what says least; of those that say less than the best nobody wants to read. */
const TELLING: readonly Reason["kind"][] = [
  "safe",
  "fine",
  "constant",
  "unknown",
  "no-data",
  "watched",
];

function mostTelling(all: readonly Reason[]): readonly Reason[] {
  const rank = ({ kind }: Reason): number => TELLING.indexOf(kind);
  const best = Math.min(...all.map(rank));
  return all.filter((one) => rank(one) === best);
}

function reason(kind: Reason["kind"], text: string, more: Partial<Reason> = {}): Reason {
  return { kind, text, ...more };
}

/** The one to name of rules that look at the same: the one about the gravest. */
function lead({ would }: WhyInput, rules: readonly Rule[], kind = "remote"): string {
  const certain = would.find((id) => rules.some((rule) => rule.id === id));
  if (certain !== undefined) return certain;
  const about = rules.filter(({ flow }) => flow?.from.some((one) => one === kind));
  const grave = (rule: Rule): number => SEVERITIES.indexOf(rule.severity);
  return (
    [...(about.length > 0 ? about : rules)].sort((a, b) => grave(b) - grave(a))[0]?.id ?? "a rule"
  );
}

function unique(all: readonly Reason[]): readonly Reason[] {
  return [...new Map(all.map((one) => [`${one.kind}${one.rule ?? ""}${one.text}`, one])).values()];
}

/** Flows that end in an item, whoever begins them. */
function hitsIn({ index, file }: WhyInput, item: PlacedItem): readonly Hit[] {
  const all = [
    ...(index.hits.get(file) ?? []),
    ...(index.roots.get(file) ?? [])
      .filter((root) => !index.called.has(root.item))
      .map(({ hit }) => hit),
  ];
  return all.filter(({ site }) => site.item === item.id);
}

/** Those that hold the offset, the innermost first; all if none does. */
function nearest<T>(all: readonly T[], spanOf: (one: T) => Span, offset: number): readonly T[] {
  const around = all.filter((one) => spanOf(one).start <= offset && offset <= spanOf(one).end);
  const size = (one: T): number => spanOf(one).end - spanOf(one).start;
  if (around.length === 0) return all;
  return [...around].sort((a, b) => size(a) - size(b)).slice(0, 1);
}

function ofCall(
  input: WhyInput,
  item: PlacedItem,
  inspection: Inspection,
  call: Observation,
  hits: readonly Hit[],
): readonly Reason[] {
  const { rules } = input.ruleSet;
  const here = hits.filter(({ site }) => site.op === call.site.op);
  const kinds = new Set(call.sinks.map(({ kind }) => kind));
  const flows = rules.filter((rule) => [...kinds].some((kind) => leadsTo(rule.flow, kind)));
  const out = here.flatMap((hit) => ofHit(input, hit));
  if (flows.length > 0 && here.length === 0)
    out.push(quietCall(input, item, inspection, call, flows));
  const watching = rules.filter((rule) => rule.calls !== undefined && concerns(call, rule.calls));
  for (const rule of watching)
    if (!flows.includes(rule))
      out.push(
        reason("watched", `${rule.id} looks at how this call is made, and has nothing against it`, {
          rule: rule.id,
        }),
      );
  return out;
}

/** A call that a rule about data looks at, at which no data of others arrives. */
function quietCall(
  input: WhyInput,
  item: PlacedItem,
  { values }: Inspection,
  call: Observation,
  rules: readonly Rule[],
): Reason {
  const rule = lead(input, rules);
  const looks = `${rule} looks at this call`;
  const asked = askedFor(call, rules);
  const args = asked.filter(({ value }) => constants(value) === undefined);
  if (args.length === 0)
    return reason("constant", `${looks}. What it asks about is a constant here`, { rule });
  for (const { op } of args) {
    const scalar = madeScalar(item, values, op);
    if (scalar === undefined) continue;
    const place = placeOf(input, item.id, scalar.span);
    return reason(
      "safe",
      `${looks}. What arrives is a number or a truth value, so it cannot carry such text: ${input.code(place)} makes it one`,
      { rule, place },
    );
  }
  const isTainted = args.some(({ value }) => spread(value).length > 0);
  if (isTainted)
    return reason(
      "no-data",
      `${looks}. What arrives comes from callers, and of those that are known none passes data of others`,
      { rule },
    );
  return reason(
    "unknown",
    `${looks}. Where the value comes from is not known: no path from a source to it was found`,
    { rule },
  );
}

/** The arguments that the rules ask about. */
function askedFor({ args, sinks }: Observation, rules: readonly Rule[]): Observation["args"] {
  const specs = sinks
    .filter(({ kind }) => rules.some((rule) => leadsTo(rule.flow, kind)))
    .flatMap((row) => row.args);
  if (specs.includes("*")) return args;
  const names = new Set(specs.map((spec) => String(spec).split(".")[0]));
  return args.filter(({ name }, at) => names.has(name ?? String(at)));
}

/** The operation that turned data into a number, on the way to an argument. */
function madeScalar(item: PlacedItem, values: Inspection["values"], from: number): Op | undefined {
  const seen = new Set<number>();
  const todo = [from];
  for (let id = todo.shift(); id !== undefined; id = todo.shift()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const op = item.ir.ops[id];
    if (op === undefined) continue;
    const inputs = inputsOf(op);
    if (values[id]?.scalar === true && inputs.some((one) => isData(values[one]))) return op;
    todo.push(...inputs, ...storesOf(item, op));
  }
  return undefined;
}

function isData(value: Value | undefined): boolean {
  return value !== undefined && value.scalar !== true && spread(value).length > 0;
}

/** What is put into the variable that an operation reads. */
function storesOf({ ir }: PlacedItem, op: Op): readonly number[] {
  if (op.op !== "load") return [];
  return ir.ops.flatMap((one) => (one.op === "store" && one.slot === op.slot ? [one.value] : []));
}

function ofHit(input: WhyInput, hit: Hit): readonly Reason[] {
  const rules = input.ruleSet.rules.filter((rule) => leadsTo(rule.flow, hit.sink));
  if (rules.length === 0) return [];
  const rule = lead(input, rules, hit.kind);
  const from = first(hit.trail);
  const source = hit.label.startsWith("source:") ? from.text : undefined;
  if ((hit.cleared & kindBit(hit.sink)) !== 0) return [cleared(input, hit, rule, source)];
  const about = rules.some(({ flow }) => flow?.from.some((kind) => kind === hit.kind));
  if (source === undefined)
    return [
      reason(
        "unknown",
        `${rule} looks at this place. Its value comes from a parameter, and nobody is known to call that function with data of others`,
        { rule, place: placeOf(input, from.item, from.span) },
      ),
    ];
  if (!about)
    return [
      reason(
        "no-data",
        `${rule} looks at this place. What arrives (${source}) is not what it asks for`,
        {
          rule,
          place: placeOf(input, from.item, from.span),
        },
      ),
    ];
  return [
    reason("fine", `${rule} knows that this arrives (${source}), and has nothing against it here`, {
      rule,
      place: placeOf(input, from.item, from.span),
    }),
  ];
}

function cleared(input: WhyInput, hit: Hit, rule: string, source: string | undefined): Reason {
  const what = source === undefined ? "What arrives" : `What arrives (${source})`;
  const by = clearedBy(input, hit);
  if (by === undefined)
    return reason("safe", `${rule} looks at this place. ${what} is harmless for it`, { rule });
  const how = by.isGuard ? "was checked before" : "was made harmless before";
  return reason("safe", `${rule} looks at this place. ${what} ${how}: ${input.code(by.place)}`, {
    rule,
    place: by.place,
  });
}

interface Clearing {
  readonly place: Place;
  /** It asks, and does not change anything. */
  readonly isGuard: boolean;
}

/** What on the way of the data proves that it is harmless, nearest to the sink first. */
function clearedBy(input: WhyInput, hit: Hit): Clearing | undefined {
  const bit = kindBit(hit.sink);
  const items = [hit.site.item];
  for (let at: Trail | undefined = hit.trail; at !== undefined; at = at.prev)
    if (!items.includes(at.item)) items.push(at.item);
  for (const id of items) {
    const item = input.program.item(id);
    const values = input.inspect(id)?.values;
    if (item === undefined || values === undefined) continue;
    const labels = (label: string): boolean => label === hit.label || isSymbolic(label);
    const found = sanitizerIn(item, values, bit, labels) ?? guardIn(item, values, bit, labels, hit);
    if (found !== undefined)
      return { place: placeOf(input, id, found.op.span), isGuard: found.isGuard };
  }
  return undefined;
}

/** An operation whose result is proved to be harmless though what goes into it is not. */
function sanitizerIn(
  { ir }: PlacedItem,
  values: Inspection["values"],
  bit: number,
  isMeant: (label: string) => boolean,
): { readonly op: Op; readonly isGuard: boolean } | undefined {
  const has = (id: number, isCleared: boolean): ReadonlySet<string> =>
    new Set(
      spread(values[id] ?? { refs: [], taint: [] })
        .filter((t) => ((t.cleared & bit) !== 0) === isCleared && isMeant(t.label))
        .map(({ label }) => label),
    );
  for (const [id, op] of ir.ops.entries()) {
    // What is put together from a checked value is harmless by the check.
    if (op.op !== "call") continue;
    const done = has(id, true);
    if (done.size === 0) continue;
    if (inputsOf(op).some((one) => [...has(one, false)].some((label) => done.has(label))))
      return { op, isGuard: false };
  }
  return undefined;
}

/** A condition whose answer proves it. */
function guardIn(
  { ir, id: item }: PlacedItem,
  values: Inspection["values"],
  bit: number,
  isMeant: (label: string) => boolean,
  { site }: Hit,
): { readonly op: Op; readonly isGuard: boolean } | undefined {
  const proves = (proof: Proof | undefined): boolean =>
    [...(proof ?? [])].some(([label, kinds]) => (kinds & bit) !== 0 && isMeant(label));
  const all = ir.ops.filter((op, id) => {
    const value = values[id];
    if (value === undefined || op.op === "load" || op.op === "store") return false;
    return proves(value.whenTrue) || proves(value.whenFalse);
  });
  const before = site.item === item ? all.filter(({ span }) => span.start < site.span.start) : all;
  const op = before.at(-1) ?? all[0];
  return op === undefined ? undefined : { op, isGuard: true };
}

function first(trail: Trail): Trail {
  let at = trail;
  while (at.prev !== undefined) at = at.prev;
  return at;
}

function placeOf({ program, file }: WhyInput, id: ItemId, span: Span): Place {
  const item = program.item(id);
  return item === undefined
    ? { file, span }
    : { file: fileOf(id), span: absoluteSpan(item.source, span) };
}

function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The line that holds an offset, without space around it. */
export function lineAt(text: string, offset: number): Span {
  const at = Math.max(0, Math.min(offset, text.length));
  const start = Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1;
  const rest = /[\r\n]/.exec(text.slice(at));
  const end = rest === null ? text.length : at + rest.index;
  const line = text.slice(start, end);
  const indent = line.length - line.trimStart().length;
  return { start: start + indent, end: Math.max(start + indent, start + line.trimEnd().length) };
}
