/** Which expressions of a workflow carry text that somebody else writes, and who that is. */
import { holes, parseExpression, type TextPath, textPaths } from "./expression.ts";
import { eventsAt, type Job, PRIVILEGED, type Step, type Workflow } from "./workflow.ts";
import { at, entries, scalars, textOf, textsOf, type YamlNode } from "./yaml.ts";

/**
 * `outsider`: anybody, and the run holds the repository's rights. `contributor`: whoever's commit is merged. `fork`: anybody, in a
 * run with few rights. `unknown`: who calls decides. `caller`: whoever hands over the inputs. `writer`: people who may push.
 */
export type Who = "outsider" | "contributor" | "unknown" | "fork" | "caller" | "writer";

export interface Untrusted {
  /** The context at the beginning, as it is written there. */
  readonly source: string;
  readonly who: Who;
  /** It may have several lines. */
  readonly lines: boolean;
  /** It came through the output of a script, which was not really read. */
  readonly guessed: boolean;
}

export interface Place {
  readonly flow: Workflow;
  readonly job: Job;
  readonly step: Step | undefined;
  /** In a file that only this repository uses. */
  readonly isInternal: boolean;
}

const DEEPEST = 5;

/** Everything untrusted that the expressions in a text may put there. */
export function untrustedIn(text: string, place: Place, depth = 0): readonly Untrusted[] {
  return holes(text).flatMap(({ source }) => untrusted(source, place, depth));
}

/** What of an expression is untrusted; the worst first. */
export function untrusted(source: string, place: Place, depth = 0): readonly Untrusted[] {
  if (depth > DEEPEST) return [];
  return textPaths(parseExpression(source))
    .flatMap((path) => ofPath(path, place, depth))
    .sort((a, b) => ORDER.indexOf(a.who) - ORDER.indexOf(b.who));
}
const ORDER: readonly Who[] = ["outsider", "contributor", "unknown", "fork", "caller", "writer"];

function ofPath(asked: TextPath, place: Place, depth: number): readonly Untrusted[] {
  const { flow, job, step } = place;
  const { path, written } = asked;
  const [context, name = "", third, fourth] = path;
  const inside = (node: YamlNode | undefined, where: Place = place): readonly Untrusted[] =>
    scalars(node).flatMap(({ value }) => untrustedIn(value, where, depth + 1));
  switch (context) {
    case "github":
      return ofGithub(asked, place);
    case "inputs":
      return ofInput(name, written, place);
    case "env": {
      for (const scope of [step?.node, job.node, flow.root]) {
        const found = entries(at(scope, "env")).find(({ key }) => key.toLowerCase() === name);
        if (found !== undefined) return inside(found.value);
      }
      return [];
    }
    case "matrix": {
      const matrix = at(job.node, "strategy", "matrix");
      if (matrix?.kind === "text") return inside(matrix);
      const own = entries(matrix).filter(({ key }) => key.toLowerCase() === name);
      const include = at(matrix, "include");
      return [...own.flatMap(({ value }) => inside(value)), ...inside(include)];
    }
    case "steps": {
      const from = job.steps.find(({ id }) => id?.toLowerCase() === name);
      if (from === undefined || third !== "outputs") return [];
      return outputsOf(from, fourth ?? "*", { ...place, step: from }, depth + 1);
    }
    case "needs": {
      const from = flow.jobs.find(({ id }) => id.toLowerCase() === name);
      if (from === undefined || third !== "outputs") return [];
      return entries(at(from.node, "outputs"))
        .filter(({ key }) => fourth === undefined || key.toLowerCase() === fourth)
        .flatMap(({ value }) => inside(value, { ...place, job: from, step: undefined }));
    }
    default:
      return [];
  }
}

