/** Own rules as rules: a flow to a call, or a call that is made in a certain way. */
import {
  argument,
  constants,
  type Match,
  type Observation,
  type Rule,
  rule,
} from "../rule/rule.ts";
import type { Condition, RuleData } from "./format.ts";

export function ownRule(data: RuleData): Rule {
  const { id, title, severity, confidence, message, flow, call } = data;
  const certain = confidence === undefined ? {} : { confidence };
  return rule({
    id,
    title,
    category: "own",
    severity,
    cwe: data.cwe ?? [],
    owasp: [],
    ...(flow === undefined
      ? {}
      : {
          flow: {
            from: flow.from ?? ["remote"],
            to: flow.kind,
            accept: (hit) => (hit.row.data?.rule === id ? certain : undefined),
          },
        }),
    ...(call === undefined
      ? {}
      : {
          calls: {
            watch: call.paths,
            check: (made): Match | undefined =>
              (call.when ?? []).every((condition) => holds(condition, made))
                ? {
                    item: made.site.item,
                    span: made.site.span,
                    op: made.site.op,
                    call: made,
                    confidence: confidence ?? (made.guessed ? "medium" : "high"),
                  }
                : undefined,
          },
        }),
    say: () => message,
  });
}

/** True only where it is certain. */
function holds(condition: Condition, call: Observation): boolean {
  const given = argument(call, condition.argument);
  if (condition.isMissing)
    return given === undefined && call.args.every((a) => a.spread === undefined);
  if (given === undefined) return false;
  const all = constants(given.value);
  if (all !== undefined && condition.is !== undefined)
    return all.every((value) => condition.is?.includes(value as string) === true);
  const { startsWith } = condition;
  if (startsWith === undefined || given.value.alts === undefined) return false;
  return given.value.alts.every((alt) => {
    const text = "const" in alt ? alt.const : alt.parts[0]?.text;
    return typeof text === "string" && text.startsWith(startsWith);
  });
}
