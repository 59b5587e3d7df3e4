/** `skeptic debug`: what the engine believes of a function, for people who work on Skeptic. Its text is not stable. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Described } from "../engine/api.ts";
import { hiddenValues, maskSecrets, valueMask } from "../engine/mask.ts";
import { painter } from "./color.ts";
import { visible, visibleLines } from "./escape.ts";
import { filePath } from "./files.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { printProblems } from "./scan-command.ts";
import { secretMask, secretSpans } from "./scan-result.ts";
import { configure } from "./settings.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface DebugOptions {
  readonly color: boolean;
}

/** `place` is FILE for all functions, FILE:NAME for those whose qualified name ends so, or FILE:LINE for the innermost there. */
export async function debugCommand(
  what: "ir" | "summary",
  place: string,
  given: readonly string[],
  options: DebugOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const { path, name } = splitPlace(io.cwd, place);
  const engine = await factory();
  try {
    configure(engine, [], { profile: "strict" });
    const around = given.length > 0 ? given : ["."];
    const workspace = await openWorkspace(engine, io.cwd, {
      paths: [...around, path],
      exclude: [],
      onProgress: () => undefined,
    });
    await workspace.settle();
    const full = resolve(io.cwd, path);
    const file = workspace.requested.find((one) => filePath(io.cwd, one) === full);
    if (file === undefined) throw new UsageError(`${visible(path)}: was not analysed`);
    const all = engine.describe(file, what);
    const chosen = chosenBy(name, all, (offset) => workspace.position(file, offset).line);
    if (chosen.length === 0) throw new UsageError(noFunction(place, all));
    const mask = maskOf(workspace);
    const paint = painter(io, io.stdout, options.color);
    for (const one of chosen) {
      const [from, to] = [one.span.start, one.span.end].map(
        (offset) => workspace.position(file, offset).line,
      );
      const title = `${visible(file)}#${visible(one.name)}`;
      io.stdout.write(`${paint("bold", title)} ${paint("dim", `lines ${from}-${to}`)}\n`);
      const lines = visibleLines(one.text).trimEnd().split("\n");
      io.stdout.write(`${lines.map(mask).join("\n")}\n\n`);
    }
    printProblems(workspace, io);
    return EXIT.clean;
  } finally {
    engine.dispose();
  }
}

/** The file is the longest front of the place that exists: names hold colons too. */
function splitPlace(cwd: string, place: string): { readonly path: string; readonly name: string } {
  for (let at = place.length; at > 0; at = place.lastIndexOf(":", at - 1)) {
    const path = place.slice(0, at);
    if (statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() === true)
      return { path, name: place.slice(at + 1) };
  }
  throw new UsageError(`${visible(place)}: no such file`);
}

function chosenBy(
  name: string,
  all: readonly Described[],
  lineOf: (offset: number) => number,
): readonly Described[] {
  if (name === "") return all;
  const exact = all.filter((one) => one.name === name);
  if (exact.length > 0) return exact;
  if (/^\d+$/.test(name)) {
    // Inner functions stand after those they are in.
    const line = Number(name);
    const around = all.findLast(
      ({ span }) => lineOf(span.start) <= line && line <= lineOf(span.end),
    );
    return around === undefined ? [] : [around];
  }
  return all.filter((one) => [".", "/"].some((sign) => one.name.endsWith(sign + name)));
}

function noFunction(place: string, all: readonly Described[]): string {
  const names = all.map((one) => (one.name === "" ? "(the module)" : one.name));
  const listed = names.slice(0, 30).map(visible).join(", ");
  const more = names.length > 30 ? `, and ${names.length - 30} more` : "";
  return `there is no function at ${visible(place)}; the file has: ${listed}${more}`;
}

function maskOf(workspace: Workspace): (line: string) => string {
  const mask = secretMask(workspace, secretSpans(workspace.findings()));
  const texts = [...workspace.files.keys()].map((file) => workspace.engine.text(file) ?? "");
  const hide = valueMask(texts.flatMap(hiddenValues));
  return (line) => hide(maskSecrets(mask(line)));
}
