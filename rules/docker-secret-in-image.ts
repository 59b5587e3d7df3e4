/** A secret ends up in an image: written in the Dockerfile, handed over as a build argument, or copied with the files. */
import ignore from "ignore";
import { credentialIn } from "../server/rule/credentials.ts";
import {
  DOCKERFILE,
  type DockerInstruction,
  type DockerStage,
  type DockerVariable,
  dockerfile,
  isDockerfile,
} from "../server/rule/dockerfile.ts";
import { variables } from "../server/rule/dotenv.ts";
import { isIgnored } from "../server/rule/ignored.ts";
import { isDevelopment, isTest } from "../server/rule/place.ts";
import { type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { holdsSecret, isSecretVariable } from "../server/rule/secret-variable.ts";

const ENV = /(?:^|\/)\.env(?:\.[\w.-]+)?$/;
const SAMPLE = /\.(?:example|sample|template|tpl|dist|defaults?|schema|ci|test)(?:\.|$)/i;
const SAMPLES = [".env.example", ".env.sample", ".env.template", ".env.dist"];
/** Files that hold nothing but secrets. */
const KEYS =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.pgpass|\.git-credentials|\.aws\/credentials)$/;

export default rule({
  id: "docker-secret-in-image",
  title: "Secret in an image",
  category: "secrets",
  severity: "high",
  cwe: [538, 798],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: new RegExp(
      `${DOCKERFILE.source}|^[\\w.-]*\\.dockerignore$|^\\.gitignore$|^\\.env(?:\\.[\\w.-]+)?$`,
    ),
    together: true,
    check: (file) => (isDockerfile(file.file) ? check(file) : []),
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const name = String(facts?.name);
    switch (facts?.kind) {
      case "argument":
        return {
          what: `${name} comes into the build as an argument.`,
          why: "docker history shows the arguments of every RUN: whoever can pull the image reads the value.",
          fix: `Hand it over as a secret, which no layer keeps: RUN --mount=type=secret,id=${name},env=${name} and docker build --secret id=${name}.`,
        };
      case "kept":
        return {
          what: `${name} is set in the image to what the build is given as an argument.`,
          why: "Variables stand in the image's settings: whoever can pull it reads the value with docker inspect.",
          fix: `Set ${name} where the container is started (an environment file, a secret of the platform), and use RUN --mount=type=secret for what the build itself needs.`,
        };
      case "copied":
        return {
          what: `${name} is copied into the image.`,
          why: "Whoever can pull the image reads it, also when a later step deletes it: the layer stays.",
          fix: "Leave the file out, and give the values to the container when it is started; for the build, use RUN --mount=type=secret.",
        };
      case "all":
        return {
          what: `Everything is copied into the image, ${name} too: no .dockerignore leaves it out.`,
          why: "Whoever can pull the image reads the file, also when a later step deletes it: the layer stays.",
          fix: `Put ${name} (and .git) into .dockerignore, and give the values to the container when it is started.`,
        };
      default:
        return {
          what:
            facts?.kind === "text"
              ? `${name} stands in the Dockerfile.`
              : `${name} stands with its value${facts?.what === undefined ? "" : ` (${String(facts.what)})`} in the Dockerfile.`,
          why: `Whoever has the repository or can pull the image has it, and ${String(facts?.power ?? "signs in or signs with it as you do")}.`,
          fix: "Set it where the container is started, use RUN --mount=type=secret for what the build needs, and replace the value.",
        };
    }
  },
});

function check(file: ManifestFile): readonly Match[] {
  const { before, stages } = dockerfile(file.text);
  const isReal = !isTest(file.file) && !isDevelopment(file.file);
  const out = [...before, ...stages.flatMap(({ instructions }) => instructions)].flatMap(
    (instruction) => literals(file, instruction, isReal),
  );
  if (isReal) for (const stage of stages) if (stage.ships) out.push(...shipped(file, stage));
  return out.sort((a, b) => a.span.start - b.span.start);
}

/** Values that are written here, whether the stage is shipped or not: they are in the repository. */
function literals(
  file: ManifestFile,
  { keyword, variables: set, body }: DockerInstruction,
  isReal: boolean,
): Match[] {
  if (set.length === 0) {
    const found = credentialIn(file.text.slice(body.start, body.end));
    if (found === undefined || !(isReal || found.proved)) return [];
    const span = { start: body.start + found.start, end: body.start + found.end };
    const name = found.what.charAt(0).toUpperCase() + found.what.slice(1);
    return [told(file, span, { kind: "text", name, power: found.power })];
  }
  return set.flatMap(({ name, value, span }) => {
    if (value === undefined) return [];
    const found = credentialIn(value);
    const isSecret = found === undefined ? isReal && holdsSecret({ name, value }) : true;
    if (!isSecret || (found !== undefined && !isReal && !found.proved)) return [];
    return told(file, span, {
      kind: keyword === "ENV" ? "variable" : "default",
      name,
      ...(found === undefined ? {} : { what: found.what, power: found.power }),
    });
  });
}

