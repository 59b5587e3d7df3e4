/** The settings of assistants and their servers hold a key in clear text, in a file that is shared with the code. */
import { credentialIn } from "../server/rule/credentials.ts";
import { isIgnored } from "../server/rule/ignored.ts";
import { type JsonText, jsonTexts } from "../server/rule/json-strings.ts";
import { headerAt, stringAt, toml } from "../server/rule/manifest.ts";
import { isTest } from "../server/rule/place.ts";
import { type Edit, type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { isSeen, secretName, words } from "../server/rule/secret-names.ts";
import { isRandom } from "../server/rule/secret-value.ts";

const NAMES = /^(?:\.mcp\.json|mcp\.json|claude_desktop_config\.json|\.gitignore)$/;
const PATHS = /(?:^|\/)\.(?:claude|gemini)\/settings[^/]*\.json$|(?:^|\/)\.codex\/config\.toml$/;
const CODEX = /(?:^|\/)\.codex\/config\.toml$/;
/** How each of the programs takes a value from outside; those that are not here take none. */
const REFERENCES: readonly { readonly file: RegExp; readonly write: (name: string) => string }[] = [
  { file: /(?:^|\/)\.mcp\.json$/, write: (name) => `\${${name}}` },
  { file: /(?:^|\/)\.cursor\/mcp\.json$/, write: (name) => `\${env:${name}}` },
  { file: /(?:^|\/)\.gemini\/settings\.json$/, write: (name) => `\${${name}}` },
];
const OF_THE_EDITOR = /(?:^|\/)\.vscode\/mcp\.json$/;
const HEADERS = /^(?:authorization|proxy-authorization|cookie)$/i;
const MADE_UP =
  /example|sample|dummy|fake|your|xxxx|placeholder|change.?me|redacted|insert|replace/i;

export default rule({
  id: "agent-config-secret",
  title: "Key in the settings of an assistant",
  category: "secrets",
  severity: "high",
  cwe: [798, 312],
  owasp: ["A07:2021", "A07:2025"],
  manifest: {
    names: NAMES,
    paths: PATHS,
    together: true,
    check(file) {
      if (file.file.endsWith(".gitignore") || isTest(file.file) || isIgnored(file)) return [];
      return textsOf(file).flatMap((one) => inspect(file, one) ?? []);
    },
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what: `${String(facts?.name)} stands with its value${facts?.what === undefined ? "" : ` (${String(facts.what)})`} in the settings of an assistant.`,
    why: `The file is shared with the code: whoever has the repository or its history has it, and ${String(facts?.power)}; every assistant that opens the folder reads it, too.`,
    fix: "Name a variable in its place, keep the value outside of the repository, and replace the one that was written here.",
  }),
});

interface Place {
  readonly name: string;
  /** What is before the secret in the text: `Bearer `, `--token=`. */
  readonly before: string;
  /** By its place alone it is one, if it looks like one. */
  readonly isSecret: boolean;
}

