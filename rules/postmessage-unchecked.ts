/** Messages between windows: any page may send one to a page it has opened or framed, and get one that is sent to everybody. */
import { weakTestFixes } from "../server/rule/fix/origin.ts";
import { endsStatements } from "../server/rule/fix/refusal.ts";
import { insertBefore } from "../server/rule/fix/statements.ts";
import { itemsOf } from "../server/rule/items.ts";
import {
  handlingOf,
  isOtherWindow,
  type Listener,
  listenersIn,
  secretIn,
} from "../server/rule/messages.ts";
import { isSample, isServiceWorker, isTest } from "../server/rule/place.ts";
import { type Code, type Context, type Fix, type Match, rule } from "../server/rule/rule.ts";
import { bare } from "../server/rule/tokens.ts";

/** Pages of an editor: their messages come from their own extension, whose origin is not known. */
const WEBVIEW = /acquireVsCodeApi|\bvscode\b/i;

export default rule({
  id: "postmessage-unchecked",
  title: "Message of another window, whoever sent it",
  category: "browser",
  severity: "medium",
  cwe: [346],
  owasp: ["A07:2021", "A07:2025"],
  code: {
    may: /postMessage|["'`]message["'`]|\bonmessage\b/,
    check(code, context) {
      if (code.ir.kind !== "module" || isTest(code.file) || isSample(code.file)) return [];
      if (code.language !== "javascript" || isServiceWorker(code)) return [];
      if (WEBVIEW.test(code.fileText) || /webview/i.test(code.file)) return [];
      return [
        ...listenersIn(code, context).flatMap((one) => received(one, context) ?? []),
        ...sent(code, context),
      ];
    },
  },
  say: ({ facts }) =>
    facts?.how === "sent"
      ? {
          what: `"${String(facts.name)}" is sent to a window, whatever page is in it.`,
          why: "A page that opens this one, or that the window has gone to meanwhile, gets the secret.",
          fix: "Name the origin of the page it is meant for as the second argument of postMessage.",
        }
      : facts?.how === "unchecked"
        ? {
            what: `Messages of any window are taken, and ${String(facts.effect)} gets what they hold.`,
            why: "Every page that opens this one or has it in a frame can send such a message, and decides what this page does as its user.",
            fix: "Compare event.origin with the origin you expect before you read event.data.",
          }
        : {
            what: `${String(facts?.text)} does not tell the right sender from others like it.`,
            why: "An attacker gives a site a name that passes; its messages are then taken for those of the right one.",
            fix: "Compare the whole of event.origin with the origin you expect.",
          },
  fixes: (match, code) => fixes(match, code),
});

function received(listener: Listener, context: Context): Match | undefined {
  const { isChecked, weak, effect } = handlingOf(listener, context);
  if (isChecked) return undefined;
  if (weak !== undefined) {
    const isHere = context.code(weak.item)?.file === listener.code.file;
    return {
      item: weak.item,
      span: weak.span,
      op: weak.op,
      severity: effect === undefined ? "low" : "medium",
      ...(!isHere && {
        item: listener.code.item,
        span: listener.span,
        op: listener.op,
        related: [{ item: weak.item, span: weak.span, text: "the comparison" }],
      }),
      confidence: weak.isGuess || weak.how === "dot" ? "medium" : "high",
      facts: { how: weak.how, text: weak.text, test: weak.op, testItem: weak.item },
    };
  }
  if (effect === undefined) return undefined;
  return {
    item: listener.code.item,
    span: listener.span,
    op: listener.op,
    confidence: "medium",
    facts: { how: "unchecked", effect: effect.text, handler: listener.handler.item },
    related: [
      { item: effect.item, span: effect.span, text: "what the message holds arrives here" },
    ],
  };
}

/** `opener.postMessage({ token }, "*")` */
function sent(module: Code, context: Context): readonly Match[] {
  const out: Match[] = [];
  for (const code of itemsOf(module))
    code.ir.ops.forEach((op, id) => {
      const callee = op.op === "call" ? code.op(op.callee) : undefined;
      if (op.op !== "call" || callee?.op !== "member" || callee.name !== "postMessage") return;
      const [data, target] = op.args;
      if (data === undefined || target === undefined || !isOtherWindow(code, callee.object)) return;
      const where = bare(code, target.value);
      const name =
        where.op === "const" && where.value === "*"
          ? secretIn(code, data.value, context)
          : undefined;
      if (name === undefined) return;
      out.push({
        item: code.item,
        span: target.span,
        op: id,
        confidence: "medium",
        facts: { how: "sent", name },
      });
    });
  return out;
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const { facts } = match;
  if (facts?.how === "sent") {
    const { start, end } = code.absolute(match.span);
    const edits = [{ start, end, newText: "window.location.origin" }];
    return [
      {
        title: "Send it to pages of this site only",
        grade: "suggested",
        edits: [{ file: code.file, edits }],
      },
    ];
  }
  if (facts?.how !== "unchecked") return weakTestFixes(match, code);
  const title = "Take messages of this site only";
  const handler = code.other(String(facts.handler));
  const edit = handler === undefined ? undefined : checkIn(handler);
  return handler === undefined || edit === undefined || handler.file !== code.file
    ? [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            "Compare event.origin with the origin you expect, first thing in the listener. No edit is offered: it has no statement or no event to put the comparison in.",
        },
      ]
    : [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
}

function checkIn(handler: Code) {
  const [event] = handler.ir.params;
  if (event === undefined || !/^[A-Za-z_$][\w$]*$/.test(event.name)) return undefined;
  const first = handler.ir.statements.reduce<{ start: number; end: number } | undefined>(
    (best, one) => (best === undefined || one.start < best.start ? one : best),
    undefined,
  );
  const end = endsStatements(handler) ? ";" : "";
  return first === undefined
    ? undefined
    : insertBefore(handler, first, [
        `if (${event.name}.origin !== window.location.origin) return${end}`,
      ]);
}
