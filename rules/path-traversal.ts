import { containmentFixes } from "../server/rule/fix/path.ts";
import { isConfinedSend, openEnd, urlSegment } from "../server/rule/path.ts";
import { type Context, type Hit, type Match, rule } from "../server/rule/rule.ts";

const DOES: Readonly<Record<string, string>> = {
  reads: "opened",
  writes: "written or created",
  deletes: "deleted",
  sends: "sent to the client",
};
const EXPLOIT: Readonly<Record<string, string>> = {
  reads: "../../etc/passwd or an absolute path reads any file the server can read.",
  writes:
    "../../home/app/.ssh/authorized_keys or an absolute path puts the attacker's data anywhere the server can write.",
  deletes:
    "../../ or an absolute path deletes files of the server that are no business of the client.",
  sends: "../../.env or an absolute path sends the server's own files, secrets included.",
};

export default rule({
  id: "path-traversal",
  title: "File path built from request data",
  category: "files",
  severity: "high",
  cwe: [22],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    from: ["remote"],
    to: "path",
    accept(hit: Hit, context: Context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isConfinedSend(hit, code)) return undefined;
      const open = openEnd(hit);
      const segment = urlSegment(hit, context);
      const facts = { open: open ?? "", segment };
      return open !== undefined || segment ? { facts, confidence: "medium" } : { facts };
    },
  },
  say: (match) => {
    const does = String(match.hit?.row.data?.does ?? "reads");
    return {
      what: `A path made from request data is ${DOES[does] ?? "opened"}${LEFT_OPEN[String(match.facts?.open)] ?? ""}.`,
      why:
        match.facts?.segment === true
          ? 'This part of the URL holds no "/", but on Windows ..\\..\\ leaves the folder, and ".." alone names its parent.'
          : match.facts?.open === "beside"
            ? "../files-old/x leaves /srv/files for /srv/files-old, whose name begins in the same way."
            : (EXPLOIT[does] as string),
      fix: match.facts?.open === "beside" ? SEPARATOR : FIX,
    };
  },
  fixes: (match, code) => containmentFixes(match, code),
});
const LEFT_OPEN: Readonly<Record<string, string>> = {
  absolute: '; the check for ".." does not stop absolute paths',
  beside: "; the check lets folders pass whose name only begins like the right one",
};
const SEPARATOR =
  "Compare with the folder and the separator behind it, or use is_relative_to or path.relative.";
const FIX =
  "Resolve the path and check that it lies inside the folder it is meant for, or keep only the base name.";
