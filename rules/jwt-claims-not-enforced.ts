import { removeArgument, removeEntry } from "../server/rule/fix/arguments.ts";
import { insertAfter } from "../server/rule/fix/statements.ts";
import { constantOf, given, written } from "../server/rule/given.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { bare, type Data, isUnchecked, spanOf, tokenData } from "../server/rule/tokens.ts";

export default rule({
  id: "jwt-claims-not-enforced",
  title: "Token claims are not checked",
  category: "authentication",
  severity: "medium",
  cwe: [613],
  owasp: ["A07:2021", "A07:2025"],
  calls: {
    sinks: ["token"],
    check(call, context) {
      const data = tokenData(call, "verifies");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isUnchecked(call, data)) return undefined;
      const place = {
        item: call.site.item,
        op: call.site.op,
        call,
        confidence: call.guessed ? ("medium" as const) : ("high" as const),
      };
      if (data.validate !== undefined)
        return isValidated(call, code, String(data.validate))
          ? undefined
          : {
              ...place,
              span: call.site.span,
              facts: { claims: "expiry", how: "never", api: String(data.api) },
            };
      const off = switches(data).filter((s) => constantOf(given(call, s.spec)) === s.off);
      const first = off[0];
      if (first === undefined) return undefined;
      const claims = off.map((s) => s.claim);
      return {
        ...place,
        span: spanOf(call, code, given(call, first.spec)),
        severity: claims.includes("expiry") ? "medium" : "low",
        facts: { claims: claims.join(", "), how: "off", api: String(data.api) },
      };
    },
  },
  say: ({ facts }) => {
    const claims = String(facts?.claims);
    const names = claims
      .replaceAll("expiry", "the expiry")
      .replace("audience", "the audience")
      .replace("issuer", "the issuer")
      .replace("start", "the start time");
    if (facts?.how === "never")
      return {
        what: "The claims of the token are read, but validate() is never called on them.",
        why: "Authlib checks the signature only: a token that was stolen years ago still works.",
        fix: "Call claims.validate() after decode.",
      };
    return {
      what: `${String(facts?.api)} does not check ${names.replace(/, ([^,]*)$/, " and $1")} of the token.`,
      why: claims.includes("expiry")
        ? "A token that leaked once (a log, a backup, a shared computer) opens the account for ever."
        : claims.includes("start")
          ? "A token counts before the time it was issued for."
          : "A token that was issued for another service, or by another issuer with the same key, is accepted here.",
      fix: `Leave the check on${claims.includes("audience") ? " and pass the audience you expect" : claims.includes("issuer") ? " and pass the issuer you expect" : ""}; ask for a new token when one has expired.`,
    };
  },
  fixes: (match, code, context) => fixes(match, code, context),
});

interface Switch {
  readonly spec: string;
  readonly off: boolean;
  readonly claim: string;
}
/** "options.verify_exp=false:expiry,..." */
function switches(data: Data): readonly Switch[] {
  return String(data.claims ?? "")
    .split(",")
    .flatMap((one) => {
      const m = /^(.+)=(true|false):(\w+)$/.exec(one);
      return m === null
        ? []
        : [{ spec: m[1] as string, off: m[2] === "true", claim: m[3] as string }];
    });
}

/** `.validate()` is called on the result, in this function or wherever it goes from here. */
function isValidated(call: Observation, code: Code, method: string): boolean {
  const stored = code.ir.ops.find(
    (o) => o.op === "store" && bareId(code, o.value) === call.site.op,
  );
  if (stored?.op !== "store") return true;
  let reads = 0;
  let escapes = false;
  for (const op of code.ir.ops) {
    if (op.op === "member" || op.op === "index") {
      const object = code.op(op.object);
      if (object.op !== "load" || object.slot !== stored.slot) continue;
      if (op.op === "member" && op.name === method) return true;
      reads++;
    } else if (op.op === "call" && op.args.some((a) => isLoad(code, a.value, stored.slot)))
      escapes = true;
  }
  return escapes || reads === 0;
}
function isLoad(code: Code, id: number, slot: number): boolean {
  const op = bare(code, id);
  return op.op === "load" && op.slot === slot;
}
function bareId(code: Code, id: number): number {
  const op = code.op(id);
  return op.op === "annotate" || op.op === "await" ? bareId(code, op.value) : id;
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const call = match.call;
  const data = call === undefined ? undefined : tokenData(call, "verifies");
  const op = code.op(match.op ?? 0);
  const title = "Check the claims again";
  const manual = (why: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason: why },
  ];
  if (call === undefined || data === undefined || op.op !== "call") return [];
  if (match.facts?.how === "never") {
    const statement = code.statement(call.site.span);
    const stored = code.ir.ops.find(
      (o) => o.op === "store" && bareId(code, o.value) === call.site.op,
    );
    if (statement === undefined || stored?.op !== "store")
      return manual("Call validate() on the claims.");
    const line = `${code.ir.slots[stored.slot] ?? "claims"}.validate()`;
    return [
      {
        title: "Validate the claims",
        grade: "suggested",
        edits: [{ file: code.file, edits: [insertAfter(code, statement, [line])] }],
      },
    ];
  }
  const off = switches(data).filter((s) => constantOf(given(call, s.spec)) === s.off);
  if (
    off.some((s) => s.claim === "audience" || s.claim === "issuer") &&
    !off.some((s) => s.claim === "expiry")
  )
    return manual(
      "Pass the audience (or issuer) your tokens are made for, then drop the switch. No edit is offered: its name is not known here.",
    );
  const options = written(
    code,
    given(call, (off[0] as Switch).spec.replace(/\.\w+$/, "")),
    context,
  );
  if (options?.op.op !== "record")
    return manual(
      "Drop the switch where the options are made. No edit is offered: they are not written here.",
    );
  const names = off
    .filter((s) => s.claim === "expiry" || s.claim === "start")
    .map((s) => s.spec.slice(s.spec.lastIndexOf(".") + 1));
  const inCall = op.args.find(
    (a) => bareId(code, a.value) === options.id && options.code.item === code.item,
  );
  let edit: Edit | undefined;
  if (inCall !== undefined && options.op.entries.length === 1)
    edit = removeArgument(code, op, inCall);
  else if (names.length === 1) edit = removeEntry(options.code, options.op, names[0] as string);
  if (edit === undefined)
    return manual("Drop the switches. No edit is offered: there are several.");
  return [
    {
      title: off.some((s) => s.claim === "expiry") ? "Check the expiry" : title,
      grade: "suggested",
      edits: [{ file: options.code.file, edits: [edit] }],
    },
  ];
}
