/** An assistant's server is fetched anew in whatever version, or reached over a connection that anybody on the way may change. */
import { fetchedBy } from "../server/rule/fetched.ts";
import { isHeld, isListed } from "../server/rule/held.ts";
import { isIgnored } from "../server/rule/ignored.ts";
import { npmLocked } from "../server/rule/manifest.ts";
import { MCP_NAMES, MCP_PATHS, type McpServer, mcpServers } from "../server/rule/mcp.ts";
import { isTest } from "../server/rule/place.ts";
import { type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";

/** This machine, or what only it and its containers reach. */
const NEAR =
  /^http:\/\/(?:localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0|host\.docker\.internal|10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+|[\w-]+|[\w.-]+\.(?:local|localhost|internal|test))(?:[:/]|$)/i;

export default rule({
  id: "mcp-server-unverified",
  title: "Assistant's server that somebody else may replace",
  category: "supply-chain",
  severity: "medium",
  cwe: [829, 319],
  owasp: ["A08:2021", "A03:2025"],
  manifest: {
    names: new RegExp(`${MCP_NAMES.source}|^package\\.json$|^package-lock\\.json$|^\\.gitignore$`),
    paths: MCP_PATHS,
    together: true,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const server = String(facts?.server);
    if (facts?.kind === "plain")
      return {
        what: `The assistant reaches ${server} without TLS.`,
        why: `Whoever is on the way reads what goes through${facts.keys === true ? ", the keys too," : ""} and puts instructions and tools of their own into the answers, which the assistant then follows on this machine.`,
        fix: "Use an https:// address.",
      };
    const name = String(facts?.name);
    return {
      what: `${server} is ${name}, fetched anew ${facts?.version === "" ? "without a version" : `as ${String(facts?.version)}`} at each start.`,
      why: `Whoever takes over that package has their program on this machine with the next start, with your rights${facts?.keys === true ? " and the keys that stand beside it" : ""}; the backdoor in postmark-mcp came this way in 2025.`,
      fix:
        facts?.kind === "image"
          ? "Name the image with its digest: NAME@sha256:DIGEST."
          : `Write the exact version: ${name}${facts?.kind === "pypi" ? "==" : "@"}VERSION.`,
    };
  },
});

function check(file: ManifestFile): readonly Match[] {
  const name = file.file.slice(file.file.lastIndexOf("/") + 1);
  if (!MCP_NAMES.test(name) && !MCP_PATHS.test(file.file)) return [];
  if (isTest(file.file) || isIgnored(file)) return [];
  return mcpServers(file).flatMap((server) => inspect(file, server));
}

function inspect(file: ManifestFile, server: McpServer): readonly Match[] {
  const { words, url, hasKeys } = server;
  const item = `${file.file}#`;
  const own = { server: server.name, keys: hasKeys };
  const addresses = [
    ...(url === undefined ? [] : [url]),
    ...words.flatMap(({ text, start, end }) =>
      /^http:\/\//.test(text) && words.some((word) => /^mcp-remote(?:@|$)/.test(word.text))
        ? [{ text, span: { start, end } }]
        : [],
    ),
  ];
  const plain = addresses.flatMap(({ text, span }): readonly Match[] =>
    /^http:\/\//i.test(text) && !NEAR.test(text) && !/[${]/.test(text)
      ? [
          {
            item,
            span,
            severity: hasKeys ? "high" : "medium",
            confidence: "high",
            facts: { ...own, kind: "plain" },
          },
        ]
      : [],
  );
  const fetched = fetchedBy([{ words, piped: false }])
    .filter((one) => {
      // npx takes what is installed in the project, and that alone.
      if (one.kind === "npm" && one.local && one.version === "") return !isListed(one.name, file);
      return one.kind !== "script" && !isHeld(one, file);
    })
    .map(({ kind, name, version, word }): Match => {
      return {
        item,
        span: { start: word.start, end: word.end },
        // A moving tag of an image is the one that its maker tells people to use.
        severity: kind === "image" ? "low" : "medium",
        confidence: "high",
        facts: { ...own, kind, name, version },
      };
    });
  return [...plain, ...fetched];
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const name = String(facts?.name);
  const edited = (title: string, newText: string): Fix => ({
    title,
    grade: "suggested",
    edits: [{ file: file.file, edits: [{ ...span, newText }] }],
  });
  const text = file.text.slice(span.start, span.end);
  if (facts?.kind === "plain")
    return edited("Use an https:// address", text.replace(/^(["'])http:/i, "$1https:"));
  const lock = facts?.kind === "npm" ? file.textAbove("package-lock.json") : undefined;
  const version = lock === undefined ? undefined : npmLocked(lock, name);
  if (version !== undefined)
    return edited(
      `Write the version of the lock file (${version})`,
      text.replace(
        `${name}${facts?.version === "" ? "" : `@${String(facts?.version)}`}`,
        `${name}@${version}`,
      ),
    );
  return {
    title: `Pin ${name}`,
    grade: "manual",
    edits: [],
    reason: `Which version is meant only you can tell: look at it, then write ${name}${facts?.kind === "pypi" ? "==" : facts?.kind === "image" ? "@sha256:" : "@"}${facts?.kind === "image" ? "DIGEST" : "VERSION"}.`,
  };
}
