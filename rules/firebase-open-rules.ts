/** The rules of a Firebase project let everybody in: they are all that stands between the data and whoever has the page. */
import { type Node, parseTree } from "jsonc-parser";
import { expression, holds, reader, tokens } from "../server/rule/firebase-expression.ts";
import { type Allow, allows, isFirebaseRules, RULES } from "../server/rule/firebase-rules.ts";
import {
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Severity,
} from "../server/rule/rule.ts";

const REALTIME = /^[\w.-]*database[\w.-]*\.rules\.json$/;
const WRITES: ReadonlySet<string> = new Set(["write", "update", "delete"]);
const READS: ReadonlySet<string> = new Set(["read", "list", "get"]);
/** A part of a path that stands for who it belongs to. */
const OWNER = /^(?:uid|user|userId|user_id|userUid|owner|ownerId|owner_id)$/;

export default rule({
  id: "firebase-open-rules",
  title: "Firebase rules that let everybody in",
  category: "access",
  severity: "critical",
  cwe: [862],
  owasp: ["A01:2021", "A01:2025"],
  manifest: {
    names: new RegExp(`${RULES.source}|${REALTIME.source}`),
    check: (file) => found(file).map(({ match }) => match),
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const does = String(facts?.does);
    const what = String(facts?.what);
    if (facts?.holds === "member")
      return {
        what: `Whoever is signed in may ${does} ${what}.`,
        why: "Anybody can make an account, and then reads and changes what belongs to all others.",
        fix: "Compare the path or the stored owner with request.auth.uid, collection by collection.",
      };
    return {
      what:
        facts?.holds === "until"
          ? `Until a fixed day everybody may ${does} ${what}; after it nobody may.`
          : `Everybody may ${does} ${what}.`,
      why: `The key in the page is no secret: with it anybody calls the database directly, and ${
        facts?.writes === true
          ? "changes or deletes what is stored, or fills it until the bill is due"
          : "copies all that is stored"
      }.`,
      fix: "Say who may: request.auth != null && request.auth.uid == userId for what belongs to one user, and if false for what only the server writes.",
    };
  },
});

interface Found {
  readonly match: Match;
  /** What takes the place of the condition. */
  readonly edit: { readonly start: number; readonly end: number; readonly newText: string };
  readonly owner: boolean;
}

function found(file: ManifestFile): readonly Found[] {
  return isFirebaseRules(file.file)
    ? allows(file.text).flatMap((one) => ofStatement(file, one) ?? [])
    : ofTree(file);
}

function ofStatement(file: ManifestFile, one: Allow): Found | undefined {
  const { methods, path, condition } = one;
  const writes = methods.filter((method) => WRITES.has(method));
  const creates = methods.includes("create");
  const reads = methods.some((method) => READS.has(method));
  // What one knows the name of may be meant for everybody; to be told what is there is another thing.
  const isAll = path.length === 0 || path.every((part) => part.endsWith("=**}"));
  const severity = severityOf(one.holds, isAll, {
    writes: writes.length > 0,
    creates,
    reads: reads && methods.some((method) => method !== "get"),
  });
  if (severity === undefined) return undefined;
  const items = one.service === "storage" ? "file" : "document";
  const name = path.find((part) => !part.startsWith("{"));
  const owner = path.find((part) => OWNER.test(part.replace(/^\{|(?:=\*\*)?\}$/g, "")));
  const user = owner?.replace(/^\{|(?:=\*\*)?\}$/g, "");
  const start = condition.start === condition.end ? ":" : "";
  const newText =
    user === undefined
      ? "if false /* say who may: request.auth != null && request.auth.uid == ... */"
      : `if request.auth != null && request.auth.uid == ${user}`;
  return {
    match: {
      item: `${file.file}#`,
      span: one.span,
      severity,
      confidence: one.holds === "member" ? "low" : "high",
      facts: {
        holds: one.holds,
        writes: writes.length > 0 || creates,
        does: methods.join(" and "),
        what: isAll || name === undefined ? `every ${items}` : `the ${items}s of ${name}`,
        owner: user !== undefined,
      },
    },
    edit: { ...condition, newText: start === "" ? newText : `${start} ${newText}` },
    owner: user !== undefined,
  };
}

interface Methods {
  readonly writes: boolean;
  readonly creates: boolean;
  readonly reads: boolean;
}
function severityOf(
  who: Allow["holds"],
  isAll: boolean,
  { writes, creates, reads }: Methods,
): Severity | undefined {
  if (who === "member") return isAll && writes ? "medium" : undefined;
  if (who !== "open" && who !== "until") return undefined;
  if (writes) return who === "open" ? "critical" : "high";
  // A form for everybody, as for messages: it can be filled without end.
  if (creates) return isAll ? "critical" : "medium";
  // A collection that everybody may read is mostly meant to be.
  return reads && isAll ? "high" : undefined;
}

/** Of the Realtime Database: JSON, in which a permission holds for all below it. */
function ofTree(file: ManifestFile): readonly Found[] {
  const out: Found[] = [];
  const root = parseTree(file.text, [], { allowTrailingComma: true });
  const rules = member(root, "rules");
  if (rules === undefined) return [];
  const walk = (node: Node, path: readonly string[]): void => {
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (key === undefined || value === undefined || path.length > DEEPEST) continue;
      if (value.type === "object") walk(value, [...path, String(key.value)]);
      else if (key.value === ".read" || key.value === ".write") {
        const one = ofPermission(file, key.value === ".write", property, value, path);
        if (one !== undefined) out.push(one);
      }
    }
  };
  walk(rules, []);
  return out;
}
const DEEPEST = 60;

function ofPermission(
  file: ManifestFile,
  writes: boolean,
  property: Node,
  value: Node,
  path: readonly string[],
): Found | undefined {
  const who =
    value.type === "string"
      ? holds(expression(reader(tokens(String(value.value)))), new Map())
      : value.value === true
        ? "open"
        : "never";
  const isAll = path.length === 0;
  const severity = severityOf(who, isAll, { writes, creates: false, reads: !writes });
  if (severity === undefined) return undefined;
  const user = path.findLast((part) => OWNER.test(part.replace(/^\$/, "")) && part.startsWith("$"));
  const newText = user === undefined ? "false" : `"auth != null && auth.uid === ${user}"`;
  return {
    match: {
      item: `${file.file}#`,
      span: { start: property.offset, end: property.offset + property.length },
      severity,
      confidence: who === "member" ? "low" : "high",
      facts: {
        holds: who,
        writes,
        does: writes ? "write" : "read",
        what: isAll ? "the whole database" : `what is under /${path.join("/")}`,
        owner: user !== undefined,
      },
    },
    edit: { start: value.offset, end: value.offset + value.length, newText },
    owner: user !== undefined,
  };
}
function member(node: Node | undefined, name: string): Node | undefined {
  const found = node?.children?.find(({ children }) => children?.[0]?.value === name);
  return found?.children?.[1]?.type === "object" ? found.children[1] : undefined;
}

function fix({ span }: Match, file: ManifestFile): Fix {
  const title = "Say who may";
  const one = found(file).find(({ match }) => match.span.start === span.start);
  if (one === undefined)
    return { title, grade: "manual", edits: [], reason: "The statement was not found again." };
  return {
    title,
    grade: one.owner ? "suggested" : "placeholder",
    edits: [{ file: file.file, edits: [one.edit] }],
  };
}
