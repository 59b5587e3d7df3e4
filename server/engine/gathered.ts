/** Many notes of one rule in one file say no more than one does: they become the first of them, with a count. */
import type { Finding } from "./api.ts";
import type { Found } from "./input.ts";

/** Notes of one rule in one file that are shown one by one. */
const MOST_NOTES = 5;
/** Of the others so many are listed as places. */
const MOST_PLACES = 20;

/** `found` is in the order of the file. The one that stays keeps its fingerprint and its fixes: they mend that place. */
export function gathered(found: readonly Found[]): Found[] {
  const notes = new Map<string, Found[]>();
  for (const one of found) {
    const { rule, level } = one.finding;
    if (level === "error" || level === "warning") continue;
    const known = notes.get(rule);
    if (known === undefined) notes.set(rule, [one]);
    else known.push(one);
  }
  if (![...notes.values()].some(({ length }) => length > MOST_NOTES)) return [...found];
  return found.flatMap((one) => {
    const all = notes.get(one.finding.rule);
    if (all === undefined || all.length <= MOST_NOTES || !all.includes(one)) return [one];
    return one === all[0] ? [{ ...one, finding: withCount(all) }] : [];
  });
}

function withCount(all: readonly Found[]): Finding {
  const [first, ...others] = all.map((one) => one.finding) as [Finding, ...Finding[]];
  const places = others.slice(0, MOST_PLACES).map(({ file, span }) => ({
    file,
    span,
    role: "step" as const,
    text: "the same here",
  }));
  return {
    ...first,
    message: {
      ...first.message,
      what: `${first.message.what} There are ${others.length} more such places in this file.`,
    },
    // Where it is about data, the steps are those of the first one.
    flow: first.paths.length > 0 ? first.flow : [...first.flow, ...places],
  };
}
