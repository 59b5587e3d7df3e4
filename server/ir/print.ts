/** An item's IR as readable text, for tests and debugging. Spans are left out. */
import { assertNever } from "../base/brand.ts";
import type {
  Arg,
  Block,
  Export,
  Hole,
  Item,
  Literal,
  Op,
  Param,
  Terminator,
  TypeRef,
  ValueId,
} from "./ir.ts";

/**
 * One line per operation, `v3 = call v1(v2, key=v0)`; blocks are `b0:`, those no other block leads to say "unreachable",
 * and empty ones of them are left out.
 */
export function printItem(item: Item): string {
  const lines: string[] = [header(item)];
  if (item.hasError) lines.push("  has errors");
  if (item.outerWrites.length > 0) lines.push(`  writes ${item.outerWrites.join(", ")}`);
  item.holes.forEach((hole, i) => {
    lines.push(`  hole ${i} ${printHole(item, hole)}`);
  });
  for (const entry of item.exports) lines.push(`  export ${printExport(entry)}`);
  if (item.directives !== undefined) lines.push(`  directives ${item.directives.join(", ")}`);
  if (item.listed !== undefined) lines.push(`  listed ${item.listed.join(", ")}`);
  const reached = reachable(item.blocks);
  item.blocks.forEach((block, i) => {
    if (!reached.has(i) && block.ops.length === 0) return;
    const notes = `${block.handler === undefined ? "" : ` (handler b${block.handler})`}${reached.has(i) ? "" : " (unreachable)"}`;
    lines.push(`b${i}:${notes}`);
    for (const id of block.ops) lines.push(`  ${printOp(item, id)}`);
    lines.push(`  ${printEnd(block.end)}`);
  });
  return `${lines.join("\n")}\n`;
}

export function printType(type: TypeRef): string {
  switch (type.kind) {
    case "name": {
      const args = type.args.map(printType).join(", ");
      if (type.called === true) return `${type.path.join(".")}(${args})`;
      return `${type.path.join(".")}${args === "" ? "" : `[${args}]`}`;
    }
    case "union":
      return type.members.map(printType).join(" | ");
    case "literal":
      return type.values.map(printLiteral).join(" | ");
    case "array":
      return `${printType(type.element)}[]`;
    case "record":
      return `{${type.fields.map((f) => `${f.name}: ${printType(f.type)}`).join(", ")}}`;
    case "unknown":
      return "?";
    default:
      return assertNever(type);
  }
}

/** One operation without its span. */
export function printOp(item: Item, id: ValueId): string {
  const op = item.ops[id] as Op;
  const slot = (n: number): string => item.slots[n] ?? `slot${n}`;
  switch (op.op) {
    case "store":
      return `store ${slot(op.slot)} = v${op.value}`;
    case "storeFree":
      return `storeFree ${op.name} = v${op.value}`;
    case "setMember":
      return `v${op.object}.${op.name} = v${op.value}`;
    case "setIndex":
      return `v${op.object}[v${op.key}] = v${op.value}`;
    case "load":
      return `v${id} = ${slot(op.slot)}`;
    default:
      return `v${id} = ${printValue(op)}`;
  }
}

type ValueOp = Exclude<
  Op,
  { readonly op: "store" | "storeFree" | "setMember" | "setIndex" | "load" }
>;

