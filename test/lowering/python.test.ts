/** Python to IR: what each construct becomes, where imports lead, and that no text breaks the lowering. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { before, describe, test } from "node:test";
import type { Item, Op, Span } from "../../server/ir/ir.ts";
import { printItem } from "../../server/ir/print.ts";
import { absoluteSpan, type ItemSource, splitItems, toItem } from "../../server/languages/items.ts";
import type { FileSet } from "../../server/languages/language.ts";
import { offsets } from "../../server/languages/python/context.ts";
import { python } from "../../server/languages/python/index.ts";
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

interface Lowered {
  readonly source: ItemSource;
  readonly item: Item;
}

function lowerAll(text: string): Lowered[] {
  const tree = syntax.parse("python", text);
  return splitItems(tree, python.bodyOf).map((source) => ({
    source,
    item: python.lower(tree, source),
  }));
}

/** Both texts begin on the line after the opening quote. */
function lowers(name: string, text: string, expected: string): void {
  test(name, () => {
    const items = lowerAll(text.slice(1));
    assert.equal(items.map(({ item }) => printItem(item)).join("\n"), expected.slice(1));
    for (const { source, item } of items) checkItem(source, item);
  });
}

/** Spans lie within the item, operations use values made before them, every index exists, every hole has its closure. */
function checkItem(source: ItemSource, item: Item): void {
  const length = toItem(source, source.end);
  const within = (span: Span, what: string): void => {
    const fits = 0 <= span.start && span.start <= span.end && span.end <= length;
    assert.ok(fits, `${what} ${span.start}..${span.end} of ${length}`);
  };
  assert.equal(item.holes.length, source.holes.length, "holes");
  for (const span of item.statements) within(span, "statement");
  const owner = new Map<number, number>();
  item.blocks.forEach((block, b) => {
    for (const id of block.ops) owner.set(id, b);
  });
  assert.equal(owner.size, item.ops.length, "every operation is in a block");
  item.blocks.forEach((block) => {
    for (const id of block.ops) {
      const op = item.ops[id] as Op;
      within(op.span, op.op);
      for (const used of usedBy(op)) {
        const before = used < id || owner.get(used) !== owner.get(id);
        assert.ok(before && owner.has(used), `v${id} uses v${used}`);
      }
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
    if (block.handler !== undefined) next.push(block.handler);
    for (const to of next) assert.ok(to < item.blocks.length, `block ${to}`);
  });
  const at = offsets(source);
  for (let i = source.start; i <= source.end; i += 5) assert.equal(at(i), toItem(source, i));
}

function usedBy(op: Op): readonly number[] {
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
    case "closure":
      return op.defaults.filter((d) => d !== undefined);
    case "caught":
      return op.types;
    case "opaque":
      return op.uses;
    default: {
      const given = new Map<string, unknown>(Object.entries(op));
      return ["value", "object", "key", "left", "right", "operand"].flatMap((name) => {
        const used = given.get(name);
        return typeof used === "number" ? [used] : [];
      });
    }
  }
}

