/** What makes findings go away, in a file: comments, rules that are off in the editor's settings, sanitizers of the project. */
import { type Node, parseTree } from "jsonc-parser";
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Engine } from "../engine/api.ts";
import { silencingRows } from "../own/silencing.ts";

export interface Silence extends Span {
  /** "a comment hides sql-injection here" */
  readonly words: string;
}

/** Files in which rules and sanitizers are turned on and off and findings accepted, besides code. */
export function isSilencingFile(file: FileId): boolean {
  return (
    isSettings(file) ||
    isBaseline(file) ||
    /(?:^|\/)\.skeptic\/rules\/[^/]+\.(ya?ml|json)$/.test(file)
  );
}

function isBaseline(file: FileId): boolean {
  return /(?:^|\/)\.skeptic\/baseline\.json$/.test(file);
}

function isSettings(file: FileId): boolean {
  return /(?:^|\/)\.vscode\/settings\.json$|\.code-workspace$/.test(file);
}

/** In offsets of `text`, the engine's text of the file. */
export function silencesIn(engine: Engine, file: FileId, text: string): readonly Silence[] {
  if (isSettings(file)) return inSettings(text);
  if (isBaseline(file))
    return [{ start: 0, end: text.length, words: "the baseline accepts findings" }];
  if (isSilencingFile(file))
    return silencingRows(text).map(({ start, end, kind, name }) => ({
      start,
      end,
      words: `a ${kind} of the project${name === "" ? "" : `, ${name},`} makes findings go away`,
    }));
  // One that names no rule that there is hides nothing.
  const comments = engine
    .suppressions(file)
    .filter(({ rules }) => rules.length === 0 || rules.some((id) => engine.rule(id) !== undefined));
  return comments.map(({ span, rules, isWholeFile }) => ({
    ...span,
    words: `a comment hides ${rules.length === 0 ? "findings" : rules.join(", ")} ${isWholeFile ? "in the whole file" : "here"}`,
  }));
}

/** The keys of Skeptic that make it say less, with their places. */
function inSettings(text: string): readonly Silence[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const out: Silence[] = [];
  const add = ({ offset, length }: Node, words: string): void => {
    out.push({ start: offset, end: offset + length, words });
  };
  const visit = (node: Node | undefined): void => {
    for (const property of node?.children ?? []) {
      const [key, value] = property.children ?? [];
      if (property.type !== "property" || key === undefined || value === undefined) continue;
      switch (key.value) {
        case "settings":
          visit(value);
          break;
        case "skeptic.enable":
          if (value.value === false) add(property, "the settings turn Skeptic off");
          break;
        case "skeptic.exclude":
          if ((value.children ?? []).length > 0) add(property, "the settings leave files out");
          break;
        case "skeptic.rules":
          for (const rule of value.children ?? []) {
            const [id, level] = rule.children ?? [];
            if (level?.value === "off") add(rule, `the settings turn ${id?.value} off`);
          }
          break;
        case "skeptic.minimumSeverity":
        case "skeptic.minimumConfidence":
          add(property, `the settings show less (${key.value})`);
          break;
      }
    }
  };
  visit(root);
  return out;
}
