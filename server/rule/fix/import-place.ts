/**
 * Where an import belongs: in the file's first run of imports, in its group and in order; without one, after what must stay
 * on top (shebang, encoding, licence, docstring, `from __future__`, directives), set off by a blank line.
 */
import type { Code, Edit, Op } from "../rule.ts";
import { isStandard } from "./standard-modules.ts";

/** A statement of the module itself; absolute offsets. */
export interface Top {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What it imports from, if it is an import. */
  readonly module: string | undefined;
}

/** An import to be written, and what decides its place. */
export interface NewImport {
  /** Without a line break. */
  readonly line: string;
  readonly module: string;
}

interface Placed extends NewImport {
  readonly offset: number;
  readonly blankBefore: boolean;
  readonly blankAfter: boolean;
}

/** One edit for each place; imports that meet come in order. */
export function placeImports(code: Code, added: readonly NewImport[]): Edit[] {
  const module = code.other(`${code.file}#`) ?? code;
  const tops = topStatements(module);
  const placed = added.map((one) => place(code, tops, one));
  const offsets = [...new Set(placed.map((p) => p.offset))];
  return offsets.map((offset) => {
    const here = placed.filter((p) => p.offset === offset).sort(inOrder(code));
    const first = here[0] as Placed;
    const last = here[here.length - 1] as Placed;
    const nl = code.newline;
    const indent = scriptIndent(code, tops);
    const lines = here.map((p, i) => {
      const next = here[i + 1];
      const apart =
        next !== undefined && grouped(code, tops) && group(code, next) !== group(code, p);
      return indent + (apart ? p.line + nl : p.line);
    });
    const joins = offset > 0 && !/[\r\n]/.test(code.fileText[offset - 1] ?? "");
    const text = `${first.blankBefore ? nl : ""}${lines.join(nl)}${joins ? "" : nl}${last.blankAfter ? nl : ""}`;
    return { start: offset, end: offset, newText: joins ? nl + text : text };
  });
}

/** Where code is a part of another document, all of it may be indented. */
function scriptIndent(code: Code, tops: readonly Top[]): string {
  const [first] = tops;
  return code.parts === undefined || first === undefined ? "" : code.indent(first.start);
}

/** The statements of a module that no other statement holds, in order. */
export function topStatements(module: Code): readonly Top[] {
  const known = tops.get(module.ir);
  if (known?.file === module.file && known.text === module.fileText) return known.tops;
  const found = findTops(module);
  tops.set(module.ir, { file: module.file, text: module.fileText, tops: found });
  return found;
}
/** Every fix of a file that imports something asks for them. */
const tops = new WeakMap<
  Code["ir"],
  { readonly file: string; readonly text: string; readonly tops: readonly Top[] }
>();
function findTops(module: Code): Top[] {
  const out: Top[] = [];
  const spans = module.ir.statements
    .map((span) => module.absolute(span))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  for (const { start, end } of spans) {
    const before = out[out.length - 1];
    if (before !== undefined && start < before.end) continue;
    const text = module.fileText.slice(start, end);
    out.push({ start, end, text, module: importedModule(module, { start, end }, text) });
  }
  return out;
}

