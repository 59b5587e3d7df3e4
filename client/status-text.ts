// What the status item says. Nothing of the editor is needed here.

import type { SkepticStatus } from "../server/lsp/protocol.ts";

export function label(status: SkepticStatus): string {
  const { notice } = status;
  switch (status.state) {
    case "working": {
      const parts = [status.findings > 0 ? String(status.findings) : "", notice ?? ""];
      const text = parts.filter((part) => part !== "").join(", ");
      const icon = notice === undefined ? "$(shield)" : "$(warning)";
      return `${icon} Skeptic${text === "" ? "" : `: ${text}`}`;
    }
    case "indexing":
      return `$(sync~spin) Skeptic: indexing${progress(status)}${notice === undefined ? "" : `, ${notice}`}`;
    case "off":
      return "$(circle-slash) Skeptic: off";
    case "broken":
      return `$(error) Skeptic: broken${status.message === undefined ? "" : `: ${status.message}`}`;
  }
}

/** One line, and one for each thing that a person should know of. */
export function tooltip(status: SkepticStatus): string {
  const { message } = status;
  const notices = message === undefined ? "" : `\n${message}`;
  switch (status.state) {
    case "working": {
      const count = status.findings === 1 ? "1 finding" : `${status.findings || "no"} findings`;
      return `Skeptic: ${count} in Problems (open editors, and all files after a workspace scan)${notices}`;
    }
    case "indexing":
      return `Skeptic reads the workspace${progress(status)}, so that it can follow data across files${notices}`;
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

function progress(status: SkepticStatus): string {
  if (status.done === undefined || status.total === undefined) return "";
  return ` ${status.done}/${status.total}`;
}
