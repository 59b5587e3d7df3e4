// Every fix of every page, on the same program in other clothes: it applies, parses, mends its finding and brings nothing new.

import { describe, test } from "node:test";
import { applyEdits } from "../../server/base/text.ts";
import { openEngine } from "../harness/engine.ts";
import { fixProblems, indent } from "../harness/fixes.ts";
import { readPages } from "../harness/pages.ts";
import { automatic, check, load, type Texts } from "../harness/project.ts";
import { plain } from "../harness/report.ts";

interface Clothes {
  readonly name: string;
  /** The program in these clothes, or undefined if it has no such form. */
  dress(name: string, text: string): string | undefined;
  /** What else must hold for a text that a fix was applied to. */
  keeps?(text: string): string | undefined;
}

const CLOTHES: readonly Clothes[] = [
  {
    name: "CRLF",
    dress: (_, text) => text.replaceAll("\n", "\r\n"),
    keeps: (text) => (/(?:^|[^\r])\n|\r(?!\n)/.test(text) ? "line ends are mixed" : undefined),
  },
  {
    name: "tabs",
    dress: (_, text) => {
      const unit = /^( +)\S/m.exec(text)?.[1];
      if (unit === undefined || unit.length > 4) return undefined;
      return text.replace(/^ +/gm, (spaces) => "\t".repeat(Math.ceil(spaces.length / unit.length)));
    },
    keeps: (text) => (/^\t* {2}/m.test(text) ? "a line is indented with spaces" : undefined),
  },
  { name: "no line end at the end", dress: (_, text) => text.trimEnd() },
  {
    name: "the other quotes",
    dress: (name, text) =>
      isPython(name) && !text.includes('"""')
        ? text.replace(/"([^"'\\\n`{}]*)"/g, "'$1'")
        : /\.[jt]sx?$/.test(name)
          ? text.replace(/"([^"'\\\n`]*)"/g, "'$1'")
          : undefined,
  },
  {
    name: "a comment before every line",
    dress: (name, text) =>
      text.replace(
        /^([ \t]*)(?=[\w@])(?!else|elif|except|finally|case|catch)/gm,
        `$1${isPython(name) ? "#" : "//"} 🦊\n$1`,
      ),
  },
  {
    name: "a comment in every call",
    dress: (name, text) =>
      isPython(name)
        ? text.replace(/(\w\()(?=[^)\n])/g, "$1  # 🦊\n    ")
        : text.replace(/(\w\()(?=[^)\n])/g, "$1/* 🦊 */ "),
  },
  {
    name: "an emoji in front, on the same line",
    dress: (name, text) =>
      isPython(name)
        ? undefined
        : text.replace(/^([ \t]*)(?=(?:return|const|await|res)\b)/gm, "$1/* 🦊 */ "),
  },
  {
    name: "functions on one line",
    dress: (name, text) => {
      const out = isPython(name)
        ? text.replace(
            /^([ \t]*(?:async )?def [^\n]*:)\n[ \t]+([^\n]+)(?=\n(?:\n|$|[^ \t]))/gm,
            "$1 $2",
          )
        : text.replace(/\{\n[ \t]*([^\n{}/]+|[^\n/]*\{[^\n{}]*\}[^\n/]*)\n[ \t]*\}/g, "{ $1 }");
      return out === text ? undefined : out;
    },
  },
  {
    name: "arrows without a block",
    dress: (name, text) => {
      if (isPython(name)) return undefined;
      const out = text.replace(
        /=> \{\n[ \t]*(?:return )?((?:res|await|return|\w+\.)[^\n]+);\n[ \t]*\}/g,
        "=> $1",
      );
      return out === text ? undefined : out;
    },
  },
  {
    name: "in a function",
    dress: (name, text) => inside(name, text, ["def outer():"], ["function outer() {"]),
  },
  {
    name: "in a method",
    dress: (name, text) =>
      inside(
        name,
        text,
        ["class Outer:", "    def method(self):"],
        ["class Outer {", "  method() {"],
      ),
  },
  {
    name: "in a branch of a decorated function",
    dress: (name, text) =>
      inside(
        name,
        text,
        ["@decorated", "def outer(flag):", "    if flag:"],
        ["function outer(flag) {", "  if (flag) {"],
      ),
  },
];

for (const clothes of CLOTHES)
  describe(clothes.name, () => {
    for (const page of readPages())
      test(page.path, async (t) => {
        let fixes = 0;
        const engine = await openEngine();
        const problems: string[] = [];
        for (const section of page.sections)
          for (const one of section.cases) {
            if (one.broken) continue;
            const texts = dressed(
              clothes,
              new Map(one.files.map((file) => [file.name, file.text])),
            );
            if (texts === undefined) continue;
            const options = { strict: one.strict };
            load(engine, texts, options);
            const { findings, broken } = check(engine, texts.keys());
            if (broken.length > 0 || findings.length === 0) continue;
            const found =
              clothes.keeps === undefined ? [] : kept(engine, clothes.keeps, texts, findings);
            for (const { file, fingerprint } of findings)
              fixes += engine.fixes(file, fingerprint).filter(automatic).length;
            const all = [...found, ...fixProblems(engine, texts, options)];
            problems.push(...all.map((text) => `${page.path}:${one.line} ${text}`));
          }
        t.diagnostic(`${fixes} fixes tried`);
        if (problems.length > 0) throw plain(problems.join("\n"));
      });
  });

function dressed(clothes: Clothes, texts: Texts): Texts | undefined {
  const out = new Map(texts);
  for (const [name, text] of texts) {
    const dress = /\.(?:py|[mc]?[jt]sx?)$/.test(name) ? clothes.dress(name, text) : undefined;
    if (dress !== undefined) out.set(name, dress);
  }
  return [...out].some(([name, text]) => text !== texts.get(name)) ? out : undefined;
}

function kept(
  engine: Awaited<ReturnType<typeof openEngine>>,
  keeps: (text: string) => string | undefined,
  texts: Texts,
  findings: ReturnType<typeof check>["findings"],
): string[] {
  return findings.flatMap(({ file, fingerprint, rule }) =>
    engine
      .fixes(file, fingerprint)
      .filter(automatic)
      .flatMap((fix) =>
        fix.edits.flatMap((edit) => {
          const before = texts.get(edit.file) ?? "";
          const after = applyEdits(before, edit.edits);
          const problem = keeps(before) === undefined ? keeps(after) : undefined;
          return problem === undefined
            ? []
            : [`[${rule}] fix "${fix.title}": ${problem}:\n${indent(after)}`];
        }),
      ),
  );
}

function isPython(name: string): boolean {
  return name.endsWith(".py");
}

/** Everything behind the imports, one or more levels deeper. */
function inside(
  name: string,
  text: string,
  python: readonly string[],
  javascript: readonly string[],
): string | undefined {
  const lines = text.trimEnd().split("\n");
  const isImport = (line: string): boolean =>
    /^(?:import|from|const .*= require\(|#|"use|\s*$)/.test(line);
  if (lines.some((line) => /^export\b|^module\.exports|"""|`$/.test(line))) return undefined;
  const first = lines.findIndex((line) => !isImport(line));
  if (first < 0) return undefined;
  const opened = isPython(name) ? python : javascript;
  const step = isPython(name) ? "    " : "  ";
  const levels = isPython(name)
    ? python.filter((line) => line.endsWith(":")).length
    : javascript.length;
  const body = lines.slice(first).map((line) => (line === "" ? "" : step.repeat(levels) + line));
  const closed = isPython(name)
    ? []
    : javascript.map((_, i) => `${step.repeat(javascript.length - 1 - i)}}`);
  return `${[...lines.slice(0, first), ...opened, ...body, ...closed].join("\n")}\n`;
}
