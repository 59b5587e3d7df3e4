/**
 * `node .cache/names/main.cjs FOLDER...` (built and called by `npm run names`): what is said about names of packages in real
 * projects, to be read and judged; and of names that do not exist, or that look like others, the share that is found. A folder is
 * a package, or holds packages as node_modules and site-packages do. What a wheel asks for counts as its requirements file.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { rules } from "../../rules/index.ts";
import modules from "../../rules/modules.json" with { type: "json" };
import { readNames } from "../../server/base/names.ts";
import { DECLARING, declared } from "../../server/rule/declared.ts";
import { IMPORTS, matchAt, packageImports } from "../../server/rule/imports.ts";
import { type Rule, rule } from "../../server/rule/rule.ts";
import { readSources } from "../fuzz/plan.ts";
import { freshEngine } from "../harness/engine.ts";
import { repository } from "../harness/pages.ts";
import type { Texts } from "../harness/project.ts";
import { shareFound } from "./made-up.ts";
import { createReader } from "./reader.ts";

const JUDGED = [
  "dep-hallucinated-package",
  "dep-typosquat",
  "dep-undeclared-import",
  "dep-hallucinated-install",
];
const ECOSYSTEMS = ["pypi", "npm"] as const;
/** Say of each place which name is asked for there. */
const PROBES: readonly Rule[] = [
  rule({
    ...{ id: "import", title: "", category: "", severity: "info", cwe: [], owasp: [] },
    code: {
      may: IMPORTS,
      check: (code) => packageImports(code, modules).map((one) => matchAt(one, code, {})),
    },
    say: ({ facts }) => ({ what: `${facts?.ecosystem} ${facts?.written}`, why: "", fix: "" }),
  }),
  rule({
    ...{ id: "entry", title: "", category: "", severity: "info", cwe: [], owasp: [] },
    manifest: {
      names: DECLARING,
      check: (file) =>
        declared(file).map(({ name, span, ecosystem }) => ({
          item: `${file.file}#`,
          span,
          facts: { name, ecosystem },
        })),
    },
    say: ({ facts }) => ({ what: `${facts?.ecosystem} ${facts?.name}`, why: "", fix: "" }),
  }),
];

void main();

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { strict: { type: "boolean" } },
  });
  const bytes = readFileSync(join(repository, "data/names.bin"));
  const judged = rules.rules.filter(({ id }) => JUDGED.includes(id));
  const read = await createReader(
    { rules: [...judged, ...PROBES], models: [], pages: {} },
    readNames(bytes),
  );
  const asked = new Map<string, Set<string>>();
  const said = new Map<string, string[]>();
  for (const [name, texts] of positionals.flatMap((folder) => [...packagesIn(folder)]))
    for (const { rule, level, confidence, message, file } of read(texts))
      if (JUDGED.includes(rule)) {
        if (confidence === "low" && values.strict !== true) continue;
        const line = `${rule} | ${level} | ${message.what}`;
        said.set(line, [...(said.get(line) ?? []), `${name}/${file}`]);
      } else {
        const key = `${rule} ${message.what.split(" ")[0]}`;
        asked.set(key, (asked.get(key) ?? new Set()).add(message.what));
      }
  for (const ecosystem of ECOSYSTEMS) {
    const count = (probe: string): number => asked.get(`${probe} ${ecosystem}`)?.size ?? 0;
    console.log(
      `${ecosystem}: ${count("import")} distinct names in imports, ${count("entry")} in manifests`,
    );
  }
  for (const [line, places] of [...said].sort())
    console.log(`${line} | ${places.length} | ${places[0]}`);
  console.log("");
  const engine = await freshEngine();
  for (const line of shareFound(engine)) console.log(line);
  engine.dispose();
  console.log("");
  for (const line of ofIndex(bytes)) console.log(line);
}

/** Size, days and speed. How often a name that does not exist is taken for one that does, scripts/names-index.mjs says. */
function ofIndex(bytes: Uint8Array): string[] {
  const index = readNames(bytes);
  const lists = ECOSYSTEMS.flatMap((ecosystem) => {
    const list = index?.[ecosystem];
    return list === undefined
      ? []
      : [
          `${ecosystem}: ${list.count} names of ${list.date}, ${list.isComplete ? "all" : "those that are used"}, ${list.top.length} with their place`,
        ];
  });
  const made = Array.from({ length: 200_000 }, (_, i) => `made-up-${i.toString(36)}`);
  const start = performance.now();
  const wrong = made.filter((name) => index?.pypi?.has(name)).length;
  const seconds = (performance.now() - start) / 1000;
  return [
    `index: ${(bytes.length / 1e6).toFixed(2)} MB`,
    ...lists,
    `${Math.round(made.length / seconds / 1000)} thousand look-ups a second; of ${made.length} made-up names ${wrong} are taken for one that exists`,
  ];
}

/** Texts by package. */
function* packagesIn(folder: string): Iterable<readonly [string, Texts]> {
  const inside = readdirSync(folder);
  const wheels = inside.filter((name) => name.endsWith(".dist-info"));
  if (basename(folder) === "node_modules") {
    const all = inside.flatMap((name) =>
      name.startsWith("@")
        ? readdirSync(join(folder, name)).map((one) => `${name}/${one}`)
        : [name],
    );
    for (const name of all)
      if (existsSync(join(folder, name, "package.json"))) yield [name, textsOf(join(folder, name))];
  } else if (wheels.length > 1) {
    for (const wheel of wheels) {
      const record = join(folder, wheel, "RECORD");
      if (!existsSync(record)) continue;
      const files = readFileSync(record, "utf8")
        .split("\n")
        .map((line) => line.split(",")[0] as string)
        .filter((file) => /\.pyi?$/.test(file) && !file.startsWith("."));
      const texts = new Map<string, string>();
      for (const file of files) {
        const path = join(folder, file);
        if (existsSync(path)) texts.set(file, readFileSync(path, "utf8"));
      }
      texts.set("requirements.txt", requirementsOf(join(folder, wheel, "METADATA")));
      yield [wheel, texts];
    }
  } else yield [basename(folder), textsOf(folder)];
}

function textsOf(folder: string): Texts {
  const texts = new Map(
    readSources(folder, (file) => /\.(?:[cm]?[jt]sx?|py|json|toml|txt)$/.test(file)).texts,
  );
  const wheel = readdirSync(folder).find((name) => name.endsWith(".dist-info"));
  if (wheel !== undefined)
    texts.set("requirements.txt", requirementsOf(join(folder, wheel, "METADATA")));
  return texts;
}

function requirementsOf(metadata: string): string {
  if (!existsSync(metadata)) return "";
  return readFileSync(metadata, "utf8")
    .split(/\r?\n/)
    .flatMap((line) => (/^Requires-Dist: (.*)$/.exec(line) ?? []).slice(1))
    .map((line) => line.replace(/\s*;.*$/, ""))
    .join("\n");
}
