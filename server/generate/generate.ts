/** What Skeptic can write for a project: each is asked for by name, and answers files for a preview. */
import { cooldownFiles } from "./cooldown.ts";
import type { Generated, Refused } from "./generated.ts";
import { headerFiles } from "./headers.ts";
import { preCommitFiles } from "./pre-commit.ts";
import { type Framework, projectOf, type Read } from "./project.ts";
import { workflowFiles } from "./workflow.ts";

export const KINDS = ["workflow", "headers", "pre-commit", "cooldown"] as const;
export type Kind = (typeof KINDS)[number];
export const FRAMEWORKS: readonly Framework[] = [
  "fastapi",
  "starlette",
  "flask",
  "express",
  "fastify",
  "next",
];

/** Writes nothing. `framework` is for headers alone; without it those among the dependencies are taken. */
export async function generate(
  kind: Kind,
  read: Read,
  framework?: Framework,
): Promise<Generated | Refused> {
  const project = await projectOf(read);
  switch (kind) {
    case "workflow":
      return workflowFiles(project, read);
    case "headers":
      return headerFiles(project, read, framework);
    case "pre-commit":
      return preCommitFiles(project, read);
    case "cooldown":
      return cooldownFiles(project, read);
  }
}
