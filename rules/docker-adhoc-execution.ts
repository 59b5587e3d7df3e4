/** A step of an image's build runs or takes in whatever an address answers, or versions that no lock file holds. */
import {
  DOCKERFILE,
  type DockerInstruction,
  dockerfile,
  isDockerfile,
} from "../server/rule/dockerfile.ts";
import { fetchedBy } from "../server/rule/fetched.ts";
import { isHeld, isRun } from "../server/rule/held.ts";
import { type FrozenInstall, unfrozen } from "../server/rule/install.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import { type Fix, type ManifestFile, type Match, rule, type Span } from "../server/rule/rule.ts";
import { commands } from "../server/rule/shell.ts";

const MANIFESTS =
  /^package\.json$|^(?:package-lock|npm-shrinkwrap)\.json$|^yarn\.lock$|^pnpm-lock\.yaml$/;
const LOCK = /package-lock|npm-shrinkwrap|yarn\.lock|pnpm-lock/;
/** Names the whole folder, or all files of a kind. */
const BRINGS = /^(?:\.{0,2}\/?|.*\/)$|\*/;

export default rule({
  id: "docker-adhoc-execution",
  title: "Image built from what the network answers today",
  category: "supply-chain",
  severity: "medium",
  cwe: [829, 494],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names: new RegExp(`${DOCKERFILE.source}|${MANIFESTS.source}`),
    together: true,
    check: (file) => (isDockerfile(file.file) ? check(file) : []),
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const name = String(facts?.name);
    if (facts?.kind === "script")
      return {
        what: `What ${name} answers is run as a script, unseen.`,
        why: `Whoever controls that server or ${facts.plain === true ? "anything on the way to it (there is no TLS)" : "its account"} puts a program of theirs into the image, and nothing in the repository shows it.`,
        fix: "Take it from a package at a fixed version, or download the file, check its SHA-256 sum against one in this file, and run it then.",
      };
    if (facts?.kind === "added")
      return {
        what: `${name} is put into the image as it is at the time.`,
        why: `Whoever controls that server${facts.plain === true ? ", or anything on the way to it (there is no TLS)," : ""} decides what the image holds; nobody sees that it has changed.`,
        fix: "Name the sum of the file that you have looked at: ADD --checksum=sha256:SUM.",
      };
    if (facts?.kind === "install")
      return {
        what:
          facts.copied === true
            ? `${name} takes newer versions than the lock file holds, if the two do not agree.`
            : `${name} takes the newest versions: the lock file is not copied into the image before.`,
        why: "A version that an attacker published an hour ago is then in the image, although nobody changed a line.",
        fix: `Use ${String(facts.frozen)}, which installs what the lock file says or stops.`,
      };
    return {
      what: `${name} is fetched here ${facts?.version === "" ? "without a version" : `as ${String(facts?.version)}`}.`,
      why: "A version that an attacker published an hour ago, under this name or one that nobody had taken, is then in the image.",
      fix: "Write the exact version, or make it a dependency that the lock file holds.",
    };
  },
});

function check(file: ManifestFile): readonly Match[] {
  const isAway = isTest(file.file) || isDevelopment(file.file) || isSample(file.file);
  const { stages } = dockerfile(file.text);
  const sources = stages.flatMap(({ instructions }) => instructions.flatMap((one) => one.sources));
  const copied = LOCK.test(file.text) || sources.some(({ text }) => BRINGS.test(text));
  return stages.flatMap(({ instructions }) =>
    instructions.flatMap((one) => {
      const found =
        one.keyword === "RUN"
          ? ofRun(file, one, copied)
          : one.keyword === "ADD"
            ? ofAdd(file, one)
            : [];
      return found.map((match): Match => (isAway ? { ...match, confidence: "low" } : match));
    }),
  );
}

