import { credentialIn, MAY_HOLD } from "../server/rule/credentials.ts";
import { environmentAdvice, environmentFix } from "../server/rule/fix/environment.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import { rule } from "../server/rule/rule.ts";
import { textsIn } from "../server/rule/texts.ts";

export default rule({
  id: "secret-hardcoded",
  title: "Credential written in the code",
  category: "secrets",
  severity: "critical",
  cwe: [798, 312],
  owasp: ["A07:2021", "A07:2025"],
  code: {
    may: MAY_HOLD,
    check: (code) => {
      // Tests and examples have made-up ones; a checksum is not made up.
      const made = isTest(code.file) || isSample(code.file);
      return textsIn(code).flatMap(({ op, span, text }) => {
        const found = credentialIn(text);
        if (found === undefined || (made && !found.proved)) return [];
        const { what, variable, power } = found;
        const whole = found.start === 0 && found.end === text.length;
        return [
          {
            item: code.item,
            op,
            span,
            confidence: "high",
            facts: { what, variable, power, whole },
          },
        ];
      });
    },
  },
  say: ({ facts }) => ({
    what: `${capital(String(facts?.what))} is written in the code.`,
    why: `Who has the code or its history (a fork, an image, a leaked backup) has it, and ${String(facts?.power)}; in public repositories, programs find it within minutes.`,
    fix: "Revoke it where it was made, read the new one from the environment or a secret store, and do not commit it.",
  }),
  fixes: (match, code) => {
    const id = match.op ?? 0;
    const op = code.op(id);
    return op.op === "const" &&
      (match.facts?.whole === true || match.facts?.variable === "DATABASE_URL")
      ? [environmentFix({ code, op, id }, String(match.facts?.variable))]
      : [environmentAdvice("it is a part of a longer text")];
  },
});

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
