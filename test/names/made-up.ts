/** How many of the names in made-up.json are reported, in a manifest and in an import. */
import { DEFAULT_SETTINGS, type Engine } from "../../server/engine/api.ts";
import { load, settle } from "../harness/project.ts";
import list from "./made-up.json" with { type: "json" };

interface Way {
  readonly title: string;
  readonly file: string;
  readonly manifest: readonly [string, string];
  readonly write: (name: string) => string;
}
const PACKAGE: readonly [string, string] = [
  "package.json",
  `{ "name": "x", "private": true, "dependencies": { "express": "5.1.0" } }`,
];
const REQUIREMENTS: readonly [string, string] = ["requirements.txt", "flask==3.0.3\n"];
const WAYS: Readonly<Record<"pypi" | "npm", readonly Way[]>> = {
  pypi: [
    {
      title: "manifest",
      file: "requirements.txt",
      manifest: REQUIREMENTS,
      write: (name) => `${name}==1.0.0\n`,
    },
    {
      title: "import",
      file: "app.py",
      manifest: REQUIREMENTS,
      write: (name) => `import ${name.replace(/-/g, "_")}\n`,
    },
  ],
  npm: [
    {
      title: "manifest",
      file: "package.json",
      manifest: PACKAGE,
      write: (name) => `{ "name": "x", "private": true, "dependencies": { "${name}": "1.0.0" } }`,
    },
    {
      title: "import",
      file: "app.ts",
      manifest: PACKAGE,
      write: (name) => `import x from "${name}";\nx();\n`,
    },
  ],
};

const NAMES = ["dep-hallucinated-package", "dep-typosquat", "dep-undeclared-import"];

/** One line a kind and way, with the names that nothing is said of. In the default profile. */
export function shareFound(engine: Engine): string[] {
  return (["pypi", "npm"] as const).flatMap((ecosystem) =>
    (["made-up", "look-alike"] as const).flatMap((kind) =>
      WAYS[ecosystem].map(({ title, file, manifest, write }) => {
        const missed = list[ecosystem][kind].filter((name) => {
          load(engine, new Map([manifest, [file, write(name)]]));
          engine.configure(DEFAULT_SETTINGS);
          settle(engine);
          return !engine.check(file).findings.some(({ rule }) => NAMES.includes(rule));
        });
        const { length } = list[ecosystem][kind];
        return `${ecosystem}, ${kind}, ${title}: ${length - missed.length} of ${length}; not ${missed.join(" ")}`;
      }),
    ),
  );
}
