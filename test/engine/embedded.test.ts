// Programs in parts: each place has one place in its cell and in its file, whatever the cells hold.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { applyEdits } from "../../server/base/text.ts";
import { readEmbedded } from "../../server/embedded/document.ts";
import { fileEdits, fileOffsets, readNotebook } from "../../server/embedded/ipynb.ts";
import { pythonCell } from "../../server/embedded/ipython.ts";
import { notebookProgram } from "../../server/embedded/notebook.ts";
import {
  cellEdits,
  cellPlace,
  cellSpan,
  movedParts,
  type Program,
  programOffset,
} from "../../server/embedded/program.ts";

const LINES = [
  "x = input()",
  "print(f'{x}')",
  "%matplotlib inline",
  "!pip install a \\",
  "  b",
  "files = !ls",
  "y = %time f(x)",
  "%timeit g(1)",
  "x?",
  "??x",
  "if x:",
  "    !ls $x",
  "    pass",
  "'''",
  "# !no command",
  "a = (1",
  "% 2)",
  "s = '!ls' % 3",
  "é = '🦀'",
  "",
  "%%time",
  "%%bash",
  "\\",
];
const cellText = fc
  .array(fc.constantFrom(...LINES), { maxLength: 6 })
  .chain((lines) => fc.constantFrom("\n", "\r\n", "\r").map((end) => lines.join(end)));
const cells = fc.array(
  fc.record({
    language: fc.constantFrom("python", "markdown", "javascript", "typescript", ""),
    text: cellText,
  }),
  { maxLength: 6 },
);

describe("a notebook's program", () => {
  test("every place inside a part maps to its cell and back", () => {
    fc.assert(
      fc.property(cells, fc.constantFrom("python", "javascript", undefined), (given, kernel) => {
        const program = notebookProgram(given, kernel);
        let before = -1;
        for (const part of program.parts) {
          assert.ok(part.start > before, "something stands between two parts");
          before = part.end;
          for (let offset = part.start; offset <= part.end; offset++) {
            const place = cellPlace(program, offset);
            assert.ok(place !== undefined && place.cell === part.cell);
            assert.equal(programOffset(program, place), offset);
            const isNeutral = program.neutral.some((n) => n.start <= offset && offset < n.end);
            if (offset < part.end && !isNeutral)
              assert.equal(program.text[offset], given[place.cell]?.text[place.offset]);
          }
        }
        for (const one of program.neutral)
          assert.ok(program.parts.some((part) => part.start <= one.start && one.end <= part.end));
      }),
    );
  });

  test("line breaks stay where they are in each cell", () => {
    fc.assert(
      fc.property(cellText, (text) => {
        const cell = pythonCell(text);
        if (cell === undefined) return;
        assert.equal(cell.text.length, text.length);
        const breaks = (one: string) => one.replace(/[^\r\n]/g, ".");
        assert.equal(breaks(cell.text), breaks(text));
      }),
    );
  });

  test("an edit inside a part is the same edit of its cell, and the parts move along", () => {
    fc.assert(
      fc.property(
        cells,
        fc.nat(),
        fc.nat(5),
        fc.constantFrom("", "z", "q\n"),
        (given, at, size, newText) => {
          const program = notebookProgram(given, "python");
          const part = program.parts[at % Math.max(1, program.parts.length)];
          if (part === undefined) return;
          const start = part.start + (at % (part.end - part.start + 1));
          const end = Math.min(part.end, start + size);
          const edit = { start, end, newText };
          const own = cellEdits(program, [edit]);
          const isNeutral = program.neutral.some((n) => start < n.end && n.start < end);
          assert.equal(own === undefined, isNeutral);
          if (own === undefined) return;
          const [one] = own;
          assert.equal(one?.cell, part.cell);
          const after = applyEdits(program.text, [edit]);
          const moved = movedParts(program.parts, edit);
          assert.equal(moved.length, program.parts.length);
          for (const [i, now] of moved.entries()) {
            const was = program.parts[i];
            const text = program.text.slice(was?.start, was?.end);
            const expected: string =
              was === part
                ? applyEdits(text, [{ start: start - part.start, end: end - part.start, newText }])
                : text;
            assert.equal(after.slice(now.start, now.end), expected);
          }
        },
      ),
    );
  });

  test("a span never leaves the cell in which it begins", () => {
    const program = notebookProgram(
      [
        { language: "python", text: "a = 1" },
        { language: "python", text: "b = 2" },
      ],
      undefined,
    );
    assert.deepEqual(cellSpan(program, { start: 0, end: program.text.length }), {
      cell: 0,
      span: { start: 0, end: 5 },
    });
    assert.equal(cellEdits(program, [{ start: 4, end: 7, newText: "" }]), undefined);
  });

  test("is in the language of most use: the kernel's, else that of the first cell with code", () => {
    const js = { language: "typescript", text: "let a: string" };
    const py = { language: "python", text: "a = 1" };
    const used = (program: Program) => [program.language, program.parts.map(({ cell }) => cell)];
    assert.deepEqual(used(notebookProgram([js, py], "python")), ["python", [1]]);
    assert.deepEqual(used(notebookProgram([js, py], undefined)), ["typescript", [0]]);
    assert.deepEqual(used(notebookProgram([js], "python")), ["typescript", [0]]);
    assert.deepEqual(used(notebookProgram([{ language: "r", text: "a" }], "r")), ["python", []]);
    assert.deepEqual(used(notebookProgram([{ language: "__proto__", text: "a" }], "constructor")), [
      "python",
      [],
    ]);
  });
});

