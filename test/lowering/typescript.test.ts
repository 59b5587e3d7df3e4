/** JavaScript and TypeScript to IR: what each construct becomes, and that no text breaks the lowering. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { before, describe, test } from "node:test";
import type { Item, Op, Span } from "../../server/ir/ir.ts";
import { printItem } from "../../server/ir/print.ts";
import { type ItemSource, splitItems, toItem } from "../../server/languages/items.ts";
import type { FileSet } from "../../server/languages/language.ts";
import { javascript } from "../../server/languages/typescript/index.ts";
import type { GrammarName } from "../../server/syntax/flat.ts";
import { createSyntax, type Syntax } from "../../server/syntax/parser.ts";

let syntax: Syntax;

before(async () => {
  const require = createRequire(import.meta.url);
  const read = (path: string) => readFileSync(require.resolve(path));
  syntax = await createSyntax({
    runtime: read("web-tree-sitter/web-tree-sitter.wasm"),
    grammars: {
      python: read("tree-sitter-python/tree-sitter-python.wasm"),
      typescript: read("tree-sitter-typescript/tree-sitter-typescript.wasm"),
      tsx: read("tree-sitter-typescript/tree-sitter-tsx.wasm"),
      javascript: read("tree-sitter-javascript/tree-sitter-javascript.wasm"),
    },
  });
});

const DIALECTS: readonly GrammarName[] = ["typescript", "tsx", "javascript"];

function lowerAll(grammar: GrammarName, text: string): { source: ItemSource; item: Item }[] {
  const tree = syntax.parse(grammar, text);
  return splitItems(tree, javascript.bodyOf).map((source) => ({
    source,
    item: javascript.lower(tree, source),
  }));
}

function lowers(name: string, grammar: GrammarName, text: string, expected: string): void {
  test(name, () => {
    const items = lowerAll(grammar, text);
    assert.equal(items.map(({ item }) => printItem(item)).join("\n"), expected.slice(1));
    for (const { source, item } of items) checkItem(source, item);
  });
}

/** Spans lie within the item, operations use values that were made before them, indices exist. */
function checkItem(source: ItemSource, item: Item): void {
  const length = toItem(source, source.end);
  const within = (span: Span | undefined, what: string): void => {
    if (span === undefined) return;
    const fits = 0 <= span.start && span.start <= span.end && span.end <= length;
    assert.ok(fits, `${what} ${span.start}..${span.end} of ${length}`);
  };
  assert.equal(item.holes.length, source.holes.length, "holes");
  for (const span of item.statements) within(span, "statement");
  for (const block of item.blocks) {
    for (const id of block.ops) {
      const op = item.ops[id] as Op;
      within(op.span, op.op);
      for (const used of usedBy(op)) assert.ok(used < id, `v${id} uses v${used}`);
      if (op.op === "closure") assert.ok(op.hole < item.holes.length);
      if (op.op === "load" || op.op === "store") assert.ok(op.slot < item.slots.length);
      if (op.op === "call") {
        within(op.argsSpan, "arguments");
        for (const arg of op.args) within(arg.span, "argument");
      }
      if (op.op === "member") within(op.nameSpan, "name");
      if (op.op === "join") for (const part of op.parts) within(part.span, "part");
      if (op.op === "record") for (const entry of op.entries) within(entry.span, "entry");
    }
    const { end } = block;
    const next = end.kind === "jump" ? [end.to] : end.kind === "branch" ? [end.then, end.else] : [];
    for (const to of next) assert.ok(to < item.blocks.length, `block ${to}`);
  }
}

function usedBy(op: Op): number[] {
  switch (op.op) {
    case "const":
      return [];
    case "call":
      return [op.callee, ...op.args.map((a) => a.value)];
    case "join":
      return op.parts.flatMap((p) => (p.kind === "hole" ? [p.value] : []));
    case "record":
      return op.entries.flatMap((e) => [
        e.value,
        ...(typeof e.key === "string" ? [] : [e.key.computed]),
      ]);
    case "sequence":
      return op.elements.map((e) => e.value);
    case "class":
      return [...op.bases, ...op.members.flatMap((m) => (m.value === undefined ? [] : [m.value]))];
    case "opaque":
      return [...op.uses];
    default: {
      const parts = new Map<string, unknown>(Object.entries(op));
      return ["value", "object", "key", "left", "right", "operand"].flatMap((name) => {
        const used = parts.get(name);
        return typeof used === "number" ? [used] : [];
      });
    }
  }
}