function inspect(file: ManifestFile, one: JsonText): Match | undefined {
  const place = placeOf(one, textsOf(file));
  if (place === undefined) return undefined;
  const value = one.value.slice(place.before.length);
  if (/\$\{|\$[A-Z_]+$|\{\{/.test(value)) return undefined;
  const found = credentialIn(one.value);
  if (found === undefined && !(place.isSecret && isRandom(value) && !MADE_UP.test(value)))
    return undefined;
  // Escapes would move the places: what has them is told as a whole, and not rewritten.
  const plain = file.text.slice(one.span.start, one.span.end) === one.value;
  return {
    item: `${file.file}#`,
    span: plain ? { start: one.span.start + place.before.length, end: one.span.end } : one.span,
    confidence: "high",
    facts: {
      name: place.name,
      plain,
      whole: found === undefined || found.end - found.start === value.length,
      power: found?.power ?? "signs in with it as you do",
      ...(found === undefined ? {} : { what: found.what }),
    },
  };
}

/** Values of `env` and `headers`, and words of `args`, of whatever server. */
function placeOf({ path, value }: JsonText, all: readonly JsonText[]): Place | undefined {
  const key = path.at(-1);
  const parent = path.at(-2);
  if (typeof key === "string" && parent === "env")
    return { name: key, before: "", isSecret: isSecretName(key) };
  if (typeof key === "string" && /^(?:headers|requestInit|http_headers)$/.test(String(parent))) {
    const before = /^(?:Bearer|Basic|Token)\s+/i.exec(value)?.[0] ?? "";
    return { name: `The header ${key}`, before, isSecret: HEADERS.test(key) || isSecretName(key) };
  }
  if (typeof key !== "number" || parent !== "args") return undefined;
  const [before, option] = /^--?([\w-]+)=/.exec(value) ?? [];
  if (before !== undefined && option !== undefined)
    return { name: `--${option}`, before, isSecret: isSecretName(option) };
  const last = all.find(
    (one) =>
      one.path.at(-1) === key - 1 &&
      one.path.length === path.length &&
      one.path.slice(0, -1).every((part, i) => part === path[i]),
  );
  const name = /^--?([\w-]+)$/.exec(last?.value ?? "")?.[1];
  return {
    name: name === undefined ? "An argument" : `--${name}`,
    before: "",
    isSecret: name !== undefined && isSecretName(name),
  };
}
/** Texts of TOML have no places of their own: they are looked for behind the header of their table. */
function textsOf({ file, text }: ManifestFile): readonly JsonText[] {
  if (!CODEX.test(file)) return jsonTexts(text);
  const out: JsonText[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === "string") {
      const names = path.filter((step) => typeof step === "string");
      const headers = names.map((_, i) => headerAt(text, names.slice(0, i + 1).join(".")));
      const span = stringAt(text, value, Math.max(0, ...headers));
      if (span !== undefined) out.push({ path, value, span });
    } else if (Array.isArray(value))
      for (const [i, one] of value.entries()) visit(one, [...path, i]);
    else if (typeof value === "object" && value !== null)
      for (const [key, one] of Object.entries(value)) visit(one, [...path, key]);
  };
  visit(toml(text), []);
  return out;
}
function isSecretName(name: string): boolean {
  if (isSeen(name) && !/(?:secret|passw(?:or)?d)$/i.test(name)) return false;
  return secretName(name)?.kind === "secret" || /^x-.*-?key$/i.test(name);
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const title = "Take the value from outside";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  if (facts?.plain !== true || facts.whole !== true)
    return manual(
      "It is a part of a longer text: write the whole with a variable in its place, and replace the value.",
    );
  const name = variableOf(String(facts.name));
  const edit = (edits: readonly Edit[]): Fix => ({
    title,
    grade: "suggested",
    edits: [{ file: file.file, edits }],
  });
  if (CODEX.test(file.file))
    return manual(
      "Codex takes the names of variables: env_vars for the variables of a server, env_http_headers and bearer_token_env_var for what it sends. Write the name there, and replace the value.",
    );
  if (OF_THE_EDITOR.test(file.file)) {
    const texts = jsonTexts(file.text);
    const open = file.text.indexOf("{");
    if (open < 0 || texts.some(({ path }) => path[0] === "inputs") || /"inputs"/.test(file.text))
      return manual(
        `The file has inputs already: add one of the type promptString with "password": true, and write \${input:ID} here.`,
      );
    const id = name.toLowerCase().replaceAll("_", "-");
    const newline = file.text.includes("\r\n") ? "\r\n" : "\n";
    const indent = /\n([ \t]+)"/.exec(file.text)?.[1] ?? "  ";
    const input = `{ "id": "${id}", "type": "promptString", "description": "${name}", "password": true }`;
    return edit([
      { start: open + 1, end: open + 1, newText: `${newline}${indent}"inputs": [${input}],` },
      { ...span, newText: `\${input:${id}}` },
    ]);
  }
  const reference = REFERENCES.find((one) => one.file.test(file.file));
  return reference === undefined
    ? manual(
        "This program takes the value as it stands here. Set the variable where the program is started, or keep the file out of the repository (.gitignore), and replace the value: it stays in the history.",
      )
    : edit([{ ...span, newText: reference.write(name) }]);
}
/** `The header X-Api-Key` is X_API_KEY, `--api-key` API_KEY. */
function variableOf(name: string): string {
  const own = words(name.replace(/^The header /, ""))
    .join("_")
    .toUpperCase();
  return /^(?:AUTHORIZATION|AN_ARGUMENT|COOKIE)$/.test(own) || own === "" ? "MCP_TOKEN" : own;
}
