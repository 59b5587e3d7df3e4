/** What a function is given by whoever takes it: rows for "PATH.arg(1).param(0)", "PATH.%method.get.param(0)" and the like. */
import type { Knowledge } from "./knowledge.ts";
import type { SourceRow } from "./model.ts";

export interface Given {
  readonly sources: readonly SourceRow[];
  /** Instance paths. */
  readonly types: readonly string[];
}

/** How a function is taken, and what parameter of it is asked for. */
export interface Asked {
  readonly taker: string;
  readonly position: number;
  /** Of how many parameters. */
  readonly of: number;
}

const NOTHING: Given = { sources: [], types: [] };

/** The most exact rows win: of the number of parameters, then of the position, then of any parameter. */
export function given(k: Knowledge, { taker, position, of }: Asked): Given {
  const any = anyPosition(taker);
  for (const path of [`${taker}.of${of}`, taker])
    for (const param of [`.param(${position})`, ".param(*)"]) {
      const exact = rowsOf(k, path + param);
      const loose = any === taker ? NOTHING : rowsOf(k, anyPosition(path) + param);
      if (exact === NOTHING && loose === NOTHING) continue;
      return {
        sources: [...exact.sources, ...loose.sources],
        types: [...exact.types, ...loose.types],
      };
    }
  return NOTHING;
}

function rowsOf(k: Knowledge, path: string): Given {
  const type = k.canon(path);
  const sources = k.source(path);
  if (type === path && sources.length === 0) return NOTHING;
  return { sources, types: type === path ? [] : [type] };
}

/** "P.arg(1)" and "P.arg(1).of4" -> "P.arg(*)" and "P.arg(*).of4" */
export function anyPosition(taker: string): string {
  return taker.replace(/\.arg\([^)]*\)(\.of\d+)?$/, ".arg(*)$1");
}

/** What the texts that were given together with the function say of the parameter: "<int:id>", "message". */
export function verdict(
  row: SourceRow,
  name: string,
  texts: readonly string[],
): "source" | "converted" | "other" {
  const matches = (pattern: string): boolean => {
    const test = new RegExp(pattern.replaceAll("NAME", name.replace(/\W/g, "\\$&")));
    return texts.some((text) => test.test(text));
  };
  if (row.only !== undefined && !matches(row.only)) return "other";
  return row.converted !== undefined && matches(row.converted) ? "converted" : "source";
}
