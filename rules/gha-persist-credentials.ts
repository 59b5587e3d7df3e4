/** A checkout leaves the job's token in the folder, where every later step and every artifact of the folder has it. */
import { type Edit, type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { commands, programOf } from "../server/rule/shell.ts";
import {
  actionOf,
  type Job,
  type Step,
  WORKFLOW_NAMES,
  WORKFLOW_PATHS,
  workflow,
} from "../server/rule/workflow.ts";
import { at, entries, entryOf, textOf } from "../server/rule/yaml.ts";

/** Actions that push with what the checkout has left. */
const PUSHING: ReadonlySet<string> = new Set([
  "stefanzweifel/git-auto-commit-action",
  "peter-evans/create-pull-request",
  "ad-m/github-push-action",
  "endbug/add-and-commit",
  "jamesives/github-pages-deploy-action",
  "peaceiris/actions-gh-pages",
  "changesets/action",
  "cycjimmy/semantic-release-action",
  "googleapis/release-please-action",
  "lerna/lerna",
]);
/** Programs that push or fetch by themselves. */
const PUSHES =
  /^(?:semantic-release|lerna|release-it|standard-version|changeset|np|mike|bump2version|goreleaser|nx|auto|gh-pages|cz|commitizen)$/;

export default rule({
  id: "gha-persist-credentials",
  title: "Checkout that leaves the token behind",
  category: "supply-chain",
  severity: "low",
  cwe: [522],
  owasp: ["A04:2021", "A08:2025"],
  manifest: {
    names: WORKFLOW_NAMES,
    paths: WORKFLOW_PATHS,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what:
      facts?.uploads === true
        ? "The checkout writes the job's token into .git/config, and a later step uploads that folder."
        : "The checkout leaves the job's token in the runner for all later steps, and no step of the job pushes.",
    why:
      facts?.uploads === true
        ? "Whoever downloads the artifact while the job runs has the token, and may do all that the job may."
        : "A dependency or an action that was taken over reads it there, and may do all that the job may.",
    fix: "Write persist-credentials: false under with: of the checkout.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  return (flow?.jobs ?? []).flatMap((job) =>
    job.steps.flatMap((step, i): readonly Match[] => {
      if (step.uses === undefined || actionOf(step) !== "actions/checkout") return [];
      const kept = textOf(at(step.node, "with", "persist-credentials"));
      // An expression decides, or it is off.
      if (kept !== undefined && kept !== "true") return [];
      const later = job.steps.slice(i + 1);
      if (later.some(usesCredentials)) return [];
      const uploads = later.some((one) => uploadsFolder(one, step));
      return [
        {
          item: `${file.file}#`,
          span: step.uses.span,
          facts: { uploads },
          ...(uploads ? { severity: "medium" } : { confidence: "low" }),
        },
      ];
    }),
  );
}

/** It talks to the repository's host by git, or may: what an action of the repository does is not looked into. */
function usesCredentials(step: Step): boolean {
  const uses = step.uses?.value ?? "";
  if (uses.startsWith("./") || PUSHING.has(actionOf(step))) return true;
  const script = textOf(step.run?.value);
  if (script === undefined) return false;
  return commands(script).some((command) => {
    const [tool = "", ...rest] = programOf(command).map(({ text }) => text);
    const words = rest.filter((word) => !word.startsWith("-"));
    if (tool === "git")
      return /^(?:push|fetch|pull|submodule|lfs|ls-remote|clone|remote)$/.test(words[0] ?? "");
    return [tool, ...words.slice(0, 3)].some((word) => PUSHES.test(word));
  });
}

/** The artifact has the folder of the checkout, and with it `.git`. */
function uploadsFolder(step: Step, checkout: Step): boolean {
  if (actionOf(step) !== "actions/upload-artifact") return false;
  // From this version on hidden files are left out, unless they are asked for.
  const version = Number(/@v(\d+)/.exec(step.uses?.value ?? "")?.[1] ?? Number.NaN);
  const hidden = textOf(at(step.node, "with", "include-hidden-files")) === "true";
  if (!hidden && !(version < 4)) return false;
  const own = textOf(at(checkout.node, "with", "path"))?.replace(/^\.\/|\/+$/g, "") ?? "";
  const paths = (textOf(at(step.node, "with", "path")) ?? "").split(/\r?\n/).map((line) =>
    line
      .trim()
      .replace(/^\$\{\{\s*github\.workspace\s*\}\}\/?/, "")
      .replace(/^\.\/|\/\*{0,2}$|^\*{1,2}$|^\.$/g, ""),
  );
  const isNamed = textOf(at(step.node, "with", "path")) !== undefined;
  return (
    isNamed && paths.some((path) => path === own || path === `${own}${own === "" ? "" : "/"}.git`)
  );
}

function fix({ span }: Match, file: ManifestFile): Fix {
  const title = "Leave no token behind";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const step = (workflow(file.file, file.text)?.jobs ?? [])
    .flatMap((job: Job) => job.steps)
    .find(({ uses }) => uses?.span.start === span.start);
  if (step?.uses === undefined || step.node.kind !== "map" || step.node.flow)
    return manual("It is written in braces: add persist-credentials: false under with: by hand.");
  const { text } = file;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const own = entryOf(step.node, "with");
  const value = at(step.node, "with", "persist-credentials");
  let edit: Edit;
  if (value !== undefined) edit = { ...value.span, newText: "false" };
  else if (own === undefined) {
    const uses = entryOf(step.node, "uses");
    const indent = " ".repeat(column(text, (uses ?? own)?.keySpan.start ?? span.start));
    const end = lineEnd(text, span.end);
    edit = {
      start: end,
      end,
      newText: `${newline}${indent}with:${newline}${indent}  persist-credentials: false`,
    };
  } else {
    const first = entries(own.value)[0];
    if (first === undefined || own.value?.kind !== "map" || own.value.flow)
      return manual("with: is written in braces: add persist-credentials: false there by hand.");
    const { start } = first.keySpan;
    const indent = " ".repeat(column(text, start));
    edit = { start, end: start, newText: `persist-credentials: false${newline}${indent}` };
  }
  return { title, grade: "suggested", edits: [{ file: file.file, edits: [edit] }] };
}
function column(text: string, offset: number): number {
  let line = offset;
  while (line > 0 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line--;
  return offset - line;
}
function lineEnd(text: string, from: number): number {
  const found = text.slice(from).search(/[\r\n]/);
  return found < 0 ? text.length : from + found;
}
