// The commands that actions and hovers of a finding name; the server offers those that are announced here.

import * as vscode from "vscode";
import type { LanguageClientOptions, Middleware } from "vscode-languageclient";
import type { FindingCommand, FindingTarget } from "../server/lsp/finding-protocol.ts";
import { targetAtCursor } from "./at-cursor.ts";
import { registerChecks } from "./check-text.ts";
import type { Session } from "./commands.ts";
import { copyReviewPrompt, explain, PAGES, registerExplanations } from "./explain.ts";
import { registerFlow } from "./flow.ts";
import { protect } from "./generate.ts";
import { ignore, turnOff } from "./ignore.ts";
import * as l10n from "./l10n.ts";
import { makesSafe } from "./makes-safe.ts";
import { inTime, registerFixOnSave } from "./save.ts";

/** All that a server may name. */
const COMMANDS: readonly FindingCommand[] = [
  "skeptic.ignore",
  "skeptic.makesSafe",
  "skeptic.protect",
  "skeptic.turnOff",
  "skeptic.showDataFlow",
  "skeptic.explain",
  "skeptic.copyReviewPrompt",
];

export function registerFindingCommands(context: vscode.ExtensionContext, session: Session): void {
  registerChecks(context, session, registerExplanations(context, session));
  registerFixOnSave(context, session);
  const flow = registerFlow(context, session);
  const register = (
    id: FindingCommand,
    title: string,
    run: (target: FindingTarget) => Promise<void>,
  ): void => {
    // From the palette or by a key there is no finding yet: it is the one at the cursor.
    const command = async (given?: FindingTarget): Promise<void> => {
      const target = given ?? (await targetAtCursor(title));
      if (target !== undefined) await run(target);
    };
    context.subscriptions.push(vscode.commands.registerCommand(id, command));
  };
  register("skeptic.ignore", l10n.t("Ignore Finding"), (target) => ignore(session, target));
  register("skeptic.makesSafe", l10n.t("A Function Makes It Safe"), (target) =>
    makesSafe(session, target),
  );
  register("skeptic.protect", l10n.t("Skeptic: Add Protection to This Project"), (target) =>
    protect(session, target),
  );
  register("skeptic.turnOff", l10n.t("Turn Off Rule"), turnOff);
  register("skeptic.showDataFlow", l10n.t("Show Data Flow"), flow.show);
  register("skeptic.explain", l10n.t("Explain Finding"), explain);
  register("skeptic.copyReviewPrompt", l10n.t("Copy as Review Prompt"), (target) =>
    copyReviewPrompt(session, target),
  );
}

/** What the server is told when it starts, and what is put between it and the editor. */
export function findingOptions(
  session: Session,
): Required<Pick<LanguageClientOptions, "initializationOptions" | "middleware">> {
  return {
    initializationOptions: { commands: COMMANDS, pages: PAGES },
    middleware: { ...inTime(session), provideHover: trusted },
  };
}

/** Links of a hover may run these commands, which only show something, and no others. */
const SHOWING: readonly FindingCommand[] = ["skeptic.showDataFlow", "skeptic.explain"];

const trusted: NonNullable<Middleware["provideHover"]> = async (document, at, token, next) => {
  const hover = await next(document, at, token);
  for (const content of hover?.contents ?? [])
    if (content instanceof vscode.MarkdownString) content.isTrusted = { enabledCommands: SHOWING };
  return hover;
};
