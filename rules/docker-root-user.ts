/** The program of an image runs as root: no instruction names another user, or the last one names root again. */
import {
  DOCKERFILE,
  type DockerInstruction,
  type DockerStage,
  type DockerText,
  dockerfile,
  filledIn,
  imageName,
  isDockerfile,
} from "../server/rule/dockerfile.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import { type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import known from "./base-images.json" with { type: "json" };

const SCRIPTS = /(?:^|\/)[\w.-]*(?:entrypoint|start|init|run)[\w.-]*(?:\.sh)?$/i;
/** Programs that give the rights up before the real one starts. */
const DROPS =
  /\b(?:gosu|su-exec|setpriv|runuser|s6-setuidgid|setuidgid|chpst|setuser)\b|\bsu\s+(?:-\S*\s+)*\w+\s+-c\b|\bsudo\s+-u\b|--userspec\b/;
/** To work in by hand, or for the commands of a build. */
const SHELL = /^\[?\s*"?(?:\/(?:usr\/)?bin\/)?(?:ba|z|da)?sh"?\s*(?:,\s*"-\w+"\s*)*\]?$/;
/** Images of which the first process has to be root, and gives the rights up for its workers. */
const SERVES = /(?:^|-)(?:apache|fpm)(?:-|$)/;

export default rule({
  id: "docker-root-user",
  title: "Container that runs as root",
  category: "configuration",
  severity: "medium",
  cwe: [250],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: new RegExp(`${DOCKERFILE.source}|\\.sh$`),
    together: true,
    check: (file) => (isDockerfile(file.file) ? check(file) : []),
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what:
      facts?.kind === "again"
        ? "The last USER of the image is root: what it starts runs as root."
        : `No USER stands before this: in ${String(facts?.image)} that is root.`,
    why: "Whoever gets the program to run a command owns the whole container, may change its files, and is one fault of the kernel or one mounted folder away from the host.",
    fix: "Make an account without rights, give it the folders that the program writes, and name it with USER before CMD.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const text = dockerfile(file.text);
  const chain = text.stages.filter(({ ships }) => ships);
  const [first] = chain;
  const last = chain.at(-1);
  const all = [...text.before, ...chain.flatMap(({ instructions }) => instructions)];
  const start = startOf(text);
  // An image that starts nothing is there to build on, or to work in.
  if (first === undefined || last === undefined || start === undefined) return [];
  if (SHELL.test(bodyOf(file.text, start))) return [];
  const users = all.filter(({ keyword }) => keyword === "USER");
  const user = users.at(-1);
  const now = user === undefined ? undefined : userOf(file.text, user, all);
  if (user !== undefined && now !== "root") return [];
  if (dropsRights(file)) return [];
  const isAway = isTest(file.file) || isDevelopment(file.file) || isSample(file.file);
  const told = (at: DockerInstruction, more: Partial<Match>): Match => ({
    item: `${file.file}#`,
    span: { start: at.span.start, end: Math.min(at.span.end, lineEnd(file.text, at.span.start)) },
    confidence: isAway ? "low" : "high",
    ...more,
  });
  if (user !== undefined) {
    const before = users.findLast((one) => userOf(file.text, one, all) !== "root");
    const was = before === undefined ? "" : bodyOf(file.text, before);
    return [told(user, { facts: { kind: "again", was } })];
  }
  const image = filledIn(first.image, text);
  const base = image === undefined ? undefined : baseOf(image);
  if (base === undefined) return [];
  return [
    told(start, {
      severity: "low",
      facts: { kind: "none", image: base.name, user: base.user ?? "" },
    }),
  ];
}

interface Base {
  readonly name: string;
  readonly user?: string;
}
/** What is known of an image that begins as root; undefined where nothing is. */
function baseOf(image: string): Base | undefined {
  const { name, tag } = imageName(image);
  if (/nonroot|rootless|unprivileged|chiseled/.test(tag) || SERVES.test(tag)) return undefined;
  if (name === "scratch") return { name, user: "65532:65532" };
  const plain = name
    .replace(/^(?:index\.)?docker\.io\//, "")
    .replace(/^public\.ecr\.aws\/docker\//, "")
    .replace(/^library\//, "");
  const found = (known.images as readonly Base[]).find(
    (one) => one.name === plain || isVariant(one.name, plain),
  );
  if (found === undefined) return undefined;
  // From 8 on these have an account, whose number stands in a variable.
  const isNet = plain.startsWith("mcr.microsoft.com/dotnet/") && Number.parseInt(tag, 10) >= 8;
  return isNet ? { ...found, user: "$APP_UID" } : found;
}
/** gcr.io/distroless/nodejs22-debian12, gcr.io/distroless/static-debian12. */
function isVariant(name: string, image: string): boolean {
  if (!name.startsWith("gcr.io/distroless/")) return false;
  return image.startsWith(`${name}-`) || /^gcr\.io\/distroless\/(?:nodejs|python|java)/.test(image);
}

/** "root", another name, or undefined where a variable decides. */
function userOf(
  text: string,
  instruction: DockerInstruction,
  all: readonly DockerInstruction[],
): string | undefined {
  const [user = ""] = bodyOf(text, instruction).split(":");
  const name = /^\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})$/.exec(user);
  const value =
    name === null
      ? user
      : (all
          .flatMap(({ variables }) => variables)
          .findLast((one) => one.name === (name[1] ?? name[2]) && one.value !== undefined)?.value ??
        name[3]);
  if (value === undefined) return undefined;
  return /^(?:root|0+)$/.test(value) ? "root" : value;
}
function bodyOf(text: string, { body }: DockerInstruction): string {
  return text
    .slice(body.start, body.end)
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2");
}

/** The Dockerfile, or a script that it may start, names a program that gives the rights up. */
function dropsRights(file: ManifestFile): boolean {
  if (DROPS.test(file.text)) return true;
  const folder = file.file.slice(0, file.file.lastIndexOf("/") + 1);
  return file
    .like(SCRIPTS)
    .some(({ file: name, text }) => name.startsWith(folder) && DROPS.test(text ?? ""));
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const text = dockerfile(file.text);
  const start = startOf(text);
  const newline = file.text.includes("\r\n") ? "\r\n" : "\n";
  const title = "Run it as a user without rights";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const last = text.stages.at(-1);
  if (start === undefined || last === undefined || !last.instructions.includes(start))
    return manual(
      "What the image starts is said in a stage further up: write USER with the name of an account behind the last instruction that needs root.",
    );
  const at = { start: start.span.start, end: start.span.start };
  const edit = (lines: readonly string[]): Fix => ({
    title,
    grade: "suggested",
    edits: [
      {
        file: file.file,
        edits: [{ ...at, newText: lines.map((line) => line + newline).join("") }],
      },
    ],
  });
  if (facts?.kind === "again") {
    // What starts the program stands above: nothing was done as that root yet.
    if (span.start > start.span.start)
      return manual("Take this USER out, or write one with an account without rights behind it.");
    return facts.was === ""
      ? manual(
          "Which account the program should have only you can tell: make one (RUN useradd --system app) and write USER app before CMD.",
        )
      : edit([`USER ${String(facts.was)}`]);
  }
  const user = String(facts?.user ?? "");
  return edit(user !== "" ? [`USER ${user}`] : [...accountOf(last, text), "USER app"]);
}

/** `adduser` of BusyBox and `useradd` of the others take different options. */
function accountOf(stage: DockerStage, text: DockerText): readonly string[] {
  let base = stage;
  for (let at = base.base; at !== undefined; at = base.base) {
    const next = text.stages[at];
    if (next === undefined) break;
    base = next;
  }
  const image = filledIn(base.image, text) ?? base.image;
  return /alpine|busybox/.test(image)
    ? ["RUN addgroup -S app && adduser -S -G app app"]
    : ["RUN useradd --system --user-group --no-create-home app"];
}
/** The first of the instructions that say what is started. */
function startOf({ stages }: DockerText): DockerInstruction | undefined {
  const all = stages.filter(({ ships }) => ships).flatMap(({ instructions }) => instructions);
  const last = all.findLast(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
  const [first] = (stages.at(-1)?.instructions ?? []).filter(
    ({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT",
  );
  return first ?? last;
}
function lineEnd(text: string, from: number): number {
  const found = text.slice(from).search(/[\r\n]/);
  return found < 0 ? text.length : from + found;
}
