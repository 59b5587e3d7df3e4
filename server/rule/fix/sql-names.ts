/** Lists of the columns, tables and directions that may stand in a SQL text, in front of the call that runs it. */
import type { Code, Context, Fix, Match, Part, ValueId } from "../rule.ts";
import { allIdentifiersOf } from "../sql-identifier.ts";
import { allAllowListed, type Listed } from "./allow-list.ts";
import type { Named } from "./sql-named.ts";
import { changesBefore } from "./sql-source.ts";

const ADVICE =
  "Look the value up in a constant table of the names that are allowed, and refuse what is not in it.";
const LISTS: Readonly<Record<Named, Listed>> = {
  column: listed("columns", "the columns that may be named", "Unknown column"),
  table: listed("tables", "the tables that may be named", "Unknown table"),
  direction: {
    ...listed("directions", "", "Unknown direction"),
    values: ["ASC", "DESC", "asc", "desc"],
  },
  operator: listed("operators", "the operators that may be used", "Unknown operator"),
  name: listed("names", "the names that may be used", "Unknown name"),
};

function listed(list: string, note: string, message: string): Listed {
  return {
    title: `Allow only listed ${list}`,
    list: `allowed ${list}`,
    note,
    message,
    advice: ADVICE,
  };
}

export function nameFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const { hit } = match;
  const refuse = (why: string): readonly Fix[] => [
    {
      title: "Allow only listed names",
      grade: "manual",
      edits: [],
      reason: `${ADVICE} No edit is offered: ${why}.`,
    },
  ];
  if (hit === undefined) return refuse("the call cannot be seen as a whole");
  const checks: { listed: Listed; value: ValueId }[] = [];
  // The text may hold other names from the same request: one without a check is still a hole.
  for (const { named, part } of allIdentifiersOf(hit, context) ?? []) {
    const value = part === undefined ? hit.arg : opOf(part, code);
    if (value === undefined) return refuse("the value is not put into the text in this function");
    if (!isSettled(value, code, part?.span.start ?? hit.site.span.start))
      return refuse("the value is computed in the text; give it a name first");
    const text = code.text(code.op(value).span);
    if (changesBefore(code, text, part?.span.end ?? hit.site.span.start, hit.site.span.start))
      return refuse("a value changes between the SQL text and the call");
    checks.push({ listed: LISTS[named], value });
  }
  const [first] = checks;
  return first === undefined
    ? refuse("the value is not put into the text in this function")
    : [allAllowListed(match, code, context, checks)];
}

/** The operation whose value is put in there. */
function opOf({ item, span }: Part, code: Code): ValueId | undefined {
  if (item !== code.item) return undefined;
  const isThere = (id: ValueId): boolean => {
    const op = code.op(id);
    return op.span.start === span.start && op.span.end === span.end;
  };
  for (const op of code.ir.ops) {
    if (op.op === "join") {
      for (const p of op.parts) if (p.kind === "hole" && isThere(p.value)) return p.value;
    } else if (op.op === "binary") {
      if (isThere(op.left)) return op.left;
      if (isThere(op.right)) return op.right;
    }
  }
  return undefined;
}

/** It gives the same where the check will stand: it reads variables that are set by then, and asks objects with constants only. */
function isSettled(id: ValueId, code: Code, at: number, depth = 0): boolean {
  const op = code.op(id);
  if (depth > 8) return false;
  const is = (value: ValueId) => isSettled(value, code, at, depth + 1);
  switch (op.op) {
    case "const":
    case "param":
    case "free":
    case "this":
      return true;
    case "load": {
      const name = code.ir.slots[op.slot] ?? "";
      const around = code.statement({ start: at, end: at });
      // A variable of a comprehension is not there in front of the statement.
      return (
        !name.startsWith("%") &&
        !code.ir.ops.some(
          (o) =>
            o.op === "store" &&
            o.slot === op.slot &&
            code.op(o.value).op === "iterate" &&
            around !== undefined &&
            code.absolute(o.span).start >= around.start,
        )
      );
    }
    case "member":
      return is(op.object);
    case "index":
      return is(op.object) && is(op.key);
    case "annotate":
      return is(op.value);
    case "call":
      return (
        code.op(op.callee).op === "member" && is(op.callee) && op.args.every((a) => is(a.value))
      );
    default:
      return false;
  }
}
