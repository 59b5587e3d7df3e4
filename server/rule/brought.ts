/** Steps of a workflow that bring the files of a stranger's pull request into the folder of a job. */
import type { Span } from "./rule.ts";
import { untrustedIn } from "./untrusted.ts";
import { actionOf, type Event, type Job, type Step, type Workflow } from "./workflow.ts";
import { at, entries, entryOf, textOf } from "./yaml.ts";

/** Actions that bring the files of a repository. */
const CHECKOUTS: ReadonlySet<string> = new Set(["actions/checkout"]);
/** Actions that bring what another run has made. The official one does so only when it is told of which run. */
const DOWNLOADS: ReadonlySet<string> = new Set([
  "actions/download-artifact",
  "dawidd6/action-download-artifact",
]);
/** Where the pull request's own code is, as a text names it. */
const HEAD =
  /github\.head_ref|github\.event\.pull_request\.(?:head\.(?:sha|ref|label|repo\.)|merge_commit_sha)|github\.event\.workflow_run\.(?:head_(?:sha|branch|commit\.id|repository\.)|pull_requests)|refs\/pull\/|\bpull\/\$?\{?[^/\s]*(?:number|pr|id)\b[^/\s]*\/(?:head|merge)/i;
const FETCHES = /\bgh\s+pr\s+checkout\b|\bgit\s+fetch\b[^\n]*\bpull\/[^\n]*\/(?:head|merge)\b/;
/** Where the step says that it brings the code of a pull request. */
export function fetchesHead(
  flow: Workflow,
  job: Job,
  step: Step,
  events: readonly Event[],
): Span | undefined {
  const script = textOf(step.run?.value);
  if (script !== undefined) {
    if (FETCHES.test(script)) return step.run?.keySpan;
    if (!/\bgit\s+(?:checkout|switch|fetch|pull|merge|worktree)\b/.test(script)) return undefined;
    const env = entries(at(step.node, "env")).map(({ value }) => textOf(value) ?? "");
    const refs = [script, ...env].join("\n");
    return HEAD.test(refs) ? step.run?.keySpan : undefined;
  }
  if (!CHECKOUTS.has(actionOf(step))) return undefined;
  for (const key of ["ref", "repository"]) {
    const entry = entryOf(at(step.node, "with"), key);
    const value = textOf(entry?.value);
    if (entry?.value === undefined || value === undefined) continue;
    const isHead =
      HEAD.test(value) ||
      untrustedIn(value, { flow, job, step, isInternal: false }).some(
        ({ who }) => who === "outsider",
      );
    if (isHead && events.length > 0) return entry.value.span;
  }
  return undefined;
}

export function fetchesArtifact(step: Step, events: readonly Event[]): Span | undefined {
  const action = actionOf(step);
  if (!events.some(({ name }) => name === "workflow_run")) return undefined;
  const script = textOf(step.run?.value);
  if (script !== undefined)
    return /\bgh\s+run\s+download\b/.test(script) ? step.run?.keySpan : undefined;
  if (!DOWNLOADS.has(action) || step.uses === undefined) return undefined;
  const run =
    at(step.node, "with", action.startsWith("actions/") ? "run-id" : "workflow") ??
    at(step.node, "with", "run_id");
  return run === undefined ? undefined : step.uses.span;
}
