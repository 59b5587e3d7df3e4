/** A script that runs on install downloads, evaluates or hides code. */
import { ALLOWING, type Allowed, allowedScripts } from "../server/rule/allowed-scripts.ts";
import { hasOwnRegistryFor } from "../server/rule/imports.ts";
import { INSTALL_HOOKS, jsonValue, strings } from "../server/rule/manifest.ts";
import { isOfPrivateScope } from "../server/rule/names.ts";
import {
  type Context,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
} from "../server/rule/rule.ts";

/** What such scripts are meant for. */
const USUAL =
  /^(?:(?:npx|pnpm exec|pnpm|yarn|bunx|npm exec)\s+(?:--?[\w=-]+\s+)*)?(?:husky|patch-package|postinstall-postinstall|prisma|node-gyp|node-gyp-build|prebuild-install|node-pre-gyp|cmake-js|playwright|electron-builder|electron-rebuild|simple-git-hooks|lefthook|only-allow|tsc|nuxt|nuxi|svelte-kit|ngcc|is-ci|opencollective|opencollective-postinstall|patches|lerna|turbo|nx|expo|cypress|puppeteer|sharp|esbuild|rimraf|tsup|vite|rollup|webpack|gulp|grunt)(?:@[\w.^~-]+)?(?:\s|$)/;
const OWN =
  /^(?:npm|pnpm|yarn|bun)\s+(?:run|run-script|build|test|ci|install|i)\b|^(?:echo|true|exit|cd|mkdir|cp|cpx|rm)\b/;

/** `node -p 'require("./postinstall.js")()'` is `node postinstall.js`: a file that stands beside it. */
const OWN_FILE =
  /^node\s+(?:-e|--eval|-p|--print)\s+(["'])\s*require\(\s*(["'])\.{1,2}\/[\w./-]+\2\s*\)(?:\.\w+)?(?:\(\s*\))?\s*;?\s*\1$/;

const SIGNS: readonly { readonly sign: RegExp; readonly does: string }[] = [
  {
    sign: /\b(?:curl|wget|Invoke-WebRequest|iwr|Invoke-Expression|iex|certutil)\b/i,
    does: "downloads from the network",
  },
  { sign: /\bpowershell\b|\bpwsh\b/i, does: "starts PowerShell" },
  {
    sign: /\b(?:node|deno|bun)\s+(?:-e|--eval|-p|--print|eval)\b|\b(?:ba|z|k)?sh\s+-c\b|\bpython3?\s+-c\b|\beval\b|\b(?:perl|ruby)\s+-e\b/,
    does: "runs code from a string",
  },
  {
    sign: /\bbase64\b|\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}|\batob\b|fromCharCode/i,
    does: "hides what it runs",
  },
  { sign: /\|\s*(?:ba|z|k)?sh\b/, does: "pipes into a shell" },
  { sign: /\bchmod\s+(?:\+x|[0-7]*7[0-7]*)\b/, does: "makes a file executable" },
  { sign: /https?:\/\//i, does: "names an address" },
  {
    sign: /\b(?:npx|bunx|pnpm dlx|yarn dlx)\s+(?:--?[\w=-]+\s+)*(?:@[\w.-]+\/)?[\w.-]+(?![\w.@/-]*@\d)(?:\s|$)/,
    does: "runs a package that is not pinned",
  },
];

export default rule({
  id: "dep-install-script",
  title: "Install script that downloads or hides code",
  category: "supply-chain",
  severity: "high",
  cwe: [506],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names: ALLOWING,
    check(file) {
      const base = file.file.slice(file.file.lastIndexOf("/") + 1);
      const own = base === "package.json" ? strings(file.text, ["scripts"]) : [];
      return [
        ...own.flatMap(({ key, value, entry }) =>
          INSTALL_HOOKS.has(key) ? inspect(file, key, value, entry) : [],
        ),
        ...allowedScripts(base, file.text).flatMap((one) => allowed(file, one)),
      ];
    },
    fixes: (match, file) => [fix(match, file)],
  },
  calls: {
    sinks: ["url", "network"],
    check(call, context) {
      if (!/(^|\/)setup\.py$/.test(context.file) || !isBuild(context)) return undefined;
      return {
        item: call.site.item,
        span: call.site.span,
        op: call.site.op,
        confidence: call.guessed ? "medium" : "high",
        facts: { hook: "setup.py", does: "uses the network" },
      };
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.setting === undefined
        ? `The ${String(facts?.hook)} ${facts?.hook === "setup.py" ? "file" : "script"} ${String(facts?.does)}.`
        : facts.name === ""
          ? `${String(facts.setting)} lets every package run its own script when it is installed.`
          : `${String(facts.setting)} lets ${String(facts.name)} run its own script when it is installed, and hardly anybody uses it.`,
    why:
      facts?.setting === undefined
        ? "It runs on every machine that installs the package, with that user's rights and secrets, before anyone has looked at the code."
        : "Most poisoned packages do their work in such a script: it runs on every machine that installs them, with that user's rights and secrets.",
    fix:
      facts?.setting === undefined
        ? "Keep what is needed in the package itself, pinned and readable, or leave the script out."
        : facts.name === ""
          ? "Switch scripts off, and allow them for the few packages that need one by name."
          : "Look at the script first; if the package works without it, take it off the list.",
  }),
  fixes: () => [
    {
      title: "Build ahead of time",
      grade: "manual",
      edits: [],
      reason:
        "What the download is for only you can tell: put the files into the package, or fetch them when the program first needs them, with a checksum.",
    },
  ],
});

function allowed(file: ManifestFile, one: Allowed): readonly Match[] {
  const { name, setting, span, off, isUsual } = one;
  const match: Match = {
    item: `${file.file}#`,
    span,
    facts: {
      setting,
      name: name ?? "",
      ...(off === undefined
        ? {}
        : { from: off.span.start, to: off.span.end, newText: off.newText }),
    },
  };
  if (name === undefined) return [isUsual === true ? { ...match, severity: "low" } : match];
  const list = file.names?.npm;
  if (list === undefined || list.has(name) || file.isOwn(name)) return [];
  if (isOfPrivateScope(name, list)) return [];
  if (hasOwnRegistryFor({ ecosystem: "npm", written: name }, file)) return [];
  return [{ ...match, severity: "low", confidence: "medium" }];
}

function fix({ facts }: Match, file: ManifestFile): Fix {
  const manual = (title: string, reason: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason,
  });
  if (facts?.setting === undefined)
    return manual(
      "Build ahead of time, or keep the code in the package",
      `What ${String(facts?.hook)} is for only you can tell. Put the code into a file of this package where it can be reviewed; to install others safely, set ignore-scripts=true in .npmrc and allow single packages.`,
    );
  if (typeof facts.newText === "string") {
    const edit = { start: Number(facts.from), end: Number(facts.to), newText: facts.newText };
    return {
      title: "Let no package run scripts that nobody allowed",
      grade: "suggested",
      edits: [{ file: file.file, edits: [edit] }],
    };
  }
  return facts.name === ""
    ? manual(
        "Allow single packages",
        "Which packages need a script the package manager lists when it installs without: write their names in place of this.",
      )
    : manual(
        `Look at the script of ${String(facts.name)}`,
        `Whether ${String(facts.name)} works without its script only a try tells: look at "scripts" in its package.json.`,
      );
}

