// What the status item says. Nothing of the editor is needed here.

import type { SkepticStatus } from "../server/lsp/protocol.ts";

/** What the editor itself knows besides what the server says. */
export interface StatusFacts {
  /** Findings of the file in front, if it is one of those that are checked. */
  readonly here?: number;
  /** How far a scan is, in percent, while there is one. */
  readonly scanning?: number;
  /** When the server answered last, as a time of day. */
  readonly answeredAt?: string;
  /** When a server that had ended by itself began again. */
  readonly restartedAt?: string;
}

export function label(status: SkepticStatus, facts: StatusFacts = {}): string {
  const { notice } = status;
  const said = notice === undefined ? "" : `, ${notice}`;
  switch (status.state) {
    case "working": {
      if (facts.scanning !== undefined)
        return `$(sync~spin) Skeptic: scanning ${facts.scanning} %${said}`;
      const parts = [countOf(status, facts), notice ?? ""];
      const text = parts.filter((part) => part !== "").join(", ");
      const icon = notice === undefined ? "$(shield)" : "$(warning)";
      return `${icon} Skeptic${text === "" ? "" : `: ${text}`}`;
    }
    case "indexing":
      return `$(sync~spin) Skeptic: indexing${progress(status)}${said}`;
    case "paused":
      return "$(debug-pause) Skeptic: paused";
    case "restarting":
      return "$(sync~spin) Skeptic: restarting";
    case "off":
      return "$(circle-slash) Skeptic: off";
    case "broken":
      return `$(error) Skeptic: broken${status.message === undefined ? "" : `: ${status.message}`}`;
  }
}

/** One line, and one for each thing that a person should know of. */
export function tooltip(status: SkepticStatus, facts: StatusFacts = {}): string {
  const { message } = status;
  const known = status.known ?? 0;
  const rest = [
    ...(known === 0 ? [] : [`${known} more in the baseline (.skeptic/baseline.json)`]),
    ...(message === undefined ? [] : [message]),
    ...(facts.answeredAt === undefined ? [] : [`Last answer: ${facts.answeredAt}`]),
    ...(facts.restartedAt === undefined
      ? []
      : [`The server had ended by itself and was started again at ${facts.restartedAt}`]),
  ];
  const lines = (first: string): string => [first, ...rest].join("\n");
  switch (status.state) {
    case "working": {
      const here = facts.here === undefined ? "" : `${plural(facts.here)} in this file, `;
      return lines(
        `Skeptic: ${here}${plural(status.findings)} in Problems (open editors, and all files after a workspace scan)`,
      );
    }
    case "indexing":
      return lines(
        `Skeptic reads the workspace${progress(status)}, so that it can follow data across files`,
      );
    case "paused":
      return lines("Skeptic is paused: what it found stays, and nothing new is looked at");
    case "restarting":
      return lines("Skeptic starts its server again");
    case "off":
      return `Skeptic is off${message === undefined ? " (setting skeptic.enable)" : `: ${message}`}`;
    case "broken":
      return `Skeptic does not work${message === undefined ? "" : `: ${message}`}. Click to restart it or to see its output.`;
  }
}

/** The theme color behind the item, or undefined. */
export function background(status: SkepticStatus): string | undefined {
  if (status.state === "broken") return "statusBarItem.errorBackground";
  return status.notice === undefined ? undefined : "statusBarItem.warningBackground";
}

/** "2 of 14": those of the file in front first, where they are not all. */
function countOf({ findings }: SkepticStatus, { here }: StatusFacts): string {
  if (findings === 0) return "";
  return here === undefined || here >= findings ? String(findings) : `${here} of ${findings}`;
}

function plural(count: number): string {
  return count === 1 ? "1 finding" : `${count === 0 ? "no" : count} findings`;
}

function progress(status: SkepticStatus): string {
  if (status.done === undefined || status.total === undefined) return "";
  return ` ${status.done}/${status.total}`;
}
