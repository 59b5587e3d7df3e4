/**
 * The intermediate representation: one small program per item (module or function), the same for every language.
 *
 * What it simplifies away: operator precedence and syntax sugar; `await`, `with` and type casts keep only their value;
 * exceptions flow from any operation of a `try` block to its handler; numbers are JavaScript numbers; comparisons,
 * arithmetic and bit operations keep their operator text only; loops are edges; comments and formatting are gone.
 * IR says only what the item's own text says: names are unresolved, no class, type or constant of another item is known.
 * All spans are in item coordinates: offsets from the item's start, with the body of each nested function counted as
 * one unit (see `languages/items.ts`), so that IR is a pure function of the item's text.
 */
import type { Span } from "../base/text.ts";

export type { Span };

/** Index into `Item.ops`; every operation produces (at most) one value. */
export type ValueId = number;
/** Index into `Item.slots`: a local variable or a temporary. */
export type SlotId = number;
/** Index into `Item.blocks`. */
export type BlockId = number;

export interface Item {
  readonly kind: "module" | "function";
  /** "" for the module and for anonymous functions. */
  readonly name: string;
  readonly params: readonly Param[];
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly ops: readonly Op[];
  readonly blocks: readonly Block[];
  /** Local variable names (parameters first is not required); temporaries begin with "%". Shadowed names of inner blocks get a "#n" suffix. */
  readonly slots: readonly string[];
  /** Nested functions, in order of appearance; `closure` operations refer to them by index. */
  readonly holes: readonly Hole[];
  /** Only for modules: what other files can import. */
  readonly exports: readonly Export[];
  /** Of a module that lists them: the names it gives to who imports all of it. */
  readonly listed?: readonly string[];
  /** All statements, outermost first, for fixes that insert or replace a statement. */
  readonly statements: readonly Span[];
  /** Texts at the start of a module or function that say how it runs: "use strict", "use server". */
  readonly directives?: readonly string[];
  /** Declared result type. */
  readonly returns?: TypeRef;
  /** Names this function binds outside itself (`global`, `nonlocal`, or assignment to an outer variable). */
  readonly outerWrites: readonly string[];
  /** True when the item's text has a syntax error inside. */
  readonly hasError: boolean;
}

export interface Hole {
  /** Declared name, or the variable/property it is assigned to, or what takes it: `app.get("/users")`. */
  readonly name: string;
  /** Enclosing class names, outermost first: "A.B" for a method of class B inside A; "" outside classes. */
  readonly className: string;
  /**
   * Names that mean a suffixed slot where the closure is made ("x" -> the slot "x#2"), when there are any; every other
   * name of the parent is the slot of just that name.
   */
  readonly renamed?: Readonly<Record<string, SlotId>>;
}

export interface Param {
  readonly name: string;
  readonly slot: SlotId;
  readonly kind: "positional" | "keyword" | "rest" | "keywords";
  readonly hasDefault: boolean;
  readonly annotation?: TypeRef;
  readonly span: Span;
}

/** A type as written. `path` is the dotted name; `called` marks a call inside Annotated[...], such as Query(). */
export type TypeRef =
  | {
      readonly kind: "name";
      readonly path: readonly string[];
      readonly args: readonly TypeRef[];
      readonly called?: boolean;
      /** Constant texts that the call names: `pattern="^[a-z]+$"`. */
      readonly texts?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "union"; readonly members: readonly TypeRef[] }
  | { readonly kind: "literal"; readonly values: readonly Literal[] }
  | { readonly kind: "array"; readonly element: TypeRef }
  | {
      readonly kind: "record";
      readonly fields: readonly { readonly name: string; readonly type: TypeRef }[];
    }
  | { readonly kind: "unknown" };

export type Literal = string | number | boolean | null | undefined;

export interface Block {
  readonly ops: readonly ValueId[];
  readonly end: Terminator;
  /** Where an exception raised in this block goes; absent = leaves the item. */
  readonly handler?: BlockId;
}

