/** A window of Electron in which a page gets more than a page of a browser has. */
import { conditionsAt } from "../server/rule/conditions.ts";
import { constantOf, given, written } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  rule,
  type Severity,
} from "../server/rule/rule.ts";
import { type Data, rowData, spanOf } from "../server/rule/tokens.ts";
import { mayBeBelow } from "../server/rule/version.ts";

const SWITCH = /NODE_ENV|\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev|isPackaged/i;

export default rule({
  id: "electron-insecure-webprefs",
  title: "Electron window whose pages are not kept apart",
  category: "configuration",
  severity: "high",
  cwe: [1188],
  owasp: ["A05:2021", "A02:2025"],
  calls: {
    sinks: ["window"],
    check(call, context) {
      const data = rowData(call, "window");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isTest(code.file)) return undefined;
      if (conditionsAt(code, call.site.op).some((c) => SWITCH.test(c.text))) return undefined;
      return faults(call, data, context).map(({ name, severity }) => ({
        item: call.site.item,
        op: call.site.op,
        call,
        span: spanOfPreference(call, `${String(data.preferences)}.${name}`, code, context),
        severity,
        confidence: call.guessed ? ("medium" as const) : ("high" as const),
        facts: { name },
      }));
    },
  },
  say: ({ facts }) => SAID[String(facts?.name)] ?? (SAID.nodeIntegration as never),
  fixes: (match, code, context) => fixes(match, code, context),
});

const APART =
  "Leave contextIsolation on and nodeIntegration off, and give pages what they need by contextBridge in the preload script.";
const SAID: Readonly<Record<string, { what: string; why: string; fix: string }>> = {
  nodeIntegration: {
    what: "Pages in this window run with Node.",
    why: "One script that gets into a page (an injection, a package, an advertisement) reads files and starts programs as the user.",
    fix: APART,
  },
  contextIsolation: {
    what: "Pages in this window share their JavaScript with the preload script.",
    why: "A script in a page changes built-in functions, waits for the preload script to call them, and gets at what only that one may do.",
    fix: APART,
  },
  webSecurity: {
    what: "Pages in this window read answers of every site, and local files.",
    why: "A script in a page asks other sites and servers of the local network in the user's name, and reads what they answer.",
    fix: "Leave webSecurity on; ask other servers from the main process, or let them allow the program by CORS.",
  },
  allowRunningInsecureContent: {
    what: "Pages in this window run scripts that come over plain HTTP.",
    why: "Whoever is on the way (a Wi-Fi, a proxy) puts a script of their own into the page.",
    fix: "Leave it off and load scripts over HTTPS.",
  },
};

function faults(
  call: Observation,
  { preferences, package: name, apartSince }: Data,
  context: Context,
): readonly { readonly name: string; readonly severity: Severity }[] {
  const is = (flag: string): unknown => constantOf(given(call, `${preferences}.${flag}`));
  const version = context.requirement(String(name));
  const isApart =
    is("contextIsolation") === true ||
    (given(call, `${preferences}.contextIsolation`).kind === "absent" &&
      (version === undefined || mayBeBelow(version, Number(apartSince)) !== true));
  const out: { name: string; severity: Severity }[] = [];
  // With isolation, only the preload script has Node.
  if (is("nodeIntegration") === true && !isApart)
    out.push({ name: "nodeIntegration", severity: "high" });
  else if (is("contextIsolation") === false)
    out.push({ name: "contextIsolation", severity: "medium" });
  if (is("webSecurity") === false) out.push({ name: "webSecurity", severity: "medium" });
  if (is("allowRunningInsecureContent") === true)
    out.push({ name: "allowRunningInsecureContent", severity: "medium" });
  return out;
}

/** The entry of the preferences, where they are written in the call. */
function spanOfPreference(call: Observation, spec: string, code: Code, context: Context) {
  const found = given(call, spec);
  const place = written(code, found, context);
  return place !== undefined && place.code.item === code.item
    ? place.op.span
    : spanOf(call, code, found);
}

const SAFE: Readonly<Record<string, string>> = {
  nodeIntegration: "false",
  contextIsolation: "true",
  webSecurity: "true",
  allowRunningInsecureContent: "false",
};

function fixes({ call, facts }: Match, code: Code, context: Context): readonly Fix[] {
  const name = String(facts?.name);
  const data = call === undefined ? undefined : rowData(call, "window");
  const title =
    name === "nodeIntegration" ? "Keep Node out of its pages" : `Set ${name} to ${SAFE[name]}`;
  const names = name === "nodeIntegration" ? ["nodeIntegration", "contextIsolation"] : [name];
  const edits = names.flatMap((each) => {
    const place =
      call === undefined
        ? undefined
        : written(code, given(call, `${String(data?.preferences)}.${each}`), context);
    return place?.op.op === "const" && place.code.file === code.file
      ? [{ ...place.code.absolute(place.op.span), newText: SAFE[each] as string }]
      : [];
  });
  if (edits.length === 0)
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason: `Set ${name} to ${SAFE[name]}. No edit is offered: the value is not written here.`,
      },
    ];
  return [
    {
      title,
      grade: "suggested",
      edits: [{ file: code.file, edits: edits.sort((a, b) => a.start - b.start) }],
    },
  ];
}
