/**
 * Inline suppression: `skeptic: ignore[rule-id] until 2027-03-01 -- reason` in a comment; the date may be left out. At the
 * end of a line it is about that line, alone on its line about the next line of code; and in both cases about the whole of
 * a statement that begins there, except statements and function bodies inside it. `skeptic: ignore-file[rule-id] -- reason`
 * is about the whole file, and counts only where nothing but comments stands before it.
 */
import type { FileId } from "../base/brand.ts";
import { isDay } from "../base/day.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { absoluteSpan, toItem } from "../languages/items.ts";
import type { PlacedItem, Program } from "../project/program.ts";
import { commentsOf } from "../rule/comments.ts";
import type { Rule } from "../rule/rule.ts";
import { end, type FlatTree, kind, start } from "../syntax/flat.ts";
import type { ItemId } from "../taint/value.ts";

export interface Directive {
  /** Absolute place of the comment. */
  readonly start: number;
  readonly end: number;
  /** What it is about: the lines below, or the file; "misplaced" is one for the file that stands behind code. */
  readonly scope: "lines" | "file" | "misplaced";
  /** First line (from 0) to which it applies, and the last. */
  readonly lines: readonly [number, number];
  /** Nothing else stands on its lines. */
  readonly alone: boolean;
  readonly rules: readonly string[];
  /** Absolute place of what stands between the brackets; empty without brackets. */
  readonly list: Span;
  /** The last day on which it holds, as it is written; undefined where no day is asked for. */
  readonly until: string | undefined;
  readonly reason: string;
}

const FORM =
  /skeptic:\s*ignore(-file)?\s*(?:\[([^\]]*)\])?\s*(?:until\b\s*(\S*?))?\s*(?:(?:--|[\u2013\u2014])\s*(.*?))?\s*(?:\*\/)?\s*$/is;

/** In any case, as the form is. */
const WORD = /skeptic:/i;

export function mayHaveDirectives(text: string): boolean {
  return WORD.test(text);
}

/** A day at the beginning or the end of a reason. */
const LATE_DAY = /^until\s+(\d{4}-\d\d-\d\d)\b[\s,;:.]*|[\s,;]*\buntil\s+(\d{4}-\d\d-\d\d)[\s.]*$/i;

/** What the comments of a file say, and where they stop being its first. */
export interface Commented {
  readonly directives: readonly Directive[];
  /** Where something begins that is neither a comment nor the `#!` line; the text's length if nothing does. */
  readonly head: number;
}

export function commentedIn(tree: FlatTree): Commented {
  const comments: Span[] = [];
  for (let n = 0; n < tree.count; n++)
    if (kind(tree, n) === "comment")
      comments.push(withoutReturn(tree.text, start(tree, n), end(tree, n)));
  const head = firstCodeIn(tree.text, comments);
  return { directives: directivesAmong(tree.text, comments, head), head };
}

/** Of a file that is no code. */
export function directivesOf(file: FileId, text: string): readonly Directive[] {
  if (!mayHaveDirectives(text)) return [];
  const comments = commentsOf(file, text);
  return directivesAmong(text, comments, firstCodeIn(text, comments));
}

/** `Commented.head` of a file that is no code. */
export function headOf(file: FileId, text: string): number {
  return firstCodeIn(text, commentsOf(file, text));
}

function directivesAmong(
  whole: string,
  comments: readonly Span[],
  head: number,
): readonly Directive[] {
  if (comments.length === 0) return [];
  let lines: Lines | undefined;
  const out: Directive[] = [];
  for (const { start: from, end: to } of comments) {
    const text = whole.slice(from, to);
    const match = FORM.exec(text);
    if (match === null) continue;
    lines ??= linesOf(whole, comments);
    const line = lines.of(from);
    const last = lines.of(to);
    const alone = lines.hasOnlyComments(line) && lines.hasOnlyComments(last);
    const [, file, list, day, words = ""] = match;
    const late = day === undefined ? LATE_DAY.exec(words) : null;
    const until = day ?? late?.[1] ?? late?.[2];
    const reason = late === null ? words : words.replace(late[0], "");
    const bracket = list === undefined ? from : from + text.indexOf("[", match.index) + 1;
    out.push({
      start: from,
      end: to,
      scope: file === undefined ? "lines" : from <= head ? "file" : "misplaced",
      lines: alone ? [line, lines.nextWithCode(last)] : [line, last],
      alone,
      rules: (list ?? "")
        .split(",")
        .map((r) => r.trim())
        .filter((r) => r !== ""),
      list: { start: bracket, end: bracket + (list ?? "").length },
      until,
      reason: wordsOf(reason),
    });
  }
  return out;
}

/** A reason that is a dash, a dot or nothing that can be seen is none. */
function wordsOf(reason: string): string {
  const seen = reason.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return /[\p{L}\p{N}]/u.test(seen) ? reason.trim() : "";
}

/** A grammar may count the first half of CR LF to a comment. */
function withoutReturn(text: string, from: number, to: number): Span {
  return { start: from, end: text[to - 1] === "\r" ? to - 1 : to };
}

interface Lines {
  of(offset: number): number;
  hasOnlyComments(line: number): boolean;
  /** The line after a comment, past further comment-only lines (several directives may stand on top of each other). */
  nextWithCode(line: number): number;
}