function importedModule(
  module: Code,
  span: { readonly start: number; readonly end: number },
  text: string,
): string | undefined {
  const isOne =
    module.language === "python"
      ? /^(?:import|from)\b/.test(text)
      : /^(?:import\b(?!\s*[(.])|(?:const|let|var)\b[^;=]*=\s*require\s*\()/.test(text);
  if (!isOne) return undefined;
  const op = module.ir.ops.find((o): o is Op & { op: "import" } => {
    if (o.op !== "import") return false;
    const at = module.absolute(o.span);
    return at.start >= span.start && at.end <= span.end;
  });
  // `import type` of nothing, a star: the place matters, the name does not.
  return op === undefined ? "" : (op.also ?? op.module);
}

function place(code: Code, tops: readonly Top[], added: NewImport): Placed {
  const isPlain = (top: Top | undefined): top is Top => top?.module !== undefined;
  const preamble = preambleLength(code, tops);
  // At module level a later run may be too late: what needs the import may stand before it.
  const from =
    isPlain(tops[preamble]) || code.ir.kind === "module" ? preamble : tops.findIndex(isPlain);
  if (from < 0 || !isPlain(tops[from])) return afterPreamble(code, tops, preamble, added);
  let to = from;
  while (isPlain(tops[to])) to++;
  const run = tops.slice(from, to);
  const own = group(code, added);
  const same = run.filter((top) => group(code, top) === own);
  const order = (top: Top): number =>
    compare(code, { line: top.text, module: top.module ?? "" }, added);
  const before = same.findLast((top) => order(top) <= 0);
  const apart = grouped(code, tops);
  if (before !== undefined) return after(code, tops, before, added, false);
  const next = same[0];
  if (next !== undefined)
    return { ...added, offset: lineStart(code, tops, next), blankBefore: false, blankAfter: false };
  const lower = run.findLast((top) => group(code, top) < own);
  if (lower !== undefined) return after(code, tops, lower, added, apart);
  return {
    ...added,
    offset: lineStart(code, tops, run[0] as Top),
    blankBefore: false,
    blankAfter: apart,
  };
}

function after(
  code: Code,
  tops: readonly Top[],
  top: Top,
  added: NewImport,
  apart: boolean,
): Placed {
  return { ...added, offset: lineEndAfter(code, tops, top), blankBefore: apart, blankAfter: false };
}

/** Groups of imports stand apart: always in Python, elsewhere where the file does it. */
function grouped(code: Code, tops: readonly Top[]): boolean {
  if (code.language === "python") return true;
  return tops.some((top, i) => {
    const next = tops[i + 1];
    return (
      top.module !== undefined &&
      next?.module !== undefined &&
      /(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)/.test(code.fileText.slice(top.end, next.start))
    );
  });
}

/** 0 the language's own modules, 1 packages, 2 files of the project. */
function group(code: Code, { module }: { readonly module: string | undefined }): number {
  if (module === undefined || module === "") return 1;
  if (/^(?:\.|@\/|~\/|#)/.test(module)) return 2;
  return isStandard(code.language, module) ? 0 : 1;
}
function inOrder(code: Code): (a: Placed, b: Placed) => number {
  return (a, b) => group(code, a) - group(code, b) || compare(code, a, b);
}
/** Python: `import x` before `from x`; then by name. */
function compare(code: Code, a: NewImport, b: NewImport): number {
  const from = (one: NewImport): number =>
    code.language === "python" && one.line.startsWith("from") ? 1 : 0;
  const name = (one: NewImport): string => one.module.replace(/^node:/, "").toLowerCase();
  if (from(a) !== from(b)) return from(a) - from(b);
  return name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0;
}

/** How many statements stay in front of every import. */
function preambleLength(code: Code, tops: readonly Top[]): number {
  if (code.language !== "python") {
    const other = tops.findIndex((top) => !/^(?:"[^"\r\n]*"|'[^'\r\n]*');?$/.test(top.text));
    return other < 0 ? tops.length : other;
  }
  const [first] = tops;
  let count = first !== undefined && isString(code, first) ? 1 : 0;
  while (tops[count]?.module === "__future__") count++;
  return count;
}
/** A statement that is only a string is a docstring; it makes no operation of its own. */
function isString(code: Code, top: Top): boolean {
  const module = code.other(`${code.file}#`) ?? code;
  if (!/^[rRuU]?["']/.test(top.text) || !/["']$/.test(top.text)) return false;
  return module.ir.ops.every((op) => {
    const at = module.absolute(op.span);
    return at.end <= top.start || at.start >= top.end || (op.op === "const" && at.end === top.end);
  });
}

function afterPreamble(
  code: Code,
  tops: readonly Top[],
  preamble: number,
  added: NewImport,
): Placed {
  const text = code.fileText;
  const last = tops[preamble - 1];
  const offset =
    last === undefined
      ? headerEnd(code, tops[0]?.start ?? text.length)
      : lineEndAfter(code, tops, last);
  const rest = text.slice(offset);
  const isLast = rest.trim() === "";
  const isFollowed = isLast || /^[ \t]*[\r\n]/.test(rest);
  const above = text.slice(0, offset);
  const isApart =
    above.trim() === "" ||
    /(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)$/.test(above) ||
    (isLast && last === undefined);
  return { ...added, offset, blankBefore: !isApart, blankAfter: !isFollowed };
}

/** Comments on top that belong to the file: shebang and encoding, and a block of them that a blank line follows. */
function headerEnd(code: Code, first: number): number {
  const text = code.fileText;
  let at = code.parts?.[0]?.start ?? 0;
  if (text.startsWith("#!")) at = lineEnd(text, 0);
  if (code.language === "python")
    for (let line = text.startsWith("#!") ? 1 : 0; line < 2; line++)
      if (/^[ \t\f]*#.*?coding[:=]/.test(text.slice(at, lineEnd(text, at)))) at = lineEnd(text, at);
  const region = text.slice(at, Math.min(first, code.parts?.[0]?.end ?? first));
  const comments =
    code.language === "python"
      ? /^(?:[ \t]*#[^\r\n]*(?:\r\n|\n|\r|$))+/.exec(region)
      : /^(?:\/\*[\s\S]*?\*\/[ \t]*(?:\r\n|\n|\r|$)|[ \t]*\/\/[^\r\n]*(?:\r\n|\n|\r|$))+/.exec(
          region,
        );
  if (comments === null) return at;
  const rest = region.slice(comments[0].length);
  return /^[ \t]*(?:[\r\n]|$)/.test(rest) && (rest !== "" || first === text.length)
    ? at + comments[0].length
    : at;
}

/** Start of the line of a statement, or of the first one that shares lines with it. */
function lineStart(code: Code, tops: readonly Top[], top: Top): number {
  let at = top;
  for (let i = tops.indexOf(top); i > 0; i--) {
    const before = tops[i - 1] as Top;
    if (/[\r\n]/.test(code.fileText.slice(before.end, at.start))) break;
    at = before;
  }
  let offset = at.start;
  while (offset > 0 && !/[\r\n]/.test(code.fileText[offset - 1] as string)) offset--;
  return offset;
}
/** Behind the line break that ends a statement and those that share lines with it. */
function lineEndAfter(code: Code, tops: readonly Top[], top: Top): number {
  let at = top;
  for (let i = tops.indexOf(top); i + 1 < tops.length; i++) {
    const next = tops[i + 1] as Top;
    if (/[\r\n]/.test(code.fileText.slice(at.end, next.start))) break;
    at = next;
  }
  // A block comment may begin behind the statement and end some lines below.
  const tail = /^[ \t;]*\/\*[\s\S]*?\*\//.exec(code.fileText.slice(at.end))?.[0].length ?? 0;
  const end = lineEnd(code.fileText, at.end + (code.language === "python" ? 0 : tail));
  const part = code.parts?.find((one) => one.start <= at.end && at.end <= one.end);
  return part === undefined ? end : Math.min(end, part.end);
}
function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\n") return i + 1;
    if (text[i] === "\r") return text[i + 1] === "\n" ? i + 2 : i + 1;
  }
  return text.length;
}