describe("lowers", () => {
  lowers(
    "constants with their escapes",
    String.raw`
f("a\n\x41\u00e9\101\q", r"\n", b"\x41", 0x10, 1_000, 2.5, -3, True, None, ...)
`,
    String.raw`
module
b0:
  v0 = free f
  v1 = "a\nAéA\\q"
  v2 = "\\n"
  v3 = "A"
  v4 = 16
  v5 = 1000
  v6 = 2.5
  v7 = -3
  v8 = true
  v9 = null
  v10 = undefined
  v11 = call v0(v1, v2, v3, v4, v5, v6, v7, v8, v9, v10)
  end
`,
  );

  lowers(
    "adjacent plain literals as one constant",
    `
q = ("SELECT a "
     'FROM b')
`,
    `
module
  export q
b0:
  v0 = "SELECT a FROM b"
  store q = v0
  end
`,
  );

  lowers(
    "an f-string as a join",
    `
q = f"SELECT {a.b!r:>{w}} {{x}} {c=}"
`,
    `
module
  export q
b0:
  v0 = free a
  v1 = v0.b
  v2 = free w
  v3 = free c
  v4 = join fstring "SELECT " {v1 !r:>{w}} {v2} " {x} " {v3 =}
  store q = v4
  end
`,
  );

  lowers(
    "adjacent literals with an f-string as one join",
    `
q = "SELECT " f"{a}" " LIMIT 1"
`,
    `
module
  export q
b0:
  v0 = free a
  v1 = join adjacent "SELECT " {v0} " LIMIT 1"
  store q = v1
  end
`,
  );

  lowers(
    "percent formatting with a tuple, a value and a mapping",
    `
a = "x=%s y=%05.2f%%" % (b, c)
a = "x=%s" % b
a = "x=%(k)s" % {"k": b, "other": c}
a = "x=%(k)s" % b
`,
    `
module
  export a
b0:
  v0 = free b
  v1 = free c
  v2 = join percent "x=" {v0 s} " y=" {v1 05.2f} "%"
  store a = v2
  v4 = free b
  v5 = join percent "x=" {v4 s}
  store a = v5
  v7 = free b
  v8 = free c
  v9 = join percent "x=" {v7 s}
  store a = v9
  v11 = free b
  v12 = "k"
  v13 = v11[v12]
  v14 = join percent "x=" {v13 s}
  store a = v14
  end
`,
  );

  lowers(
    "percent formatting that does not fit as an operator",
    `
a = "x=%s %s" % b
a = "%*d" % (b, c)
a = b % c
`,
    `
module
  export a
b0:
  v0 = "x=%s %s"
  v1 = free b
  v2 = v0 % v1
  store a = v2
  v4 = "%*d"
  v5 = free b
  v6 = free c
  v7 = tuple [v5, v6]
  v8 = v4 % v7
  store a = v8
  v10 = free b
  v11 = free c
  v12 = v10 % v11
  store a = v12
  end
`,
  );

  lowers(
    "str.format as a join",
    `
a = "{} {0}".format(b)
a = "{0}-{k!r:>{w}}".format(b, k=c, w=3)
a = "{0.name}{0[key]}".format(b)
a = "{{}} {k}".format(**b)
`,
    `
module
  export a
b0:
  v0 = "{} {0}"
  v1 = v0.format
  v2 = free b
  v3 = call v1(v2)
  store a = v3
  v5 = free b
  v6 = free c
  v7 = 3
  v8 = join format {v5} "-" {v6 !r:>{w}} {v7}
  store a = v8
  v10 = free b
  v11 = v10.name
  v12 = "key"
  v13 = v10[v12]
  v14 = join format {v11} {v13}
  store a = v14
  v16 = free b
  v17 = "k"
  v18 = v16[v17]
  v19 = join format "{} " {v18}
  store a = v19
  end
`,
  );

  lowers(
    "str.format of unknown arguments as a call",
    `
a = "{} {}".format(*b)
`,
    `
module
  export a
b0:
  v0 = "{} {}"
  v1 = v0.format
  v2 = free b
  v3 = call v1(*v2)
  store a = v3
  end
`,
  );

  lowers(
    "operators from left to right",
    `
a = b + c * d - -e
a += ~b
`,
    `
module
  export a
b0:
  v0 = free b
  v1 = free c
  v2 = free d
  v3 = v1 * v2
  v4 = v0 + v3
  v5 = free e
  v6 = - v5
  v7 = v4 - v6
  store a = v7
  v9 = a
  v10 = free b
  v11 = ~ v10
  v12 = v9 + v11
  store a = v12
  end
`,
  );

  lowers(
    "an assignment with several targets and unpacking",
    `
a = b, (c, *d, e) = f()
a.b = c[d] = g
[h] = i
`,
    `
module
  export a
  export b
  export c
  export d
  export e
  export h
b0:
  v0 = free f
  v1 = call v0()
  store a = v1
  v3 = 0
  v4 = v1[v3]
  store b = v4
  v6 = 1
  v7 = v1[v6]
  v8 = 0
  v9 = v7[v8]
  store c = v9
  v11 = slice v7
  store d = v11
  v13 = -1
  v14 = v7[v13]
  store e = v14
  v16 = free g
  v17 = a
  v17.b = v16
  v19 = c
  v20 = d
  v19[v20] = v16
  v22 = free i
  v23 = 0
  v24 = v22[v23]
  store h = v24
  end
`,
  );

  lowers(
    "augmented assignment to places",
    `
a.b += c
a[b] |= c
`,
    `
module
b0:
  v0 = free a
  v1 = v0.b
  v2 = free c
  v3 = v1 + v2
  v0.b = v3
  v5 = free a
  v6 = free b
  v7 = v5[v6]
  v8 = free c
  v9 = v7 | v8
  v5[v6] = v9
  end
`,
  );

  lowers(
    "slices",
    `
a = b[1:c]
a = b[1, 2]
a[1:] = c
del a[0], a.b, c
`,
    `
module
  export a
b0:
  v0 = free b
  v1 = 1
  v2 = c
  v3 = slice v0 by v1, v2
  store a = v3
  v5 = free b
  v6 = 1
  v7 = 2
  v8 = tuple [v6, v7]
  v9 = v5[v8]
  store a = v9
  v11 = c
  v12 = a
  v13 = 1
  v14 = iterate v11
  v15 = opaque "slice" (v13)
  v12[v15] = v14
  v17 = undefined
  v18 = a
  v19 = 0
  v18[v19] = v17
  v21 = undefined
  v22 = a
  v22.b = v21
  end
`,
  );

  lowers(
    "calls with every kind of argument",
    `
f(a, *b, c=d, **e)
f(x for x in y)
a.b(c).d(e)
`,
    `
module
b0:
  v0 = free f
  v1 = free a
  v2 = free b
  v3 = free d
  v4 = free e
  v5 = call v0(v1, *v2, c=v3, **v4)
  v6 = free f
  v7 = list []
  store %0 = v7
  v9 = free y
  jump b3
b1:
  v16 = %0
  v17 = call v6(v16)
  v18 = free a
  v19 = v18.b
  v20 = free c
  v21 = call v19(v20)
  v22 = v21.d
  v23 = free e
  v24 = call v22(v23)
  end
b2:
  v11 = iterate v9
  store x#1 = v11
  v13 = x#1
  v14 = list [v13]
  store %0 = v14
  jump b3
b3:
  v10 = opaque "more" ()
  branch v10 ? b2 : b1
`,
  );

  lowers(
    "the names a module lists",
    `
__all__ = ["a", 'b']
__all__ += ("c",)
__all__.append("d")
`,
    `
module
  export __all__
  listed a, b, c, d
b0:
  v0 = "a"
  v1 = "b"
  v2 = list [v0, v1]
  store __all__ = v2
  v4 = __all__
  v5 = "c"
  v6 = tuple [v5]
  v7 = v4 + v6
  store __all__ = v7
  v9 = __all__
  v10 = v9.append
  v11 = "d"
  v12 = call v10(v11)
  end
`,
  );

  lowers(
    "imports",
    `
import a.b, c.d as e
from f import g, h as i
from . import j
from ..k.l import (m,)
from n import *
from __future__ import annotations
`,
    `
module
  export a
  export e
  export g
  export i
  export j
  export m
  export * of "n"
  export annotations
b0:
  v0 = import "a" also "a.b"
  store a = v0
  v2 = import "c.d"
  store e = v2
  v4 = import "f" g
  store g = v4
  v6 = import "f" h
  store i = v6
  v8 = import "." j
  store j = v8
  v10 = import "..k.l" m
  store m = v10
  v12 = import "n" *
  v13 = import "__future__" annotations
  store annotations = v13
  end
`,
  );

  lowers(
    "functions, defaults, decorators",
    `
@app.get("/x")
@d
async def f(a, /, b: int, *args, c: str = k, **kw) -> None:
    await b

def g(*, a): yield from a
`,
    `
module
  hole 0 f
  hole 1 g
  export f
  export g
b0:
  v0 = free app
  v1 = v0.get
  v2 = "/x"
  v3 = call v1(v2)
  v4 = free d
  v5 = free k
  v6 = closure 0 defaults -, -, -, v5, -
  v7 = call decorator v4(v6)
  v8 = call decorator v3(v7)
  store f = v8
  v10 = closure 1
  store g = v10
  end

async function f(a, b: int, *args, keyword c: str = ..., **kw) -> null
b0:
  v0 = param 0
  store a = v0
  v2 = param 1
  store b = v2
  v4 = param 2
  store args = v4
  v6 = param 3
  store c = v6
  v8 = param 4
  store kw = v8
  v10 = b
  v11 = await v10
  end

generator function g(keyword a)
b0:
  v0 = param 0
  store a = v0
  v2 = a
  v3 = iterate v2
  v4 = yield v3
  end
`,
  );

  lowers(
    "annotations as types",
    `
def f(a: Optional[X], b: x.Y | None, c: "list[UploadFile]", d: Annotated[str, Query()],
      e: Literal["a", 1], g: Dict[str, int], h: Callable[[int], str], *i: t.Any) -> list[X]: ...
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

function f(a: X | null, b: x.Y | null, c: UploadFile[], d: Annotated[str, Query()], e: "a" | 1, g: Dict[str, int], h: Callable[list[int], str], *i: t.Any) -> X[]
b0:
  v0 = param 0
  store a = v0
  v2 = param 1
  store b = v2
  v4 = param 2
  store c = v4
  v6 = param 3
  store d = v6
  v8 = param 4
  store e = v8
  v10 = param 5
  store g = v10
  v12 = param 6
  store h = v12
  v14 = param 7
  store i = v14
  end
`,
  );

  lowers(
    "lambdas named after what takes them",
    `
app.get("/users", lambda r, n=1: r)
key = lambda: 1
f(key=lambda: 2)
sorted(x, key=lambda: 2)
`,
    `
module
  hole 0 app.get("/users")
  hole 1 key
  hole 2 key
  hole 3 key
  export key
b0:
  v0 = free app
  v1 = v0.get
  v2 = "/users"
  v3 = 1
  v4 = closure 0 defaults -, v3
  v5 = call v1(v2, v4)
  v6 = closure 1
  store key = v6
  v8 = free f
  v9 = closure 2
  v10 = call v8(key=v9)
  v11 = free sorted
  v12 = free x
  v13 = closure 3
  v14 = call v11(v12, key=v13)
  end

function (r, n = ...)
b0:
  v0 = param 0
  store r = v0
  v2 = param 1
  store n = v2
  v4 = r
  return v4

function ()
b0:
  v0 = 1
  return v0

function ()
b0:
  v0 = 2
  return v0

function ()
b0:
  v0 = 2
  return v0
`,
  );

  lowers(
    "a class with its members",
    `
class A(B, metaclass=M):
    """Doc."""
    a: int
    b: str = c
    d = e = b
    def f(self, g=d): return d
    @property
    def h(self): pass
    @h.setter
    def h(self, v): pass
    @staticmethod
    def i(): pass
    class C:
        def j(self): super().j()
`,
    `
module
  hole 0 f in A
  hole 1 h in A
  hole 2 h in A
  hole 3 i in A
  hole 4 j in A.C
  export A
b0:
  v0 = free B
  v1 = free M
  v2 = free c
  v3 = v2 : str
  store A.b = v3
  v5 = A.b
  store A.d = v5
  store A.e = v5
  v8 = A.d
  v9 = closure 0 defaults -, v8
  store A.f = v9
  v11 = free property
  v12 = closure 1
  v13 = call decorator v11(v12)
  store A.h = v13
  v15 = A.h
  v16 = v15.setter
  v17 = closure 2
  v18 = call decorator v16(v17)
  store A.h = v18
  v20 = free staticmethod
  v21 = closure 3
  v22 = call decorator v20(v21)
  store A.i = v22
  v24 = closure 4
  store A.C.j = v24
  v26 = class C() {method j = v24}
  store A.C = v26
  v28 = class A(v0) {field a: int; field b: str = v3; field d = v5; field e = v5; method f = v9; getter h = v13; setter h = v18; static method i = v22; field C = v26}
  store A = v28
  end

function f(self, g = ...)
b0:
  v0 = param 0
  store self = v0
  v2 = param 1
  store g = v2
  v4 = free d
  return v4

function h(self)
b0:
  v0 = param 0
  store self = v0
  end

function h(self, v)
b0:
  v0 = param 0
  store self = v0
  v2 = param 1
  store v = v2
  end

function i()
b0:
  end

function j(self)
b0:
  v0 = param 0
  store self = v0
  v2 = super
  v3 = v2.j
  v4 = call v3()
  end
`,
  );

  lowers(
    "global, nonlocal and free names",
    `
a = 1
def f():
    global a
    a = b
    c = 2
    def g():
        nonlocal c
        c += a
`,
    `
module
  hole 0 f
  export a
  export f
b0:
  v0 = 1
  store a = v0
  v2 = closure 0
  store f = v2
  end

function f()
  writes a
  hole 0 g
b0:
  v0 = free b
  storeFree a = v0
  v2 = 2
  store c = v2
  v4 = closure 0
  store g = v4
  end

function g()
  writes c
b0:
  v0 = free c
  v1 = free a
  v2 = v0 + v1
  storeFree c = v2
  end
`,
  );

  lowers(
    "a local name wherever it is assigned",
    `
def f():
    print(a, b, c, d, e, g, h)
    for a in x: pass
    with x as b: pass
    import c
    (d := 1)
    [e := 1 for q in x]
    try: pass
    except E as g: pass
    match x:
        case [h, *_]: pass
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

function f()
b0:
  v0 = free print
  v1 = a
  v2 = b
  v3 = c
  v4 = d
  v5 = e
  v6 = g
  v7 = h
  v8 = call v0(v1, v2, v3, v4, v5, v6, v7)
  v9 = free x
  jump b1
b1:
  v10 = opaque "more" ()
  branch v10 ? b2 : b3
b2:
  v11 = iterate v9
  store a = v11
  jump b1
b3:
  jump b4
b4:
  v13 = free x
  v14 = enter v13
  store b = v14
  v16 = import "c"
  store c = v16
  v18 = 1
  store d = v18
  v20 = list []
  store %0 = v20
  v22 = free x
  jump b7
b5:
  v30 = %0
  jump b10
b6:
  v24 = iterate v22
  store q#1 = v24
  v26 = 1
  store e = v26
  v28 = list [v26]
  store %0 = v28
  jump b7
b7:
  v23 = opaque "more" ()
  branch v23 ? b6 : b5
b8:
  v36 = free x
  v37 = opaque "shape" ()
  branch v37 ? b17 : b16
b9:
  v31 = free E
  v32 = caught (v31)
  v33 = v32 instanceof v31
  branch v33 ? b14 : b13
b10: (handler b9)
  jump b11
b11:
  jump b12
b12:
  jump b8
b13:
  v35 = caught ()
  throw v35
b14:
  store g = v32
  jump b12
b15:
  end
b16:
  jump b15
b17:
  v38 = 0
  v39 = v36[v38]
  store h = v39
  jump b15
`,
  );

  lowers(
    "if, elif and else",
    `
if a:
    b()
elif c:
    d()
else:
    e()
`,
    `
module
b0:
  v0 = free a
  branch v0 ? b2 : b3
b1:
  end
b2:
  v1 = free b
  v2 = call v1()
  jump b1
b3:
  v3 = free c
  branch v3 ? b4 : b5
b4:
  v4 = free d
  v5 = call v4()
  jump b1
b5:
  v6 = free e
  v7 = call v6()
  jump b1
`,
  );

  lowers(
    "conditions as branches on atoms",
    `
if not a and (b or c < d <= e):
    f()
`,
    `
module
b0:
  v0 = free a
  branch v0 ? b3 : b4
b1:
  end
b2:
  v7 = free f
  v8 = call v7()
  jump b1
b3:
  jump b1
b4:
  v1 = free b
  branch v1 ? b2 : b5
b5:
  v2 = free c
  v3 = free d
  v4 = v2 < v3
  branch v4 ? b6 : b3
b6:
  v5 = free e
  v6 = v3 <= v5
  branch v6 ? b2 : b3
`,
  );

  lowers(
    "and, or and comparison chains as values",
    `
x = a and b
x = not a or b
x = a < b < c
`,
    `
module
  export x
b0:
  v0 = free a
  store %0 = v0
  branch v0 ? b2 : b1
b1:
  v4 = %0
  store x = v4
  v6 = free a
  branch v6 ? b4 : b5
b2:
  v2 = free b
  store %0 = v2
  jump b1
b3:
  v11 = %1
  store x = v11
  v13 = free a
  v14 = free b
  v15 = v13 < v14
  store %2 = v15
  branch v15 ? b7 : b6
b4:
  v9 = free b
  store %1 = v9
  jump b3
b5:
  v7 = true
  store %1 = v7
  jump b3
b6:
  v20 = %2
  store x = v20
  end
b7:
  v17 = free c
  v18 = v14 < v17
  store %2 = v18
  jump b6
`,
  );

  lowers(
    "conditional expressions",
    `
x = a if b and c else d
`,
    `
module
  export x
b0:
  v0 = free b
  branch v0 ? b4 : b2
b1:
  v2 = free a
  store %0 = v2
  jump b3
b2:
  v4 = free d
  store %0 = v4
  jump b3
b3:
  v6 = %0
  store x = v6
  end
b4:
  v1 = free c
  branch v1 ? b1 : b2
`,
  );

  lowers(
    "loops",
    `
while a:
    if b: break
    if c: continue
else:
    d()
for x, y in z:
    f(x)
else:
    g()
`,
    `
module
  export x
  export y
b0:
  jump b1
b1:
  v0 = free a
  branch v0 ? b2 : b3
b2:
  v1 = free b
  branch v1 ? b6 : b7
b3:
  v3 = free d
  v4 = call v3()
  jump b4
b4:
  v5 = free z
  jump b11
b5:
  v2 = free c
  branch v2 ? b9 : b10
b6:
  jump b4
b7:
  jump b5
b8:
  jump b1
b9:
  jump b1
b10:
  jump b8
b11:
  v6 = opaque "more" ()
  branch v6 ? b12 : b13
b12:
  v7 = iterate v5
  v8 = 0
  v9 = v7[v8]
  store x = v9
  v11 = 1
  v12 = v7[v11]
  store y = v12
  v14 = free f
  v15 = x
  v16 = call v14(v15)
  jump b11
b13:
  v17 = free g
  v18 = call v17()
  jump b14
b14:
  end
`,
  );

  lowers(
    "endless loops",
    `
def f():
    while True:
        if a: return 1
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

function f()
b0:
  jump b1
b1:
  jump b2
b2:
  v0 = free a
  branch v0 ? b6 : b7
b5:
  jump b1
b6:
  v1 = 1
  return v1
b7:
  jump b5
`,
  );

  lowers(
    "comprehensions as loops",
    `
x = [f(a) for a in b if a if c]
y = {k: v for k, v in x}
z = {a for b in c for a in b}
`,
    `
module
  export x
  export y
  export z
b0:
  v0 = list []
  store %0 = v0
  v2 = free b
  jump b3
b1:
  v13 = %0
  store x = v13
  v15 = {}
  store %1 = v15
  v17 = x
  jump b8
b2:
  v4 = iterate v2
  store a#1 = v4
  v6 = a#1
  branch v6 ? b4 : b3
b3:
  v3 = opaque "more" ()
  branch v3 ? b2 : b1
b4:
  v7 = free c
  branch v7 ? b5 : b3
b5:
  v8 = free f
  v9 = a#1
  v10 = call v8(v9)
  v11 = list [v10]
  store %0 = v11
  jump b3
b6:
  v30 = %1
  store y = v30
  v32 = set []
  store %2 = v32
  v34 = free c
  jump b11
b7:
  v19 = iterate v17
  v20 = 0
  v21 = v19[v20]
  store k#2 = v21
  v23 = 1
  v24 = v19[v23]
  store v#3 = v24
  v26 = k#2
  v27 = v#3
  v28 = {[v26]: v27}
  store %1 = v28
  jump b8
b8:
  v18 = opaque "more" ()
  branch v18 ? b7 : b6
b9:
  v45 = %2
  store z = v45
  end
b10:
  v36 = iterate v34
  store b#4 = v36
  v38 = b#4
  jump b13
b11:
  v35 = opaque "more" ()
  branch v35 ? b10 : b9
b12:
  v40 = iterate v38
  store a#5 = v40
  v42 = a#5
  v43 = set [v42]
  store %2 = v43
  jump b13
b13:
  v39 = opaque "more" ()
  branch v39 ? b12 : b11
`,
  );

  lowers(
    "closures over a comprehension's variable",
    `
x = 1
y = [lambda: x for x in z]
`,
    `
module
  hole 0 (anonymous) with x = x#1
  export x
  export y
b0:
  v0 = 1
  store x = v0
  v2 = list []
  store %0 = v2
  v4 = free z
  jump b3
b1:
  v11 = %0
  store y = v11
  end
b2:
  v6 = iterate v4
  store x#1 = v6
  v8 = closure 0
  v9 = list [v8]
  store %0 = v9
  jump b3
b3:
  v5 = opaque "more" ()
  branch v5 ? b2 : b1

function ()
b0:
  v0 = free x
  return v0
`,
  );

  lowers(
    "try with handlers",
    `
try:
    a()
except (B, C) as e:
    f(e)
except D:
    pass
else:
    g()
`,
    `
module
  export e
b0:
  jump b3
b1:
  end
b2:
  v4 = free B
  v5 = free C
  v6 = caught (v4, v5)
  v7 = tuple [v4, v5]
  v8 = v6 instanceof v7
  branch v8 ? b7 : b6
b3: (handler b2)
  v0 = free a
  v1 = call v0()
  jump b4
b4:
  v2 = free g
  v3 = call v2()
  jump b5
b5:
  jump b1
b6:
  v13 = free D
  v14 = caught (v13)
  v15 = v14 instanceof v13
  branch v15 ? b9 : b8
b7:
  store e = v6
  v10 = free f
  v11 = e
  v12 = call v10(v11)
  jump b5
b8:
  v16 = caught ()
  throw v16
b9:
  jump b5
`,
  );

  lowers(
    "try with finally",
    `
def f():
    try:
        a()
    except:
        return 1
    finally:
        b()
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

function f()
b0:
  jump b3
b1:
  end
b2:
  v4 = caught ()
  v5 = free b
  v6 = call v5()
  throw v4
b3: (handler b2)
  jump b5
b4: (handler b2)
  v2 = caught ()
  v3 = 1
  return v3
b5: (handler b4)
  v0 = free a
  v1 = call v0()
  jump b6
b6: (handler b2)
  jump b7
b7: (handler b2)
  jump b9
b9:
  jump b10
b10:
  v7 = free b
  v8 = call v7()
  jump b1
`,
  );

  lowers(
    "with",
    `
with open(a) as f, b() as (c, d), e:
    f.read()
`,
    `
module
  export f
  export c
  export d
b0:
  v0 = free open
  v1 = free a
  v2 = call v0(v1)
  v3 = enter v2
  store f = v3
  v5 = free b
  v6 = call v5()
  v7 = enter v6
  v8 = 0
  v9 = v7[v8]
  store c = v9
  v11 = 1
  v12 = v7[v11]
  store d = v12
  v14 = free e
  v15 = f
  v16 = v15.read
  v17 = call v16()
  end
`,
  );

  lowers(
    "raise, assert and return",
    `
def f(a):
    assert isinstance(a, int), m
    if not ok(a):
        raise ValueError(a) from e
    return
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

function f(a)
b0:
  v0 = param 0
  store a = v0
  v2 = free isinstance
  v3 = a
  v4 = free int
  v5 = call v2(v3, v4)
  branch v5 ? b1 : b2
b1:
  v7 = free ok
  v8 = a
  v9 = call v7(v8)
  branch v9 ? b5 : b4
b2:
  v6 = free m
  throw
b3:
  return
b4:
  v10 = free ValueError
  v11 = a
  v12 = call v10(v11)
  v13 = free e
  throw v12
b5:
  jump b3
`,
  );

  lowers(
    "match",
    `
match a.b:
    case "x" | -1: f()
    case {"k": v, **rest} if v: f(v)
    case [x, _, *y]: f(x)
    case Point(x=0, y=[z]): f()
    case str(s) as t: f(s)
    case K.L: f()
    case other: f(other)
`,
    `
module
  export v
  export rest
  export x
  export y
  export z
  export s
  export t
  export other
b0:
  v0 = free a
  v1 = v0.b
  v2 = "x"
  v3 = v1 == v2
  branch v3 ? b5 : b4
b1:
  end
b2:
  v9 = opaque "shape" ()
  branch v9 ? b8 : b7
b3:
  v7 = free f
  v8 = call v7()
  jump b1
b4:
  v4 = 1
  v5 = -1
  v6 = v1 == v5
  branch v6 ? b6 : b2
b5:
  jump b3
b6:
  jump b3
b7:
  v19 = opaque "shape" ()
  branch v19 ? b11 : b10
b8:
  v10 = "k"
  v11 = v1[v10]
  store v = v11
  v13 = slice v1
  store rest = v13
  v15 = v
  branch v15 ? b9 : b7
b9:
  v16 = free f
  v17 = v
  v18 = call v16(v17)
  jump b1
b10:
  v30 = free Point
  v31 = v1 instanceof v30
  branch v31 ? b13 : b12
b11:
  v20 = 0
  v21 = v1[v20]
  store x = v21
  v23 = 1
  v24 = v1[v23]
  v25 = slice v1
  store y = v25
  v27 = free f
  v28 = x
  v29 = call v27(v28)
  jump b1
b12:
  v42 = free str
  v43 = v1 instanceof v42
  branch v43 ? b17 : b16
b13:
  v32 = v1.x
  v33 = 0
  v34 = v32 == v33
  branch v34 ? b14 : b12
b14:
  v35 = v1.y
  v36 = opaque "shape" ()
  branch v36 ? b15 : b12
b15:
  v37 = 0
  v38 = v35[v37]
  store z = v38
  v40 = free f
  v41 = call v40()
  jump b1
b16:
  v49 = free K
  v50 = v49.L
  v51 = v1 == v50
  branch v51 ? b19 : b18
b17:
  store s = v1
  store t = v1
  v46 = free f
  v47 = s
  v48 = call v46(v47)
  jump b1
b18:
  store other = v1
  v55 = free f
  v56 = other
  v57 = call v55(v56)
  jump b1
b19:
  v52 = free f
  v53 = call v52()
  jump b1
`,
  );

  lowers(
    "displays with spreads",
    `
a = [b, *c]
a = {"k": b, **c, d: 1}
a = {b, *c}
a = ()
a = b,
`,
    `
module
  export a
b0:
  v0 = free b
  v1 = free c
  v2 = list [v0, ...v1]
  store a = v2
  v4 = "k"
  v5 = free b
  v6 = free c
  v7 = free d
  v8 = 1
  v9 = {"k": v5, ...v6, [v7]: v8}
  store a = v9
  v11 = free b
  v12 = free c
  v13 = set [v11, ...v12]
  store a = v13
  v15 = tuple []
  store a = v15
  v17 = free b
  v18 = tuple [v17]
  store a = v18
  end
`,
  );

  lowers(
    "walrus and await",
    `
async def f():
    if (m := await g()) is not None and m not in n:
        return m
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

async function f()
b0:
  v0 = free g
  v1 = call v0()
  v2 = await v1
  store m = v2
  v4 = null
  v5 = v2 != v4
  branch v5 ? b4 : b3
b1:
  end
b2:
  v9 = m
  return v9
b3:
  jump b1
b4:
  v6 = m
  v7 = free n
  v8 = v6 not in v7
  branch v8 ? b2 : b3
`,
  );

  lowers(
    "yield",
    `
def f():
    x = yield a
    yield
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

generator function f()
b0:
  v0 = free a
  v1 = yield v0
  store x = v1
  v3 = yield
  end
`,
  );

  lowers(
    "annotated assignments",
    `
a: int = b
c.d: str = e
g: int
`,
    `
module
  export a
b0:
  v0 = free b
  v1 = v0 : int
  store a = v1
  v3 = free e
  v4 = v3 : str
  v5 = free c
  v5.d = v4
  end
`,
  );

  lowers(
    "Python 2's print and exec",
    `
print "a", b
exec code
`,
    `
module
b0:
  v0 = free print
  v1 = "a"
  v2 = free b
  v3 = call v0(v1, v2)
  v4 = free exec
  v5 = free code
  v6 = call v4(v5)
  end
`,
  );

  lowers(
    "type aliases",
    `
type X[T] = list[int]
`,
    `
module
  export X
b0:
  v0 = free list
  v1 = free int
  v2 = slice v0 by v1
  store X = v2
  end
`,
  );

  lowers(
    "broken text with what can be read in it",
    `
def f(a):
    b = a
    g(b
`,
    `
module
  hole 0 f
  export f
b0:
  v0 = closure 0
  store f = v0
  end

function f(a)
  has errors
b0:
  v0 = param 0
  store a = v0
  v2 = a
  store b = v2
  v4 = free g
  v5 = b
  end
`,
  );
});

