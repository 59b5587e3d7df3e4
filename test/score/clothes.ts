/** One program in other clothes, which changes nothing about its holes. */
import type { Finding } from "../../server/engine/api.ts";
import type { Texts } from "../harness/project.ts";

export interface Clothed {
  readonly texts: Texts;
  /** Lines that were put in front of the file's own. */
  readonly shift: (file: string) => number;
}

export interface Clothes {
  readonly name: string;
  /** `findings` are those of the plain program; undefined if it cannot be dressed so. */
  dress(texts: Texts, findings: readonly Finding[], rule: string): Clothed | undefined;
}

const unmoved = (): number => 0;

export const PLAIN: Clothes = { name: "plain", dress: (texts) => ({ texts, shift: unmoved }) };

const each = (change: (text: string) => string): Clothes["dress"] => {
  return (texts) => ({
    texts: new Map([...texts].map(([name, text]) => [name, change(text)])),
    shift: unmoved,
  });
};

export const VARIANTS: readonly Clothes[] = [
  { name: "CRLF", dress: each((text) => text.replaceAll("\n", "\r\n")) },
  {
    name: "a comment with an emoji on top",
    dress(texts) {
      const tops = new Map([...texts].map(([name, text]) => [name, emojiLine(name, text)]));
      return {
        texts: new Map([...texts].map(([name, text]) => [name, (tops.get(name) ?? "") + text])),
        shift: (file) => ((tops.get(file) ?? "") === "" ? 0 : 1),
      };
    },
  },
  { name: "what arrives passed through a function", dress: passed(false) },
  { name: "what arrives passed through another file", dress: passed(true) },
];

/** A comment line, or "" where none can stand first. */
function emojiLine(name: string, text: string): string {
  if (text.startsWith("#!")) return "";
  if (/\.(?:py|txt|toml|ya?ml)$/.test(name)) return "# 🦊 naïve\n";
  if (name.endsWith(".sql")) return "-- 🦊 naïve\n";
  return isScript(name) ? "// 🦊 naïve\n" : "";
}
function isScript(name: string): boolean {
  return /\.(?:[mc]?[jt]s|[jt]sx)$/.test(name);
}

/** What reaches the sinks of this rule is handed through a function that returns it. */
function passed(isElsewhere: boolean): Clothes["dress"] {
  return (texts, findings, rule) => {
    const flows = findings.filter((one) => one.rule === rule && one.paths.length > 0);
    const files = [...new Set(flows.map(({ file }) => file))];
    if (files.length === 0 || files.some((file) => !canStart(texts.get(file) ?? "")))
      return undefined;
    const out = new Map(texts);
    for (const file of files) {
      let text = texts.get(file) as string;
      const spans = flows
        .filter((one) => one.file === file)
        .map(({ span }) => span)
        .sort((a, b) => b.start - a.start);
      let before = Number.POSITIVE_INFINITY;
      for (const { start, end } of spans) {
        if (end > before) return undefined;
        before = start;
        text = `${text.slice(0, start)}handed_on(${text.slice(start, end)})${text.slice(end)}`;
      }
      out.set(file, firstLine(file, text, isElsewhere) + text);
    }
    if (isElsewhere)
      for (const file of files) {
        if (file.endsWith(".py")) out.set("handing.py", "def handed_on(value): return value\n");
        else out.set("handing.js", "export const handed_on = (value) => value;\n");
      }
    return { texts: out, shift: (file) => (files.includes(file) ? 1 : 0) };
  };
}
/** Directives, docstrings and future imports must stay first. */
function canStart(text: string): boolean {
  return !/^(?:#!|\s*["']|from __future__)/.test(text) && !text.includes("from __future__");
}
function firstLine(file: string, text: string, isElsewhere: boolean): string {
  if (file.endsWith(".py"))
    return isElsewhere ? "from handing import handed_on\n" : "def handed_on(value): return value\n";
  if (!isElsewhere) return "function handed_on(value) { return value; }\n";
  const up = "../".repeat(file.split("/").length - 1) || "./";
  return /\brequire\(/.test(text) && !/^import /m.test(text)
    ? `const { handed_on } = require("${up}handing.js");\n`
    : `import { handed_on } from "${up}handing.js";\n`;
}
