/** A workflow runs an action at a tag or branch, which its owner can move to other code. */
import { type ManifestFile, type Match, rule, type Severity } from "../server/rule/rule.ts";
import { WORKFLOW_NAMES, WORKFLOW_PATHS, workflow } from "../server/rule/workflow.ts";
import { at, type YamlText } from "../server/rule/yaml.ts";

/** Of the company that runs the workflow anyway. */
const OF_THE_HOST: ReadonlySet<string> = new Set(["actions", "github"]);
const BRANCH =
  /^(?:refs\/heads\/.+|main|master|head|trunk|develop|development|dev|nightly|edge|canary)$/i;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const DIGEST = /@sha256:[0-9a-f]{64}$/i;

export default rule({
  id: "gha-unpinned-action",
  title: "Action that is not pinned to a commit",
  category: "supply-chain",
  severity: "medium",
  cwe: [829],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names: WORKFLOW_NAMES,
    paths: WORKFLOW_PATHS,
    check,
    fixes: ({ facts }) => [
      facts?.kind === "image"
        ? {
            title: "Pin the image to its digest",
            grade: "manual",
            edits: [],
            reason: `Which digest ${String(facts.name)} has now only its registry tells. Look at the image, then write docker://NAME@sha256:DIGEST.`,
          }
        : {
            title: `Pin ${String(facts?.name)} to a commit`,
            grade: "manual",
            edits: [],
            reason: `Which commit that is only its repository tells: "git ls-remote https://github.com/${String(facts?.repository)} ${String(facts?.ref)}" (the line with ^{} where there are two). Look at the code, then write @COMMIT # ${String(facts?.ref)}, and let Dependabot or Renovate move it on.`,
          },
    ],
  },
  say: ({ facts }) => ({
    what:
      facts?.kind === "image"
        ? `The image ${String(facts.name)} is not pinned to a digest.`
        : facts?.kind === "branch"
          ? `${String(facts.name)} is run as it is on its branch ${String(facts.ref)} at the time.`
          : facts?.kind === "short"
            ? `${String(facts.name)} is pinned to a shortened commit, ${String(facts.ref)}: that is no pin.`
            : `${String(facts?.name)} is run at the tag ${String(facts?.ref)}, which can be moved.`,
    why:
      facts?.kind === "branch"
        ? "Whoever pushes there, or takes over an account that may, runs code in the next run, with this job's token and secrets."
        : "Whoever takes over its owner's account points it at other code, which the next run executes with this job's token and secrets, as happened to tj-actions/changed-files in 2025.",
    fix:
      facts?.kind === "image"
        ? "Write docker://NAME@sha256:DIGEST."
        : "Write the full commit of 40 digits after the @, with the version in a comment.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  const found = new Map<number, Match>();
  for (const job of flow?.jobs ?? []) {
    const reused = flow?.isAction ? undefined : at(job.node, "uses");
    const all = job.steps.flatMap(({ uses }) => uses ?? []);
    if (reused?.kind === "text") all.push(reused);
    for (const uses of all) {
      const match = inspect(file, uses);
      if (match !== undefined) found.set(uses.span.start, match);
    }
  }
  return [...found.values()];
}

function inspect({ file }: ManifestFile, { value, span }: YamlText): Match | undefined {
  const told = (
    severity: Severity,
    kind: string,
    name: string,
    ref: string,
    repository = "",
  ): Match => ({ item: `${file}#`, span, severity, facts: { kind, name, ref, repository } });
  const text = value.trim();
  // A folder of this repository; and what GitHub refuses itself.
  if (text.startsWith("./") || text.startsWith("../") || text.includes("${{")) return undefined;
  if (text.startsWith("docker://"))
    return DIGEST.test(text) ? undefined : told("medium", "image", text.slice(9), "");
  const [, name, owner, repository, ref] =
    /^(([\w.-]+)\/([\w.-]+)(?:\/[^@\s]+)?)@(\S+)$/.exec(text) ?? [];
  if (name === undefined || owner === undefined || ref === undefined || COMMIT.test(ref))
    return undefined;
  const where = `${owner}/${repository}`;
  const kind = BRANCH.test(ref)
    ? "branch"
    : /^[0-9a-f]{7,39}$/i.test(ref) && /[a-f]/i.test(ref) && /\d/.test(ref)
      ? "short"
      : "tag";
  const severity = OF_THE_HOST.has(owner.toLowerCase())
    ? "low"
    : kind === "branch"
      ? "high"
      : "medium";
  return told(severity, kind, name, ref, where);
}
