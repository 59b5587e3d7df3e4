import { importEdits } from "../server/rule/fix/imports.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Fix,
  type Hit,
  kindBit,
  type Match,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { single } from "../server/rule/stores.ts";
import { calledItem } from "../server/rule/url.ts";

type Call = Op & { readonly op: "call" };

export default rule({
  id: "path-prefix-check-weak",
  title: "Folder check that other paths pass too",
  category: "files",
  severity: "medium",
  cwe: [22],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    // Of other sources, rules of their own tell the place where the path is used.
    from: ["message", "unknown"],
    to: "path",
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isTest(code.file) || isSample(code.file)) return undefined;
      const how = weakness(hit);
      if (how === undefined) return undefined;
      const check = checkOf(hit, code);
      const facts = {
        how,
        python: code.language === "python",
        isHere: check !== undefined,
        resolved: /resolved$/.test(hit.derive),
      };
      const isMade = isJoined(hit) || /resolved$/.test(hit.derive);
      // What is compared elsewhere may be an address.
      if (check === undefined)
        return how === "beside" && isMade && hit.marks === 0 ? { facts } : undefined;
      if ((how === "early" || !isMade) && isGiven(check.code, check.id)) return undefined;
      return { item: check.code.item, span: check.code.op(check.id).span, op: check.id, facts };
    },
  },
  calls: {
    sinks: ["path-compare"],
    check(call, context) {
      const code = context.code(call.site.item);
      if (code === undefined || isTest(code.file) || isSample(code.file)) return undefined;
      const list = call.args[0];
      // What a request gives is told where the path is used.
      if (
        list === undefined ||
        !isCompared(code, call.site.op) ||
        comesFromRequest(list.value.taint)
      )
        return undefined;
      const { item, span, op } = call.site;
      return { item, span, op, call, facts: { how: "letters", python: true } };
    },
  },
  say: ({ facts }) => ({
    what: `${facts?.isHere === false ? "The check of this path does not hold: it" : "The path"} is compared ${WITH[String(facts?.how)] ?? ""}.`,
    why:
      facts?.how === "early"
        ? "/srv/files/../../etc/passwd begins with /srv/files/, and the file that is opened is /etc/passwd."
        : "../files-old/x leaves /srv/files for /srv/files-old, whose name begins in the same way.",
    fix:
      facts?.python === true
        ? "Resolve both and ask is_relative_to, or compare with os.path.commonpath."
        : "Resolve both and compare with the folder and path.sep behind it, or look at path.relative.",
  }),
  fixes: (match, code) => [fix(match, code)],
});

const WITH: Readonly<Record<string, string>> = {
  beside: "with its folder, but not with the separator that must follow",
  early: 'with its folder before the ".." in it is resolved',
  letters: "with its folder letter by letter",
};

function weakness(hit: Hit): "beside" | "early" | undefined {
  const isInFolder = (hit.cleared & kindBit("in-folder")) !== 0;
  if (!isInFolder) return (hit.cleared & kindBit("beside-folder")) !== 0 ? "beside" : undefined;
  // A path that comes as a whole may have been resolved by whoever gives it.
  return isJoined(hit) ? "early" : undefined;
}
function isJoined({ cleared, value }: Hit): boolean {
  return (cleared & kindBit("behind")) !== 0 || value.alts?.some((alt) => "parts" in alt) === true;
}
/** What is compared came as it is: it may be an address, a name or a line as well as a path. */
function isGiven(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  const compared = callee?.op === "member" ? code.op(single(code, callee.object)).op : undefined;
  return compared !== "call" && compared !== "join" && compared !== "binary";
}

/** The comparison, in the function that uses the path or in one of the file that it calls. */
function checkOf(hit: Hit, code: Code): { readonly code: Code; readonly id: ValueId } | undefined {
  const own = comparisonsIn(code);
  if (own.length > 0) {
    const used = slotsOf(code, hit.arg >= 0 ? hit.arg : hit.site.op);
    const same = own.filter((id) => slotsOf(code, id).some((slot) => used.includes(slot)));
    const id = same.at(-1) ?? (own.length === 1 ? own[0] : undefined);
    return id === undefined ? undefined : { code, id };
  }
  for (const op of code.ir.ops) {
    const callee = op.op === "call" ? calledItem(code, op) : undefined;
    if (callee === undefined || callee.file !== code.file) continue;
    const id = comparisonsIn(callee).at(-1);
    if (id !== undefined) return { code: callee, id };
  }
  return undefined;
}
const known = new WeakMap<Code["ir"], readonly ValueId[]>();
function comparisonsIn(code: Code): readonly ValueId[] {
  let found = known.get(code.ir);
  if (found === undefined) {
    found = code.ir.ops.flatMap((op, id) => (isComparison(code, op) ? [id] : []));
    known.set(code.ir, found);
  }
  return found;
}
/** `path.startsWith(folder)`, `path.indexOf(folder)`; not with a text such as "..". */
function isComparison(code: Code, op: Op): boolean {
  if (op.op !== "call" || op.args.length !== 1) return false;
  const callee = code.op(op.callee);
  if (callee.op !== "member" || !/^(?:startsWith|startswith|indexOf|find)$/.test(callee.name))
    return false;
  const folder = code.op(op.args[0]?.value ?? 0);
  return folder.op !== "const" || /[\\/].*\w|\w.*[\\/]/.test(String(folder.value));
}
function slotsOf(code: Code, id: ValueId): readonly number[] {
  return madeFrom(code, id).flatMap((op) => (op.op === "load" ? [op.slot] : []));
}

