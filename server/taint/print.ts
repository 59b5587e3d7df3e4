/** A summary as readable text, for people who work on the engine. Spans become what `textOf` says of them. */
import type { Item, Literal, Span } from "../ir/ir.ts";
import { DEEDS, deedBit, FLOW_KINDS, kindBit, WEAK_GUARD } from "./kinds.ts";
import { SELF_LABEL } from "./labels.ts";
import type { Entry, Hit, Summary } from "./summary.ts";
import {
  type Alt,
  type ItemId,
  isEmpty,
  marksIn,
  type Proof,
  type Trail,
  type Value,
} from "./value.ts";

/** The code of a span of an item. */
export type TextOf = (item: ItemId, span: Span) => string;

const MOST_DEPTH = 3;

export function printSummary(item: Item, entry: Entry, summary: Summary, textOf: TextOf): string {
  const name = (label: string): string => labelText(item, label);
  const out: string[] = [`(${item.params.map((p) => p.name).join(", ")})`];
  if (summary.givenUp === true) out.push("  too large: nothing is known of it");
  if (entry.isEntryPoint)
    out.push(`  called by a framework${entry.takenGuessed ? ", guessed from a name" : ""}`);
  entry.params.forEach((given, i) => {
    if (given === undefined) return;
    const facts = [
      ...given.refs.map(refText),
      ...given.sources.map((source) => `source ${source.kind} (${source.text})`),
      ...(given.scalar ? ["no text"] : []),
    ];
    if (facts.length === 0) return;
    const guessed = given.guessed ? ", guessed from a name" : "";
    out.push(`  parameter ${item.params[i]?.name}: ${facts.join(", ")}${guessed}`);
  });
  out.push(`  returns ${valueText(summary.returns, name)}`);
  for (const [field, value] of summary.self.fields ?? [])
    out.push(`  sets ${field} of the object to ${valueText(value, name)}`);
  for (const hit of summary.hits) out.push(`  ${hitText(hit, name, textOf)}`);
  out.push(...proofLines("a true result proves", summary.whenTrue, name));
  out.push(...proofLines("a false result proves", summary.whenFalse, name));
  out.push(...proofLines("coming back at all proves", summary.always, name));
  for (const label of summary.checks)
    out.push(`  may refuse ${name(label)}, after a check of a path`);
  for (const { paths, sinks, site } of summary.observations) {
    const why = [...paths, ...sinks.map(({ kind }) => `sink ${kind}`)].join(", ");
    out.push(`  watched ${why} at ${textOf(site.item, site.span)}`);
  }
  for (const { target, value } of summary.stores)
    out.push(`  watched ${target} is set to ${valueText(value, name)}`);
  for (const deed of DEEDS) if (summary.deeds & deedBit(deed)) out.push(`  does: ${deed}`);
  for (const callee of summary.calls) out.push(`  calls ${callee}`);
  return `${out.join("\n")}\n`;
}

function hitText(hit: Hit, name: (label: string) => string, textOf: TextOf): string {
  const from = originText(hit, name);
  const notes = notesText(hit.cleared, hit.marks, hit.derive);
  const steps = `${hit.trail.length} step${hit.trail.length === 1 ? "" : "s"}`;
  const where = `${hit.site.item}: ${textOf(hit.site.item, hit.site.span)}`;
  return `${from} -> sink ${hit.sink} (${hit.row.path})${notes}, ${steps}, in ${where}`;
}

function originText(
  { label, kind, trail }: Pick<Hit, "label" | "kind" | "trail">,
  name: (label: string) => string,
): string {
  if (!label.startsWith("source:")) return name(label);
  let source: Trail = trail;
  while (source.prev !== undefined) source = source.prev;
  return withFields(`source ${kind} (${source.text})`, label.slice(label.lastIndexOf("|") + 1));
}

function proofLines(
  lead: string,
  proof: Proof,
  name: (label: string) => string,
): readonly string[] {
  return [...proof].map(
    ([label, kinds]) => `  ${lead} ${name(label)}${notesText(kinds, 0, "same").replace(/^,/, "")}`,
  );
}

function valueText(value: Value, name: (label: string) => string, depth = 0): string {
  if (isEmpty(value) && value.scalar !== true) return "anything";
  const parts: string[] = [
    ...value.refs.map(refText),
    ...(value.alts ?? []).map((alt) => altText(alt, name)),
    ...value.taint.map((t) => {
      return `${originText(t, name)}${notesText(t.cleared, t.marks, t.derive)}`;
    }),
  ];
  if (value.scalar === true) parts.push("no text");
  if (value.guessed === true) parts.push("guessed from a name");
  if (value.fields !== undefined && value.fields.size > 0) {
    const fields =
      depth >= MOST_DEPTH
        ? "..."
        : [...value.fields]
            .map(([key, v]) => `${key}: ${valueText(v, name, depth + 1)}`)
            .join("; ");
    parts.push(`{ ${fields}${value.closed === true ? "" : "; ..."} }`);
  }
  return parts.join(" | ");
}

function altText(alt: Alt, name: (label: string) => string): string {
  if ("const" in alt) return literalText(alt.const);
  return alt.parts
    .map((part) => {
      if (part.text !== undefined) return JSON.stringify(part.text);
      return part.value === undefined ? "{?}" : `{${valueText(part.value, name, MOST_DEPTH)}}`;
    })
    .join(" + ");
}

function literalText(value: Literal): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function labelText(item: Item, label: string): string {
  const [kind, ...rest] = label.split(":");
  if (label.startsWith(SELF_LABEL)) return withFields("the object", label.slice(SELF_LABEL.length));
  const fields = rest.slice(1).join(":");
  if (kind === "param")
    return withFields(`parameter ${item.params[Number(rest[0])]?.name ?? rest[0]}`, fields);
  return kind === "free" ? withFields(`captured ${rest[0]}`, fields) : label;
}

function withFields(text: string, fields: string): string {
  return fields === "" ? text : `${text}.${fields}`;
}

/** What is said of a text beside the sinks, where it leads to something. */
const TOLD = ["piece", "no-climb", "no-climb-at-start", "in-folder", "beside-folder"] as const;

/** ", harmless for sql, path, marked unknown-call, a part of it" */
function notesText(cleared: number, marks: number, derive: string): string {
  const kinds = FLOW_KINDS.filter((kind) => (cleared & kindBit(kind)) !== 0);
  const isWeak = (cleared & WEAK_GUARD) !== 0;
  const seen = marksIn(marks);
  const all = kinds.length === FLOW_KINDS.length;
  const known = TOLD.filter((kind) => (cleared & kindBit(kind)) !== 0);
  return [
    kinds.length === 0 ? "" : `, harmless for ${all ? "every sink" : kinds.join(", ")}`,
    known.length === 0 || all ? "" : `, ${known.join(", ")}`,
    isWeak && !all ? ", checked in some way" : "",
    seen.length === 0 ? "" : `, marked ${seen.join(", ")}`,
    derive === "same" ? "" : `, ${derive} of it`,
  ].join("");
}

/** Refs without what only the engine needs: "lib:express()" is written "express()". */
function refText(ref: string): string {
  return ref.startsWith("lib:") ? ref.slice(4) : ref;
}
