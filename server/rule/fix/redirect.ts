/** Fixes for redirects: the address is followed if it is a path of the same site, and else the start page. */
import { openPart, targetOf } from "../redirect.ts";
import type { Code, Context, Edit, Fix, Match } from "../rule.ts";
import { quoted } from "./arguments.ts";
import { importEdits } from "./imports.ts";
import { endsStatements } from "./refusal.ts";
import { freshName, insertBefore } from "./statements.ts";

const TITLE = "Follow only paths of this site";

export function redirectFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const { hit } = match;
  const refuse = (why: string): readonly Fix[] => [
    {
      title: TITLE,
      grade: "manual",
      edits: [],
      reason: `Compare the host with a list of your own, or accept only paths that begin with one slash. No edit is offered: ${why}.`,
    },
  ];
  const target = hit === undefined ? undefined : targetOf(hit, code);
  if (hit === undefined || target === undefined)
    return refuse("the address is not written in this place");
  const open = openPart(hit, context);
  if (open !== "whole" && open !== "slash")
    return refuse("which hosts there are is the author's to say");
  const { op } = target;
  const it = code.text(op.span);
  // What was cut out of something else is only known to be checked under a name of its own; and it is computed only once.
  const needsName = (hit.derive !== "same" && op.op !== "load") || !isRepeatable(it);
  const name = needsName ? freshName(code, "target") : it;
  const isPython = code.language === "python";
  const end = endsStatements(code) ? ";" : "";
  const named = needsName
    ? insertBefore(code, hit.site.span, [
        isPython ? `${name} = ${it}` : `const ${name} = ${it}${end}`,
      ])
    : undefined;
  if (op.op === "record" || it === "" || /[\r\n]/.test(it) || (needsName && named === undefined))
    return refuse("the address is computed in the call; give it a name first");
  const { test, imports } = check(String(hit.row.data?.check ?? ""), name, code);
  const whole = /\?[^.?]|\bif\b/.test(name) ? `(${name})` : name;
  const home = quoted(code, "/");
  const newText = isPython ? `${whole} if ${test} else ${home}` : `${test} ? ${whole} : ${home}`;
  const edits = [
    ...imports,
    ...(named === undefined ? [] : [named]),
    { ...code.absolute(op.span), newText },
  ];
  return [{ title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

/** Read twice, it gives the same; nothing in it is assigned, awaited or used up. */
function isRepeatable(text: string): boolean {
  const plain = text.replace(/(["'`]).*?\1/g, "");
  return !/=>|\b(?:await|yield|lambda)\b|\b(?:pop|shift|next|read)\(|:=|\+\+|--|(?<![=!<>])=(?!=)/.test(
    plain,
  );
}

/** Whether a path of the same site follows; by the framework's own function, if its row names one. */
function check(
  own: string,
  it: string,
  code: Code,
): { readonly test: string; readonly imports: readonly Edit[] } {
  if (code.language === "javascript")
    return { test: `/^\\/(?![\\/\\\\\\s])/.test(${it})`, imports: [] };
  const text = /\.get\([^,()]*\)$|\bor None$/.test(it) ? `${it} or ""` : it;
  const [, module, name = "", rest = ""] = /^\{([^#{}]+)#([^{}]+)\}(.*)$/.exec(own) ?? [];
  const { edits, locals } = importEdits(code, [
    module === undefined ? { module: "re" } : { module, name },
  ]);
  const test =
    module === undefined
      ? `${locals[0]}.match(r"/(?![/\\\\\\s])", ${text})`
      : `${locals[0]}${rest.replace("{it}", () => it)}`;
  return { test, imports: edits };
}
