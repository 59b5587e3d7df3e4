/** Servers for assistants (MCP), as the settings of the programs that start them name them. */
import { json } from "./json-nodes.ts";
import { headerAt, stringAt, table, toml } from "./manifest.ts";
import type { ManifestFile, Span } from "./rule.ts";
import type { Word } from "./shell.ts";
import { at, entries, items, textOf, type YamlNode } from "./yaml.ts";

export const MCP_NAMES = /^(?:\.mcp\.json|mcp\.json|claude_desktop_config\.json)$/;
export const MCP_PATHS = /(?:^|\/)\.gemini\/settings[^/]*\.json$|(?:^|\/)\.codex\/config\.toml$/;

export interface McpServer {
  readonly name: string;
  /** The program with its arguments; the spans are those of the file, with quotes. */
  readonly words: readonly Word[];
  readonly url: { readonly text: string; readonly span: Span } | undefined;
  /** It is given variables or headers, which mostly are keys. */
  readonly hasKeys: boolean;
}

export function mcpServers({ file, text }: ManifestFile): readonly McpServer[] {
  if (file.endsWith(".toml")) return ofToml(text);
  const root = json(text);
  return ["mcpServers", "servers"].flatMap((group) =>
    entries(at(root, group)).map(({ key, value }) => serverOf(key, value)),
  );
}

const ADDRESSES = ["url", "serverUrl", "httpUrl"];

function serverOf(name: string, node: YamlNode | undefined): McpServer {
  const command = at(node, "command");
  const words = [...(command === undefined ? [] : [command]), ...items(at(node, "args"))].flatMap(
    (one) =>
      one.kind === "text" ? [{ text: one.value, start: one.span.start, end: one.span.end }] : [],
  );
  const url = ADDRESSES.map((key) => at(node, key)).find((one) => one?.kind === "text");
  return {
    name,
    words,
    url: url === undefined ? undefined : { text: textOf(url) ?? "", span: url.span },
    hasKeys: ["env", "headers", "requestInit"].some((key) => entries(at(node, key)).length > 0),
  };
}

/** Tables of TOML have no places of their own: their texts are looked for behind the header. */
function ofToml(text: string): readonly McpServer[] {
  const root = toml(text);
  const servers = root === undefined ? undefined : table(root, "mcp_servers");
  return Object.entries(servers ?? {}).flatMap(([name, value]): readonly McpServer[] => {
    const own = table({ value }, "value");
    if (own === undefined) return [];
    const from = headerAt(text, `mcp_servers.${name}`);
    const find = (word: string): Word => {
      const span = stringAt(text, word, from) ?? { start: from, end: from };
      return { text: word, start: span.start - 1, end: span.end + 1 };
    };
    const all = [own.command, ...(Array.isArray(own.args) ? own.args : [])];
    const { url } = own;
    return [
      {
        name,
        words: all.flatMap((word) => (typeof word === "string" ? [find(word)] : [])),
        url:
          typeof url === "string"
            ? { text: url, span: { start: find(url).start, end: find(url).end } }
            : undefined,
        hasKeys: ["env", "http_headers", "env_http_headers", "bearer_token_env_var"].some(
          (key) => own[key] !== undefined,
        ),
      },
    ];
  });
}
