/**
 * What a value becomes: the names it is given, what it is passed to, also through arithmetic, texts, lists and loops, out of
 * callbacks, and to the callers in the same file. Unlike a flow it follows numbers, and only where the result is still the
 * value in another form: `createUser(token)` is not the token.
 */
import { childrenOf, itemsOf, nameOf } from "./items.ts";
import type { Code, Op, Span, ValueId } from "./rule.ts";

/** A place where the value is given a name or handed over. */
export interface Turn {
  readonly code: Code;
  readonly span: Span;
  /** The variable, property, keyword, or the function that returns it; of a URL the parameter in the text before it. */
  readonly name?: string;
  /** Passed on as it is: the call and the position in its arguments. */
  readonly call?: { readonly op: ValueId; readonly argument: number };
  /** It is compared: with what, and by which operation. */
  readonly compared?: { readonly op: ValueId; readonly with: ValueId };
  /** Something is kept under it: `sessions[value] = user`. */
  readonly isKey?: boolean;
  /** It was one of several ready values, not made: `pick(LIST)`. */
  readonly picked: boolean;
  /** It is a text by now: no number of a calculation. */
  readonly text: boolean;
}

interface State {
  readonly picked: boolean;
  readonly text: boolean;
}

/** Calls whose result is their argument (or object) in another form; language and standard library only. */
const CARRIES =
  /^(?:charAt|at|join|concat|padStart|padEnd|slice|substring|substr|from|of|fromCharCode|fromCodePoint|map|flatMap|reduce|fill|replace|replaceAll|floor|ceil|round|trunc|abs|min|max|toString|encode|hexdigest|digest|update|format|String|Number|BigInt|parseInt|parseFloat|btoa|str|int|chr|hex|oct|list|tuple|bytes|bytearray|reversed|md5|sha1|sha224|sha256|sha384|sha512|blake2b|blake2s|b64encode|urlsafe_b64encode|hexlify|to_bytes|UUID)$/;
const MAKES_TEXT =
  /^(?:join|toString|toFixed|padStart|String|str|hex|hexdigest|digest|charAt|chr|fromCharCode|btoa|replace|md5|sha1|sha256|sha512|b64encode|urlsafe_b64encode|UUID)$/;
const FILLS = /^(?:push|append|add|extend|unshift|write|insert)$/;
const LOSES = /^(?:length|size|sort|indexOf|includes|startsWith|endsWith|test|has|count|isdigit)$/;
const DEPTH = 3;

export function turnsOf(code: Code, made: ValueId, state: State): readonly Turn[] {
  const out: Turn[] = [];
  follow(code, [[made, state]], [], out, 0);
  return out;
}

type Seeds = readonly (readonly [ValueId, State])[];

function follow(
  code: Code,
  seeds: Seeds,
  seededSlots: readonly (readonly [number, State])[],
  out: Turn[],
  depth: number,
): void {
  const values = new Map<ValueId, State>(seeds);
  const slots = new Map<number, State>(seededSlots);
  const told = new Set<string>();
  const tell = (turn: Omit<Turn, "code" | "picked" | "text">, state: State): void => {
    const key = `${turn.span.start}:${turn.name}:${turn.call?.op}:${turn.call?.argument}:${turn.compared?.op}:${state.picked}`;
    if (told.has(key)) return;
    told.add(key);
    out.push({ code, ...turn, ...state });
  };
  const { ops, slots: names } = code.ir;
  for (let changed = true, round = 0; changed && round < 8; round++) {
    changed = false;
    const add = (id: ValueId, state: State): void => {
      const old = values.get(id);
      const next = old === undefined ? state : better(old, state);
      if (old !== undefined && old.picked === next.picked && old.text === next.text) return;
      values.set(id, next);
      changed = true;
    };
    const addSlot = (slot: number, state: State): void => {
      const old = slots.get(slot);
      const next = old === undefined ? state : better(old, state);
      if (old !== undefined && old.picked === next.picked && old.text === next.text) return;
      slots.set(slot, next);
      changed = true;
    };
    ops.forEach((op, id) => {
      const state = carried(code, op, values, slots);
      if (state !== undefined) add(id, state);
      switch (op.op) {
        case "store": {
          const own = values.get(op.value);
          if (own === undefined) break;
          addSlot(op.slot, isGrowing(code, op) ? { ...own, picked: false } : own);
          break;
        }
        case "call": {
          // `list.push(x)`: what the list is kept in holds it too.
          const callee = code.op(op.callee);
          if (callee.op !== "member" || !FILLS.test(callee.name)) break;
          const own = op.args.map((a) => values.get(a.value)).find((s) => s !== undefined);
          const object = code.op(callee.object);
          if (own !== undefined && object.op === "load")
            addSlot(object.slot, { ...own, picked: false });
          break;
        }
      }
    });
  }
  ops.forEach((op) => {
    for (const [turn, state] of turns(op, (id) => values.get(id), names, code)) tell(turn, state);
  });
  const returned = code.ir.blocks.flatMap((b) => {
    const own =
      b.end.kind === "return" && b.end.value !== undefined ? values.get(b.end.value) : undefined;
    return b.end.kind === "return" && own !== undefined ? [{ span: b.end.span, state: own }] : [];
  });
  const first = returned[0];
  if (first !== undefined) {
    const name = nameOf(code);
    if (name !== "") tell({ span: first.span, name }, first.state);
    if (depth < DEPTH) goOut(code, first.state, out, depth);
  }
  // A variable of the function around: `chars.forEach(() => { token += ... })`.
  if (depth < DEPTH && code.parent !== undefined)
    for (const op of ops) {
      const own = op.op === "storeFree" ? values.get(op.value) : undefined;
      const up = code.other(code.parent);
      if (op.op !== "storeFree" || own === undefined || up === undefined) continue;
      const slot = up.ir.slots.indexOf(op.name);
      if (slot >= 0) follow(up, [], [[slot, own]], out, depth + 1);
    }
}

