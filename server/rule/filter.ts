/** Where in a filter of a document store data stands, and whether it can be an object there. */
import type { Context, Hit, Value } from "./rule.ts";
import { spread } from "./rule.ts";

/** Operators whose operands are compared as they are. */
const COMPARES =
  /^\$(?:eq|ne|gt|gte|lt|lte|in|nin|all|size|type|mod|regex|options|text|search|set|unset|inc|push|limit|skip|sort)$/;

/** "whole": the data is the filter; "value": it stands for a value in it; "where": in code; undefined: where no operator counts. */
export function placeOf(hit: Hit): "whole" | "value" | "where" | undefined {
  return within(hit.value, hit.label, 0);
}
function within(
  value: Value,
  label: string,
  depth: number,
): "whole" | "value" | "where" | undefined {
  let out: "whole" | "value" | "where" | undefined;
  for (const [key, field] of value.fields ?? []) {
    if (!spread(field).some((t) => t.label === label || t.label.startsWith(label))) continue;
    if (key === "$where" || key === "$function") return "where";
    if (COMPARES.test(key)) continue;
    const inside = within(field, label, depth + 1);
    if (inside === "where") return inside;
    if (inside !== undefined) out = depth === 0 && inside === "whole" ? "value" : inside;
  }
  if (out !== undefined) return out;
  if (value.fields !== undefined && !value.taint.some((t) => t.label === label)) return undefined;
  if (isText(value)) return undefined;
  return depth === 0 ? "whole" : "value";
}
/** Put together from pieces: a text, whatever was put in. */
function isText(value: Value): boolean {
  return value.alts?.some((alt) => "parts" in alt) === true;
}

/** What the source gives: parsed JSON can hold objects, headers and parts of a path cannot. */
export function sourceShape(hit: Hit, context: Context): "object" | "text" | "maybe" {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  const code = context.code(source.item);
  const path = hit.label.split("|")[1] ?? "";
  const param = code?.ir.params.find(
    (p) => p.span.start === source.span.start && p.span.end === source.span.end,
  );
  if (param !== undefined) {
    const { annotation } = param;
    if (annotation === undefined) return code?.language === "python" ? "text" : "maybe";
    const name = annotation.kind === "name" ? annotation.path[annotation.path.length - 1] : "";
    return /^(?:dict|Dict|Any|Mapping|any|object|Record)$/.test(name ?? "") ? "object" : "text";
  }
  if (/(?:json|get_json)(?:\(\))?$|\bbody$|\bdata$|\bpayload$/i.test(path)) return "object";
  if (/\bquery$|\bsearchParams$|\bGET$/.test(path)) {
    if (code?.language === "python" || !path.startsWith("express.")) return "text";
    // Version 5 reads `?a[b]=c` as a text, unless it is told to.
    const range = context.requirement("express");
    return range !== undefined && /^[\^~]?[5-9]/.test(range) ? "text" : "object";
  }
  return "text";
}

/** The data is the object itself, or is spread into one: its sender names the fields. */
export function isWhole(hit: Hit): boolean {
  return hit.value.taint.some((t) => t.label === hit.label);
}

/** What the source gives has fields that its sender names: a body, a form, parameters as a whole. */
export function sourceFields(hit: Hit, context: Context): boolean {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  const code = context.code(source.item);
  const [, path = "", , field = ""] = hit.label.split("|");
  const param = code?.ir.params.find(
    (p) => p.span.start === source.span.start && p.span.end === source.span.end,
  );
  if (param !== undefined) {
    const { annotation } = param;
    const name = annotation?.kind === "name" ? annotation.path[annotation.path.length - 1] : "";
    return /^(?:dict|Dict|Mapping|any|object|Record|FormData)$/.test(name ?? "");
  }
  if (/(?:json|get_json)(?:\(\))?$|\bbody$|\bdata$/.test(path)) return true;
  return field === "" && /\b(?:query|form|POST|GET|args|values)$/.test(path);
}