/** The script of a `RUN`, without its flags; what stands in the file between `<<EOF` and `EOF`, where a shell runs it. */
function scriptOf(text: string, { body, flags }: DockerInstruction): Span {
  const start = Math.max(body.start, ...flags.map(({ span }) => span.end));
  const script = text.slice(start, body.end);
  const here =
    /^\s*<<(-?)(["']?)(\w+)\2[ \t]*(?:(?:\/usr)?(?:\/bin\/)?(?:ba|da|a|z|k)?sh(?:[ \t]+-\w+)*[ \t]*)?\r?\n/.exec(
      script,
    );
  if (here === null) return { start, end: body.end };
  const [opening, dash, , word] = here;
  const rest = script.slice(opening.length);
  const close = rest.search(new RegExp(`^${dash === "-" ? "\\t*" : ""}${word}\\r?$`, "m"));
  const length = close < 0 ? rest.length : close;
  return { start: start + opening.length, end: start + opening.length + length };
}

function ofRun(file: ManifestFile, one: DockerInstruction, copied: boolean): readonly Match[] {
  const { start, end } = scriptOf(file.text, one);
  const script = file.text.slice(start, end);
  if (/^\s*\[/.test(script)) return [];
  const all = commands(script);
  const loose = fetchedBy(all).filter((found) => !isHeld(found, file) && isRun(script, found));
  const fetched = loose.map(({ kind, name, version, word }): Match => {
    const plain = kind === "script" && name.startsWith("http:");
    return {
      item: `${file.file}#`,
      span: { start: start + word.start, end: start + word.end },
      severity: plain ? "high" : kind === "script" ? "medium" : "low",
      // Tools of the moment are in most images: for whoever asks.
      confidence: kind === "script" ? "high" : "low",
      facts: { kind, name, version, plain },
    };
  });
  const installs = unfrozen(all, file).map(
    (found: FrozenInstall): Match => ({
      item: `${file.file}#`,
      span: { start: start + found.start, end: start + found.end },
      severity: "low",
      confidence: "high",
      facts: { kind: "install", name: found.name, frozen: found.frozen, copied },
    }),
  );
  return [...fetched, ...installs].sort((a, b) => a.span.start - b.span.start);
}

function ofAdd(file: ManifestFile, { sources, flags }: DockerInstruction): readonly Match[] {
  if (flags.some(({ name }) => name === "checksum")) return [];
  return sources.flatMap(({ text, span }): readonly Match[] => {
    // A commit of a repository is what it is.
    if (!/^https?:\/\//.test(text) || /#[\da-f]{40}(?::|$)|\/[\da-f]{40}\//.test(text)) return [];
    const plain = text.startsWith("http:");
    return [
      {
        item: `${file.file}#`,
        span,
        severity: plain ? "high" : "low",
        confidence: "high",
        facts: { kind: "added", name: text, plain },
      },
    ];
  });
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const name = String(facts?.name);
  if (facts?.kind === "install") {
    if (facts.copied !== true)
      return {
        title: "Copy the lock file as well",
        grade: "manual",
        edits: [],
        reason: `Copy the lock file beside package.json, then install with ${String(facts.frozen)}: where it lies as seen from what is built only you can tell.`,
      };
    const edits = [{ ...span, newText: String(facts.frozen) }];
    return {
      title: `Use ${String(facts.frozen)}`,
      grade: "suggested",
      edits: [{ file: file.file, edits }],
    };
  }
  const how: Readonly<Record<string, string>> = {
    script:
      "What the script should be only you can tell: download it once, read it, and keep it in the repository or check its sum before it is run.",
    added: `Which file is meant only you can tell: download it, look at it, and write the sum that sha256sum prints: ADD --checksum=sha256:SUM ${name}.`,
    npm: `Which version is meant only you can tell: look at it, then write ${name}@VERSION.`,
    pypi: `Which version is meant only you can tell: look at it, then write ${name}==VERSION.`,
    image: `Which digest is meant only the registry tells: look at the image, then write ${name}@sha256:DIGEST.`,
  };
  return {
    title: facts?.kind === "script" ? "Run what you have read" : `Pin ${name}`,
    grade: "manual",
    edits: [],
    reason: how[String(facts?.kind)] ?? "",
  };
}
