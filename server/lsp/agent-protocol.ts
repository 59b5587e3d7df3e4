/** The request "skeptic/tool", by which an agent in the editor asks. Types only. */

export interface AgentToolParams {
  readonly tool: "scan" | "explain" | "fix";
  /** As the model wrote it. For scan `{ path? }`; for the others `{ id }` or `{ path, line }`, and for fix `fix?`, a title. */
  readonly input: unknown;
}

/** For the model. Also says what was wrong with the question. */
export interface AgentToolResult {
  readonly text: string;
}
