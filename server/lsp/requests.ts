/** What a client may ask, and which feature answers it. Each answer waits until the settings are known. */
import type { CancellationToken, TextDocumentPositionParams } from "vscode-languageserver";
import type { AgentToolParams, AgentToolResult } from "./agent-protocol.ts";
import { answerTool } from "./agent-tools.ts";
import type { Background } from "./background.ts";
import { changeBases, scanChanged } from "./changed.ts";
import { codeActions, resolveAction } from "./code-actions.ts";
import { type Context, fileOf } from "./context.ts";
import { registerFindingRequests } from "./finding-requests.ts";
import { registerGenerate } from "./generate.ts";
import { hover } from "./hover.ts";
import { DOCUMENT, demand, PLACE, SELECTION } from "./parameters.ts";
import type {
  ChangeBases,
  MakeBaselineParams,
  MakeBaselineResult,
  ScanChangedParams,
  ScanChangedResult,
  ScanFileParams,
  ScanProgress,
  ScanResult,
  WhyResult,
} from "./protocol.ts";
import { pullDocument, unchanged, type WorkspacePulls } from "./pull.ts";
import { type ReportServices, registerReport } from "./report.ts";
import { scanWorkspace } from "./scan.ts";
import type { Sinks } from "./sinks.ts";
import { why } from "./why.ts";
import { makeBaseline } from "./write-baseline.ts";

export interface Services extends ReportServices {
  readonly sinks: Sinks;
  readonly background: Background;
  readonly pulls: WorkspacePulls;
  readonly touchEverything: () => void;
  readonly forgetCoverage: () => void;
  readonly isPaused: () => boolean;
}

export function registerRequests(context: Context, services: Services): void {
  const { reports, ready, guard } = services;
  const { connection } = context;
  registerDiagnostics(context, services);
  registerScans(context, services);
  registerChanges(context, services);
  registerFindingRequests(context, services);
  registerTools(context, services);
  registerReport(context, services);
  registerGenerate(context, services);
  connection.onHover(
    guard("hover", undefined, async (asked) => {
      demand(asked, PLACE);
      await ready;
      return hover(context, reports, asked);
    }),
  );
  connection.onCodeAction(
    guard("code actions", [], async (asked) => {
      demand(asked, SELECTION);
      await ready;
      return codeActions(context, reports, asked);
    }),
  );
  connection.onCodeActionResolve(async (action) =>
    guard("resolving a code action", action, async () => {
      demand(action, ["title"]);
      const resolved = await resolveAction(context, reports, action);
      context.origins.offered(resolved.edit);
      return resolved;
    })(),
  );
}

function registerDiagnostics(context: Context, services: Services): void {
  const { reports, pulls, ready, guard } = services;
  const { connection, client } = context;
  if (!client.pulls) return;
  connection.languages.diagnostics.on(
    guard("answering diagnostics", { kind: "full" as const, items: [] }, (asked, token) => {
      demand(asked, DOCUMENT);
      if (services.isPaused()) return unchanged(asked);
      return pullDocument(context, reports, ready, asked, token);
    }),
  );
  connection.languages.diagnostics.onWorkspace(
    guard("answering workspace diagnostics", { items: [] }, (asked, token, _, partial) =>
      pulls.hold(asked, token, partial),
    ),
  );
}

function registerScans(context: Context, services: Services): void {
  const { reports, sinks, index, background, ready, guard } = services;
  const { connection } = context;
  connection.onRequest(
    "skeptic/scanWorkspace",
    guard<[unknown, Parameters<typeof scanWorkspace>[4]], ScanResult>(
      "the workspace scan",
      { files: 0, findings: 0, skipped: {}, cancelled: true },
      async (_, token) => {
        await ready;
        await services.readBaselines();
        const tellProgress = (progress: ScanProgress): void => {
          void connection.sendNotification("skeptic/scanProgress", progress);
        };
        const result = await scanWorkspace(context, reports, sinks, index, token, tellProgress);
        services.touchEverything();
        return result;
      },
    ),
  );
  connection.onRequest(
    "skeptic/scanFile",
    guard<[ScanFileParams], null>("scanning a file", null, async (asked) => {
      demand(asked, ["uri"]);
      const { uri } = asked;
      await ready;
      const file = fileOf(context, uri);
      await index.load(file);
      if (!context.documents.has(file)) reports.coverage.files.add(file);
      sinks.force(file);
      background.touch([file]);
      background.refresh();
      return null;
    }),
  );
  connection.onRequest(
    "skeptic/clearResults",
    guard<[], null>("clearing results", null, () => {
      services.forgetCoverage();
      return null;
    }),
  );
}

function registerChanges(context: Context, services: Services): void {
  const { connection } = context;
  connection.onRequest(
    "skeptic/why",
    services.guard<[TextDocumentPositionParams], WhyResult>(
      "saying why nothing is found",
      { reasons: [{ text: "The analysis failed here; the log says more." }] },
      async (asked) => {
        demand(asked, PLACE);
        await services.ready;
        return why(context, asked);
      },
    ),
  );
  connection.onRequest(
    "skeptic/makeBaseline",
    services.guard<[MakeBaselineParams, CancellationToken], MakeBaselineResult>(
      "making a baseline",
      { files: [], problem: "the analysis failed" },
      async (asked, token) => {
        demand(asked, ["except"]);
        await services.ready;
        await services.readBaselines();
        return makeBaseline(context, services, asked, token);
      },
    ),
  );
  connection.onRequest(
    "skeptic/changeBases",
    services.guard<[], ChangeBases>(
      "asking git",
      { bases: [], problem: "git could not be asked" },
      () => changeBases(context),
    ),
  );
  connection.onRequest(
    "skeptic/scanChanged",
    services.guard<[ScanChangedParams, CancellationToken], ScanChangedResult>(
      "the scan of changed files",
      { files: 0, findings: 0, skipped: {}, cancelled: true, problems: [] },
      async (asked, token) => {
        demand(asked, ["base"]);
        await services.ready;
        await services.readBaselines();
        const tellProgress = (progress: ScanProgress): void => {
          void connection.sendNotification("skeptic/scanProgress", progress);
        };
        return scanChanged(context, services, asked.base, token, tellProgress);
      },
    ),
  );
}

function registerTools(context: Context, services: Services): void {
  context.connection.onRequest(
    "skeptic/tool",
    services.guard<[AgentToolParams], AgentToolResult>(
      "a question of an agent",
      { text: "Skeptic could not answer; its log says why." },
      async (asked) => {
        demand(asked, ["tool"]);
        await services.ready;
        return answerTool(context, services, asked);
      },
    ),
  );
}
