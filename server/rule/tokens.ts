/** Calls of token libraries, as the model rows of kind "token" describe them. */
import { constantOf, type Given, given, knownStrings, stringsOf } from "./given.ts";
import type { Code, Observation, Op, ProgramContext, SinkKind, Span, ValueId } from "./rule.ts";

export type Data = Readonly<Record<string, string | number | boolean>>;

export function rowData(
  call: { readonly sinks: Observation["sinks"] },
  kind: SinkKind,
): Data | undefined {
  return call.sinks.find((s) => s.kind === kind)?.data;
}
export function tokenData(call: Observation, does: string): Data | undefined {
  const data = rowData(call, "token");
  return data?.does === does ? data : undefined;
}

/** The argument, or the entry of an options object written in the call. */
export function spanOf(call: Observation, code: Code, found: Given): Span {
  if (found.kind !== "given") return call.site.span;
  const op = bare(code, found.argument.op);
  const key = found.path[0];
  const entry =
    key !== undefined && op.op === "record" ? op.entries.findLast((e) => e.key === key) : undefined;
  return entry?.span ?? found.argument.span;
}
export function bare(code: Code, id: ValueId): Op {
  const op = code.op(id);
  return op.op === "annotate" || op.op === "await" ? bare(code, op.value) : op;
}

/** The variable is the framework's setting, not one that happens to have its name. */
export function isSetting(code: Code, { beside, files }: Data): boolean {
  const has = (pattern: Data[string] | undefined, text: string): boolean =>
    pattern !== undefined && new RegExp(String(pattern)).test(text);
  return (
    (beside === undefined && files === undefined) ||
    has(beside, code.fileText) ||
    has(files, code.file)
  );
}
/** The switch that turns the check of the signature off is on. */
export function isUnchecked(call: Observation, data: Data): boolean {
  return constantOf(given(call, data.signature)) === false;
}

/** The only algorithm a token is signed with; undefined when it is not known. */
export function signingAlgorithm(call: Observation, data: Data, code: Code): string | undefined {
  if (data.unsigned === true) return "none";
  if (data.chain !== undefined) {
    const header = chainOf(code, call.site.op).find((c) => c.name === "setProtectedHeader")?.call
      .args[0];
    const record = header === undefined ? undefined : bare(code, header.value);
    const entry =
      record?.op === "record" ? record.entries.findLast((e) => e.key === "alg") : undefined;
    const value = entry === undefined ? undefined : bare(code, entry.value);
    return value?.op === "const" && typeof value.value === "string" ? value.value : undefined;
  }
  const found = given(call, data.algorithm);
  if (found.kind === "unknown") return undefined;
  if (found.kind === "absent") return typeof data.usual === "string" ? data.usual : undefined;
  const all = stringsOf(found.value);
  return all?.length === 1 ? all[0] : undefined;
}

/** The algorithms a verifying call accepts, "none" left out; undefined when not all are known. */
export function acceptedAlgorithms(call: Observation, data: Data): readonly string[] | undefined {
  const found = given(call, data.algorithms);
  const all = found.kind === "given" ? stringsOf(found.value) : undefined;
  return all?.filter((a) => a.toLowerCase() !== "none");
}
export function knownAlgorithms(call: Observation, data: Data): readonly string[] {
  const found = given(call, data.algorithms);
  return found.kind === "given" ? knownStrings(found.value) : [];
}

/** The calls of a chain `new A(..).b(..).c(..)`, the last first; the first made has the name "new". */
export function chainOf(
  code: Code,
  last: ValueId,
): { readonly name: string; readonly call: Op & { op: "call" } }[] {
  const out: { name: string; call: Op & { op: "call" } }[] = [];
  for (let op = code.op(last); op.op === "call"; ) {
    const callee: Op = code.op(op.callee);
    out.push({ name: op.isNew || callee.op !== "member" ? "new" : callee.name, call: op });
    if (op.isNew || callee.op !== "member") break;
    op = bare(code, callee.object);
  }
  return out;
}

/** HMAC, RSA or elliptic curve: what kind of key an algorithm needs. */
export function family(algorithm: string): string {
  return /^HS/i.test(algorithm)
    ? "HMAC"
    : /^(?:RS|PS)/i.test(algorithm)
      ? "RSA"
      : /^ES/i.test(algorithm)
        ? "EC"
        : algorithm;
}

/** The operation that gives the key. */
export function keyOp(call: Observation, data: Data, code: Code): ValueId | undefined {
  const found = given(call, data.key);
  if (found.kind !== "given") return undefined;
  if (found.path.length === 0) return found.argument.op;
  const record = bare(code, found.argument.op);
  return record.op === "record"
    ? record.entries.findLast((e) => e.key === found.path[0])?.value
    : undefined;
}

export function language(call: Observation, context: ProgramContext): "python" | "javascript" {
  return context.code(call.site.item)?.language ?? "python";
}
