/** A module that sets security headers on every answer, for the framework of a project. */
import type { Generated, GeneratedFile, Refused } from "./generated.ts";
import {
  ASGI,
  EXPRESS,
  FASTIFY,
  FLASK,
  NEXT,
  NEXT_CONFIG,
  type Template,
} from "./header-templates.ts";
import type { Framework, Project, Read } from "./project.ts";

export async function headerFiles(
  project: Project,
  read: Read,
  framework: Framework | undefined,
): Promise<Generated | Refused> {
  const chosen = framework === undefined ? project.frameworks : [framework];
  if (chosen.length === 0)
    return {
      refused:
        "none of FastAPI, Starlette, Flask, Express, Fastify and Next is among the dependencies: name one (skeptic generate headers --framework flask)",
    };
  const files: GeneratedFile[] = [];
  const notes: string[] = [];
  // FastAPI is Starlette: one file does for both.
  const templates = new Set(chosen.map((name) => TEMPLATES[name]));
  for (const template of templates) {
    const path = template.path(project);
    const after = template.text(project);
    const before = await read(path);
    if (before !== after) files.push({ path, before, after });
    notes.push(...template.notes(project));
  }
  if (templates.has(NEXT)) await nextConfig(read, files, notes);
  return files.length === 0
    ? { refused: "the headers are there as they would be written" }
    : { files, notes };
}

const TEMPLATES: Readonly<Record<Framework, Template>> = {
  fastapi: ASGI,
  starlette: ASGI,
  flask: FLASK,
  express: EXPRESS,
  fastify: FASTIFY,
  next: NEXT,
};

const CONFIGS = ["next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs"];
/** Without a configuration one is written; one that is there is the author's to change. */
async function nextConfig(read: Read, files: GeneratedFile[], notes: string[]): Promise<void> {
  for (const path of CONFIGS) {
    const text = await read(path);
    if (text === undefined) continue;
    if (!text.includes("securityHeaders"))
      notes.push(
        `In ${path}, import securityHeaders from "./security-headers.mjs" and add: async headers() { return [{ source: "/(.*)", headers: securityHeaders }]; }`,
      );
    return;
  }
  files.push({ path: "next.config.mjs", before: undefined, after: NEXT_CONFIG });
}
