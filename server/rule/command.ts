/** What data does in a command that is started. */

import { type Code, constants, type Hit, type Op, spread } from "./rule.ts";
import { storesOf } from "./stores.ts";

/** Programs that take a command of a shell as an argument, with what says so. */
const SHELLS: Readonly<Record<string, RegExp>> = {
  sh: /^-[a-z]*c$/,
  bash: /^-[a-z]*c$/,
  dash: /^-[a-z]*c$/,
  ksh: /^-[a-z]*c$/,
  zsh: /^-[a-z]*c$/,
  cmd: /^\/[ck]$/i,
  powershell: /^-c(ommand)?$/i,
  pwsh: /^-c(ommand)?$/i,
  // What follows the name of a script is put into the shell line that the script is.
  npm: /^run(-script)?$/,
  yarn: /^run$/,
  pnpm: /^run$/,
};

/** What the data does: part of a "shell" line, the "program" itself, an argument of a "script"; undefined: an argument, which runs nothing. */
export function runsAs(hit: Hit, code: Code): "shell" | "program" | "script" | undefined {
  if (hit.row.data?.shell === "always") return "shell";
  const call = code.op(hit.site.op);
  if (call.op !== "call") return undefined;
  if (usesShell(call, code)) return inShellLine(hit, code) ? "shell" : undefined;
  const words = wordsOf(call, code);
  if (words === undefined) return isFirst(hit, call) && !startsFixed(hit) ? "program" : undefined;
  if (words[0] === undefined) return isProgram(hit, call) ? "program" : undefined;
  const name = words[0].replace(/^.*[\\/]/, "").replace(/\.(exe|cmd|bat)$/i, "");
  const flag = SHELLS[name];
  if (flag === undefined || !words.slice(1).some((w) => w !== undefined && flag.test(w)))
    return undefined;
  return /^(npm|yarn|pnpm)$/.test(name) ? "script" : "shell";
}

/** `shell=True` or `{ shell: true }`, or something that is not known to be false. */
export function usesShell(call: Op & { op: "call" }, code: Code): boolean {
  const given = (op: Op): boolean =>
    op.op !== "const" || (op.value !== false && op.value !== null && op.value !== undefined);
  return call.args.some((a) => {
    if (a.name === "shell") return given(code.op(a.value));
    const options = code.op(a.value);
    return (
      options.op === "record" &&
      options.entries.some((e) => e.key === "shell" && given(code.op(e.value)))
    );
  });
}

/** Of a list with `shell=True`, Python runs the first element; Node joins all. */
function inShellLine(hit: Hit, code: Code): boolean {
  if (code.language !== "python" || hit.value.fields === undefined) return true;
  const first = hit.value.fields.get("0") ?? hit.value.fields.get("*");
  return first !== undefined && spread(first).some((t) => t.label === hit.label);
}

/** The words of the command as far as they are written here; undefined if it is not a list. */
function wordsOf(call: Op & { op: "call" }, code: Code): (string | undefined)[] | undefined {
  const word = (op: Op): string | undefined =>
    op.op === "const" && typeof op.value === "string" ? op.value : undefined;
  const list = (op: Op): (string | undefined)[] | undefined =>
    op.op === "sequence"
      ? op.elements.map((e) => (e.spread ? undefined : word(code.op(e.value))))
      : undefined;
  const [first, second] = call.args.map((a) => written(code, a.value));
  if (first === undefined) return undefined;
  const whole = list(first);
  if (whole !== undefined) return whole;
  const program = word(first);
  if (program === undefined) return undefined;
  return [program, ...((second === undefined ? undefined : list(second)) ?? [])];
}

/** The operation that made a value, through a variable that is set once. */
export function written(code: Code, id: number): Op {
  const op = code.op(id);
  if (op.op !== "load") return op;
  const stores = storesOf(code, op.slot);
  const [only] = stores;
  return stores.length === 1 && only !== undefined ? code.op(only) : op;
}

function isFirst(hit: Hit, call: Op & { op: "call" }): boolean {
  const named = call.args.find((a) => a.name === "args" || a.name === "program");
  return hit.arg === (named ?? call.args[0])?.value;
}
/** The first word of the list is the attacker's. */
function isProgram(hit: Hit, call: Op & { op: "call" }): boolean {
  if (!isFirst(hit, call)) return false;
  const first = hit.value.fields?.get("0");
  return (
    first !== undefined && spread(first).some((t) => t.label === hit.label) && !startsText(first)
  );
}
function startsFixed(hit: Hit): boolean {
  if (hit.value.fields !== undefined) {
    const first = hit.value.fields.get("0");
    return first === undefined || !spread(first).some((t) => t.label === hit.label);
  }
  return startsText(hit.value);
}
function startsText(value: Hit["value"]): boolean {
  if (constants(value) !== undefined) return true;
  const { alts } = value;
  return alts?.every((alt) => "const" in alt || (alt.parts[0]?.text ?? "") !== "") === true;
}
