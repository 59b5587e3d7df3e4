/**
 * Everything a rule author may import. A rule is metadata + a flow or a check + words + fixes; it names kinds and library
 * paths of the models, never grammar nodes. Rules are pure.
 */
import type { FileId } from "../base/brand.ts";
import type { NameIndex } from "../base/names.ts";
import type { Edit, Span } from "../base/text.ts";
import type { Item, Op, ValueId } from "../ir/ir.ts";
import type { Deed, SinkKind, SourceKind } from "../taint/kinds.ts";
import type { Model, RefusalRow, SourceRow } from "../taint/model.ts";
import type { CallArg, Hit, Observation, StoreView } from "../taint/summary.ts";
import type { ItemId, Value } from "../taint/value.ts";

export type { Item, Literal, Op, RecordEntry, ValueId } from "../ir/ir.ts";
export { readField, spread } from "../taint/fields.ts";
export type { Deed, SinkKind, SourceKind } from "../taint/kinds.ts";
export { kindBit, WEAK_GUARD } from "../taint/kinds.ts";
export type { ArgSpec, Model, RefusalRow } from "../taint/model.ts";
export type { CallArg, Hit, Observation, StoreView } from "../taint/summary.ts";
export type { Alt, ItemId, Part, Value } from "../taint/value.ts";
export { constants, markBit, onlyConst } from "../taint/value.ts";
export type { Edit, FileId, Span };

export type Severity = "critical" | "high" | "medium" | "low" | "info";
export type Confidence = "high" | "medium" | "low";
export type Grade = "safe" | "suggested" | "placeholder" | "manual";
export type LanguageId = "python" | "javascript";

