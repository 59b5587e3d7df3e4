/** A workflow that looks at what a pull request changes: its dependencies, and what Skeptic finds. */
import table from "./actions.json" with { type: "json" };
import type { Generated, Refused } from "./generated.ts";
import { type Manager, PROGRAM, PROGRAM_NOTE, type Project, type Read } from "./project.ts";

export const WORKFLOW = ".github/workflows/security.yml";
/** Of a placeholder: GitHub finds no such commit, so the job fails until somebody has looked. */
const HOLE = "LOOK-UP-THE-COMMIT-OF-A-VERSION";
const NODE_VERSION = "22";

/** `owner/name@commit # version`, or a placeholder that fails the job. */
export function pinned(action: string): string {
  const known = (
    table.actions as Readonly<Record<string, { commit: string; version: string } | undefined>>
  )[action];
  return known === undefined
    ? `${action}@${HOLE} # PLACEHOLDER: no commit of this action is known here`
    : `${action}@${known.commit} # ${known.version}`;
}

export async function workflowFiles(project: Project, read: Read): Promise<Generated | Refused> {
  const before = await read(WORKFLOW);
  const manager = project.managers.find((one) => one !== "uv" && one !== "pip");
  const isPython = manager === undefined && project.managers.length > 0;
  const install = manager === undefined ? undefined : INSTALLS[manager];
  const isReady = project.hasSkeptic && install !== undefined;
  const lines = [
    ...HEAD,
    ...SCAN,
    `      - uses: ${pinned("actions/checkout")}`,
    "        with:",
    "          persist-credentials: false",
    ...(isReady || isPython ? [] : NOT_INSTALLED),
    ...(isPython ? NO_PROGRAM : []),
    ...(manager === "bun" ? [`      - uses: ${pinned("oven-sh/setup-bun")}`] : []),
    `      - uses: ${pinned("actions/setup-node")}`,
    "        with:",
    `          node-version: ${NODE_VERSION}`,
    ...(isPython ? [] : (install ?? INSTALLS.npm ?? [])).map(
      (command) => `      - run: ${command}`,
    ),
    ...resultOf(isPython ? `node ${PROGRAM}` : "node_modules/.bin/skeptic"),
  ];
  const after = `${lines.join("\n")}\n`;
  if (before === after) return { refused: `${WORKFLOW} is as it would be written` };
  return {
    files: [{ path: WORKFLOW, before, after }],
    notes: [
      `The commits of the actions were compared in public workflows on ${table.date}; Dependabot (package-ecosystem: github-actions) keeps them up to date.`,
      "The review of dependencies needs GitHub's dependency graph, and the upload of the findings code scanning: both are there for public repositories.",
      "It knows published advisories only: a version that was poisoned an hour ago is stopped by a cooldown (skeptic generate cooldown).",
      ...(isPython ? [PROGRAM_NOTE] : []),
      ...(isReady || isPython
        ? []
        : [
            "Skeptic is in no lock file of this project: the job fails until it is added to devDependencies and the step that says so is taken out.",
          ]),
      ...(manager === "bun"
        ? [
            "No commit of oven-sh/setup-bun is known here: fill in the placeholder, the job fails until then.",
          ]
        : []),
    ],
  };
}

/** With no scripts of packages: the scan needs none. */
const INSTALLS: Readonly<Partial<Record<Manager, readonly string[]>>> = {
  npm: ["npm ci --ignore-scripts"],
  pnpm: ["corepack enable", "pnpm install --frozen-lockfile --ignore-scripts"],
  yarn: ["corepack enable", "yarn install --immutable --mode=skip-build"],
  "yarn-classic": ["corepack enable", "yarn install --frozen-lockfile --ignore-scripts"],
  bun: ["bun install --frozen-lockfile --ignore-scripts"],
};

const HEAD = [
  "# What a pull request changes in the dependencies, and what Skeptic finds in the code.",
  "name: Security",
  "",
  "on:",
  "  pull_request:",
  "  push:",
  "    branches: [main, master]",
  "",
  "permissions: {}",
  "",
  "concurrency:",
  `  group: security-\${{ github.ref }}`,
  "  cancel-in-progress: true",
  "",
  "jobs:",
  "  dependencies:",
  "    if: github.event_name == 'pull_request'",
  "    runs-on: ubuntu-latest",
  "    timeout-minutes: 10",
  "    permissions:",
  "      contents: read",
  "    steps:",
  `      - uses: ${pinned("actions/checkout")}`,
  "        with:",
  "          persist-credentials: false",
  `      - uses: ${pinned("actions/dependency-review-action")}`,
  "        with:",
  "          fail-on-severity: moderate",
  "",
];
const SCAN = [
  "  scan:",
  "    runs-on: ubuntu-latest",
  "    timeout-minutes: 20",
  "    permissions:",
  "      contents: read",
  "      # The findings are shown in the repository's code scanning.",
  "      security-events: write",
  "    steps:",
];
const NOT_INSTALLED = [
  "      # PLACEHOLDER: add Skeptic to devDependencies and commit the lock file, then take this step out.",
  "      - name: Skeptic is not installed",
  "        run: |",
  '          echo "::error::Skeptic is in no lock file: add it to devDependencies, then take this step out."',
  "          exit 1",
];
/** A project without packages of npm has no lock file that could bring Skeptic. */
const NO_PROGRAM = [
  `      # PLACEHOLDER: put the folder dist of Skeptic into the repository, as ${PROGRAM.replace(/\/[^/]*$/, "")}. The job fails until then.`,
  "      - name: Skeptic is there",
  "        run: |",
  `          if [ ! -f ${PROGRAM} ]; then`,
  `            echo "::error::${PROGRAM} is not there: put the folder dist of Skeptic into the repository."`,
  "            exit 1",
  "          fi",
];
const resultOf = (program: string): readonly string[] => [
  "      - name: Scan",
  `        run: ${program} scan --format sarif --output skeptic.sarif --fail-on error`,
  "      # A pull request of a fork may not write them.",
  "      - name: Show the findings",
  `        if: "!cancelled() && (github.event_name == 'push' || github.event.pull_request.head.repo.full_name == github.repository)"`,
  `        uses: ${pinned("github/codeql-action/upload-sarif")}`,
  "        with:",
  "          sarif_file: skeptic.sarif",
];
