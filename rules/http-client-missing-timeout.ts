/** A request to another server that may never come back holds up whoever waits for it. */
import { setKeyword } from "../server/rule/fix/arguments.ts";
import { given } from "../server/rule/given.ts";
import { itemsOf } from "../server/rule/items.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "http-client-missing-timeout",
  title: "Request that may wait for ever",
  category: "configuration",
  severity: "low",
  cwe: [400],
  owasp: ["A04:2021", "A10:2025"],
  project: { sinks: ["timeout", "route"], check },
  say: ({ facts }) => ({
    what: `This request${Number(facts?.more) > 0 ? ` (and ${Number(facts?.more)} more in this file)` : ""} waits for ever if the other server does not answer${facts?.blocks === true ? ", and all other requests with it: it stands in an async function" : ""}.`,
    why: "A few such calls take all workers: an attacker who makes the other side slow, or sends many requests while it is, stops the application.",
    fix: `Say how long to wait: timeout=10${facts?.blocks === true ? ", and use a client that does not block (httpx.AsyncClient)" : ""}.`,
  }),
  fixes: (match, code) => fixes(match, code),
});

function check(own: readonly Observation[], context: Context): readonly Match[] {
  if (isTest(context.file) || isSample(context.file) || isDevelopment(context.file)) return [];
  // A script may wait; what answers requests must not.
  const answers = own.some((call) => rowData(call, "route") !== undefined);
  const endless = own.filter((call) => isEndless(call, context));
  const [first, ...more] = endless;
  const code = first === undefined ? undefined : context.code(first.site.item);
  if (first === undefined || code === undefined) return [];
  // One for each file: they are mended together.
  return [
    {
      item: first.site.item,
      span: first.site.span,
      op: first.site.op,
      call: first,
      severity: answers ? "low" : "info",
      // So frequent, and of so little effect, that it is for those who ask for it.
      confidence: "low",
      facts: { blocks: code.ir.isAsync, more: more.length },
      related: more.map(({ site }) => ({
        item: site.item,
        span: site.span,
        text: "this one waits for ever, too",
      })),
    },
  ];
}
function isEndless(call: Observation, context: Context): boolean {
  const data = rowData(call, "timeout");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined) return false;
  return (
    given(call, data.limit).kind === "absent" && !isExplicit(call, code) && !isSetElsewhere(code)
  );
}
/** `timeout=None`: somebody wants to wait. */
function isExplicit(call: Observation, code: Code): boolean {
  const op = code.op(call.site.op);
  return op.op === "call" && op.args.some((a) => a.name === "timeout");
}
/** An adapter of one's own, or a function put in the place of the session's. */
function isSetElsewhere(code: Code): boolean {
  return itemsOf(code).some(({ ir }) =>
    ir.ops.some((op) => {
      if (op.op === "setMember") return /^(?:request|send|get|post)$/.test(op.name);
      if (op.op !== "call") return false;
      const callee = ir.ops[op.callee];
      if (callee?.op !== "member" || callee.name !== "mount") return false;
      return op.args.some((a) => {
        const adapter = ir.ops[a.value];
        const made = adapter?.op === "call" ? ir.ops[adapter.callee] : undefined;
        const name = made?.op === "free" || made?.op === "member" ? made.name : undefined;
        return made !== undefined && name !== "HTTPAdapter";
      });
    }),
  );
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const title = "Wait at most ten seconds";
  const places = [match, ...(match.related ?? [])];
  const edits = places.flatMap(({ item, span }) => {
    const where = code.other(item);
    const op = where?.ir.ops.find(
      (o) => o.op === "call" && o.span.start === span.start && o.span.end === span.end,
    );
    return where === undefined || op?.op !== "call"
      ? []
      : (setKeyword(where, op, "timeout", "10") ?? []);
  });
  return edits.length < places.length
    ? [
        {
          title,
          grade: "manual",
          edits: [],
          reason: "Add timeout=10. No edit is offered: not all arguments are written here.",
        },
      ]
    : [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
}