describe("IPython's own lines", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["%pip install x", "#pip install x"],
    ["!ls -la", "#ls -la"],
    ["!a \\\n  b\nx = 1", "#a \\\n   \nx = 1"],
    ["if x:\n    !ls\n    y()", "if x:\n    _  \n    y()"],
    ["files = !ls *.py", "files = _       "],
    ["t = %time f(x)", "t =       f(x)"],
    ["%time y = f(x)", "0;    y = f(x)"],
    ["%timeit -n 3 f(x)", "#timeit -n 3 f(x)"],
    ["a.b?", "#   "],
    ["?a\nx = 1", "# \nx = 1"],
    ["x = (1\n% 2)", "x = (1\n% 2)"],
    ["s = '''\n!ls\n%x\n'''", "s = '''\n!ls\n%x\n'''"],
    ["s = 'a?' # b?", "s = 'a?' # b?"],
    ["x = a % b\ny = a != b\nz == !b", "x = a % b\ny = a != b\nz == !b"],
    ["await f()\n!x", "await f()\n#x"],
    ["/f 1\n,g a b\n;h c", "#   \n#     \n#   "],
  ];
  for (const [given, wanted] of cases)
    test(JSON.stringify(given), () => assert.equal(pythonCell(given)?.text, wanted));

  test("cells in other languages are left out, those that a magic only measures are not", () => {
    for (const text of [
      "%%bash\nls",
      "%%sql\nselect 1",
      "%%html\n<a>",
      "%%unknown\nx",
      "%%time?",
      " \n",
    ])
      assert.equal(pythonCell(text), undefined, text);
    const cell = pythonCell("\n%%time -q\nx = 1");
    assert.equal(cell?.text.slice(cell.start), "x = 1");
    assert.equal(pythonCell("%%time"), undefined);
  });

  test("what is still open at the end of a cell ends with it", () => {
    assert.equal(pythonCell("foo(a, [1")?.tail, "])");
    assert.equal(pythonCell('x = """abc')?.tail, '"""');
    assert.equal(pythonCell("f('''")?.tail, "''')");
    assert.equal(pythonCell("x = 1 + \\")?.tail, "\n");
    assert.equal(pythonCell("x = (1)\n")?.tail, "");
    assert.equal(pythonCell("x = 'a")?.tail, "");
  });
});

const notebook = (sources: readonly unknown[], more = ""): string =>
  `{\n "cells": [\n${sources
    .map(
      (source) =>
        `  {\n   "cell_type": "code",\n   "metadata": {},\n   "outputs": [],\n   "source": ${JSON.stringify(source, undefined, 1).replaceAll("\n", "\n   ")}\n  }`,
    )
    .join(
      ",\n",
    )}\n ],\n "metadata": {"language_info": {"name": "python"}},\n "nbformat": 4,\n "nbformat_minor": 5${more}\n}\n`;