describe("keeps places", () => {
  /** The texts of the spans that `pick` finds, in absolute coordinates. */
  function texts(text: string, pick: (op: Op) => readonly Span[], of = 0): string[] {
    const { source, item } = lowerAll(text)[of] as Lowered;
    return item.ops.flatMap((op) =>
      pick(op).map((span) => {
        const { start, end } = absoluteSpan(source, span);
        return text.slice(start, end);
      }),
    );
  }
  const partsOf = (op: Op): readonly Span[] =>
    op.op === "join" ? op.parts.map((p) => p.span) : [];

  test("of the parts of an f-string", () => {
    assert.deepEqual(texts('x = 1; q = f"a\\t{ x !r:>3}b"', partsOf), ["a\\t", "{ x !r:>3}", "b"]);
  });
  test("of placeholders, past escapes and adjacent literals", () => {
    assert.deepEqual(texts('q = ("\\x41%s" "b%(c" ")") % x', partsOf), []);
    assert.deepEqual(texts('q = ("\\x41%s" "b\\n%d") % (x, y)', partsOf), [
      "\\x41",
      "%s",
      "b\\n",
      "%d",
    ]);
    assert.deepEqual(texts('q = "\\n{}{{{k!r}".format(x, k=y)', partsOf), [
      "\\n",
      "{}",
      "{{",
      "{k!r}",
    ]);
  });
  test("of arguments and their list", () => {
    const spans = (op: Op): readonly Span[] =>
      op.op === "call" ? [op.argsSpan, ...op.args.map((a) => a.span)] : [];
    assert.deepEqual(texts("f(a, *b, c=d)", spans), ["(a, *b, c=d)", "a", "*b", "c=d"]);
    assert.deepEqual(texts("@d(1)\ndef f(): pass", spans), ["(1)", "1", "", "def f(): pass"]);
  });
  test("after nested functions", () => {
    const text = "def f(a):\n    x = 1\n    return x\nclass C:\n    def g(self): return 2\nh(C)\n";
    const { source, item } = lowerAll(text)[0] as Lowered;
    const found = item.statements.map((span) => {
      const { start, end } = absoluteSpan(source, span);
      return text.slice(start, end);
    });
    assert.deepEqual(found, [
      "def f(a):\n    x = 1\n    return x",
      "class C:\n    def g(self): return 2",
      "def g(self): return 2",
      "h(C)",
    ]);
  });
  test("whatever the bodies of nested functions hold", () => {
    const print = (body: string): string => {
      const { item } = lowerAll(`def f(a):\n    ${body}\nx = f(1)\n`)[0] as Lowered;
      return JSON.stringify([item.ops, item.blocks, item.statements, item.holes]);
    };
    assert.equal(print("pass"), print("return [a for b in c]\n    # end\n    d = lambda: e"));
  });
});

