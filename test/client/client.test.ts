// What the extension says and listens to, without an editor.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMPONENTS, DOCUMENTS, LANGUAGES, MANIFESTS, NOTEBOOKS } from "../../client/documents.ts";
import { progressText, summary } from "../../client/scan-text.ts";
import { background, label, tooltip } from "../../client/status-text.ts";
import { rules } from "../../rules/index.ts";
import { compileGlobs } from "../../server/lsp/exclude.ts";
import type { SkepticStatus } from "../../server/lsp/protocol.ts";
import { readsFile } from "../../server/rule/rule.ts";
import { repository } from "../harness/pages.ts";

const NAMES = [
  "package.json",
  "requirements.txt",
  "requirements-dev.txt",
  "dev-requirements.txt",
  "requirements.in.txt",
  "pyproject.toml",
  "Pipfile",
  "setup.cfg",
  "Cargo.toml",
  "tsconfig.json",
  "environment.yml",
  "poetry.lock",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "uv.lock",
  "pdm.lock",
  "Pipfile.lock",
  "Cargo.lock",
  "bun.lock",
  ".github/workflows/ci.yml",
  ".github/workflows/release.yaml",
  ".github/workflows/notes/ci.yml",
  ".github/dependabot.yml",
  "action.yml",
  "action.yaml",
  "supabase/migrations/0001_tables.sql",
  "supabase/config.toml",
  ".env",
  ".env.local",
  "prod.env",
  "environment.ts",
  "AGENTS.md",
  "docs/CLAUDE.md",
  "CLAUDE.local.md",
  "GEMINI.md",
  ".claude/skills/pdf/SKILL.md",
  ".claude/commands/review.md",
  ".claude/review.md",
  ".claude/settings.json",
  ".github/copilot-instructions.md",
  ".github/instructions/tests.instructions.md",
  ".github/prompts/new.prompt.md",
  ".cursor/rules/style.mdc",
  ".cursorrules",
  ".windsurfrules",
  ".clinerules",
  "README.md",
  "pip.conf",
  ".mcp.json",
  ".cursor/mcp.json",
  ".vscode/mcp.json",
  ".vscode/settings.json",
  ".gemini/settings.json",
  ".claude/settings.local.json",
  "claude_desktop_config.json",
  ".npmrc",
  "uv.toml",
  "poetry.toml",
  "bunfig.toml",
  ".yarnrc",
  ".yarnrc.yml",
  "pnpm-workspace.yaml",
  ".github/dependabot.yaml",
  "renovate.json",
  "renovate.json5",
  ".renovaterc",
  ".renovaterc.json",
  ".gitignore",
  "firestore.rules",
  "storage.dev.rules",
  "udev.rules",
  "database.rules.json",
  ".skeptic/advisories/audit.json",
  ".skeptic/rules/own.json",
  "docker-compose.yml",
  "docker-compose.prod.yaml",
  "compose.yml",
  "compose.override.yaml",
  "composer.yml",
  "team.code-workspace",
  ".codex/config.toml",
  ".cursor/cli.json",
  ".cursor/permissions.json",
  ".cursor/other.json",
  "Dockerfile",
  "Dockerfile.prod",
  "api.dockerfile",
  "Containerfile",
  "dockerfile.md",
  ".dockerignore",
  "Dockerfile.dockerignore",
  "db/migrations/0001_tables.sql",
];

test("the extension listens to every file that a rule reads, and starts for it", () => {
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  assert.deepEqual(
    [...manifest.activationEvents].sort(),
    [
      ...LANGUAGES.map((language) => `onLanguage:${language}`),
      ...NOTEBOOKS.map((kind) => `onNotebook:${kind}`),
      ...[...COMPONENTS, ...MANIFESTS].map((pattern) => `workspaceContains:${pattern}`),
    ].sort(),
  );
  const listens = compileGlobs(MANIFESTS, assert.fail);
  for (const name of NAMES) {
    const isRead = rules.rules.some(
      (rule) => readsFile(rule.manifest, name) || readsFile(rule.text, name),
    );
    assert.equal(listens(name), isRead, name);
    assert.equal(listens(`api/${name}`), isRead, `api/${name}`);
  }
});

