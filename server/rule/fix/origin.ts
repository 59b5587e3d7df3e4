/** Fixes of comparisons that more sites pass than are meant. */
import { openingOf } from "../origin-pattern.ts";
import type { Code, Fix, Match, Op, ValueId } from "../rule.ts";
import { bare } from "../tokens.ts";

const TITLE = "Compare the whole origin";
const SITE = /^https?:\/\/[\w-]+(?:\.[\w-]+)*$/i;
/** An address of the network, not a machine or a number. */
const OWN = /^https:\/\/(?:[\w-]+\.)+(?!local$|localhost$|test$|internal$)[a-z]{2,}$/i;
const DOMAIN = /^[\w-]+(?:\.[\w-]+)+$/;

/** `facts.test` is the operation that compares, in the item `facts.testItem`. */
export function weakTestFixes(match: Match, code: Code): readonly Fix[] {
  const at = code.other(String(match.facts?.testItem)) ?? code;
  const id = Number(match.facts?.test);
  const op = at.op(id);
  const edit =
    op.op === "const"
      ? patternFix(at, op)
      : op.op === "call" || op.op === "compare"
        ? (compareFix(at, op) ?? patternIn(at, op))
        : undefined;
  return edit === undefined || at.file !== code.file
    ? [
        {
          title: TITLE,
          grade: "manual",
          edits: [],
          reason:
            match.facts?.how === "null"
              ? "Take null out of what is allowed. No edit is offered: something may count on it, such as a file that is opened from a disk."
              : "Keep a list of whole origins and look whether it has this one. No edit is offered: which origins are meant is not written here.",
        },
      ]
    : [
        {
          title: edit.title,
          grade: edit.isWhole === true ? "safe" : "suggested",
          edits: [{ file: at.file, edits: [edit] }],
        },
      ];
}

interface One {
  readonly title: string;
  /** What is written is a whole origin, and no other one can have been meant: on one's own machine any port may be. */
  readonly isWhole?: boolean;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** `origin.startsWith("https://example.com")`, `"example.com" in origin`. */
function compareFix(code: Code, op: Op & { op: "call" | "compare" }): One | undefined {
  const parts = partsOf(code, op);
  if (parts === undefined) return undefined;
  const { subject, constant, name } = parts;
  const value = bare(code, constant);
  if (value.op !== "const" || typeof value.value !== "string") return undefined;
  const { start, end } = code.absolute(op.span);
  const asked = code.text(code.op(subject).span);
  const written = code.text(value.span);
  const isPython = code.language === "python";
  if (SITE.test(value.value)) {
    const equal = `${asked} ${isPython ? "==" : "==="} ${written}`;
    const isDenied = /!\s*$/.test(code.fileText.slice(0, start));
    const isWhole = OWN.test(value.value);
    return { title: TITLE, isWhole, start, end, newText: isDenied ? `(${equal})` : equal };
  }
  if (!DOMAIN.test(value.value) || name === "starts") return undefined;
  const dotted = written.replace(/^(\w*["'`])/, "$1.");
  const method = isPython ? "endswith" : "endsWith";
  return {
    title: "Compare the end of the name, with the dot in front of it",
    start,
    end,
    newText: `${asked}.${method}(${dotted})`,
  };
}
function partsOf(
  code: Code,
  op: Op & { op: "call" | "compare" },
): { readonly subject: ValueId; readonly constant: ValueId; readonly name: string } | undefined {
  if (op.op === "compare")
    return op.operator === "in"
      ? { subject: op.right, constant: op.left, name: "part" }
      : undefined;
  const callee = code.op(op.callee);
  const first = op.args[0]?.value;
  if (callee.op !== "member" || first === undefined || op.args.length !== 1) return undefined;
  const name = /^starts/i.test(callee.name)
    ? "starts"
    : /^ends/i.test(callee.name)
      ? "ends"
      : callee.name === "includes"
        ? "part"
        : undefined;
  return name === undefined ? undefined : { subject: callee.object, constant: first, name };
}

/** `/example\.com$/.test(origin)`, `re.match(r"https://example\.com", origin)`. */
function patternIn(code: Code, op: Op): One | undefined {
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  const all = [...(callee.op === "member" ? [callee.object] : []), ...op.args.map((a) => a.value)];
  for (const id of all) {
    const value = bare(code, id);
    const fix = value.op === "const" ? patternFix(code, value) : undefined;
    if (fix !== undefined) return fix;
  }
  return undefined;
}

/** The first of some small changes that leaves nothing open. */
function patternFix(code: Code, op: Op): One | undefined {
  if (op.op !== "const" || typeof op.value !== "string") return undefined;
  const text = code.text(op.span);
  const found = /^(\/|[rR]?["'])([\s\S]*)(\/[a-z]*|["'])$/.exec(text);
  const [, before = "", source = "", after = ""] = found ?? [];
  const inValue = before === "/" ? op.value.slice(1, op.value.lastIndexOf("/")) : op.value;
  if (found === null || source !== inValue || (source.includes("\\") && /^["']/.test(before)))
    return undefined;
  if (openingOf(source, "search") === undefined && openingOf(source, "start") === undefined)
    return undefined;
  const slash = before === "/" ? "\\/" : "/";
  const escaped = source.replace(/(?<=[\w-])\.(?=[a-z])/gi, "\\.");
  const head = (s: string): string =>
    s.startsWith("^") ? s : /^https?\??:/.test(s) ? `^${s}` : `^https:${slash}${slash}${s}`;
  const tail = (s: string): string => (s.endsWith("$") ? s : `${s}$`);
  // In a text without the mark of a raw one, a backslash means something else.
  const isRaw = before === "/" || /^r/i.test(before);
  const tries = isRaw
    ? [tail(source), head(source), tail(head(source)), escaped, tail(escaped), tail(head(escaped))]
    : [tail(source)];
  const good = tries.find((s) => s !== source && openingOf(s, "search") === undefined);
  if (good === undefined) return undefined;
  const { start, end } = code.absolute(op.span);
  return {
    title: "Make the pattern stand for the whole origin",
    start,
    end,
    newText: `${before}${good}${after}`,
  };
}
