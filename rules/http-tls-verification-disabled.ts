import { conditionsAt } from "../server/rule/conditions.ts";
import { removeKeyword } from "../server/rule/fix/arguments.ts";
import {
  constantOf,
  type Given,
  given,
  origin,
  type Place,
  written,
} from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Confidence,
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Observation,
  onlyConst,
  rule,
  type Severity,
  type Value,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { type Data, rowData, spanOf } from "../server/rule/tokens.ts";

/** Made for development: what it decides is not what is shipped. */
const SWITCH =
  /NODE_ENV|\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev|\bis_?prod|production|\bself_?signed/i;
const LOCAL =
  /^(?:[a-z]+:\/\/)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|host\.docker\.internal)(?:[:/]|$)/i;

export default rule({
  id: "http-tls-verification-disabled",
  title: "TLS certificate check switched off",
  category: "configuration",
  severity: "high",
  cwe: [295],
  owasp: ["A07:2021", "A04:2025"],
  calls: {
    sinks: ["tls"],
    check(call, context) {
      const data = rowData(call, "tls");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isExcused(code, call.site.op))
        return undefined;
      const found = given(call, data.flag);
      if (data.always !== true && !(found.kind === "given" && isOff(found.value, data)))
        return undefined;
      if (isLocal(call, data)) return undefined;
      return {
        item: call.site.item,
        op: call.site.op,
        call,
        span: data.always === true ? call.site.span : spanOf(call, code, found),
        severity: severityOf(data, code),
        confidence: (call.guessed ? "medium" : "high") as Confidence,
        facts: { api: String(data.api) },
      };
    },
  },
  stores: {
    sinks: ["tls"],
    check(store, context) {
      const data = rowData(store, "tls");
      const code = context.code(store.site.item);
      if (data === undefined || code === undefined || isExcused(code, store.site.op))
        return undefined;
      if (!isOff(store.value, data)) return undefined;
      // Needed before the check of the certificate is turned off, which says the same.
      if (data.host === true && turnsAllOff(code)) return undefined;
      return {
        item: store.site.item,
        op: store.site.op,
        span: store.site.span,
        severity: severityOf(data, code),
        facts: {
          api: String(data.api),
          off: String(data.off ?? false),
          on: String(data.on ?? ""),
          host: data.host === true,
          process: data.process === true,
        },
      };
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.host === true
        ? "This TLS context accepts a certificate that was made out for another host."
        : facts?.process === true
          ? "All TLS connections of this process accept any certificate."
          : `${String(facts?.api)} accepts any certificate here.`,
    why: "Whoever is on the way (a Wi-Fi, a proxy, a changed DNS entry) answers in the server's place, and reads and changes passwords, keys and data.",
    fix: 'Leave the check on. For a private authority, name its certificate (verify="ca.pem", or the ca option).',
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

function isExcused(code: Code, op: number): boolean {
  return isTest(code.file) || conditionsAt(code, op).some((c) => SWITCH.test(c.text));
}
function severityOf(data: Data, code: Code): Severity {
  return isNamedSo(code) ? "low" : ((data.severity ?? "high") as Severity);
}
/** The class or function says by its name that it does not verify: whoever takes it chose that. */
function isNamedSo(code: Code): boolean {
  return code.item
    .slice(code.item.indexOf("#") + 1)
    .split(/[./]/)
    .some((name) => UNVERIFIED.test(words(name).join(" ")));
}
const UNVERIFIED =
  /\b(?:no(?:t| ssl| tls)? (?:verif\w*|check\w*)|insecure|unverified|skip verif\w*|trust all|without verif\w*)\b/;
/** A switch that is off; a constant of a library that says so, by its name. */
function isOff(value: Value, data: Data): boolean {
  const off = data.off ?? false;
  const only = onlyConst(value)?.value;
  if (typeof off !== "string") return only === off;
  return (
    String(only) === off ||
    (value.refs.length > 0 &&
      value.refs.every((r) => r.startsWith("lib:") && r.endsWith(`.${off}`)))
  );
}
/** The server is on this machine. */
function isLocal(call: Observation, data: Data): boolean {
  return String(data.url ?? "")
    .split("|")
    .some((spec) => {
      const text = spec === "" ? undefined : constantOf(given(call, spec));
      return typeof text === "string" && LOCAL.test(text);
    });
}
function turnsAllOff(code: Code): boolean {
  return code.ir.ops.some(
    (op) =>
      op.op === "setMember" &&
      op.name === "verify_mode" &&
      /CERT_NONE/.test(code.text(code.op(op.value).span)),
  );
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Check the certificate";
  const one = (file: string, edits: readonly Edit[]): readonly Fix[] => [
    { title, grade: "suggested", edits: [{ file, edits }] },
  ];
  const manual: readonly Fix[] = [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Leave the check on, or name the authority's certificate. No edit is offered: the value is not written here.",
    },
  ];
  const { call } = match;
  if (call !== undefined) {
    const data = rowData(call, "tls") as Data;
    const op = code.op(call.site.op);
    if (op.op !== "call") return manual;
    if (data.always === true) {
      const at = code.absolute(code.op(op.callee).span);
      const name = String(data.api).slice(String(data.api).lastIndexOf(".") + 1);
      const text = code.fileText.slice(at.start, at.end);
      return text.endsWith(`.${name}`)
        ? one(code.file, [
            { start: at.end - name.length, end: at.end, newText: String(data.instead) },
          ])
        : manual;
    }
    const found = given(call, data.flag);
    const keyword = String(data.flag)
      .split("|")
      .find((name) => op.args.some((a) => a.name === name));
    const argument = op.args.find((a) => a.name === keyword);
    if (
      keyword !== undefined &&
      argument !== undefined &&
      data.on === undefined &&
      code.op(argument.value).op === "const"
    ) {
      const edit = removeKeyword(code, op, keyword);
      return edit === undefined ? manual : one(code.file, [edit]);
    }
    const place = written(code, found as Given, context);
    const edit = place === undefined ? undefined : turnedOn(place, data);
    return place === undefined || edit === undefined ? manual : one(place.code.file, [edit]);
  }
  const op = code.op(match.op ?? 0);
  if (op.op !== "setMember" && op.op !== "setIndex" && op.op !== "store") return manual;
  const facts = match.facts ?? {};
  const data: Data = {
    ...(facts.off === "false" ? {} : { off: String(facts.off), on: String(facts.on) }),
  };
  const place = origin({ code, op: code.op(op.value), id: op.value }, context);
  const edit = turnedOn(place, data);
  if (edit === undefined) return manual;
  if (place.code.file !== code.file) return one(place.code.file, [edit]);
  const also = hostChecks(code, op);
  return one(
    code.file,
    [...also, edit].sort((a, b) => a.start - b.start),
  );
}
/** With the certificate, the host is checked again, too. */
function hostChecks(code: Code, store: ReturnType<Code["op"]>): readonly Edit[] {
  if (store.op !== "setMember" || store.name !== "verify_mode") return [];
  return code.ir.ops.flatMap((op) => {
    if (op.op !== "setMember" || op.name !== "check_hostname") return [];
    const value = code.op(op.value);
    return value.op === "const" && value.value === false
      ? [{ ...code.absolute(value.span), newText: "True" }]
      : [];
  });
}
function turnedOn({ code, op }: Place, data: Data): Edit | undefined {
  const at = code.absolute(op.span);
  const text = code.fileText.slice(at.start, at.end);
  if (typeof data.off === "string") {
    const name = text.lastIndexOf(data.off);
    return name < 0
      ? undefined
      : {
          start: at.start + name,
          end: at.start + name + data.off.length,
          newText: String(data.on),
        };
  }
  const python = code.language === "python";
  const wanted = (data.off ?? false) === false;
  return op.op === "const"
    ? { ...at, newText: python ? (wanted ? "True" : "False") : String(wanted) }
    : undefined;
}
