/** Does a round to an engine, and says where the findings are not those of an engine that only ever saw the last texts. */
import type { Departure, Engine, Finding, Fix } from "../../server/engine/api.ts";
import { empty, load, settle, type Texts } from "../harness/project.ts";
import { editsBetween } from "./lines.ts";
import { type Random, randomFrom } from "./random.ts";
import type { Act, Round } from "./round.ts";

/** What is wrong: after act number `at`. */
export interface Fault {
  readonly at: number;
  readonly what: "difference" | "crash" | "trees";
  readonly text: string;
}

export interface Watcher {
  /** Before each act. */
  act?(at: number): void;
  /** After each comparison, with the findings there are. */
  compared?(findings: number): void;
}

/** "last" compares only at the end of the round, as when a round is made smaller. */
export type When = "always" | "last";

const ANSWER = 1;
const WORK = 3;

/** The first fault of a round, if there is one. Both engines are emptied before and after. */
export function replay(
  round: Round,
  live: Engine,
  fresh: Engine,
  when: When,
  watcher: Watcher = {},
): Fault | undefined {
  const texts = new Map(round.files);
  const open = new Set<string>();
  live.dropCaches();
  load(live, texts);
  live.problems();
  try {
    for (const [at, act] of round.acts.entries()) {
      watcher.act?.(at);
      perform(act, live, texts, open);
      if (act.do !== "settle") continue;
      const got = answers(live, texts);
      const fault =
        got.crash ??
        (when === "always" || at === round.acts.length - 1
          ? compared(got, fresh, texts, watcher)
          : undefined) ??
        treeFault(live, open);
      if (fault !== undefined) return { at, ...fault };
    }
    for (const file of open) live.close(file);
    const left = live.liveTrees();
    if (left > 0)
      return { at: round.acts.length, what: "trees", text: `${left} trees are left behind` };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { at: round.acts.length, what: "crash", text };
  } finally {
    for (const file of texts.keys()) live.remove(file);
    empty(live);
  }
  return undefined;
}

function perform(act: Act, live: Engine, texts: Map<string, string>, open: Set<string>): void {
  switch (act.do) {
    case "text": {
      const before = texts.get(act.file);
      texts.set(act.file, act.text);
      if (before === undefined || !open.has(act.file)) live.set(act.file, act.text);
      else if (before !== act.text) live.edit(act.file, editsBetween(before, act.text));
      return;
    }
    case "remove":
      texts.delete(act.file);
      open.delete(act.file);
      live.remove(act.file);
      return;
    case "open": {
      const text = texts.get(act.file);
      if (text === undefined) return;
      open.add(act.file);
      live.set(act.file, text, { open: true });
      return;
    }
    case "close":
      open.delete(act.file);
      live.close(act.file);
      return;
    case "ask":
      if (texts.has(act.file)) live.check(act.file, ANSWER);
      return;
    case "work":
      live.step(WORK);
      return;
    case "drop": {
      const random: Random = randomFrom(act.seed);
      live.dropCaches(() => random.chance(act.share));
      return;
    }
    case "settle":
      return;
  }
}

interface Answers {
  readonly files: readonly Answer[];
  readonly crash: Omit<Fault, "at"> | undefined;
}

interface Answer {
  readonly file: string;
  readonly hasError: boolean;
  readonly findings: readonly Finding[];
  readonly departures: readonly Departure[];
  readonly fixes: readonly (readonly Fix[])[];
}

function answers(engine: Engine, texts: Texts): Answers {
  settle(engine);
  const files = [...texts.keys()].sort().map((file) => {
    const { findings, hasError } = engine.check(file);
    const departures = engine.departures(file);
    const fixes = findings.map(({ fingerprint }) => engine.fixes(file, fingerprint));
    return { file, hasError, findings, departures, fixes };
  });
  const crash = engine.problems().find((problem) => problem.crash);
  if (crash === undefined) return { files, crash: undefined };
  return { files, crash: { what: "crash", text: `${crash.file}: ${crash.message}` } };
}

function compared(
  got: Answers,
  fresh: Engine,
  texts: Texts,
  watcher: Watcher,
): Omit<Fault, "at"> | undefined {
  fresh.dropCaches();
  load(fresh, texts);
  const wanted = answers(fresh, texts);
  empty(fresh);
  if (wanted.crash !== undefined) return wanted.crash;
  watcher.compared?.(wanted.files.reduce((sum, { findings }) => sum + findings.length, 0));
  for (const [i, one] of got.files.entries()) {
    const other = wanted.files[i] as Answer;
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    return { what: "difference", text: difference(one, other) };
  }
  return undefined;
}

/** Both answers without the words that are the same. */
function difference(got: Answer, wanted: Answer): string {
  const parts = ["hasError", "findings", "departures", "fixes"] as const;
  const lines = [`${got.file}: after the edits, and fresh:`];
  for (const part of parts) {
    const [one, other] = [listed(got[part]), listed(wanted[part])];
    const onlyOne = one.filter((text) => !other.includes(text));
    const onlyOther = other.filter((text) => !one.includes(text));
    lines.push(...onlyOne.map((text) => `  only after the edits, ${part}: ${text}`));
    lines.push(...onlyOther.map((text) => `  only fresh, ${part}: ${text}`));
  }
  return lines.length > 1 ? lines.join("\n") : `${lines[0]} another order`;
}

function listed(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one));
}

/** Trees are those of open files, at most one each. */
function treeFault(live: Engine, open: ReadonlySet<string>): Omit<Fault, "at"> | undefined {
  const trees = live.liveTrees();
  if (trees <= open.size) return undefined;
  return { what: "trees", text: `${trees} trees for ${open.size} open files` };
}
