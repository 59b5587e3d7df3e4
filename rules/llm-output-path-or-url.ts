import { isToolArgument } from "../server/rule/ai.ts";
import { connectorOf } from "../server/rule/connector.ts";
import { containmentFixes } from "../server/rule/fix/path.ts";
import { ssrfFixes } from "../server/rule/fix/url.ts";
import { fileUse, isConfinedSend } from "../server/rule/path.ts";
import { type Code, type Context, type Hit, type Match, rule } from "../server/rule/rule.ts";
import { hostIsFixed, isBrowserCode } from "../server/rule/url.ts";
import { PUBLIC_CLIENTS } from "./helpers/index.ts";

/** Parts of an answer that the service itself fills in, whatever the model says. */
const OF_SERVICE =
  /^(?:(?!object\.)[^.]*\.)?(?:id|_request_id|model|created|created_at|role|status|usage|response_metadata|system_fingerprint|service_tier)(?:\.|$)/;

const DOES: Readonly<Record<string, string>> = {
  reads: "which file is opened",
  lists: "which folder is listed",
  writes: "where a file is written",
  deletes: "which file is deleted",
  sends: "which file is sent to the client",
  calls: "which address the server calls",
};
const WHY: Readonly<Record<string, string>> = {
  reads: "makes it name ../../.env, and what is in there goes where the right file would.",
  lists: "makes it name /, and the names of all files go where those of the folder would.",
  writes: "makes it name ../../.ssh/authorized_keys or a file of the program itself.",
  deletes: "makes it name a file of the program or of another user.",
  sends: "makes it name ../../.env, which is then sent.",
  calls:
    "makes it name http://169.254.169.254/ to read cloud credentials, or an address of the attacker with the conversation in its query.",
};

export default rule({
  id: "llm-output-path-or-url",
  title: "Answer of a language model names a file or an address",
  category: "ai",
  severity: "high",
  cwe: [22, 918],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    from: ["model"],
    to: ["path", "url"],
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      // What a model passes to its tools has a rule of its own.
      if (code === undefined || isToolArgument(hit) || isOfService(hit)) return undefined;
      if (isHarmless(hit, code, context)) return undefined;
      const does = hit.sink === "url" ? "calls" : fileUse(hit, code);
      const changes = does === "writes" || does === "deletes";
      return { severity: changes ? "high" : "medium", facts: { does } };
    },
  },
  say: ({ hit, facts }) => ({
    what: `What a language model answered decides ${DOES[String(facts?.does)] ?? "which file is used"}.`,
    why: `A sentence in what the model reads (a page, a mail, a document) ${WHY[String(facts?.does)] ?? WHY.reads}`,
    fix:
      hit?.sink === "url"
        ? "Compare the host with a list of allowed hosts, and do not follow redirects."
        : "Resolve the path and check that it lies inside the folder it is meant for, or make the name yourself.",
  }),
  fixes: (match, code, context) =>
    match.hit?.sink === "url"
      ? ssrfFixes(match, code, context, PUBLIC_CLIENTS)
      : containmentFixes(match, code, context),
});

function isHarmless(hit: Hit, code: Code, context: Context): boolean {
  return hit.sink === "url"
    ? hostIsFixed(hit) || connectorOf(hit, code, context) === "checks" || isBrowserCode(code)
    : isConfinedSend(hit, code);
}

/** "source:ITEM|PATH|KIND|FIELDS"; the first of the fields may be a constant that the call was given. */
function isOfService(hit: Hit): boolean {
  return OF_SERVICE.test(hit.label.split("|")[3] ?? "");
}
