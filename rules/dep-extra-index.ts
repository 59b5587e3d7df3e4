/** Packages are looked up in several places, of which the one with the highest version wins, or in one that anybody can imitate. */
import { iniValues, optionOf, requirementsLines } from "../server/rule/lines.ts";
import { headerAt, stringAt, table, toml } from "../server/rule/manifest.ts";
import {
  type Edit,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";
import { commands, programOf } from "../server/rule/shell.ts";
import { WORKFLOW_PATHS, workflow } from "../server/rule/workflow.ts";
import { scriptSpan } from "../server/rule/yaml-script.ts";

/** Of makers of packages who also own the names of these packages on the public index. */
const OF_MAKERS =
  /^https:\/\/(?:download\.pytorch\.org|pypi\.nvidia\.com|data\.pyg\.org|storage\.googleapis\.com\/(?:jax|libtpu)-releases)(?:\/|$)/;
const PUBLIC = /^https:\/\/(?:pypi\.org|pypi\.python\.org|test\.pypi\.org)(?:\/|$)/;
const LOCAL = /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/;

export default rule({
  id: "dep-extra-index",
  title: "Packages from an index that others can stand in for",
  category: "supply-chain",
  severity: "high",
  cwe: [427],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names:
      /^(?:[\w.-]*requirements[\w.-]*\.txt|pyproject\.toml|uv\.toml|Pipfile|pip\.(?:conf|ini)|\.npmrc)$/,
    paths: WORKFLOW_PATHS,
    check(file) {
      const name = file.file.slice(file.file.lastIndexOf("/") + 1);
      if (/\.ya?ml$/.test(name)) return scripts(file);
      if (name === ".npmrc") return npmrc(file);
      if (/^pip\./.test(name)) return pipSettings(file);
      return name.endsWith(".txt") ? requirements(file) : tables(file, name);
    },
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const value = String(facts?.value);
    switch (facts?.kind) {
      case "extra":
        return {
          what: `${value} is searched beside the main index, and the highest version of all wins.`,
          why: "Whoever publishes a package with the name of one of your private ones on the public index, at version 99, has it installed in its place: its setup runs at once (dependency confusion).",
          fix: "Use one index that has both (--index-url with a proxy of the public one), or hashes for every package.",
        };
      case "strategy":
        return {
          what: `${value} takes the best version of all indexes, whichever it comes from.`,
          why: "Whoever publishes a package with the name of one of your private ones on the public index, at version 99, has it installed in its place (dependency confusion).",
          fix: 'Leave it at "first-index", and bind private packages to their index (explicit = true and tool.uv.sources).',
        };
      case "supplemental":
        return {
          what: `Packages are looked for on ${value} only where the public index has none of that name.`,
          why: "Whoever publishes one with the name of a private package on the public index has it installed in its place (dependency confusion).",
          fix: 'Write priority = "explicit", and source = "NAME" at each package that comes from there.',
        };
      case "unchecked":
        return {
          what: `${value} switches the check of certificates off for packages.`,
          why: "Whoever is on the way between answers in the place of the index, and what it sends is installed and run.",
          fix: "Take it away; if the index has a certificate of your own authority, name that (cert, cafile).",
        };
      default:
        return {
          what: `Packages come from ${value}, without encryption.`,
          why: "Whoever is on the way between sends other packages, and they are installed and run.",
          fix: "Write https.",
        };
    }
  },
});

function told(
  file: ManifestFile,
  kind: string,
  span: Span,
  value: string,
  more: Partial<Match> = {},
): Match {
  return { item: `${file.file}#`, span, ...more, facts: { kind, value, ...more.facts } };
}
const isOpen = (value: string): boolean => /^http:\/\//i.test(value) && !LOCAL.test(value);
function severityOf(address: string): Severity {
  return OF_MAKERS.test(address) ? "low" : "high";
}

/** What an option of pip means, by its long name. */
function option(
  file: ManifestFile,
  name: string,
  value: string,
  span: Span,
  whole: Span,
  facts: NonNullable<Match["facts"]> = {},
): readonly Match[] {
  switch (name) {
    case "extra-index-url":
      return value === "" || LOCAL.test(value)
        ? []
        : [
            told(file, "extra", span, withoutUser(value), {
              severity: severityOf(value),
              facts: { ...facts, from: whole.start },
            }),
          ];
    case "i":
    case "index-url":
    case "f":
    case "find-links":
      return isOpen(value) ? [told(file, "open", span, withoutUser(value))] : [];
    case "trusted-host":
      return value === "" || LOCAL.test(value)
        ? []
        : [told(file, "unchecked", whole, `trusted-host ${value}`)];
    default:
      return [];
  }
}
function withoutUser(address: string): string {
  return address.replace(/\/\/[^@/]*@/, "//");
}

function requirements(file: ManifestFile): readonly Match[] {
  const lines = requirementsLines(file.text);
  const options = lines.flatMap((line) => optionOf(line) ?? []);
  const packages = lines.filter(({ text }) => /^\s*[A-Za-z\d]/.test(text));
  // What has a hash is what it is, wherever it comes from.
  const held = packages.length > 0 && packages.every(({ text }) => /\s--hash[=\s]/.test(text));
  const only = !options.some(({ name }) => /^(?:-i|--index-url)$/.test(name));
  const extras = options.filter(({ name }) => name === "--extra-index-url").length;
  return options.flatMap(({ name, value, span, whole }) =>
    held
      ? []
      : option(file, name.replace(/^-+/, ""), value, span, whole, { alone: only && extras === 1 }),
  );
}

