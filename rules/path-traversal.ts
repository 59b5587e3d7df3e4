import { isOfPrivileged } from "../server/rule/administrators.ts";
import { containmentFixes } from "../server/rule/fix/path.ts";
import { sendFromFolder } from "../server/rule/fix/send-folder.ts";
import {
  fileUse,
  hasFixedName,
  isConfinedSend,
  isWholePath,
  openEnd,
  reachOf,
  urlSegment,
} from "../server/rule/path.ts";
import { type Context, type Hit, type Match, markBit, rule } from "../server/rule/rule.ts";
import { common, HOLE } from "../server/rule/surroundings.ts";

const DOES: Readonly<Record<string, string>> = {
  reads: "opened",
  lists: "listed",
  writes: "written or created",
  deletes: "deleted",
  sends: "sent to the client",
};
/** A path the attacker would like, and what comes of it. */
const EXPLOIT: Readonly<Record<string, { readonly target: string; readonly result: string }>> = {
  reads: { target: "etc/passwd", result: "reads any file the server can read" },
  lists: { target: "etc", result: "lists any folder of the server" },
  writes: {
    target: "home/app/.ssh/authorized_keys",
    result: "puts the attacker's data anywhere the server can write",
  },
  deletes: {
    target: "var/lib/app/data.db",
    result: "deletes files of the server that are no business of the client",
  },
  sends: { target: "app/.env", result: "sends the server's own files, secrets included" },
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
      const does = fileUse(hit, code);
      // What is read there the program has written itself: where that happens the attacker's path does harm.
      const isOwn = does === "reads" && (hit.marks & markBit("written")) !== 0;
      const facts = { open: open ?? "", segment, does, exploit: exploit(hit, does), isOwn };
      if (isOwn) return { facts, severity: "low" };
      // Who may choose any path chooses it: the folder of a library, a package to install.
      if (open === undefined && isWholePath(hit) && isOfPrivileged(hit, context))
        return { facts: { ...facts, chosen: true }, severity: "low" };
      if (open === undefined && !segment) return { facts };
      // One step up, for files of that name only; no step at all; or one to where the check lets nothing through.
      const isStep =
        (segment && (open === "beside" || hasFixedName(hit, code))) ||
        ((segment || open === "beside") && isOfPrivileged(hit, context));
      return { facts, confidence: "medium", ...(isStep ? { severity: "low" as const } : {}) };
    },
  },
  say: (match) => {
    return {
      what: `A path made from request data is ${DOES[String(match.facts?.does)] ?? "opened"}${match.facts?.isOwn === true ? ", after the program has written the file there" : ""}${LEFT_OPEN[String(match.facts?.open)] ?? ""}.`,
      why:
        match.facts?.chosen === true
          ? "Who has a right that others lack may choose any path; if no more is meant than a folder, he reaches all others too."
          : match.facts?.segment === true
            ? 'This part of the URL holds no "/", but on Windows ..\\..\\ leaves the folder, and ".." alone names its parent.'
            : match.facts?.open === "beside"
              ? "../files-old/x leaves /srv/files for /srv/files-old, whose name begins in the same way."
              : String(match.facts?.exploit),
      fix: match.facts?.open === "beside" ? SEPARATOR : FIX,
    };
  },
  fixes: (match, code, context) => {
    const sent = match.hit === undefined ? undefined : sendFromFolder(match.hit, code, context);
    const checked = containmentFixes(match, code, context);
    return sent === undefined ? checked : [sent, ...checked.filter((f) => f.grade !== "manual")];
  },
});

/** What gets an attacker out of the folder here, and to which files. */
function exploit(hit: Hit, does: string): string {
  const { target, result } = EXPLOIT[does] ?? { target: "", result: "" };
  const end = common(hit, ({ after }) => after.slice(after.lastIndexOf(HOLE) + 1));
  const reach = reachOf(hit);
  if (end === undefined || end === "") {
    const ways = { climbs: `../../${target}`, absolute: `An absolute path such as /${target}` };
    const way = reach === "both" ? `../../${target} or an absolute path` : ways[reach];
    return `${way} ${result}.`;
  }
  const way = {
    climbs: "../../",
    absolute: "An absolute path",
    both: "../../ or an absolute path",
  };
  return `${way[reach]} ${result}, if only those whose path ends in "${end}".`;
}

const LEFT_OPEN: Readonly<Record<string, string>> = {
  absolute: '; the check for ".." does not stop absolute paths',
  beside: "; the check lets folders pass whose name only begins like the right one",
};
const SEPARATOR =
  "Compare with the folder and the separator behind it, or use is_relative_to or path.relative.";
const FIX =
  "Resolve the path and check that it lies inside the folder it is meant for, or keep only the base name.";
