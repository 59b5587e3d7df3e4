/** Parameters of a request as the protocol wants them; a client that sends others is told so. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";

const NUMBERS: ReadonlySet<string> = new Set(["line", "character"]);
const LISTS: ReadonlySet<string> = new Set(["diagnostics", "except"]);

const POSITION = ["line", "character"];
export const DOCUMENT = ["textDocument.uri"];
export const PLACE = [...DOCUMENT, ...POSITION.map((name) => `position.${name}`)];
export const RANGE = ["start", "end"].flatMap((end) =>
  POSITION.map((name) => `range.${end}.${name}`),
);
export const SELECTION = [...DOCUMENT, ...RANGE, "context.diagnostics"];

/** Throws `InvalidParams` unless each of these is there; by its last name one is a number, a list or else a text. */
export function demand(params: unknown, paths: readonly string[]): void {
  for (const path of paths) {
    const steps = path.split(".");
    let value: unknown = params;
    for (const step of steps)
      value =
        typeof value === "object" && value !== null
          ? (value as Readonly<Record<string, unknown>>)[step]
          : undefined;
    if (!fits(value, steps.at(-1) as string))
      throw new ResponseError(ErrorCodes.InvalidParams, `${path} is missing or of a wrong type`);
  }
}

function fits(value: unknown, name: string): boolean {
  if (LISTS.has(name)) return Array.isArray(value);
  return typeof value === (NUMBERS.has(name) ? "number" : "string");
}
