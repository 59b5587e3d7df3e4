/**
 * Rows of the library models: what a path is a source or a sink of, passes on, proves and calls. Plain data.
 *
 * Path grammar: `package step*`, step = `.name` | `.{a,b}` | `()` | `.arg(i|*)` | `.param(i|*)`. An instance of a library
 * class is written as its constructor call: `sqlite3.Connection()`; `.arg(0).of4.param(1)` tells functions by their number of parameters.
 * `X().%method.get.param(0)` is a parameter of the method `get` of any class that inherits from X (`validate_*`: of all whose name
 * begins so); `X().default` a parameter that is declared with X(), as its default, in its annotation or as its decorator. Operators are members too: `X.%/()` is the quotient, the
 * guard `X.%in()` says what membership in X proves, and a rule may watch `X.%compared`. A path that begins with `*.` is a method of a value of
 * unknown type: `*.strip()`. Names that are not bound anywhere belong to the package `builtins` (Python) or `globalThis`.
 */

import type { TextFunction } from "./constants.ts";
import type { Deed, SinkKind, SourceKind } from "./kinds.ts";
import type { ConstantTest, MatchTest, PatternTest } from "./patterns.ts";
import type { Derivation, Mark } from "./value.ts";

/** "recv" is the object a method is called on; a number a position; a name a keyword; "0.url" a property of an options object; "*" every argument. */
export type ArgSpec = number | string;

