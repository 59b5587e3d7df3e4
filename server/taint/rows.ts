/** What the rows of a model say about a call: what passes through, and what is proved. */
import type { Op } from "../ir/ir.ts";
import { argument, type Call, specified } from "./arguments.ts";
import { ofConstants, textOf } from "./constants.ts";
import { given, stored } from "./container-rows.ts";
import { type ArgSpec, clearedBy, type GuardRow, type PassRow } from "./knowledge.ts";
import { orNothing, update } from "./members.ts";
import { isForeign, prove } from "./operators.ts";
import {
  type Alt,
  concat,
  constants,
  join,
  joinTaint,
  mapTaint,
  meet,
  onlyConst,
  type Proof,
  readField,
  spread,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

/** A constant pattern of one negated class of letters, digits and a few harmless signs, with all others replaced. */
function removesAllBut(pattern: Value | undefined): boolean {
  const all = constants(pattern);
  return (
    all?.every((c) => {
      if (typeof c !== "string") return false;
      const js = /^\/([\s\S]*)\/([a-z]*)$/.exec(c);
      if (js !== null && !(js[2] ?? "").includes("g")) return false;
      const kept = /^\[\^([^\]]*)\][+*]?$/.exec(js?.[1] ?? c)?.[1];
      return kept !== undefined && /^(?:\\[wd.\-_ ]|a-z|A-Z|0-9|[A-Za-z0-9_. -])*$/.test(kept);
    }) === true
  );
}

/** "/" or "\\", alone or as a pattern of one or more of them. */
function isSeparators(value: Value | undefined): boolean {
  return (
    constants(value)?.every(
      (c) => typeof c === "string" && /^(?:[\\/]|\/(?:\\[\\/]|\[[\\/]+\])\+?\/g)$/.test(c),
    ) === true
  );
}

/** What the row asks of an argument is so. */
export function applies(call: Call, row: PassRow): boolean {
  if (row.needs === undefined) return true;
  const value = argument(call, row.needs.arg)?.value;
  if (row.needs.is === "negated-class") return removesAllBut(value);
  if (row.needs.is === "separators")
    return isSeparators(value) && isSeparators(call.args[1]?.value);
  const separator = onlyConst(value)?.value;
  return call.args.length === 1 && (separator === "." || separator === "/");
}

/** Whichever element it is that is true: what all of them prove. */
function someProof(list: Value | undefined): Proof | undefined {
  let out: Proof | undefined;
  for (const element of list?.fields?.values() ?? []) {
    const proof = element.whenTrue ?? new Map();
    out = out === undefined ? proof : meet(out, proof);
  }
  return out;
}

/** The known text at the end of an argument. */
export function endsLike(call: Call, spec: ArgSpec, pattern: string): boolean {
  return (argument(call, spec)?.value.alts ?? []).some((alt) => {
    if ("const" in alt) return typeof alt.const === "string" && new RegExp(pattern).test(alt.const);
    const hole = alt.parts.findLastIndex((p) => p.text === undefined);
    return new RegExp(pattern).test(
      alt.parts
        .slice(hole + 1)
        .map((p) => p.text)
        .join(""),
    );
  });
}

export function pass(call: Call, row: PassRow, base: Value): Value {
  const { run, op } = call;
  const from = specified(call, row.from);
  const mask = clearedBy(row.clears);
  const kept = ~clearedBy(row.restores);
  if (row.to === "recv" || typeof row.to === "number") {
    const target = row.to === "recv" ? call.receiverOp : argument(call, row.to)?.op;
    if (target !== undefined && target >= 0) {
      update(run, target, call.state, (old) => stored(call, row, old, from));
    }
    return UNKNOWN;
  }
  const shaped = row.gives === undefined ? undefined : given(call, row, from);
  if (shaped !== undefined)
    return {
      ...mapTaint(shaped, (t) => ({ ...t, cleared: (t.cleared & kept) | mask })),
      refs: base.refs.length > 0 ? base.refs : shaped.refs,
    };
  if (row.scalar) {
    if (row.length) {
      const texts = constants(from[0]?.value);
      if (texts?.every((t) => typeof t === "string"))
        return ofConstants(texts.map((t) => (t as string).length));
    }
    const out: Value = { ...withTaint(base, []), scalar: true };
    const proof = row.someElement ? someProof(from[0]?.value) : undefined;
    return proof?.size ? { ...out, whenTrue: proof } : out;
  }
  const converter = row.converter === undefined ? undefined : argument(call, row.converter)?.value;
  if (converter?.refs.some((r) => r.startsWith("lib:") && run.facts.knowledge.isScalar(r.slice(4))))
    return { ...withTaint(base, []), scalar: true };
  if (row.field !== undefined) {
    const key = onlyConst(argument(call, row.field)?.value);
    let value: Value | undefined;
    for (const a of from)
      value = join(value, readField(a.value, key === undefined ? "*" : String(key.value)));
    const fallback = row.otherwise === undefined ? undefined : argument(call, row.otherwise);
    if (fallback !== undefined) value = join(value, fallback.value);
    else if (key === undefined && value !== undefined) value = orNothing(value);
    return value === undefined
      ? base
      : {
          ...withTaint(value, joinTaint(base.taint, value.taint)),
          refs: [...new Set([...base.refs, ...value.refs])].sort(),
        };
  }
  if (row.numbered) {
    let element: Value | undefined;
    for (const a of from) element = join(element, readField(a.value, "*"));
    const pair: Value = {
      refs: [],
      taint: [],
      fields: new Map([
        ["0", { refs: [], taint: [], scalar: true }],
        ["1", element ?? UNKNOWN],
      ]),
      closed: true,
    };
    return { refs: [], taint: [], fields: new Map([["*", pair]]) };
  }
  if (row.concat) {
    const text = concat(
      from.map((a) => ({
        value: a.value,
        span: (run.item.ops[a.op] as Op | undefined)?.span ?? op.span,
      })),
      run.id,
    );
    return {
      ...text,
      refs: base.refs,
      taint: text.taint.map((t) => ({ ...t, cleared: t.cleared | mask })),
    };
  }
  let taint: readonly Taint[] = base.taint;
  for (const a of from) taint = joinTaint(taint, spread(a.value));
  const derive = row.derive ?? (row.same ? "same" : undefined);
  const moved = taint.map((t) => ({
    ...t,
    cleared: (t.cleared & kept) | mask,
    derive:
      derive === undefined
        ? t.derive === "same"
          ? ("same" as const)
          : t.derive
        : derive === "same"
          ? t.derive
          : derive === "host" && t.derive === "part"
            ? ("part" as const)
            : derive,
  }));
  const first = from[0]?.value;
  if (row.same && first !== undefined) {
    const refs = base.refs.length > 0 ? base.refs : first.refs;
    if (first.alts === undefined || row.text === undefined)
      return { ...withTaint(first, moved), refs };
    const { alts: _alts, ...same } = withTaint(first, moved);
    const given = row.from[0] === "recv" && call.args.length > 0;
    const alts = given ? undefined : textOf(first.alts, row.text);
    return { ...same, refs, ...(alts === undefined ? {} : { alts }) };
  }
  return withTaint(base, moved);
}

