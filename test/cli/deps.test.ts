// `skeptic deps --diff`, with the built program on real repositories.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { commit, git, repository, room, write } from "../harness/repository.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const SUM = `sha512-${"A".repeat(86)}==`;
const OTHER = `sha512-${"B".repeat(86)}==`;
const SHA1 = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
const HASH = "0".repeat(64);

function skeptic(folder: string, argv: readonly string[], path = process.env.PATH) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, "deps", ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: path },
  });
  return { code: status, out: stdout, err: stderr };
}

interface Told {
  readonly since: string;
  readonly warnings: number;
  readonly files: readonly {
    readonly file: string;
    readonly status: string;
    readonly notes: readonly Said[];
    readonly changes: readonly {
      readonly name: string;
      readonly kind: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly direct: boolean;
      readonly development: boolean;
      readonly notes: readonly Said[];
    }[];
  }[];
}
interface Said {
  readonly kind: string;
  readonly level: string;
  readonly text: string;
}

function told(folder: string, ...argv: string[]): Told {
  const { out, err } = skeptic(folder, ["--format", "json", "--diff", "HEAD", ...argv]);
  assert.equal(err, "");
  return JSON.parse(out) as Told;
}

/** "bumped left-pad 1.0.0 > 1.3.0 direct", and below it what is said of it. */
function lines(folder: string, ...argv: string[]): string[] {
  return told(folder, ...argv).files.flatMap(({ changes }) =>
    changes.flatMap(({ name, kind, from, to, direct, development, notes }) => [
      [
        kind,
        name,
        `${from.join("|")} > ${to.join("|")}`,
        ...(direct ? ["direct"] : []),
        ...(development ? ["dev"] : []),
      ].join(" "),
      ...notes.map((note) => `  ${note.level} ${note.kind}: ${note.text}`),
    ]),
  );
}

type Entry = Readonly<Record<string, unknown>>;

function npmEntry(name: string, version: string, more: Entry = {}): Entry {
  const resolved = `https://registry.npmjs.org/${name}/-/${name}-${version}.tgz`;
  return { version, resolved, integrity: SUM, ...more };
}

function npmLock(packages: Readonly<Record<string, Entry>>): string {
  const entries = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry]);
  return `${JSON.stringify({ name: "a", lockfileVersion: 3, packages: { "": {}, ...Object.fromEntries(entries) } }, undefined, 2)}\n`;
}

const manifest = (dependencies: Readonly<Record<string, string>>, more: Entry = {}): string =>
  `${JSON.stringify({ name: "a", dependencies, ...more }, undefined, 2)}\n`;

