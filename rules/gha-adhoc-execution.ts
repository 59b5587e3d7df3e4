/** A workflow runs a program of which nothing says which version it is, or whatever an address answers. */
import { type Fetched, fetchedBy } from "../server/rule/fetched.ts";
import { isHeld, isRun } from "../server/rule/held.ts";
import { normalised, table, toml } from "../server/rule/manifest.ts";
import {
  type Edit,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Span,
} from "../server/rule/rule.ts";
import { commands } from "../server/rule/shell.ts";
import {
  type Job,
  PRIVILEGED,
  WORKFLOW_NAMES,
  WORKFLOW_PATHS,
  type Workflow,
  workflow,
} from "../server/rule/workflow.ts";
import { at, entries, scalars, textOf } from "../server/rule/yaml.ts";
import { scriptSpan } from "../server/rule/yaml-script.ts";

export default rule({
  id: "gha-adhoc-execution",
  title: "Program that is fetched and run in a build, unpinned",
  category: "supply-chain",
  severity: "medium",
  cwe: [829],
  owasp: ["A08:2021", "A03:2025"],
  manifest: { names: WORKFLOW_NAMES, paths: WORKFLOW_PATHS, check, fixes: (m, f) => [fix(m, f)] },
  say: ({ facts }) => {
    const name = String(facts?.name);
    const gains =
      facts?.stake === ""
        ? "in the next run it executes code in this job, on the files that are built here"
        : `the next run hands it ${String(facts?.stake)}`;
    if (facts?.kind === "script")
      return {
        what: `What ${name} answers is run as a script, unseen.`,
        why: `Whoever controls that server or${facts.plain === true ? " anything on the way to it (there is no TLS), or" : ""} its account decides what runs: ${gains}, as it did with the uploader of Codecov in 2021.`,
        fix: "Use an action or a package at a fixed version, or download the file, check its SHA-256 sum against one in this file, and run it then.",
      };
    if (facts?.kind === "image")
      return {
        what: `The image ${name} is run as it is at the time${facts.version === "" ? ", without a tag" : ` (${String(facts.version)})`}.`,
        why: `Whoever can push there, or takes over the account, decides what runs: ${gains}.`,
        fix: "Name the image with its digest: NAME@sha256:DIGEST.",
      };
    return {
      what:
        Number(facts?.count) > 1
          ? `${name} are fetched here, and no exact version is named.`
          : `${name} is fetched here ${facts?.version === "" ? "without a version" : `as ${String(facts?.version)}`}.`,
      why: `A version that an attacker published an hour ago, under this name or one that nobody had taken, is what runs: ${gains}.`,
      fix:
        facts?.kind === "npm"
          ? "Make it a development dependency and run the installed one (npm ci, npx --no-install), or write the exact version."
          : "Install it from a list with hashes (pip install --require-hashes -r), a lock file, or write the exact version.",
    };
  },
});

function check(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  return (flow?.jobs ?? []).flatMap((job) =>
    job.steps.flatMap(({ run, node }) => {
      const text = run?.value;
      const shell = textOf(at(node, "shell")) ?? "bash";
      if (
        text?.kind !== "text" ||
        flow === undefined ||
        !/^(?:ba)?sh\b|^pwsh|^powershell/.test(shell)
      )
        return [];
      const { start, end } = scriptSpan(file.text, text);
      const script = file.text.slice(start, end);
      const loose = fetchedBy(commands(script)).filter(
        (one) => !isHeld(one, file) && isRun(script, one),
      );
      return [...new Set(loose.map(({ command }) => command))].map((command) => {
        const all = loose.filter((one) => one.command === command);
        return told(file, start, all, stakeOf(flow, job));
      });
    }),
  );
}