describe("a notebook's file", () => {
  const sources = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc
        .array(
          fc.string({ unit: fc.constantFrom("a", "\n", '"', "\\", "é", "🦀", "\t"), maxLength: 6 }),
          {
            maxLength: 4,
          },
        )
        .map((lines) => lines.map((line) => `${line.replaceAll("\n", "")}\n`)),
    ),
    { maxLength: 4 },
  );
  const textOf = (source: unknown): string =>
    Array.isArray(source) ? source.join("") : String(source);

  test("every character of a cell stands where its JSON says", () => {
    fc.assert(
      fc.property(sources, (given) => {
        const text = notebook(given);
        const file = readNotebook(text);
        assert.ok(!("problem" in file));
        for (const [i, cell] of file.cells.entries()) {
          const whole = textOf(given[i]);
          assert.equal(cell.text, whole);
          const offsets = fileOffsets(text, cell);
          assert.equal(offsets.length, whole.length + 1);
          for (let at = 0; at < whole.length; at++) {
            const from = offsets[at] as number;
            const size = text[from] !== "\\" ? 1 : text[from + 1] === "u" ? 6 : 2;
            assert.equal(JSON.parse(`"${text.slice(from, from + size)}"`), whole[at]);
          }
        }
      }),
    );
  });

  test("an edit of a cell changes that cell alone, and nothing else of the file", () => {
    fc.assert(
      fc.property(
        sources,
        fc.nat(),
        fc.nat(),
        fc.nat(6),
        fc.constantFrom("", "x", 'é "q"\n', "\nlast", "one\ntwo\n", "\\"),
        (given, which, at, size, newText) => {
          const text = notebook(given);
          const file = readNotebook(text);
          assert.ok(!("problem" in file));
          const cell = file.cells[which % Math.max(1, file.cells.length)];
          if (cell === undefined || cell.text === "") return;
          const start = at % (cell.text.length + 1);
          const edit = {
            cell: file.cells.indexOf(cell),
            start,
            end: Math.min(cell.text.length, start + size),
            newText,
          };
          const after = applyEdits(text, fileEdits(text, file.cells, [edit]));
          const again = readNotebook(after);
          assert.ok(!("problem" in again), after);
          for (const [i, one] of again.cells.entries())
            assert.equal(
              one.text,
              i === edit.cell ? applyEdits(cell.text, [edit]) : file.cells[i]?.text,
            );
          const { strings } = cell.source;
          const [first, last] = [strings[0]?.start ?? 0, strings.at(-1)?.end ?? 0];
          assert.equal(after.slice(0, first), text.slice(0, first));
          assert.ok(after.endsWith(text.slice(last)));
        },
      ),
    );
  });

  test("a new line is a string of its own, as the file writes its lists", () => {
    const text = notebook([["import os\n", "os.system(x)"]]);
    const file = readNotebook(text);
    assert.ok(!("problem" in file));
    const edits = [
      { cell: 0, start: 10, end: 10, newText: "import shlex\n" },
      { cell: 0, start: 20, end: 21, newText: "quote(x)" },
    ];
    const after = JSON.parse(applyEdits(text, fileEdits(text, file.cells, edits)));
    assert.deepEqual(after.cells[0].source, [
      "import os\n",
      "import shlex\n",
      "os.system(quote(x))",
    ]);
    const one = notebook([["x = 1"]]);
    const single = readNotebook(one);
    assert.ok(!("problem" in single));
    const added = fileEdits(one, single.cells, [{ cell: 0, start: 5, end: 5, newText: "\ny = 2" }]);
    assert.deepEqual(JSON.parse(applyEdits(one, added)).cells[0].source, ["x = 1\n", "y = 2"]);
  });

  const problems: readonly (readonly [string, string, RegExp])[] = [
    ["half a file", '{"nbformat": 4, "cells": [', /not valid JSON/],
    ["a comment", '{"nbformat": 4, /* */ "cells": []}', /not valid JSON/],
    ["nothing", "", /not valid JSON/],
    ["a list", "[]", /not valid JSON/],
    ["format 3", '{"nbformat": 3, "worksheets": []}', /format 3.*only format 4/],
    ["no format", '{"cells": []}', /no notebook of format 4/],
    ["no cells", '{"nbformat": 4}', /without cells/],
    ["cells of another type", '{"nbformat": 4, "cells": {}}', /without cells/],
  ];
  for (const [name, text, wanted] of problems)
    test(`${name} is said to be none`, () => {
      const read = readEmbedded("a.ipynb", text);
      assert.ok("problem" in read);
      assert.match(read.problem, wanted);
    });

  test("cells without a source, or with one of another type, are passed over", () => {
    const text = JSON.stringify({
      nbformat: 4,
      metadata: null,
      cells: [
        null,
        3,
        { cell_type: "code" },
        { cell_type: "code", source: 3 },
        { cell_type: "code", source: ["a = 1\n", 3] },
        { cell_type: "markdown", source: "b = 2" },
        { cell_type: "raw", source: "c = 3" },
        {
          cell_type: "code",
          source: ["d ", "= 4"],
          metadata: { vscode: { languageId: "python" } },
        },
        { cell_type: "code", source: "e", metadata: { vscode: { languageId: "shellscript" } } },
      ],
    });
    const read = readEmbedded("a.ipynb", text);
    assert.ok(!("problem" in read));
    assert.equal(read.program.text, "d = 4\n");
    assert.deepEqual(read.cell(4), { cell: 7, offset: 4, number: 8, text: "d = 4", shift: 0 });
    assert.equal(text[read.place(4)], "4");
    assert.equal(read.offset(read.place(4)), 4);
  });
});
