/**
 * Functions of the project that the data of a finding goes into and comes out of again: were the result of one of them
 * harmless, the finding would be gone.
 */
import { absoluteSpan } from "../languages/items.ts";
import { fileOf, type PlacedItem, type Program } from "../project/program.ts";
import { spread } from "../taint/fields.ts";
import type { Entry, Summary } from "../taint/summary.ts";
import type { ItemId, Trail } from "../taint/value.ts";
import type { PassedFunction } from "./api.ts";
import type { Found } from "./input.ts";

interface Known {
  readonly program: Program;
  readonly summary: (item: ItemId) => Summary | undefined;
  readonly entryOf: (item: ItemId) => Entry;
}

/** A function on the way, with the call that the data went in by and the parameter it came in as. */
interface Frame {
  readonly item: ItemId;
  readonly call?: Trail;
  readonly parameter?: number;
}

/** Those that lie on every way of the finding, in the order of the first way. */
export function passedFunctions({ hits }: Found, known: Known): readonly PassedFunction[] {
  const kinds = [...new Set(hits.map(({ sink }) => sink))];
  const [first, ...others] = hits.map(({ trail }) => cameBack(trail, known));
  const key = ({ item, parameter }: Frame): string => `${item} ${parameter}`;
  const elsewhere = others.map((frames) => new Set(frames.map(key)));
  const onAll = (first ?? []).filter((frame) => elsewhere.every((keys) => keys.has(key(frame))));
  const unique = [...new Map(onAll.map((frame) => [key(frame), frame])).values()];
  return unique.flatMap((frame) => described(frame, kinds, known) ?? []);
}

/** In the order of the calls. */
function cameBack(last: Trail, known: Known): readonly Frame[] {
  const steps: Trail[] = [];
  for (let at: Trail | undefined = last; at !== undefined; at = at.prev) steps.unshift(at);
  const back: Frame[] = [];
  let stack: Frame[] = [];
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1];
    const parameter = before?.role === "call" ? parameterAt(step, known) : undefined;
    if (before?.role === "call" && (parameter !== undefined || step.item !== before.item)) {
      stack.push({
        item: step.item,
        call: before,
        ...(parameter === undefined ? {} : { parameter }),
      });
      continue;
    }
    const at = stack.findLastIndex(({ item }) => item === step.item);
    const outermost = stack[0];
    if (at >= 0) back.push(...stack.splice(at + 1));
    else {
      // A caller comes on, or else data that was stored is read.
      if (outermost !== undefined && known.summary(step.item)?.calls.includes(outermost.item))
        back.push(...stack);
      stack = [{ item: step.item }];
    }
  }
  const order = ({ call }: Frame): number => (call === undefined ? -1 : steps.indexOf(call));
  return back
    .filter((frame) => isByResult(frame, known))
    .sort((one, other) => order(one) - order(other));
}

function parameterAt({ item, span }: Trail, { program }: Known): number | undefined {
  const at = program
    .item(item)
    ?.ir.params.findIndex((one) => one.span.start === span.start && one.span.end === span.end);
  return at === undefined || at === -1 ? undefined : at;
}

/** What comes in by the parameter is in the result. */
function isByResult({ item, parameter }: Frame, { summary }: Known): boolean {
  const returns = parameter === undefined ? undefined : summary(item)?.returns;
  return (
    returns !== undefined &&
    spread(returns).some(({ label }) => label.startsWith(`param:${parameter}:`))
  );
}

function described(
  { item, call, parameter }: Frame,
  kinds: readonly string[],
  known: Known,
): PassedFunction | undefined {
  const placed = known.program.item(item);
  const caller = call === undefined ? undefined : known.program.item(call.item);
  const language = known.program.file(fileOf(item))?.language.id;
  const argument = placed === undefined ? undefined : argumentOf(placed, parameter, known);
  const name = item.slice(item.indexOf("#") + 1);
  // Nobody can name a function without a name.
  if (call === undefined || caller === undefined || language === undefined || /^$|[<~]/.test(name))
    return undefined;
  if (placed === undefined || argument === undefined) return undefined;
  return {
    file: placed.file,
    name,
    language,
    argument,
    kinds,
    call: { file: caller.file, span: absoluteSpan(caller.source, call.span) },
  };
}

/** As rows count: without the object whose method it is. */
function argumentOf(
  { id, ir }: PlacedItem,
  parameter: number | undefined,
  { entryOf }: Known,
): number | string | undefined {
  const param = parameter === undefined ? undefined : ir.params[parameter];
  if (parameter === undefined || param === undefined) return undefined;
  if (param.kind === "rest" || param.kind === "keywords") return undefined;
  if (param.kind === "keyword") return param.name;
  const position = parameter - (entryOf(id).selfParam ? 1 : 0);
  return position < 0 ? undefined : position;
}
