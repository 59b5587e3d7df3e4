/** GitHub workflows and composite actions, with places. */
import { mayHold } from "./expression.ts";
import type { FileId } from "./rule.ts";
import {
  at,
  entries,
  entryOf,
  items,
  textOf,
  textsOf,
  type YamlEntry,
  type YamlNode,
  type YamlText,
  yaml,
} from "./yaml.ts";

export const WORKFLOW_NAMES = /^action\.ya?ml$/;
export const WORKFLOW_PATHS = /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/;

export interface Workflow {
  readonly root: YamlNode;
  /** A composite action has one job without a name, and its events are those of whoever uses it: none are known. */
  readonly isAction: boolean;
  readonly events: readonly Event[];
  /** It may also be started by another workflow. */
  readonly isCalled: boolean;
  readonly jobs: readonly Job[];
}
export interface Event {
  readonly name: string;
  readonly filter: YamlNode | undefined;
}
export interface Job {
  readonly id: string;
  readonly node: YamlNode;
  readonly steps: readonly Step[];
  readonly condition: string | undefined;
}
export interface Step {
  readonly node: YamlNode;
  readonly id: string | undefined;
  readonly uses: YamlText | undefined;
  readonly run: YamlEntry | undefined;
  readonly script: YamlText | undefined;
  readonly condition: string | undefined;
}

/** Undefined for what is neither: no jobs, or an action that runs a file of its own. */
export function workflow(file: FileId, text: string): Workflow | undefined {
  const root = yaml(text);
  if (root?.kind !== "map") return undefined;
  if (!WORKFLOW_PATHS.test(file)) {
    const runs = at(root, "runs");
    if (textOf(at(runs, "using")) !== "composite" || runs === undefined) return undefined;
    const job = { id: "", node: runs, steps: stepsOf(runs), condition: undefined };
    return { root, isAction: true, events: [], isCalled: true, jobs: [job] };
  }
  const jobs = entries(at(root, "jobs")).flatMap(({ key, value }) =>
    value === undefined
      ? []
      : [{ id: key, node: value, steps: stepsOf(value), condition: textOf(at(value, "if")) }],
  );
  const events = eventsOf(at(root, "on"));
  const isCalled = events.some(({ name }) => name === "workflow_call");
  return { root, isAction: false, events, isCalled, jobs };
}

function eventsOf(on: YamlNode | undefined): readonly Event[] {
  if (on?.kind === "map") return on.entries.map(({ key, value }) => ({ name: key, filter: value }));
  return textsOf(on).map((name) => ({ name, filter: undefined }));
}

function stepsOf(job: YamlNode): readonly Step[] {
  return items(at(job, "steps")).flatMap((node) => {
    if (node.kind !== "map") return [];
    const uses = at(node, "uses");
    const script = at(node, "with", "script");
    return [
      {
        node,
        id: textOf(at(node, "id")),
        uses: uses?.kind === "text" ? uses : undefined,
        run: entryOf(node, "run"),
        script: script?.kind === "text" ? script : undefined,
        condition: textOf(at(node, "if")),
      },
    ];
  });
}

/** `owner/name` of an action, without its folder and version, in lower case. */
export function actionOf(step: Step): string {
  return (step.uses?.value ?? "")
    .replace(/@.*$/, "")
    .split("/")
    .slice(0, 2)
    .join("/")
    .toLowerCase();
}

/** Says of each event whether an outsider's run of it may come to this step. */
export function eventsAt(flow: Workflow, job: Job, step: Step | undefined): readonly Event[] {
  const conditions = conditionsOf(flow, job);
  if (step?.condition !== undefined) conditions.push(step.condition);
  return flow.events.filter(({ name }) => conditions.every((one) => letsOutsiders(one, name)));
}

/** A job is skipped with the jobs that it needs, unless it says that it always runs. */
export function neededJobs(flow: Workflow, job: Job): readonly Job[] {
  const out = new Set([job]);
  for (const one of out) {
    if (/\balways\s*\(/.test(one.condition ?? "")) continue;
    const needs = textsOf(at(one.node, "needs"));
    for (const other of flow.jobs) if (needs.includes(other.id)) out.add(other);
  }
  return [...out];
}
function conditionsOf(flow: Workflow, job: Job): string[] {
  return neededJobs(flow, job).flatMap(({ condition }) => condition ?? []);
}

/** What is known of a run that somebody without any rights has started. */
function letsOutsiders(condition: string, event: string): boolean {
  return mayHold(
    condition,
    (path) => {
      if (path === "github.event_name") return event;
      if (path === "github.event.workflow_run.event") return "pull_request";
      if (path === "github.event.pull_request.head.repo.fork") return true;
      return undefined;
    },
    (left, right) => (OF_THE_FORK.test(left) && OF_THE_REPOSITORY.test(right) ? false : undefined),
  );
}
const OF_THE_FORK =
  /^github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.(?:full_name|id|node_id|owner\.(?:login|id)|url|html_url)$/;
const OF_THE_REPOSITORY =
  /^(?:github\.(?:repository|repository_id|repository_owner|repository_owner_id)|github\.event\.(?:repository|pull_request\.base\.repo)\..+)$/;

/** Events that people without any rights can cause, and whose runs hold the repository's secrets and a token that may write. */
export const PRIVILEGED: ReadonlySet<string> = new Set([
  "pull_request_target",
  "workflow_run",
  "issue_comment",
  "issues",
  "discussion",
  "discussion_comment",
  "commit_comment",
  "gollum",
  "fork",
  "watch",
]);
