/** Tables that everybody with the public key of a Supabase project reads and writes: nothing says which rows are whose. */
import { table, toml } from "../server/rule/manifest.ts";
import { type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import type { SqlPolicy, SqlTable } from "../server/rule/schema-sql.ts";
import { isAlwaysTrue, readSchema, type Schema } from "../server/rule/schema-sql.ts";

/** Migrations, and other files of a project with its tables; those of tests and of the editor are nobody's tables. */
const SQL =
  /(?:^|\/)supabase\/(?!(?:.*\/)?(?:tests?|snippets|seeds?|functions|node_modules|\.temp|\.branches)\/)(?:[^/]+\/)*(?!seed)[^/]+\.sql$/;
const CONFIG = /(?:^|\/)supabase\/config\.toml$/;
/** Who is not logged in, and who is. */
const CALLERS = ["anon", "authenticated"];

export default rule({
  id: "supabase-rls-missing",
  title: "Table without row level security",
  category: "access",
  severity: "high",
  cwe: [862],
  owasp: ["A01:2021", "A01:2025"],
  manifest: {
    names: /^$/,
    paths: new RegExp(`${SQL.source}|${CONFIG.source}`),
    together: true,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const name = String(facts?.table);
    if (facts?.how === "policy")
      return {
        what: `${facts.who === "authenticated" ? "Everybody who is logged in" : "Everybody"} may ${String(facts.does)} every row of ${name}: the condition of this policy is always true.`,
        why: `${facts.who === "authenticated" ? "Whoever has an account" : "Whoever opens the page has the public key, and"} sends a request of his own that ${facts.does === "delete" ? "empties the table" : "writes into the rows of others"}.`,
        fix: "Compare with who is asking, such as using (auth.uid() = user_id), or name the roles that may.",
      };
    return {
      what:
        facts?.how === "disabled"
          ? `Row level security of ${name} is switched off.`
          : `${name} is made without row level security.`,
      why: "Whoever opens the page has the public key, and with it reads, changes and deletes every row of this table through the API.",
      fix: `Enable row level security on ${name}, and write a policy for each kind of access that the page needs.`,
    };
  },
});

function check(file: ManifestFile): readonly Match[] {
  if (!SQL.test(file.file)) return [];
  const root = file.file.slice(0, file.file.lastIndexOf("supabase/") + "supabase/".length);
  const all = file.like(SQL).filter((one) => one.file.startsWith(root));
  const config = file.like(CONFIG).find((one) => one.file === `${root}config.toml`);
  // What is not read yet may be what secures a table.
  if (all.some(({ text }) => text === undefined)) return [];
  const exposed = schemasOf(config?.text);
  const schema = schemaOf(all.map((one) => ({ file: one.file, text: one.text ?? "" })));
  const out: Match[] = [];
  const add = (
    span: Match["span"],
    facts: Match["facts"] & {},
    more: Partial<Match> = {},
  ): void => {
    out.push({ item: `${file.file}#`, span, confidence: "high", facts, ...more });
  };
  for (const [key, one] of schema.tables) {
    if (one.file !== file.file || !exposed.has(one.schema) || isClosed(schema, key, one)) continue;
    add(one.span, { how: "missing", table: one.text, end: one.end });
  }
  for (const [key, { file: at, span }] of schema.opened) {
    const [name = ""] = key.split(".");
    if (at === file.file && exposed.has(name) && !isRevoked(schema, key, name))
      add(span, { how: "disabled", table: key.slice(name.length + 1) });
  }
  for (const one of schema.policies) {
    const who = one.file === file.file ? letsIn(one, exposed) : undefined;
    if (who === undefined || isRevoked(schema, `${one.schema}.${one.table}`, one.schema)) continue;
    const does = one.command === "all" ? "change" : one.command === "update" ? "change" : "delete";
    add(
      one.span,
      { how: "policy", table: one.table, does, who },
      who === "authenticated" ? { severity: "medium" } : {},
    );
  }
  return out;
}

/** Schemas that the API shows; none if it is switched off. */
function schemasOf(config: string | undefined): ReadonlySet<string> {
  const usual = new Set(["public", "storage"]);
  const api = table(config === undefined ? undefined : toml(config), "api");
  if (api?.enabled === false) return new Set();
  return Array.isArray(api?.schemas)
    ? new Set([...api.schemas.filter((s) => typeof s === "string"), "storage"])
    : usual;
}

function isClosed(schema: Schema, key: string, one: SqlTable): boolean {
  return (
    schema.isDynamic ||
    schema.secured.has(key) ||
    schema.opened.has(key) ||
    isRevoked(schema, key, one.schema) ||
    // Those of Supabase have it already.
    one.schema === "storage"
  );
}
function isRevoked(schema: Schema, key: string, name: string): boolean {
  const from = new Set([
    ...(schema.revoked.get(key) ?? []),
    ...(schema.revoked.get(`${name}.*`) ?? []),
  ]);
  return CALLERS.every((role) => from.has(role));
}

/** Whom a policy lets change every row. */
function letsIn(one: SqlPolicy, exposed: ReadonlySet<string>): string | undefined {
  if (!one.isPermissive || !exposed.has(one.schema)) return undefined;
  if (!/^(?:all|update|delete)$/.test(one.command) || !isAlwaysTrue(one.using)) return undefined;
  // A condition on the new row keeps others out of an update.
  if (one.command !== "delete" && one.check !== undefined && !isAlwaysTrue(one.check))
    return undefined;
  return one.roles.some((role) => role === "public" || role === "anon")
    ? "public"
    : one.roles.find((role) => role === "authenticated");
}

/** The last ones: each file of a project asks for the same. */
let known: { readonly files: readonly Text[]; readonly schema: Schema } | undefined;
interface Text {
  readonly file: string;
  readonly text: string;
}
function schemaOf(all: readonly Text[]): Schema {
  const files = [...all].sort(
    (a, b) =>
      Number(!isMigration(a.file)) - Number(!isMigration(b.file)) || (a.file < b.file ? -1 : 1),
  );
  if (
    known !== undefined &&
    known.files.length === files.length &&
    known.files.every((one, i) => one.file === files[i]?.file && one.text === files[i]?.text)
  )
    return known.schema;
  known = { files, schema: readSchema(files) };
  return known.schema;
}
function isMigration(file: string): boolean {
  return file.includes("/migrations/");
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const title = "Enable row level security";
  const suggest = (start: number, end: number, newText: string): Fix => ({
    title,
    grade: "suggested",
    edits: [{ file: file.file, edits: [{ start, end, newText }] }],
  });
  if (facts?.how === "disabled") {
    const at = file.text.slice(span.start, span.end).search(/\bdisable\b(?=\s+row)/i);
    const start = span.start + at;
    if (at >= 0)
      return suggest(
        start,
        start + "disable".length,
        /^[A-Z]/.test(file.text[start] ?? "") ? "ENABLE" : "enable",
      );
  }
  if (facts?.how === "missing") {
    const end = Number(facts.end);
    const semicolon = /^\s*;/.exec(file.text.slice(end, end + 200));
    const at = end + (semicolon?.[0].length ?? 0);
    const line = file.text.includes("\r\n") ? "\r\n" : "\n";
    const isUpper = /^[A-Z]/.test(file.text[span.start] ?? "");
    const statement = `alter table ${String(facts.table)} enable row level security;`;
    const text = isUpper
      ? statement
          .replace("alter table", "ALTER TABLE")
          .replace(/enable row.*/, (s) => s.toUpperCase())
      : statement;
    return suggest(at, at, `${semicolon === null ? ";" : ""}${line}${text}`);
  }
  return {
    title: facts?.how === "policy" ? "Say who may" : title,
    grade: "manual",
    edits: [],
    reason:
      "Write a condition that compares a column with auth.uid(), or name the roles that may. No edit is offered: which rows are whose is the author's to say.",
  };
}
