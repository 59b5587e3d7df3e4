/** What can be told about the address of an outbound request: who chooses its host, what was checked, whether redirects are followed. */

import { isServiceWorker } from "./place.ts";
import type { Code, Context, Hit, Op, Value, ValueId } from "./rule.ts";
import { spread } from "./rule.ts";
import { common, HOLE } from "./surroundings.ts";

/** True if the text before the attacker's part already says which host is called, or the base comes from configuration. */
export function hostIsFixed(hit: Hit): boolean {
  const { alts } = hit.value;
  if (alts === undefined) return false;
  let seen = false;
  for (const alt of alts) {
    if ("const" in alt) continue;
    let prefix = "";
    for (const part of alt.parts) {
      if (part.text !== undefined) {
        prefix += part.text;
        continue;
      }
      if (isTainted(part.value, hit.kind)) {
        seen = true;
        if (!/^([a-z][a-z0-9+.-]*:\/\/[^/?#\\@]+[/?#]|\/(?!\/)|\0)/i.test(prefix)) return false;
        break;
      }
      prefix += "\0";
    }
  }
  return seen;
}
/** Which part of an address is the attacker's: all of it, its host, or the start or the end of the host's name. */
export interface HostPart {
  readonly part: "whole" | "host" | "start" | "end";
  /** Where it is fixed: "http", "https". */
  readonly scheme: string;
}
export function hostPart(hit: Hit): HostPart {
  const scheme = common(hit, ({ before }) => /^([a-z][a-z0-9+.-]*):\/\//i.exec(before)?.[1]);
  const part = common(hit, ({ before, after }): HostPart["part"] => {
    const host = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(before)?.[1];
    if (host === undefined) return "whole";
    if (host !== "" && !host.endsWith("@")) return "end";
    return after === "" || /^[/?#]/.test(after) || after.startsWith(HOLE) ? "host" : "start";
  });
  return { part: part ?? "whole", scheme: (part === "whole" ? "" : (scheme ?? "")).toLowerCase() };
}
/**
 * By data of that kind; configuration is a source too, but nobody's attack. What the callers gave stands in the value
 * already: a parameter that is still one is the framework's own object (`request.app.state`) or comes from nobody known.
 */
function isTainted(value: Value | undefined, kind: string): boolean {
  return value !== undefined && spread(value).some((t) => t.kind === kind);
}

/** Code that runs in a browser asks from the user's own machine. */
export function isBrowserCode(code: Code): boolean {
  return (
    code.language === "javascript" &&
    (/^\s*(["'])use client\1/m.test(code.fileText) ||
      /\bfrom\s+["'](react-dom|react-dom\/client|vue|svelte)["']/.test(code.fileText) ||
      isServiceWorker(code))
  );
}

/** What `with` or `await` is about. */
export function entered(code: Code, id: ValueId): Op {
  const op = code.op(id);
  return op.op === "await" ? entered(code, op.value) : op;
}

/** "yes": redirects are followed here; "no": they are not; "unknown": a value decides that is not visible. */
export function followsRedirects(hit: Hit, code: Code): "yes" | "no" | "unknown" {
  const { data } = hit.row;
  const call = code.op(hit.site.op);
  const byDefault = data?.follows === true ? "yes" : "no";
  const option = String(data?.option ?? "");
  if (call.op !== "call") return "unknown";
  if (option === "") return byDefault;
  const value = optionValue(code, call, option);
  if (value === "unknown") return "unknown";
  if (value === undefined) return clientFollows(code, call, option) ?? byDefault;
  const op = code.op(value);
  if (op.op !== "const") return "unknown";
  return op.value === true ||
    op.value === "follow" ||
    (typeof op.value === "number" && op.value > 0)
    ? "yes"
    : "no";
}
function optionValue(
  code: Code,
  call: Op & { op: "call" },
  option: string,
): ValueId | "unknown" | undefined {
  const dot = option.indexOf(".");
  if (dot < 0)
    return (
      call.args.find((a) => a.name === option)?.value ??
      (call.args.some((a) => a.spread === "entries") ? "unknown" : undefined)
    );
  const arg = call.args[Number(option.slice(0, dot))];
  if (arg === undefined) return undefined;
  const record = code.op(arg.value);
  if (record.op !== "record") return "unknown";
  const entry = record.entries.findLast((e) => e.key === option.slice(dot + 1));
  return entry?.value ?? (record.entries.some((e) => e.key === "...") ? "unknown" : undefined);
}
/** The option may have been given to the client: `httpx.Client(follow_redirects=True)`. */
function clientFollows(
  code: Code,
  call: Op & { op: "call" },
  option: string,
): "yes" | "no" | "unknown" | undefined {
  const callee = code.op(call.callee);
  const client = callee.op === "member" ? code.op(callee.object) : undefined;
  const made: (Op & { op: "call" })[] = [];
  const take = (where: Code, id: ValueId): void => {
    const op = entered(where, id);
    if (op.op === "call") made.push(op);
  };
  let where = code;
  if (client?.op === "load")
    for (const op of code.ir.ops)
      if (op.op === "store" && op.slot === client.slot) take(code, op.value);
  if (client?.op === "free") {
    const module = code.other(`${code.file}#`);
    if (module !== undefined) {
      where = module;
      for (const op of module.ir.ops)
        if (op.op === "store" && module.ir.slots[op.slot] === client.name) take(module, op.value);
    }
  }
  for (const op of made) {
    const value = op.args.find((a) => a.name === option)?.value;
    if (value === undefined) continue;
    const given = where.op(value);
    return given.op === "const" ? (given.value === true ? "yes" : "no") : "unknown";
  }
  return undefined;
}

export type GuardKind = "dns" | "ip" | "denylist" | "part" | "regex" | "scheme" | "other";

/** What the check in front of the sink looks at, read from the validator's text; "other" when it cannot be told. */
export function guardKind(hit: Hit, context: Context): GuardKind {
  const text = checkText(hit, context);
  if (
    /getaddrinfo|gethostbyname|resolver\.resolve|\bdns\b[\w.]*\.(lookup|resolve)|\blookup\(/.test(
      text,
    )
  )
    return "dns";
  if (/ip_address\(|ip_network\(|\bisIP(v[46])?\(|\bipaddr\b|is_private|isPrivate/.test(text))
    return "ip";
  if (/localhost|127\.0\.0\.1|169\.254\.|\b(block|deny|black|forbid|banned)\w*/i.test(text))
    return "denylist";
  if (/\.(endswith|endsWith|includes|indexOf|find)\(|["'] in \w/.test(text)) return "part";
  if (/\bre\.\w+\(|\.(test|match)\(/.test(text)) return "regex";
  if (/startswith|startsWith|scheme|protocol/.test(text)) return "scheme";
  return "other";
}

/** The functions on the way to the sink, up to it, and the validators they call. */
export function checkText(hit: Hit, context: Context): string {
  const items = new Set<string>();
  for (let t: Hit["trail"] | undefined = hit.trail; t !== undefined; t = t.prev) items.add(t.item);
  let out = "";
  for (const item of items) {
    const code = context.code(item);
    if (code === undefined || code.ir.kind === "module") continue;
    const whole = ownText(code);
    const stop = item === hit.site.item ? code.absolute(hit.site.span).start : whole.end;
    out += `${code.fileText.slice(whole.start, stop)}\n`;
    for (const op of code.ir.ops) {
      if (op.op !== "call") continue;
      const validator = calledItem(code, op);
      if (validator !== undefined && validator.item !== item) {
        const span = ownText(validator);
        out += `${validator.fileText.slice(span.start, span.end)}\n`;
      }
    }
  }
  return out;
}
function ownText(code: Code): { start: number; end: number } {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const s of code.ir.statements) {
    const at = code.absolute(s);
    start = Math.min(start, at.start);
    end = Math.max(end, at.end);
  }
  return end === 0 ? { start: 0, end: 0 } : { start, end };
}

/** The function of the project that a call by plain name means: in this file, or imported from a file beside it. */
export function calledItem(code: Code, call: Op & { op: "call" }): Code | undefined {
  const callee = code.op(call.callee);
  const name =
    callee.op === "free"
      ? callee.name
      : callee.op === "load"
        ? code.ir.slots[callee.slot]
        : undefined;
  if (name === undefined) return undefined;
  const own = code.other(`${code.file}#${name}`);
  if (own !== undefined) return own;
  const module = code.other(`${code.file}#`);
  for (const op of module?.ir.ops ?? []) {
    if (op.op !== "store" || module?.ir.slots[op.slot] !== name) continue;
    const value = module.op(op.value);
    if (value.op !== "import" || value.name === undefined) continue;
    for (const file of candidates(code, value.module)) {
      const found = code.other(`${file}#${value.name === "default" ? name : value.name}`);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
function candidates(code: Code, module: string): string[] {
  const folder = code.file.slice(0, code.file.lastIndexOf("/") + 1);
  if (code.language === "python") {
    const path = module.replace(/^\.+/, "").replaceAll(".", "/");
    const out: string[] = [];
    for (let at = folder; ; at = at.slice(0, at.lastIndexOf("/", at.length - 2) + 1)) {
      out.push(`${at}${path}.py`, `${at}${path}/__init__.py`);
      if (at === "") return out;
    }
  }
  if (!module.startsWith("./")) return [];
  const base = folder + module.slice(2).replace(/\.[mc]?js$/, "");
  return [".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", "/index.ts", "/index.js"].map(
    (e) => base + e,
  );
}
