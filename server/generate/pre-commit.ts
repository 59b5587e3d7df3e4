/** An entry for pre-commit that runs the project's own copy of Skeptic on what is about to be committed. */
import { at, items, textOf, yaml, yamlFault } from "../rule/yaml.ts";
import { type Generated, newlineOf, type Refused } from "./generated.ts";
import { PROGRAM, PROGRAM_NOTE, type Project, type Read } from "./project.ts";

const PATH = ".pre-commit-config.yaml";

export async function preCommitFiles(project: Project, read: Read): Promise<Generated | Refused> {
  const before = await read(PATH);
  const isPython =
    project.managers.length > 0 && project.managers.every((one) => one === "uv" || one === "pip");
  const entry = entryOf(isPython ? `node ${PROGRAM}` : "node_modules/.bin/skeptic");
  const after =
    before === undefined
      ? `repos:\n${entry.map((line) => `  ${line}\n`).join("")}`
      : added(before, entry);
  if (typeof after !== "string") return after;
  return {
    files: [{ path: PATH, before, after }],
    notes: [
      ...(isPython ? [PROGRAM_NOTE] : []),
      ...(project.hasSkeptic || isPython
        ? []
        : [
            "Skeptic is in no lock file of this project: add it to devDependencies, else the hook fails.",
          ]),
      "Run pre-commit install once in each clone.",
    ],
  };
}

const entryOf = (program: string): readonly string[] => [
  "- repo: local",
  "  hooks:",
  "    - id: skeptic",
  "      name: skeptic",
  "      language: system",
  `      entry: ${program} scan --changed --fail-on error`,
  "      pass_filenames: false",
];

/** Behind the last repository, with the indentation that the list has. */
function added(text: string, entry: readonly string[]): string | Refused {
  const fault = yamlFault(text);
  if (fault !== undefined) return { refused: `${PATH} cannot be read: ${fault}` };
  const repos = at(yaml(text), "repos");
  const ids = items(repos).flatMap((repo) =>
    items(at(repo, "hooks")).map((hook) => textOf(at(hook, "id"))),
  );
  if (ids.includes("skeptic")) return { refused: `${PATH} runs Skeptic already` };
  const [first] = items(repos);
  const last = items(repos).at(-1);
  if (first === undefined || last === undefined || text[lastDash(text, first.span.start)] !== "-")
    return {
      refused: `${PATH} has no list of repositories with a line each: add the entry by hand`,
    };
  const dash = lastDash(text, first.span.start);
  const indent = text.slice(text.lastIndexOf("\n", dash - 1) + 1, dash);
  if (/\S/.test(indent))
    return { refused: `${PATH} has its list in one line: add the entry by hand` };
  const newline = newlineOf(text);
  const end = last.span.end + text.slice(last.span.end).search(/\S|$/);
  const from = text.lastIndexOf("\n", end - 1) + 1;
  const isAtLine = text.slice(from, end).trim() === "" && end > 0;
  const place = end >= text.length ? text.length : isAtLine ? from : end;
  const head = text.slice(0, place).replace(/\s*$/, newline);
  const rest = text.slice(place);
  return head + entry.map((line) => indent + line + newline).join("") + rest;
}
function lastDash(text: string, before: number): number {
  return text.lastIndexOf("-", before - 1);
}
