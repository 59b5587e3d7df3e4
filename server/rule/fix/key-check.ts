/** Fixes for properties that are written under any name: the names that lead to prototypes are left out, where the name is read. */
import type { Code, Edit, Fix, Match, Op, Span } from "../rule.ts";
import { quoted } from "./arguments.ts";
import { endsStatements } from "./refusal.ts";
import { insertBefore } from "./statements.ts";

const TITLE = "Leave out the names of prototypes";
const NAMES = ["__proto__", "constructor", "prototype"];

export function keyCheckFixes(match: Match, code: Code): readonly Fix[] {
  const { hit } = match;
  const refuse = (reason: string): readonly Fix[] => [
    { title: TITLE, grade: "manual", edits: [], reason },
  ];
  const data = hit?.row.data ?? {};
  if (data.package !== undefined)
    return refuse(
      `Update ${String(data.package)} to ${String(data.fixed)} or later in package.json. No edit is offered: the lock file must follow.`,
    );
  const edit = hit === undefined ? undefined : check(code, hit.site.op);
  return edit === undefined
    ? refuse(
        'Refuse "__proto__", "constructor" and "prototype" before they are used as keys, or use a Map. No edit is offered: the keys are not those of one loop.',
      )
    : [{ title: TITLE, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
}

/** In a loop over names, or in a function that is called with each of them, in front of all that uses the name. */
function check(code: Code, write: number): Edit | undefined {
  const site = code.op(write);
  const key = site.op === "setIndex" ? code.op(site.key) : undefined;
  if (site.op !== "setIndex" || key?.op !== "load") return undefined;
  const isSame = (id: number): boolean => {
    const other = code.op(id);
    return other.op === "load" && other.slot === key.slot;
  };
  const found = code.op(site.object);
  if (found.op === "index" && !isSame(found.key)) return undefined;
  if (!code.ir.ops.some((op) => op.op === "index" && isSame(op.key))) return undefined;
  const name = code.ir.slots[key.slot] as string;
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const list = NAMES.map((one) => quoted(code, one)).join(", ");
  const end = endsStatements(code) ? ";" : "";
  const line = (leave: string) => [`if ([${list}].includes(${name})) ${leave}${end}`];
  if (code.ir.params.some((p) => p.slot === key.slot)) {
    const at = firstStatement(code, (span) => span);
    return at === undefined ? undefined : insertBefore(code, at, line("return"));
  }
  const loop = loopAround(code, site);
  const at = loop === undefined ? undefined : firstStatement(code, (s) => inside(s, loop));
  return at === undefined ? undefined : insertBefore(code, at, line("continue"));
}

/** The `for` around it whose head sets the name. */
function loopAround(code: Code, site: Op): Span | undefined {
  return code.ir.statements
    .filter((s) => s.start <= site.span.start && site.span.end <= s.end)
    .filter((s) => /^for\b[^;{]*\b(?:in|of)\b/.test(code.text(s)))
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}
function inside(span: Span, around: Span): Span | undefined {
  return around.start < span.start && span.end < around.end ? span : undefined;
}
function firstStatement(code: Code, take: (span: Span) => Span | undefined): Span | undefined {
  return code.ir.statements
    .flatMap((s) => take(s) ?? [])
    .sort((a, b) => a.start - b.start || b.end - a.end)[0];
}
