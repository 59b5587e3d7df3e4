/**
 * What may be done with a finding besides mending it. Most of it takes a command of the client: one that has the command
 * says so in `initializationOptions.commands`, any other gets what an edit alone can do.
 */
import { type CodeAction, CodeActionKind, type Diagnostic } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { type Context, shortPath, uriFor } from "./context.ts";
import { homeOf, isDeparture, type Shown } from "./departures.ts";
import type { FindingCommand, FindingTarget } from "./finding-protocol.ts";
import { safeCandidates } from "./makes-safe.ts";
import { visible } from "./plain.ts";
import { lineComment } from "./suppress.ts";

/** Of the action that accepts a finding where it stands: clients may ask for it alone. */
export const IGNORE = `${CodeActionKind.QuickFix}.skeptic.ignore`;

interface Offer {
  readonly command: FindingCommand;
  readonly title: string;
  readonly more?: Partial<FindingTarget>;
}

/** The actions of several findings: those of a kind stand together. */
export function findingActions(
  context: Context,
  findings: readonly Shown[],
  asked: (finding: Shown) => Diagnostic[],
  ignore: (finding: Shown, title: string) => CodeAction,
): CodeAction[] {
  // Notes about suppressions are no rules: they are only to be mended.
  const ruled = findings.filter(({ rule }) => context.engine.rule(rule) !== undefined);
  const offers = ruled.map((finding) =>
    offersOf(context, finding).filter(({ command }) => context.client.commands.has(command)),
  );
  const inOrder = [...new Set(offers.flat().map(orderOf))].sort((a, b) => a - b);
  const commands = inOrder.flatMap((order) =>
    ruled.flatMap((finding, i) =>
      (offers[i] ?? [])
        .filter((offer) => orderOf(offer) === order)
        .map((offer) => toAction(context, finding, offer, asked(finding))),
    ),
  );
  if (context.client.commands.has("skeptic.ignore")) return commands;
  const plain = ruled
    .filter((finding) => isCommentable(context, homeOf(finding)))
    .map((finding) =>
      ignore(
        finding,
        `Skeptic: Ignore ${visible(finding.rule)} ${where(context, finding)} (reason needed)`,
      ),
    );
  return [...plain, ...commands];
}

/** What can be written for the project against the fault; each is seen in the preview first. */
const PROTECTIONS = {
  workflow: "Add a workflow that scans each pull request...",
  headers: "Add a module that sets security headers...",
  cooldown: "Let the package manager wait a week...",
} as const;

const ORDER: readonly FindingCommand[] = [
  "skeptic.protect",
  "skeptic.ignore",
  "skeptic.makesSafe",
  "skeptic.turnOff",
  "skeptic.showDataFlow",
  "skeptic.explain",
  "skeptic.copyReviewPrompt",
];

function orderOf({ command, more }: Offer): number {
  return 2 * ORDER.indexOf(command) + (more?.scope === "file" ? 1 : 0);
}

function offersOf(context: Context, finding: Shown): Offer[] {
  const rule = visible(finding.rule);
  const home = homeOf(finding);
  const file = isDeparture(finding) ? visible(shortPath(context, home)) : "this file";
  const offers: Offer[] = [];
  const what = finding.generates;
  if (what !== undefined && context.folders.of(home) !== undefined)
    offers.push({
      command: "skeptic.protect",
      title: PROTECTIONS[what],
      more: { uri: uriFor(context, home), what },
    });
  if (isCommentable(context, home))
    offers.push(
      {
        command: "skeptic.ignore",
        title: `Ignore ${rule} ${where(context, finding)} with a reason...`,
        more: { scope: "lines" },
      },
      {
        command: "skeptic.ignore",
        title: `Ignore ${rule} in ${file}...`,
        more: { scope: "file" },
      },
    );
  if (
    context.client.commands.has("skeptic.makesSafe") &&
    safeCandidates(context, finding).length > 0
  )
    offers.push({ command: "skeptic.makesSafe", title: `A function makes it safe (${rule})...` });
  if (context.folders.of(home) !== undefined)
    offers.push({
      command: "skeptic.turnOff",
      title: `Turn off ${rule} in this workspace`,
      more: { uri: uriFor(context, home) },
    });
  if (finding.flow.length > 1)
    offers.push({ command: "skeptic.showDataFlow", title: `Show data flow of ${rule}` });
  offers.push(
    { command: "skeptic.explain", title: `Explain ${rule}` },
    { command: "skeptic.copyReviewPrompt", title: `Copy ${rule} as review prompt` },
  );
  return offers;
}

function toAction(
  context: Context,
  finding: Shown,
  { command, title, more }: Offer,
  diagnostics: Diagnostic[],
): CodeAction {
  const { rule, fingerprint, file } = finding;
  const target: FindingTarget = { uri: uriFor(context, file), fingerprint, rule, ...more };
  return {
    title: `Skeptic: ${title}`,
    kind: more?.scope === "lines" ? IGNORE : CodeActionKind.QuickFix,
    diagnostics,
    command: { title, command, arguments: [target] },
  };
}

function isCommentable(context: Context, file: FileId): boolean {
  return lineComment(file, context.documents.get(file)?.languageId) !== undefined;
}

function where(context: Context, finding: Shown): string {
  return isDeparture(finding) ? `in ${visible(shortPath(context, homeOf(finding)))}` : "here";
}
