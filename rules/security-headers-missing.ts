/** An application shows pages, and nothing in the project sets the headers that tell browsers to protect them. */

import { quoted } from "../server/rule/fix/arguments.ts";
import { importEdits } from "../server/rule/fix/imports.ts";
import { insertAfter } from "../server/rule/fix/statements.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import { refsOf } from "../server/rule/router.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
} from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";

/** One of them is enough: somebody has thought of it. */
const HEADER =
  /x-content-type-options|x-frame-options|content-security-policy|strict-transport-security/i;

export default rule({
  id: "security-headers-missing",
  title: "Pages without the headers that protect them",
  category: "configuration",
  severity: "low",
  cwe: [693, 1021],
  owasp: ["A05:2021", "A02:2025"],
  generates: () => "headers",
  project: { sinks: ["headers"], check },
  say: ({ facts }) => ({
    what: `This ${String(facts?.name)} application shows pages, and nothing sets the headers that tell browsers to protect them.`,
    why: "Another site can show your pages in a frame of its own and have visitors click on what they do not see; a script that gets in somehow may do all.",
    fix: `Set Content-Security-Policy (with frame-ancestors), X-Content-Type-Options and Strict-Transport-Security${facts?.helmet === "" ? " after each request" : `: ${String(facts?.helmet)} does`}.`,
  }),
  fixes: (match, code) => fixes(match, code),
});

function check(calls: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (isTest(context.file) || isSample(context.file) || isDevelopment(context.file)) return [];
  const own = calls.filter((call) => roleOf(call) === "app");
  if (own.length === 0) return [];
  if (!all.shared(isOfPages) || all.shared(isProtected)) return [];
  const [first] = own;
  const data = first === undefined ? undefined : rowData(first, "headers");
  if (first === undefined || data === undefined || first.guessed) return [];
  return [
    {
      item: first.site.item,
      span: first.site.span,
      op: first.site.op,
      call: first,
      // A proxy in front may set them.
      confidence: "low",
      facts: { name: String(data.name), helmet: String(data.helmet ?? "") },
    },
  ];
}
function isOfPages(calls: readonly Observation[]): boolean {
  return calls.some((call) => roleOf(call) === "page" && !isTest(fileOf(call)));
}
function isProtected(calls: readonly Observation[], context: ProgramContext): boolean {
  return calls.some((call) => protects(call, context));
}
function roleOf(call: Observation): string {
  return String(rowData(call, "headers")?.role);
}
function fileOf({ site }: Observation): string {
  return site.item.slice(0, site.item.indexOf("#"));
}

/** It sets such a header, or may do so: it is a middleware that cannot be looked into. */
function protects(call: Observation, context: ProgramContext): boolean {
  const data = rowData(call, "headers");
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined) return false;
  if (data.role === "protects" || HEADER.test(code.fileText)) return true;
  if (data.role !== "use") return false;
  const harmless = String(data.harmless ?? "").split("|");
  return call.args.some((a) => {
    const op = code.op(a.op);
    if (op.op === "const" || op.op === "record") return false;
    const refs = [...a.value.refs, ...refsOf(code, a.op, context)];
    return refs.length === 0 || refs.some((ref) => mayProtect(ref, harmless, context));
  });
}
function mayProtect(ref: string, harmless: readonly string[], context: ProgramContext): boolean {
  if (ref.startsWith("lib:")) {
    const path = ref.slice(4);
    return !harmless.some(
      (name) =>
        name !== "" &&
        (path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}(`)),
    );
  }
  const item = /^(?:fn|class|inst|result):(.*)$/.exec(ref)?.[1];
  const code = item === undefined ? undefined : context.code(item);
  return code === undefined ? !ref.startsWith("result:") : HEADER.test(code.fileText);
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const name = String(match.facts?.name);
  const title = name === "Express" ? "Use helmet" : "Set the headers after each request";
  const statement = code.statement(match.span);
  const text = statement === undefined ? "" : code.fileText.slice(statement.start, statement.end);
  const variable = /^(?:(?:export\s+)?(?:const|let|var)\s+)?(\w+)(?:\s*:\s*[\w.]+)?\s*=\s/.exec(
    text,
  )?.[1];
  const lines = variable === undefined ? undefined : linesFor(name, variable, code);
  if (statement === undefined || lines === undefined)
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason: `Set them for each answer${match.facts?.helmet === "" ? "" : `, with ${String(match.facts?.helmet)}`}. No edit is offered: ${variable === undefined ? "the application is not kept in a variable here" : "there is none for this framework"}.`,
      },
    ];
  const at = insertAfter(code, statement, lines.lines);
  const wanted = importEdits(code, lines.imports);
  return [
    { title, grade: "suggested", edits: [{ file: code.file, edits: [...wanted.edits, at] }] },
  ];
}
function linesFor(
  name: string,
  app: string,
  code: Code,
):
  | {
      readonly lines: readonly string[];
      readonly imports: readonly { module: string; name?: string }[];
    }
  | undefined {
  const q = (text: string): string => quoted(code, text);
  const headers: readonly (readonly [string, string])[] = [
    ["Content-Security-Policy", "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"],
    ["X-Content-Type-Options", "nosniff"],
    ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ];
  const set = headers.map(([key, value]) => `\tresponse.headers.setdefault(${q(key)}, "${value}")`);
  if (name === "Express")
    return { lines: [`${app}.use(helmet());`], imports: [{ module: "helmet", name: "default" }] };
  if (name === "Flask")
    return {
      lines: [
        "",
        `@${app}.after_request`,
        "def set_security_headers(response):",
        ...set,
        "\treturn response",
      ],
      imports: [],
    };
  if (name === "FastAPI" || name === "Starlette")
    return name === "Starlette"
      ? undefined
      : {
          lines: [
            "",
            `@${app}.middleware(${q("http")})`,
            "async def set_security_headers(request, call_next):",
            "\tresponse = await call_next(request)",
            ...set,
            "\treturn response",
          ],
          imports: [],
        };
  return undefined;
}
