/** A hash of a secret and data becomes an HMAC of the data: the secret is taken out of the text and made the key. */
import type { Code, Edit, Fix, Match, Op, Span, ValueId } from "../rule.ts";
import { bare } from "../tokens.ts";
import { quoted } from "./arguments.ts";
import { importEdit, importedAs } from "./imports.ts";

type Call = Op & { readonly op: "call" };

/** Where the secret stands once in one input, as a side of `+` or a hole of a text; undefined in all other forms. */
export function keyedFix(match: Match, code: Code): readonly Fix[] | undefined {
  const hash = code.op(match.op ?? 0);
  const inputs = String(match.facts?.inputs).split(",").map(Number);
  const key = Number(match.facts?.key);
  const input = inputs[0];
  if (hash.op !== "call" || inputs.length !== 1 || input === undefined) return undefined;
  const taken = takeOut(code, input, key);
  if (taken === undefined) return undefined;
  const secret = code.text(code.op(key).span);
  const edits =
    code.language === "python"
      ? inPython(code, hash, input, secret)
      : inJavaScript(code, hash, secret);
  if (edits === undefined) return undefined;
  const all = [...edits, taken].sort((a, b) => a.start - b.start);
  return [
    {
      title: "Use HMAC with SHA-256",
      grade: "suggested",
      edits: [{ file: code.file, edits: all }],
    },
  ];
}

/** Removes the secret from where it is joined to the data. */
function takeOut(code: Code, from: ValueId, key: ValueId): Edit | undefined {
  const op = bare(code, from);
  const remove = (a: number, b: number, span: Span): Edit => {
    const at = code.absolute({ start: span.start + a, end: span.start + b });
    return { ...at, newText: "" };
  };
  switch (op.op) {
    case "binary": {
      if (op.operator !== "+") return undefined;
      const [left, right] = [code.op(op.left).span, code.op(op.right).span];
      const isPlain = !/[()\r\n]/.test(code.text({ start: left.end, end: right.start }));
      if (op.left === key) return isPlain ? remove(0, right.start - left.start, left) : undefined;
      if (op.right === key)
        return isPlain ? remove(left.end - right.start, right.end - right.start, right) : undefined;
      return takeOut(code, op.left, key) ?? takeOut(code, op.right, key);
    }
    case "join": {
      const hole = op.parts.find((p) => p.kind === "hole" && p.value === key);
      const isSpelled = op.style === "fstring" || op.style === "template";
      return isSpelled && hole !== undefined && op.parts.length > 1
        ? { ...code.absolute(hole.span), newText: "" }
        : undefined;
    }
    case "call": {
      // `(secret + data).encode()`
      const callee = code.op(op.callee);
      return callee.op === "member" && callee.name === "encode"
        ? takeOut(code, callee.object, key)
        : undefined;
    }
    default:
      return undefined;
  }
}

function inJavaScript(code: Code, hash: Call, secret: string): readonly Edit[] | undefined {
  const callee = code.op(hash.callee);
  const name = hash.args[0] === undefined ? undefined : code.op(hash.args[0].value);
  if (hash.args.length !== 1 || name?.op !== "const") return undefined;
  const algorithm: Edit = {
    ...code.absolute(name.span),
    newText: `${quoted(code, "sha256")}, ${secret}`,
  };
  if (callee.op === "member" && callee.name === "createHash")
    return [{ ...code.absolute(callee.nameSpan), newText: "createHmac" }, algorithm];
  if (callee.op !== "free" && callee.op !== "load") return undefined;
  if (code.text(callee.span) !== "createHash") return undefined;
  const { edit, local } = importEdit(code, { module: "crypto", name: "createHmac" });
  const own: Edit = { ...code.absolute(callee.span), newText: local };
  return [...(edit === undefined ? [] : [edit]), own, algorithm];
}

/** The data must be encoded as a whole: then the secret is a text, too. */
function inPython(
  code: Code,
  hash: Call,
  input: ValueId,
  secret: string,
): readonly Edit[] | undefined {
  const whole = bare(code, input);
  const callee = code.op(hash.callee);
  const first = hash.args[0];
  if (whole.op !== "call" || hash.args.length !== 1 || first === undefined) return undefined;
  const encode = code.op(whole.callee);
  if (encode.op !== "member" || first.value !== input || first.name !== undefined) return undefined;
  const [joined] = [bare(code, encode.object)];
  // In an f-string it may be something else than a text.
  const isText = joined.op === "binary";
  const hashes = importedAs(code, { module: "hashlib" });
  if (hashes === undefined || !/^md5|^sha1/.test(callee.op === "member" ? callee.name : ""))
    return undefined;
  const { edit, local } = importEdit(code, { module: "hmac" });
  const at = code.absolute(first.span);
  const args = code.text(whole.argsSpan);
  const key = isText ? `${secret}.encode${args}` : `str(${secret}).encode${args}`;
  return [
    ...(edit === undefined ? [] : [edit]),
    { ...code.absolute(callee.span), newText: `${local}.new` },
    { start: at.start, end: at.start, newText: `${key}, ` },
    { start: at.end, end: at.end, newText: `, ${hashes}.sha256` },
  ];
}
