/** A parser of bodies or uploads that takes as much as somebody sends. */
import { quoted, setProperty } from "../server/rule/fix/arguments.ts";
import { constantOf, given, written } from "../server/rule/given.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Fix,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { type Data, rowData, spanOf } from "../server/rule/tokens.ts";

/** More than this in memory, for each request: some dozens of them fill a usual server. */
const MUCH = 100 * 1024 * 1024;

export default rule({
  id: "upload-no-limit",
  title: "Upload or body without a limit",
  category: "uploads",
  severity: "medium",
  cwe: [400, 770],
  owasp: ["A04:2021", "A06:2025"],
  project: { sinks: ["body-limit"], watch: ["upload.Size().%compared"], check },
  say: ({ facts }) => ({
    what:
      facts?.most === undefined
        ? `${String(facts?.api)} takes files of any size${facts?.memory === true ? ", and keeps them in memory" : ""}.`
        : `Here ${String(facts.api)} takes bodies of up to ${String(facts.most)}, and keeps them in memory.`,
    why:
      facts?.memory === true
        ? "A few requests of some gigabytes, which cost their sender little, fill the server's memory and stop it."
        : "Whoever may upload fills the disk, and with it stops what else writes there.",
    fix:
      facts?.most === undefined
        ? "Say how large a file may be: limits: { fileSize: 10 * 1024 * 1024 }."
        : "Take no more than you need; send large files in pieces or straight into a store.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (isTest(context.file) || isSample(context.file) || isDevelopment(context.file)) return [];
  // That is the business of the rule about sizes that are tested too late.
  const isMeasured = all.shared(measures);
  const takes = new Set(own.map((call) => rowData(call, "body-limit")?.takes));
  const isForFields = takes.has("nothing") && !takes.has("files");
  return own.flatMap((call): readonly Match[] => {
    const data = rowData(call, "body-limit");
    const code = context.code(call.site.item);
    if (data === undefined || code === undefined || data.takes !== undefined) return [];
    if (isForFields && data.most === undefined) return [];
    const found = data.most === undefined ? unlimited(call, data) : large(call, data);
    if (found === undefined || (isMeasured && data.most === undefined)) return [];
    return [
      {
        item: call.site.item,
        span: data.most === undefined ? call.site.span : spanOf(call, code, given(call, data.most)),
        op: call.site.op,
        call,
        severity: found.memory ? "medium" : "low",
        // A disk is larger, and often has a quota.
        confidence: !found.memory ? "low" : call.guessed ? "medium" : "high",
        facts: {
          api: String(data.api),
          memory: found.memory,
          ...(found.most === undefined ? {} : { most: found.most }),
        },
      },
    ];
  });
}
function measures(calls: readonly Observation[]): boolean {
  return calls.some((c) => c.paths.includes("upload.Size().%compared"));
}
interface Found {
  readonly memory: boolean;
  readonly most?: string;
}

/** No limit for the size of a file, as far as all options are known. */
function unlimited(call: Observation, data: Data): Found | undefined {
  const size = given(call, data.size);
  if (size.kind === "given")
    return constantOf(size) === Number.POSITIVE_INFINITY ? { memory: true } : undefined;
  if (size.kind === "unknown") return undefined;
  const storage = given(call, data.storage);
  const disk = given(call, data.disk);
  if (storage.kind === "unknown" || disk.kind === "unknown") return undefined;
  if (storage.kind === "given")
    return { memory: storage.value.refs.includes(`lib:${String(data.memory)}`) };
  return { memory: disk.kind === "absent" || constantOf(disk) === false };
}

/** A limit that is none. */
function large(call: Observation, data: Data): Found | undefined {
  const most = constantOf(given(call, data.most));
  const bytes =
    typeof most === "number" ? most : typeof most === "string" ? bytesOf(most) : undefined;
  if (bytes === undefined || bytes < MUCH) return undefined;
  return {
    memory: true,
    most: typeof most === "string" ? most : `${Math.round(bytes / 1024 / 1024)} MB`,
  };
}
/** As the package `bytes` reads it: "1.5mb". */
function bytesOf(text: string): number | undefined {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(b|kb|mb|gb|tb|pb)?\s*$/i.exec(text);
  if (found === null) return undefined;
  const power = ["b", "kb", "mb", "gb", "tb", "pb"].indexOf((found[2] ?? "b").toLowerCase());
  return Number(found[1]) * 1024 ** power;
}

function fixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const { call } = match;
  const data = call === undefined ? undefined : rowData(call, "body-limit");
  const op = code.op(match.op ?? 0);
  if (call === undefined || data === undefined || op.op !== "call") return [];
  const title = "Set a limit of ten megabytes";
  if (data.most !== undefined) {
    const place = written(code, given(call, data.most), context);
    if (place?.op.op === "const") {
      const newText =
        typeof place.op.value === "string" ? quoted(place.code, "10mb") : "10 * 1024 * 1024";
      const edits = [{ ...place.code.absolute(place.op.span), newText }];
      return [{ title, grade: "suggested", edits: [{ file: place.code.file, edits }] }];
    }
  } else if (given(call, data.limits).kind === "absent") {
    const edit = setProperty(code, op, 0, "limits", "{ fileSize: 10 * 1024 * 1024 }");
    if (edit !== undefined)
      return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
  }
  return [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Give the parser the largest size that you need. No edit is offered: its options are not written here.",
    },
  ];
}
