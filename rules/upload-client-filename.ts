import { type Hit, type Match, rule } from "../server/rule/rule.ts";
import { randomName } from "../server/rule/fix/upload.ts";

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
    accept: (hit): Partial<Match> => (hasFolders(hit) ? {} : { severity: "medium" }),
  },
  say: ({ hit }) => ({
    what: "The file name that the client sent decides where the upload is stored.",
    why:
      hit === undefined || hasFolders(hit)
        ? "A name such as ../../app/main.py or /etc/cron.d/x leaves the folder and overwrites files of the server; shell.php is run where PHP is."
        : "The parser drops folders, but one client overwrites another's file, and shell.php or page.html is served as such.",
    fix: "Store it under a random name (uuid4, randomUUID) with an extension from your own list, and keep the client's name as data only.",
  }),
  fixes: (match, code) => randomName(match, code),
});

/** Some parsers keep only the last part of the name. */
function hasFolders(hit: Hit): boolean {
  let source = hit.trail;
  while (source.prev !== undefined) source = source.prev;
  return !source.text.includes("without folders");
}
