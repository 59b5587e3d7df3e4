/**
 * By which addresses AI assistants sign commits, as author or in `Co-authored-by`. Data: an assistant that is missing here is
 * not taken for a person, its lines are of nobody known.
 */

/** "*" stands for the number that GitHub puts before a login. */
const ADDRESSES: readonly (readonly [address: string, tool: string])[] = [
  ["noreply@anthropic.com", "claude-code"],
  ["*claude[bot]@users.noreply.github.com", "claude-code"],
  ["copilot@github.com", "copilot"],
  ["*copilot@users.noreply.github.com", "copilot"],
  ["*copilot[bot]@users.noreply.github.com", "copilot"],
  ["*copilot-swe-agent[bot]@users.noreply.github.com", "copilot"],
  ["cursoragent@cursor.com", "cursor"],
  ["*cursor[bot]@users.noreply.github.com", "cursor"],
  ["codex@openai.com", "codex"],
  ["noreply@openai.com", "codex"],
  ["*openai-codex[bot]@users.noreply.github.com", "codex"],
  ["*chatgpt-codex-connector[bot]@users.noreply.github.com", "codex"],
  ["*gemini-code-assist[bot]@users.noreply.github.com", "gemini"],
  ["*google-labs-jules[bot]@users.noreply.github.com", "jules"],
  ["*devin-ai-integration[bot]@users.noreply.github.com", "devin"],
  ["*amazon-q-developer[bot]@users.noreply.github.com", "amazon-q"],
  ["aider@aider.chat", "aider"],
  ["noreply@aider.chat", "aider"],
  ["noreply@opencode.ai", "opencode"],
];

/** The assistant behind an address. */
export function assistantAt(address: string): string | undefined {
  const bare = address
    .trim()
    .toLowerCase()
    .replace(/^\d+\+/, "");
  return ADDRESSES.find(([known]) => known.replace(/^\*/, "") === bare)?.[1];
}

/** The assistant that a trailer of a commit names: "Co-authored-by: Claude <noreply@anthropic.com>", "Assisted-by: Codex". */
export function assistantIn(key: string, value: string): string | undefined {
  if (/^co-authored-by$/i.test(key)) {
    const address = /<([^<>]*)>/.exec(value)?.[1];
    return address === undefined ? undefined : assistantAt(address);
  }
  if (!/^(ai-)?(assisted|generated)-(by|with)$/i.test(key)) return undefined;
  const address = /<([^<>]*)>/.exec(value)?.[1];
  return (address === undefined ? undefined : assistantAt(address)) ?? nameIn(value);
}

function nameIn(value: string): string | undefined {
  const name = value.replace(/<.*$/, "").trim().slice(0, 40);
  return name === "" ? undefined : name;
}