function inspect(
  file: ManifestFile,
  hook: string,
  script: string,
  entry: { readonly start: number; readonly end: number },
): Match[] {
  const suspicious = script
    .split(/&&|\|\||;|\n/)
    .map((part) => part.trim().replace(/^(?:cross-env\s+)?(?:\w+=\S+\s+)*/, ""))
    .filter(
      (part) =>
        part !== "" &&
        (part.includes("|") || !USUAL.test(part)) &&
        !(OWN.test(part) && !/[|`]|\$\(/.test(part)),
    );
  for (const part of suspicious) {
    // `node -e "require('husky').install()"`: named tools only.
    if (
      /^node\s+-e\b/.test(part) &&
      /husky|patch-package|process\.exit\(/.test(part) &&
      !/https?|child_process|eval|Buffer|fetch|base64/.test(part)
    )
      continue;
    if (OWN_FILE.test(part)) continue;
    const found = SIGNS.find(({ sign }) => sign.test(part));
    if (found !== undefined)
      return [
        {
          item: `${file.file}#`,
          span: entry,
          facts: { hook, does: found.does, name: String(jsonValue(file.text, ["name"]) ?? "") },
        },
      ];
  }
  return [];
}

/** A module of that name inside a package is not what installs it. */
function isBuild(context: Context): boolean {
  const ops = context.code(`${context.file}#`)?.ir.ops ?? [];
  return ops.some(
    (op) => op.op === "import" && /^(?:setuptools|distutils)(?:\.|$)/.test(op.module),
  );
}