/** Plain text; what is wrong, why it matters (the exploit), what to do (names the safe API). One or two short sentences each. */
export interface Message {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** One place where the rule's fault is. */
export interface Match {
  readonly item: ItemId;
  /** In the coordinates of `item`. */
  readonly span: Span;
  /** Absent: the rule's. */
  readonly severity?: Severity;
  /** Absent: the rule's. Of "secrets", what stands in the span is not shown. */
  readonly category?: string;
  /** Absent: high for checks of constants, by the flow's marks for flows. */
  readonly confidence?: Confidence;
  /** Words and facts for `say` and `fixes`. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** The operation at fault, usually a call. */
  readonly op?: ValueId;
  /** For flow rules: the way of the data. */
  readonly hit?: Hit;
  readonly call?: Observation;
  /** Further places that belong to the fault (the other side of a mismatch). */
  readonly related?: readonly {
    readonly item: ItemId;
    readonly span: Span;
    readonly text: string;
  }[];
}

/** An item's program and text, for checks and fixes. All spans given and taken are in item coordinates. */
export interface Code {
  readonly item: ItemId;
  readonly file: FileId;
  readonly language: LanguageId;
  readonly ir: Item;
  op(id: ValueId): Op;
  /** The source text of a span. */
  text(span: Span): string;
  /** Offsets in the file. */
  absolute(span: Span): Span;
  readonly fileText: string;
  /**
   * Of a text that is made of parts, such as the cells of a notebook: where they stand. Edits are made inside of one, and a
   * line that ends a part ends with it.
   */
  readonly parts: readonly Span[] | undefined;
  /** The innermost statement that holds the span, absolute; undefined outside statements. */
  statement(span: Span): Span | undefined;
  /** White space at the start of the line of an absolute offset. */
  indent(offset: number): string;
  /** The file's line ending. */
  readonly newline: string;
  /** The item that this one is nested in. */
  readonly parent: ItemId | undefined;
  /** The code of another item (of the project). */
  other(item: ItemId): Code | undefined;
}

export interface Fix {
  readonly title: string;
  readonly grade: Grade;
  readonly edits: readonly { readonly file: FileId; readonly edits: readonly Edit[] }[];
  /** Files that come with the edits. Nothing of their names is there yet. Never with "safe". */
  readonly creates?: readonly NewFile[];
  /** For "manual": what to do, and why there is no edit. */
  readonly reason?: string;
}

export interface NewFile {
  readonly file: FileId;
  readonly text: string;
}

/** The files of the project, for fixes that use one of their own, or make it. */
export interface ProjectFiles {
  /** A file of this name is there, read or not. */
  has(file: FileId): boolean;
  /** The workspace folder that holds the file, without a trailing slash, or "". */
  rootOf(file: FileId): FileId;
  /** What stands in a folder itself, by name. */
  inFolder(folder: FileId): readonly FileId[];
  /** Files of the same workspace folder whose text holds this, of those that are read, by name. */
  holding(file: FileId, text: string): readonly FileId[];
  /** If it is read; one that is there is asked for. */
  text(file: FileId): string | undefined;
}

export interface FlowSpec {
  /** Kinds of source; "unknown" also takes parameters of functions nobody in the project calls. */
  readonly from: readonly (SourceKind | "unknown")[];
  readonly to: SinkKind | readonly SinkKind[];
  /** Flows that a guard has cleared are left out, unless this says otherwise. */
  readonly keep?: (hit: Hit, cleared: boolean) => boolean;
  /** A last look; undefined drops the hit. May lower or raise severity and confidence and add facts. */
  readonly accept?: (hit: Hit, context: Context) => Partial<Match> | undefined;
}

/** The rule looks at flows to this kind of sink. */
export function leadsTo(flow: FlowSpec | undefined, kind: SinkKind): boolean {
  return (
    flow !== undefined && (typeof flow.to === "string" ? flow.to === kind : flow.to.includes(kind))
  );
}

export interface CallSpec {
  /** Callee paths without "()" ("fastapi.FastAPI", "*.read"), or "PATH.passed" for a class or function given as an argument. */
  readonly watch?: readonly string[];
  /** Every call that is a sink of these kinds, tainted or not. */
  readonly sinks?: readonly SinkKind[];
  readonly check: (call: Observation, context: Context) => Match | readonly Match[] | undefined;
}

export interface StoreSpec {
  /** "PATH.name=" assignments to a library object's property ("PATH.*=" any), "%module.NAME=" to a variable of a module. */
  readonly watch?: readonly string[];
  /** Every assignment that is a sink of these kinds, tainted or not. */
  readonly sinks?: readonly SinkKind[];
  readonly check: (store: StoreView, context: Context) => Match | undefined;
}

/**
 * What may be asked of the whole program. The answers are the same for all files of one language for which the same models
 * hold, so what is made of them is, too.
 */
export interface ProgramContext {
  code(item: ItemId): Code | undefined;
  /** Where an import of `specifier` in a file leads, if that is a file of the project. */
  imported(from: FileId, specifier: string): FileId | undefined;
  /** What a reference of a value leads to (a function, a class, something of a library), or what that calls, does this. */
  does(ref: string, deed: Deed): boolean | undefined;
  /** The model row of the source that a label names. */
  source(label: string): SourceRow | undefined;
  /** What is at this path is certainly a text, by the models; "%" stands for the package of unbound names. */
  isText(path: string): boolean;
  /** Every element of the record at this path is a text. */
  holdsTexts(path: string): boolean;
  /** How a function refuses a request: by what takes it, then by the types of its parameters. */
  refusals(item: ItemId): readonly { readonly row: RefusalRow; readonly parameter?: number }[];
  /** How a function does that reads or calls what is at this path. */
  refusalsOf(path: string): readonly RefusalRow[];
}
/** What may be asked beside that where one file is looked at. */
export interface Context extends ProgramContext {
  readonly file: FileId;
  /** The manifests around the file. A rule that asks for them names them in `CodeSpec.reads`. */
  readonly around: Surroundings;
  readonly files: ProjectFiles;
  /** The version or range of an npm package that the file's program asks for, if its package.json or lock file says. */
  requirement(name: string): string | undefined;
}

/** All watched calls of the project, for faults that have two places. */
export interface ProjectSpec {
  readonly watch?: readonly string[];
  readonly sinks?: readonly SinkKind[];
  /** It asks what functions of other files do. */
  readonly deeds?: boolean;
  /** Files whose text is like this are looked at although they have no such call: they may lead to one in another file. */
  readonly may?: RegExp;
  /** The faults of one file, by its calls in their order and by what `all` calls say. */
  readonly check: (
    own: readonly Observation[],
    context: Context,
    all: AllCalls,
  ) => readonly Match[];
}
/** The calls that a rule watches in all files: a workspace may have very many, so no file goes through them for itself. */
export interface AllCalls {
  /**
   * What `make` makes of them, in the order of files: made once, for all files of one language and the same models, until
   * the calls change, or an answer to what `make` asked of `context`. So it must ask all that it needs before it comes back,
   * and a call of a file may be another object than the one that stands for it here: compare their places. While a workspace
   * is read, those of the file itself may be missing.
   * `make` is known by its identity: a function of a module, not one that is made on the spot.
   */
  shared<T>(make: (calls: readonly Observation[], context: ProgramContext) => T): T;
}
/** All watched calls of one item in source order, for faults of order (check, then use). */
export interface ItemSpec {
  /** Every function and module, also one with no watched call. */
  readonly every?: boolean;
  readonly watch?: readonly string[];
  readonly sinks?: readonly SinkKind[];
  readonly check: (calls: readonly Observation[], code: Code, context: Context) => readonly Match[];
}
/** Every function of a file, and its module, for faults that are no call: a text that is written there, a name that is read. */
export interface CodeSpec {
  /** A cheap look at the whole file: where it finds nothing, no code is looked at. */
  readonly may: RegExp;
  /** Last part of the path of files, not code, whose text counts for what is found. */
  readonly reads?: RegExp;
  readonly check: (code: Code, context: Context) => readonly Match[];
}
/** A manifest or other file that is no code; spans are absolute and `item` is `${file}#`. */
export interface ManifestSpec {
  /** Last part of the file's path. */
  readonly names: RegExp;
  /** Also files whose whole path is like this. */
  readonly paths?: RegExp;
  /** What one of these files says counts for the findings of the others. */
  readonly together?: boolean;
  readonly check: (file: ManifestFile) => readonly Match[];
  readonly fixes?: (match: Match, file: ManifestFile) => readonly Fix[];
}
/** A file as text, whatever it is written in; spans are absolute and `item` is `${file}#`. Every file that is read at all is looked at. */
export interface TextSpec {
  /** Files that are read for this rule alone: the last part of the path, or the whole of it. */
  readonly names: RegExp;
  readonly paths: RegExp;
  /** A cheap look at the whole text: where it finds nothing, it is not looked at. */
  readonly may: RegExp;
  /** Last part of the path of other files whose text counts for what is found. */
  readonly reads?: RegExp;
  readonly check: (file: TextFile) => readonly Match[];
  readonly fixes: (match: Match, file: TextFile) => readonly Fix[];
}
export interface TextFile {
  readonly file: FileId;
  readonly text: string;
  /** Comments and texts between quotes, in the order in which they begin; undefined for a file that is no code. */
  readonly written: readonly Written[] | undefined;
  /** The manifests around the file. A rule that asks for them names them in `TextSpec.reads`. */
  readonly around: Surroundings;
}
/** A stretch of code that is not run as it stands there. */
export interface Written extends Span {
  /** "pattern" is a regular expression, "markup" a text between elements or the value of an attribute. */
  readonly kind: "comment" | "text" | "pattern" | "markup";
  /** Code inside, as in a template. */
  readonly holes: readonly Span[];
}
/** The rule reads this file. */
export function readsFile(
  spec: Pick<ManifestSpec, "names" | "paths"> | undefined,
  file: FileId,
): boolean {
  if (spec === undefined) return false;
  return spec.names.test(file.slice(file.lastIndexOf("/") + 1)) || spec.paths?.test(file) === true;
}
export interface ManifestFile extends Surroundings {
  readonly text: string;
}
/** What is beside and above a file. */
export interface Surroundings {
  readonly file: FileId;
  /** Text of a file in the same folder, if it is loaded ("package-lock.json"). */
  sibling(name: string): string | undefined;
  /** There is a file of this name in the same folder. */
  has(name: string): boolean;
  /** The nearest file of this name in this folder or above it, in the same workspace. */
  above(name: string): FileId | undefined;
  /** Its text, if it is loaded. */
  textAbove(name: string): string | undefined;
  /** All files of the workspace whose path is like this, by name; no text where it is not loaded yet. */
  like(path: RegExp): readonly { readonly file: FileId; readonly text: string | undefined }[];
  /** What is beside and above the file is known: it belongs to a workspace. */
  readonly isInWorkspace: boolean;
  /** An npm package of this name is in the workspace. */
  isOwn(name: string): boolean;
  /** A file or folder of this name, without its ending, is there and is not read. */
  leavesOut(name: string): boolean;
  /** git keeps this file although an ignore file names it. */
  isKept(file: FileId): boolean;
  /** Names of packages that exist, if the engine was given any. */
  readonly names: NameIndex | undefined;
}

export type Protection = "workflow" | "headers" | "cooldown";

export interface Rule {
  readonly id: string;
  /** At most 60 characters, names the fault. */
  readonly title: string;
  readonly category: string;
  readonly severity: Severity;
  readonly cwe: readonly number[];
  readonly owasp: readonly string[];
  /**
   * The version in which the rule came, or in which it began to report more; none for 0.1.0. What it finds stands apart from
   * new findings where a project's baseline is older.
   */
  readonly since?: string;
  /** What Skeptic can write for the project against this fault, by its name in `server/generate`. */
  readonly generates?: (match: Match) => Protection | undefined;
  readonly flow?: FlowSpec;
  readonly calls?: CallSpec;
  readonly stores?: StoreSpec;
  readonly project?: ProjectSpec;
  readonly items?: ItemSpec;
  readonly manifest?: ManifestSpec;
  readonly code?: CodeSpec;
  /** A rule that has this has no other part. */
  readonly text?: TextSpec;
  /** It is silent about a place about which one of these rules speaks: they know more. */
  readonly after?: readonly string[];
  readonly say: (match: Match, context: Context) => Message;
  /** Best first. Return a "manual" fix with a reason rather than none. */
  readonly fixes?: (match: Match, code: Code, context: Context) => readonly Fix[];
  /** Ways to mend a flow in the function that hands its data over to another file; [] where none is sure. */
  readonly fixesAtSource?: (match: Match, at: Handover, context: Context) => readonly Fix[];
}

/** A call of the project through which the data of a flow leaves for the sink's file. */
export interface Handover {
  readonly code: Code;
  readonly call: Op & { readonly op: "call" };
  /** The only argument that is no constant. */
  readonly argument: ValueId;
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly models: readonly Model[];
  /** Page text by rule id. */
  readonly pages: Readonly<Record<string, string>>;
}

export function rule(definition: Rule): Rule {
  return definition;
}

/** An argument by position or keyword name, or a property of an options object ("1.algorithms"). */
export { argument } from "../taint/arguments.ts";
export type { CallArg as Argument, Value as AbstractValue };
