/**
 * Rules and models for pages about semantics: programs say `reveal(x)`, and a mark says what the engine must know of x.
 *
 * `reveal(x)  # error: [remote]` data of that kind of source reaches x, by a path that is wholly known (`warning`: with a
 * mark such as "unknown-call"); no mark: nothing does. `reveal_path(x)  # error: [path]` asks what a sink of that kind would be
 * told, after guards and sanitizers that clear only some kinds. `reveal_value(x)  # value: 'a' | 1` asks for constants
 * (`# value: ?` none are known; `# value: ? not 'a'` a gap).
 */
import { models } from "../../rules/models/index.ts";
import {
  constants,
  type Literal,
  type Model,
  type Observation,
  type Rule,
  type RuleSet,
  rule,
  type SinkKind,
  type SourceKind,
} from "../../server/rule/rule.ts";

/** Of one argument only one finding is shown for each kind of sink: so each kind of source asks by a sink of its own. */
const ASKED: Readonly<
  Record<Exclude<SourceKind, "upload-name" | "decoded" | "downloaded" | "machine">, SinkKind>
> = {
  remote: "xpath",
  client: "template",
  model: "shell",
  exception: "upload-path",
  stack: "header",
  environment: "network",
  "command-line": "deserialize",
  message: "graph",
  "archive-name": "regex",
};
const SOURCES = Object.keys(ASKED) as (keyof typeof ASKED)[];
const KINDS = ["sql", "path", "url", "html", "redirect", "response"] as const;
const WORDS = { what: "revealed", why: "A test asks.", fix: "Nothing." };

const base = {
  title: "Revealed",
  category: "test",
  severity: "critical",
  cwe: [],
  owasp: [],
  say: () => WORDS,
} as const;

const values: Rule = rule({
  ...base,
  id: "value",
  severity: "medium",
  calls: {
    watch: ["builtins.reveal_value", "globalThis.reveal_value"],
    check: (call: Observation) => ({
      item: call.site.item,
      span: call.site.span,
      op: call.site.op,
      facts: { text: shown(call) },
    }),
  },
  say: (match) => ({ ...WORDS, what: String(match.facts?.text) }),
});

export const revealRules: RuleSet = {
  rules: [
    ...SOURCES.map((kind) => rule({ ...base, id: kind, flow: { from: [kind], to: ASKED[kind] } })),
    ...KINDS.map((kind) => rule({ ...base, id: kind, flow: { from: SOURCES, to: kind } })),
    values,
  ],
  models: [...models, revealModel("python", "builtins"), revealModel("javascript", "globalThis")],
  pages: {},
};

function revealModel(language: Model["language"], globals: string): Model {
  return {
    language,
    sinks: [
      ...Object.values(ASKED).map((kind) => ({ path: `${globals}.reveal`, args: [0], kind })),
      ...KINDS.map((kind) => ({ path: `${globals}.reveal_${kind}`, args: [0], kind })),
    ],
  };
}

/** "'a' | 1", or "?" for a value that is not one of a few constants. */
function shown(call: Observation): string {
  const value = call.args[0]?.value;
  const all = constants(value);
  return all === undefined ? "?" : [...new Set(all.map(literal))].sort().join(" | ");
}

function literal(value: Literal): string {
  return typeof value === "string" ? `'${value}'` : String(value);
}