export interface SourceRow {
  readonly path: string;
  readonly kind: SourceKind;
  /** What it is, in words: "a query parameter". */
  readonly text: string;
  /** For which kinds of sink it is harmless as it comes: browsers encode "<" in an address, a stream is no path. */
  readonly clears?: readonly SinkKind[];
  /**
   * As it comes, it is the address of the program's own site, the origin or the name of it, or a path on it; or it is what only
   * the sender's own browser or program decides, no link or form of another site ("sender").
   */
  readonly of?: "address" | "origin" | "host" | "path" | "sender";
  /** The names in it are never `__proto__`: the parser leaves them out or refuses them. */
  readonly safeNames?: boolean;
  /** The program declares which names are in it; the client does not add any. */
  readonly declared?: boolean;
  /** Only of a call, and only if the end of this argument's text, as far as it is known, matches: `open("~/.npmrc")`. */
  readonly when?: { readonly arg: ArgSpec; readonly matches: string };
  /**
   * Only of a parameter: not if a text that was given together with the function matches this pattern, in which NAME
   * stands for the parameter's name: `<int:NAME>`. Then the parameter is a number or the like.
   */
  readonly converted?: string;
  /** Only of a parameter: if a text that was given together with the function matches this pattern: `on("data", ...)`. */
  readonly only?: string;
}
export interface SinkRow {
  /** The callee, without the final "()"; `X.passed` for a call that is given X; `X.name=` for an assignment to a property, `%module.NAME=` to a variable of any module; `X.arg(0).result` for what a function given to X returns. */
  readonly path: string;
  readonly args: readonly ArgSpec[];
  readonly kind: SinkKind;
  /** A record is no such argument: of an options object, only the fields that rows name reach the sink ("0.text"). */
  readonly noRecord?: boolean;
  /** As the tag of a template it binds the values. */
  readonly tagBinds?: boolean;
  /** It is one only where this argument is a constant pattern that is tried in exponentially many ways. */
  readonly needs?: { readonly arg: ArgSpec; readonly is: "slow" | "slow-literal" | "slow-whole" };
  /** Facts for the rule and its fix: the driver, the placeholder style, the API in words. */
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}
export interface PassRow {
  /** With the final "()". */
  readonly path: string;
  readonly from: readonly ArgSpec[];
  /** "return" (default), "recv", or an argument position that is written to. */
  readonly to?: "return" | "recv" | number;
  readonly derive?: Derivation;
  readonly clears?: readonly SinkKind[] | "all";
  /** The result is a number, a boolean, a date: no text. */
  readonly scalar?: boolean;
  /** With `scalar`: true if an element of `from` is, or if all are, and proves what that element proves. */
  readonly element?: "some" | "every";
  /** The result is a string with the same text (for constants and guards). */
  readonly same?: boolean;
  /** The result is a function that does what the one in `from` does. */
  readonly wraps?: boolean;
  /**
   * The row holds only if this argument is a constant pattern that removes every character but harmless ones:
   * `[^\\w.-]+`; every "<"; the one separator "." or "/" (in JavaScript also a pattern of slashes) and the only argument; ".." or a pattern of it, which is taken away wherever it
   * is; a pattern of slashes or of ".." at the start; a class of all signs of an LDAP filter, or of a regular expression; a text with a line break in it. Or the name of an encoding that gives letters and digits, or the quotation mark of SQL for which two are put. Such a row must stand before the general one for the same path.
   */
  readonly needs?: { readonly arg: ArgSpec; readonly is: PatternTest };
  /** A fact about the result that rules ask for. */
  readonly marks?: Mark;
  /** What these kinds cleared counts no more: pieces are joined again. */
  readonly restores?: readonly SinkKind[];
  /** If this argument is a type whose values carry no text (`type=int`), neither does the result. */
  readonly converter?: ArgSpec;
  /** The result is the field of `from` whose key is this argument, as in `args.get("id")`. */
  readonly field?: ArgSpec;
  /** With `field`: what the result is if there is no such field. */
  readonly otherwise?: ArgSpec;
  /**
   * With `to`, how it is written: at the end or the beginning of a list, at the place that is argument 0, each element, each
   * field, or as the entry (or the entry if there is none, or the attribute) whose key is `key`; or all of it is gone. Without: at an
   * unknown key.
   */
  readonly stores?:
    | "last"
    | "first"
    | "at"
    | "elements"
    | "fields"
    | "entry"
    | "attribute"
    | "default"
    | "nothing";
  readonly key?: ArgSpec;
  /**
   * What the result is, where lists and records are known: a record of the fields of an object; a list of keys, values or entries of the first of `from`; the
   * record of a list of entries, of all arguments (`dict(a, b=1)`), or of all arguments over the first one; a list of the
   * elements, of the arguments, of the elements in another order or side by side; one element; the lists one behind the
   * other; the last, first or named element, which is gone from then on; the element or slice at constant places; the text
   * of the elements of the second of `from` (or of the first) with the other one between them; the text repeated; whether
   * argument 0 is an element; an instance of the class that `from` is, or a list of them; one that holds the second of `from`.
   */
  readonly gives?:
    | "fields"
    | "keys"
    | "values"
    | "entries"
    | "from-entries"
    | "record"
    | "merged"
    | "list"
    | "arguments"
    | "reordered"
    | "zip"
    | "element"
    | "joined-lists"
    | "last"
    | "first"
    | "taken"
    | "at"
    | "slice"
    | "joined"
    | "joined-by"
    | "repeated"
    | "contained"
    | "instance"
    | "instances"
    | "filled";
  /** With `same`: what becomes of the letters. */
  readonly text?: TextFunction;
  /** The result is the length of `from`, which is known of a constant text. */
  readonly length?: boolean;
  /** Iterating the result gives pairs of a position (a number) and an element of `from`. */
  readonly numbered?: boolean;
  /** Pieces are put together: the result's text is the concatenation of `from`. */
  readonly concat?: boolean;
  /** With `concat`: an absolute path takes the place of all pieces before it. */
  readonly absoluteWins?: boolean;
  /**
   * The result is a schema: of values that carry no text ("clean"); of texts, for which that `clears` some kinds ("text"); the one that `from` is ("same"), a record of it or a list of
   * it; of one of several, of two together ("extended"); one that admits what matches the second of `from`, or only the arguments
   * if they are constants ("among"). Or it is the second of `from` in the form that the first one says ("parse").
   */
  readonly schema?:
    | "clean"
    | "text"
    | "same"
    | "record"
    | "list"
    | "either"
    | "extended"
    | "pattern"
    | "among"
    | "parse";
  /** With `schema`: the field of the result that holds what was parsed. */
  readonly as?: string;
  /** The result is what `from` is, in another form: it keeps the type. */
  readonly keepsType?: boolean;
}
export interface GuardRow {
  /** With the final "()". */
  readonly path: string;
  readonly subject: ArgSpec;
  /**
   * "true": the call answered true; "return": it came back at all; "found": it answered a position in a text, not -1;
   * "absent": -1; "start": it answered position 0.
   */
  readonly proves: "true" | "return" | "false" | "found" | "absent" | "start";
  readonly clears: readonly SinkKind[] | "all";
  /**
   * The guard is only real if this argument is: a constant; one of a few; a type whose values carry no text; one of a few types; a regular
   * expression, of which the call compares neither end ("search"), the start ("match") or both ("whole") by itself, and which
   * clears what its characters allow; not from a source; a constant
   * with scheme, host and the slash after it ("https://example.com/") or a path ("/app/"); a constant domain with its dot (".example.com"); ".." or
   * a pattern that finds it; a slash; text that ends with a separator. A guard whose `needs` is not met proves that there is a
   * check. "holding": a list that has these constants. "own-keys": a table that the program filled, and no default is given.
   * "own-type": classes of the program itself.
   */
  readonly needs?: {
    readonly arg: ArgSpec;
    readonly is:
      | ConstantTest
      | MatchTest
      | "constant"
      | "holding"
      | "untainted"
      | "among"
      | "scalar-type"
      | "type"
      | "own-type"
      | "own-keys";
    /** Of "among"; of "holding" what the list has; the types of "type"; of "own-keys" the types of tables. */
    readonly values?: readonly string[];
  };
  /** The subject is a condition, and what it proves when true is proved. */
  readonly holds?: boolean;
  /** The subject, in the variable that holds it, is the path of a file that the program has written itself. */
  readonly writes?: boolean;
  /** Only if the subject is what a text has between its slashes, or only if it is not. */
  readonly pieces?: boolean;
}
export interface CallbackRow {
  /** The callee with "()". */
  readonly path: string;
  readonly arg: ArgSpec;
  readonly param: number;
  readonly from: ArgSpec;
  /** The parameter is an element of `from`, not the whole. */
  readonly element?: boolean;
  /** The call gives what the function returns, a list of that, or what the function passes to its parameter `param`. */
  readonly returns?: "value" | "element" | "passed";
  /** With `returns`: the call may also give this, when the function is not called. */
  readonly or?: ArgSpec;
  /** With `returns`: this parameter is what the function returned before; at first `initial`, if it is given. */
  readonly feeds?: number;
  readonly initial?: ArgSpec;
  /**
   * What the function proves when true is proved: of an element, if the call is true ("some"); of all of them ("every");
   * of what the call gives back ("kept").
   */
  readonly proves?: "some" | "every" | "kept";
}
/** A function that calls (with the final "()") or only reads what is at this path does that: `abort(401)`, `request.user`. */
export interface DeedRow {
  readonly path: string;
  readonly does: Deed;
  /** Only a call, and only if this argument may be one of these constants. */
  readonly when?: { readonly arg: ArgSpec; readonly among: readonly (string | number)[] };
}
/** What names alone say of a function: it calls something whose name has all these words, or reads a field of such a name. */
export interface DeedWords {
  readonly does: Deed;
  readonly of: "call" | "field";
  /** "require user": both words, in any place; "token": the word. */
  readonly words: readonly string[];
}
/** Functions that a framework finds without being told: by the name of their file and their export, or by a directive. */
export interface ConventionRow {
  /** Pattern for the path of the file, which begins with "/". */
  readonly files?: string;
  /** The names under which the module exports them; absent: any. */
  readonly exports?: readonly string[];
  /** The module, or the function itself, exported or not, begins with this directive. */
  readonly directive?: string;
  /** What takes them, for rows such as `next.route.param(0)`. */
  readonly taker: string;
}
/**
 * How a function says no that a framework calls with a request. `path` is what takes it ("flask.Flask().route().arg(0)"), the
 * type of one of its parameters ("express.Response()"), or what only such a function reads or calls ("flask.request",
 * "django.http.HttpResponse()"). The first row of a path that can be used wins.
 */
