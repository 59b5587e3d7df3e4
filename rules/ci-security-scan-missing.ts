/** Workflows look at each change, and nothing in them looks for holes, secrets or bad dependencies. */
import { FOR_TRYING, strings } from "../server/rule/manifest.ts";
import { type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { commands } from "../server/rule/shell.ts";
import {
  WORKFLOW_NAMES,
  WORKFLOW_PATHS,
  type Workflow,
  workflow,
} from "../server/rule/workflow.ts";
import { at, entries, textOf } from "../server/rule/yaml.ts";
import scanners from "./scanners.json" with { type: "json" };

const WORDS: ReadonlySet<string> = new Set(scanners.words);
/** What else may look at changes, or may stand for a scan: of them nothing is known. */
const OTHERS =
  /(?:^|\/)(?:\.gitlab-ci\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml|\.circleci\/config\.yml|Jenkinsfile|sonar-project\.properties|\.snyk)$/;
const MANIFESTS =
  /(?:^|\/)(?:package\.json|\.pre-commit-config\.yaml|Makefile|tox\.ini|noxfile\.py)$/;
const CHANGES: ReadonlySet<string> = new Set(["push", "pull_request", "merge_group"]);

export default rule({
  id: "ci-security-scan-missing",
  title: "No workflow looks for holes in what changes",
  category: "supply-chain",
  severity: "info",
  cwe: [1053],
  owasp: ["A05:2021", "A09:2025"],
  generates: () => "workflow",
  manifest: {
    names: WORKFLOW_NAMES,
    paths: WORKFLOW_PATHS,
    together: true,
    check,
    fixes: () => [
      {
        title: "Add a workflow that scans each pull request",
        grade: "manual",
        edits: [],
        reason:
          "It is a file of its own: skeptic generate workflow, or Add Protection to This Project in the editor, shows it before it is written.",
      },
    ],
  },
  say: () => ({
    what: "No workflow here looks for holes, secrets or bad dependencies in what is changed.",
    why: "What a reviewer misses, or an assistant has written in between, is then merged unseen; that the repository's settings have such a scan is not in its files.",
    fix: "Run a scan and a review of dependencies on each pull request (skeptic generate workflow).",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  if (!file.isInWorkspace || FOR_TRYING.test(file.file)) return [];
  const root = rootOf(file.file);
  const own = workflow(file.file, file.text);
  if (own === undefined || !looksAtChanges(own)) return [];
  if (file.like(OTHERS).length > 0) return [];
  const all = file.like(WORKFLOW_PATHS).filter((one) => rootOf(one.file) === root);
  for (const { file: name, text } of all) {
    // One that is not read, or cannot be, may have the scan.
    const flow = text === undefined ? undefined : workflow(name, text);
    if (flow === undefined || mayScan(flow)) return [];
    // It is said once, at the first that looks at changes.
    if (name < file.file && looksAtChanges(flow)) return [];
  }
  if (
    file.like(MANIFESTS).some(({ file: name, text }) => text === undefined || saysScan(name, text))
  )
    return [];
  const place = entries(own.root).find(({ key }) => key === "jobs");
  return place === undefined
    ? []
    : [{ item: `${file.file}#`, span: place.keySpan, confidence: "low" }];
}

function rootOf(file: string): string {
  return file.slice(0, file.lastIndexOf(".github/"));
}

/** It checks out the code of a change. */
function looksAtChanges({ events, jobs }: Workflow): boolean {
  return (
    events.some(({ name }) => CHANGES.has(name)) &&
    jobs.some(({ steps }) =>
      steps.some(({ uses }) => /^actions\/checkout@/.test(uses?.value ?? "")),
    )
  );
}

/** A step is a scan by its name, its action or its commands; or something is run whose steps stand elsewhere. */
function mayScan({ root, jobs }: Workflow): boolean {
  if (isScan(textOf(at(root, "name")) ?? "")) return true;
  return jobs.some(
    ({ id, node, steps }) =>
      isScan(id) ||
      at(node, "uses") !== undefined ||
      steps.some(({ node: step, uses, run }) => {
        const action = uses?.value ?? "";
        const script = textOf(run?.value) ?? "";
        return (
          action.startsWith("./") ||
          isScan(action) ||
          isScan(textOf(at(step, "name")) ?? "") ||
          commands(script).some(({ words }) => words.some(({ text }) => isScan(text)))
        );
      }),
  );
}

/** Scripts of the project, hooks and targets may be what a step runs. */
function saysScan(name: string, text: string): boolean {
  if (!name.endsWith("package.json")) return isScan(text);
  return strings(text, ["scripts"]).some(({ key, value }) => isScan(key) || isScan(value));
}

function isScan(text: string): boolean {
  const parts = text.toLowerCase().split(/[^a-z0-9]+/);
  return parts.some(
    (part, i) => WORDS.has(part) || (i > 0 && WORDS.has(`${parts[i - 1]}-${part}`)),
  );
}
