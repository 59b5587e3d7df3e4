// Random edits of the pages' programs. SKEPTIC_SEED=number repeats a run.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { applyEdits, type Edit } from "../server/base/text.ts";
import type { Departure, Engine, Finding, Report } from "../server/engine/api.ts";
import { freshEngine } from "./harness/engine.ts";
import { readFolder, readPages } from "./harness/pages.ts";
import { faults, load, settle, type Texts } from "./harness/project.ts";

const MOST_EDITS = 12;
/** An engine is replaced after so many runs, so that "fresh" stays true and memory small. */
const RUNS_PER_ENGINE = 40;

const seed = Number(process.env.SKEPTIC_SEED ?? Math.floor(Math.random() * 2 ** 31));
const programs: readonly Texts[] = [
  ...readPages().flatMap(({ sections }) =>
    sections.flatMap(({ cases }) =>
      cases.map(({ files }) => new Map(files.map(({ name, text }) => [name, text]))),
    ),
  ),
  chosen(readFolder("demo/api"), /^(db|tickets|settings)\.py$/),
  chosen(readFolder("demo/api"), /^(auth|preview|uploads|main)\.py$/),
  chosen(readFolder("demo/web"), /^src\/(db|tickets)\.ts$/),
  chosen(readFolder("demo/web"), /^src\/(server|errors|auth|admin)\.ts$/),
  chosen(readFolder("demo/web"), /^src\/(preview|uploads)\.ts$|\.js(on)?$/),
].filter((texts) => texts.size > 0);
const tokens = [
  ...new Set(
    programs.flatMap((texts) =>
      [...texts.values()].flatMap((text) => text.match(/\w+|[^\w\s]+|\s+/g) ?? []),
    ),
  ),
];

interface Place {
  readonly file: number;
  readonly at: number;
  readonly length: number;
  readonly text: number;
}
type Change =
  | (Place & { readonly do: "insert" | "delete" | "replace" | "word" | "line" })
  | (Place & { readonly do: "paste"; readonly from: number });
/** What a run does; numbers are taken modulo what there is. */
type Act =
  | Change
  | { readonly do: "undo" | "check" | "close" | "reopen"; readonly file: number }
  | { readonly do: "drop" | "step" };

const where = { file: fc.nat(9), at: fc.nat(4000), length: fc.nat(40), text: fc.nat(100_000) };
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("insert", "delete", "replace"), ...where }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("paste"), ...where, from: fc.nat(4000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("undo", "check"), file: where.file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("close", "reopen"), file: where.file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("drop", "step") }) },
);

describe(`random edits (SKEPTIC_SEED=${seed})`, { concurrency: 1 }, () => {
  const engines = pool();
  after(() => engines.dispose());

  let withFindings = 0;
  after(() => console.log(`${withFindings} of the compared programs had findings`));

  property("findings after any edits are those of a fresh engine", 15_000, async (texts, acts) => {
    const [live, fresh] = await engines.two();
    const document = new Documents(live, texts);
    for (const one of acts) document.act(one);
    const got = reports(live, document.texts.keys());
    load(fresh, document.texts);
    assert.deepEqual(got, reports(fresh, document.texts.keys()), shown(document.texts));
    for (const { findings, file } of got)
      for (const { fingerprint } of findings)
        assert.deepEqual(live.fixes(file, fingerprint), fresh.fixes(file, fingerprint));
    if (got.some(({ findings }) => findings.length > 0)) withFindings++;
    for (const { findings, departures, file } of got)
      spansAreValid([...findings, ...departures], file, document.texts);
    document.dispose();
  });

  property("live trees are those of the open files", 5_000, async (texts, acts) => {
    const [live] = await engines.two();
    const document = new Documents(live, texts);
    for (const one of acts) document.act(one);
    for (const name of document.texts.keys()) live.check(name);
    // A file that was closed and opened again needs no tree until it is edited.
    const most = [...document.open].filter(isCode).length;
    const least = acts.some((one) => one.do === "reopen") ? 0 : most;
    assert.ok(least <= live.liveTrees() && live.liveTrees() <= most, `${live.liveTrees()} trees`);
    for (const name of document.open) live.close(name);
    assert.equal(live.liveTrees(), 0);
    document.dispose();
    assert.equal(live.liveTrees(), 0);
  });

  property("the order of files does not matter", 9_000, async (texts, acts) => {
    const [one, two] = await engines.two();
    const document = new Documents(one, texts);
    for (const each of acts) document.act(each);
    const end = new Map(document.texts);
    document.dispose();
    load(one, end);
    load(two, new Map([...end].reverse()));
    const names = [...end.keys()].sort();
    const backwards = new Map(
      reports(two, [...names].reverse()).map((report) => [report.file, report]),
    );
    assert.deepEqual(
      reports(one, names),
      names.map((name) => backwards.get(name)),
      shown(end),
    );
  });

  property("making fixes throws nothing and they apply", 7_000, async (texts, acts) => {
    const [live] = await engines.two();
    const document = new Documents(live, texts);
    for (const one of acts) document.act(one);
    for (const { file, findings } of reports(live, document.texts.keys()))
      for (const finding of findings)
        for (const fix of live.fixes(file, finding.fingerprint))
          for (const part of fix.edits) applyEdits(document.texts.get(part.file) ?? "", part.edits);
    assert.deepEqual(faults(live), [], shown(document.texts));
    document.dispose();
  });
});

