import { randomName } from "../server/rule/fix/upload.ts";
import { isPiece, reachOf } from "../server/rule/path.ts";
import { type Context, type Hit, type Match, rule } from "../server/rule/rule.ts";

export default rule({
  id: "upload-client-filename",
  title: "Upload stored under the client's file name",
  category: "uploads",
  severity: "high",
  cwe: [434, 22],
  owasp: ["A04:2021", "A06:2025"],
  flow: {
    from: ["upload-name"],
    to: "path",
    accept(hit, context): Partial<Match> | undefined {
      if (isPiece(hit)) return undefined;
      const folders = hasFolders(hit, context);
      return {
        facts: { folders, reach: reachOf(hit) },
        ...(folders ? {} : { severity: "medium" }),
      };
    },
  },
  say: ({ facts }) => ({
    what: "The file name that the client sent decides where the upload is stored.",
    why:
      facts?.folders !== false
        ? `A name such as ${NAMES[String(facts?.reach)]} leaves the folder and overwrites files of the server; shell.php is run where PHP is.`
        : "The parser drops folders, but one client overwrites another's file, and shell.php or page.html is served as such.",
    fix: "Store it under a random name (uuid4, randomUUID) with an extension from your own list, and keep the client's name as data only.",
  }),
  fixes: (match, code, context) => randomName(match, code, context),
});

const NAMES: Readonly<Record<string, string>> = {
  climbs: "../../app/main.py",
  absolute: "/etc/cron.d/x",
  both: "../../app/main.py or /etc/cron.d/x",
};

/** Some parsers keep only the last part of the name, unless they are told to keep it all. */
function hasFolders(hit: Hit, context: Context): boolean {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  if (!source.text.includes("without folders")) return true;
  return /\bpreservePath\s*:\s*true\b/.test(context.code(source.item)?.fileText ?? "");
}