function printValue(op: ValueOp): string {
  switch (op.op) {
    case "const":
      return printLiteral(op.value);
    case "param":
      return `param ${op.index}`;
    case "free":
      return `free ${op.name}`;
    case "this":
      return "this";
    case "super":
      return "super";
    case "member":
      return `v${op.object}${op.optional === true ? "?" : ""}.${op.name}`;
    case "index":
      return `v${op.object}[v${op.key}]`;
    case "slice":
      return `slice v${op.object}${op.uses.length === 0 ? "" : ` by ${list(op.uses)}`}`;
    case "call": {
      const form = op.form === "call" ? "" : `${op.form} `;
      return `${op.isNew ? "new " : ""}call ${form}v${op.callee}(${op.args.map(printArg).join(", ")})`;
    }
    case "join":
      return `join ${op.style} ${op.parts
        .map((p) =>
          p.kind === "text"
            ? JSON.stringify(p.text)
            : `{v${p.value}${p.format === undefined ? "" : ` ${p.format}`}}`,
        )
        .join(" ")}`;
    case "binary":
    case "compare":
      return `v${op.left} ${op.operator} v${op.right}`;
    case "unary":
      return `${op.operator} v${op.operand}`;
    case "record":
      return `{${op.entries
        .map((e) => {
          if (e.key === "...") return `...v${e.value}`;
          return `${typeof e.key === "string" ? JSON.stringify(e.key) : `[v${e.key.computed}]`}: v${e.value}`;
        })
        .join(", ")}}`;
    case "sequence":
      return `${op.shape} [${op.elements.map((e) => `${e.spread ? "..." : ""}v${e.value}`).join(", ")}]`;
    case "closure": {
      const defaults = op.defaults.map((d) => (d === undefined ? "-" : `v${d}`)).join(", ");
      return `closure ${op.hole}${op.defaults.some((d) => d !== undefined) ? ` defaults ${defaults}` : ""}`;
    }
    case "class": {
      const members = op.members.map((m) => {
        const type = m.annotation === undefined ? "" : `: ${printType(m.annotation)}`;
        const value = m.value === undefined ? "" : ` = v${m.value}`;
        return `${m.isStatic ? "static " : ""}${m.ofClass === true ? "class " : ""}${m.kind} ${m.name}${type}${value}`;
      });
      return `class ${op.name}(${list(op.bases)}) {${members.join("; ")}}`;
    }
    case "import": {
      const name = op.name === undefined ? "" : ` ${op.name}`;
      return `import ${JSON.stringify(op.module)}${name}${op.also === undefined ? "" : ` also ${JSON.stringify(op.also)}`}`;
    }
    case "await":
      return `${op.enter === undefined ? "await" : "enter"} v${op.value}`;
    case "yield":
      return op.value === undefined ? "yield" : `yield v${op.value}`;
    case "iterate":
      return `iterate${op.keys === true ? " keys" : ""} v${op.value}`;
    case "caught":
      return `caught (${list(op.types)})`;
    case "annotate":
      return `v${op.value} ${op.cast ? "as" : ":"} ${printType(op.type)}`;
    case "opaque":
      return `opaque ${JSON.stringify(op.what)} (${list(op.uses)})`;
    default:
      return assertNever(op);
  }
}

function header(item: Item): string {
  const flags = `${item.isAsync ? "async " : ""}${item.isGenerator ? "generator " : ""}`;
  if (item.kind === "module") return `${flags}module`;
  const returns = item.returns === undefined ? "" : ` -> ${printType(item.returns)}`;
  return `${flags}function ${item.name}(${item.params.map(printParam).join(", ")})${returns}`;
}

function printHole(item: Item, hole: Hole): string {
  const name = hole.name === "" ? "(anonymous)" : hole.name;
  const renamed = Object.entries(hole.renamed ?? {}).map(
    ([n, slot]) => `${n} = ${item.slots[slot]}`,
  );
  const where = renamed.length === 0 ? "" : ` with ${renamed.join(", ")}`;
  return `${name}${hole.className === "" ? "" : ` in ${hole.className}`}${where}`;
}

function printParam(param: Param): string {
  const kinds = { positional: "", keyword: "keyword ", rest: "*", keywords: "**" } as const;
  const type = param.annotation === undefined ? "" : `: ${printType(param.annotation)}`;
  return `${kinds[param.kind]}${param.name}${type}${param.hasDefault ? " = ..." : ""}`;
}

function printArg(arg: Arg): string {
  const spread = arg.spread === undefined ? "" : arg.spread === "items" ? "*" : "**";
  return `${spread}${arg.name === undefined ? "" : `${arg.name}=`}v${arg.value}`;
}

function printEnd(end: Terminator): string {
  switch (end.kind) {
    case "jump":
      return `jump b${end.to}`;
    case "branch":
      return `branch v${end.condition} ? b${end.then} : b${end.else}`;
    case "return":
    case "throw":
      return end.value === undefined ? end.kind : `${end.kind} v${end.value}`;
    case "end":
      return "end";
    default:
      return assertNever(end);
  }
}

function printExport(entry: Export): string {
  switch (entry.kind) {
    case "local":
      if (entry.exported === entry.local) return entry.local;
      return `${entry.local} as ${entry.exported || "the module"}`;
    case "from":
      return `${entry.name ?? "*"} of ${JSON.stringify(entry.module)} as ${entry.exported}`;
    case "star":
      return `* of ${JSON.stringify(entry.module)}`;
    default:
      return assertNever(entry);
  }
}

function printLiteral(value: Literal): string {
  return value === undefined ? "undefined" : JSON.stringify(value);
}

function list(values: readonly ValueId[]): string {
  return values.map((v) => `v${v}`).join(", ");
}

function reachable(blocks: readonly Block[]): ReadonlySet<number> {
  const seen = new Set<number>([0]);
  const queue = [0];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const block = blocks[at];
    if (block === undefined) continue;
    const end = block.end;
    const next = end.kind === "jump" ? [end.to] : end.kind === "branch" ? [end.then, end.else] : [];
    if (block.handler !== undefined) next.push(block.handler);
    for (const id of next) {
      if (seen.has(id)) continue;
      seen.add(id);
      queue.push(id);
    }
  }
  return seen;
}