export function guard(call: Call, row: GuardRow): Proof | undefined {
  const subject = argument(call, row.subject);
  if (subject === undefined) return undefined;
  if (row.needs !== undefined) {
    const other = argument(call, row.needs.arg)?.value;
    if (other === undefined) return undefined;
    if (isForeign(other)) return undefined;
    if (row.needs.is !== "untainted") {
      const all = constants(other) ?? constantElements(other);
      if (all === undefined && row.needs.is === "domain" && other.alts?.every(beginsWithDot))
        return prove(subject.value, clearedBy(row.clears));
      if (all === undefined) return undefined;
      const fits = CONSTANT_TESTS[row.needs.is];
      if (fits !== undefined && !all.every((c) => typeof c === "string" && fits(c)))
        return prove(subject.value, 0);
      if (
        row.needs.is === "anchored" &&
        all.some((c) => typeof c === "string" && letsDotsThrough(c))
      )
        return prove(
          subject.value,
          clearedBy(row.clears) & ~clearedBy(["path", "upload-path", "piece"]),
        );
    }
  }
  return prove(subject.value, clearedBy(row.clears));
}

/** `text.startswith(("a", "b"))`. */
function constantElements(value: Value): readonly unknown[] | undefined {
  if (value.closed !== true || value.fields === undefined || value.fields.size === 0)
    return undefined;
  const all = [...value.fields.values()].map(constants);
  return all.every((c) => c !== undefined) ? all.flat() : undefined;
}

/** `"." + host`, of the program's own host. */
function beginsWithDot(alt: Alt): boolean {
  return "parts" in alt && alt.parts.length > 1 && alt.parts[0]?.text === ".";
}

const CONSTANT_TESTS: Readonly<Record<string, (text: string) => boolean>> = {
  anchored: isAnchored,
  origin: (text) => /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\@]+\//i.test(text),
  domain: (text) => /^\.[^./]/.test(text),
};

/** One character out of several. */
const CLASS = /\[(?:\\.|[^\]\\])*\]/g;
/** What must follow, or must not, and takes no text by itself. */
const LOOK = /\(\?<?[!=](?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\])*\)/g;

/** `^...$` without a wildcard that lets anything through. JavaScript literals are written "/.../flags". */
function isAnchored(pattern: string): boolean {
  const js = /^\/([\s\S]*)\/([a-z]*)$/.exec(pattern);
  if (js?.[2]?.includes("m")) return false;
  const source = (js?.[1] ?? pattern).replace(LOOK, "");
  const outline = source.replace(CLASS, "x");
  return (
    /^(\^|\\A)/.test(outline) &&
    /(\$|\\Z|\\z)$/.test(outline) &&
    !/(^|[^\\])\.[*+]/.test(outline) &&
    !/\[\^/.test(source) &&
    !hasOpenAlternative(outline)
  );
}

/** `^a|b$` is anchored at one end of each only. */
function hasOpenAlternative(outline: string): boolean {
  let depth = 0;
  for (let i = 0; i < outline.length; i++) {
    const c = outline[i];
    if (c === "\\") i++;
    else if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === "|" && depth === 0) return true;
  }
  return false;
}

/** The pattern lets "../" through: `^[\w./-]+$` says nothing of where a path leads. */
function letsDotsThrough(pattern: string): boolean {
  if (pattern.match(LOOK)?.some((look) => look.includes("\\."))) return false;
  return (
    pattern.match(CLASS)?.some((c) => !c.startsWith("[^") && c.includes(".") && c.includes("/")) ===
    true
  );
}