function better(a: State, b: State): State {
  return { picked: a.picked && b.picked, text: a.text || b.text };
}

/** What the operation gives, if that is still the value. */
function carried(
  code: Code,
  op: Op,
  values: ReadonlyMap<ValueId, State>,
  slots: ReadonlyMap<number, State>,
): State | undefined {
  switch (op.op) {
    case "load":
      return slots.get(op.slot);
    case "annotate":
    case "await":
      return values.get(op.value);
    case "iterate":
      return values.get(op.value);
    case "unary":
      return op.operator === "not" ? undefined : values.get(op.operand);
    case "slice":
      return values.get(op.object);
    case "binary": {
      const left = values.get(op.left);
      const right = values.get(op.right);
      const one = left ?? right;
      if (one === undefined) return undefined;
      return left !== undefined && right !== undefined
        ? { picked: false, text: left.text || right.text }
        : one;
    }
    case "join": {
      const own = op.parts.flatMap((p) => (p.kind === "hole" ? (values.get(p.value) ?? []) : []));
      return own.length === 0
        ? undefined
        : { picked: own.length === 1 && own[0]?.picked === true, text: true };
    }
    case "sequence": {
      const own = op.elements.flatMap((e) => values.get(e.value) ?? []);
      return own.length === 0 ? undefined : own.reduce(better);
    }
    case "member": {
      const own = values.get(op.object);
      return own === undefined || LOSES.test(op.name) ? undefined : own;
    }
    case "index": {
      const own = values.get(op.object);
      if (own !== undefined) return own;
      const key = values.get(op.key);
      return key === undefined ? undefined : { picked: true, text: true };
    }
    case "call": {
      const callee = code.op(op.callee);
      const name = callee.op === "member" || callee.op === "free" ? callee.name : "";
      const of = values.get(op.callee);
      const own =
        of ??
        (CARRIES.test(name)
          ? op.args.map((a) => values.get(a.value)).find((s) => s !== undefined)
          : undefined);
      if (own === undefined) return undefined;
      return {
        picked: own.picked && name !== "join",
        text: own.text || MAKES_TEXT.test(name),
      };
    }
    default:
      return undefined;
  }
}

/** `token += x`: the variable grows by one piece at a time. */
function isGrowing(code: Code, op: Op & { op: "store" }): boolean {
  const value = code.op(op.value);
  if (value.op !== "binary" || value.operator !== "+") return false;
  const left = code.op(value.left);
  return left.op === "load" && left.slot === op.slot;
}

