/** The middleware is the only one that asks who is calling: whoever gets past it, or round it, meets nobody else. */
import { isMeant } from "../server/rule/address-pattern.ts";
import { grouped } from "../server/rule/grouped.ts";
import { refsOf } from "../server/rule/router.ts";
import { head, isForEverybody, judge, outside, type Verdict } from "../server/rule/routes.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Match,
  type Observation,
  type ProgramContext,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { madeFrom } from "../server/rule/slice.ts";
import { single, storesOf } from "../server/rule/stores.ts";
import { bare, rowData } from "../server/rule/tokens.ts";
import { isWithin } from "../server/rule/version.ts";

const PACKAGE = "next";
/** CVE-2025-29927: a request with the header x-middleware-subrequest goes past the middleware. */
const SKIPPED = ">=11.1.4 <12.3.5 || >=13.0.0 <13.5.9 || >=14.0.0 <14.2.25 || >=15.0.0 <15.2.3";
const CHANGES = /^(?:post|put|patch|delete)$/;
/** Names for the choice of addresses, made in the program. */
const CHOICE = /^(?:paths?|pathname|routes?|public|protected|private|matcher|pages?|urls?|href)$/i;

const SERVER = `lib:${PACKAGE}/server.`;
const PLAIN: ReadonlySet<string> = new Set(["URL", "Response", "console"]);

type Why = "version" | "cookie" | "only";

export default rule({
  id: "next-middleware-only-auth",
  title: "Only the middleware asks who is calling",
  category: "access",
  severity: "medium",
  cwe: [863],
  owasp: ["A01:2021", "A01:2025"],
  after: ["route-missing-auth", "server-action-missing-auth", "idor-unscoped-lookup"],
  project: { sinks: ["route", "lookup"], deeds: true, check },
  say: ({ facts }) => ({
    what: `${String(facts?.name)} ${String(facts?.does)} and leaves it to ${String(facts?.before)} to ask who is calling.`,
    why: WHY[String(facts?.why) as Why].replace("%", String(facts?.version)),
    fix: FIX[String(facts?.why) as Why],
  }),
  fixes: () => [
    {
      title: "Ask who is calling here too",
      grade: "manual",
      edits: [],
      reason:
        "Begin with the session that the rest of the program uses, and answer 401 where there is none. No edit is offered: which check that is, and who may do this, is not known.",
    },
  ],
});

const WHY: Readonly<Record<Why, string>> = {
  version:
    "Next.js % skips the middleware for a request with the header x-middleware-subrequest (CVE-2025-29927): whoever sends it is carried out unasked.",
  cookie:
    "The middleware only looks whether there is a cookie: whoever sends one of that name with any value, session=x, is let through and carried out.",
  only: "A matcher that is changed, another address that leads here or a hole in the middleware, as CVE-2025-29927 was, lets anybody in.",
};
const FIX: Readonly<Record<Why, string>> = {
  version:
    "Update next to 15.2.3, 14.2.25, 13.5.9, 12.3.5 or later, and read the session in the function itself.",
  cookie:
    "Read and verify the session in the function itself, and refuse where there is none; the middleware may stay for the redirect.",
  only: "Read the session in the function itself too, and refuse where there is none.",
};

interface Gate {
  readonly code: Code;
  readonly folder: string;
  /** Patterns of the addresses that it stands before; undefined: all. */
  readonly matcher: readonly string[] | undefined;
  readonly onlyCookie: boolean;
}