test("every scheme is told to the server, which knows what nobody edits", () => {
  for (const one of DOCUMENTS) assert.equal("scheme" in one, false);
});

test("the status item says at a glance what is the matter", () => {
  const cases: readonly [SkepticStatus, string, string | undefined][] = [
    [{ state: "working", findings: 0 }, "$(shield) Skeptic", undefined],
    [{ state: "working", findings: 3 }, "$(shield) Skeptic: 3", undefined],
    [
      { state: "working", findings: 0, notice: "setting ignored", message: "why" },
      "$(warning) Skeptic: setting ignored",
      "statusBarItem.warningBackground",
    ],
    [
      { state: "working", findings: 3, notice: "107 files left out", message: "why" },
      "$(warning) Skeptic: 3, 107 files left out",
      "statusBarItem.warningBackground",
    ],
    [
      {
        state: "indexing",
        findings: 0,
        done: 1,
        total: 2,
        notice: "setting ignored",
        message: "why",
      },
      "$(sync~spin) Skeptic: indexing 1/2, setting ignored",
      "statusBarItem.warningBackground",
    ],
    [{ state: "paused", findings: 3 }, "$(debug-pause) Skeptic: paused", undefined],
    [{ state: "restarting", findings: 0 }, "$(sync~spin) Skeptic: restarting", undefined],
    [{ state: "off", findings: 0 }, "$(circle-slash) Skeptic: off", undefined],
    [
      { state: "broken", findings: 0, message: "why" },
      "$(error) Skeptic: broken: why",
      "statusBarItem.errorBackground",
    ],
  ];
  for (const [status, text, color] of cases) {
    assert.equal(label(status), text);
    assert.equal(background(status), color);
    if (status.message !== undefined) assert.match(tooltip(status), /why/);
  }
});

test("the status item counts those of the file in front, and says when it answered", () => {
  const working: SkepticStatus = { state: "working", findings: 14, known: 3 };
  assert.equal(label(working, { here: 2 }), "$(shield) Skeptic: 2 of 14");
  assert.equal(label(working, { here: 0 }), "$(shield) Skeptic: 0 of 14");
  assert.equal(label(working, { here: 14 }), "$(shield) Skeptic: 14");
  assert.equal(label(working, { here: 2, scanning: 45 }), "$(sync~spin) Skeptic: scanning 45 %");
  const lines = tooltip(working, { here: 1, answeredAt: "14:03:22", restartedAt: "13:58:00" });
  assert.deepEqual(lines.split("\n"), [
    "Skeptic: 1 finding in this file, 14 findings in Problems (open editors, and all files after a workspace scan)",
    "3 more in the baseline (.skeptic/baseline.json)",
    "Last answer: 14:03:22",
    "The server had ended by itself and was started again at 13:58:00",
  ]);
});

test("a scan says how far it is, how it ended and what it left out", () => {
  assert.equal(progressText({ done: 3, total: 40, file: "" }), "7 %, reading files");
  assert.equal(progressText({ done: 30, total: 40, file: "api/db.py" }), "75 %, api/db.py");
  const result = { files: 12, findings: 1, skipped: {}, cancelled: false };
  assert.equal(summary(result), "Scan finished: 1 finding in 12 files.");
  assert.equal(
    summary({ ...result, skipped: { "too-large": 1, vendored: 2, binary: 0, "too-many": 107 } }),
    "Scan finished: 1 finding in 12 files; skipped: 1 larger than 2 MiB, 2 vendored, 107 over the budget.",
  );
  assert.equal(
    summary({ ...result, cancelled: true }),
    "Scan cancelled: 1 finding in 12 files so far. They stay until you clear the workspace results.",
  );
  assert.equal(
    summary({ ...result, files: 0, cancelled: true }),
    "Scan cancelled before a file was checked.",
  );
});
