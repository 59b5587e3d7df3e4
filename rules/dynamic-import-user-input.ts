import { allowListed, onlyOpenPart } from "../server/rule/fix/allow-list.ts";
import { isBrowser } from "../server/rule/place.ts";
import { type Hit, kindBit, type Match, rule, spread } from "../server/rule/rule.ts";
import { common } from "../server/rule/surroundings.ts";

export default rule({
  id: "dynamic-import-user-input",
  title: "Module to load chosen by request data",
  category: "injection",
  severity: "high",
  cwe: [94, 829],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name", "client"],
    to: "code",
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || hit.row.data?.by === undefined) return undefined;
      const api = String(hit.row.data.api);
      const part = partOf(hit);
      if (part === "all")
        return hit.kind === "client" && !/^import/.test(api) ? undefined : { facts: { part, api } };
      // Behind the name of a package there are its own modules only; a bundler packs those of the folder.
      if (part === "inside" || hit.kind === "client" || isBrowser(code)) return undefined;
      const bundlers = String(hit.row.data.bundlers ?? "").split(" ");
      if (bundlers.some((name) => name !== "" && context.requirement(name) !== undefined))
        return undefined;
      const isData = common(hit, ({ after }) => /\.json[^\0]*$/.test(after)) === true;
      if (isData)
        return api === "import()" ? undefined : { severity: "low", facts: { part: "json", api } };
      return { confidence: "medium", facts: { part, api } };
    },
  },
  say: ({ hit, facts }) => ({
    what: `${hit?.kind === "client" ? "The page's address" : "Request data"} chooses the ${facts?.part === "all" ? "module" : "file"} that ${String(facts?.api)} loads.`,
    why: why(hit, String(facts?.part), String(facts?.api)),
    fix: "Import the modules that may be meant by their names, and look the right one up in a table by the key that the client sends.",
  }),
  fixes: (match, code, context) => {
    const { hit } = match;
    const value = hit === undefined ? undefined : (onlyOpenPart(code, hit.arg) ?? hit.arg);
    return [
      allowListed(
        match,
        code,
        context,
        {
          title: "Allow only listed modules",
          list: "allowed modules",
          note: "the modules that may be loaded",
          message: "Unknown module",
          advice: "Look the module up in a table by the key that the client sends.",
        },
        value,
      ),
    ];
  },
});

/**
 * What the client chooses: "all" of the name, the rest of a path that begins elsewhere ("path"), or what is "inside" a package
 * or a folder.
 */
function partOf(hit: Hit): "all" | "path" | "inside" {
  const by = hit.row.data?.by;
  const isConfined = (hit.cleared & kindBit("path")) !== 0;
  if (!isBehindText(hit)) return by === "path" && isConfined ? "inside" : "all";
  return by === "name" || isConfined ? "inside" : "path";
}

/** Other text, or a folder, stands in front of the data in each form of it. */
function isBehindText(hit: Hit): boolean {
  const { alts } = hit.value;
  if (alts === undefined) return (hit.cleared & kindBit("behind")) !== 0;
  return alts.every((alt) => {
    if ("const" in alt) return true;
    const [first] = alt.parts;
    if (first?.text !== undefined) return first.text !== "";
    return first?.value !== undefined && !spread(first.value).some((t) => t.label === hit.label);
  });
}

function why(hit: Hit | undefined, part: string, api: string): string {
  if (hit?.kind === "client")
    return "Whoever opens an attacker's link loads the attacker's script from another site, and it runs in the page with their rights.";
  if (part === "json")
    return "../../config/production loads a file of settings from elsewhere on the server; what is in it goes where the right one would.";
  if (part === "path")
    return "../../uploads/x leaves the folder and runs a file that the attacker uploaded before.";
  if (api === "import()")
    return "data:text/javascript,... carries a program in the name itself, and it runs on the server as soon as it is imported.";
  if (api === "require")
    return "The path of an uploaded file makes its code run on the server; the name of any package runs that one.";
  return hit?.row.data?.by === "path"
    ? "The path of an uploaded file makes its code run on the server."
    : "Loading a module runs it: an attacker picks any module on the server, such as one in a folder for uploads, or os and subprocess where the client also names the function.";
}
