/** What comes from a language model: its answers, and what it passes to the tools it is given. */
import { runsAs } from "./command.ts";
import type { Code, Context, Hit } from "./rule.ts";

/** The model filled in the arguments of a tool. */
export function isToolArgument(hit: Hit): boolean {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  return source.text.includes("to its tool");
}

/** The text is run: as a line of a shell, the name of a program, or code; an argument of a program is not. */
export function isRun(hit: Hit, code: Code): boolean {
  if (hit.sink === "shell") return runsAs(hit, code) !== undefined;
  if (hit.sink !== "code") return false;
  // setTimeout and its like call a function; only a text that was put together is run.
  return hit.row.data?.text !== true || hit.value.alts?.some((alt) => "parts" in alt) === true;
}

/** The code runs in a place made for it: a container, a remote sandbox. */
export function isSandboxed(hit: Hit, context: Context): boolean {
  return /\b(?:sandbox|docker|container|e2b|firejail|nsjail)\b/i.test(
    context.code(hit.site.item)?.text(hit.site.span) ?? "",
  );
}
