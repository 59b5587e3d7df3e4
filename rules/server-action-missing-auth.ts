import { insertBefore } from "../server/rule/fix/statements.ts";
import {
  head,
  isForEverybody,
  judge,
  outside,
  strongest,
  type Verdict,
} from "../server/rule/routes.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
  type Span,
} from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "server-action-missing-auth",
  title: "Server action that asks nobody who is calling",
  category: "access",
  severity: "high",
  cwe: [862],
  owasp: ["A01:2021", "A01:2025"],
  project: { sinks: ["route"], deeds: true, check },
  say: ({ facts }) => ({
    what: `The server action ${String(facts?.name)} writes without asking who is calling; ${facts?.others === 1 ? "another action does" : `${String(facts?.others)} other actions do`}.`,
    why: `It is a public address: anybody can send its POST request with arguments of their own, whatever page the button is on.`,
    fix: "Read the session in the action itself, and refuse where there is none.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

interface Action {
  readonly code: Code;
  readonly name: string;
  readonly verdict: Verdict;
  readonly writes: boolean;
  /** The application that it belongs to. */
  readonly root: string;
}

/** The actions of one application. */
interface Near {
  readonly guarded: Action[];
  open: number;
}
function actionsByRoot(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, Near> {
  const out = new Map<string, Near>();
  for (const action of calls.flatMap((call) => actionOf(call, context))) {
    const near = out.get(action.root) ?? { guarded: [], open: 0 };
    out.set(action.root, near);
    if (isGuarded(action)) near.guarded.push(action);
    if (isOpen(action)) near.open++;
  }
  return out;
}
function isGuarded({ verdict, name }: Action): boolean {
  return verdict === "yes" && !isForEverybody([name]);
}

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  const actions = own.flatMap((call) => actionOf(call, context));
  const beside = actions.filter(isGuarded);
  return actions.filter(isOpen).flatMap(({ root, code, name }): Match[] => {
    const { guarded, open } = all.shared(actionsByRoot).get(root) ?? { guarded: [], open: 0 };
    // One beside it in the file, or most of the application's.
    if (beside.length === 0 && (guarded.length < 2 || guarded.length < open)) return [];
    return [
      {
        item: code.item,
        span: head(code),
        confidence: "medium",
        facts: {
          name,
          others: guarded.length,
          beside: beside.map((a) => a.code.item).join("\n"),
        },
        related: guarded.slice(0, 2).map((a) => ({
          item: a.code.item,
          span: head(a.code),
          text: "this one asks who is calling",
        })),
      },
    ];
  });
}

function actionOf(call: Observation, context: ProgramContext): Action[] {
  const code = context.code(call.site.item);
  if (rowData(call, "route")?.role !== "action" || code === undefined) return [];
  const { name, wrappers } = outside(code, context);
  const ref = `fn:${code.item}`;
  const does = (deed: "signs-in" | "checks-signature" | "may-write"): boolean =>
    context.does(ref, deed) !== false;
  const own = judge([ref], context);
  return [
    {
      code,
      name: name === "" ? "here" : name,
      root: /^(.*?)(?:\/|^)(?:src|app|lib|actions|server|components)\//.exec(code.file)?.[1] ?? "",
      verdict:
        own !== "yes" && (does("signs-in") || does("checks-signature"))
          ? "maybe"
          : strongest([own, ...wrappers.map((refs) => judge(refs, context))]),
      writes: does("may-write"),
    },
  ];
}
function isOpen({ verdict, writes, name, code }: Action): boolean {
  const file = code.file.replace(/^.*\/|\.\w+$/g, "");
  return verdict === "no" && writes && !isForEverybody([name, file]);
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Ask who is calling, as the action beside it does";
  const first = topStatements(code)[0];
  for (const item of String(match.facts?.beside).split("\n")) {
    const there = item === "" ? undefined : context.code(item);
    const lines = there === undefined ? undefined : opening(there, code);
    const edit =
      lines === undefined || first === undefined ? undefined : insertBefore(code, first, lines);
    if (edit !== undefined)
      return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
  }
  return [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Begin the action by reading the session, and throw where there is none. No edit is offered: no action of this file begins with a check that can stand here too.",
    },
  ];
}

/** The statements with which an action asks and refuses, if they need nothing that it was given and no name that is taken here. */
function opening(there: Code, here: Code): readonly string[] | undefined {
  const all = topStatements(there);
  const { ops, params, slots, blocks } = there.ir;
  const given = new Set(params.map((p) => p.slot));
  for (const count of [1, 2]) {
    const last = all[count - 1];
    const start = all[0]?.start ?? 0;
    if (last === undefined) return undefined;
    const inside = ops.filter((op) => op.span.start >= start && op.span.end <= last.end);
    if (inside.some((op) => op.op === "load" && given.has(op.slot))) return undefined;
    const named = inside.flatMap((op) => (op.op === "store" ? [slots[op.slot] ?? ""] : []));
    if (named.some((name) => here.ir.slots.includes(name))) return undefined;
    const isCall = inside.some((op) => op.op === "call") && count === 1 && named.length === 0;
    const refuses = blocks.some(
      ({ end }) =>
        (end.kind === "throw" || end.kind === "return") &&
        end.span.start >= start &&
        end.span.end <= last.end,
    );
    if (isCall || refuses)
      return all
        .slice(0, count)
        .map((span) => there.fileText.slice(there.absolute(span).start, there.absolute(span).end));
  }
  return undefined;
}

function topStatements(code: Code): readonly Span[] {
  const all = code.ir.statements;
  return all
    .filter(
      (s) =>
        !all.some(
          (o) =>
            o !== s && o.start <= s.start && o.end >= s.end && o.end - o.start > s.end - s.start,
        ),
    )
    .filter((s) => !/^["']use /.test(code.text(s)));
}
