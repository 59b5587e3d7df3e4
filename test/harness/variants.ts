/** The same program in other clothes: its findings stand on the same lines. */
import type { Engine } from "../../server/engine/api.ts";
import { isDockerfile } from "../../server/rule/dockerfile.ts";
import { check, type LoadOptions, load, settle, summary, type Texts } from "./project.ts";
import { without } from "./report.ts";

/** Larger programs are not typed. */
const MOST_TYPED = 1500;

/** Far more than any page needs. */
const MOST_SLICES = 20_000;

interface Variant {
  readonly name: string;
  /** Findings in the form of `summary`, or undefined if this program has no such variant. */
  run(engine: Engine, texts: Texts, options: LoadOptions): readonly string[] | undefined;
}

const VARIANTS: readonly Variant[] = [
  {
    name: "CRLF",
    run: (engine, texts, options) =>
      plainly(
        engine,
        mapped(texts, (text) => text.replaceAll("\n", "\r\n")),
        options,
      ),
  },
  {
    name: "an emoji line on top",
    run: (engine, texts, options) => {
      const lines = new Map([...texts].map(([name, text]) => [name, emojiLine(name, text)]));
      const changed = new Map(
        [...texts].map(([name, text]) => [name, (lines.get(name) ?? "") + text]),
      );
      const moved = (entry: string) =>
        entry.replace(
          /^(.*):(\d+) /,
          (_, name: string, line: string) =>
            `${name}:${Number(line) - (lines.get(name) === "" ? 0 : 1)} `,
        );
      return plainly(engine, changed, options).map(moved).sort();
    },
  },
  {
    name: "files in reverse",
    run: (engine, texts, options) =>
      texts.size < 2 ? undefined : plainly(engine, new Map([...texts].reverse()), options),
  },
  {
    name: "caches dropped at every step",
    run: (engine, texts, options) => {
      load(engine, new Map(), options);
      engine.setFiles(texts.keys());
      const found = [];
      for (const [name, text] of texts) {
        engine.set(name, text);
        engine.dropCaches();
        engine.check(name);
      }
      for (const name of texts.keys()) {
        engine.dropCaches();
        settle(engine);
        found.push(...engine.check(name).findings);
      }
      for (const name of texts.keys()) engine.remove(name);
      return summary(found, texts);
    },
  },
  {
    name: "in the smallest slices",
    run: (engine, texts, options) => {
      engine.dropCaches();
      load(engine, texts, options);
      for (let slice = 0; engine.step(0).pending > 0; slice++)
        if (slice > MOST_SLICES) return ["does not come to an end"];
      return summary(check(engine, texts.keys()).findings, texts);
    },
  },
  {
    name: "typed character by character",
    run: (engine, texts, options) => {
      if ([...texts.values()].reduce((sum, text) => sum + text.length, 0) > MOST_TYPED)
        return undefined;
      load(
        engine,
        mapped(texts, () => ""),
        { ...options, open: true },
      );
      for (const [name, text] of texts)
        for (let at = 0; at < text.length; at++) {
          engine.edit(name, [{ start: at, end: at, newText: text[at] as string }]);
          if (text[at] === "\n") engine.check(name);
        }
      return summary(check(engine, texts.keys()).findings, texts);
    },
  },
];

/** Lines for every variant whose findings are not these. */
export function variantProblems(
  engine: Engine,
  texts: Texts,
  options: LoadOptions,
  expected: readonly string[],
): string[] {
  return VARIANTS.flatMap(({ name, run }) => {
    const got = run(engine, texts, options);
    if (got === undefined) return [];
    const lost = without(expected, got);
    const extra = without(got, expected);
    return [
      ...lost.map((entry) => `variant "${name}": lost ${entry}`),
      ...extra.map((entry) => `variant "${name}": new ${entry}`),
    ];
  });
}

function plainly(engine: Engine, texts: Texts, options: LoadOptions): string[] {
  load(engine, texts, options);
  return summary(check(engine, texts.keys()).findings, texts);
}

function mapped(texts: Texts, change: (text: string) => string): Texts {
  return new Map([...texts].map(([name, text]) => [name, change(text)]));
}

/** A comment line to put in front, or "" where none can stand. */
function emojiLine(name: string, text: string): string {
  if (text.startsWith("#!")) return "";
  // Directives stand before every comment.
  if (isDockerfile(name))
    return /^\s*# *(?:escape|syntax|check) *=/.test(text) ? "" : "# 🦊 naïve\n";
  if (/\.(?:py|txt|toml|ya?ml|lock)$/.test(name)) return "# 🦊 naïve\n";
  if (name.endsWith(".sql")) return "-- 🦊 naïve\n";
  return /\.(?:[mc]?[jt]s|[jt]sx|rules)$/.test(name) ? "// 🦊 naïve\n" : "";
}
