import { credentialIn } from "../server/rule/credentials.ts";
import { constantOf, type Given, given, written } from "../server/rule/given.ts";
import { isBrowser, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { spanOf } from "../server/rule/tokens.ts";

/** What bundlers write into the scripts. */
const BUNDLED =
  /^(?:process|import\.meta)\.env(?:\.|\[["'])(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC)_/;
const OPTIONS = "dangerouslyAllowBrowser";

export default rule({
  id: "llm-key-in-browser",
  title: "Model key usable from the browser",
  category: "ai",
  severity: "critical",
  cwe: [522, 200],
  owasp: ["A04:2021", "A07:2025"],
  calls: {
    watch: [
      "openai",
      "openai.{OpenAI,AzureOpenAI}",
      "@anthropic-ai/sdk",
      "@anthropic-ai/sdk.Anthropic",
      "groq-sdk",
      "groq-sdk.Groq",
      "@google/genai.{GoogleGenAI}",
      "@google/generative-ai.{GoogleGenerativeAI}",
    ],
    check(call, context) {
      const code = context.code(call.site.item);
      if (code === undefined || isTest(code.file)) return undefined;
      const google = call.paths.some((p) => p.startsWith("@google/"));
      const key = given(call, google ? "0.apiKey|0" : "0.apiKey");
      const how = howItGetsThere(call, key, code, context, google);
      if (how === undefined) return undefined;
      const allow = given(call, `0.${OPTIONS}`);
      return {
        item: call.site.item,
        op: call.site.op,
        call,
        span: allow.kind === "given" ? spanOf(call, code, allow) : spanOf(call, code, key),
        confidence: call.guessed || how === "unknown" ? "medium" : "high",
        facts: { how, api: apiOf(call) },
      } satisfies Match;
    },
  },
  say: ({ facts }) => ({
    what: `The key of ${String(facts?.api)} is used in the browser${facts?.how === "literal" ? ", where its value is written" : ""}.`,
    why: "Every visitor finds it in the scripts or in the requests of the page, and uses the model on your account until it is empty.",
    fix: "Call the model in a route of the server that signs users in and limits what they may ask; the page calls that route.",
  }),
  fixes: () => [
    {
      title: "Call the model on the server",
      grade: "manual",
      edits: [],
      reason:
        "Move the client into a route of the server, let the page call that, and replace the key. No edit is offered: the route, and who may call it, are the author's to say.",
    },
  ],
});

/** By a variable that is bundled, as a literal, or by a variable in code that is certainly the browser's; else the user's own. */
function howItGetsThere(
  call: Observation,
  key: Given,
  code: Code,
  context: Context,
  google: boolean,
): "bundled" | "literal" | "unknown" | undefined {
  const allowed = constantOf(given(call, `0.${OPTIONS}`)) === true;
  if (!allowed && !google) return undefined;
  // A server of one's own in between holds the key.
  if (given(call, "0.baseURL").kind === "given") return undefined;
  const place = written(code, key, context);
  if (place === undefined) return undefined;
  const text = place.code.text(place.op.span);
  if (BUNDLED.test(text)) return "bundled";
  if (!isBrowser(code)) return undefined;
  if (place.op.op === "const" && typeof place.op.value === "string")
    return credentialIn(place.op.value) === undefined ? undefined : "literal";
  return allowed && /^process\.env\b/.test(text) ? "unknown" : undefined;
}
function apiOf(call: Observation): string {
  const path = call.paths[0] ?? "";
  return path.startsWith("@anthropic")
    ? "Anthropic"
    : path.startsWith("groq")
      ? "Groq"
      : path.startsWith("@google")
        ? "Gemini"
        : "OpenAI";
}
