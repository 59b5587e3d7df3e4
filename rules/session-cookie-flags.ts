import { conditionsAt } from "../server/rule/conditions.ts";
import { setKeyword, setProperty } from "../server/rule/fix/arguments.ts";
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
  type Context,
  type Edit,
  type Fix,
  type Match,
  type Op,
  onlyConst,
  rule,
} from "../server/rule/rule.ts";
import { isSessionCookie } from "../server/rule/session-cookie.ts";
import { storesOf } from "../server/rule/stores.ts";
import { type Data, isSetting, rowData, spanOf } from "../server/rule/tokens.ts";

const SWITCH =
  /NODE_ENV|\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev|\bis_?prod|production|\blocalhost\b/i;

export default rule({
  id: "session-cookie-flags",
  title: "Session cookie without HttpOnly or Secure",
  category: "authentication",
  severity: "medium",
  cwe: [614, 1004],
  owasp: ["A05:2021", "A07:2025"],
  calls: {
    sinks: ["cookie"],
    check(call, context) {
      const data = rowData(call, "cookie");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isExcused(code, call.site.op))
        return undefined;
      const place = { item: call.site.item, op: call.site.op, call } as const;
      const confidence =
        call.guessed || call.sinks.some((s) => s.path.startsWith("*.")) ? "medium" : "high";
      if (data.switches !== undefined) {
        const off = switches(data).filter(({ spec }) => constantOf(given(call, spec)) === false);
        const [first] = off;
        return first === undefined
          ? undefined
          : {
              ...place,
              span: spanOf(call, code, given(call, first.spec)),
              confidence,
              facts: { lacks: off.map(({ flag }) => flag).join(","), set: true },
            };
      }
      if (!isSessionCookie(call, data)) return undefined;
      const lacks = ["httpOnly", "secure"].filter((flag) =>
        isOff(given(call, data[flag]), flag, data),
      );
      return lacks.length === 0
        ? undefined
        : {
            ...place,
            span: call.site.span,
            confidence,
            facts: { lacks: lacks.join(","), name: String(constantOf(given(call, data.name))) },
          };
    },
  },
  stores: {
    sinks: ["cookie"],
    check(store, context) {
      const data = rowData(store, "cookie");
      const code = context.code(store.site.item);
      if (data === undefined || code === undefined || isExcused(code, store.site.op))
        return undefined;
      if (onlyConst(store.value)?.value !== false || !isSetting(code, data)) return undefined;
      return {
        item: store.site.item,
        op: store.site.op,
        span: store.site.span,
        facts: {
          lacks: String(data.off),
          set: true,
          encrypted: isAlwaysEncrypted(code, data),
        },
      };
    },
  },
  say: ({ facts }) => {
    const lacks = String(facts?.lacks).split(",");
    const open = lacks.includes("httpOnly");
    const plain = lacks.includes("secure");
    const which =
      facts?.set === true ? "The session cookie" : `The cookie "${String(facts?.name)}"`;
    return {
      what: `${which} is sent without ${[open ? "HttpOnly" : "", plain ? "Secure" : ""].filter((t) => t !== "").join(" and ")}.`,
      why: [
        open ? "A script that gets into a page reads it and sends it away" : "",
        plain
          ? "a request over plain HTTP, which anyone on the same network can provoke, shows it"
          : "",
      ]
        .filter((t) => t !== "")
        .join("; ")
        .replace(/^./, (c) => c.toUpperCase())
        .concat(": whoever has it is signed in as that user."),
      fix: "Set HttpOnly, Secure and SameSite=Lax on cookies that sign somebody in.",
    };
  },
  fixes: (match, code, context) => fixes(match, code, context),
});

function isExcused(code: Code, op: number): boolean {
  return isTest(code.file) || conditionsAt(code, op).some((c) => SWITCH.test(c.text));
}
function switches(data: Data): { readonly spec: string; readonly flag: string }[] {
  return String(data.switches)
    .split(",")
    .map((one) => {
      const [spec = "", flag = ""] = one.split(":");
      return { spec, flag };
    });
}

