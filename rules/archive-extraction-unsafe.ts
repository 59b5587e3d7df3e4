import { removeEntry, setKeyword } from "../server/rule/fix/arguments.ts";
import { containmentFixes } from "../server/rule/fix/path.ts";
import { constantOf, given } from "../server/rule/given.ts";
import { fileUse } from "../server/rule/path.ts";
import {
  argument,
  type Code,
  type Fix,
  type Match,
  type Observation,
  rule,
  spread,
} from "../server/rule/rule.ts";
import { bare, rowData } from "../server/rule/tokens.ts";

export default rule({
  id: "archive-extraction-unsafe",
  title: "Archive members can land outside their folder",
  category: "files",
  severity: "high",
  cwe: [22],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    from: ["archive-name"],
    to: "path",
    // A name that is only looked at in a zip or on the disk does no harm; one that is written does.
    accept(hit, context) {
      const code = context.code(hit.site.item);
      const isWrite =
        hit.row.data?.does === "writes" && (code === undefined || fileUse(hit, code) === "writes");
      return isWrite || isWritten(hit.row.data?.api) ? {} : undefined;
    },
  },
  calls: {
    sinks: ["extract"],
    check(call) {
      const data = rowData(call, "extract");
      if (data === undefined) return undefined;
      const { site } = call;
      const place = { item: site.item, span: site.span, op: site.op, call };
      const confidence = call.guessed ? ("medium" as const) : ("high" as const);
      if (data.keep !== undefined)
        return constantOf(given(call, data.keep)) === true ? { ...place, confidence } : undefined;
      const filter = given(call, data.filter);
      if (filter.kind === "unknown") return undefined;
      if (filter.kind === "given" && constantOf(filter) !== "fully_trusted") return undefined;
      const members = given(call, "1|members");
      // Members that were chosen one by one may have been checked.
      if (data.api === "extractall" && members.kind !== "absent") return undefined;
      return {
        ...place,
        confidence,
        severity: isRemote(call, String(data.archive)) ? "high" : "medium",
      };
    },
  },
  say: ({ hit, call }) => ({
    what:
      hit !== undefined
        ? "The name of an archive's member decides where its content is written."
        : call !== undefined && rowData(call, "extract")?.keep !== undefined
          ? "The archive is unpacked with the paths that its members name, wherever they lead."
          : "The archive is unpacked without a filter for its members' paths and links.",
    why: "A member named ../../home/app/.ssh/authorized_keys, or one behind a link, overwrites files of the server.",
    fix:
      hit !== undefined
        ? "Resolve the path and check that it lies inside the folder before it is written."
        : 'Unpack with filter="data" (Python 3.12, also in later versions of 3.8 to 3.11), or without preservePaths.',
  }),
  fixes: (match, code, context) =>
    match.hit === undefined ? [withFilter(match, code)] : containmentFixes(match, code, context),
});

function isWritten(api: unknown): boolean {
  return api === "open";
}
function isRemote(call: Observation, archive: string): boolean {
  const value = archive === "recv" ? call.receiver : argument(call, Number(archive))?.value;
  return (
    value !== undefined &&
    spread(value).some(
      (t) => t.kind === "remote" || t.kind === "upload-name" || t.kind === "message",
    )
  );
}

function withFilter(match: Match, code: Code): Fix {
  const title = code.language === "python" ? 'Unpack with filter="data"' : "Drop preservePaths";
  const op = match.call === undefined ? undefined : code.op(match.call.site.op);
  if (op?.op !== "call")
    return { title, grade: "manual", edits: [], reason: "The call cannot be seen." };
  if (code.language === "python") {
    const edit = setKeyword(code, op, "filter", '"data"');
    // What a request brings has no business with owners, devices or other folders; an archive of the program's own may have.
    const grade = match.severity === "high" ? "safe" : "suggested";
    if (edit !== undefined) return { title, grade, edits: [{ file: code.file, edits: [edit] }] };
  }
  const options = op.args[0] === undefined ? undefined : bare(code, op.args[0].value);
  const edit =
    options?.op === "record"
      ? (removeEntry(code, options, "preservePaths") ?? removeEntry(code, options, "P"))
      : undefined;
  return edit === undefined
    ? { title, grade: "manual", edits: [], reason: "The options are not written in the call." }
    : { title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] };
}