describe("resolves", () => {
  const files = (...known: string[]): FileSet => ({
    has: (file) => known.includes(file),
    text: () => undefined,
    rootOf: (file) => (file.startsWith("file:///w/") ? "file:///w" : ""),
    packages: () => [],
  });
  const known = files(
    "app/__init__.py",
    "app/db.py",
    "app/email.py",
    "app/main.py",
    "app/web/__init__.py",
    "app/web/views.py",
    "jwt.py",
    "src/lib.py",
    "typed.pyi",
    "tools/run.py",
    "tools/helper.py",
    "space/part/mod.py",
    "file:///w/p/a.py",
    "file:///w/p/b.py",
  );
  const cases: Readonly<Record<string, readonly [from: string, specifier: string, to: string]>> = {
    "a module of the workspace": ["app/web/views.py", "app.db", "app/db.py"],
    "a package": ["jwt.py", "app.web", "app/web/__init__.py"],
    "a sibling with one dot": ["app/web/views.py", ".other", "package .other"],
    "a parent's module": ["app/web/views.py", "..db", "app/db.py"],
    "the package itself": ["app/web/views.py", ".", "app/web/__init__.py"],
    "the folder of a file without a package": ["tools/run.py", ".", "namespace tools"],
    "more dots than folders": ["jwt.py", "...x", "package ...x"],
    "a file below src": ["jwt.py", "lib", "src/lib.py"],
    "a stub when there is nothing else": ["jwt.py", "typed", "typed.pyi"],
    "beside a script": ["tools/run.py", "helper", "tools/helper.py"],
    "beside the main file of a package": ["app/main.py", "db", "app/db.py"],
    "a library rather than a package's own module": ["app/db.py", "email", "package email"],
    "a library rather than the file itself": ["jwt.py", "jwt", "package jwt"],
    "a folder without __init__.py": ["jwt.py", "space.part.mod", "space/part/mod.py"],
    "a library": ["app/db.py", "flask.json", "package flask.json"],
    "within a URI": ["file:///w/p/a.py", "b", "file:///w/p/b.py"],
    "above a URI's root": ["file:///w/p/a.py", "....b", "package ....b"],
  };
  for (const [name, [from, specifier, to]] of Object.entries(cases)) {
    test(name, () => {
      const found = python.resolve(from, specifier, known);
      const shown =
        found.kind === "file"
          ? found.file
          : `${found.kind} ${found.kind === "package" ? found.path : found.folder}`;
      assert.equal(shown, to);
    });
  }
});