/** Left out, or switched off; what cannot be seen may be there. */
function isOff(found: Given, flag: string, data: Data): boolean {
  if (found.kind === "absent") return data.usual !== flag;
  return constantOf(found) === false;
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Send it over HTTPS only, and hide it from scripts";
  const manual: readonly Fix[] = [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Set HttpOnly, Secure and SameSite=Lax. No edit is offered: the options are not written here.",
    },
  ];
  const one = (
    file: string,
    edits: readonly Edit[],
    grade: "safe" | "suggested" = "suggested",
  ): readonly Fix[] => [{ title, grade, edits: [{ file, edits }] }];
  const on = (place: Place | undefined): Edit | undefined =>
    place?.op.op === "const"
      ? {
          ...place.code.absolute(place.op.span),
          newText: place.code.language === "python" ? "True" : "true",
        }
      : undefined;
  const { call } = match;
  if (call === undefined) {
    const op = code.op(match.op ?? 0);
    if (op.op !== "setMember" && op.op !== "setIndex" && op.op !== "store") return manual;
    const place = origin({ code, op: code.op(op.value), id: op.value }, context);
    const edit = on(place);
    if (edit === undefined || place === undefined) return manual;
    const isSame = place.code.item === code.item && match.facts?.encrypted === true;
    return one(place.code.file, [edit], isSame ? "safe" : "suggested");
  }
  const data = rowData(call, "cookie") as Data;
  const op = code.op(call.site.op);
  if (op.op !== "call") return manual;
  if (data.switches !== undefined) {
    const off = switches(data).filter(({ spec }) => constantOf(given(call, spec)) === false);
    const places = off.map(({ spec }) => written(code, given(call, spec), context));
    const edits = places.flatMap((p) => on(p) ?? []);
    const file = places[0]?.code.file;
    return file === undefined ||
      edits.length < off.length ||
      places.some((p) => p?.code.file !== file)
      ? manual
      : one(file, edits);
  }
  const lacks = String(match.facts?.lacks).split(",");
  const edits =
    code.language === "python" ? inPython(code, op, lacks) : inJavaScript(code, op, lacks, data);
  return edits === undefined ? manual : one(code.file, edits);
}

/** The settings beside it send every request over HTTP to HTTPS, before anything reads or sets a cookie. */
function isAlwaysEncrypted(code: Code, data: Data): boolean {
  if (typeof data.redirects !== "string") return false;
  const only = (name: string): Op | undefined => {
    const [value, ...more] = storesOf(code, code.ir.slots.indexOf(name));
    return value === undefined || more.length > 0 ? undefined : code.op(value);
  };
  const isOn = only(data.redirects);
  if (isOn?.op !== "const" || isOn.value !== true) return false;
  if (code.ir.slots.includes(String(data.unless))) return false;
  const [list = "", entry] = String(data.by).split(":");
  const all = only(list);
  return (
    all?.op === "sequence" &&
    all.elements.some((e) => {
      const one = code.op(e.value);
      return !e.spread && one.op === "const" && one.value === entry;
    })
  );
}

type Call = Parameters<typeof setKeyword>[1];

function inPython(code: Code, call: Call, lacks: readonly string[]): readonly Edit[] | undefined {
  const positional = call.args.filter((a) => a.name === undefined);
  if (positional.length > 6 || call.args.some((a) => a.spread !== undefined)) return undefined;
  const wanted = [
    ...(lacks.includes("httpOnly") ? ["httponly=True"] : []),
    ...(lacks.includes("secure") ? ["secure=True"] : []),
    ...(call.args.some((a) => a.name === "samesite") ? [] : ['samesite="lax"']),
  ];
  const edits: Edit[] = [];
  const fresh: string[] = [];
  for (const text of wanted) {
    const [name = "", value = ""] = text.split("=");
    if (call.args.some((a) => a.name === name)) {
      const edit = setKeyword(code, call, name, value);
      if (edit !== undefined) edits.push(edit);
    } else fresh.push(text);
  }
  if (fresh.length > 0) edits.push(appended(code, call, fresh));
  return edits;
}
/** Several at once stand behind the last argument, in the layout of the others. */
function appended(code: Code, call: Call, texts: readonly string[]): Edit {
  const [first = "", ...rest] = texts;
  const [name = "", value = ""] = first.split("=");
  const edit = setKeyword(code, call, name, value) as Edit;
  const gap = /^,(\s+)/.exec(edit.newText)?.[1] ?? " ";
  return { ...edit, newText: [edit.newText, ...rest].join(`,${gap}`) };
}

function inJavaScript(
  code: Code,
  call: Call,
  lacks: readonly string[],
  data: Data,
): readonly Edit[] | undefined {
  const at = Number(data.options);
  const arg = call.args[at];
  if (call.args.slice(0, at + 1).some((a) => a.spread !== undefined)) return undefined;
  const record = arg === undefined ? undefined : code.op(arg.value);
  if (record !== undefined && record.op !== "record") return undefined;
  const has = (name: string): boolean =>
    record?.op === "record" && record.entries.some((e) => e.key === name);
  if (record?.op === "record" && record.entries.some((e) => e.key === "...")) return undefined;
  const names = [...lacks, ...(has("sameSite") ? [] : ["sameSite"])];
  const text = (name: string): string => (name === "sameSite" ? '"lax"' : "true");
  const edits: Edit[] = [];
  const fresh: string[] = [];
  for (const name of names)
    if (has(name)) {
      const edit = setProperty(code, call, at, name, text(name));
      if (edit !== undefined) edits.push(edit);
    } else fresh.push(name);
  const [first, ...rest] = fresh;
  if (first === undefined) return edits;
  const edit = setProperty(code, call, at, first, text(first));
  if (edit === undefined) return undefined;
  const more = rest.map((name) => `${name}: ${text(name)}`);
  const gap = /^,(\s+)/.exec(edit.newText)?.[1] ?? " ";
  const whole = edit.newText.replace(
    /(: (?:true|"lax"))( \})?$/,
    (_all, value: string, close = "") => [`${value}`, ...more].join(`,${gap}`) + close,
  );
  return [...edits, { ...edit, newText: whole }];
}
