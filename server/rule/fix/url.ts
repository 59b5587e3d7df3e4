/** Fixes for outbound requests: a list of allowed hosts that refuses until it is filled in, and redirects switched off. */

import type { Code, Context, Edit, Fix, Handover, Match, Op, Span, ValueId } from "../rule.ts";
import { setKeyword, setProperty } from "./arguments.ts";
import { hole } from "./holes.ts";
import { importEdits, type Wanted } from "./imports.ts";
import { callPublicClient, type PublicClient } from "./public-client.ts";
import { endsStatements, refusal } from "./refusal.ts";
import { freshName, insertBefore } from "./statements.ts";

/** @param clients what models name as `twin` of a call: one that reaches public hosts only. */
export function ssrfFixes(
  match: Match,
  code: Code,
  context: Context,
  clients: Readonly<Record<string, PublicClient>>,
): readonly Fix[] {
  const listed = allowHosts(match, code, context);
  const client = clients[String(match.hit?.row.data?.twin ?? "")];
  const advice = connectSafely(code);
  if (client === undefined) return [listed, advice];
  const publicOnly = callPublicClient(match, code, context, client);
  return typeof publicOnly === "string"
    ? [listed, { ...advice, reason: `${advice.reason} No edit is offered: ${publicOnly}.` }]
    : [publicOnly, listed];
}

/** The same check in another file, before the call that hands over an address which arrives as it is. */
export function allowHostsAtSource(
  match: Match,
  { code, call, argument }: Handover,
  context: Context,
): readonly Fix[] {
  const { hit } = match;
  const sink = hit === undefined ? undefined : code.other(hit.site.item);
  if (hit === undefined || sink === undefined) return [];
  if (hit.derive !== "same" || hit.row.data?.host === true) return [];
  const arg = code.op(argument);
  const edits =
    arg.op === "record"
      ? ""
      : hostCheck(code, context, {
          url: code.text(arg.span),
          isHost: false,
          span: call.span,
          op: code.ir.ops.indexOf(call),
        });
  if (typeof edits === "string") return [];
  // A host that was allowed must not send the request on to another one.
  const redirects = redirectEdit(match, sink);
  const files = [{ file: code.file, edits }];
  if (redirects !== undefined) files.push({ file: sink.file, edits: [redirects] });
  const name = code.file.slice(code.file.lastIndexOf("/") + 1);
  return [{ title: `Allow only listed hosts in ${name}`, grade: "placeholder", edits: files }];
}

function allowHosts(match: Match, code: Code, context: Context): Fix {
  const title = "Allow only listed hosts";
  const refuse = (why: string): Fix => ({
    title,
    grade: "manual",
    edits: [],
    reason: `Compare the host name with a list of allowed hosts before the request. No edit is offered: ${why}.`,
  });
  const hit = match.hit;
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || call?.op !== "call")
    return refuse("the request cannot be seen as a whole");
  const arg = code.op(hit.arg);
  if (arg.op === "record") return refuse("the address is put together inside the options");
  const isHost = hit.row.data?.host === true;
  const edits = hostCheck(code, context, {
    url: code.text(arg.span),
    isHost,
    span: hit.site.span,
    op: hit.site.op,
  });
  if (typeof edits === "string") return refuse(edits);
  const redirects = [redirectEdit(match, code), ...sameElsewhere(match, code)];
  return {
    title,
    grade: "placeholder",
    edits: [{ file: code.file, edits: [...edits, ...redirects.flatMap((edit) => edit ?? [])] }],
  };
}

/** Calls of the same function with the same address: what is checked in front of this one is checked for them as well. */
function sameElsewhere({ hit }: Match, code: Code): readonly (Edit | undefined)[] {
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || call?.op !== "call") return [];
  const called = code.text(code.op(call.callee).span);
  const url = code.text(code.op(hit.arg).span);
  return code.ir.ops.map((op) => {
    const isSame =
      op.op === "call" &&
      op !== call &&
      code.text(code.op(op.callee).span) === called &&
      op.args.some((a) => code.text(a.span) === url && code.op(a.value).op === "load");
    return isSame ? noRedirects(code, op, hit.row.data ?? {}) : undefined;
  });
}

