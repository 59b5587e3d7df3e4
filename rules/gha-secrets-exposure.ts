/** A workflow hands on more secrets than are needed, or prints one. */
import {
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";
import { type Command, commands, programOf } from "../server/rule/shell.ts";
import { WORKFLOW_NAMES, WORKFLOW_PATHS, workflow } from "../server/rule/workflow.ts";
import { at, entryOf, scalars, textOf } from "../server/rule/yaml.ts";
import { scriptSpan } from "../server/rule/yaml-script.ts";

/** An expression that gives all secrets as one text. */
const ALL = /\$\{\{[^}]*\btoJSON\s*\(\s*secrets\s*\)[^}]*\}\}/gi;
const ONE = /\$\{\{\s*secrets\.([A-Za-z_]\w*)\s*\}\}/;

export default rule({
  id: "gha-secrets-exposure",
  title: "Secrets handed on or printed by a workflow",
  category: "supply-chain",
  severity: "medium",
  cwe: [200, 532],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: WORKFLOW_NAMES,
    paths: WORKFLOW_PATHS,
    check,
    fixes: ({ facts }) => [
      {
        title: "Name the secrets that are needed",
        grade: "manual",
        edits: [],
        reason:
          facts?.kind === "printed"
            ? "What the line is for only you can tell: take it out, or write the secret into a file by a variable of env:."
            : "Which of the secrets are needed only you can tell: name each of them.",
      },
    ],
  },
  say: ({ facts }) => {
    const name = String(facts?.name);
    switch (facts?.kind) {
      case "inherit":
        return {
          what: `Every secret of this repository is handed to ${name}.`,
          why: "Whoever may change that workflow, or takes over an account that may, reads them all.",
          fix: "Name the secrets that it needs under secrets:, and pin it to a commit.",
        };
      case "all":
        return {
          what: "Every secret of the repository is handed on as one text.",
          why: "The step needs few of them, and one that was misled or taken over has them all; what is encoded again is not masked in the log.",
          fix: "Hand on each secret that is needed by its name, in env: of the step.",
        };
      case "printed":
        return {
          what: `${name} is printed into the log.`,
          why: "Logs hide a secret only where it stands letter for letter: a part of it, or another form, is there to read for whoever sees the log.",
          fix: "Take the line out; what a file needs is written from a variable of env:.",
        };
      default:
        return {
          what: `${name} is an argument of a program.`,
          why: "Other programs on the runner see the arguments of all of them, and a shell that prints its commands writes them into the log.",
          fix: "Hand it over by a variable of env: of the step, or by the input of the program.",
        };
    }
  },
});

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  if (flow === undefined) return [];
  const told = (kind: string, span: Span, name: string, more: Partial<Match> = {}): Match => ({
    item: `${file.file}#`,
    span,
    facts: { kind, name },
    ...more,
  });
  const out: Match[] = [];
  for (const job of flow.jobs) {
    const uses = textOf(at(job.node, "uses"));
    const handed = entryOf(job.node, "secrets")?.value;
    // A workflow of this repository could name them itself.
    if (
      uses !== undefined &&
      textOf(handed) === "inherit" &&
      handed !== undefined &&
      !uses.startsWith("./")
    )
      out.push(told("inherit", handed.span, uses.replace(/@.*$/, "")));
  }
  for (const { value, span } of scalars(flow.root, 5000))
    for (const found of value.matchAll(ALL))
      out.push(told("all", placeOf(file, span, found[0]), ""));
  for (const { run } of flow.jobs.flatMap(({ steps }) => steps)) {
    if (run?.value?.kind !== "text") continue;
    const { start, end } = scriptSpan(file.text, run.value);
    const all = commands(file.text.slice(start, end));
    all.forEach((command, i) => {
      const words = programOf(command);
      const isPrinted = PRINTS.test(words[0]?.text ?? "");
      for (const word of words.slice(1)) {
        const name = ONE.exec(word.text)?.[1];
        const span = { start: start + word.start, end: start + word.end };
        if (name === undefined) continue;
        if (isPrinted && !goesOn(command, all[i + 1])) out.push(told("printed", span, name, LOW));
        else if (!isPrinted) out.push(told("argument", span, name, { ...LOW, confidence: "low" }));
      }
    });
  }
  return out;
}
const LOW: { readonly severity: Severity } = { severity: "low" };
const PRINTS = /^(?:echo|printf)$/;
/** Into a file, or to the next program. */
function goesOn(command: Command, next: Command | undefined): boolean {
  return next?.piped === true || command.words.some(({ text }) => /^\d?>/.test(text));
}
function placeOf({ text }: ManifestFile, { start, end }: Span, part: string): Span {
  const at = text.slice(start, end).indexOf(part);
  return at < 0 ? { start, end } : { start: start + at, end: start + at + part.length };
}
