/** Settings of cross-origin libraries, as the model rows of kind "cors" describe them. */

import {
  removeArgument,
  removeEntry,
  setArgument,
  setKeyword,
  setProperty,
} from "./fix/arguments.ts";
import { importEdit } from "./fix/imports.ts";
import { constantOf, type Given, given } from "./given.ts";
import type { Code, Edit, Fix, Hit, Observation, Op, Value } from "./rule.ts";
import { bare, type Data } from "./tokens.ts";

/** Credentials are switched on, for all paths or for one of them. */
export function allowsCredentials(call: Observation, data: Data): boolean {
  if (constantOf(given(call, data.credentials)) === true) return true;
  const resources = data.resources === undefined ? undefined : given(call, data.resources);
  const all = resources?.kind === "given" ? [...(resources.value.fields?.values() ?? [])] : [];
  return all.some((v) => constantOf(of(v.fields?.get(String(data.credentials)))) === true);
}
function of(value: Value | undefined): Given {
  return value === undefined
    ? { kind: "absent" }
    : { kind: "given", value, argument: { value, op: -1, span: { start: 0, end: 0 } }, path: [] };
}

/** Origins given path by path: `resources={"/api/*": {"origins": [...]}}`. */
export function nestedOrigins(resources: Given): readonly Value[] | "unknown" | undefined {
  if (resources.kind === "unknown") return "unknown";
  if (resources.kind === "absent" || resources.value.fields === undefined) return undefined;
  if (resources.value.closed !== true) return "unknown";
  const each = [...resources.value.fields.values()].map((v) => v.fields?.get("origins"));
  return each.some((v) => v === undefined) ? undefined : (each as readonly Value[]);
}

/** The header that allows credentials is set to true in this function. */
export function isTrueText(code: Code): boolean {
  const says = (op: Op): boolean =>
    op.op === "const" &&
    typeof op.value === "string" &&
    op.value.toLowerCase() === "access-control-allow-credentials";
  const key = code.ir.ops.some(
    (op) =>
      says(op) ||
      (op.op === "record" &&
        op.entries.some(
          (e) =>
            typeof e.key === "string" && e.key.toLowerCase() === "access-control-allow-credentials",
        )),
  );
  return (
    key && code.ir.ops.some((op) => op.op === "const" && (op.value === true || op.value === "true"))
  );
}

/** A list of origins read from the environment, which refuses all while it is not set; or no credentials. */
export function originFixes(
  call: Observation,
  data: Data,
  code: Code,
  op: Op & { op: "call" },
): readonly Fix[] {
  const out: Fix[] = [];
  const wanted =
    data.needs === undefined ? undefined : importEdit(code, { module: String(data.needs) });
  const fill =
    wanted === undefined
      ? quotedLike(code, String(data.fill))
      : quotedLike(code, String(data.fill)).replace(/\bos\b/, wanted.local);
  const origins = set(call, code, op, String(data.origins), fill);
  if (origins !== undefined)
    out.push({
      title: "Allow only the origin in APP_ORIGIN",
      grade: "placeholder",
      edits: [
        { file: code.file, edits: [...(wanted?.edit === undefined ? [] : [wanted.edit]), origins] },
      ],
    });
  const credentials = drop(call, code, op, String(data.credentials));
  if (credentials !== undefined)
    out.push({
      title: "Send no credentials to other sites",
      grade: "suggested",
      edits: [{ file: code.file, edits: [credentials] }],
    });
  return out.length > 0
    ? out
    : [
        {
          title: "List the allowed origins",
          grade: "manual",
          edits: [],
          reason:
            "Give the library a list of your own origins. No edit is offered: its options are not written in this call.",
        },
      ];
}

function set(
  call: Observation,
  code: Code,
  op: Op & { op: "call" },
  spec: string,
  value: string,
): Edit | undefined {
  const keyword = spec.split("|").find((s) => /^[A-Za-z_]\w*$/.test(s));
  if (keyword !== undefined)
    return given(call, spec).kind === "given"
      ? setArgument(code, op, spec, value)
      : setKeyword(code, op, keyword, value);
  const there =
    spec.split("|").find((s) => given(call, s.replace(/\.\w+$/, "")).kind === "given") ?? "";
  const direct = /^(\d+)\.(\w+)$/.exec(there);
  if (direct !== null) return setProperty(code, op, Number(direct[1]), direct[2] as string, value);
  return undefined;
}
function drop(
  call: Observation,
  code: Code,
  op: Op & { op: "call" },
  spec: string,
): Edit | undefined {
  for (const one of spec.split("|")) {
    if (given(call, one).kind !== "given") continue;
    const arg = op.args.find((a) => a.name === one);
    if (arg !== undefined) return removeArgument(code, op, arg);
    const direct = /^(\d+)\.(\w+)$/.exec(one);
    const options = direct === null ? undefined : op.args[Number(direct[1])];
    const record = options === undefined ? undefined : bare(code, options.value);
    if (direct === null || options === undefined || record?.op !== "record") continue;
    return record.entries.length === 1
      ? removeArgument(code, op, options)
      : removeEntry(code, record, direct[2] as string);
  }
  return undefined;
}

function quotedLike(code: Code, text: string): string {
  return /'[^'"\n]*'/.test(code.fileText) && !/"[^'"\n]*"/.test(code.fileText)
    ? text.replaceAll('"', "'")
    : text;
}

/** Whose settings they are was guessed from a name. Where the library is an argument, the callee's name decides nothing. */
export function isGuessed(call: Observation, kind: "cors"): boolean {
  const row = call.sinks.find((s) => s.kind === kind);
  return row?.path.endsWith(".passed") === true
    ? (call.args[0]?.value.guessed ?? false)
    : call.guessed;
}

/** The value goes into Access-Control-Allow-Origin. */
export function isOriginHeader(hit: Hit, code: Code): boolean {
  if (hit.row.data?.name === undefined) return true;
  const call = code.op(hit.site.op);
  if (call.op !== "call") return false;
  const first = call.args[0] === undefined ? undefined : bare(code, call.args[0].value);
  if (first?.op === "const")
    return (
      typeof first.value === "string" && first.value.toLowerCase() === "access-control-allow-origin"
    );
  return (
    first?.op === "record" &&
    first.entries.some(
      (e) => typeof e.key === "string" && e.key.toLowerCase() === "access-control-allow-origin",
    )
  );
}