describe("lowers", () => {
  lowers(
    "literals with their escapes",
    "javascript",
    `f("a\\n\\x41\\u{1F600}\\'", 'b\\
c', 1_000, 0x10, 10n, -2, /a"b/gi, null, undefined, void 0, !0);`,
    `
module
b0:
  v0 = free f
  v1 = "a\\nA😀'"
  v2 = "bc"
  v3 = 1000
  v4 = 16
  v5 = 10
  v6 = 2
  v7 = -2
  v8 = "/a\\"b/gi"
  v9 = null
  v10 = undefined
  v11 = 0
  v12 = undefined
  v13 = 0
  v14 = true
  v15 = call v0(v1, v2, v3, v4, v5, v7, v8, v9, v10, v12, v14)
  end
`,
  );

  lowers(
    "a template without holes is a constant",
    "javascript",
    `const q = \`SELECT 1\`;`,
    `
module
b0:
  v0 = "SELECT 1"
  store q = v0
  end
`,
  );

  lowers(
    "a template is a join with decoded text",
    "javascript",
    `q = \`a\\t\${x}b\${y.z}\`;`,
    `
module
  writes q
b0:
  v0 = free x
  v1 = free y
  v2 = v1.z
  v3 = join template "a\\t" {v0} "b" {v2}
  storeFree q = v3
  end
`,
  );

  lowers(
    "a tagged template is a call of its join",
    "javascript",
    `sql\`SELECT \${id}\`;`,
    `
module
b0:
  v0 = free sql
  v1 = free id
  v2 = join template "SELECT " {v1}
  v3 = call tag v0(v2)
  end
`,
  );

  lowers(
    "a tagged template with type arguments, which the grammar misreads",
    "typescript",
    `sql<Row>\`a \${b}\`; const u = await prisma.$queryRaw<User[]>\`c \${d}\`;`,
    `
module
b0:
  v0 = free sql
  v1 = free b
  v2 = join template "a " {v1}
  v3 = call tag v0(v2)
  v4 = free prisma
  v5 = v4.$queryRaw
  v6 = free d
  v7 = join template "c " {v6}
  v8 = call tag v5(v7)
  v9 = await v8
  store u = v9
  end
`,
  );

  lowers(
    "String.raw keeps its backslashes",
    "javascript",
    `const p = String.raw\`C:\\new\\\${x}\`;`,
    `
module
b0:
  v0 = "C:\\\\new\\\\\${x}"
  store p = v0
  end
`,
  );

  lowers(
    "concatenation is binary, comparison normalised",
    "javascript",
    `x = "a" + b + c; y = b === c; z = b != c; k = "a" in b; o = b instanceof C;`,
    `
module
  writes x, y, z, k, o
b0:
  v0 = "a"
  v1 = free b
  v2 = v0 + v1
  v3 = free c
  v4 = v2 + v3
  storeFree x = v4
  v6 = free b
  v7 = free c
  v8 = v6 == v7
  storeFree y = v8
  v10 = free b
  v11 = free c
  v12 = v10 != v11
  storeFree z = v12
  v14 = "a"
  v15 = free b
  v16 = v14 in v15
  storeFree k = v16
  v18 = free b
  v19 = free C
  v20 = v18 instanceof v19
  storeFree o = v20
  end
`,
  );

  lowers(
    "&& and || and ! in a condition are branches of atoms",
    "javascript",
    `if (!ok(x) || (a && !b)) return1(); else if (c) f(); else g();`,
    `
module
b0:
  v0 = free ok
  v1 = free x
  v2 = call v0(v1)
  branch v2 ? b4 : b2
b1:
  end
b2:
  v5 = free return1
  v6 = call v5()
  jump b1
b3:
  v7 = free c
  branch v7 ? b6 : b7
b4:
  v3 = free a
  branch v3 ? b5 : b3
b5:
  v4 = free b
  branch v4 ? b3 : b2
b6:
  v8 = free f
  v9 = call v8()
  jump b1
b7:
  v10 = free g
  v11 = call v10()
  jump b1
`,
  );

  lowers(
    "&& and || as values keep each operand's value",
    "javascript",
    `const x = a || b && c;`,
    `
module
b0:
  v0 = free a
  store %0 = v0
  branch v0 ? b1 : b2
b1:
  v6 = %0
  store x = v6
  end
b2:
  v2 = free b
  store %0 = v2
  branch v2 ? b3 : b1
b3:
  v4 = free c
  store %0 = v4
  jump b1
`,
  );

  lowers(
    "?? and ??=",
    "javascript",
    `const x = a ?? "d"; o.y ??= x;`,
    `
module
b0:
  v0 = free a
  store %0 = v0
  v2 = null
  v3 = v0 == v2
  branch v3 ? b1 : b2
b1:
  v4 = "d"
  store %0 = v4
  jump b2
b2:
  v6 = %0
  store x = v6
  v8 = free o
  v9 = v8.y
  store %1 = v9
  v11 = null
  v12 = v9 == v11
  branch v12 ? b3 : b4
b3:
  v13 = x
  store %1 = v13
  v8.y = v13
  jump b4
b4:
  v16 = %1
  end
`,
  );

  lowers(
    "a ternary and a chain of them",
    "javascript",
    `const x = a > 1 ? b : c ? d : e;`,
    `
module
b0:
  v0 = free a
  v1 = 1
  v2 = v0 > v1
  branch v2 ? b2 : b3
b1:
  v10 = %0
  store x = v10
  end
b2:
  v3 = free b
  store %0 = v3
  jump b1
b3:
  v5 = free c
  branch v5 ? b4 : b5
b4:
  v6 = free d
  store %0 = v6
  jump b1
b5:
  v8 = free e
  store %0 = v8
  jump b1
`,
  );

  lowers(
    "optional chaining",
    "typescript",
    `a?.b?.(c)?.[d].e;`,
    `
module
b0:
  v0 = free a
  v1 = v0?.b
  v2 = free c
  v3 = call v1(v2)
  v4 = free d
  v5 = v3[v4]
  v6 = v5.e
  end
`,
  );

  lowers(
    "calls with spread and new with and without arguments",
    "javascript",
    `f(a, ...b); new A.B(c); new D;`,
    `
module
b0:
  v0 = free f
  v1 = free a
  v2 = free b
  v3 = call v0(v1, *v2)
  v4 = free A
  v5 = v4.B
  v6 = free c
  v7 = new call v5(v6)
  v8 = free D
  v9 = new call v8()
  end
`,
  );

  lowers(
    "augmented assignments and updates",
    "javascript",
    `let s = "a"; s += t; o.n++; const k = --s; s ||= u;`,
    `
module
b0:
  v0 = "a"
  store s = v0
  v2 = s
  v3 = free t
  v4 = v2 + v3
  store s = v4
  v6 = free o
  v7 = v6.n
  v8 = 1
  v9 = v7 + v8
  v6.n = v9
  v11 = s
  v12 = 1
  v13 = v11 - v12
  store s = v13
  store k = v13
  v16 = s
  store %0 = v16
  branch v16 ? b2 : b1
b1:
  v18 = free u
  store %0 = v18
  store s = v18
  jump b2
b2:
  v21 = %0
  end
`,
  );

  lowers(
    "destructuring with defaults, renames, rest and nesting",
    "javascript",
    `const { a, b: [c, , d = 1], "x-y": e, [k]: f, ...g } = source; [o.p, h = 2, ...i] = a;`,
    `
module
  writes h, i
b0:
  v0 = free source
  v1 = v0.a
  store a = v1
  v3 = v0.b
  v4 = 0
  v5 = v3[v4]
  store c = v5
  v7 = 2
  v8 = v3[v7]
  store %0 = v8
  v10 = undefined
  v11 = v8 == v10
  branch v11 ? b1 : b2
b1:
  v12 = 1
  store %0 = v12
  jump b2
b2:
  v14 = %0
  store d = v14
  v16 = v0.x-y
  store e = v16
  v18 = free k
  v19 = v0[v18]
  store f = v19
  v21 = slice v0
  store g = v21
  v23 = a
  v24 = 0
  v25 = v23[v24]
  v26 = free o
  v26.p = v25
  v28 = 1
  v29 = v23[v28]
  store %1 = v29
  v31 = undefined
  v32 = v29 == v31
  branch v32 ? b3 : b4
b3:
  v33 = 2
  store %1 = v33
  jump b4
b4:
  v35 = %1
  storeFree h = v35
  v37 = slice v23
  storeFree i = v37
  end
`,
  );

  lowers(
    "record literals",
    "javascript",
    `const o = { a, b: 1, "c d": 2, [k]: 3, ...rest, m() {}, get g() { return 1; }, set g(v) {}, async *it() {} };`,
    `
module
  hole 0 m
  hole 1 g
  hole 2 g
  hole 3 it
b0:
  v0 = free a
  v1 = 1
  v2 = 2
  v3 = free k
  v4 = 3
  v5 = free rest
  v6 = closure 0
  v7 = closure 1
  v8 = call v7()
  v9 = closure 2
  v10 = closure 3
  v11 = {"a": v0, "b": v1, "c d": v2, [v3]: v4, ...v5, "m": v6, "g": v8, "it": v10}
  store o = v11
  end

function m()
b0:
  end

function g()
b0:
  v0 = 1
  return v0

function g(v)
b0:
  v0 = param 0
  store v = v0
  end

async generator function it()
b0:
  end
`,
  );

  lowers(
    "arrays with gaps and spreads",
    "javascript",
    `const a = [1, , ...b];`,
    `
module
b0:
  v0 = 1
  v1 = undefined
  v2 = free b
  v3 = list [v0, v1, ...v2]
  store a = v3
  end
`,
  );

  lowers(
    "casts and annotations",
    "typescript",
    `const a: string = b as any; const c = <Foo.Bar<string>>d; e! satisfies F; const g = "x" as const;`,
    `
module
b0:
  v0 = free b
  v1 = v0 as any
  v2 = v1 : string
  store a = v2
  v4 = free d
  v5 = v4 as Foo.Bar[string]
  store c = v5
  v7 = free e
  v8 = v7 as F
  v9 = "x"
  store g = v9
  end
`,
  );

  lowers(
    "parameters",
    "typescript",
    `function f(a: string, b?: number, c = 1, { d, e = "x" }: { d: string; e?: string }, ...rest: string[]): Promise<void> {}`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

function f(a: string, b: number, c = ..., %p3: {d: string, e: string}, *rest: string[]) -> Promise[void]
b0:
  v0 = param 0
  store a = v0
  v2 = param 1
  store b = v2
  v4 = param 2
  store c = v4
  v6 = param 3
  store %p3 = v6
  v8 = param 4
  store rest = v8
  v10 = c
  v11 = undefined
  v12 = v10 == v11
  branch v12 ? b1 : b2
b1:
  v13 = 1
  store c = v13
  jump b2
b2:
  v15 = %p3
  v16 = v15.d
  store d = v16
  v18 = v15.e
  store %0 = v18
  v20 = undefined
  v21 = v18 == v20
  branch v21 ? b3 : b4
b3:
  v22 = "x"
  store %0 = v22
  jump b4
b4:
  v24 = %0
  store e = v24
  end
`,
  );

  lowers(
    "this parameter, predicate and unusual types",
    "typescript",
    `function f(this: A, x: unknown, y: A & B, z: "a" | 1 | null, w: [string, number], v: () => void): x is string { return g(arguments); }`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

function f(x: unknown, y: &[A, B], z: "a" | 1 | null, w: string | number[], v: ?) -> boolean
b0:
  v0 = param 0
  store x = v0
  v2 = param 1
  store y = v2
  v4 = param 2
  store z = v4
  v6 = param 3
  store w = v6
  v8 = param 4
  store v = v8
  v10 = free g
  v11 = x
  v12 = y
  v13 = z
  v14 = w
  v15 = v
  v16 = opaque "arguments" (v11, v12, v13, v14, v15)
  v17 = call v10(v16)
  return v17
`,
  );

  lowers(
    "a JavaScript function's parameters",
    "javascript",
    `const f = async (a, [b] = [], ...c) => { await b; };`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

async function (a, %p1 = ..., *c)
b0:
  v0 = param 0
  store a = v0
  v2 = param 1
  store %p1 = v2
  v4 = param 2
  store c = v4
  v6 = %p1
  v7 = undefined
  v8 = v6 == v7
  branch v8 ? b1 : b2
b1:
  v9 = list []
  store %p1 = v9
  jump b2
b2:
  v11 = %p1
  v12 = 0
  v13 = v11[v12]
  store b = v13
  v15 = b
  v16 = await v15
  end
`,
  );

  lowers(
    "closures are named after what takes them",
    "javascript",
    `app.get("/users", auth, async (req, res) => {}); items.filter(Boolean).map(function (x) { return x; }); const f = () => 1; o.handler = function () {}; new Promise((resolve) => resolve()); ({ key: () => 2 });`,
    `
module
  hole 0 app.get("/users")
  hole 1 items.filter().map
  hole 2 f
  hole 3 handler
  hole 4 new Promise
  hole 5 key
b0:
  v0 = free app
  v1 = v0.get
  v2 = "/users"
  v3 = free auth
  v4 = closure 0
  v5 = call v1(v2, v3, v4)
  v6 = free items
  v7 = v6.filter
  v8 = free Boolean
  v9 = call v7(v8)
  v10 = v9.map
  v11 = closure 1
  v12 = call v10(v11)
  v13 = closure 2
  store f = v13
  v15 = free o
  v16 = closure 3
  v15.handler = v16
  v18 = free Promise
  v19 = closure 4
  v20 = new call v18(v19)
  v21 = closure 5
  v22 = {"key": v21}
  end

async function (req, res)
b0:
  v0 = param 0
  store req = v0
  v2 = param 1
  store res = v2
  end

function (x)
b0:
  v0 = param 0
  store x = v0
  v2 = x
  return v2

function ()
b0:
  v0 = 1
  return v0

function ()
b0:
  end

function (resolve)
b0:
  v0 = param 0
  store resolve = v0
  v2 = resolve
  v3 = call v2()
  return v3

function ()
b0:
  v0 = 2
  return v0
`,
  );

  lowers(
    "functions are hoisted to the start of their block",
    "javascript",
    `f(); { g(); function g() {} } function f() {}`,
    `
module
  hole 0 g
  hole 1 f
b0:
  v0 = closure 1
  store f = v0
  v2 = f
  v3 = call v2()
  v4 = closure 0
  store g = v4
  v6 = g
  v7 = call v6()
  end

function g()
b0:
  end

function f()
b0:
  end
`,
  );

  lowers(
    "shadowed names get a suffix",
    "javascript",
    `const x = 1; { const x = 2; f(() => x); } for (const x of xs) g(x); x;`,
    `
module
  hole 0 f with x = x#2
b0:
  v0 = 1
  store x = v0
  v2 = 2
  store x#2 = v2
  v4 = free f
  v5 = closure 0
  v6 = call v4(v5)
  v7 = free xs
  jump b1
b1:
  v8 = opaque "more" ()
  branch v8 ? b2 : b3
b2:
  v9 = iterate v7
  store x#3 = v9
  v11 = free g
  v12 = x#3
  v13 = call v11(v12)
  jump b1
b3:
  v14 = x
  end

function ()
b0:
  v0 = free x
  return v0
`,
  );

  lowers(
    "var belongs to the function",
    "javascript",
    `function f() { if (a) { var x = 1; } return x; }`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

function f()
b0:
  v0 = free a
  branch v0 ? b2 : b1
b1:
  v3 = x
  return v3
b2:
  v1 = 1
  store x = v1
  jump b1
`,
  );

  lowers(
    "names of outer scopes are free, assignments to them are listed",
    "javascript",
    `function f() { count++; last = name; }`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

function f()
  writes count, last
b0:
  v0 = free count
  v1 = 1
  v2 = v0 + v1
  storeFree count = v2
  v4 = free name
  storeFree last = v4
  end
`,
  );

  lowers(
    "the function's own name",
    "javascript",
    `const f = function g() { return g; };`,
    `
module
  hole 0 g
b0:
  v0 = closure 0
  store g = v0
  store f = v0
  end

function g()
b0:
  v0 = free g
  return v0
`,
  );

  lowers(
    "for, while and do",
    "javascript",
    `for (let i = 0; i < n; i++) f(i); while (a) { if (b) break; } do { c(); } while (d);`,
    `
module
b0:
  v0 = 0
  store i = v0
  jump b1
b1:
  v2 = i
  v3 = free n
  v4 = v2 < v3
  branch v4 ? b2 : b4
b2:
  v5 = free f
  v6 = i
  v7 = call v5(v6)
  jump b3
b3:
  v8 = i
  v9 = 1
  v10 = v8 + v9
  store i = v10
  jump b1
b4:
  jump b5
b5:
  v12 = free a
  branch v12 ? b6 : b7
b6:
  v13 = free b
  branch v13 ? b9 : b8
b7:
  jump b10
b8:
  jump b5
b9:
  jump b7
b10:
  v14 = free c
  v15 = call v14()
  jump b11
b11:
  v16 = free d
  branch v16 ? b10 : b12
b12:
  end
`,
  );

  lowers(
    "for of, for await and for in",
    "javascript",
    `for (const [k, v] of m) f(k); for await (x of s) g(x); for (var p in o) h(p);`,
    `
module
  writes x
b0:
  v0 = free m
  jump b1
b1:
  v1 = opaque "more" ()
  branch v1 ? b2 : b3
b2:
  v2 = iterate v0
  v3 = 0
  v4 = v2[v3]
  store k = v4
  v6 = 1
  v7 = v2[v6]
  store v = v7
  v9 = free f
  v10 = k
  v11 = call v9(v10)
  jump b1
b3:
  v12 = free s
  jump b4
b4:
  v13 = opaque "more" ()
  branch v13 ? b5 : b6
b5:
  v14 = iterate v12
  v15 = await v14
  storeFree x = v15
  v17 = free g
  v18 = free x
  v19 = call v17(v18)
  jump b4
b6:
  v20 = free o
  jump b7
b7:
  v21 = opaque "more" ()
  branch v21 ? b8 : b9
b8:
  v22 = iterate keys v20
  store p = v22
  v24 = free h
  v25 = p
  v26 = call v24(v25)
  jump b7
b9:
  end
`,
  );

  lowers(
    "labels",
    "javascript",
    `outer: for (;;) { for (;;) { if (a) continue outer; break outer; } } done: { if (b) break done; c(); }`,
    `
module
b0:
  jump b1
b1:
  jump b2
b2:
  jump b5
b3:
  jump b1
b4:
  v1 = free b
  branch v1 ? b13 : b12
b5:
  jump b6
b6:
  v0 = free a
  branch v0 ? b10 : b9
b9:
  jump b4
b10:
  jump b3
b11:
  end
b12:
  v2 = free c
  v3 = call v2()
  jump b11
b13:
  jump b11
`,
  );

  lowers(
    "switch falls through and has its default anywhere",
    "javascript",
    `switch (x) { case 1: a(); default: b(); break; case "c": c(); }`,
    `
module
b0:
  v0 = free x
  v1 = 1
  v2 = v0 == v1
  branch v2 ? b2 : b5
b1:
  end
b2:
  v5 = free a
  v6 = call v5()
  jump b3
b3:
  v7 = free b
  v8 = call v7()
  jump b1
b4:
  v9 = free c
  v10 = call v9()
  jump b1
b5:
  v3 = "c"
  v4 = v0 == v3
  branch v4 ? b4 : b6
b6:
  jump b3
`,
  );

  lowers(
    "switch over true tests its cases",
    "javascript",
    `switch (true) { case ok(x): f(x); }`,
    `
module
b0:
  v0 = true
  v1 = free ok
  v2 = free x
  v3 = call v1(v2)
  branch v3 ? b2 : b3
b1:
  end
b2:
  v4 = free f
  v5 = free x
  v6 = call v4(v5)
  jump b1
b3:
  jump b1
`,
  );

  lowers(
    "try, catch and finally",
    "javascript",
    `function f() { try { return a(); } catch ({ message }) { b(message); } finally { c(); } }`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

function f()
b0:
  jump b5
b1:
  end
b2:
  v11 = caught ()
  v12 = free c
  v13 = call v12()
  throw v11
b3:
  v14 = free c
  v15 = call v14()
  v16 = %0
  return v16
b4:
  v9 = free c
  v10 = call v9()
  jump b1
b5: (handler b2)
  jump b7
b6: (handler b2)
  v3 = caught ()
  v4 = v3.message
  store message = v4
  v6 = free b
  v7 = message
  v8 = call v6(v7)
  jump b4
b7: (handler b6)
  v0 = free a
  v1 = call v0()
  store %0 = v1
  jump b3
`,
  );

  lowers(
    "try with catch only, and throw",
    "javascript",
    `try { a(); } catch { b(); throw new Error("x"); }`,
    `
module
b0:
  jump b3
b1:
  end
b2:
  v2 = caught ()
  v3 = free b
  v4 = call v3()
  v5 = free Error
  v6 = "x"
  v7 = new call v5(v6)
  throw v7
b3: (handler b2)
  v0 = free a
  v1 = call v0()
  jump b1
`,
  );

  lowers(
    "break runs finally",
    "javascript",
    `while (a) { try { break; } finally { b(); } }`,
    `
module
b0:
  jump b1
b1:
  v0 = free a
  branch v0 ? b2 : b3
b2:
  jump b8
b3:
  end
b5:
  v5 = caught ()
  v6 = free b
  v7 = call v6()
  throw v5
b7: (unreachable)
  v3 = free b
  v4 = call v3()
  jump b4
b8: (handler b5)
  jump b9
b9:
  v1 = free b
  v2 = call v1()
  jump b3
`,
  );

  lowers(
    "classes",
    "typescript",
    `class A<T> extends B.C<T> implements D { x: number; static y = f(); #z = 1; handle = () => this.x; constructor(private readonly db: Db, id: string) { super(id); } get z() { return this.#z; } static async make() {} [k]() {} static { init(); } abstract foo(): void; }`,
    `
module
  hole 0 handle in A
  hole 1 constructor in A
  hole 2 z in A
  hole 3 make in A
  hole 4 [k] in A
b0:
  v0 = free B
  v1 = v0.C
  v2 = free f
  v3 = call v2()
  v4 = 1
  v5 = closure 0
  v6 = closure 1
  v7 = closure 2
  v8 = closure 3
  v9 = closure 4
  v10 = class A(v1) {field x: number; static field y = v3; field #z = v4; field handle = v5; method constructor = v6; getter z = v7; static method make = v8; method [k] = v9}
  store A = v10
  v12 = free init
  v13 = call v12()
  end

function ()
b0:
  v0 = this
  v1 = v0.x
  return v1

function constructor(db: Db, id: string)
b0:
  v0 = param 0
  store db = v0
  v2 = param 1
  store id = v2
  v4 = this
  v5 = db
  v4.db = v5
  v7 = super
  v8 = id
  v9 = call v7(v8)
  end

function z()
b0:
  v0 = this
  v1 = v0.#z
  return v1

async function make()
b0:
  end

function [k]()
b0:
  end
`,
  );

  lowers(
    "decorators",
    "typescript",
    `@Controller("users") export class A { @Inject(DB) db: Db; @IsInt() @Min(1) n = 1; @Get(":id") find(@Param("id") id: string, @Query() q, @Body(new Pipe(), Other) b: Dto) {} }`,
    `
module
  hole 0 find in A
  export A
b0:
  v0 = undefined
  v1 = free Inject
  v2 = free DB
  v3 = call v1(v2)
  v4 = call decorator v3(v0)
  v5 = 1
  v6 = free IsInt
  v7 = call v6()
  v8 = call decorator v7(v5)
  v9 = free Min
  v10 = 1
  v11 = call v9(v10)
  v12 = call decorator v11(v5)
  v13 = closure 0
  v14 = free Get
  v15 = ":id"
  v16 = call v14(v15)
  v17 = call decorator v16(v13)
  v18 = class A() {field db: Annotated[Db, Inject(DB)]; field n: Annotated[?, IsInt(), Min(1)] = v5; method find = v13}
  store A = v18
  v20 = free Controller
  v21 = "users"
  v22 = call v20(v21)
  v23 = call decorator v22(v18)
  end

function find(id: Annotated[string, Param("id")], q: Annotated[?, Query()], b: Annotated[Dto, Body(Pipe(), Other)])
b0:
  v0 = param 0
  store id = v0
  v2 = param 1
  store q = v2
  v4 = param 2
  store b = v4
  end
`,
  );

  lowers(
    "class expressions",
    "javascript",
    `const A = class B extends mixin(C) { m() {} }; const D = class { x = 1 };`,
    `
module
  hole 0 m in B
b0:
  v0 = free mixin
  v1 = free C
  v2 = call v0(v1)
  v3 = closure 0
  v4 = class B(v2) {method m = v3}
  store B = v4
  store A = v4
  v7 = 1
  v8 = class D() {field x = v7}
  store D = v8
  end

function m()
b0:
  end
`,
  );

  lowers(
    "imports",
    "typescript",
    `import "side"; import d, * as ns from "a"; import { b, c as e, type F, default as g } from "./m.js"; import type { T } from "t"; import r = require("r"); import N = A.B;`,
    `
module
b0:
  v0 = import "side"
  v1 = import "a" default
  store d = v1
  v3 = import "a"
  store ns = v3
  v5 = import "./m.js" b
  store b = v5
  v7 = import "./m.js" c
  store e = v7
  v9 = import "./m.js" F
  store F = v9
  v11 = import "./m.js" default
  store g = v11
  v13 = import "t" T
  store T = v13
  v15 = import "r"
  store r = v15
  v17 = free A
  v18 = v17.B
  store N = v18
  end
`,
  );

  lowers(
    "require and dynamic import",
    "javascript",
    `const a = require("a"), { b } = require(\`./b\`), c = require("c").d; const e = await import("e"); import(f); function g(require) { require("no"); }`,
    `
module
  hole 0 g
b0:
  v0 = closure 0
  store g = v0
  v2 = import "a"
  store a = v2
  v4 = import "./b"
  v5 = v4.b
  store b = v5
  v7 = import "c"
  v8 = v7.d
  store c = v8
  v10 = import "e"
  v11 = await v10
  store e = v11
  v13 = free import
  v14 = free f
  v15 = call v13(v14)
  end

function g(require)
b0:
  v0 = param 0
  store require = v0
  v2 = require
  v3 = "no"
  v4 = call v2(v3)
  end
`,
  );

  lowers(
    "exports",
    "typescript",
    `export const { a, b: [c] } = x; export function f() {} export class K {} export { a as default, c as "d e" }; export { g, default as h } from "./m"; export * from "n"; export * as o from "p"; export enum E { A, B = 5, C, D = "d" } export interface I {} export type U = string;`,
    `
module
  hole 0 f
  export a
  export c
  export f
  export K
  export a as default
  export c as d e
  export g of "./m" as g
  export default of "./m" as h
  export * of "n"
  export * of "p" as o
  export E
b0:
  v0 = closure 0
  store f = v0
  v2 = free x
  v3 = v2.a
  store a = v3
  v5 = v2.b
  v6 = 0
  v7 = v5[v6]
  store c = v7
  v9 = class K() {}
  store K = v9
  v11 = import "./m"
  v12 = import "n"
  v13 = import "p"
  v14 = 0
  v15 = 5
  v16 = 6
  v17 = "d"
  v18 = {"A": v14, "B": v15, "C": v16, "D": v17}
  store E = v18
  end

function f()
b0:
  end
`,
  );

  lowers(
    "export default",
    "typescript",
    `export default { name: "x", setup() {} };`,
    `
module
  hole 0 setup
  export default
b0:
  v0 = "x"
  v1 = closure 0
  v2 = {"name": v0, "setup": v1}
  store default = v2
  end

function setup()
b0:
  end
`,
  );

  lowers(
    "export default of a function without a name",
    "javascript",
    `export default async function () {}`,
    `
module
  hole 0 default
  export default
b0:
  v0 = closure 0
  store default = v0
  end

async function ()
b0:
  end
`,
  );

  lowers(
    "CommonJS exports",
    "javascript",
    `module.exports = { a, b() {}, ...require("./c") }; exports.d = exports.e = 1; module.exports.f = g; exports["h"] = 2;`,
    `
module
  hole 0 b
  export module.exports as default
  export exports.a as a
  export exports.b as b
  export * of "./c"
  export exports.e as e
  export exports.d as d
  export exports.f as f
  export exports.h as h
b0:
  v0 = free module
  v1 = free a
  v2 = closure 0
  v3 = import "./c"
  v4 = {"a": v1, "b": v2, ...v3}
  v0.exports = v4
  store module.exports = v4
  store exports.a = v1
  store exports.b = v2
  v9 = free exports
  v10 = free exports
  v11 = 1
  v10.e = v11
  store exports.e = v11
  v9.d = v11
  store exports.d = v11
  v16 = free module
  v17 = v16.exports
  v18 = free g
  v17.f = v18
  store exports.f = v18
  v21 = free exports
  v22 = "h"
  v23 = 2
  v21[v22] = v23
  store exports.h = v23
  end

function b()
b0:
  end
`,
  );

  lowers(
    "export = and namespaces",
    "typescript",
    `namespace A.B { export const x = 1; const y = 2; } declare namespace C { const z: number; } export = A;`,
    `
module
  export module.exports as default
  export module.exports as the module
b0:
  v0 = 1
  store x = v0
  v2 = 2
  store y = v2
  v4 = x
  v5 = {"x": v4}
  v6 = {"B": v5}
  store A = v6
  v8 = A
  store module.exports = v8
  end
`,
  );

  lowers(
    "JSX",
    "tsx",
    `const e = <Foo.Bar id="a&amp;b" on={() => f(x)} {...rest} flag>text {x} {/* no */}<br/></Foo.Bar>; const f = <></>;`,
    `
module
  hole 0 on
b0:
  v0 = free %jsx
  v1 = free Foo
  v2 = v1.Bar
  v3 = "a&b"
  v4 = closure 0
  v5 = free rest
  v6 = true
  v7 = {"id": v3, "on": v4, ...v5, "flag": v6}
  v8 = "text "
  v9 = free x
  v10 = free %jsx
  v11 = "br"
  v12 = {}
  v13 = list []
  v14 = call v10(v11, v12, v13)
  v15 = list [v8, v9, v14]
  v16 = call v0(v2, v7, v15)
  store e = v16
  v18 = free %jsx
  v19 = ""
  v20 = {}
  v21 = list []
  v22 = call v18(v19, v20, v21)
  store f = v22
  end

function ()
b0:
  v0 = free f
  v1 = free x
  v2 = call v0(v1)
  return v2
`,
  );

  lowers(
    "yield, await, sequences and other operators",
    "javascript",
    `async function* f() { const x = yield a; yield* b; (await c, typeof d, delete e.f); return void g(); }`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

async generator function f()
b0:
  v0 = free a
  v1 = yield v0
  store x = v1
  v3 = free b
  v4 = iterate v3
  v5 = yield v4
  v6 = free c
  v7 = await v6
  v8 = free d
  v9 = typeof v8
  v10 = undefined
  v11 = free e
  v11.f = v10
  v13 = true
  v14 = free g
  v15 = call v14()
  v16 = void v15
  return v16
`,
  );

  lowers(
    "this, super, new.target and import.meta",
    "javascript",
    `class A extends B { m() { super.m(this); new.target; import.meta.url; } }`,
    `
module
  hole 0 m in A
b0:
  v0 = free B
  v1 = closure 0
  v2 = class A(v0) {method m = v1}
  store A = v2
  end

function m()
b0:
  v0 = super
  v1 = v0.m
  v2 = this
  v3 = call v1(v2)
  v4 = opaque "new.target" ()
  v5 = free import.meta
  v6 = v5.url
  end
`,
  );

  lowers(
    "errors become opaque and keep their parts",
    "typescript",
    `const a = f(x; g(y));`,
    `
module
  has errors
b0:
  v0 = free f
  v1 = free x
  v2 = opaque "ERROR" (v1)
  v3 = free g
  v4 = free y
  v5 = call v3(v4)
  v6 = call v0(v2, v5)
  store a = v6
  end
`,
  );

  lowers(
    "TypeScript declarations that leave no code",
    "typescript",
    `declare const a: string; type T = A; interface I { x: number } declare module "m" { export const b: number; } function f(a: string): void; function f(a: any) {}`,
    `
module
  hole 0 f
b0:
  v0 = closure 0
  store f = v0
  end

function f(a: any)
b0:
  v0 = param 0
  store a = v0
  end
`,
  );
});

describe("spans", () => {
  const text = `const f = () => { long(body); };
run(\`a\${b}\`, c); new K;
if (x) y.z();`;
  const source = (span: Span, item: ItemSource): string => {
    const shown = (offset: number): number => {
      for (let at = text.length; at >= 0; at--) if (toItem(item, at) === offset) return at;
      return -1;
    };
    return text.slice(shown(span.start), shown(span.end));
  };

  test("statements, outermost first", () => {
    const [module] = lowerAll("javascript", text);
    assert.ok(module);
    assert.deepEqual(
      module.item.statements.map((s) => source(s, module.source)),
      [
        "const f = () => { long(body); };",
        `run(\`a\${b}\`, c);`,
        "new K;",
        "if (x) y.z();",
        "y.z();",
      ],
    );
  });

  test("calls, arguments and the parts of a template", () => {
    const [module] = lowerAll("javascript", text);
    assert.ok(module);
    const shown: string[] = [];
    for (const op of module.item.ops) {
      if (op.op === "call") {
        shown.push(`${source(op.span, module.source)} | ${source(op.argsSpan, module.source)}`);
      } else if (op.op === "join") {
        shown.push(...op.parts.map((p) => `${p.kind} ${source(p.span, module.source)}`));
      } else if (op.op === "member") shown.push(source(op.nameSpan, module.source));
    }
    assert.deepEqual(shown, [
      "text a",
      `hole \${b}`,
      `run(\`a\${b}\`, c) | (\`a\${b}\`, c)`,
      "new K | ",
      "z",
      "y.z() | ()",
    ]);
  });

  test("a closure knows the suffixed names it sees", () => {
    const [module] = lowerAll("javascript", "let x; { let x; f(() => x); } g(() => x);");
    assert.ok(module);
    const { holes, slots } = module.item;
    assert.deepEqual(slots, ["x", "x#2"]);
    assert.deepEqual(
      holes.map((h) => h.renamed),
      [{ x: 1 }, undefined],
    );
  });

  test("a body's text changes nothing of its parent", () => {
    const a = lowerAll("typescript", "f(1); app.get('/', (req) => { return 1; }); g(2);")[0];
    const b = lowerAll("typescript", "f(1); app.get('/', (req) => { other(req); }); g(2);")[0];
    assert.equal(a?.source.key, b?.source.key);
    assert.deepEqual(a?.item, b?.item);
  });
});

describe("no text breaks it", () => {
  const survives = (name: string, make: () => string, dialects = DIALECTS): void => {
    test(name, () => {
      const text = make();
      for (const dialect of dialects) {
        for (const { source, item } of lowerAll(dialect, text)) checkItem(source, item);
      }
    });
  };
  const nested = (open: string, middle: string, close: string, depth = 10_000): string =>
    open.repeat(depth) + middle + close.repeat(depth);

  test("a sample cut at every second offset", () => {
    for (let at = 0; at <= SAMPLE.length; at += 2) {
      const dialect = DIALECTS[at % DIALECTS.length] as GrammarName;
      for (const { source, item } of lowerAll(dialect, SAMPLE.slice(0, at))) {
        checkItem(source, item);
      }
    }
  });

  survives("nested parentheses", () => `x = ${nested("(", "y", ")")}`);
  survives("nested arrays", () => `x = ${nested("[", "y", "]")}`);
  survives("nested objects", () => `x = ${nested("{a:", "y", "}")}`);
  survives("nested calls", () => nested("f(", "", ")"));
  survives("nested blocks", () => nested("{", "", "}"));
  survives("nested functions", () => nested("function f() {", "", "}", 2_000));
  survives("nested arrows", () => `x = ${"a => ".repeat(2_000)}1`);
  survives("nested templates", () => nested("`${", "x", "}`", 1_000));
  survives("nested patterns", () => `var ${nested("{a:", "x", "}")} = 1`);
  survives("nested finally", () => nested("try { a() } finally {", "b()", "}", 300));
  survives("nested elements", () => `x = ${nested("<a>", "", "</a>", 2_000)}`);
  survives("nested awaits", () => `${"await ".repeat(10_000)}x`);
  survives("a long sum", () => `x = a${" + a".repeat(5_000)}`);
  survives("a long condition", () => `if (a${" && b || c".repeat(5_000)}) d();`);
  survives("a long chain of else if", () => `if (a) b();${" else if (c) d();".repeat(5_000)}`);
  survives("a long chain of ternaries", () => `x = ${"a ? b : ".repeat(5_000)}c`);
  survives("a long chain of calls", () => `x${".a()".repeat(5_000)}`);
  survives("a long chain of assignments", () => `${"a = ".repeat(10_000)}1`);
  survives("only opening brackets", () => "({[`${".repeat(2_000));
  survives("NUL and lone surrogates", () => `x\0y = '\0' + \`\ud800\${a}\` + "\udc00" // \ud83d`);
  survives("five megabytes in one line", () => `x = [${'"0123456789abcdef",'.repeat(263_000)}]`, [
    "javascript",
  ]);

  test("a long sum is not cut off", () => {
    const [module] = lowerAll("javascript", `x = a${" + a".repeat(5_000)}`);
    assert.equal(module?.item.ops.filter((op) => op.op === "binary").length, 5_000);
  });

  test("what is too deep keeps its names", () => {
    const [module] = lowerAll("javascript", `x = ${nested("[", "secret", "]", 1_000)}`);
    const deep = module?.item.ops.find((op) => op.op === "opaque" && op.what === "deep");
    assert.ok(deep?.op === "opaque" && deep.uses.length === 1);
  });
});

const SAMPLE = `
import express, { type Request } from "express";
@Injectable()
export class Users extends Base<User> {
  static count = 0;
  #db: Db;
  constructor(private readonly db: Db, @Inject("x") other?: Other) { super(db); }
  @Get(":id") async find(@Param("id") id: string, ...rest: string[]): Promise<User | null> {
    if (!id || (rest.length > 0 && rest[0] === "x")) throw new Error(\`bad \${id}\\n\`);
    for (const [k, v] of Object.entries(rest)) { if (k in v) continue; else break; }
    try { return await this.db.query<User>("SELECT * FROM t WHERE id = " + id); }
    catch ({ message }) { log?.(message); } finally { this.done ||= true; }
    switch (id) { case "a": return null; default: lab: do { id++; } while (id < 10); }
  }
}
export const handler = async ({ body: { a, b = 1 }, ...more }: Request) => a ?? (b ? more : null);
app.get("/users/:id", (req, res) => { res.send(\`<p>\${req.params.id}</p>\`); });
const re = /a[/]b/g, o = { a, "b": 1, [c]: () => {}, get d() { return 1 }, ...e }, view = <div a="b">{o}</div>;
export * as ns from "./ns"; export { x as default } from './x'; module.exports = { o };
enum E { A, B = "b" } namespace N { export type T = keyof typeof o; export let z = 1 as const; }
`;

describe("imports lead to", () => {
  const files = (
    names: readonly string[],
    texts: Readonly<Record<string, string>> = {},
  ): FileSet => {
    const known = new Set([...names, ...Object.keys(texts)]);
    const root = names[0]?.startsWith("file:") ? "file:///w" : "/w";
    const packages = (name: string): string[] =>
      Object.keys(texts)
        .filter((f) => f.endsWith("/package.json") && texts[f]?.includes(`"name": "${name}"`))
        .map((f) => f.slice(0, -"/package.json".length));
    return { has: (f) => known.has(f), text: (f) => texts[f], rootOf: () => root, packages };
  };
  const leads = (
    name: string,
    specifier: string,
    expected: string,
    set: FileSet,
    from = "/w/src/a.ts",
  ): void => {
    test(name, () => {
      const found = javascript.resolve(from, specifier, set);
      assert.equal(
        found.kind === "file" ? found.file : `${found.kind} ${"path" in found ? found.path : ""}`,
        expected,
      );
    });
  };
  const tsconfig = (options: string, rest = ""): string =>
    `{ /* c */ "compilerOptions": ${options}, ${rest} }`;

  leads("the file with an extension left out", "./b", "/w/src/b.ts", files(["/w/src/b.ts"]));
  leads(
    "the source, not its declarations",
    "./b",
    "/w/src/b.js",
    files(["/w/src/b.d.ts", "/w/src/b.js"]),
  );
  leads(
    "the TypeScript file that .js means",
    "./b.js",
    "/w/src/b.ts",
    files(["/w/src/b.js", "/w/src/b.ts"]),
  );
  leads("the module that .mjs means", "./b.mjs", "/w/src/b.mts", files(["/w/src/b.mts"]));
  leads(
    "a package of Deno, without its version",
    "npm:@acme/db@2.1/mini",
    "package @acme/db/mini",
    files([]),
  );
  leads(
    "a package by the address of a server that has it",
    "https://cdn.example/v135/@acme/db@2.1?target=es2022",
    "package @acme/db",
    files([]),
  );
  leads(
    "an address that names no package",
    "https://cdn.example/lib/mod.ts",
    "package https://cdn.example/lib/mod.ts",
    files([]),
  );
  leads("a folder's index", "../lib", "/w/lib/index.tsx", files(["/w/lib/index.tsx"]));
  leads(
    "the index of its own folder",
    ".",
    "/w/src/index.ts",
    files(["/w/src/index.ts", "/w/src.ts"]),
  );
  leads("not itself", "./a", "/w/src/a/index.ts", files(["/w/src/a.ts", "/w/src/a/index.ts"]));
  leads("a name with a dot", "./b.service", "/w/src/b.service.ts", files(["/w/src/b.service.ts"]));
  leads("nothing known", "./no", "package ./no", files([]));
  leads("a package with its subpath", "@scope/x/y", "package @scope/x/y", files([]));
  leads("a module of Node", "node:fs/promises", "package fs/promises", files([]));
  leads(
    "a file by URI",
    "./b c",
    "file:///w/src/b%20c.ts",
    files(["file:///w/src/b%20c.ts"]),
    "file:///w/src/a.ts",
  );
  leads(
    "a path alias",
    "@/db/pool",
    "/w/src/db/pool.ts",
    files(["/w/src/db/pool.ts"], {
      "/w/tsconfig.json": tsconfig('{ "paths": { "@/*": ["./src/*"], "*": ["./types/*"] } }'),
    }),
  );
  leads(
    "a path alias of an extended configuration",
    "~x",
    "/w/lib/x.ts",
    files(["/w/lib/x.ts"], {
      "/w/src/tsconfig.json": tsconfig("{}", '"extends": "../base"'),
      "/w/base.json": tsconfig('{ "baseUrl": "./lib", "paths": { "~*": ["*"] } }'),
    }),
  );
  leads(
    "a path alias of a referenced configuration",
    "@/x",
    "/w/src/x.ts",
    files(["/w/src/x.ts"], {
      "/w/tsconfig.json": '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }',
      "/w/tsconfig.app.json": tsconfig('{ "paths": { "@/*": ["src/*"] } }'),
    }),
  );
  leads(
    "a name under baseUrl",
    "lib/x",
    "/w/lib/x.ts",
    files(["/w/lib/x.ts"], { "/w/jsconfig.json": tsconfig('{ "baseUrl": "." }') }),
  );
  leads(
    "an import of the package itself",
    "#db",
    "/w/src/db.ts",
    files(["/w/src/db.ts"], {
      "/w/package.json": '{ "imports": { "#db": { "default": "./src/db.js" } } }',
    }),
  );
  leads(
    "a package of the workspace",
    "@me/core",
    "/w/packages/core/src/index.ts",
    files(["/w/packages/core/src/index.ts"], {
      "/w/package.json": '{ "workspaces": ["packages/*"] }',
      "/w/packages/core/package.json": '{ "name": "@me/core", "main": "dist/index.js" }',
    }),
  );
  leads(
    "a broken configuration is no configuration",
    "@/x",
    "package @/x",
    files([], { "/w/tsconfig.json": '{ "compilerOptions": { "paths": [' }),
  );
});
