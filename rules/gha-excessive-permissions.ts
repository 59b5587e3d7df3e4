/** The token of a workflow may do more than its jobs need, or nothing says what it may do. */
import type { Edit, Fix, ManifestFile, Match, Severity, Span } from "../server/rule/rule.ts";
import { rule } from "../server/rule/rule.ts";
import { commands, programOf } from "../server/rule/shell.ts";
import {
  actionOf,
  type Job,
  PRIVILEGED,
  type Step,
  WORKFLOW_PATHS,
  type Workflow,
  workflow,
} from "../server/rule/workflow.ts";
import { at, entries, entryOf, scalars, textOf, type YamlEntry } from "../server/rule/yaml.ts";

/** What actions ask of the token, by their own documentation. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "actions/checkout": [],
  "actions/setup-node": [],
  "actions/setup-python": [],
  "actions/setup-go": [],
  "actions/setup-java": [],
  "actions/cache": [],
  "actions/upload-artifact": [],
  "actions/download-artifact": [],
  "actions/labeler": ["pull-requests: write"],
  "actions/stale": ["issues: write", "pull-requests: write"],
  "actions/first-interaction": ["issues: write", "pull-requests: write"],
  "actions/create-release": ["contents: write"],
  "softprops/action-gh-release": ["contents: write"],
  "ncipollo/release-action": ["contents: write"],
  "peaceiris/actions-gh-pages": ["contents: write"],
  "jamesives/github-pages-deploy-action": ["contents: write"],
  "stefanzweifel/git-auto-commit-action": ["contents: write"],
  "peter-evans/create-pull-request": ["contents: write", "pull-requests: write"],
  "github/codeql-action": ["security-events: write"],
};

export default rule({
  id: "gha-excessive-permissions",
  title: "Workflow token with more rights than needed",
  category: "supply-chain",
  severity: "medium",
  cwe: [250],
  owasp: ["A01:2021", "A01:2025"],
  manifest: {
    names: /^(?!)/,
    paths: WORKFLOW_PATHS,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what:
      facts?.kind === "all"
        ? `write-all gives ${facts.job === "" ? "every job of this workflow" : `the job ${String(facts.job)}`} a token that may change everything in the repository.`
        : facts?.kind === "shared"
          ? `${String(facts.name)}: write holds for all ${String(facts.count)} jobs of this workflow.`
          : `Nothing says what the token of ${facts?.job === "" ? "this workflow" : `the job ${String(facts?.job)}`} may do: the repository's setting decides, and may allow writing to everything.`,
    why:
      facts?.outsiders === true
        ? "Strangers can start this workflow: one step that can be misled, or an action that was taken over, pushes code and releases with that token."
        : "One action that was taken over, or one dependency that runs while it is built or tested, pushes code and releases with that token.",
    fix:
      facts?.kind === "shared"
        ? "Give it to the job that needs it, with permissions: there, and contents: read to the others."
        : "Write permissions: with contents: read at the top, and what a job needs beyond that at the job.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  if (flow === undefined || flow.isAction) return [];
  const outsiders = flow.events.some(({ name }) => PRIVILEGED.has(name));
  const told = (
    kind: string,
    span: Span,
    severity: Severity,
    more: Readonly<Record<string, string | number>> = {},
  ): Match => ({
    item: `${file.file}#`,
    span,
    severity,
    facts: { kind, job: "", outsiders, ...more },
  });
  const out: Match[] = [];
  const top = entryOf(flow.root, "permissions");
  const bare = flow.jobs.filter(({ node }) => entryOf(node, "permissions") === undefined);
  if (top?.value !== undefined && isAll(top)) {
    if (bare.length > 0) out.push(told("all", top.value.span, "medium"));
  } else if (top !== undefined && bare.length > 1)
    for (const { key, value, keySpan } of entries(top.value))
      if (value !== undefined && textOf(value) === "write" && !isForAll(flow, bare, key))
        out.push(
          told("shared", { start: keySpan.start, end: value.span.end }, "low", {
            name: key,
            count: bare.length,
          }),
        );
  for (const { id, node } of flow.jobs) {
    const own = entryOf(node, "permissions");
    if (own?.value !== undefined && isAll(own))
      out.push(told("all", own.value.span, "medium", { job: id }));
  }
  // What another workflow starts has at most the rights of that one.
  const isOnlyCalled =
    flow.events.length > 0 && flow.events.every(({ name }) => name === "workflow_call");
  if (top !== undefined || bare.length === 0 || isOnlyCalled) return out;
  const severity = outsiders ? "medium" : "low";
  const jobs = entryOf(flow.root, "jobs");
  if (bare.length === flow.jobs.length && jobs !== undefined)
    return [...out, told("none", jobs.keySpan, severity)];
  for (const { id } of bare) {
    const entry = entryOf(jobs?.value, id);
    if (entry !== undefined) out.push(told("none", entry.keySpan, severity, { job: id }));
  }
  return out;
}

function isAll({ value }: YamlEntry): boolean {
  return textOf(value) === "write-all";
}
/** Every job is known to need it. */
function isForAll(flow: Workflow, jobs: readonly Job[], scope: string): boolean {
  return jobs.every((job) => needsOf(flow, job)?.includes(`${scope}: write`) === true);
}

