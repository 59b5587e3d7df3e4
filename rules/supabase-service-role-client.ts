/** The key that row level security does not hold for gets into what browsers are sent. */
import { isSent, isServerFunction, markup, staysOnServer } from "../server/rule/browser.ts";
import { given, origin } from "../server/rule/given.ts";
import { grouped } from "../server/rule/grouped.ts";
import { nameOf } from "../server/rule/items.ts";
import { isTest } from "../server/rule/place.ts";
import { comesAlong, functionsOf } from "../server/rule/reaches.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Match,
  type Observation,
  type Op,
  type ProgramContext,
  rule,
  type Span,
  spread,
  type ValueId,
} from "../server/rule/rule.ts";
import { PUBLIC_PREFIX, words } from "../server/rule/secret-names.ts";
import { spanOf } from "../server/rule/tokens.ts";

const BROWSER_CLIENTS = [
  "@supabase/ssr.createBrowserClient",
  "@supabase/auth-helpers-nextjs.{createClientComponentClient,createPagesBrowserClient,createBrowserSupabaseClient}",
];
/** What of a build's configuration is written into scripts. */
const CONFIG =
  /(?:^|\/)(?:next|nuxt|vite|vitest|webpack|rspack|rsbuild|app|astro|quasar|esbuild)\.config\.[cm]?[jt]s$|(?:^|\/)craco\.config\.js$/;
const WRITTEN = /^(?:env|define|public|publicRuntimeConfig|extra)$/;
/** What these functions return, the page is sent with. */
const LOADERS = /^(?:getServerSideProps|getStaticProps|getInitialProps|loader|clientLoader)$/;

type How = "browser" | "imported" | "props" | "config" | "answer";

export default rule({
  id: "supabase-service-role-client",
  title: "Service key of Supabase gets to browsers",
  category: "secrets",
  severity: "critical",
  cwe: [522, 200],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    from: ["environment"],
    to: "response",
    accept(hit) {
      const name = hit.label.slice(hit.label.lastIndexOf("|") + 1);
      return hit.marks === 0 && isServiceName(name)
        ? { facts: { how: "answer", name }, confidence: "high" }
        : undefined;
    },
  },
  project: {
    watch: ["@supabase/supabase-js.createClient", ...BROWSER_CLIENTS],
    may: /use client|\buse(?:State|Effect|LayoutEffect|Reducer|Ref|Context|Callback)\b|\bon[A-Z]\w+=\{/,
    check: clients,
  },
  code: {
    may: /service_?role|supabase\w*(?:service|secret|admin)\w*key/i,
    check: (code, context) => (isTest(code.file) ? [] : handedOut(code, context)),
  },
  say: ({ facts }) => ({
    what: WHAT[facts?.how as How](String(facts?.name)),
    why: "Whoever opens the page finds it, and with it reads, changes and deletes every row of every table, past all row level security.",
    fix: "Use the publishable (anon) key in the page, and the service key only in a route or function of the server that asks who is calling.",
  }),
  fixes: () => [
    {
      title: "Use it on the server only",
      grade: "manual",
      edits: [],
      reason:
        "Move what needs the service key into a route of the server that asks who is calling, and replace the key if it has ever been sent. No edit is offered: the route, and who may call it, are the author's to say.",
    },
  ],
});

const WHAT: Readonly<Record<How, (name: string) => string>> = {
  browser: (name) =>
    `A client of Supabase is made in the browser's code with the service key (${name}).`,
  imported: (name) =>
    `This import brings a client of Supabase with the service key (${name}) into the browser's code.`,
  props: (name) => `The service key of Supabase (${name}) is handed to the page.`,
  config: (name) =>
    `The service key of Supabase (${name}) is written into the scripts that every visitor is sent.`,
  answer: (name) => `The service key of Supabase (${name}) is sent to whoever asks.`,
};

interface Client {
  readonly call: Observation;
  readonly code: Code;
  readonly name: string;
  readonly span: Span;
}