function gatesByFolder(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, readonly Gate[]> {
  const out = new Map<string, Gate[]>();
  for (const gate of calls.flatMap((call) => gateOf(call, context)))
    grouped(out, gate.folder, gate);
  return out;
}

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (!own.some((call) => answers(call))) return [];
  const gates = all.shared(gatesByFolder);
  if (gates.size === 0) return [];
  const reading = new Set(
    own.flatMap((c) => (rowData(c, "lookup") === undefined ? [] : [c.site.item])),
  );
  const version = context.requirement(PACKAGE);
  return own.flatMap((call): Match[] => {
    const code = answers(call) ? context.code(call.site.item) : undefined;
    const address = code === undefined ? undefined : addressOf(code);
    if (code === undefined || address === undefined) return [];
    const gate = gates.get(address.folder)?.find((g) => covers(g, address.path));
    const found = gate === undefined ? undefined : open(call, code, reading, context);
    if (gate === undefined || found === undefined) return [];
    if (isForEverybody([address.path, found.name])) return [];
    const skipped = version !== undefined && isWithin(version, SKIPPED);
    const why: Why = skipped ? "version" : gate.onlyCookie ? "cookie" : "only";
    return [
      {
        item: code.item,
        span: head(code),
        severity: why === "version" ? "high" : why === "cookie" ? "medium" : "low",
        confidence: why === "only" ? "low" : "medium",
        facts: {
          ...found,
          why,
          version: version ?? "",
          before: gate.code.file.replace(/^.*\//, ""),
        },
        related: [
          { item: gate.code.item, span: head(gate.code), text: "this one asks who is calling" },
        ],
      },
    ];
  });
}

/** A route handler or an action. */
function answers(call: Observation): boolean {
  const data = rowData(call, "route");
  return data?.role === "action" || (data?.convention === PACKAGE && data.role === "route");
}

/** What it is called and does, if it does something for whoever asks. */
function open(
  call: Observation,
  code: Code,
  reading: ReadonlySet<string>,
  context: Context,
): { readonly name: string; readonly does: string } | undefined {
  const ref = `fn:${code.item}`;
  const { name, wrappers } = outside(code, context);
  const verdicts: Verdict[] = [
    judge([ref], context),
    ...wrappers.map((refs) => judge(refs, context)),
  ];
  if (verdicts.some((v) => v !== "no")) return undefined;
  if (context.does(ref, "signs-in") !== false) return undefined;
  const isAction = rowData(call, "route")?.role === "action";
  const writes =
    (isAction || CHANGES.test(name.toLowerCase())) && context.does(ref, "may-write") === true;
  if (!writes && !reading.has(code.item)) return undefined;
  return { name: name === "" ? "This action" : name, does: writes ? "writes" : "reads records" };
}

/** Where a file of the folder `app` is found: groups and slots are no part of the address. */
function addressOf(code: Code): { readonly folder: string; readonly path: string } | undefined {
  const [all, folder, inside] = /^(.*?)(?:^|\/)app\/(?:(.*)\/)?[^/]+$/.exec(code.file) ?? [];
  if (all === undefined) return undefined;
  const parts = (inside ?? "")
    .split("/")
    .filter((part) => part !== "" && !/^[(@_]/.test(part))
    .map((part) => (part.startsWith("[") ? "x" : part));
  return { folder: folder ?? "", path: `/${parts.join("/")}` };
}

function covers({ matcher }: Gate, path: string): boolean {
  return matcher === undefined || matcher.some((pattern) => isMeant(pattern, path) === true);
}

/** A middleware that sends away whoever it does not know, on all addresses that it is called for. */
function gateOf(call: Observation, context: ProgramContext): Gate[] {
  const data = rowData(call, "route");
  const code = context.code(call.site.item);
  if (data?.convention !== PACKAGE || data.role !== "guard" || code === undefined) return [];
  const ref = `fn:${code.item}`;
  if (context.does(ref, "refuses") !== true || judge([ref], context) !== "yes") return [];
  if (choosesAddresses(code)) return [];
  const matcher = matcherOf(code);
  if (matcher === "unknown") return [];
  const folder = code.file.slice(0, Math.max(0, code.file.lastIndexOf("/")));
  const onlyCookie = context.does(ref, "identifies") === false && isMerePresence(code, context);
  return [{ code, folder, matcher, onlyCookie }];
}

/** What it asks of the address decides whether it asks who is calling. */
function choosesAddresses(code: Code): boolean {
  return code.ir.blocks.some(
    ({ end }) =>
      end.kind === "branch" &&
      madeFrom(code, end.condition).some((op) => {
        const name =
          op.op === "member" || op.op === "free"
            ? op.name
            : op.op === "load"
              ? code.ir.slots[op.slot]
              : undefined;
        return name !== undefined && words(name).some((word) => CHOICE.test(word));
      }),
  );
}

/** A cookie is read, and nothing is done with its value but to see that there is one. */
function isMerePresence(code: Code, context: ProgramContext): boolean {
  const { ops } = code.ir;
  const isCookies = (id: ValueId): boolean =>
    madeFrom(code, id).some((op) => op.op === "member" && op.name === "cookies");
  return (
    ops.some((op) => op.op === "member" && op.name === "cookies") &&
    ops.every((op) => {
      if (op.op === "compare")
        return bare(code, op.left).op === "const" || bare(code, op.right).op === "const";
      if (op.op !== "call") return true;
      const isKnown = op.isNew === true || bare(code, op.callee).op === "member";
      return (
        isKnown && isPlain(code, op.callee, context) && !op.args.some((a) => isCookies(a.value))
      );
    })
  );
}

/** A part of the request, of the framework or of the language, and nothing of the program. */
function isPlain(code: Code, callee: ValueId, context: ProgramContext): boolean {
  let at = callee;
  for (let op = code.op(at); ; op = code.op(at)) {
    if (op.op === "member") at = op.object;
    else if (op.op === "call") at = op.callee;
    else if (op.op === "annotate" || op.op === "await") at = op.value;
    else if (op.op === "free") {
      const refs = refsOf(code, at, context);
      return PLAIN.has(op.name) || (refs.length > 0 && refs.every((r) => r.startsWith(SERVER)));
    } else return op.op === "load";
  }
}

/** `export const config = { matcher: ["/team/:path*"] }` beside it. */
function matcherOf(code: Code): readonly string[] | undefined | "unknown" {
  const module = code.other(`${code.file}#`);
  const slot = module?.ir.slots.indexOf("config") ?? -1;
  if (module === undefined || slot < 0) return undefined;
  const [only, more] = storesOf(module, slot);
  const config = only === undefined || more !== undefined ? undefined : bare(module, only);
  if (config?.op !== "record") return "unknown";
  const entry = config.entries.findLast((e) => e.key === "matcher");
  if (entry === undefined) return undefined;
  const value = module.op(single(module, entry.value));
  const parts = value.op === "sequence" ? value.elements.map((e) => e.value) : [entry.value];
  const texts = parts.map((id) => bare(module, single(module, id)));
  // Entries with conditions stand before some requests only.
  return texts.flatMap((op) =>
    op.op === "const" && typeof op.value === "string" ? [op.value] : [],
  );
}