/** What one command fetches is one finding. */
function told(
  { file }: ManifestFile,
  start: number,
  all: readonly Fetched[],
  stake: string,
): Match {
  const [{ kind, name, version, word: first }] = all as [Fetched];
  const last = all.at(-1)?.word ?? first;
  const plain = kind === "script" && name.startsWith("http:");
  // In a job with nothing to lose, a tool of the moment deserves no interruption; a name that npx looks up does.
  const isQuiet = stake === "" && (kind === "pypi" || kind === "image");
  return {
    item: `${file}#`,
    span: { start: start + first.start, end: start + last.end },
    severity: plain ? "high" : kind === "script" || stake !== "" ? "medium" : "low",
    confidence: isQuiet ? "low" : "high",
    facts: {
      kind,
      name: all.map((one) => one.name).join(", "),
      count: all.length,
      version,
      stake,
      plain,
    },
  };
}

/** What a program in this job can take along, in words; "" if nothing is known of it. */
function stakeOf(flow: Workflow, job: Job): string {
  const texts = [...scalars(job.node, 500), ...scalars(at(flow.root, "env"), 100)];
  const secret = texts.flatMap(
    ({ value }) => /\bsecrets\.(?!GITHUB_TOKEN\b)\w+/i.exec(value)?.[0] ?? [],
  )[0];
  if (secret !== undefined) return `${secret} and what else this job holds`;
  const rights = at(job.node, "permissions") ?? at(flow.root, "permissions");
  const writes =
    textOf(rights) === "write-all" ||
    entries(rights).some(({ value }) => textOf(value) === "write");
  if (writes) return "a token that may write to the repository";
  return rights === undefined && flow.events.some(({ name }) => PRIVILEGED.has(name))
    ? "a token that may write to the repository"
    : "";
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const name = String(facts?.name);
  if (facts?.kind === "pypi") {
    const edits = versionsOfLock(name.split(", "), span, file);
    if (edits !== undefined)
      return {
        title: "Write the version of the lock file",
        grade: "suggested",
        edits: [{ file: file.file, edits }],
      };
  }
  const how: Readonly<Record<string, string>> = {
    npm: `Which version is meant only you can tell ("npm view ${name} version" says which is newest): look at it, then add it to devDependencies, or write ${name}@VERSION.`,
    pypi: `Which version is meant only you can tell ("pip index versions ${name}" lists them): look at it, then write ${name}==VERSION.`,
    script:
      "What the script should be only you can tell: download it once, read it, and keep it in the repository or check its sum before it is run.",
    image: `Which digest is meant only the registry tells ("docker buildx imagetools inspect ${name}"): look at the image, then write ${name}@sha256:DIGEST.`,
  };
  return {
    title: facts?.kind === "script" ? "Run what you have read" : `Pin ${name}`,
    grade: "manual",
    edits: [],
    reason: how[String(facts?.kind)] ?? "",
  };
}

/** Undefined unless the lock file knows all of them. */
function versionsOfLock(
  names: readonly string[],
  span: Span,
  file: ManifestFile,
): readonly Edit[] | undefined {
  const text = file.text.slice(span.start, span.end);
  const out: Edit[] = [];
  for (const { 0: word, index } of text.matchAll(/"[^"]*"|'[^']*'|[^\s"']+/g)) {
    const [, before = "", own = ""] = /^((["']?[\w.-]+)(?:\[[^\]]*\])?)/.exec(word) ?? [];
    const name = own.replace(/^["']/, "");
    if (!names.includes(name)) continue;
    const locked = lockedVersion(name, file);
    if (locked === undefined) return undefined;
    const rest = word.slice(before.length).replace(/[^"']+/, "");
    const start = span.start + index;
    out.push({ start, end: start + word.length, newText: `${before}==${locked}${rest}` });
  }
  return out.length === names.length ? out : undefined;
}

function lockedVersion(name: string, file: ManifestFile): string | undefined {
  for (const lock of ["uv.lock", "poetry.lock"]) {
    const text = file.textAbove(lock);
    const packages = text === undefined ? undefined : toml(text)?.package;
    for (const one of Array.isArray(packages) ? packages : []) {
      const { name: own, version } = table({ one }, "one") ?? {};
      if (typeof own === "string" && normalised(own) === normalised(name))
        return typeof version === "string" ? version : undefined;
    }
  }
  return undefined;
}
