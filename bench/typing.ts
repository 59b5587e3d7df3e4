/**
 * Typing in a file of 5,000 lines inside a project of 500 files whose callers depend on it: from the edit to the document's
 * findings, in the engine that the server uses. `node .cache/bench/typing.cjs` prints one JSON object per language and kind of edit,
 * in milliseconds of processor time.
 */
import { rules } from "../rules/index.ts";
import type { Engine } from "../server/engine/api.ts";
import { createEngine } from "../server/engine/engine.ts";
import { readWasm } from "../test/harness/engine.ts";
import { processorTime } from "./sources.ts";

const CALLERS = 500;
const FUNCTIONS = 500;
const KEYS = Number(process.env.KEYS ?? 120);
/** For profiles: the beginning of a project's name, and of a kind of edit. */
const [ONLY_PROJECT = "", ONLY_EDITS = ""] = (process.env.ONLY ?? "").split("/");
/** Milliseconds of background work at a time, as the server asks the engine for: what is under way comes on top. */
const SLICE = 3;

/** Milliseconds that an answer waits for what other files say. */
const ANSWER = 8;

interface Project {
  readonly name: string;
  readonly file: string;
  readonly texts: ReadonlyMap<string, string>;
  /** Typed at the end of this text's first occurrence, a character at a time. */
  readonly at: string;
}

void main();

async function main(): Promise<void> {
  for (const project of [python(), typescript()]) {
    if (!project.name.startsWith(ONLY_PROJECT)) continue;
    const engine = await createEngine({ wasm: readWasm(), rules });
    engine.setFiles(project.texts.keys());
    engine.setRoots([""]);
    for (const [file, text] of project.texts)
      engine.set(file, text, { open: file === project.file });
    const cold = processorTime(() => settle(engine));
    engine.check(project.file);
    const report = (kind: string, edits: readonly Edit[]): void => {
      if (!kind.startsWith(ONLY_EDITS)) return;
      const answers: number[] = [];
      let settled = 0;
      const slices: number[] = [];
      for (const edit of edits) {
        answers.push(
          processorTime(() => {
            engine.edit(project.file, [edit]);
            engine.check(project.file, ANSWER);
          }),
        );
        settled += processorTime(() => {
          while (true) {
            let pending = 0;
            const start = performance.now();
            pending = engine.step(SLICE).pending;
            slices.push(performance.now() - start);
            if (pending === 0) break;
          }
        });
      }
      answers.sort((a, b) => a - b);
      const at = (part: number): number =>
        round(answers[Math.min(answers.length - 1, Math.floor(answers.length * part))] ?? 0);
      console.log(
        JSON.stringify({
          project: project.name,
          edits: kind,
          p50: at(0.5),
          p99: at(0.99),
          settleMs: round(settled / edits.length),
          slice99: round(slices.sort((a, b) => a - b)[Math.floor(slices.length * 0.99)] ?? 0),
          slowestSlice: round(slices[slices.length - 1] ?? 0),
          coldMs: Math.round(cold),
        }),
      );
    };
    const text = engine.text(project.file) as string;
    const offset = text.indexOf(project.at) + project.at.length;
    report(
      "clean, in a body",
      typed(offset, "abcdefghijklmnopqrstuvwxyz".repeat(5).slice(0, KEYS)),
    );
    const broken = [...'("['].flatMap((open) => [
      { start: offset, end: offset, newText: open },
      { start: offset, end: offset + 1, newText: "" },
    ]);
    report("breaking the syntax", Array.from({ length: 4 }, () => broken).flat());
    const signature = text.indexOf("(name0") + 1;
    report("seen by 500 callers", typed(signature, "abcdefgh"));
    engine.dispose();
  }
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

function typed(offset: number, text: string): Edit[] {
  return [...text].map((newText, i) => ({ start: offset + i, end: offset + i, newText }));
}

function settle(engine: Engine): void {
  while (engine.step(1000).pending > 0);
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

function python(): Project {
  const body = (i: number): string => `
def find${i}(name${i}, limit=10):
    connection = sqlite3.connect("app.db")
    rows = []
    for row in connection.execute("SELECT * FROM t${i} WHERE name = ?", (name${i},)):
        item = {"id": row[0], "title": row[1].strip()}
        if item["title"] and len(rows) < limit:
            rows.append(item)
    return rows
`;
  const texts = new Map<string, string>();
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => body(i)).join("\n");
  texts.set("store.py", `import sqlite3\n${functions}`);
  for (let i = 0; i < CALLERS; i++)
    texts.set(
      `views/view${i}.py`,
      `from flask import Blueprint, jsonify, request
from store import find0, find${i % FUNCTIONS}

bp = Blueprint("v${i}", __name__)

@bp.get("/items${i}")
def items():
    first = find0(request.args["q"])
    return jsonify(first + find${i % FUNCTIONS}(request.args["name"]))
`,
    );
  return {
    name: "Python",
    file: "store.py",
    texts,
    at: 'FROM t250 WHERE name = ?", (name250,)):\n        item',
  };
}

function typescript(): Project {
  const body = (i: number): string => `
export async function find${i}(name${i}: string, limit = 10) {
  const rows = [];
  const found = await pool.query("SELECT * FROM t${i} WHERE name = $1", [name${i}]);
  for (const row of found.rows) {
    const item = { id: row.id, title: row.title.trim() };
    if (item.title && rows.length < limit) rows.push(item);
  }
  return rows;
}
`;
  const texts = new Map<string, string>();
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => body(i)).join("\n");
  texts.set("store.ts", `import { Pool } from "pg";\nconst pool = new Pool();\n${functions}`);
  for (let i = 0; i < CALLERS; i++)
    texts.set(
      `views/view${i}.ts`,
      `import express from "express";
import { find0, find${i % FUNCTIONS} as other } from "../store.js";

const router = express.Router();
router.get("/items${i}", async (req, res) => {
  const first = await find0(String(req.query.q));
  res.json(first.concat(await other(String(req.query.name))));
});
export default router;
`,
    );
  return {
    name: "TypeScript",
    file: "store.ts",
    texts,
    at: 'FROM t250 WHERE name = $1", [name250]);\n  for (const row of found.rows) {\n    const item',
  };
}
