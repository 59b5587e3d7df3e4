/** Where a browser is sent: who decides the site, and what a check in front of it leaves open. Item coordinates. */
import {
  type Code,
  type Context,
  type Hit,
  kindBit,
  type Op,
  spread,
  type Value,
  type ValueId,
} from "./rule.ts";
import { checkText } from "./url.ts";

/**
 * Which part of the address is the attacker's: all of it; what stands behind a lone slash; the host behind a scheme or two slashes; the
 * end of a host that is not closed by a slash. "none": the site is the program's own.
 */
export type Open = "whole" | "slash" | "host" | "end" | "none";

const PARAMETERS = "searchParams";
function fieldOf({ label }: Pick<Hit, "label">): string {
  return label.slice(label.lastIndexOf("|") + 1);
}

export function openPart(hit: Hit, context: Context): Open {
  if (standsFor(hit, context) !== undefined) return "none";
  const { alts, fields } = hit.value;
  // Inside of an address that is built its parameters decide nothing; one that was taken out may be an address.
  if (fields?.has(PARAMETERS) && fieldOf(hit).split(".")[0] === PARAMETERS) return "none";
  if (alts === undefined) return "whole";
  let out: Open = "none";
  let isSeen = false;
  for (const alt of alts) {
    if ("const" in alt) continue;
    let before = "";
    for (const { text, value } of alt.parts) {
      if (text === undefined && holds(value, hit)) {
        isSeen = true;
        out = wider(out, openAfter(before));
        break;
      }
      before += text ?? standIn(value, hit, context);
    }
  }
  return isSeen ? out : "whole";
}

const WIDTH: readonly Open[] = ["none", "end", "host", "slash", "whole"];
function wider(a: Open, b: Open): Open {
  return WIDTH.indexOf(a) > WIDTH.indexOf(b) ? a : b;
}

/** Browsers read "\\" as "/", and any number of them behind a scheme. */
function openAfter(before: string): Open {
  const text = before.trimStart();
  if (text === "") return "whole";
  if (/^[/\\]$/.test(text)) return "slash";
  const host = /^(?:https?:|[/\\]{2})[/\\]*([^/\\?#]*)$/i.exec(text)?.[1];
  return host === undefined ? "none" : host === "" || host.endsWith("@") ? "host" : "end";
}

function holds(value: Value | undefined, hit: Hit): boolean {
  return value !== undefined && spread(value).some((t) => t.label === hit.label);
}

/** A part that is not known: text that keeps its place. */
const HOLE = "\0";
function standIn(value: Value | undefined, hit: Hit, context: Context): string {
  const all = value === undefined ? [] : spread(value).filter((t) => t.kind === hit.kind);
  const texts = new Set(all.map((t) => standsFor(t, context)));
  const [only] = texts;
  return texts.size === 1 && only !== undefined ? only : HOLE;
}

/** What of an address an address consists of, apart from its parameters. */
const PIECES: Readonly<Record<string, string>> = {
  path: "/own",
  pathname: "/own",
  raw_path: "/own",
  full_path: "/own",
  search: "?own",
  hash: "#own",
  fragment: "own",
  href: "https://own/",
  origin: "https://own",
  scheme: "https",
  protocol: "https:",
  host: "own",
  hostname: "own",
  netloc: "own",
  port: "80",
};
const WHOLE: Readonly<Record<string, string>> = {
  address: "https://own/",
  origin: "https://own",
  host: "own",
  path: "/own",
  sender: HOLE,
};

/** The like of the text that a source gives, if it is of the program's own site or nothing that another site decides. */
function standsFor(
  { label, kind, derive }: Pick<Hit, "label" | "kind" | "derive">,
  context: Context,
): string | undefined {
  const whole = context.source(label)?.of;
  // Of a request that was passed on, a part of it is read: as if it had been read where the request comes from.
  const part = whole === undefined ? partOf(label) : label;
  const of = whole ?? (part === undefined ? undefined : context.source(part)?.of);
  if (of === undefined || part === undefined) return undefined;
  if (of === "sender") return HOLE;
  const field = fieldOf({ label: part });
  // A server changes its own address (https, a slash at the end); a page cuts out what was put into it.
  if (field === ":") return kind === "client" ? undefined : WHOLE[of];
  if (field !== "") return field === "0" ? WHOLE[of] : PIECES[field];
  if (derive === "host") return "own";
  return derive === "part" && kind === "client" ? undefined : WHOLE[of];
}

function partOf(label: string): string | undefined {
  const [head, path, kind, fields] = label.split("|");
  if (!fields) return undefined;
  const [first, ...rest] = fields.split(".");
  return `${head}|${path}.${first}|${kind}|${rest.join(".")}`;
}

/** The header that is set is Location; a row without a name sets no other. */
export function setsLocation(hit: Hit, code: Code): boolean {
  const { name } = hit.row.data ?? {};
  if (name === undefined) return true;
  const op = code.op(hit.site.op);
  if (op.op !== "call") return false;
  return String(name)
    .split("|")
    .some((spec) => {
      const arg = /^\d+$/.test(spec)
        ? op.args.filter((a) => a.name === undefined)[Number(spec)]
        : op.args.find((a) => a.name === spec);
      const key = arg === undefined ? undefined : code.op(arg.value);
      return key?.op === "const" && typeof key.value === "string" && LOCATION.test(key.value);
    });
}

const LOCATION = /^location$/i;

/** What a check has let through: "slash" all that begins with one, "backslash" only the form with a backslash. */
export function leftOpen(
  hit: Hit,
  context: Context,
): "slash" | "backslash" | "nothing" | undefined {
  if ((hit.cleared & kindBit("slash-at-start")) === 0) return undefined;
  if ((hit.cleared & kindBit("no-two-slashes")) === 0) return "slash";
  const isQuoted = String(hit.row.data?.quotes ?? "").includes("\\");
  return isQuoted || checkText(hit, context).includes("\\") ? "nothing" : "backslash";
}

/** The expression for the address, where it is written here; of `new URL(address, base)` the address. */
export function targetOf(
  hit: Hit,
  code: Code,
): { readonly id: ValueId; readonly op: Op } | undefined {
  const site = code.op(hit.site.op);
  const id =
    hit.arg >= 0
      ? hit.arg
      : site.op === "setMember" || site.op === "setIndex"
        ? site.value
        : undefined;
  if (id === undefined) return undefined;
  const written = code.op(id);
  const entry =
    written.op === "record"
      ? written.entries.findLast((e) => typeof e.key === "string" && LOCATION.test(e.key))?.value
      : id;
  if (entry === undefined) return undefined;
  const op = code.op(entry);
  const callee = op.op === "call" ? code.text(code.op(op.callee).span) : "";
  if (op.op === "call" && /^(?:window\.|globalThis\.)?URL$/.test(callee) && op.args.length === 2) {
    const first = op.args[0]?.value;
    return first === undefined ? undefined : { id: first, op: code.op(first) };
  }
  return { id: entry, op };
}