export interface RefusalRow {
  readonly path: string;
  /**
   * The code, in which {message} and {status} stand for the answer, {it} for the parameter, {self} for the object a method is called on,
   * {module#name} for something that is imported, as in "{flask#abort}({status})".
   */
  readonly text: string;
  /** The same where the function answers with JSON elsewhere: {key} stands for the field that says what went wrong. */
  readonly json?: string;
  /**
   * "throws" or never comes back; "result": it is what the function returns; "call": it answers, and the function still has to be
   * left.
   */
  readonly form: "throws" | "result" | "call";
  /** Only for this status. */
  readonly status?: number;
}
export interface Model {
  readonly language: "python" | "javascript";
  /** Instance path -> paths that give such an instance; `X().*` is any member of X that no row is about. */
  readonly types?: Readonly<Record<string, readonly string[]>>;
  readonly sources?: readonly SourceRow[];
  readonly sinks?: readonly SinkRow[];
  readonly passes?: readonly PassRow[];
  readonly guards?: readonly GuardRow[];
  readonly callbacks?: readonly CallbackRow[];
  readonly conventions?: readonly ConventionRow[];
  readonly deeds?: readonly DeedRow[];
  readonly deedWords?: readonly DeedWords[];
  readonly refusals?: readonly RefusalRow[];
  /** Paths that are the same thing: alias -> path. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names that, when bound to nothing known, most likely are this: only lowers confidence, never proves. */
  readonly hints?: Readonly<Record<string, readonly string[]>>;
  /**
   * Calls that call one of their arguments with those behind it: "asyncio.to_thread()" -> 0. Or the function they are a
   * method of, with the arguments behind the first one: as they are ("recv"), or as a list ("list").
   */
  readonly forwards?: Readonly<Record<string, number | "recv" | "list">>;
  /** Calls that give a function with its first arguments: that argument with those behind it, or "recv" as above. */
  readonly binds?: Readonly<Record<string, number | "recv">>;
  /**
   * Calls that, as a default or in an annotation of a parameter, say what computes it: the function or class is this argument,
   * or, without it, the declared class.
   */
  readonly injects?: Readonly<Record<string, readonly ArgSpec[]>>;
  /** Types that say more of a value than its type, so that another name for one does too: `Limit = Annotated[int, Query()]`. */
  readonly declares?: readonly string[];
  /** Calls that import the module that one of their arguments names: "importlib.import_module()" -> 0. */
  readonly imports?: Readonly<Record<string, number>>;
  /**
   * Methods of any object that classes of a program often have too, as `get`: where only the caller knows the object, a call
   * waits for it as well.
   */
  readonly usual?: readonly string[];
  /** Calls of which an exception says no more than what was wrong with the input: "builtins.int()", "*.strip()". */
  readonly quiet?: readonly string[];
  /** Calls of which an exception quotes the server's own, besides those that are sinks of such a kind: "os.listdir()". */
  readonly quoting?: readonly string[];
  /** Methods that only objects have whose making is quiet: `.model_dump()` of whatever class. */
  readonly madeQuietly?: readonly string[];
  /** Classes that every exception is of: "builtins.Exception". */
  readonly anyException?: readonly string[];
  /** Classes of exceptions that quote the server's own: where they have been answered, nothing is known of what is left. */
  readonly quotingErrors?: readonly string[];
  /** Calls that never return: "sys.exit()". */
  readonly ends?: readonly string[];
  /** Texts with a name: "os.sep" -> "/". */
  readonly constants?: Readonly<Record<string, string>>;
  /** Paths at which there is certainly a text, for fixes that must keep types: "builtins.str()". */
  readonly texts?: readonly string[];
  /** Paths of records of which every element is a text, as the query of a request. */
  readonly textRecords?: readonly string[];
  /** Calls in declarations -> their arguments that are a pattern for every text: "pydantic.constr" -> ["pattern"]. */
  readonly patterns?: Readonly<Record<string, readonly string[]>>;
  /** Types (of annotations) whose values cannot carry text; with "()" only where it is certain that the value is an instance. */
  readonly scalars?: readonly string[];
}
