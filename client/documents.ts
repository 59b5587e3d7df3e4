// Which documents the server is told of. Nothing of the editor is needed here.

export const LANGUAGES = [
  "python",
  "typescript",
  "typescriptreact",
  "javascript",
  "javascriptreact",
  "vue",
  "svelte",
];

/** By pattern as well: without an extension for their language an editor calls them plain text. */
export const COMPONENTS = ["**/*.vue", "**/*.svelte"];

/** Kinds of notebook for which the extension starts; it is told of all others, too, once it runs. */
export const NOTEBOOKS = ["jupyter-notebook"];

/** What rules read besides code. By pattern, since an editor may call these files plain text. */
export const MANIFESTS = [
  "**/package.json",
  "**/*requirements*.txt",
  "**/pyproject.toml",
  "**/Pipfile",
  "**/.github/workflows/*.yml",
  "**/.github/workflows/*.yaml",
  "**/action.yml",
  "**/action.yaml",
  "**/.env",
  "**/.env.*",
  "**/*.env",
  "**/.gitignore",
  "**/Dockerfile",
  "**/Dockerfile.*",
  "**/*.[Dd]ockerfile",
  "**/Containerfile",
  "**/Containerfile.*",
  "**/.dockerignore",
  "**/*.dockerignore",
  "**/README.md",
  "**/INSTALL.md",
  "**/CONTRIBUTING.md",
  "**/SETUP.md",
  "**/*.sh",
  "**/AGENTS.md",
  "**/CLAUDE.md",
  "**/CLAUDE.local.md",
  "**/GEMINI.md",
  "**/SKILL.md",
  "**/copilot-instructions.md",
  "**/.cursorrules",
  "**/.windsurfrules",
  "**/.clinerules",
  "**/*.mdc",
  "**/*.instructions.md",
  "**/*.prompt.md",
  "**/.claude/**/*.md",
  "**/pip.conf",
  "**/pip.ini",
  "**/.npmrc",
  "**/uv.toml",
  "**/poetry.toml",
  "**/bunfig.toml",
  "**/.yarnrc.yml",
  "**/pnpm-workspace.yaml",
  "**/.github/dependabot.yml",
  "**/.github/dependabot.yaml",
  "**/renovate.json",
  "**/.renovaterc",
  "**/.renovaterc.json",
  "**/.mcp.json",
  "**/mcp.json",
  "**/claude_desktop_config.json",
  "**/.claude/settings*.json",
  "**/.gemini/settings*.json",
  "**/docker-compose*.yml",
  "**/docker-compose*.yaml",
  "**/compose.yml",
  "**/compose.yaml",
  "**/compose.*.yml",
  "**/compose.*.yaml",
  "**/.vscode/settings.json",
  "**/*.code-workspace",
  "**/.codex/config.toml",
  "**/.cursor/cli.json",
  "**/.cursor/permissions.json",
  "**/supabase/**/*.sql",
  "**/supabase/config.toml",
  "**/.skeptic/advisories/*.json",
  "**/*firestore*.rules",
  "**/*storage*.rules",
  "**/*database*.rules.json",
  "**/package-lock.json",
  "**/npm-shrinkwrap.json",
  "**/yarn.lock",
  "**/pnpm-lock.yaml",
  "**/uv.lock",
  "**/poetry.lock",
  "**/pdm.lock",
  "**/Pipfile.lock",
];

/** What says which findings are not shown, beside settings: who wrote it is followed. */
export const SILENCING = ["**/.skeptic/rules/*.{yml,yaml,json}", "**/.skeptic/baseline.json"];

/**
 * Of every scheme: any extension may bring a file system with a scheme of its own. The server knows the schemes of what
 * nobody edits (the left side of a diff, output, cells) and is silent about them.
 */
export const DOCUMENTS = [
  ...LANGUAGES.map((language) => ({ language })),
  ...[...COMPONENTS, ...MANIFESTS, ...SILENCING].map((pattern) => ({ pattern })),
];