describe("survives", () => {
  const survives = (text: string): void => {
    for (const { source, item } of lowerAll(text)) checkItem(source, item);
  };
  const repeated = (depth: number, line: string): string =>
    Array.from({ length: depth }, (_, i) => `${" ".repeat(i)}${line}\n`).join("");

  test("every prefix of a long file", () => {
    for (let end = 0; end < SAMPLE.length; end += 7) survives(SAMPLE.slice(0, end));
  });
  test("every file with a piece missing", () => {
    for (let at = 0; at < SAMPLE.length; at += 13) {
      survives(SAMPLE.slice(0, at) + SAMPLE.slice(at + 5));
    }
  });
  const odd: Readonly<Record<string, string>> = {
    nothing: "",
    "a NUL": "x = a\0b\n\0\nf('\0')",
    "lone surrogates": "f(\ud800, '\udc00', \"\ud83d\")",
    "bare carriage returns": "x = 1\rdef f():\r  return x\r",
    "ten thousand parentheses": `x = ${"(".repeat(10_000)}a${")".repeat(10_000)}`,
    "ten thousand brackets": `x = ${"[".repeat(10_000)}a${"]".repeat(10_000)}`,
    "ten thousand calls": `x = ${"f(".repeat(10_000)}a${")".repeat(10_000)}`,
    "a sum of five thousand": `x = a${" + b".repeat(5000)}`,
    "a chain of five thousand": `x = a${".b()".repeat(5000)}`,
    "five thousand alternatives": `if a${" or b and c".repeat(5000)}: pass`,
    "five thousand branches": `if a: f()\n${"elif b: f()\n".repeat(5000)}`,
    "five thousand conditional expressions": `x = ${"a if b else ".repeat(5000)}c`,
    "two thousand lambdas": `x = ${"lambda: ".repeat(2000)}a`,
    "nested functions": `${repeated(300, "def f():")}${" ".repeat(300)}f()`,
    "nested classes": `${repeated(500, "class A:")}${" ".repeat(500)}x = 1`,
    "nested loops": `${repeated(500, "for x in y:")}${" ".repeat(500)}f()`,
    "nested comprehensions": `x = ${"[a for b in ".repeat(1000)}c${"]".repeat(1000)}`,
    "nested patterns": `match x:\n case ${"[".repeat(2000)}a${"]".repeat(2000)}: f()`,
    "nested formats": `x = '${"{:".repeat(3000)}${"}".repeat(3000)}'.format(a)`,
    "a deep annotation": `x: "${"a[".repeat(3000)}b${"]".repeat(3000)}" = ${"a[".repeat(3000)}b${"]".repeat(3000)}`,
  };
  for (const [name, text] of Object.entries(odd)) test(name, () => survives(text));

  test("finally inside finally, without growing", () => {
    const lines = Array.from({ length: 40 }, (_, i) => {
      const indent = " ".repeat(i);
      return `${indent}try:\n${indent} f()\n${indent}finally:\n`;
    });
    const text = `${lines.join("")}${" ".repeat(40)}f()`;
    const { item } = lowerAll(text)[0] as Lowered;
    assert.ok(item.ops.length < 5000, `${item.ops.length} operations`);
  });
});

