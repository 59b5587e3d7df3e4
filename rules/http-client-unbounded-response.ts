/** What an address answers that the sender of a request chose is taken into memory, however much it is. */
import { isOfAdministrators } from "../server/rule/administrators.ts";
import { setArgument } from "../server/rule/fix/arguments.ts";
import { childrenOf, itemsOf } from "../server/rule/items.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Fix,
  type Hit,
  kindBit,
  type Match,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { storesOf } from "../server/rule/stores.ts";
import { guardKind, hostIsFixed, isBrowserCode } from "../server/rule/url.ts";

const LIMIT = 10_000_000;
/** Says how much there is, or takes it piece by piece. */
const MEASURES =
  /^(?:content-length|contentLength|content_length|getReader|iter_content|iter_bytes|aiter_bytes|iter_chunked|iter_any|byteLength|max_?(?:bytes|size|length)\w*)$/i;
/** An allow-list, a pattern or a number proves this as well; a look at where an address leads does not. */
const LISTED = kindBit("sql");

export default rule({
  id: "http-client-unbounded-response",
  title: "Answer of a chosen address read whatever its size",
  category: "configuration",
  severity: "low",
  cwe: [400, 770],
  owasp: ["A04:2021", "A06:2025"],
  flow: {
    from: ["remote"],
    to: "url",
    // Where an address leads may have been checked: what comes back from there is the sender's all the same.
    keep: (hit) => (hit.cleared & LISTED) === 0,
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || typeof hit.row.data?.whole !== "string") return undefined;
      if (isTest(code.file) || isSample(code.file) || isBrowser(code) || isBrowserCode(code))
        return undefined;
      // An address that was stored before is mostly one of the settings.
      if (hit.marks !== 0 || hostIsFixed(hit) || isOfAdministrators(hit, context)) return undefined;
      if ((hit.cleared & kindBit("url")) !== 0 && !/^(?:dns|ip)$/.test(guardKind(hit, context)))
        return undefined;
      // Few programs have such a limit, and a proxy or the memory of a container may be one.
      return isReadWhole(hit, code) && !measures(code) ? { confidence: "low" } : undefined;
    },
  },
  say: ({ hit }) => ({
    what: `The answer of an address from the request is taken into memory by ${String(hit?.row.data?.api ?? "the client")}, however large it is.`,
    why: "The sender names a server that never stops sending, or a file of gigabytes: a few such requests use up the memory, and the program is ended.",
    fix: "Read the answer piece by piece and stop at a limit (maxContentLength, iter_content, read(limit)).",
  }),
  fixes: (match, code) => limitFixes(match, code),
});

function isReadWhole(hit: Hit, code: Code): boolean {
  const call = code.op(hit.site.op);
  if (call.op !== "call") return false;
  const capped = String(hit.row.data?.capped ?? "").split("|");
  if (capped.includes("*") || optionsOf(code, call).some((name) => capped.includes(name)))
    return false;
  const members = String(hit.row.data?.whole);
  return members === "" || readsOf(code, hit.site.op, members.split("|")).length > 0;
}

/** Names of the options that the call has; "..." are some that are not known, which count for all. */
function optionsOf(code: Code, call: Op & { readonly op: "call" }): readonly string[] {
  return call.args.flatMap(({ name, value }): readonly string[] => {
    if (name !== undefined) return [name];
    const record = code.op(value);
    return record.op === "record"
      ? record.entries.flatMap(({ key }) => (typeof key === "string" ? [key] : []))
      : [];
  });
}

interface Read {
  readonly code: Code;
  readonly op: Op;
  readonly id: ValueId;
}
/** Where all of what the call gives is read: `(await fetch(url)).text()`, `with urlopen(url) as r: r.read()`. */
function readsOf(code: Code, made: ValueId, members: readonly string[]): readonly Read[] {
  const same = new Set<ValueId>([made]);
  const slots = new Set<number>();
  const out: Read[] = [];
  code.ir.ops.forEach((op, id) => {
    switch (op.op) {
      case "await":
      case "annotate":
        if (same.has(op.value)) same.add(id);
        break;
      case "store":
        if (same.has(op.value) && storesOf(code, op.slot).length === 1) slots.add(op.slot);
        break;
      case "load":
        if (slots.has(op.slot)) same.add(id);
        break;
      case "member":
        if (!same.has(op.object)) break;
        if (members.includes(op.name)) {
          const call = code.ir.ops.find((one) => one.op === "call" && one.callee === id);
          if (call?.op !== "call" || call.args.length === 0) out.push({ code, op: call ?? op, id });
        } else if (op.name === "then") out.push(...inCallback(code, id, members));
        break;
      default:
    }
  });
  return out;
}
/** `fetch(url).then((r) => r.text())` */
function inCallback(code: Code, then: ValueId, members: readonly string[]): readonly Read[] {
  const call = code.ir.ops.find((one) => one.op === "call" && one.callee === then);
  const first = call?.op === "call" ? call.args[0] : undefined;
  const closure = first === undefined ? undefined : code.op(first.value);
  const item = closure?.op === "closure" ? childrenOf(code).get(closure.hole) : undefined;
  const child = item === undefined ? undefined : code.other(item);
  const param = child?.ir.ops.findIndex((op) => op.op === "param" && op.index === 0) ?? -1;
  return child === undefined || param < 0 ? [] : readsOf(child, param, members);
}

function measures(code: Code): boolean {
  return itemsOf(code).some(
    (one) =>
      (one.item === code.item || one.item.startsWith(`${code.item}/`)) &&
      one.ir.ops.some((op) => {
        const name =
          op.op === "member" || op.op === "free"
            ? op.name
            : op.op === "load"
              ? one.ir.slots[op.slot]
              : op.op === "const"
                ? op.value
                : undefined;
        return typeof name === "string" && MEASURES.test(name);
      }),
  );
}

function limitFixes(match: Match, code: Code): readonly Fix[] {
  const title = "Stop at a limit of 10 MB";
  const call = match.op === undefined ? undefined : code.op(match.op);
  const data = match.hit?.row.data;
  if (call?.op === "call" && match.op !== undefined && data !== undefined) {
    const cap = typeof data.cap === "string" ? data.cap : undefined;
    const edit = cap === undefined ? undefined : setArgument(code, call, cap, "10_000_000");
    if (edit !== undefined)
      return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
    const [read, ...more] = data.whole === "read" ? readsOf(code, match.op, ["read"]) : [];
    if (read?.op.op === "call" && more.length === 0) {
      const at = code.absolute(read.op.argsSpan).end - 1;
      const edits = [{ start: at, end: at, newText: String(LIMIT) }];
      return [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
    }
  }
  return [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Take the answer piece by piece (iter_content, aiter_bytes, body.getReader()), count, and stop at a limit. No edit is offered: the code that uses the answer has to be written another way.",
    },
  ];
}