/** A repository with one state, and the other in its working tree. */
function changed(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string {
  const folder = repository({ "README.txt": "", ...before });
  write(folder, after);
  return folder;
}

describe("deps --diff", { timeout: 120_000 }, () => {
  test("lists what comes, goes and moves, and who asks for it", () => {
    const asks = manifest({ express: "^4.0.0", debug: "^4.0.0" });
    const folder = changed(
      {
        "package.json": asks,
        "package-lock.json": npmLock({
          express: npmEntry("express", "4.18.0"),
          debug: npmEntry("debug", "4.3.4"),
          ms: npmEntry("ms", "2.1.2"),
          "express/node_modules/ms": npmEntry("ms", "2.0.0"),
          qs: npmEntry("qs", "6.11.0"),
        }),
      },
      {
        "package-lock.json": npmLock({
          express: npmEntry("express", "4.19.2"),
          debug: npmEntry("debug", "4.3.4"),
          ms: npmEntry("ms", "2.1.3"),
          "express/node_modules/ms": npmEntry("ms", "2.0.0"),
          typescript: npmEntry("typescript", "5.4.0", { dev: true }),
        }),
      },
    );
    assert.deepEqual(lines(folder), [
      "bumped express 4.18.0 > 4.19.2 direct",
      "bumped ms 2.1.2 > 2.1.3",
      "removed qs 6.11.0 > ",
      "added typescript  > 5.4.0 dev",
    ]);
    const { code, out } = skeptic(folder, ["--diff", "HEAD"]);
    assert.equal(code, 0);
    assert.equal(
      out,
      `package-lock.json: 1 added, 1 removed, 2 with another version
  ~ express 4.18.0 -> 4.19.2
  ~ ms 2.1.2 -> 2.1.3 (asked for by another package)
  - qs 6.11.0 (asked for by another package)
  + typescript 5.4.0 (asked for by another package, for development)

Nothing to look at since HEAD.
`,
    );
  });

  test("tells of scripts, look-alikes, other places, weaker checksums and older versions", () => {
    const git40 = "a".repeat(40);
    const folder = changed(
      {
        "package-lock.json": npmLock({
          esbuild: npmEntry("esbuild", "0.20.0", { hasInstallScript: true }),
          chalk: npmEntry("chalk", "5.3.0"),
          debug: npmEntry("debug", "4.3.4"),
          ms: npmEntry("ms", "2.1.2"),
          qs: npmEntry("qs", "6.11.0"),
          semver: npmEntry("semver", "7.6.0"),
          yaml: npmEntry("yaml", "2.4.0"),
        }),
      },
      {
        "package-lock.json": npmLock({
          esbuild: npmEntry("esbuild", "0.21.0", { hasInstallScript: true }),
          chalk: npmEntry("chalk", "5.3.1", { hasInstallScript: true }),
          debug: npmEntry("debug", "4.3.4", {
            resolved: `git+ssh://git@github.com/someone/debug.git#${git40}`,
            integrity: undefined,
          }),
          ms: npmEntry("ms", "2.1.3", { resolved: "https://npm.example.org/ms/-/ms-2.1.3.tgz" }),
          qs: npmEntry("qs", "6.11.0", { integrity: OTHER }),
          semver: npmEntry("semver", "7.5.0", { integrity: SHA1 }),
          yaml: npmEntry("yaml", "2.4.1", { integrity: undefined }),
          lodahs: npmEntry("lodahs", "1.0.0"),
        }),
      },
    );
    assert.deepEqual(lines(folder), [
      "bumped chalk 5.3.0 > 5.3.1",
      "  warning install-script: runs a script when it is installed, which the version before did not",
      `bumped debug 4.3.4 > 4.3.4 ${"a".repeat(12)}`,
      "  warning source: came from a registry, and comes from the repository git+ssh://github.com/someone/debug.git now",
      "bumped esbuild 0.20.0 > 0.21.0",
      "  info install-script: runs a script when it is installed, as before",
      "added lodahs  > 1.0.0",
      "  warning look-alike: is hardly used, and its name is lodash's, one letter apart",
      "bumped ms 2.1.2 > 2.1.3",
      "  warning source: is fetched from npm.example.org, from where it was not before",
      "changed qs 6.11.0 > 6.11.0",
      "  warning integrity: has another checksum than before, and the same version: it is another file",
      "bumped semver 7.6.0 > 7.5.0",
      "  warning integrity: is known by SHA1 only, and was by SHA512",
      "  info downgrade: is older than before",
      "bumped yaml 2.4.0 > 2.4.1",
      "  warning integrity: has no checksum any more",
    ]);
    assert.equal(skeptic(folder, ["--diff", "HEAD"]).code, 1);
    assert.equal(skeptic(folder, ["--diff", "HEAD", "--fail-on", "never"]).code, 0);
  });

  test("a first lock file, one that is gone, and one that moved", () => {
    const lock = npmLock({ ms: npmEntry("ms", "2.1.2") });
    const folder = repository({ "old/package-lock.json": lock });
    renameSync(join(folder, "old"), join(folder, "moved"));
    git(folder, "add", "-A");
    assert.deepEqual(told(folder).files, [], "it says the same at another place");
    const once = repository({ "a/package-lock.json": lock });
    rmSync(join(once, "a/package-lock.json"));
    assert.deepEqual(lines(once), ["removed ms 2.1.2 > "]);
    write(once, { "b/package-lock.json": npmLock({ qs: npmEntry("qs", "6.11.0") }) });
    assert.deepEqual(lines(once, "b"), ["added qs  > 6.11.0"]);
    assert.deepEqual(lines(once, "--exclude", "b/**"), ["removed ms 2.1.2 > "]);
  });

  const python = (
    versions: Readonly<Record<string, string>>,
    one: (name: string, version: string) => string,
  ): string =>
    Object.entries(versions)
      .map(([name, version]) => one(name, version))
      .join("\n");
  const npm = (
    versions: Readonly<Record<string, string>>,
    one: (name: string, version: string) => string,
  ): string => python(versions, one);
  const registry = (name: string, version: string): string =>
    `https://registry.yarnpkg.com/${name}/-/${name}-${version}.tgz`;
  /** Each form with these versions. */
  const FORMS: Readonly<Record<string, (versions: Readonly<Record<string, string>>) => string>> = {
    "package-lock.json": (versions) =>
      JSON.stringify({
        lockfileVersion: 1,
        dependencies: Object.fromEntries(
          Object.entries(versions).map(([name, version]) => [name, npmEntry(name, version)]),
        ),
      }),
    "npm-shrinkwrap.json": (versions) =>
      npmLock(
        Object.fromEntries(
          Object.entries(versions).map(([name, version]) => [name, npmEntry(name, version)]),
        ),
      ),
    "classic/yarn.lock": (versions) =>
      `# yarn lockfile v1\n\n\n${npm(
        versions,
        (name, version) =>
          `${name}@^1.0.0:\n  version "${version}"\n  resolved "${registry(name, version)}#${"a".repeat(40)}"\n  integrity ${SUM}\n`,
      )}`,
    "berry/yarn.lock": (versions) =>
      `__metadata:\n  version: 8\n\n${npm(
        versions,
        (name, version) =>
          `"${name}@npm:^1.0.0":\n  version: ${version}\n  resolution: "${name}@npm:${version}"\n  checksum: 10c0/${version.replace(/\D/g, "").padEnd(64, "a")}\n  languageName: node\n  linkType: hard\n`,
      )}`,
    "six/pnpm-lock.yaml": (versions) =>
      `lockfileVersion: '6.0'\n\npackages:\n\n${npm(
        versions,
        (name, version) => `  /${name}@${version}:\n    resolution: {integrity: ${SUM}}\n`,
      )}`,
    "nine/pnpm-lock.yaml": (versions) =>
      `lockfileVersion: '9.0'\n\npackages:\n\n${npm(
        versions,
        (name, version) => `  ${name}@${version}:\n    resolution: {integrity: ${SUM}}\n`,
      )}`,
    "uv.lock": (versions) =>
      `version = 1\n\n${python(
        versions,
        (name, version) =>
          `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://pypi.org/simple" }\nsdist = { url = "https://files.pythonhosted.org/${name}.tar.gz", hash = "sha256:${HASH}", size = 1 }\n`,
      )}`,
    "poetry.lock": (versions) =>
      python(
        versions,
        (name, version) =>
          `[[package]]\nname = "${name}"\nversion = "${version}"\ndescription = ""\noptional = false\nfiles = [\n    {file = "${name}.whl", hash = "sha256:${HASH}"},\n]\n`,
      ),
    "pdm.lock": (versions) =>
      python(
        versions,
        (name, version) =>
          `[[package]]\nname = "${name}"\nversion = "${version}"\nfiles = [\n    {file = "${name}.whl", hash = "sha256:${HASH}"},\n]\n`,
      ),
    "Pipfile.lock": (versions) =>
      JSON.stringify({
        _meta: { "pipfile-spec": 6 },
        default: Object.fromEntries(
          Object.entries(versions).map(([name, version]) => [
            name,
            { version: `==${version}`, hashes: [`sha256:${HASH}`] },
          ]),
        ),
      }),
  };
  for (const [name, form] of Object.entries(FORMS))
    test(`reads ${name}`, () => {
      const folder = changed(
        { [name]: form({ requests: "1.0.0", semver: "1.0.0", yaml: "1.0.0" }) },
        // With a byte order mark and other line ends, which are no change of a package.
        {
          [name]: form({ requests: "1.0.1", semver: "1.0.0", chalk: "1.2.0" }).replaceAll(
            "\n",
            "\r\n",
          ),
        },
      );
      const sign = name === "Pipfile.lock" ? "==" : "";
      assert.deepEqual(lines(folder), [
        `added chalk  > ${sign}1.2.0`,
        `bumped requests ${sign}1.0.0 > ${sign}1.0.1`,
        `removed yaml ${sign}1.0.0 > `,
      ]);
    });

  test("pnpm says before version 9 which packages run a script", () => {
    const lock = (builds: string): string =>
      `lockfileVersion: '6.0'\n\npackages:\n\n  /sharp@0.33.0:\n    resolution: {integrity: ${SUM}}\n${builds}`;
    const folder = changed(
      { "pnpm-lock.yaml": lock("").replace("0.33.0", "0.32.0") },
      { "pnpm-lock.yaml": lock("    requiresBuild: true\n") },
    );
    assert.deepEqual(lines(folder), [
      "bumped sharp 0.32.0 > 0.33.0",
      "  warning install-script: runs a script when it is installed, which the version before did not",
    ]);
  });

  test("new files of the same version of a Python package are no other file", () => {
    const lock = (hashes: readonly string[]): string =>
      `[[package]]\nname = "numpy"\nversion = "2.0.0"\nfiles = [\n${hashes.map((hash, i) => `    {file = "${i}.whl", hash = "sha256:${hash.repeat(64)}"},`).join("\n")}\n]\n`;
    const more = changed({ "poetry.lock": lock(["1"]) }, { "poetry.lock": lock(["1", "2"]) });
    assert.deepEqual(lines(more), []);
    const others = changed({ "poetry.lock": lock(["1"]) }, { "poetry.lock": lock(["2", "3"]) });
    assert.equal(told(others).warnings, 1);
  });

  test("manifests: what is asked for, from where, and what runs when it is installed", () => {
    const folder = changed(
      {
        "package.json": manifest(
          { express: "^4.0.0", debug: "^4.0.0" },
          { scripts: { test: "x" } },
        ),
        "requirements.txt": "requests==2.31.0\nflask>=2\n",
        "pyproject.toml": '[project]\nname = "a"\ndependencies = ["httpx>=0.27"]\n',
        Pipfile: '[packages]\nrequests = "*"\n',
      },
      {
        "package.json": manifest(
          { express: "^5.0.0", debug: "someone/debug", lodahs: "^1.0.0" },
          {
            scripts: { test: "y", postinstall: "node setup.js" },
            trustedDependencies: ["esbuild"],
          },
        ),
        "requirements.txt": "requests==2.32.0\nflask @ git+https://github.com/pallets/flask@main\n",
        "pyproject.toml": '[project]\nname = "a"\ndependencies = ["httpx>=0.28", "reqeusts"]\n',
        Pipfile: '[packages]\nrequests = {git = "https://example.org/r.git", ref = "main"}\n',
      },
    );
    assert.deepEqual(lines(folder, "package.json"), [
      "bumped debug ^4.0.0 > someone/debug direct",
      "  warning source: came from a registry, and comes from someone/debug now",
      "bumped express ^4.0.0 > ^5.0.0 direct",
      "added lodahs  > ^1.0.0 direct",
      "  warning look-alike: is hardly used, and its name is lodash's, one letter apart",
    ]);
    const [{ notes = [] } = {}] = told(folder, "package.json").files;
    assert.deepEqual(
      notes.map(({ text }) => text),
      [
        "the project's script postinstall is new: node setup.js",
        "scripts may run now when these are installed: esbuild",
      ],
    );
    assert.deepEqual(lines(folder, "requirements.txt"), [
      "bumped flask >=2 > https://github.com/pallets/flask at main direct",
      "  warning source: came from a registry, and comes from https://github.com/pallets/flask now",
      "bumped requests ==2.31.0 > ==2.32.0 direct",
    ]);
    assert.equal(lines(folder, "pyproject.toml")[0], "bumped httpx >=0.27 > >=0.28 direct");
    assert.deepEqual(lines(folder, "Pipfile"), [
      "bumped requests * > https://example.org/r.git at main direct",
      "  warning source: came from a registry, and comes from https://example.org/r.git now",
    ]);
  });

  test("names of Python that nobody has published, and look-alikes; also without a version", () => {
    const after = {
      "requirements.txt": "requests==2.0\nfastapi-super-quick-utils\nrequestz\nsklearn\n",
    };
    const folder = changed({ "requirements.txt": "requests==2.0\n" }, after);
    const of = (): string[] =>
      lines(folder).map((line) =>
        line.replace(/\d{4}-\d\d-\d\d/, "DAY").replace("info", "warning"),
      );
    const missing =
      "  warning missing: is not among the PyPI names known on DAY; it may be made up";
    assert.deepEqual(of().slice(0, 2), ["added fastapi-super-quick-utils  >  direct", missing]);
    assert.ok(of().includes("added requestz  >  direct"));
    assert.ok(of().some((line) => /sklearn|look-alike: .*scikit-learn/.test(line)));
    // Somebody has found it, or it comes from elsewhere.
    write(folder, {
      "uv.lock":
        '[[package]]\nname = "fastapi-super-quick-utils"\nversion = "1.0"\nsource = { registry = "https://pypi.org/simple" }\n',
    });
    assert.ok(!of().includes(missing));
    write(folder, { "uv.lock": "version = 1\n" });
    assert.ok(of().includes(missing));
    write(folder, { "pip.conf": "[global]\nindex-url = https://pypi.example/simple\n" });
    assert.ok(!of().includes(missing));
    rmSync(join(folder, "pip.conf"));
    write(folder, {
      "requirements.txt": `--extra-index-url https://pypi.example/simple\n${after["requirements.txt"]}`,
    });
    assert.ok(!of().includes(missing));
  });

  test("compares with a branch, where it was left, and from any folder", () => {
    const folder = repository({ "api/requirements.txt": "flask==1.0\n" });
    git(folder, "checkout", "-q", "-b", "work");
    write(folder, { "api/requirements.txt": "flask==2.0\n" });
    commit(folder, "bump");
    git(folder, "checkout", "-q", "main");
    write(folder, { "api/requirements.txt": "flask==1.1\n" });
    commit(folder, "other");
    git(folder, "checkout", "-q", "work");
    const seen = (...argv: string[]): string => skeptic(join(folder, "api"), argv).out;
    assert.match(seen("--diff", "main"), /^requirements\.txt: .*\n {2}~ flask ==1\.1 -> ==2\.0$/m);
    assert.match(
      seen("--diff", "main..."),
      /~ flask ==1\.0 -> ==2\.0\n[\s\S]*merge base with main/,
    );
    assert.equal(seen("--diff", "HEAD"), "No package changed since HEAD.\n");
  });

  test("Markdown is a table in which names of packages are only text", () => {
    const folder = changed(
      { "requirements.txt": "" },
      { "requirements.txt": "a_b_c==1\nreqeusts==1\n" },
    );
    const { out } = skeptic(folder, ["--diff", "HEAD", "--format", "md"]);
    assert.match(out, /^# Packages$/m);
    const row = /^\| added \| a-b-c \| {2}\| ==1 \| directly \| (?:\*\*)?is not among [^|]+ \|$/m;
    assert.match(out, row);
    assert.match(out, /^\| added \| reqeusts \|.*; requests is(?:\*\*)? \|$/m);
  });

  test("what cannot be compared is said, and is no success", () => {
    const lock = npmLock({ ms: npmEntry("ms", "2.1.2") });
    const folder = changed(
      {
        "package-lock.json": lock,
        "bun.lock": "{}",
        "uv.lock": "version = 1\n",
        "a/yarn.lock": "",
      },
      {
        "package-lock.json": `<<<<<<< HEAD\n${lock}=======\n${lock}>>>>>>> main\n`,
        "bun.lock": "{ }",
        "uv.lock": "version = = 1\n",
      },
    );
    const { code, out, err } = skeptic(folder, ["--diff", "HEAD"]);
    assert.equal(code, 2);
    assert.equal(out, "No package changed since HEAD.\n");
    assert.deepEqual(err.trimEnd().split("\n"), [
      "skeptic: bun.lock is not compared: this kind of lock file is not read",
      "skeptic: package-lock.json is not compared: as it is now, it has marks of a merge conflict",
      "skeptic: uv.lock is not compared: as it is now, it is not valid TOML (line 1)",
    ]);
  });

  test("a lock file of Yarn 2 that is broken or too large, and a link to itself, are said", () => {
    const berry = (more: string): string =>
      `__metadata:\n  version: 8\n\n"a@npm:1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n${more}`;
    const folder = changed({ "yarn.lock": berry("") }, { "yarn.lock": berry('"b: [\n') });
    const broken = skeptic(folder, ["--diff", "HEAD"]);
    assert.equal(broken.code, 2);
    assert.match(broken.err, /yarn\.lock is not compared: as it is now, it is not valid YAML/);
    write(folder, { "yarn.lock": berry(`${"# filler\n".repeat(120_000)}`) });
    assert.match(
      skeptic(folder, ["--diff", "HEAD"]).err,
      /yarn\.lock is not compared: .*too large/,
    );
    write(folder, { "yarn.lock": berry("") });
    symlinkSync("package.json", join(folder, "package.json"));
    const link = skeptic(folder, ["--diff", "HEAD"]);
    assert.equal(link.code, 2);
    assert.match(link.err, /package\.json is not compared: .*cannot be read/);
  });

  test("git's answers that are none, and arguments that are wrong, are said", () => {
    const folder = repository({ "a.txt": "" });
    const said = (at: string, argv: readonly string[], path?: string) => {
      const { code, err } = skeptic(at, argv, path);
      return [code, err];
    };
    assert.deepEqual(said(folder, ["--diff", "nope"]), [
      2,
      "skeptic: --diff: git knows no commit by the name nope\n",
    ]);
    assert.deepEqual(said(room(), ["--diff", "HEAD"]), [
      2,
      "skeptic: --diff: this folder is not in a git repository\n",
    ]);
    assert.deepEqual(said(folder, ["--diff", "HEAD"], room()), [
      2,
      "skeptic: --diff: git was not found. Install it, or put it on the PATH\n",
    ]);
    const [code, err] = said(folder, []);
    assert.equal(code, 2);
    assert.match(String(err), /name what the packages are compared with: --diff REV/);
    assert.equal(said(folder, ["--diff", "HEAD", "gone"])[0], 2);
    assert.equal(said(folder, ["--diff", "--output=x"])[0], 2);
  });
});
