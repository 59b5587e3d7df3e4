/**
 * The note that git-ai attaches to a commit (`refs/notes/ai`), version 3 of its standard
 * (https://github.com/git-ai-project/git-ai, specs/git_ai_standard_v3.0.0.md): paths, below each who wrote which lines, then
 * "---" and JSON that says who these are.
 */

export interface AttributedLines {
  /** From 1, the last included. */
  readonly first: number;
  readonly last: number;
  readonly origin: "ai" | "human" | "mixed";
  readonly tool?: string;
}

/** By path from the repository's root; undefined for a text that is no such note. */
export function readGitAiNote(
  note: string,
): ReadonlyMap<string, readonly AttributedLines[]> | undefined {
  const [head, ...rest] = note.replace(/\r\n/g, "\n").split(/^---$/m);
  const metadata = parse(rest.join("---"));
  if (head === undefined || !String(metadata?.schema_version ?? "").startsWith("authorship/3"))
    return undefined;
  const out = new Map<string, AttributedLines[]>();
  let lines: AttributedLines[] | undefined;
  for (const line of head.split("\n")) {
    if (line.trim() === "") continue;
    if (!/^\s/.test(line)) {
      lines = [];
      out.set(pathOf(line.trim()), lines);
      continue;
    }
    const [who, ranges] = line.trim().split(/\s+/);
    if (who === undefined || ranges === undefined) continue;
    lines?.push(
      ...rangesOf(ranges).map(([first, last]) => ({ first, last, ...writer(metadata, who) })),
    );
  }
  return out;
}

type Fields = Readonly<Record<string, unknown>>;

/** A path with a space stands between quotes. */
function pathOf(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
}

/** "1-10,15" */
function rangesOf(text: string): [number, number][] {
  return text.split(",").flatMap((part): [number, number][] => {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
    if (match === null) return [];
    const first = Number(match[1]);
    return [[first, match[2] === undefined ? first : Number(match[2])]];
  });
}

/** "h_..." is a person, "s_...::t_..." a session and what it did, anything else a prompt. */
function writer(
  metadata: Fields | undefined,
  who: string,
): Pick<AttributedLines, "origin" | "tool"> {
  if (who.startsWith("h_")) return { origin: "human" };
  const id = who.split("::")[0] as string;
  const lists = [metadata?.sessions, metadata?.prompts].filter(isObject);
  const entry = lists.map((list) => list[id]).find(isObject);
  const agent = isObject(entry?.agent_id) ? entry.agent_id : undefined;
  return { origin: "ai", ...(typeof agent?.tool === "string" ? { tool: agent.tool } : {}) };
}

function parse(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