function shipped(file: ManifestFile, { instructions }: DockerStage): readonly Match[] {
  const out: Match[] = [];
  const given = new Map<string, { readonly one: DockerVariable; readonly at: number }>();
  for (const [at, { keyword, variables: set, sources, from }] of instructions.entries()) {
    if (keyword === "ARG") for (const one of set) given.set(one.name, { one, at });
    if (keyword === "ENV")
      for (const { name, value, span } of set) {
        const argument = argumentIn(value ?? "");
        if (argument === undefined || !given.delete(argument)) continue;
        if (isSecretVariable(name) || isSecretVariable(argument))
          out.push(told(file, span, { kind: "kept", name, argument }));
      }
    for (const source of sources) {
      const isKey = KEYS.test(source.text);
      if (isKey || isEnvFile(source.text)) {
        if (isKey || from !== undefined || holdsSecrets(file, source.text))
          out.push(told(file, source.span, { kind: "copied", name: source.text }));
      } else if (from === undefined) out.push(...everything(file, source));
    }
  }
  const lastRun = instructions.findLastIndex(({ keyword }) => keyword === "RUN");
  for (const { one, at } of given.values())
    if (at < lastRun && !one.value && isSecretVariable(one.name))
      out.push({
        ...told(file, one.span, { kind: "argument", name: one.name }),
        severity: "medium",
      });
  return out;
}

/** `$NAME`, `${NAME}`, `${NAME:-}`: the name. */
function argumentIn(value: string): string | undefined {
  return /^\$(?:(\w+)|\{(\w+)(?::[-+?][^}]*)?\})$/.exec(value)?.slice(1).find(Boolean);
}

function isEnvFile(path: string): boolean {
  return ENV.test(path) && !SAMPLE.test(path);
}
/** A file that is there and holds none is harmless; one that is not there is kept from the repository, for good reason. */
function holdsSecrets(file: ManifestFile, source: string): boolean {
  const path = joined(contextOf(file), source);
  const found = file.like(ENV).find((one) => one.file === path);
  return found === undefined || (found.text !== undefined && hasSecret(found.text));
}
function hasSecret(text: string): boolean {
  return variables(text).some((one) => holdsSecret(one) || credentialIn(one.value) !== undefined);
}

/** A whole folder is copied in which a file of variables lies, or is meant to. */
function everything(
  file: ManifestFile,
  source: { readonly text: string; readonly span: Match["span"] },
): readonly Match[] {
  if (/[*?[\]$<]|^\w+:/.test(source.text)) return [];
  const context = contextOf(file);
  const folder = joined(context, source.text);
  const prefix = folder === "" ? "" : `${folder}/`;
  const leavesOut = leftOut(file, context);
  if (leavesOut === undefined) return [];
  const isCopied = (path: string): boolean => {
    const inContext = context === "" ? path : path.slice(context.length + 1);
    return !leavesOut(inContext);
  };
  const there = file
    .like(ENV)
    .filter((one) => isEnvFile(one.file) && one.file === `${prefix}${one.file.split("/").at(-1)}`)
    .find((one) => one.text !== undefined && hasSecret(one.text) && isCopied(one.file));
  const name = there?.file.split("/").at(-1) ?? ".env";
  if (there !== undefined) return [told(file, source.span, { kind: "all", name, context })];
  // Kept from the repository, with a sample to make it from: it lies there where people build.
  const own = `${prefix}.env`;
  const isMeant =
    file.like(ENV).some((one) => SAMPLES.some((sample) => one.file === `${prefix}${sample}`)) &&
    isIgnored({ ...file, file: own });
  return isMeant && isCopied(own) && file.isInWorkspace
    ? [{ ...told(file, source.span, { kind: "all", name, context }), severity: "medium" }]
    : [];
}

