import { isTest } from "../server/rule/place.ts";
import { type Code, rule, type Span, type ValueId } from "../server/rule/rule.ts";
import { isSeen, PUBLIC_PREFIX, secretName, words } from "../server/rule/secret-names.ts";

/** Providers of models have one kind of key, and it spends money. */
const MODELS =
  /^(?:openai|anthropic|claude|gemini|groq|mistral|cohere|deepseek|together|replicate|perplexity|openrouter|huggingface|elevenlabs|xai|fireworks)$/;

export default rule({
  id: "secret-public-env-prefix",
  title: "Secret in a variable that browsers are sent",
  category: "configuration",
  severity: "critical",
  cwe: [200, 522],
  owasp: ["A01:2021", "A01:2025"],
  code: {
    may: /(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|NG_APP|PLASMO_PUBLIC|PUBLIC)_\w/,
    check: (code) =>
      isTest(code.file)
        ? []
        : reads(code).flatMap(({ name, span, op }) => {
            const kind = whatItIs(name);
            return kind === undefined
              ? []
              : [
                  {
                    item: code.item,
                    op,
                    span,
                    severity: kind === "token" ? "high" : "critical",
                    confidence: kind === "token" ? "medium" : "high",
                    facts: { name, prefix: PUBLIC_PREFIX.exec(name)?.[0] ?? "", kind },
                  },
                ];
          }),
  },
  say: ({ facts }) => ({
    what: `The value of ${String(facts?.name)} is written into the scripts that every visitor is sent.`,
    why:
      facts?.kind === "model"
        ? "Whoever opens the page's scripts copies the key and uses the model on your account until it is empty."
        : "Whoever opens the page's scripts copies it and does all that it allows, past every check of the page.",
    fix: `Take the prefix ${String(facts?.prefix)} off, use it in a route of the server that the page calls, and replace the value.`,
  }),
  fixes: () => [
    {
      title: "Use it on the server only",
      grade: "manual",
      edits: [],
      reason:
        "Rename the variable without its prefix, move the call that needs it into a route of the server, and replace the value: it has been public. No edit is offered: the route, and who may call it, are the author's to say.",
    },
  ],
});

/** `process.env.NAME`, `process.env["NAME"]`, `import.meta.env.NAME`. */
function reads(code: Code): { readonly name: string; readonly span: Span; readonly op: ValueId }[] {
  return code.ir.ops.flatMap((op, id) => {
    if (op.op !== "member" && op.op !== "index") return [];
    const key = op.op === "index" ? code.op(op.key) : undefined;
    const name =
      op.op === "member"
        ? op.name
        : key?.op === "const" && typeof key.value === "string"
          ? key.value
          : "";
    return PUBLIC_PREFIX.test(name) && isEnvironment(code, op.object)
      ? [{ name, span: op.span, op: id }]
      : [];
  });
}
function isEnvironment(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  if (op.op !== "member" || op.name !== "env") return false;
  const of = code.op(op.object);
  return of.op === "free" && (of.name === "process" || of.name === "import.meta");
}

function whatItIs(name: string): "secret" | "model" | "token" | undefined {
  const own = name.replace(PUBLIC_PREFIX, "");
  const all = words(own);
  const last = all[all.length - 1] ?? "";
  if (all.join("_").includes("service_role")) return "secret";
  const found = secretName(own);
  if (found?.kind !== "secret") return undefined;
  if (last === "key" && all.some((w) => MODELS.test(w))) return "model";
  const seen = isSeen(own);
  // A "client secret" is a secret, whatever else the name says.
  if (/^(?:secret|password|passwd|passphrase)$/.test(last)) return "secret";
  if (seen) return undefined;
  if (last === "key")
    return all.some((w) => /^(?:secret|private|signing|encryption|master|admin)$/.test(w))
      ? "secret"
      : undefined;
  return last === "token" && found.exact ? "token" : undefined;
}