/** Runs for about `budget` milliseconds. */
function property(
  name: string,
  budget: number,
  body: (texts: Texts, acts: readonly Act[]) => Promise<void>,
): void {
  test(name, async (t) => {
    let runs = 0;
    const input = fc.tuple(fc.nat(10_000), fc.array(act, { maxLength: MOST_EDITS }));
    await fc.assert(
      fc.asyncProperty(input, async ([which, acts]) => {
        runs++;
        await body(programs[which % programs.length] as Texts, acts);
      }),
      { seed, numRuns: 5000, interruptAfterTimeLimit: budget, markInterruptAsFailure: false },
    );
    t.diagnostic(`${runs} runs`);
  });
}

/** The files of a run as an editor would hold them. */
class Documents {
  readonly texts = new Map<string, string>();
  readonly open = new Set<string>();
  private readonly engine: Engine;
  private readonly undone: { readonly file: string; readonly text: string }[] = [];

  constructor(engine: Engine, texts: Texts) {
    this.engine = engine;
    load(engine, texts, { open: true });
    for (const [name, text] of texts) {
      this.texts.set(name, text);
      this.open.add(name);
    }
  }

  act(act: Act): void {
    switch (act.do) {
      case "drop":
        this.engine.dropCaches();
        break;
      case "step":
        this.engine.step(3);
        break;
      case "check":
        this.engine.check(this.name(act.file));
        break;
      case "close":
        this.engine.close(this.name(act.file));
        this.open.delete(this.name(act.file));
        break;
      case "reopen":
        this.engine.set(this.name(act.file), this.text(act.file), { open: true });
        this.open.add(this.name(act.file));
        break;
      case "undo": {
        const last = this.undone.pop();
        if (last !== undefined)
          this.replace(last.file, difference(this.texts.get(last.file) ?? "", last.text));
        break;
      }
      case "word":
        this.change(act, wordEdit(this.text(act.file), act, this.words()));
        break;
      case "line":
        this.change(act, lineEdit(this.text(act.file), act));
        break;
      case "insert":
      case "delete":
      case "replace":
      case "paste": {
        const text = this.text(act.file);
        const start = act.at % (text.length + 1);
        const end = act.do === "insert" ? start : Math.min(text.length, start + act.length);
        this.change(act, { start, end, newText: newText(act) });
      }
    }
  }

  private name(file: number): string {
    return [...this.texts.keys()][file % this.texts.size] as string;
  }

  private text(file: number): string {
    return this.texts.get(this.name(file)) as string;
  }

