/** What commands of a script take from the network and run: packages by name, scripts by address, images by tag. */
import { type Command, programOf, type Word } from "./shell.ts";

export interface Fetched {
  readonly kind: "npm" | "pypi" | "script" | "image";
  /** As its registry calls it; the address of a script. */
  readonly name: string;
  /** What is asked for: a version, a range, a tag; "" for none. */
  readonly version: string;
  readonly word: Word;
  /** What the word stands in; packages that one command names have it in common. */
  readonly command: Command;
  /** What is installed in the project is taken first. */
  readonly local: boolean;
}

/** In the order of the script. */
export function fetchedBy(all: readonly Command[]): readonly Fetched[] {
  return all.flatMap((command, i) => [
    ...packagesOf(command),
    ...scriptsOf(all, i),
    ...imageOf(command),
  ]);
}

/** Packages that a script installs or runs by name, also those that it adds to a project. */
export function packagesNamedBy(all: readonly Command[]): readonly Fetched[] {
  return all.flatMap((command) => {
    const known = packagesOf(command);
    if (known.length > 0) return known;
    const words = programOf(command);
    const tool =
      ADDING[
        words
          .slice(0, 2)
          .map(({ text }) => text.replace(/^.*\//, ""))
          .join(" ")
      ];
    return tool === undefined ? [] : packagesOf(command, { tool, rest: words.slice(2) });
  });
}

interface Tool {
  readonly kind: "npm" | "pypi";
  /** Options that are followed by a word of their own. */
  readonly values: RegExp;
  /** The one that names what is fetched, in place of the first word. */
  readonly from?: RegExp;
  /** With one of these nothing is fetched, or its version is held elsewhere. */
  readonly not?: RegExp;
  /** Every word is a package, and not the first alone. */
  readonly all?: boolean;
  readonly local?: boolean;
}
const NPX: Tool = {
  kind: "npm",
  values: /^(?:--loglevel|--prefix|--registry|--cache|-w|--workspace|--userconfig|-c|--call)$/,
  from: /^(?:-p|--package)$/,
  not: /^(?:--no|--no-install|--offline)$/,
  local: true,
};
const DLX: Tool = { ...NPX, local: false };
const NPM_GLOBAL: Tool = { kind: "npm", values: NPX.values, all: true };
const UVX: Tool = {
  kind: "pypi",
  values:
    /^(?:--with|-p|--python|--index|--index-url|--default-index|--extra-index-url|--with-requirements|-w|-c|--constraints|--refresh-package|--isolated-with|--directory|--cache-dir)$/,
  from: /^(?:--from|--spec)$/,
  not: /^(?:--offline|-c|--constraints|--constraint)$/,
};
const PIP: Tool = {
  kind: "pypi",
  values:
    /^(?:-r|--requirement|-e|--editable|-t|--target|-i|--index-url|--extra-index-url|-f|--find-links|--python|-p|--prefix|--root|--platform|--only-binary|--no-binary|--progress-bar|--timeout|--retries|--proxy|--cache-dir|--log|--src|--upgrade-strategy|--trusted-host|--group|--abi|--implementation|--python-version|--config-settings|--cert|--report|--exists-action|--use-feature|--index|--default-index)$/,
  not: /^(?:-c|--constraint|--constraints|--require-hashes|--no-index|--dry-run)(?:=|$)/,
  all: true,
};

function toolOf(
  words: readonly Word[],
): { readonly tool: Tool; readonly rest: readonly Word[] } | undefined {
  const [first, second, third, fourth] = words.map(({ text }) => text);
  const rest = (n: number): readonly Word[] => words.slice(n);
  const isGlobal = words.some(({ text }) => /^(?:-g|--global|--location=global)$/.test(text));
  const name = (first ?? "").replace(/^.*\//, "");
  if (/^python[\d.]*$/.test(name) && second === "-m") return toolOf(rest(2));
  switch (name) {
    case "npx":
      return { tool: NPX, rest: rest(1) };
    case "bunx":
      return { tool: { ...NPX, from: /^(?:-p|--package)$/ }, rest: rest(1) };
    case "bun":
      if (second === "x") return { tool: NPX, rest: rest(2) };
      return second === "add" && isGlobal ? { tool: NPM_GLOBAL, rest: rest(2) } : undefined;
    case "npm":
      if (second === "exec" || second === "x") return { tool: NPX, rest: rest(2) };
      return isGlobal && /^(?:i|install|add)$/.test(second ?? "")
        ? { tool: NPM_GLOBAL, rest: rest(2) }
        : undefined;
    case "pnpm":
      if (second === "dlx") return { tool: DLX, rest: rest(2) };
      return isGlobal && /^(?:add|i|install)$/.test(second ?? "")
        ? { tool: NPM_GLOBAL, rest: rest(2) }
        : undefined;
    case "pnpx":
      return { tool: DLX, rest: rest(1) };
    case "yarn":
      if (second === "dlx") return { tool: DLX, rest: rest(2) };
      return second === "global" && third === "add"
        ? { tool: NPM_GLOBAL, rest: rest(3) }
        : undefined;
    case "uvx":
      return { tool: UVX, rest: rest(1) };
    case "uv":
      if (second === "tool" && (third === "run" || third === "install"))
        return { tool: UVX, rest: rest(3) };
      return second === "pip" && third === "install" ? { tool: PIP, rest: rest(3) } : undefined;
    case "pipx":
      return second === "run" || second === "install"
        ? { tool: { ...UVX, all: second === "install" }, rest: rest(2) }
        : undefined;
    default:
      if (!/^pip[\d.]*$/.test(name)) return undefined;
      if (second === "install") return { tool: PIP, rest: rest(2) };
      return fourth !== undefined && /^-/.test(second ?? "") && third === "install"
        ? { tool: PIP, rest: rest(3) }
        : undefined;
  }
}

/** Of an installer of a project, by its first two words. */
const ADDING: Readonly<Record<string, Tool | undefined>> = {
  "npm install": NPM_GLOBAL,
  "npm i": NPM_GLOBAL,
  "npm add": NPM_GLOBAL,
  "pnpm add": NPM_GLOBAL,
  "pnpm install": NPM_GLOBAL,
  "pnpm i": NPM_GLOBAL,
  "yarn add": NPM_GLOBAL,
  "bun add": NPM_GLOBAL,
  "bun install": NPM_GLOBAL,
  "uv add": PIP,
  "poetry add": { ...PIP, values: /^(?:-G|--group|-E|--extras|--source|--python|--platform)$/ },
  "pdm add": { ...PIP, values: /^(?:-G|--group|-p|--project)$/ },
};

function packagesOf(command: Command, found = toolOf(programOf(command))): readonly Fetched[] {
  if (found === undefined) return [];
  const { tool, rest } = found;
  const named: Word[] = [];
  const plain: Word[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] as Word;
    const { text } = word;
    if (/^\d?[<>]/.test(text)) break;
    if (tool.not?.test(text)) return [];
    if (tool.from?.test(text)) {
      const next = rest[++i];
      if (next !== undefined) named.push(next);
    } else if (
      tool.from?.test(text.split("=")[0] ?? "") &&
      text.includes("=") &&
      text.startsWith("--")
    ) {
      const value = text.slice(text.indexOf("=") + 1);
      named.push({ text: value, start: word.end - value.length, end: word.end });
    } else if (tool.values.test(text)) i++;
    else if (!text.startsWith("-")) {
      plain.push(word);
      // What follows is for the program itself.
      if (tool.all !== true) break;
    }
  }
  const words = named.length > 0 ? named : plain;
  return words.flatMap((word) => packageOf(word, tool, command) ?? []);
}

function packageOf(
  word: Word,
  { kind, local = false }: Tool,
  command: Command,
): Fetched | undefined {
  const { text } = word;
  // A folder, a file, an address, or what only the shell knows.
  if (/[$*`:\\]|^[./~]|\.(?:whl|tgz|tar\.gz|zip)(?:[#[]|$)/.test(text)) return undefined;
  const match =
    kind === "npm"
      ? /^((?:@[\w.-]+\/)?[\w.-]+)(?:@(.*))?$/.exec(text)
      : /^([A-Za-z\d][\w.-]*)(?:\[[^\]]*\])?\s*(?:@\s*|(?=[=<>!~]))?(.*)$/.exec(text);
  return match === null
    ? undefined
    : { kind, name: match[1] as string, version: (match[2] ?? "").trim(), word, command, local };
}

const FETCH = /^(?:curl|wget|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)(?:\.exe)?$/i;
const SHELL =
  /^(?:(?:ba|z|da|k|a)?sh|python[\d.]*|node|perl|ruby|php|iex|Invoke-Expression|source|\.)$/i;
/** `sh -c "$(curl ...)"`, in one word. */
const INSIDE = /(?:\$\(|`)\s*(?:curl|wget)\s[^)`]*?(https?:\/\/[^\s"')`]+)/;

function scriptsOf(all: readonly Command[], index: number): readonly Fetched[] {
  const command = all[index] as Command;
  const words = programOf(command);
  const tool = words[0]?.text ?? "";
  if (SHELL.test(tool) || tool === "eval")
    for (const word of words) {
      const url = INSIDE.exec(word.text)?.[1];
      if (url !== undefined) return [script(url, word, command)];
    }
  if (!FETCH.test(tool)) return [];
  const address = words.find(({ text }) => /^https?:\/\//.test(text));
  if (address === undefined) return [];
  // `bash <(curl ...)`
  const before = all[index - 1]?.words;
  const isGiven =
    before?.at(-1)?.text === "<" && SHELL.test(programOf(all[index - 1] as Command)[0]?.text ?? "");
  let next = index + 1;
  // What is written by one and read by the next, as far as a shell.
  for (; all[next]?.piped === true; next++) {
    const then = programOf(all[next] as Command);
    const shell = then[0]?.text ?? "";
    if (/^(?:tee|cat|tr|sed|head|tail)$/.test(shell)) continue;
    if (!SHELL.test(shell) && shell !== "-") break;
    // `python -c CODE` reads data.
    return then.some(({ text }) => /^-(?:[cem]|[pn]+e?)$/.test(text))
      ? []
      : [script(address.text, address, command)];
  }
  return isGiven ? [script(address.text, address, command)] : [];
}
function script(url: string, word: Word, command: Command): Fetched {
  return { kind: "script", name: url, version: "", word, command, local: false };
}

/** Options of `docker run` without a word of their own; behind any other that is not `--name=value` the image is not known. */
const DOCKER_ALONE =
  /^(?:--rm|-i|-t|-it|-ti|-d|-dit|--init|--privileged|--detach|--interactive|--tty|-P|--read-only|--no-healthcheck|--[\w-]+=.*)$/;
const DOCKER_VALUES =
  /^(?:-v|--volume|-e|--env|-w|--workdir|-u|--user|--name|--network|--net|-p|--publish|--entrypoint|--mount|--env-file|--platform|--pull|--add-host|-h|--hostname|-m|--memory|--cpus|--label|-l|--gpus|--shm-size|--device|--cap-add|--security-opt|--restart|--ipc|--pid|--ulimit|--tmpfs|--volumes-from|--link|--dns)$/;

function imageOf(command: Command): readonly Fetched[] {
  const words = programOf(command);
  if (!/^(?:docker|podman)$/.test(words[0]?.text ?? "")) return [];
  const from = words[1]?.text === "container" ? 2 : 1;
  if (words[from]?.text !== "run") return [];
  for (let i = from + 1; i < words.length; i++) {
    const word = words[i] as Word;
    if (DOCKER_ALONE.test(word.text)) continue;
    if (DOCKER_VALUES.test(word.text)) {
      i++;
      continue;
    }
    if (word.text.startsWith("-")) return [];
    const [, name, tag = ""] =
      /^([\w./-]+(?::\d+\/[\w./-]+)?)(?::([\w.-]+))?$/.exec(word.text) ?? [];
    return name === undefined
      ? []
      : [{ kind: "image", name, version: tag, word, command, local: false }];
  }
  return [];
}
