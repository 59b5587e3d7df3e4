/** Makes a round with a fault smaller, as long as it has one of the same kind: fewer acts, files and lines. */
import { linesOf } from "./lines.ts";
import type { Act, Round } from "./round.ts";

export type StillFails = (round: Round) => boolean;

/** The smallest round found until the time is over; `fails` is true for the given one. */
export function shrunk(round: Round, fails: StillFails, milliseconds: number): Round {
  const stop = performance.now() + milliseconds;
  const tries: StillFails = (one) => performance.now() < stop && fails(one);
  let best = round;
  while (performance.now() < stop) {
    const before = JSON.stringify(best).length;
    best = fewerActs(best, tries);
    best = fewerFiles(best, tries);
    best = fewerLines(best, tries);
    if (JSON.stringify(best).length === before) break;
  }
  return best;
}

function fewerActs(round: Round, fails: StillFails): Round {
  const last = round.acts.at(-1) as Act;
  const acts = fewer(round.acts.slice(0, -1), (kept) => fails({ ...round, acts: [...kept, last] }));
  return { ...round, acts: [...acts, last] };
}

function fewerFiles(round: Round, fails: StillFails): Round {
  const names = [...new Set(round.files.map(([file]) => file))];
  const of = (kept: readonly string[]): Round => {
    const gone = new Set(names.filter((name) => !kept.includes(name)));
    return {
      files: round.files.filter(([file]) => !gone.has(file)),
      acts: round.acts.filter((act) => !("file" in act) || !gone.has(act.file)),
    };
  };
  return of(fewer(names, (kept) => fails(of(kept))));
}

/** The same lines leave every text of a file in which they stand in a row. */
function fewerLines(round: Round, fails: StillFails): Round {
  let best = round;
  const files = new Set([
    ...round.files.map(([file]) => file),
    ...round.acts.flatMap((act) => (act.do === "text" ? [act.file] : [])),
  ]);
  for (const file of files) {
    const longest = textsOf(best, file).sort((a, b) => b.length - a.length)[0] ?? "";
    const lines = linesOf(longest);
    for (let size = Math.ceil(lines.length / 2); size >= 1; size = Math.floor(size / 2))
      for (let at = lines.length - size; at >= 0; at -= size) {
        const next = withoutLines(best, file, lines.slice(at, at + size).join(""));
        if (next !== undefined && fails(next)) {
          best = next;
          lines.splice(at, size);
        }
      }
  }
  return best;
}

function textsOf(round: Round, file: string): string[] {
  return [
    ...round.files.filter(([name]) => name === file).map(([, text]) => text),
    ...round.acts.flatMap((act) => (act.do === "text" && act.file === file ? [act.text] : [])),
  ];
}

function withoutLines(round: Round, file: string, lines: string): Round | undefined {
  if (lines === "" || !textsOf(round, file).some((text) => text.includes(lines))) return undefined;
  const cut = (text: string): string => text.replace(lines, () => "");
  return {
    files: round.files.map(([name, text]) => [name, name === file ? cut(text) : text]),
    acts: round.acts.map((act) =>
      act.do === "text" && act.file === file ? { ...act, text: cut(act.text) } : act,
    ),
  };
}

/** Leaves out runs of a list, long ones first. */
function fewer<T>(list: readonly T[], fails: (kept: readonly T[]) => boolean): readonly T[] {
  let kept = list;
  for (let size = Math.max(1, Math.ceil(list.length / 2)); size >= 1; size = Math.floor(size / 2))
    for (let at = Math.max(0, kept.length - size); kept.length > 0; at -= size) {
      const next = [...kept.slice(0, Math.max(0, at)), ...kept.slice(at + size)];
      if (next.length < kept.length && fails(next)) kept = next;
      if (at <= 0) break;
    }
  return kept;
}