  /** The names all its files use. */
  private words(): readonly string[] {
    return [...this.texts.values()].flatMap((text) => text.match(/\p{L}\w*/gu) ?? []);
  }

  private change(act: Change, edit: Edit): void {
    this.undone.push({ file: this.name(act.file), text: this.text(act.file) });
    this.replace(this.name(act.file), edit);
  }

  private replace(file: string, edit: Edit): void {
    this.texts.set(file, applyEdits(this.texts.get(file) as string, [edit]));
    if (this.open.has(file)) this.engine.edit(file, [edit]);
    else this.engine.set(file, this.texts.get(file) as string);
  }

  dispose(): void {
    load(this.engine, new Map());
  }
}

function newText(act: Change): string {
  if (act.do === "delete") return "";
  if (act.do !== "paste") return tokens[act.text % tokens.length] ?? "";
  const texts = [...(programs[act.text % programs.length] as Texts).values()];
  const text = texts[act.text % texts.length] as string;
  const from = act.from % (text.length + 1);
  return text.slice(from, from + act.length * 5);
}

/** Another name in the place of one: mostly still a program, often another flow. */
function wordEdit(text: string, act: Place, words: readonly string[]): Edit {
  const places = [...text.matchAll(/\p{L}\w*/gu)];
  const place = places[act.at % Math.max(1, places.length)];
  if (place === undefined) return { start: 0, end: 0, newText: "" };
  const newText = words[act.text % words.length] ?? "";
  return { start: place.index, end: place.index + place[0].length, newText };
}

/** Takes a line away, or writes another line of the same text after it. */
function lineEdit(text: string, act: Place): Edit {
  const lines = text.split(/(?<=\n)/);
  const at = act.at % lines.length;
  const start = lines.slice(0, at).join("").length;
  const line = lines[at] ?? "";
  if (act.length % 2 === 0) return { start, end: start + line.length, newText: "" };
  const after = start + line.length;
  return { start: after, end: after, newText: lines[act.text % lines.length] ?? "" };
}

/** One edit that turns a text into another. */
function difference(from: string, to: string): Edit {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (
    end < from.length - start &&
    end < to.length - start &&
    from.at(-1 - end) === to.at(-1 - end)
  )
    end++;
  return { start, end: from.length - end, newText: to.slice(start, to.length - end) };
}

function reports(engine: Engine, names: Iterable<string>): (Report & Leaving)[] {
  settle(engine);
  const all = [...names].map((name) => ({
    ...engine.check(name),
    departures: engine.departures(name),
  }));
  assert.deepEqual(faults(engine), []);
  return all;
}

interface Leaving {
  readonly departures: readonly Departure[];
}

function spansAreValid(findings: readonly Finding[], file: string, texts: Texts): void {
  for (const finding of findings) {
    assert.equal(finding.file, file);
    for (const place of [finding, ...finding.flow, ...finding.paths.flat()]) {
      const { start, end } = place.span;
      const length = texts.get(place.file)?.length ?? -1;
      assert.ok(
        0 <= start && start <= end && end <= length,
        `${place.file} ${start}-${end} of ${length}`,
      );
    }
  }
}

function chosen(texts: Texts, names: RegExp): Texts {
  return new Map([...texts].filter(([name]) => names.test(name)));
}

function isCode(name: string): boolean {
  return /\.(?:py|[mc]?[jt]s|[jt]sx)$/.test(name);
}

function shown(texts: Texts): string {
  return [...texts].map(([name, text]) => `--- ${name}\n${text}`).join("\n");
}

/** Two engines, replaced now and then. */
function pool() {
  let both: [Engine, Engine] | undefined;
  let runs = 0;
  return {
    async two(): Promise<[Engine, Engine]> {
      if (both !== undefined && runs % RUNS_PER_ENGINE === 0) {
        for (const engine of both) engine.dispose();
        both = undefined;
      }
      runs++;
      both ??= [await freshEngine(), await freshEngine()];
      both[1].dropCaches();
      return both;
    },
    dispose(): void {
      for (const engine of both ?? []) engine.dispose();
    },
  };
}
