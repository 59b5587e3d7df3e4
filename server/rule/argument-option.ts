/** Which element of a list of arguments an attacker makes an option of the program. */
import { isCheckedElsewhere } from "./checked.ts";
import { runsAs, usesShell, written } from "./command.ts";
import {
  type Code,
  type Context,
  type Hit,
  kindBit,
  onlyConst,
  type Value,
  type ValueId,
} from "./rule.ts";

export interface OptionArgument {
  readonly program: string;
  readonly harm: string;
  /** What ends the options, if the program knows such a thing. */
  readonly ends: string | undefined;
  /** Where it stands in the list, and the element, if the list is written here. */
  readonly at: number;
  readonly element: ValueId | undefined;
  /** Elements behind it, as far as they are known, are no options of the program's own. */
  readonly isBehindOptions: boolean;
  /** All that stands behind it is known. */
  readonly isKnownBehind: boolean;
}

const BEHIND = kindBit("behind");

/** Undefined where the data begins no argument, stands behind `--` or is the value of an option, and where a check is in sight. */
export function optionArgument(hit: Hit, context: Context): OptionArgument | undefined {
  const code = context.code(hit.site.item);
  const call = code?.op(hit.site.op);
  if (code === undefined || call?.op !== "call") return undefined;
  if (runsAs(hit, code) !== undefined || usesShell(call, code)) return undefined;
  const fields = hit.value.fields;
  if (fields === undefined) return undefined;
  const given: Value[] = [];
  for (let i = 0; fields.has(String(i)); i++) given.push(fields.get(String(i)) as Value);
  const first = call.args[0]?.value;
  const isWhole =
    first === hit.arg || call.args.some((a) => a.value === hit.arg && a.name !== undefined);
  const words = given.map(textOf);
  const path = isWhole ? words[0] : first === undefined ? undefined : constText(code, first);
  if (path === undefined) return undefined;
  const own = isWhole ? words.slice(1) : words;
  const name = path.replace(/^.*[\\/]/, "").replace(/\.exe$/i, "");
  const known = programOf(hit, name, own);
  if (known === undefined) return undefined;
  const shift = isWhole ? 1 : 0;
  for (const [i, word] of own.entries()) {
    if (word === "--" || word === "--end-of-options") return undefined;
    if (word !== undefined || !beginsWith(given[i + shift] as Value, hit)) continue;
    const before = i === 0 ? undefined : own[i - 1];
    if (before?.startsWith("-") === true && !known.flags.includes(` ${before} `)) continue;
    const list = written(code, hit.arg);
    const element = list.op === "sequence" ? list.elements[i + shift] : undefined;
    const isHere =
      list.op === "sequence" && list.elements.slice(0, i + shift + 1).every((e) => !e.spread);
    const value = isHere ? element?.value : undefined;
    if (isCheckedElsewhere(hit, context) || (value !== undefined && isChecked(code, value, hit)))
      return undefined;
    return {
      program: known.program,
      harm: known.harm,
      ends: known.ends,
      at: i + shift,
      element: value,
      isKnownBehind:
        list.op === "sequence" &&
        list.elements.length === own.length + shift &&
        list.elements.every((e) => !e.spread) &&
        own.slice(i + 1).every((w) => w !== undefined),
      isBehindOptions: own.slice(i + 1).every((w) => w === undefined || !w.startsWith("-")),
    };
  }
  return undefined;
}

function programOf(hit: Hit, name: string, words: readonly (string | undefined)[]) {
  const data = hit.row.data ?? {};
  // Options that stand before the subcommand may have values: git -C /srv fetch.
  for (const program of [...words.map((word) => `${name} ${word}`), name]) {
    const harm = data[`harm.${program}`];
    if (typeof harm !== "string") continue;
    const ends = data[`ends.${program}`];
    return {
      program,
      harm,
      ends: typeof ends === "string" ? ends : undefined,
      flags: String(data[`flags.${program}`] ?? ""),
    };
  }
  return undefined;
}

function textOf(value: Value): string | undefined {
  const only = onlyConst(value)?.value;
  return only === undefined ? undefined : String(only);
}
function constText(code: Code, id: ValueId): string | undefined {
  const op = written(code, id);
  return op.op === "const" && typeof op.value === "string" ? op.value : undefined;
}

/** The data stands at the very beginning of the text in one of its forms. */
function beginsWith(value: Value, hit: Hit): boolean {
  const isData = (v: Value) =>
    v.taint.some(
      (t) =>
        (t.label === hit.label || t.kind === hit.kind) &&
        (t.derive === "same" || t.derive === "part") &&
        (t.cleared & (BEHIND | kindBit("shell"))) === 0,
    );
  if (value.scalar === true) return false;
  if (value.alts === undefined) return isData(value);
  return value.alts.some((alt) => {
    if (!("parts" in alt)) return false;
    const begins = alt.parts[0];
    return begins?.value !== undefined && isData(begins.value);
  });
}

/** A function whose name says that it checks or takes apart was asked about the same expression before the call. */
function isChecked(code: Code, value: ValueId, hit: Hit): boolean {
  const text = code.text(code.op(value).span);
  return code.ir.ops.some((op) => {
    if (
      op.op !== "call" ||
      op.span.start >= hit.site.span.start ||
      op.span.end > hit.site.span.start
    )
      return false;
    const callee = code.op(op.callee);
    const name = callee.op === "member" ? callee.name : code.text(callee.span);
    if (!/start|match|test|pars|split|valid|check|URL|allow|search/i.test(name)) return false;
    const asked = [
      ...op.args.map((a) => code.text(a.span)),
      ...(callee.op === "member" ? [code.text(code.op(callee.object).span)] : []),
    ];
    return asked.includes(text);
  });
}