interface Checked {
  /** The address, or the host alone. */
  readonly url: string;
  readonly isHost: boolean;
  readonly span: Span;
  readonly op: ValueId;
}
/** The check in front of the statement at `span`, or why there is none. */
function hostCheck(
  code: Code,
  context: Context,
  { url, isHost, span, op }: Checked,
): Edit[] | string {
  if (/\bawait\b|\byield\b|[\r\n]|\b(pop|shift|next|read)\(/.test(url))
    return "the address is computed in the call; give it a name first";
  const isPython = code.language === "python";
  const list = freshName(code, isPython ? "allowed_hosts" : "allowedHosts");
  const refused = refusal(code, context, "URL not allowed", op);
  const own: Wanted[] = isPython && !isHost ? [{ module: "urllib.parse", name: "urlparse" }] : [];
  const { edits, locals } = importEdits(code, [...own, ...refused.wanted]);
  const body = refused.lines(locals.slice(own.length)).map((line) => `\t${line}`);
  const note = "fill in: the exact host names this code may call";
  const parsed = isPython ? `${locals[0]}(${url}).hostname` : `new URL(${url}).hostname`;
  const host = isHost ? url : parsed;
  const semicolon = endsStatements(code) ? ";" : "";
  const lines = isPython
    ? [`${list}: set[str] = ${hole("set()")}  # ${note}`, `if ${host} not in ${list}:`, ...body]
    : [
        `const ${list} = new Set(${hole("")})${semicolon} // ${note}`,
        `if (!${list}.has(${host})) {`,
        ...body,
        "}",
      ];
  const guard = insertBefore(code, span, lines);
  if (guard === undefined) return "the check has no place in front of the call";
  return [...edits, guard];
}

function connectSafely(code: Code): Fix {
  return {
    title: "Check the address that is dialled",
    grade: "manual",
    edits: [],
    reason:
      code.language === "python"
        ? "If any public host must be reachable: a connection class that resolves the name, refuses unless every address is public (IPv4-mapped, 6to4 and NAT64 unwrapped), and dials the address it checked; no redirects, no proxies, a size limit."
        : 'If any public host must be reachable: new URL() first, net.isIP for literal addresses, and an undici Agent whose connect.lookup refuses unless every address is public; redirect: "error", a size limit.',
  };
}

/** The edit that stops redirects; undefined when the call has no such option or it cannot be set here. */
export function redirectEdit(match: Match, code: Code): Edit | undefined {
  const hit = match.hit;
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  return hit === undefined || call?.op !== "call"
    ? undefined
    : noRedirects(code, call, hit.row.data ?? {});
}

function noRedirects(
  code: Code,
  call: Op & { readonly op: "call" },
  data: NonNullable<Match["hit"]>["row"]["data"] & object,
): Edit | undefined {
  const option = String(data.option ?? "");
  let off = String(data.off ?? "");
  if (option === "") return undefined;
  // What follows none by itself was told to, here or where the client was made.
  if (data.follows !== true && !isGiven(code, call, option)) return undefined;
  if (code.language === "python") return setKeyword(code, call, option, off);
  if (/'[^'\n]*'/.test(code.fileText) && !/"[^"\n]*"/.test(code.fileText.replace(/"use \w+"/g, "")))
    off = off.replaceAll('"', "'");
  const dot = option.indexOf(".");
  return setProperty(code, call, Number(option.slice(0, dot)), option.slice(dot + 1), off);
}

function isGiven(code: Code, call: Op & { readonly op: "call" }, option: string): boolean {
  const dot = option.indexOf(".");
  if (dot < 0) return call.args.some((a) => a.name === option);
  const arg = call.args[Number(option.slice(0, dot))];
  const options = arg === undefined ? undefined : code.op(arg.value);
  return options?.op === "record" && options.entries.some((e) => e.key === option.slice(dot + 1));
}
