/** Builds an item's IR block by block; used by every lowering. */
import type {
  Block,
  BlockId,
  Export,
  Hole,
  Item,
  Op,
  Param,
  SlotId,
  Span,
  Terminator,
  TypeRef,
  ValueId,
} from "./ir.ts";

export interface Builder {
  /** Adds an operation to the current block and returns its value. After a terminator, operations go to an unreachable block. */
  emit(op: Op): ValueId;
  op(id: ValueId): Op;
  /** A new, empty block that takes the handler now in force; not entered. */
  block(): BlockId;
  /** Ends the current block with a jump to `id` (if it has not ended) and makes `id` current. */
  enter(id: BlockId): void;
  /** Makes `id` current without a jump into it. */
  switchTo(id: BlockId): void;
  /** Ends the current block; a second end is ignored. */
  end(terminator: Terminator): void;
  jump(to: BlockId): void;
  branch(condition: ValueId, then: BlockId, otherwise: BlockId): void;
  /** True when the current block has not ended. */
  reachable(): boolean;
  slot(name: string): SlotId;
  temp(): SlotId;
  /** Handler for blocks made from now on (and, on change, a fresh current block). */
  setHandler(handler: BlockId | undefined): void;
  handler(): BlockId | undefined;
  hole(hole: Hole): number;
  statement(span: Span): void;
  addExport(entry: Export): void;
  outerWrite(name: string): void;
  finish(rest: FinishedItem): Item;
}

export interface FinishedItem {
  readonly kind: Item["kind"];
  readonly name: string;
  readonly params: readonly Param[];
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly returns?: TypeRef;
  readonly hasError: boolean;
  readonly listed?: readonly string[];
  readonly directives?: readonly string[];
}

interface OpenBlock {
  ops: ValueId[];
  end: Terminator | undefined;
  handler: BlockId | undefined;
}

export function createBuilder(): Builder {
  const ops: Op[] = [];
  const blocks: OpenBlock[] = [];
  const slots: string[] = [];
  const holes: Hole[] = [];
  const statements: Span[] = [];
  const exports: Export[] = [];
  const outerWrites = new Set<string>();
  let handler: BlockId | undefined;
  let temps = 0;

  const block = (): BlockId => blocks.push({ ops: [], end: undefined, handler }) - 1;
  let current = block();
  const open = (): OpenBlock => blocks[current] as OpenBlock;
  const end = (terminator: Terminator): void => {
    const b = open();
    if (b.end === undefined) b.end = terminator;
  };

  return {
    emit(op) {
      if (open().end !== undefined) current = block();
      const id = ops.push(op) - 1;
      open().ops.push(id);
      return id;
    },
    op: (id) => ops[id] as Op,
    block,
    enter(id) {
      end({ kind: "jump", to: id });
      current = id;
    },
    switchTo(id) {
      current = id;
    },
    end,
    jump: (to) => end({ kind: "jump", to }),
    branch: (condition, then, otherwise) =>
      end({ kind: "branch", condition, then, else: otherwise }),
    reachable: () => open().end === undefined,
    slot: (name) => slots.push(name) - 1,
    temp: () => slots.push(`%${temps++}`) - 1,
    setHandler(next) {
      handler = next;
      if (open().end === undefined && open().handler !== next) {
        const fresh = block();
        end({ kind: "jump", to: fresh });
        current = fresh;
      }
    },
    handler: () => handler,
    hole: (hole) => holes.push(hole) - 1,
    statement: (span) => void statements.push(span),
    addExport: (entry) => void exports.push(entry),
    outerWrite: (name) => void outerWrites.add(name),
    finish(rest) {
      const done: Block[] = blocks.map((b) => ({
        ops: b.ops,
        end: b.end ?? { kind: "end" },
        ...(b.handler === undefined ? {} : { handler: b.handler }),
      }));
      return {
        ...rest,
        ops,
        blocks: done,
        slots,
        holes,
        statements,
        exports,
        outerWrites: [...outerWrites],
      };
    },
  };
}