function turns(
  op: Op,
  of: (id: ValueId) => State | undefined,
  names: readonly string[],
  code: Code,
): (readonly [Omit<Turn, "code" | "picked" | "text">, State])[] {
  const one = (
    value: ValueId,
    span: Span,
    name: string,
  ): (readonly [Omit<Turn, "code" | "picked" | "text">, State])[] => {
    const own = of(value);
    return own === undefined || name.startsWith("%") ? [] : [[{ span, name }, own]];
  };
  switch (op.op) {
    case "store": {
      const own = of(op.value);
      const name = (names[op.slot] ?? "").replace(/#\d+$/, "");
      if (own === undefined || name.startsWith("%")) return [];
      return [[{ span: op.span, name }, isGrowing(code, op) ? { ...own, picked: false } : own]];
    }
    case "compare":
      return [[op.left, op.right] as const, [op.right, op.left] as const].flatMap(
        ([side, other]) => {
          const own = of(side);
          if (own === undefined) return [];
          return [
            [
              { span: op.span, compared: { op: code.ir.ops.indexOf(op), with: other } },
              own,
            ] as const,
          ];
        },
      );
    case "storeFree":
      return one(op.value, op.span, op.name);
    case "setMember":
      return one(op.value, op.span, op.name);
    case "setIndex": {
      const key = code.op(op.key);
      const name = key.op === "const" && typeof key.value === "string" ? key.value : undefined;
      const own = of(op.key);
      return [
        ...(name === undefined ? [] : one(op.value, op.span, name)),
        ...(own === undefined ? [] : [[{ span: op.span, isKey: true }, own] as const]),
      ];
    }
    case "record":
      return op.entries.flatMap((e) =>
        typeof e.key === "string" && e.key !== "..." ? one(e.value, e.span, e.key) : [],
      );
    case "class":
      return op.members.flatMap((m) => (m.value === undefined ? [] : one(m.value, m.span, m.name)));
    case "join":
      return op.parts.flatMap((p, i) => {
        const before = op.parts[i - 1];
        const parameter =
          p.kind === "hole" && before?.kind === "text"
            ? /[?&;]([\w-]+)=$/.exec(before.text)?.[1]
            : undefined;
        if (p.kind !== "hole" || parameter === undefined) return [];
        return one(p.value, op.span, parameter).map(([turn, own]) => [
          turn,
          { ...own, text: true },
        ]);
      });
    case "call": {
      const id = code.ir.ops.indexOf(op);
      return op.args.flatMap((a, argument) => {
        const own = of(a.value);
        if (own === undefined) return [];
        return [
          [
            {
              span: a.span,
              call: { op: id, argument },
              ...(a.name === undefined ? {} : { name: a.name }),
              ...(argument === 0 && op.args.length > 1 && keeps(code, op) ? { isKey: true } : {}),
            },
            own,
          ] as const,
        ];
      });
    }
    default:
      return [];
  }
}

/** `sessions.set(value, user)` */
function keeps(code: Code, op: Op & { op: "call" }): boolean {
  const callee = code.op(op.callee);
  return (
    callee.op === "member" && /^(?:set|setex|setEx|hset|hSet|put|setdefault)$/.test(callee.name)
  );
}

/** Where what a function returns goes on: the call that was given the callback, or the callers in this file. */
function goOut(code: Code, state: State, out: Turn[], depth: number): void {
  const parent = code.parent === undefined ? undefined : code.other(code.parent);
  if (parent !== undefined) {
    const hole = parent.ir.ops.findIndex(
      (op) => op.op === "closure" && childrenOf(parent).get(op.hole) === code.item,
    );
    const calls = parent.ir.ops.flatMap((op, id) => {
      if (op.op !== "call") return [];
      if (op.callee === hole) return [id];
      const callee = parent.op(op.callee);
      return callee.op === "member" &&
        /^(?:from|map|flatMap|reduce|replace|replaceAll)$/.test(callee.name) &&
        op.args.some((a) => a.value === hole)
        ? [id]
        : [];
    });
    if (hole >= 0 && calls.length > 0) {
      follow(
        parent,
        calls.map((id) => [id, state] as const),
        [],
        out,
        depth + 1,
      );
      return;
    }
  }
  const name = nameOf(code);
  if (name === "") return;
  for (const other of itemsOf(code)) {
    if (other.item === code.item) continue;
    const calls = other.ir.ops.flatMap((op, id) => {
      if (op.op !== "call" || op.isNew) return [];
      const callee = other.op(op.callee);
      const called =
        callee.op === "free"
          ? callee.name
          : callee.op === "load"
            ? other.ir.slots[callee.slot]
            : callee.op === "member" && isSelf(other, callee.object)
              ? callee.name
              : undefined;
      return called === name ? [id] : [];
    });
    if (calls.length > 0)
      follow(
        other,
        calls.map((id) => [id, state] as const),
        [],
        out,
        depth + 1,
      );
  }
}

function isSelf(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return op.op === "this" || (op.op === "load" && op.slot === code.ir.params[0]?.slot);
}
