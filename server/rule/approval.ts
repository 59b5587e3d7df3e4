/** What lets an assistant act without asking: settings of its programs, and options they are started with. */
import { json } from "./json-nodes.ts";
import { headerAt, stringAt, table, toml } from "./manifest.ts";
import type { FileId, Severity, Span } from "./rule.ts";
import { type Command, programOf } from "./shell.ts";
import { at, entries, entryOf, items, textOf, type YamlEntry, type YamlNode } from "./yaml.ts";

export const APPROVAL_PATHS =
  /(?:^|\/)\.claude\/settings[^/]*\.json$|(?:^|\/)\.vscode\/settings\.json$|\.code-workspace$|(?:^|\/)\.codex\/config\.toml$|(?:^|\/)\.gemini\/settings[^/]*\.json$|(?:^|\/)\.cursor\/(?:cli|permissions)\.json$/;

export interface Approval {
  /** `permissions.defaultMode: bypassPermissions`, as a person writes it. */
  readonly setting: string;
  readonly program: string;
  /** What is done without a question. */
  readonly lets: "everything" | "commands" | "servers" | "tools";
  readonly span: Span;
  readonly severity: Severity;
  /** What is written there instead; undefined where only a person can tell. */
  readonly instead: string | undefined;
}

/** The settings of one file that take the questions away; sources: the documentation of each program. */
export function approvals(file: FileId, text: string): readonly Approval[] {
  if (/\/\.codex\/|^\.codex\//.test(file)) return ofCodex(text);
  const root = json(text);
  if (/(?:^|\/)\.claude\//.test(file)) return ofClaude(root);
  if (/(?:^|\/)\.gemini\//.test(file)) return ofGemini(root);
  if (/(?:^|\/)\.cursor\//.test(file)) return ofCursor(root);
  return ofEditor(file.endsWith(".code-workspace") ? at(root, "settings") : root);
}

/** https://code.claude.com/docs/en/settings; `Bash` and `Bash(*)` are every command. */
function ofClaude(root: YamlNode | undefined): readonly Approval[] {
  const program = "Claude Code";
  const mode = entryOf(at(root, "permissions"), "defaultMode");
  const servers = entryOf(root, "enableAllProjectMcpServers");
  return [
    ...(textOf(mode?.value) === "bypassPermissions"
      ? [told(mode, { program, lets: "everything", instead: '"default"' }, "permissions.")]
      : []),
    ...allowed(at(root, "permissions", "allow"), /^Bash(?:\((?:\*|:\*|\*:\*)\))?$/, program),
    ...(textOf(servers?.value) === "true"
      ? [told(servers, { program, lets: "servers", instead: "false" })]
      : []),
  ];
}

/** https://code.visualstudio.com/docs/copilot/reference/copilot-settings */
function ofEditor(root: YamlNode | undefined): readonly Approval[] {
  const program = "VS Code";
  const on = (key: string, value: string, instead: string): readonly Approval[] => {
    const entry = entryOf(root, key);
    return textOf(entry?.value) === value
      ? [told(entry, { program, lets: "everything", instead })]
      : [];
  };
  const terminal = entries(at(root, "chat.tools.terminal.autoApprove")).filter(
    ({ key, value }) =>
      /^\/\^?(?:\.[*+]|\[\\s\\S\][*+])\$?\/\w*$|^\*$/.test(key) &&
      (textOf(value) === "true" || textOf(at(value, "approve")) === "true"),
  );
  return [
    ...on("chat.tools.global.autoApprove", "true", "false"),
    // What it was called before August 2025.
    ...on("chat.tools.autoApprove", "true", "false"),
    ...on("chat.permissions.default", "autoApprove", '"default"'),
    ...on("chat.permissions.default", "autopilot", '"default"'),
    ...on("github.copilot.chat.claudeAgent.allowDangerouslySkipPermissions", "true", "false"),
    ...terminal.map((entry) =>
      told(
        entry,
        { program, lets: "commands", instead: undefined },
        "chat.tools.terminal.autoApprove: ",
      ),
    ),
  ];
}

/** https://geminicli.com/docs/reference/configuration: "trust" answers for the user, whatever the server's tools do. */
function ofGemini(root: YamlNode | undefined): readonly Approval[] {
  const program = "Gemini CLI";
  const trusted = entries(at(root, "mcpServers")).flatMap(({ key, value }) => {
    const entry = entryOf(value, "trust");
    return textOf(entry?.value) === "true"
      ? [told(entry, { program, lets: "tools", instead: "false" }, `mcpServers.${key}.`)]
      : [];
  });
  return [
    ...trusted,
    ...allowed(
      at(root, "tools", "allowed"),
      /^(?:run_shell_command|ShellTool)(?:\(\*?\))?$/,
      program,
    ),
  ];
}

/** https://cursor.com/docs/cli/reference/permissions, https://cursor.com/docs/reference/permissions */
function ofCursor(root: YamlNode | undefined): readonly Approval[] {
  const program = "Cursor";
  const mode = entryOf(root, "approvalMode");
  return [
    ...(textOf(mode?.value) === "unrestricted"
      ? [told(mode, { program, lets: "everything", instead: undefined })]
      : []),
    ...allowed(at(root, "permissions", "allow"), /^Shell\(\*{1,2}\)$/, program),
    ...allowed(at(root, "terminalAllowlist"), /^\*$/, program),
  ];
}

/** https://developers.openai.com/codex/config-reference: without questions *and* without bounds, in a profile or for all. */
function ofCodex(text: string): readonly Approval[] {
  const root = toml(text);
  if (root === undefined) return [];
  const scopes = [
    { own: root, name: "", from: 0 },
    ...Object.entries(table(root, "profiles") ?? {}).flatMap(([name, value]) => {
      const own = table({ value }, "value");
      const from = headerAt(text, `profiles.${name}`);
      return own === undefined ? [] : [{ own, name: `profiles.${name}.`, from }];
    }),
  ];
  return scopes.flatMap(({ own, name, from }): readonly Approval[] => {
    const policy = own.approval_policy ?? root.approval_policy;
    if (policy !== "never" || own.sandbox_mode !== "danger-full-access") return [];
    const span = stringAt(text, "danger-full-access", from);
    return span === undefined
      ? []
      : [
          {
            program: "Codex",
            setting: `${name}sandbox_mode = "danger-full-access" with approval_policy = "never"`,
            lets: "everything",
            span,
            severity: "medium",
            instead: "workspace-write",
          },
        ];
  });
}

function allowed(list: YamlNode | undefined, all: RegExp, program: string): readonly Approval[] {
  return items(list).flatMap((one): readonly Approval[] => {
    const value = textOf(one) ?? "";
    return all.test(value)
      ? [
          {
            program,
            setting: value,
            lets: "commands",
            span: one.span,
            severity: "medium",
            instead: undefined,
          },
        ]
      : [];
  });
}
function told(
  entry: YamlEntry | undefined,
  { program, lets, instead }: Pick<Approval, "program" | "lets" | "instead">,
  before = "",
): Approval {
  const value = entry?.value;
  return {
    program,
    setting: `${before}${entry?.key ?? ""}: ${textOf(value) ?? "true"}`,
    lets,
    span: value?.span ?? entry?.keySpan ?? { start: 0, end: 0 },
    severity: lets === "tools" ? "low" : "medium",
    instead,
  };
}

interface Agent {
  readonly program: string;
  /** Alone, or with the word behind it. */
  readonly options: RegExp;
}
/** Programs by the name they are started with, and the options that take every question away. */
const AGENTS: Readonly<Record<string, Agent>> = {
  claude: {
    program: "Claude Code",
    options: /^--dangerously-skip-permissions$|^--permission-mode[= ]bypassPermissions$/,
  },
  codex: {
    program: "Codex",
    options: /^--(?:dangerously-bypass-approvals-and-sandbox|yolo)$/,
  },
  gemini: { program: "Gemini CLI", options: /^(?:--yolo|-y|--approval-mode[= ]yolo)$/ },
  copilot: { program: "Copilot CLI", options: /^--(?:allow-all-tools|allow-all|yolo)$/ },
  "cursor-agent": { program: "Cursor", options: /^(?:--force|-f|--yolo)$/ },
};
/** The packages of some of them, as npx is told. */
const PACKAGES: Readonly<Record<string, string>> = {
  "@anthropic-ai/claude-code": "claude",
  "@openai/codex": "codex",
  "@google/gemini-cli": "gemini",
  "@github/copilot": "copilot",
};

export interface AgentRun {
  readonly program: string;
  readonly span: Span;
  /** The option that takes the questions away, if one does. */
  readonly open: { readonly text: string; readonly span: Span } | undefined;
}
/** Commands that start an assistant. */
export function agentRuns(all: readonly Command[]): readonly AgentRun[] {
  return all.flatMap((command): readonly AgentRun[] => {
    const words = programOf(command);
    const at = words.findIndex(({ text }, i) => {
      const name = text.replace(/^.*\/(?=[\w-]+$)/, "");
      if (i === 0) return AGENTS[name] !== undefined;
      const isPackage = PACKAGES[text.replace(/(?<=.)@[^/]*$/, "")] !== undefined;
      return isRunner(words[0]?.text ?? "") && (isPackage || AGENTS[text] !== undefined);
    });
    const word = words[at];
    if (word === undefined) return [];
    const name = word.text.replace(/(?<=.)@[^/]*$/, "");
    const agent = AGENTS[PACKAGES[name] ?? name.replace(/^.*\//, "")];
    if (agent === undefined) return [];
    const rest = words.slice(at + 1);
    const found = rest.findIndex(
      ({ text }, i) =>
        agent.options.test(text) || agent.options.test(`${text} ${rest[i + 1]?.text ?? ""}`),
    );
    const option = rest[found];
    const isPair = option !== undefined && !agent.options.test(option.text);
    const last = isPair ? (rest[found + 1] ?? option) : option;
    return [
      {
        program: agent.program,
        span: { start: word.start, end: word.end },
        open:
          option === undefined || last === undefined
            ? undefined
            : {
                text: isPair ? `${option.text} ${last.text}` : option.text,
                span: { start: option.start, end: last.end },
              },
      },
    ];
  });
}
function isRunner(name: string): boolean {
  return /^(?:npx|bunx|pnpx|pnpm|yarn|npm|bun)$/.test(name);
}
