import { importEdit } from "../server/rule/fix/imports.ts";
import { constantOf, given } from "../server/rule/given.ts";
import { isSample, isTest } from "../server/rule/place.ts";
import {
  argument,
  type Code,
  type Fix,
  type Match,
  type Observation,
  type Op,
  onlyConst,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";
import { sameAs } from "../server/rule/uses.ts";

export default rule({
  id: "tempfile-insecure",
  title: "Temporary file with a name that others can take",
  category: "files",
  severity: "low",
  cwe: [377, 379],
  owasp: ["A01:2021", "A01:2025"],
  calls: {
    sinks: ["temporary-name", "path"],
    check(call, context): Match | undefined {
      const code = context.code(call.site.item);
      if (code === undefined || isTest(code.file) || isSample(code.file)) return undefined;
      const { item, op, span } = call.site;
      if (rowData(call, "temporary-name") !== undefined)
        return failsIfThere(code, op)
          ? undefined
          : { item, op, span, call, confidence: "high", facts: { how: "name" } };
      const name = fixedName(call, code);
      // Where nobody else has an account, as in most containers, nothing comes of it.
      return name === undefined
        ? undefined
        : { item, op, span, call, confidence: "low", facts: { how: "fixed", name } };
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.how === "name"
        ? "mktemp gives a name that is free now; the file is made later."
        : `${String(facts?.name)} is written, a name that everybody knows in a folder that everybody can write to.`,
    why: "Another user of the machine makes that file first, or a link of that name to one of your files: it is then read by others, or overwritten.",
    fix: "Let one call choose the name and make the file: tempfile.NamedTemporaryFile or mkdtemp, fs.mkdtemp.",
  }),
  fixes: (match, code) => [made(match, code)],
});

/** The name is for what cannot be made if something is there: a folder, a pipe, a socket, a link. */
function failsIfThere(code: Code, result: number): boolean {
  const same = sameAs(code, result);
  return code.ir.ops.some((op) => {
    if (op.op !== "call" || !op.args.some((a) => same.has(a.value))) return false;
    const callee = code.op(op.callee);
    return (
      callee.op === "member" && /^(?:mkfifo|mkdir|makedirs|bind|symlink|link)$/.test(callee.name)
    );
  });
}

const SHARED = /^\/(?:var\/tmp|tmp|dev\/shm)\/[^/\0]+$/;
const WRITES =
  /^(?:open|writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|outputFile|outputFileSync|writeJson|writeJsonSync|write_text|write_bytes)$/;

function fixedName(call: Observation, code: Code): string | undefined {
  const row = call.sinks.find((s) => s.kind === "path");
  const op = code.op(call.site.op);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  const method = callee?.op === "member" || callee?.op === "free" ? callee.name : "";
  if (row === undefined || op.op !== "call" || !WRITES.test(method)) return undefined;
  const mode = constantOf(given(call, row.data?.mode));
  if (row.data?.mode !== undefined && !/^[^x]*[wa+]/.test(String(mode ?? "r"))) return undefined;
  if (String(constantOf(given(call, "2.flag|1.flags")) ?? "").includes("x")) return undefined;
  for (const spec of row.args) {
    const text = onlyConst(argument(call, spec)?.value)?.value;
    if (typeof text === "string") return SHARED.test(text) ? text : undefined;
  }
  return undefined;
}

/** `mktemp(suffix, prefix, dir)` becomes a file that is there, of which the name is asked. */
function made(match: Match, code: Code): Fix {
  const title = "Make the file at once";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const call = code.op(match.op ?? -1);
  if (match.facts?.how !== "name" || call.op !== "call")
    return manual(
      "Write into a folder that mkdtemp made, or into one that only this program can write to. No edit is offered: who else reads the file is not known.",
    );
  if (call.args.some((a) => a.spread !== undefined || /[\r\n]/.test(code.text(a.span))))
    return manual("Use tempfile.NamedTemporaryFile(delete=False).name.");
  const brought = importEdit(code, { module: "tempfile", name: "NamedTemporaryFile" });
  const names = ["suffix", "prefix", "dir"];
  const given = call.args.map((a, i) =>
    a.name === undefined ? `${names[i]}=${code.text(a.span)}` : code.text(a.span),
  );
  const { start, end } = code.absolute(call.span);
  const newText = `${brought.local}(${["delete=False", ...given].join(", ")}).name`;
  const edits = [...(brought.edit === undefined ? [] : [brought.edit]), { start, end, newText }];
  const grade = isOnlyForItself(code, match.op ?? -1) ? "safe" : "suggested";
  return { title, grade, edits: [{ file: code.file, edits }] };
}

/** What is done with the name is to open the file and to delete it in the end: nobody else asks for it, or who may read it. */
function isOnlyForItself(code: Code, result: ValueId): boolean {
  const same = sameAs(code, result);
  let deletes = false;
  const isHarmless = (op: Op): boolean => {
    if (op.op !== "call") return false;
    const callee = code.op(op.callee);
    if (callee.op === "member" && /^(?:remove|unlink)$/.test(callee.name) && op.args.length === 1) {
      deletes = true;
      return true;
    }
    const mode = op.args.find((a, i) => a.name === "mode" || (i === 1 && a.name === undefined));
    const written = mode === undefined ? undefined : code.op(mode.value);
    const isPlain =
      mode === undefined || (written?.op === "const" && /^[rwab+t]*$/.test(String(written.value)));
    return callee.op === "free" && callee.name === "open" && isPlain;
  };
  const uses = [...same].filter((id) => code.op(id).op === "load");
  const all = uses.every((id) =>
    code.ir.ops.some((op) => op.op === "call" && op.args[0]?.value === id && isHarmless(op)),
  );
  const isNamed = code.ir.ops.some((op) => op.op === "store" && op.value === result);
  // A function inside may read the variable, and other files one of a module.
  return isNamed && all && deletes && code.ir.holes.length === 0 && code.parent !== undefined;
}