function isCompared(code: Code, id: ValueId): boolean {
  return code.ir.ops.some(
    (op) =>
      op.op === "compare" &&
      (op.operator === "==" || op.operator === "!=") &&
      (op.left === id || op.right === id),
  );
}
function comesFromRequest(taint: readonly { readonly kind: string }[]): boolean {
  return taint.some(({ kind }) => kind !== "");
}

function fix(match: Match, code: Code): Fix {
  const title = "Compare resolved paths, folder by folder";
  const manual = (why: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason:
      code.language === "python"
        ? `Ask Path(path).resolve().is_relative_to(folder). No edit is offered: ${why}.`
        : `Compare path.resolve(file) with path.resolve(folder) + path.sep. No edit is offered: ${why}.`,
  });
  const op = match.op === undefined ? undefined : code.op(match.op);
  if (op?.op !== "call") return manual("the comparison cannot be seen as a whole");
  // The program resolves the path by itself: what it lets pass stays the same, but for the folders beside.
  const isResolved = match.facts?.how === "beside" && match.facts.resolved === true;
  const edits =
    match.facts?.how === "letters"
      ? byFolder(code, op)
      : code.language === "python"
        ? inPython(code, op, isResolved)
        : inJavaScript(code, op, isResolved);
  return edits === undefined
    ? manual("it is not a plain comparison of one path with one folder")
    : { title, grade: isResolved ? "safe" : "suggested", edits: [{ file: code.file, edits }] };
}
type Edits = Fix["edits"][number]["edits"];

/** `os.path.commonprefix(...)` -> `os.path.commonpath(...)` */
function byFolder(code: Code, op: Call): Edits | undefined {
  const callee = code.op(op.callee);
  if (callee.op !== "member" || callee.name !== "commonprefix") return undefined;
  return [{ ...code.absolute(callee.nameSpan), newText: "commonpath" }];
}
function inPython(code: Code, op: Call, isResolved: boolean): Edits | undefined {
  const sides = sidesOf(code, op, "startswith");
  if (sides === undefined) return undefined;
  const { edits, locals } = importEdits(code, [{ module: "pathlib", name: "Path" }]);
  const [path, folder] = isResolved
    ? [`${locals[0]}(${sides[0]})`, sides[1]]
    : sides.map((side) => `${locals[0]}(${side}).resolve()`);
  return [...edits, { ...code.absolute(op.span), newText: `${path}.is_relative_to(${folder})` }];
}
function inJavaScript(code: Code, op: Call, isResolved: boolean): Edits | undefined {
  const sides = sidesOf(code, op, "startsWith") ?? sidesOf(code, op, "indexOf");
  const callee = code.op(op.callee);
  if (sides === undefined || callee.op !== "member") return undefined;
  const { edits, locals } = importEdits(code, [{ module: "path" }]);
  if (isResolved && callee.name === "startsWith") {
    const [own, base] = sides;
    // The folder itself counts, as before.
    const newText = `\`${"$"}{${own}}${"$"}{${locals[0]}.sep}\`.startsWith(${base} + ${locals[0]}.sep)`;
    return [...edits, { ...code.absolute(op.span), newText }];
  }
  const [path, folder] = sides.map((side) => `${locals[0]}.resolve(${side})`);
  const newText = `${path}.${callee.name}(${folder} + ${locals[0]}.sep)`;
  return [...edits, { ...code.absolute(op.span), newText }];
}
/** The text of the path and of the folder. */
function sidesOf(code: Code, op: Call, name: string): readonly [string, string] | undefined {
  const callee = code.op(op.callee);
  const first = op.args[0];
  if (callee.op !== "member" || callee.name !== name || first === undefined) return undefined;
  const path = plain(code, callee.object);
  const folder = plain(code, first.value);
  return path === undefined || folder === undefined ? undefined : [path, folder];
}
/** Without what only makes a text of it, or puts a separator behind it. */
function plain(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op === "sequence" || op.op === "await") return undefined;
  if (op.op === "binary" && op.operator === "+") {
    const end = code.op(op.right);
    const isSeparator =
      (end.op === "const" && /^[\\/]$/.test(String(end.value))) ||
      ((end.op === "member" || end.op === "load" || end.op === "free") &&
        /\bsep$/.test(code.text(end.span)));
    return isSeparator ? plain(code, op.left) : undefined;
  }
  if (op.op === "call" && op.args.length === 1 && op.args[0] !== undefined) {
    const callee = code.op(op.callee);
    if (callee.op === "free" && callee.name === "str") return plain(code, op.args[0].value);
  }
  const text = code.text(op.span);
  return /[\r\n]/.test(text) ? undefined : text;
}