export type Terminator =
  | { readonly kind: "jump"; readonly to: BlockId }
  | {
      readonly kind: "branch";
      readonly condition: ValueId;
      readonly then: BlockId;
      readonly else: BlockId;
    }
  | { readonly kind: "return"; readonly value?: ValueId; readonly span: Span }
  | { readonly kind: "throw"; readonly value?: ValueId; readonly span: Span }
  | { readonly kind: "end" };

export interface Arg {
  readonly value: ValueId;
  /** Keyword name; JavaScript calls have none (options are a `record`). */
  readonly name?: string;
  /** `*xs` / `...xs` is "items", `**kw` is "entries". */
  readonly spread?: "items" | "entries";
  /** The whole argument, keyword name included. */
  readonly span: Span;
}

export type JoinPart =
  /** `text` is the decoded literal text; `span` its place between the delimiters (raw text may differ by escapes). */
  | { readonly kind: "text"; readonly text: string; readonly span: Span }
  /** `span` is the whole hole with its delimiters (`{x!r:>3}`, `${x}`, `%s`); the value's own op has the expression's span. */
  | {
      readonly kind: "hole";
      readonly value: ValueId;
      readonly span: Span;
      readonly format?: string;
      /** The format takes numbers only: no text gets through. */
      readonly numeric?: true;
      /** The format writes a text as a literal: its line breaks are escaped. */
      readonly literal?: true;
    };

/** How a string was put together, for fixes. "concat" is never made by lowering: `+` is a `binary`. */
export type JoinStyle = "fstring" | "template" | "percent" | "format" | "adjacent";

export interface RecordEntry {
  /** Literal key, or the value that computes it, or a spread of another record. */
  readonly key: string | { readonly computed: ValueId } | "...";
  readonly value: ValueId;
  /** The whole entry; `keySpan` its key. */
  readonly span: Span;
  readonly keySpan?: Span;
}

export interface ClassMember {
  readonly name: string;
  readonly kind: "method" | "getter" | "setter" | "field";
  readonly isStatic: boolean;
  /** The method's first parameter is the class. */
  readonly ofClass?: boolean;
  readonly value?: ValueId;
  readonly annotation?: TypeRef;
  readonly span: Span;
}

interface At {
  /** The expression or statement this came from. */
  readonly span: Span;
}