function pipSettings(file: ManifestFile): readonly Match[] {
  return iniValues(file.text).flatMap(({ name, value, whole }) => {
    // Several stand in one line as well.
    const out: Match[] = [];
    for (const { 0: one, index } of value.matchAll(/\S+/g)) {
      const start = whole.end - value.length + index;
      const span = { start, end: start + one.length };
      out.push(...option(file, name, one, span, span));
    }
    return out;
  });
}

function npmrc(file: ManifestFile): readonly Match[] {
  return iniValues(file.text).flatMap(({ name, value, span, whole }): readonly Match[] => {
    const plain = value.replace(/^["']|["']$/g, "");
    if (/(?:^|:)registry$/.test(name))
      return isOpen(plain) ? [told(file, "open", span, withoutUser(plain))] : [];
    return name === "strict-ssl" && plain === "false"
      ? [
          told(file, "unchecked", whole, "strict-ssl=false", {
            facts: { from: span.start, to: span.end, newText: "true" },
          }),
        ]
      : [];
  });
}

/** `pip install --extra-index-url ...` in a workflow. */
function scripts(file: ManifestFile): readonly Match[] {
  const flow = workflow(file.file, file.text);
  return (flow?.jobs ?? []).flatMap((job) =>
    job.steps.flatMap(({ run }) => {
      const text = run?.value;
      if (text?.kind !== "text") return [];
      const { start, end } = scriptSpan(file.text, text);
      return commands(file.text.slice(start, end)).flatMap((command) => {
        const words = programOf(command);
        if (!words.slice(0, 4).some((word) => /(?:^|\/)pip[\d.]*$/.test(word.text))) return [];
        if (words.some((word) => word.text === "--require-hashes")) return [];
        return words.flatMap((word, i) => {
          const [, name, own] = /^--([a-z-]+)(?:=(.*))?$/.exec(word.text) ?? [];
          const value = own ?? words[i + 1]?.text ?? "";
          const last = own === undefined ? (words[i + 1] ?? word) : word;
          const span = { start: start + word.start, end: start + last.end };
          return name === undefined ? [] : option(file, name, value, span, span);
        });
      });
    }),
  );
}

/** pyproject.toml, uv.toml and Pipfile. */
function tables(file: ManifestFile, base: string): readonly Match[] {
  const root = toml(file.text);
  if (root === undefined) return [];
  const out: Match[] = [];
  const uv = base === "uv.toml" ? root : table(root, "tool", "uv");
  const strategy = uv?.["index-strategy"];
  if (typeof strategy === "string" && /^unsafe-(?:best|first)-match$/.test(strategy)) {
    const span = stringAt(
      file.text,
      strategy,
      base === "uv.toml" ? 0 : headerAt(file.text, "tool.uv"),
    );
    if (span !== undefined)
      out.push(
        told(file, "strategy", span, `index-strategy = "${strategy}"`, {
          severity: strategy === "unsafe-best-match" ? "high" : "medium",
          facts: { from: span.start, to: span.end, newText: "first-index" },
        }),
      );
  }
  const sources = [
    ...list(table(root, "tool", "poetry")?.source),
    ...list(table(root, "tool", "pdm")?.source),
    ...list(uv?.index),
    ...(base === "Pipfile" ? list(root.source) : []),
  ];
  for (const one of sources) {
    const url = typeof one.url === "string" ? one.url : "";
    const span = stringAt(file.text, url, 0);
    if (span === undefined || url === "") continue;
    if (isOpen(url)) out.push(told(file, "open", span, withoutUser(url)));
    else if (one.verify_ssl === false)
      out.push(told(file, "unchecked", span, `verify_ssl = false for ${withoutUser(url)}`));
    else if (/^(?:supplemental|secondary)$/.test(String(one.priority)) && !PUBLIC.test(url))
      out.push(
        told(file, "supplemental", span, withoutUser(url), {
          severity: OF_MAKERS.test(url) ? "low" : "medium",
        }),
      );
  }
  for (const key of ["index-url", "extra-index-url", "find-links"])
    for (const url of [uv?.[key]].flat())
      if (typeof url === "string" && isOpen(url)) {
        const span = stringAt(file.text, url, 0);
        if (span !== undefined) out.push(told(file, "open", span, withoutUser(url)));
      }
  return out;
}
function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  return all.flatMap((one): readonly Readonly<Record<string, unknown>>[] => {
    const found = table({ one }, "one");
    return found === undefined ? [] : [found];
  });
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const edit = (title: string, edits: readonly Edit[]): Fix => ({
    title,
    grade: "suggested",
    edits: [{ file: file.file, edits }],
  });
  if (facts?.kind === "open") {
    const text = file.text.slice(span.start, span.end);
    const at = text.search(/http:\/\//i);
    if (at >= 0)
      return edit("Use https", [
        { start: span.start + at, end: span.start + at + 5, newText: "https:" },
      ]);
  }
  if (typeof facts?.newText === "string")
    return edit(`Write ${facts.newText}`, [
      { start: Number(facts.from), end: Number(facts.to), newText: facts.newText },
    ]);
  if (facts?.kind === "extra" && facts.alone === true)
    return edit("Take all packages from this index", [
      {
        start: Number(facts.from),
        end: Number(facts.from) + "--extra-index-url".length,
        newText: "--index-url",
      },
    ]);
  const reasons: Readonly<Record<string, string>> = {
    extra:
      "Which index has all packages only you can tell: give it alone with --index-url (most servers for private packages pass the public ones on), or write hashes (--hash) for every package.",
    supplemental:
      'Which packages come from there only you can tell: write priority = "explicit" here, and source = "NAME" at each of them.',
    unchecked:
      "Whether the index has a certificate that is known only you can tell: take the option away, and name the certificate of your own authority if it has one.",
  };
  return {
    title: "Use one index that is checked",
    grade: "manual",
    edits: [],
    reason: reasons[String(facts?.kind)] ?? "Write the address with https by hand.",
  };
}
