/** Labels of taint: which source or which value of the caller it is, and the path of fields that leads to it from there. */
import { type ItemId, MAX_DEPTH } from "./value.ts";

/** Labels of values only the caller knows begin with one of these; "call:ID:FIELDS" is the result of a deferred call. */
export function isSymbolic(label: string): boolean {
  return label.startsWith("param:") || label.startsWith("free:") || label.startsWith("call:");
}

/** The label of `self` / `this` in a method. */
export const SELF_LABEL = "param:-1:";
/** The label of `this` in a function inside a method. */
export const SELF_OUTSIDE = "free:this:";
/** Where the path begins; -1 in a label without one. */
function pathStart(label: string): number {
  if (label.startsWith("param:")) return label.indexOf(":", 6);
  if (label.startsWith("free:") || label.startsWith("call:")) return label.indexOf(":", 5);
  return label.startsWith("source:") ? label.lastIndexOf("|") : -1;
}

/** "param:0:query" + "id" = "param:0:query.id", to depth 3; "source:...|" likewise. Labels without a path stay as they are. */
export function extend(label: string, key: string): string {
  let steps = extended.get(label);
  if (steps === undefined) {
    if (extended.size > MAX_KNOWN) extended.clear();
    steps = new Map();
    extended.set(label, steps);
  }
  let out = steps.get(key);
  if (out === undefined) {
    out = makeLonger(label, key);
    steps.set(key, out);
  }
  return out;
}
const extended = new Map<string, Map<string, string>>();
function makeLonger(label: string, key: string): string {
  const cut = pathStart(label);
  if (cut < 0) return label;
  const path = label.slice(cut + 1);
  const steps = path === "" ? 0 : path.split(".").length;
  if (steps >= MAX_DEPTH) return label;
  return `${label}${path === "" ? "" : "."}${stepName(key)}`;
}

/** The path of a symbolic label: "param:0:a.b" -> ["a", "b"]. */
export function stepsOf(label: string): readonly string[] {
  const path = label.slice(pathStart(label) + 1);
  return path === "" ? [] : path.split(".");
}
/** A key as it stands in the path of a label. */
export function stepName(key: string): string {
  return key.replaceAll(/[.|]/g, "_");
}

/** The label of what holds it, one step up; undefined at the top. */
export function parentLabel(label: string): string | undefined {
  const known = parents.get(label);
  if (known !== undefined) return known === "" ? undefined : known;
  const parent = findParent(label);
  if (parents.size > MAX_KNOWN) parents.clear();
  parents.set(label, parent ?? "");
  return parent;
}
/** Looked up far more often than there are labels. */
const parents = new Map<string, string>();
const MAX_KNOWN = 100_000;
function findParent(label: string): string | undefined {
  const cut = pathStart(label);
  if (cut < 0 || cut === label.length - 1) return undefined;
  const dot = label.lastIndexOf(".");
  return dot > cut ? label.slice(0, dot) : label.slice(0, cut + 1);
}

/** The kind of what is read from a variable that functions write into; it is what was stored there. */
export const PLACE = "place";
/** The variable that the label of such data names, as the label of the whole, and the steps from there. */
export function placeIn(label: string): {
  readonly place: string;
  readonly steps: readonly string[];
} {
  return { place: label.slice(0, label.lastIndexOf("|") + 1), steps: stepsOf(label) };
}

/** Labels name where data enters by its access path, so that a check of `req.query.id` holds for the next `req.query.id`. */
export function sourceLabel(item: ItemId, path: string, kind: string): string {
  return `source:${item}|${path}|${kind}|`;
}