export type Op = At &
  (
    | { readonly op: "const"; readonly value: Literal }
    /** A parameter on entry; only in the first block. */
    | { readonly op: "param"; readonly index: number }
    | { readonly op: "load"; readonly slot: SlotId }
    | { readonly op: "store"; readonly slot: SlotId; readonly value: ValueId }
    /** A name that is not local: of an enclosing function, the module, or a builtin/global. */
    | { readonly op: "free"; readonly name: string }
    | { readonly op: "storeFree"; readonly name: string; readonly value: ValueId }
    | { readonly op: "this" }
    | { readonly op: "super" }
    | {
        readonly op: "member";
        readonly object: ValueId;
        readonly name: string;
        readonly nameSpan: Span;
        readonly optional?: boolean;
      }
    | { readonly op: "index"; readonly object: ValueId; readonly key: ValueId }
    /**
     * A slice or rest of a sequence or record. `from` and `to` are constant bounds (negative: from the end; no `from`: bounds
     * are not known); `without` are the keys that the rest of a record lacks.
     */
    | {
        readonly op: "slice";
        readonly object: ValueId;
        readonly uses: readonly ValueId[];
        readonly from?: number;
        readonly to?: number;
        readonly without?: readonly string[];
      }
    | {
        readonly op: "setMember";
        readonly object: ValueId;
        readonly name: string;
        readonly value: ValueId;
      }
    | {
        readonly op: "setIndex";
        readonly object: ValueId;
        readonly key: ValueId;
        readonly value: ValueId;
      }
    | {
        readonly op: "call";
        readonly callee: ValueId;
        readonly args: readonly Arg[];
        readonly isNew: boolean;
        /** "decorator": `args[0]` is the decorated function or class. "tag": tagged template, args[0] is its `join`. */
        readonly form: "call" | "decorator" | "tag";
        /** From "(" to ")", both included; empty at the end of the callee for forms without parentheses. */
        readonly argsSpan: Span;
      }
    | { readonly op: "join"; readonly style: JoinStyle; readonly parts: readonly JoinPart[] }
    | {
        readonly op: "binary";
        readonly operator: string;
        readonly left: ValueId;
        readonly right: ValueId;
        /** The operator makes numbers only, whatever its operands. */
        readonly numeric?: true;
      }
    /** Operators normalised: "==", "!=", "<", "<=", ">", ">=", "in", "not in", "instanceof". `is`/`===` are "==", `is not`/`!==` "!=". */
    | {
        readonly op: "compare";
        readonly operator: string;
        readonly left: ValueId;
        readonly right: ValueId;
        /** Takes null and undefined for the same, and converts operands of different types. */
        readonly loose?: true;
        /** `in` looks for a key, also of a list. */
        readonly keys?: true;
      }
    /** "not" for `!` and `not`; otherwise the operator's text. */
    | { readonly op: "unary"; readonly operator: string; readonly operand: ValueId }
    | { readonly op: "record"; readonly entries: readonly RecordEntry[] }
    | {
        readonly op: "sequence";
        readonly shape: "list" | "tuple" | "set";
        readonly elements: readonly { readonly value: ValueId; readonly spread: boolean }[];
      }
    /** A nested function. `defaults[i]` is the default of its i-th parameter when the language evaluates it here (Python). */
    | {
        readonly op: "closure";
        readonly hole: number;
        readonly defaults: readonly (ValueId | undefined)[];
      }
    | {
        readonly op: "class";
        readonly name: string;
        readonly bases: readonly ValueId[];
        readonly members: readonly ClassMember[];
      }
    /**
     * What an import binds. `name` undefined: the module object. `module` is the specifier as written; Python relative
     * imports keep their leading dots (".pkg.mod"). `import a.b` (binding `a`) has module "a", `also` "a.b".
     */
    | {
        readonly op: "import";
        readonly module: string;
        readonly name?: string;
        readonly also?: string;
        /** `import type`: nothing is there at run time. */
        readonly typesOnly?: boolean;
      }
    /** `enter`: the method that `with` calls, of objects that have it; of others it is the object itself. */
    | { readonly op: "await"; readonly value: ValueId; readonly enter?: string }
    | { readonly op: "yield"; readonly value?: ValueId }
    /** One element of an iterable (keys of a mapping for Python dicts and `for in`). */
    | { readonly op: "iterate"; readonly value: ValueId; readonly keys?: boolean }
    /** The exception in a handler; `types` are the caught classes' values (empty = any). */
    | { readonly op: "caught"; readonly types: readonly ValueId[] }
    /** `value` declared or cast to a type: a hint for lookups, no conversion at run time. */
    | {
        readonly op: "annotate";
        readonly value: ValueId;
        readonly type: TypeRef;
        readonly cast: boolean;
      }
    /** Syntax that is not modelled: depends on `uses`. */
    | { readonly op: "opaque"; readonly uses: readonly ValueId[]; readonly what: string }
  );

export type Export =
  /** `exported` is the public name ("default" included; "" for a module that is one value itself); `local` the module variable. */
  | { readonly kind: "local"; readonly exported: string; readonly local: string }
  | {
      readonly kind: "from";
      readonly exported: string;
      readonly module: string;
      readonly name?: string;
    }
  /** All of another module; `binds`: its names are names of this module too. */
  | { readonly kind: "star"; readonly module: string; readonly binds?: boolean };