/** The rights to write that a job needs; undefined where it hands its token to something that may need others. */
function needsOf(flow: Workflow, job: Job): readonly string[] | undefined {
  const out = new Set<string>();
  if (at(job.node, "uses") !== undefined) return undefined;
  const around = [...scalars(at(flow.root, "env"), 100), ...scalars(at(job.node, "env"), 100)];
  const isShared = around.some(({ value }) => TOKEN.test(value));
  for (const step of job.steps) {
    const needs = needsOfStep(step, isShared);
    if (needs === undefined) return undefined;
    for (const need of needs) out.add(need);
  }
  return [...out].sort();
}
const TOKEN = /\bgithub\.token\b|\bsecrets\.GITHUB_TOKEN\b|toJSON\(\s*(?:secrets|github)\s*\)/i;

function needsOfStep(step: Step, isShared: boolean): readonly string[] | undefined {
  if (step.uses !== undefined) {
    const known = Object.hasOwn(NEEDS, actionOf(step)) ? NEEDS[actionOf(step)] : undefined;
    // An action can take the token without being told (its inputs have defaults); one of this repository is not looked into.
    return known;
  }
  const script = textOf(step.run?.value);
  if (script === undefined) return [];
  const out: string[] = [];
  for (const command of commands(script)) {
    const [tool, ...rest] = programOf(command).map(({ text }) => text);
    const words = rest.filter((word) => !word.startsWith("-"));
    if (tool === "git" && words.includes("push")) out.push("contents: write");
    if (tool !== "gh") continue;
    const [noun = "", verb = ""] = words;
    const need = GH[noun];
    if (need === undefined) return undefined;
    if (!/^(?:view|list|diff|checks|status|download|watch)$/.test(verb)) out.push(...need);
  }
  const hasToken = isShared || scalars(step.node, 200).some(({ value }) => TOKEN.test(value));
  return hasToken && out.length === 0 && !isReading(script) ? undefined : out;
}
/** The token is there for a program of GitHub that only reads. */
function isReading(script: string): boolean {
  return commands(script).some((command) => programOf(command)[0]?.text === "gh");
}
const GH: Readonly<Record<string, readonly string[]>> = {
  release: ["contents: write"],
  pr: ["contents: read", "pull-requests: write"],
  issue: ["issues: write"],
  run: ["actions: write"],
};

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const title = "Let the token read only";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const flow = workflow(file.file, file.text);
  if (flow === undefined || facts?.kind === "shared")
    return manual(
      "Which of the jobs needs it only you can tell: write permissions: at that job, with contents: read and this, and take it away here.",
    );
  const own = flow.jobs.find(({ id }) => id === facts?.job);
  const bare = flow.jobs.filter(({ node }) => entryOf(node, "permissions") === undefined);
  const jobs = own === undefined ? bare : [own];
  const needs = new Map(jobs.map((job) => [job, needsOf(flow, job)]));
  const open = jobs.find((job) => needs.get(job) === undefined);
  if (open !== undefined)
    return manual(
      `What the job ${open.id} does with its token only you can tell: it uses an action, or a program with the token, whose needs are not known here. Write permissions: with contents: read at the top, and at that job what its actions ask for.`,
    );
  const root = flow.root;
  const holder = own?.node ?? root;
  if (holder.kind !== "map" || holder.flow || root.kind !== "map" || root.flow)
    return manual("It is written in braces: add permissions: with contents: read by hand.");
  const newline = file.text.includes("\r\n") ? "\r\n" : "\n";
  const block = (indent: string, rights: readonly string[]): string =>
    ["permissions:", ...rights.map((right) => `${indent}  ${right}`)].join(newline);
  const edits: Edit[] = [];
  const replaced = facts?.kind === "all" ? entryOf(holder, "permissions") : undefined;
  if (own !== undefined) {
    const rights = withRead(needs.get(own) ?? []);
    if (replaced === undefined) edits.push(...atJob(file, own, block, rights));
    else
      edits.push({
        start: replaced.keySpan.start,
        end: span.end,
        newText: block(indentAt(file.text, replaced.keySpan.start), rights),
      });
  } else {
    const start = replaced?.keySpan.start ?? entryOf(root, "jobs")?.keySpan.start;
    if (start === undefined) return manual("The jobs were not found again.");
    const text = block("", ["contents: read"]);
    edits.push(
      replaced === undefined
        ? { start, end: start, newText: `${text}${newline}${newline}` }
        : { start, end: span.end, newText: text },
    );
    for (const job of bare) {
      const rights = needs.get(job) ?? [];
      if (rights.length > 0) edits.push(...atJob(file, job, block, withRead(rights)));
    }
  }
  return { title, grade: "suggested", edits: [{ file: file.file, edits }] };
}
function withRead(rights: readonly string[]): readonly string[] {
  return rights.some((right) => right.startsWith("contents: write"))
    ? rights.filter((right) => right !== "contents: read")
    : ["contents: read", ...rights.filter((right) => right !== "contents: read")];
}

/** Before the first key of a job. */
function atJob(
  { text }: ManifestFile,
  { node }: Job,
  block: (indent: string, rights: readonly string[]) => string,
  rights: readonly string[],
): readonly Edit[] {
  const first = entries(node)[0];
  if (first === undefined || (node.kind === "map" && node.flow)) return [];
  const { start } = first.keySpan;
  const indent = indentAt(text, start);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return [{ start, end: start, newText: `${block(indent, rights)}${newline}${indent}` }];
}
function indentAt(text: string, offset: number): string {
  let line = offset;
  while (line > 0 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line--;
  return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? "";
}
