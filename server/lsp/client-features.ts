/** What the client said it can do, as plain flags. */
import { type InitializeParams, MarkupKind, ResourceOperationKind } from "vscode-languageserver";

export interface ClientFeatures {
  /** It asks for diagnostics; otherwise they are published. Never both. */
  readonly pulls: boolean;
  /** `workspace/diagnostic/refresh`. */
  readonly refresh: boolean;
  readonly configuration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly hoverMarkdown: boolean;
  readonly resolvesEdits: boolean;
  readonly documentChanges: boolean;
  readonly changeAnnotations: boolean;
  /** An edit of the workspace may make files. */
  readonly createsFiles: boolean;
  /** An edit of the workspace may have places to fill in, one after the other. */
  readonly snippetEdits: boolean;
  readonly disabledActions: boolean;
  /** Commands of the client that actions and hovers may name. */
  readonly commands: ReadonlySet<string>;
  /** Where the client itself shows the pages of rules: what stands before `/RULE.md`. */
  readonly pages: string | undefined;
}

export function clientFeatures(params: InitializeParams): ClientFeatures {
  const { workspace, textDocument } = params.capabilities;
  const action = textDocument?.codeAction;
  const { commands, pages } = (params.initializationOptions ?? {}) as {
    readonly commands?: unknown;
    readonly pages?: unknown;
  };
  return {
    pulls: textDocument?.diagnostic !== undefined,
    refresh: workspace?.diagnostics?.refreshSupport === true,
    configuration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    hoverMarkdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) === true,
    resolvesEdits:
      action?.resolveSupport?.properties.includes("edit") === true && action.dataSupport === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations:
      workspace?.workspaceEdit?.documentChanges === true &&
      workspace.workspaceEdit.changeAnnotationSupport !== undefined,
    createsFiles:
      workspace?.workspaceEdit?.documentChanges === true &&
      workspace.workspaceEdit.resourceOperations?.includes(ResourceOperationKind.Create) === true,
    snippetEdits:
      workspace?.workspaceEdit?.documentChanges === true &&
      workspace.workspaceEdit.snippetEditSupport === true,
    disabledActions: action?.disabledSupport === true,
    commands: new Set(Array.isArray(commands) ? commands : []),
    pages: typeof pages === "string" ? pages : undefined,
  };
}
