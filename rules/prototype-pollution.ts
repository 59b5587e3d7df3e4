import { keyCheckFixes } from "../server/rule/fix/key-check.ts";
import { origin } from "../server/rule/given.ts";
import { type Code, type Context, type Hit, type Match, rule } from "../server/rule/rule.ts";
import { isBelow } from "../server/rule/version.ts";

export default rule({
  id: "prototype-pollution",
  title: "Request data names the properties that are written",
  category: "injection",
  severity: "high",
  cwe: [1321],
  owasp: ["A08:2021", "A05:2025"],
  flow: {
    from: ["remote", "client", "message"],
    to: "key",
    accept(hit: Hit, context: Context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      const { package: name, fixed, by } = hit.row.data ?? {};
      if (code === undefined || hit.row.data?.rule !== "prototype-pollution") return undefined;
      const source = context.source(hit.label);
      if (name === undefined) {
        const isHarmless =
          (source?.safeNames === true && isName(hit)) ||
          isStart(hit, code) ||
          isWithoutPrototype(hit, code, context);
        return isHarmless ? undefined : {};
      }
      const version = context.requirement(String(name));
      if (version === undefined || !isBelow(version, String(fixed))) return undefined;
      if (by === "object" && (source?.safeNames === true || isPiece(hit))) return undefined;
      return { facts: { version } };
    },
  },
  say: ({ hit, facts }) => ({
    what:
      facts?.version === undefined
        ? "Data from outside decides both the object that is found by a key and the property that is set in it."
        : `Data from outside names properties that ${String(hit?.row.data?.api)} of ${String(hit?.row.data?.package)} ${String(facts.version)} writes, prototypes among them.`,
    why: 'With "__proto__" as a name, what is set is set in every object of the program: {"__proto__": {"isAdmin": true}} makes everybody an administrator.',
    fix:
      facts?.version === undefined
        ? 'Leave out the names "__proto__", "constructor" and "prototype", or keep such data in a Map or an Object.create(null).'
        : `Update ${String(hit?.row.data?.package)} to ${String(hit?.row.data?.fixed)} or later.`,
  }),
  fixes: (match, code) => keyCheckFixes(match, code),
});

/** A name out of the data, or what may be one: deeper inside, names and values are not told apart. */
function isName(hit: Hit): boolean {
  const steps = hit.label.slice(hit.label.lastIndexOf("|") + 1).split(".");
  return steps.includes("%keys") || steps.length >= 3;
}

/** `target[key] = {}`: what is written there next is told. */
function isStart(hit: Hit, code: Code): boolean {
  const write = code.op(hit.site.op);
  const value = write.op === "setIndex" ? code.op(write.value) : undefined;
  return value?.op === "record" && value.entries.length === 0;
}

/** One text of a body, and not all that is in it. */
function isPiece(hit: Hit): boolean {
  return hit.derive !== "same" || hit.value.alts !== undefined;
}

/** The object at the start was made with no prototype. */
function isWithoutPrototype(hit: Hit, code: Code, context: Context): boolean {
  const write = code.op(hit.site.op);
  if (write.op !== "setIndex") return false;
  const step = origin({ code, op: code.op(write.object), id: write.object }, context).op;
  if (step.op !== "index") return false;
  const { code: where, op } = origin({ code, op: code.op(step.object), id: step.object }, context);
  if (op.op !== "call") return false;
  const callee = where.text(where.op(op.callee).span);
  const first = op.args[0] === undefined ? undefined : where.op(op.args[0].value);
  return /\bObject\.create$/.test(callee) && first?.op === "const" && first.value === null;
}