/** A file with every construct, for cutting. */
const SAMPLE = String.raw`
f("a\n\x41\u00e9\101\q", r"\n", b"\x41", 0x10, 1_000, 2.5, -3, True, None, ...)

q = ("SELECT a "
     'FROM b')

q = f"SELECT {a.b!r:>{w}} {{x}} {c=}"

q = "SELECT " f"{a}" " LIMIT 1"

a = "x=%s y=%05.2f%%" % (b, c)
a = "x=%s" % b
a = "x=%(k)s" % {"k": b, "other": c}
a = "x=%(k)s" % b

a = "x=%s %s" % b
a = "%*d" % (b, c)
a = b % c

a = "{} {0}".format(b)
a = "{0}-{k!r:>{w}}".format(b, k=c, w=3)
a = "{0.name}{0[key]}".format(b)
a = "{{}} {k}".format(**b)

a = "{} {}".format(*b)

a = b + c * d - -e
a += ~b

a = b, (c, *d, e) = f()
a.b = c[d] = g
[h] = i

a.b += c
a[b] |= c

a = b[1:c]
a = b[1, 2]
a[1:] = c
del a[0], a.b, c

f(a, *b, c=d, **e)
f(x for x in y)
a.b(c).d(e)

import a.b, c.d as e
from f import g, h as i
from . import j
from ..k.l import (m,)
from n import *
from __future__ import annotations

@app.get("/x")
@d
async def f(a, /, b: int, *args, c: str = k, **kw) -> None:
    await b

def g(*, a): yield from a

def f(a: Optional[X], b: x.Y | None, c: "list[UploadFile]", d: Annotated[str, Query()],
      e: Literal["a", 1], g: Dict[str, int], h: Callable[[int], str], *i: t.Any) -> list[X]: ...

app.get("/users", lambda r, n=1: r)
key = lambda: 1
f(key=lambda: 2)
sorted(x, key=lambda: 2)

class A(B, metaclass=M):
    """Doc."""
    a: int
    b: str = c
    d = e = b
    def f(self, g=d): return d
    @property
    def h(self): pass
    @h.setter
    def h(self, v): pass
    @staticmethod
    def i(): pass
    class C:
        def j(self): super().j()

a = 1
def f():
    global a
    a = b
    c = 2
    def g():
        nonlocal c
        c += a

def f():
    print(a, b, c, d, e, g, h)
    for a in x: pass
    with x as b: pass
    import c
    (d := 1)
    [e := 1 for q in x]
    try: pass
    except E as g: pass
    match x:
        case [h, *_]: pass

if a:
    b()
elif c:
    d()
else:
    e()

if not a and (b or c < d <= e):
    f()

x = a and b
x = not a or b
x = a < b < c

x = a if b and c else d

while a:
    if b: break
    if c: continue
else:
    d()
for x, y in z:
    f(x)
else:
    g()

def f():
    while True:
        if a: return 1

x = [f(a) for a in b if a if c]
y = {k: v for k, v in x}
z = {a for b in c for a in b}

x = 1
y = [lambda: x for x in z]

try:
    a()
except (B, C) as e:
    f(e)
except D:
    pass
else:
    g()

def f():
    try:
        a()
    except:
        return 1
    finally:
        b()

with open(a) as f, b() as (c, d), e:
    f.read()

def f(a):
    assert isinstance(a, int), m
    if not ok(a):
        raise ValueError(a) from e
    return

match a.b:
    case "x" | -1: f()
    case {"k": v, **rest} if v: f(v)
    case [x, _, *y]: f(x)
    case Point(x=0, y=[z]): f()
    case str(s) as t: f(s)
    case K.L: f()
    case other: f(other)

a = [b, *c]
a = {"k": b, **c, d: 1}
a = {b, *c}
a = ()
a = b,

async def f():
    if (m := await g()) is not None and m not in n:
        return m

def f():
    x = yield a
    yield

a: int = b
c.d: str = e
g: int

print "a", b
exec code

type X[T] = list[int]

def f(a):
    b = a
    g(b

a. = b

import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Iterable

from flask import Flask, abort, jsonify, redirect, request, session
from .settings import DEBUG, *

app = Flask(__name__)
ALLOWED = {"png", "jpg"}
QUERY = ("SELECT id, name "
         "FROM users "
         "WHERE name = '%s'")


@dataclass(frozen=True)
class User:
    """A row of the table."""

    id: int
    name: str = "anonymous"
    tags: list[str] = field(default_factory=lambda: ["new"])

    @classmethod
    def load(cls, row) -> "User":
        return cls(*row[:2], tags=[t for t in row[2].split(",") if t])

    @property
    def label(self):
        return f"{self.name!r:>{10}} ({', '.join(self.tags)})"


@contextmanager
def database(path: str = os.environ.get("DB", ":memory:")):
    connection = sqlite3.connect(path)
    try:
        yield connection
    except sqlite3.Error as error:
        connection.rollback()
        raise RuntimeError(f"database: {error}") from error
    else:
        connection.commit()
    finally:
        connection.close()


@app.route("/users/<name>", methods=["GET", "POST"])
def users(name, *, limit=10):
    if not (name and name.isalnum()) or len(name) > 40:
        abort(400)
    with database() as db, db.cursor() as cursor:
        cursor.execute(QUERY % name)
        cursor.execute("SELECT * FROM t WHERE a = %s" % (name,))
        cursor.execute("SELECT * FROM {} LIMIT {n}".format(name, n=limit))
        rows = [User.load(row) for row in cursor.fetchall()]
    return jsonify({"users": [r.label for r in rows], **request.args})


async def fetch(client, urls: Iterable[str]) -> dict[str, bytes]:
    found = {}
    async for url in urls:
        async with client.get(url) as response:
            found[url] = await response.read()
            if (size := len(found[url])) > 1_000_000:
                break
    else:
        return {}
    return {k: v for k, v in found.items() if v is not None and k not in ALLOWED}


def upload():
    global DEBUG
    DEBUG = False
    file = request.files["file"]
    extension = file.filename.rsplit(".", 1)[-1].lower()
    assert extension in ALLOWED, "type"
    path = os.path.join("uploads", file.filename)
    while os.path.exists(path):
        path += "_"
        continue
    file.save(path)
    del session["upload"], file
    match request.method, extension:
        case "POST", ("png" | "jpg") as kind if kind:
            return redirect(request.args.get("next", "/"))
        case {"a": [first, *rest]} | str(first):
            pass
        case _:
            raise ValueError


if __name__ == "__main__":
    app.run(debug=DEBUG or True, host="0.0.0.0")
`;
