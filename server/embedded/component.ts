/**
 * Components of Vue and Svelte: their scripts, as one program that is as long as the file. Each script stands where it stands
 * in the file, and around it is nothing but space, so that all places are those of the file. What the templates do is not read.
 */
import { Parser } from "htmlparser2";
import type { Part, Program, ProgramLanguage } from "./program.ts";

interface Script extends Pick<Part, "start" | "end"> {
  readonly language: ProgramLanguage;
}

const LANGUAGES: Readonly<Record<string, ProgramLanguage>> = {
  "": "javascript",
  js: "javascript",
  javascript: "javascript",
  module: "javascript",
  "text/javascript": "javascript",
  jsx: "typescriptreact",
  ts: "typescript",
  typescript: "typescript",
  "text/typescript": "typescript",
  tsx: "typescriptreact",
};
/** Both scripts of a component are one module: what reads all of it is the last that one of them asks for. */
const ORDER: readonly ProgramLanguage[] = ["javascript", "typescript", "typescriptreact"];

export function componentProgram(text: string): Program {
  const scripts = scriptsOf(text);
  let out = "";
  let at = 0;
  let language: ProgramLanguage = "javascript";
  for (const { start, end, language: own } of scripts) {
    out += blank(text.slice(at, start)) + text.slice(start, end);
    at = end;
    if (ORDER.indexOf(own) > ORDER.indexOf(language)) language = own;
  }
  return {
    text: out + blank(text.slice(at)),
    language,
    parts: scripts.map(({ start, end }) => ({ cell: 0, start, end, at: start })),
    neutral: [],
  };
}

function scriptsOf(text: string): readonly Script[] {
  const scripts: Script[] = [];
  /** Elements around the place at hand; those that HTML closes by itself are. */
  let depth: string[] = [];
  let opened: { readonly start: number; readonly language: ProgramLanguage } | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth.push(name);
        if (name !== "script" || !isOwn(depth)) return;
        const language = languageOf(attributes);
        if (language !== undefined) opened = { start: parser.endIndex + 1, language };
      },
      onclosetag(name, isImplied) {
        depth = depth.slice(0, Math.max(0, depth.lastIndexOf(name)));
        if (name !== "script" || opened === undefined) return;
        // One without an end would take in all that follows.
        const end = parser.startIndex;
        if (!isImplied && end > opened.start)
          scripts.push({
            start: afterBreak(text, opened.start, end),
            end,
            language: opened.language,
          });
        opened = undefined;
      },
    },
    { lowerCaseTags: false, recognizeSelfClosing: true },
  );
  parser.end(text);
  return scripts.filter(({ start, end }) => text.slice(start, end).trim() !== "");
}

/** A script that stands inside the template, or is put into the page's head, is one of the page. */
function isOwn(around: readonly string[]): boolean {
  return !around.includes("template") && !around.includes("svelte:head");
}

function languageOf(attributes: Readonly<Record<string, string>>): ProgramLanguage | undefined {
  if (attributes.src !== undefined) return undefined;
  const name = (attributes.lang ?? attributes.type ?? "").toLowerCase();
  return Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined;
}

/** The line of the tag itself is no line of the script. */
function afterBreak(text: string, start: number, end: number): number {
  const found = /^[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(start, end));
  return start + (found?.[0].length ?? 0);
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}
