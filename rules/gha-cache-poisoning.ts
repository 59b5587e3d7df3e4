/** A workflow that publishes builds with what a cache holds: an earlier run that somebody misled has left it there. */
import { type ManifestFile, type Match, rule, type Span } from "../server/rule/rule.ts";
import { commands, programOf } from "../server/rule/shell.ts";
import {
  actionOf,
  type Job,
  type Step,
  WORKFLOW_NAMES,
  WORKFLOW_PATHS,
  type Workflow,
  workflow,
} from "../server/rule/workflow.ts";
import { at, entries, entryOf, textOf, textsOf } from "../server/rule/yaml.ts";
import { scriptSpan } from "../server/rule/yaml-script.ts";

/** Actions that bring a cache back by themselves, and the input that switches it off. */
const CACHES: Readonly<Record<string, string | undefined>> = {
  "actions/cache": "lookup-only",
  "swatinem/rust-cache": "lookup-only",
  "mozilla-actions/sccache-action": undefined,
};
/** Actions that bring one back when they are told of it. */
const ASKED: Readonly<Record<string, string>> = {
  "actions/setup-node": "cache",
  "actions/setup-python": "cache",
  "actions/setup-java": "cache",
  "actions/setup-go": "cache",
  "ruby/setup-ruby": "bundler-cache",
  "astral-sh/setup-uv": "enable-cache",
  "pnpm/action-setup": "cache",
  "docker/build-push-action": "cache-from",
};
const PUBLISHING: ReadonlySet<string> = new Set([
  "pypa/gh-action-pypi-publish",
  "softprops/action-gh-release",
  "goreleaser/goreleaser-action",
  "ncipollo/release-action",
  "js-devtools/npm-publish",
  "rubygems/release-gem",
]);

export default rule({
  id: "gha-cache-poisoning",
  title: "Release that is built with what a cache holds",
  category: "supply-chain",
  severity: "low",
  cwe: [349, 829],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names: WORKFLOW_NAMES,
    paths: WORKFLOW_PATHS,
    check,
    fixes: ({ facts }) => [
      {
        title: "Publish without a cache",
        grade: "manual",
        edits: [],
        reason: `Whether other events of this workflow need the cache only you can tell: take it out here, or let ${String(facts?.action)} run for other events alone (if:).`,
      },
    ],
  },
  say: ({ facts }) => ({
    what: `${String(facts?.action)} brings back a cache in a job that publishes.`,
    why: "Any run on the default branch may have left it, also one that a pull request misled: what it put there (a compiler, a package) is then built into the release.",
    fix: "Build releases from nothing: no cache in the job that publishes.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  if (flow === undefined || flow.isAction || !releases(flow)) return [];
  return flow.jobs.flatMap((job) => {
    if (!publishes(file, job)) return [];
    return job.steps.flatMap((step): readonly Match[] => {
      const span = cacheOf(step);
      return span === undefined
        ? []
        : [
            {
              item: `${file.file}#`,
              span,
              // Who can write the cache is not known: for whoever asks.
              confidence: "low",
              facts: { action: actionOf(step) },
            },
          ];
    });
  });
}

/** Started by a release, or by a tag. */
function releases({ events }: Workflow): boolean {
  return events.some(
    ({ name, filter }) =>
      name === "release" || (name === "push" && textsOf(at(filter, "tags")).length > 0),
  );
}

function publishes(file: ManifestFile, job: Job): boolean {
  return job.steps.some((step) => {
    if (PUBLISHING.has(actionOf(step))) return true;
    if (actionOf(step) === "docker/build-push-action")
      return textOf(at(step.node, "with", "push")) === "true";
    const run = step.run?.value;
    if (run?.kind !== "text") return false;
    const { start, end } = scriptSpan(file.text, run);
    return commands(file.text.slice(start, end)).some((command) => {
      const words = programOf(command).map(({ text }) => text);
      return PUBLISHES.test(words.slice(0, 3).join(" "));
    });
  });
}
const PUBLISHES =
  /^(?:(?:npm|pnpm|yarn npm|bun|cargo|uv|poetry|flit|hatch) publish|twine upload|python3? -m twine|gem push|docker push|gh release|goreleaser release|semantic-release|npx semantic-release)\b/;

function cacheOf(step: Step): Span | undefined {
  const action = actionOf(step);
  const given = at(step.node, "with");
  if (action in CACHES) {
    const off = CACHES[action];
    return off !== undefined && textOf(at(given, off)) === "true" ? undefined : step.uses?.span;
  }
  const input = ASKED[action];
  const entry = input === undefined ? undefined : entryOf(given, input);
  if (entry === undefined) return undefined;
  const value = textOf(entry.value) ?? (entries(entry.value).length > 0 ? "given" : "");
  return /^(?:false|)$/.test(value) ? undefined : entry.keySpan;
}