/** The folder that is built: the one of the nearest .dockerignore, else the Dockerfile's. */
function contextOf(file: ManifestFile): string {
  const own = file.file.slice(0, Math.max(0, file.file.lastIndexOf("/")));
  const above = file.above(".dockerignore");
  return above === undefined ? own : above.slice(0, Math.max(0, above.lastIndexOf("/")));
}
function joined(folder: string, path: string): string {
  const parts = [...folder.split("/"), ...path.split("/")];
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

/** What the build leaves out; undefined while the file that says so is not read yet. */
function leftOut(file: ManifestFile, context: string): ((path: string) => boolean) | undefined {
  const own = `${file.file}.dockerignore`;
  const all = file.like(/(?:^|\/)[\w.-]*\.dockerignore$/);
  const ignores =
    all.find((one) => one.file === own) ??
    all.find((one) => one.file === joined(context, ".dockerignore"));
  if (ignores === undefined) return () => false;
  if (ignores.text === undefined) return undefined;
  // Patterns are about paths from the root of what is built; a slash at their start says nothing.
  const lines = ignores.text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/^(!?)\s*(?:\.?\/)*/, "$1/").replace(/\/+$/, ""));
  const rules = ignore({ allowRelativePaths: true }).add(lines);
  return (path) => rules.ignores(path);
}

const VALUES: ReadonlySet<string> = new Set(["text", "variable", "default"]);

function told(
  file: ManifestFile,
  span: Match["span"],
  facts: Readonly<Record<string, string>>,
): Match {
  const match = { item: `${file.file}#`, span, facts, confidence: "high" } as const;
  // Where only the name of a secret stands, there is nothing to hide.
  return VALUES.has(facts.kind ?? "") ? match : { ...match, category: "configuration" };
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const name = String(facts?.name);
  const manual = (title: string, reason: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason,
  });
  const { stages } = dockerfile(file.text);
  const stage = stages.find(({ instructions }) =>
    instructions.some((one) => one.span.start <= span.start && span.end <= one.span.end),
  );
  const own = stage?.instructions.find(
    (one) => one.span.start <= span.start && span.end <= one.span.end,
  );
  if (facts?.kind === "argument" && stage !== undefined && own !== undefined)
    return asSecret(file, stage, own, name);
  if (facts?.kind === "copied" || facts?.kind === "kept" || facts?.kind === "variable") {
    const title = `Leave ${name} out of the image`;
    const isAlone = own !== undefined && (own.sources.length === 1 || own.variables.length === 1);
    if (!isAlone || own === undefined)
      return manual(title, "The instruction does other things as well: take it out by hand.");
    const edits = [{ ...wholeLines(file.text, own.span), newText: "" }];
    return { title, grade: "suggested", edits: [{ file: file.file, edits }] };
  }
  if (facts?.kind === "all") {
    const path = joined(String(facts.context), ".dockerignore");
    const found = file.like(/(?:^|\/)\.dockerignore$/).find((one) => one.file === path);
    const title = `Leave ${name} out of what is built`;
    if (found?.text === undefined)
      return manual(
        title,
        `Make a file .dockerignore in the folder that is built, with the lines ${name} and .git: no edit is offered since it would be a new file.`,
      );
    const newline = found.text.includes("\r\n") ? "\r\n" : "\n";
    const end = found.text.length;
    const first = end === 0 || /[\r\n]$/.test(found.text) ? "" : newline;
    const edits = [{ start: end, end, newText: `${first}${name}${newline}` }];
    return { title, grade: "suggested", edits: [{ file: path, edits }] };
  }
  return manual(
    "Take the value out of the Dockerfile",
    "Hand it over with RUN --mount=type=secret, or when the container is started, and replace the value: it stays in the history of the repository and in every image that was built.",
  );
}

/** The argument goes, and each RUN that uses it is given a secret of the same name. */
function asSecret(
  file: ManifestFile,
  stage: DockerStage,
  own: DockerInstruction,
  name: string,
): Fix {
  const title = `Hand ${name} over as a secret`;
  const reads = new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`);
  const using = stage.instructions.filter(
    (one) => one !== own && reads.test(file.text.slice(one.span.start, one.span.end)),
  );
  if (own.variables.length !== 1 || using.some(({ keyword }) => keyword !== "RUN"))
    return {
      title,
      grade: "manual",
      edits: [],
      reason: `Not only RUN uses it: write RUN --mount=type=secret,id=${name},env=${name} where the build needs it, take ARG ${name} away, and build with --secret id=${name}.`,
    };
  const runs =
    using.length > 0
      ? using
      : stage.instructions.filter(
          (one) => one.keyword === "RUN" && one.span.start > own.span.start,
        );
  const edits = [
    { ...wholeLines(file.text, own.span), newText: "" },
    ...runs.map(({ body }) => ({
      start: body.start,
      end: body.start,
      newText: `--mount=type=secret,id=${name},env=${name} `,
    })),
  ];
  return { title, grade: "suggested", edits: [{ file: file.file, edits }] };
}

/** With the end of the line. */
function wholeLines(text: string, { start, end }: Match["span"]): Match["span"] {
  const rest = /^[ \t]*(?:\r\n|\n|\r)?/.exec(text.slice(end))?.[0] ?? "";
  return { start, end: end + rest.length };
}