function linesOf(text: string, comments: readonly Span[]): Lines {
  const starts = lineStarts(text);
  const of = (offset: number): number => positionAt(starts, offset).line;
  const onLine = new Map<number, Span[]>();
  for (const c of comments)
    for (let l = of(c.start); l <= of(c.end); l++) onLine.set(l, [...(onLine.get(l) ?? []), c]);
  const hasOnlyComments = (line: number): boolean => {
    const here = onLine.get(line);
    if (here === undefined) return false;
    let rest = "";
    let at = starts[line] as number;
    const stop = starts[line + 1] ?? text.length;
    for (const c of here) {
      if (c.start > at) rest += text.slice(at, c.start);
      at = Math.max(at, c.end);
    }
    rest = (rest + text.slice(Math.min(at, stop), stop)).trim();
    // JSX wraps a comment among elements in braces.
    return rest === "" || rest.replace(/\s+/g, "") === "{}";
  };
  const nextWithCode = (line: number): number => {
    let l = line + 1;
    while (l < starts.length && hasOnlyComments(l)) l++;
    return l;
  };
  return { of, hasOnlyComments, nextWithCode };
}

function firstCodeIn(text: string, comments: readonly Span[]): number {
  let at = /^#!.*/.exec(text)?.[0].length ?? 0;
  for (const comment of comments) {
    if (comment.start > at && text.slice(at, comment.start).trim() !== "") break;
    at = Math.max(at, comment.end);
  }
  return at + (text.slice(at).length - text.slice(at).trimStart().length);
}

/** A directive that has a reason and a place where it counts, names only rules that exist, and a day that there is if it names one. */
export function isComplete(d: Directive, ids: ReadonlySet<string>): boolean {
  return (
    d.reason !== "" &&
    d.rules.every((r) => ids.has(r)) &&
    (d.scope === "lines" || (d.scope === "file" && d.rules.length > 0)) &&
    (d.until === undefined || isDay(d.until))
  );
}

/** The last day of a directive is over. Where today is not known, none is. */
export function isExpired({ until }: Directive, today: string | undefined): boolean {
  return until !== undefined && today !== undefined && isDay(until) && until < today;
}

export interface Suppressor {
  /** True if a directive accepts findings of the rule at this place of an item. The directive has then been of use. */
  accepts(rule: Rule, item: ItemId, span: Span): boolean;
  /** Rules a directive names that nothing was asked about where it applies, or would if it had a reason. */
  unused(d: Directive): readonly string[];
}

export function suppressor(
  program: Program,
  file: FileId,
  text: string,
  all: readonly Directive[],
  ids: ReadonlySet<string>,
  today: string | undefined,
): Suppressor {
  // Those that lack only a reason accept nothing, but it is known whether they would.
  const asked = all.filter(
    (d) => d.scope !== "misplaced" && !isExpired(d, today) && d.rules.every((r) => ids.has(r)),
  );
  const used = new Map<Directive, Set<string>>();
  const starts = asked.length === 0 ? new Uint32Array(0) : lineStarts(text);
  const line = (offset: number): number => positionAt(starts, offset).line;
  const lists = new Map<ItemId, readonly Span[]>();
  return {
    accepts(rule, id, span) {
      if (asked.length === 0) return false;
      const item = program.item(id);
      // A file that is no code has no items: its places are those of the file.
      if (item === undefined ? id !== `${file}#` : item.file !== file) return false;
      const at = item === undefined ? span : absoluteSpan(item.source, span);
      const first = line(at.start);
      const last = line(at.end);
      let begin: number | undefined;
      let accepted = false;
      for (const d of asked) {
        if (d.rules.length === 0 ? rule.category === "secrets" : !d.rules.includes(rule.id))
          continue;
        if (d.scope === "lines" && !(d.lines[0] <= last && first <= d.lines[1])) {
          if (item === undefined) continue;
          begin ??= beginOf(program, item, span, at, lists, line);
          if (!(d.lines[0] <= begin && begin <= d.lines[1])) continue;
        }
        if (isComplete(d, ids)) accepted = true;
        const names = used.get(d);
        if (names === undefined) used.set(d, new Set([rule.id]));
        else names.add(rule.id);
      }
      return accepted;
    },
    unused: (d) => d.rules.filter((r) => used.get(d)?.has(r) !== true),
  };
}

/** The line on which the statement begins that a place belongs to; the place's own line if a directive there would not mean it. */
function beginOf(
  program: Program,
  item: PlacedItem,
  span: Span,
  at: Span,
  lists: Map<ItemId, readonly Span[]>,
  line: (offset: number) => number,
): number {
  let list = lists.get(item.id);
  if (list === undefined) {
    list = parts(item);
    lists.set(item.id, list);
  }
  let best: Span | undefined;
  for (const s of list)
    if (
      s.start <= span.start &&
      s.end >= span.end &&
      (best === undefined || s.end - s.start <= best.end - best.start)
    )
      best = s;
  if (best === undefined) {
    // A signature stands outside the body: it belongs to the statement of the parent that makes the function.
    const parent = item.parent === undefined ? undefined : program.item(item.parent);
    const hole = parent?.source.holes[parent.children.indexOf(item.id)];
    if (parent === undefined || hole === undefined || at.start >= hole.start) return line(at.start);
    const outer = toItem(parent.source, at.start);
    return beginOf(program, parent, { start: outer, end: outer }, at, lists, line);
  }
  for (const s of list)
    if (s !== best && s.start > best.start && s.start <= span.start && s.end <= best.end)
      return line(at.start);
  return line(absoluteSpan(item.source, best).start);
}

/** What counts as a statement of its own: statements, and the fields of classes. */
function parts(item: PlacedItem): readonly Span[] {
  const out: Span[] = [...item.ir.statements];
  for (const op of item.ir.ops)
    if (op.op === "class") for (const m of op.members) if (m.kind === "field") out.push(m.span);
  return out;
}