function clientsByFile(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, readonly Client[]> {
  const out = new Map<string, Client[]>();
  for (const client of clientsOf(calls, context)) grouped(out, client.code.file, client);
  return out;
}
function clientsOf(calls: readonly Observation[], context: ProgramContext): readonly Client[] {
  return calls.flatMap((call): Client[] => {
    const code = context.code(call.site.item);
    if (code === undefined || isTest(code.file)) return [];
    const key = given(call, "1|0.supabaseKey");
    if (key.kind !== "given") return [];
    const name =
      fromEnvironment(key.value) ?? serviceKeyAt(code, key.argument.op, context, key.path.length);
    return name === undefined ? [] : [{ call, code, name, span: spanOf(call, code, key) }];
  });
}

function clients(calls: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  const known = all.shared(clientsByFile);
  if (known.size === 0) return [];
  const module = context.code(`${context.file}#`);
  if (module === undefined || isTest(module.file)) return [];
  const sent = isSent(module);
  const out = clientsOf(calls, context).flatMap(({ call, code, name, span }): Match[] => {
    const browser = call.paths.some((p) => !p.startsWith("@supabase/supabase-js"));
    if (!browser && (!sent || isServerFunction(code))) return [];
    return [
      {
        item: code.item,
        span,
        op: call.site.op,
        call,
        severity: "high",
        confidence: call.guessed ? "medium" : "high",
        facts: { how: "browser", name },
      },
    ];
  });
  if (!sent) return out;
  const isElsewhere = known.size > (known.has(context.file) ? 1 : 0);
  return isElsewhere ? [...out, ...brought(module, known, context)] : out;
}

/** One for each import that leads to a client. */
function brought(
  module: Code,
  known: ReadonlyMap<string, readonly Client[]>,
  context: Context,
): readonly Match[] {
  const told = new Set<Op>();
  return comesAlong(module, context).flatMap(({ module: target, names, by }): Match[] => {
    const used = names === undefined ? undefined : functionsOf(target, names);
    // What comes along is never the module itself.
    const client = known
      .get(target.file)
      ?.find(
        ({ code }) =>
          !isServerFunction(code) &&
          (code.ir.kind === "module" ||
            used === undefined ||
            [...used].some((id) => code.item === id || code.item.startsWith(`${id}/`))),
      );
    if (client === undefined || told.has(by)) return [];
    told.add(by);
    return [
      {
        item: module.item,
        span: by.span,
        severity: "high",
        confidence: "medium",
        facts: { how: "imported", name: client.name },
        related: [{ item: client.code.item, span: client.span, text: "the client is made here" }],
      },
    ];
  });
}

/** Attributes of what runs in the browser, results of what loads a page, configuration that is written into scripts. */
function handedOut(code: Code, context: Context): readonly Match[] {
  const out: Match[] = [];
  const module = context.code(`${code.file}#`);
  if (code.language === "python" || module === undefined) return [];
  const add = (span: Span, how: How, name: string): void => {
    out.push({ item: code.item, span, confidence: "high", facts: { how, name } });
  };
  for (const op of code.ir.ops) {
    const element = markup(code, op);
    if (element?.attributes.op !== "record" || !isOfBrowser(code, element.component, context))
      continue;
    for (const entry of element.attributes.entries) {
      const name = serviceKeyAt(code, entry.value, context, 0);
      if (name !== undefined) add(entry.span, "props", name);
    }
  }
  if (LOADERS.test(nameOf(code)) && code.parent === module.item)
    for (const { entry, name } of returned(code, context)) add(entry.span, "props", name);
  if (CONFIG.test(code.file) && !staysOnServer(module))
    for (const op of code.ir.ops)
      if (op.op === "record")
        for (const { key, value } of op.entries)
          if (typeof key === "string" && WRITTEN.test(key))
            for (const { entry, name } of inside(code, value, context))
              add(entry.span, "config", name);
  return out;
}

/** An element of a page, or a component that says it runs in the browser. */
function isOfBrowser(code: Code, component: Op, context: Context): boolean {
  if (component.op === "const") return true;
  const place = origin({ code, op: component, id: -1 }, context);
  const module = context.code(`${place.code.file}#`);
  return module?.ir.directives?.includes("use client") === true;
}

type Entry = (Op & { readonly op: "record" })["entries"][number];
interface Written {
  readonly entry: Entry;
  readonly name: string;
}

/** Service keys in a record, at any depth, as they are or wrapped in one call: `JSON.stringify(key)`. */
function inside(code: Code, id: ValueId, context: Context, depth = 0): readonly Written[] {
  const op = origin({ code, op: code.op(id), id }, context).op;
  if (depth > 4 || op.op !== "record") return [];
  return op.entries.flatMap((entry): readonly Written[] => {
    const value = code.op(entry.value);
    const only = value.op === "call" && value.args.length === 1 ? value.args[0] : undefined;
    const name = serviceKeyAt(code, only?.value ?? entry.value, context, 0);
    return name === undefined ? inside(code, entry.value, context, depth + 1) : [{ entry, name }];
  });
}
/** `return { props: { key } }`, `return json({ key })`. */
function returned(code: Code, context: Context): readonly Written[] {
  return code.ir.blocks.flatMap(({ end }): readonly Written[] => {
    if (end.kind !== "return" || end.value === undefined) return [];
    const op = code.op(end.value);
    const first = op.op === "call" ? op.args[0]?.value : end.value;
    return first === undefined ? [] : inside(code, first, context);
  });
}

/** The variable that the value was read from. */
function fromEnvironment(value: Parameters<typeof spread>[0]): string | undefined {
  for (const { label, kind, marks } of spread(value)) {
    const name = label.slice(label.lastIndexOf("|") + 1);
    if (kind === "environment" && marks === 0 && isServiceName(name)) return name;
  }
  return undefined;
}

/** What a value is read from by name: a variable of the environment, of a configuration, an import. */
function serviceKeyAt(
  code: Code,
  id: ValueId,
  context: ProgramContext,
  depth: number,
): string | undefined {
  if (depth > 3) return undefined;
  const place = origin({ code, op: code.op(id), id }, context);
  const { op } = place;
  switch (op.op) {
    case "member":
      return isServiceName(op.name) ? op.name : undefined;
    case "index": {
      const key = place.code.op(op.key);
      return key.op === "const" && typeof key.value === "string" && isServiceName(key.value)
        ? key.value
        : undefined;
    }
    case "import":
      return op.name !== undefined && isServiceName(op.name) && !/\bprivate$/.test(op.module)
        ? op.name
        : undefined;
    // `process.env.KEY || ""`: one of the values that a temporary holds.
    case "load":
      for (const store of place.code.ir.ops)
        if (store.op === "store" && store.slot === op.slot && store.value !== id) {
          const name = serviceKeyAt(place.code, store.value, context, depth + 1);
          if (name !== undefined) return name;
        }
      return undefined;
    default:
      return undefined;
  }
}

function isServiceName(name: string): boolean {
  // The rule about prefixes tells those.
  if (PUBLIC_PREFIX.test(name)) return false;
  const all = words(name);
  const has = (...wanted: string[]): boolean => wanted.some((w) => all.includes(w));
  if (has("service") && has("role")) return !has("url", "id", "name", "path");
  return has("supabase") && has("service", "secret", "admin") && has("key");
}
