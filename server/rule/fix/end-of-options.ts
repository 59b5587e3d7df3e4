/** Puts what ends the options of a program in front of an argument. */
import type { OptionArgument } from "../argument-option.ts";
import type { Code, Fix } from "../rule.ts";
import { quoted } from "./arguments.ts";

export function endOptions(found: OptionArgument | undefined, code: Code): Fix {
  const title = "End the options before the value";
  const refuse = (why: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason: `Refuse values that begin with a dash, or check them against a pattern that begins with a letter. No edit is offered: ${why}.`,
  });
  if (found?.ends === undefined)
    return refuse(
      `${found?.program ?? "the program"} has nothing that ends its options in this place`,
    );
  if (found.element === undefined)
    return refuse("the list of arguments is not written in one place");
  if (!found.isBehindOptions)
    return refuse(`options follow the value, and behind ${found.ends} they would be none`);
  const at = code.absolute(code.op(found.element).span).start;
  const edits = [{ start: at, end: at, newText: `${quoted(code, found.ends)}, ` }];
  // Behind it may be what is meant as an option.
  const grade = found.isKnownBehind ? "safe" : "suggested";
  return { title, grade, edits: [{ file: code.file, edits }] };
}
