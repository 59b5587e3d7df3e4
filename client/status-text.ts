// What the status item says. Nothing of the editor is needed here.

import type { SkepticStatus } from "../server/lsp/protocol.ts";
import * as l10n from "./l10n.ts";

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
        return `$(sync~spin) ${l10n.t("Skeptic: scanning {0} %", facts.scanning)}${said}`;
      const parts = [countOf(status, facts), notice ?? ""];
      const text = parts.filter((part) => part !== "").join(", ");
      const icon = notice === undefined ? "$(shield)" : "$(warning)";
      return `${icon} Skeptic${text === "" ? "" : `: ${text}`}`;
    }
    case "indexing":
      return `$(sync~spin) ${l10n.t("Skeptic: indexing")}${progress(status)}${said}`;
    case "paused":
      return `$(debug-pause) ${l10n.t("Skeptic: paused")}`;
    case "restarting":
      return `$(sync~spin) ${l10n.t("Skeptic: restarting")}`;
    case "off":
      return `$(circle-slash) ${l10n.t("Skeptic: off")}`;
    case "broken":
      return `$(error) ${l10n.t("Skeptic: broken")}${status.message === undefined ? "" : `: ${status.message}`}`;
  }
}

/** One line, and one for each thing that a person should know of. */
export function tooltip(status: SkepticStatus, facts: StatusFacts = {}): string {
  const { message } = status;
  const known = status.known ?? 0;
  const rest = [
    ...(known === 0 ? [] : [l10n.t("{0} more in the baseline (.skeptic/baseline.json)", known)]),
    ...(message === undefined ? [] : [message]),
    ...(facts.answeredAt === undefined ? [] : [l10n.t("Last answer: {0}", facts.answeredAt)]),
    ...(facts.restartedAt === undefined
      ? []
      : [l10n.t("The server had ended by itself and was started again at {0}", facts.restartedAt)]),
  ];
  const lines = (first: string): string => [first, ...rest].join("\n");
  switch (status.state) {
    case "working": {
      const all = plural(status.findings);
      return lines(
        facts.here === undefined
          ? l10n.t(
              "Skeptic: {0} in Problems (open editors, and all files after a workspace scan)",
              all,
            )
          : l10n.t(
              "Skeptic: {0} in this file, {1} in Problems (open editors, and all files after a workspace scan)",
              plural(facts.here),
              all,
            ),
      );
    }
    case "indexing":
      return lines(
        l10n.t(
          "Skeptic reads the workspace{0}, so that it can follow data across files",
          progress(status),
        ),
      );
    case "paused":
      return lines(l10n.t("Skeptic is paused: what it found stays, and nothing new is looked at"));
    case "restarting":
      return lines(l10n.t("Skeptic starts its server again"));
    case "off":
      return message === undefined
        ? l10n.t("Skeptic is off (setting skeptic.enable)")
        : l10n.t("Skeptic is off: {0}", message);
    case "broken":
      return message === undefined
        ? l10n.t("Skeptic does not work. Click to restart it or to see its output.")
        : l10n.t("Skeptic does not work: {0}. Click to restart it or to see its output.", message);
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
  return here === undefined || here >= findings
    ? String(findings)
    : l10n.t("{0} of {1}", here, findings);
}

function plural(count: number): string {
  if (count === 0) return l10n.t("no findings");
  return count === 1 ? l10n.t("1 finding") : l10n.t("{0} findings", count);
}

function progress(status: SkepticStatus): string {
  if (status.done === undefined || status.total === undefined) return "";
  return ` ${status.done}/${status.total}`;
}