/** What a run script writes into an output of its step: by the lines that name both. */
function outputsOf(from: Step, name: string, place: Place, depth: number): readonly Untrusted[] {
  const script = textOf(from.run?.value);
  if (script === undefined || depth > DEEPEST) return [];
  const isNamed = (line: string): boolean => {
    const lower = line.toLowerCase();
    return [`${name}=`, `${name}<<`, `name=${name}::`].some((mark) => lower.includes(mark));
  };
  const all = writtenLines(script).flatMap(({ line, heredoc }) =>
    name === "*" || isNamed(line)
      ? [...carried(line, place, depth), ...carried(heredoc, place, depth)]
      : [],
  );
  return all.map((one) => ({ ...one, guessed: true }));
}
/** Lines that write an output, each with the lines that belong to its text of several lines. */
function writtenLines(script: string): readonly { line: string; heredoc: string }[] {
  const lines = script.split(/\r\n|\n|\r/);
  const writes = /GITHUB_OUTPUT|::set-output/.test(script);
  if (!writes) return [];
  return lines.map((line, index) => {
    const mark = /\w<<\s*['"]?(\w+)/.exec(line)?.[1];
    if (mark === undefined) return { line, heredoc: "" };
    const end = lines.findIndex((other, at) => at > index && other.includes(mark));
    return { line, heredoc: lines.slice(index + 1, end < 0 ? lines.length : end).join("\n") };
  });
}
function carried(text: string, place: Place, depth: number): readonly Untrusted[] {
  return [
    ...untrustedIn(text, place, depth),
    ...variablesIn(text).flatMap(({ name }) => ofVariable(name, place, depth)),
  ];
}

/** Variables a piece of shell script reads. */
export function variablesIn(
  text: string,
): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/\$(?:\{(\w+)[^{}]*\}|([A-Za-z_]\w*))/g)].map((match) => ({
    name: match[1] ?? (match[2] as string),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
/** What an environment variable holds by the `env` of the step, the job or the workflow. */
export function ofVariable(
  name: string,
  { flow, job, step, isInternal }: Place,
  depth = 0,
): readonly Untrusted[] {
  for (const scope of [step?.node, job.node, flow.root]) {
    const found = entries(at(scope, "env")).find(({ key }) => key === name);
    const value = textOf(found?.value);
    if (found !== undefined)
      return value === undefined
        ? []
        : untrustedIn(value, { flow, job, step, isInternal }, depth + 1);
  }
  return [];
}

/** Parts of the event that outsiders write, by the events that have them. */
const PARTS: readonly { readonly events: readonly string[]; readonly paths: readonly string[] }[] =
  [
    {
      events: ["issues", "issue_comment"],
      paths: ["issue.title", "issue.body", "changes.title.from", "changes.body.from"],
    },
    {
      events: [
        "issue_comment",
        "pull_request_review_comment",
        "discussion_comment",
        "commit_comment",
      ],
      paths: ["comment.body"],
    },
    {
      events: [
        "pull_request",
        "pull_request_target",
        "pull_request_review",
        "pull_request_review_comment",
      ],
      paths: [
        "pull_request.title",
        "pull_request.body",
        "pull_request.head.ref",
        "pull_request.head.label",
        "pull_request.head.repo.default_branch",
        "pull_request.head.repo.description",
        "pull_request.head.repo.homepage",
      ],
    },
    {
      events: ["pull_request", "pull_request_target"],
      paths: ["changes.title.from", "changes.body.from"],
    },
    { events: ["pull_request_review"], paths: ["review.body"] },
    {
      events: ["discussion", "discussion_comment"],
      paths: ["discussion.title", "discussion.body"],
    },
    { events: ["gollum"], paths: ["pages.*.page_name", "pages.*.title", "pages.*.summary"] },
    {
      events: ["push"],
      paths: ["head_commit", "commits.*"].flatMap((commit) =>
        ["message", "author.name", "author.email", "committer.name", "committer.email"].map(
          (field) => `${commit}.${field}`,
        ),
      ),
    },
    {
      events: ["workflow_run"],
      paths: [
        "workflow_run.head_branch",
        "workflow_run.display_title",
        "workflow_run.head_commit.message",
        "workflow_run.head_commit.author.name",
        "workflow_run.head_commit.author.email",
        "workflow_run.head_repository.description",
        "workflow_run.pull_requests.*.head.ref",
      ],
    },
  ];
const HEAD_REF = ["pull_request", "pull_request_target"];
/** Of the repository's own people. */
const OWN: readonly { readonly events: readonly string[]; readonly paths: readonly string[] }[] = [
  { events: ["release"], paths: ["release.name", "release.body", "release.tag_name"] },
  { events: ["repository_dispatch"], paths: ["client_payload"] },
  { events: ["create", "delete"], paths: ["ref"] },
];

function ofGithub({ path, written, asJson }: TextPath, place: Place): readonly Untrusted[] {
  const { flow, job, step } = place;
  const possible = eventsAt(flow, job, step).map(({ name }) => name);
  const asked = path.slice(1);
  const lines =
    asJson || /(?:^|\.)(?:body|message|from|description|client_payload)$/.test(path.join("."));
  const told = (who: Who): readonly Untrusted[] => [
    { source: written, who, lines, guessed: false },
  ];
  if (asked[0] === "event" && asked[1] === "inputs")
    return ofInput(asked[2] ?? "*", written, place);
  const of = (parts: typeof PARTS): readonly string[] =>
    parts
      .filter(({ paths }) =>
        paths.some((pattern) => covers(["event", ...pattern.split(".")], asked, asJson)),
      )
      .flatMap(({ events }) => events);
  const events = [...of(PARTS), ...(covers(["head_ref"], asked, asJson) ? HEAD_REF : [])];
  const who = worst(
    possible.filter((name) => events.includes(name)),
    flow.isCalled && events.length > 0,
  );
  if (who !== undefined) return told(who);
  const own = of(OWN);
  if (possible.some((name) => own.includes(name))) return told("writer");
  if (["ref_name", "ref"].includes(asked.join(".")) || asked.join(".") === "event.ref")
    return flow.events.some(
      (event) => possible.includes(event.name) && isAnyRef(event.name, event.filter),
    )
      ? told("writer")
      : [];
  return [];
}

/** The pattern's place is the asked one, or, where all of it becomes text, inside it. */
function covers(pattern: readonly string[], asked: readonly string[], asJson: boolean): boolean {
  if (asked.length > pattern.length)
    return (
      pattern.at(-1) === "client_payload" && covers(pattern, asked.slice(0, pattern.length), asJson)
    );
  if (asked.length < pattern.length && !(asJson || pattern.at(-1) === "client_payload"))
    return false;
  if (asked.length < pattern.length && !asJson) return false;
  return asked.every((step, i) => step === pattern[i] || step === "*" || pattern[i] === "*");
}

function worst(events: readonly string[], isCalled: boolean): Who | undefined {
  if (events.some((name) => PRIVILEGED.has(name))) return "outsider";
  if (events.includes("push")) return "contributor";
  if (events.length > 0) return isCalled ? "unknown" : "fork";
  return isCalled ? "unknown" : undefined;
}

/** A branch or tag of any name starts the workflow. */
function isAnyRef(event: string, filter: YamlNode | undefined): boolean {
  if (event === "create" || event === "delete" || event === "release") return true;
  if (event !== "push") return false;
  const names = [...textsOf(at(filter, "branches")), ...textsOf(at(filter, "tags"))];
  return names.length === 0 || names.some((name) => /[*+?[]/.test(name) && !name.startsWith("!"));
}

/** Texts only: a choice, a switch or a number holds nothing else. */
function ofInput(name: string, written: string, { flow, isInternal }: Place): readonly Untrusted[] {
  const told = (who: Who): Untrusted => ({ source: written, who, lines: true, guessed: false });
  if (flow.isAction) {
    const declared = entries(at(flow.root, "inputs")).some(({ key }) => key.toLowerCase() === name);
    return declared || name === "*" ? [told(isInternal ? "writer" : "caller")] : [];
  }
  const asText = (event: string): boolean =>
    flow.events.some(
      (one) =>
        one.name === event &&
        entries(at(one.filter, "inputs")).some(
          ({ key, value }) =>
            (key.toLowerCase() === name || name === "*") &&
            ["string", ""].includes(textOf(at(value, "type")) ?? ""),
        ),
    );
  if (asText("workflow_call")) return [told("caller")];
  return asText("workflow_dispatch") ? [told("writer")] : [];
}
