/**
 * The boundary of the engine: plain data in, plain data out. No I/O: texts and file names come in as calls, and what the
 * analysis would still like to read is answered by `needs`. All offsets are UTF-16 units of the text without its BOM.
 */
import type { FileId } from "../base/brand.ts";
import type { Ecosystem } from "../base/names.ts";
import type { Edit, Span } from "../base/text.ts";

export type Severity = "critical" | "high" | "medium" | "low" | "info";
export type Confidence = "high" | "medium" | "low";
export type Level = "error" | "warning" | "information" | "hint";
/** How far a fix may be trusted: see CONTRIBUTING.md. */
export type Grade = "safe" | "suggested" | "placeholder" | "manual";

export interface Place {
  readonly file: FileId;
  readonly span: Span;
}

export interface FlowStep extends Place {
  readonly role: "source" | "step" | "call" | "return" | "sink";
  /** What happens here, in words; never the value of a secret. */
  readonly text: string;
}

/** The three answers of every message. Plain text, no Markdown. */
export interface Message {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

export interface Finding extends Place {
  readonly rule: string;
  readonly title: string;
  readonly category: string;
  readonly cwe: readonly number[];
  readonly owasp: readonly string[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly level: Level;
  /** Its level whatever the settings are: for comparing two moments of the code. */
  readonly gravity: Level;
  readonly message: Message;
  /** Source first, sink last: the first of `paths`. Of a finding that is not about data, the places it is about, or none. */
  readonly flow: readonly FlowStep[];
  /** Up to five ways from different sources to this sink: those that are wholly known first, the shorter before the longer. */
  readonly paths: readonly (readonly FlowStep[])[];
  /** Ways to this sink that are not among `paths`. */
  readonly morePaths: number;
  /** Approximations on the way, for example "unknown-call". */
  readonly marks: readonly string[];
  /** What stands at its place does nothing, and may be shown faded: a suppression that suppresses nothing. */
  readonly isUnneeded?: boolean;
  /** What can be written for the project against it, by its name in `server/generate`. */
  readonly generates?: "workflow" | "headers" | "cooldown";
  readonly fingerprint: string;
}

/**
 * A finding of another file, where its data leaves this one: `file` and `span` are the call that hands the data over, and
 * `flow` is the path through that call. All else is the finding's own.
 */
export interface Departure extends Finding {
  /** Where the finding stands. */
  readonly sink: Place;
}

export interface FileEdit {
  readonly file: FileId;
  /** `hash128` of the text the edits are for (of the text without BOM). */
  readonly textHash: string;
  readonly edits: readonly Edit[];
}

export interface NewFile {
  readonly file: FileId;
  /** Without BOM. */
  readonly text: string;
}

/** One way to mend a finding. `edits` is empty for "manual", which has a `reason`. A placeholder refuses to work until its holes are filled in. */
export interface Fix {
  readonly title: string;
  readonly grade: Grade;
  readonly edits: readonly FileEdit[];
  /** Files to be made together with the edits, which are of no use without them. There is nothing of their names. */
  readonly creates?: readonly NewFile[];
  readonly reason?: string;
}

/** Why a file has no analysis. */
export type SkipReason =
  | "generated"
  | "minified"
  | "vendored"
  | "too-large"
  | "too-many"
  | "unreadable"
  | "binary"
  | "excluded"
  | "too-slow";

export interface Problem {
  readonly file?: FileId;
  readonly message: string;
  /** Our own fault: a rule or the analysis crashed, so findings may be missing. */
  readonly crash?: true;
}

/**
 * A function of the project that all data of a finding goes through: it comes in as `argument` (a position from 0, or the
 * name of one that is only given by name) and out again in the result.
 */
export interface PassedFunction {
  readonly file: FileId;
  /** Qualified in its file: "clean", "Store.clean". */
  readonly name: string;
  readonly language: "python" | "javascript";
  readonly argument: number | string;
  /** Kinds of the sink: a sanitizer for these takes the finding away. */
  readonly kinds: readonly string[];
  /** Where it is called on the way. */
  readonly call: Place;
}

/** Everything a user may set; unknown rule ids are reported as a `Problem` by `configure`. */
export interface Settings {
  readonly profile: "default" | "strict";
  readonly rules: Readonly<Record<string, "off" | Level>>;
  /** Only these are asked for: the others are not looked at, nor counted as hidden. */
  readonly only?: readonly string[];
  readonly minimumSeverity: Severity;
  readonly minimumConfidence: Confidence;
}

export const DEFAULT_SETTINGS: Settings = {
  profile: "default",
  rules: {},
  minimumSeverity: "info",
  minimumConfidence: "medium",
};

export interface Report {
  readonly file: FileId;
  readonly findings: readonly Finding[];
  /** True while the file's text has a syntax error somewhere. */
  readonly hasError: boolean;
  readonly skipped?: SkipReason;
}

/** A module or a function: what parses, or does not, as a whole. */
export interface ItemState {
  readonly span: Span;
  /** True when its own text, without that of functions inside, has a syntax error. */
  readonly hasError: boolean;
}

export interface OpenOptions {
  /** Editor language id, for documents without a telling name. */
  /** Needed for a program in parts: the name of its file does not tell. */
  readonly languageId?: string;
  /** Of a program in parts (server/embedded): where they stand in the text, in order. Edits stay inside of one. */
  readonly parts?: readonly Span[];
  /** True for documents that will be edited: their tree is kept. */
  readonly open?: boolean;
  /** False for bytes that were not valid UTF-8: analysed, never edited. */
  readonly editable?: boolean;
}

/** One answer to "why is nothing reported here?". */
export interface Reason {
  readonly kind: /** Something is. */
    | "finding"
    | "suppressed"
    /** A rule that is off, or a finding that is too uncertain or not severe enough for the settings. */
    | "settings"
    | "constant"
    /** What arrives is harmless: `place` makes it so, if that is known. */
    | "safe"
    /** Where the value comes from is not known. */
    | "unknown"
    /** No data that others decide arrives. */
    | "no-data"
    /** A rule looks at it and accepts it. */
    | "fine"
    | "watched"
    | "no-rule"
    | "unparsed"
    | "given-up"
    | "not-read";
  /** In plain words, without a place; never the value of a secret. */
  readonly text: string;
  readonly rule?: string;
  /** Where that is. */
  readonly place?: Place;
}

/** How many findings of a file are not shown, and why; those of rules that are off count as hidden by settings. */
export interface Hidden {
  readonly suppression: number;
  readonly settings: number;
}

/** A comment that suppresses findings. */
export interface Suppression {
  readonly span: Span;
  readonly rules: readonly string[];
  readonly isWholeFile: boolean;
}

/** A file with rules and models of a project's own. */
export interface OwnSummary {
  readonly file: FileId;
  readonly rules: number;
  readonly models: number;
  /** Sanitizers and guards among the models: they make findings go away. */
  readonly silencing: number;
}

/** What code has to do with that an attacker would look at first. */
export type Topic =
  /** It answers requests, or takes their data. */
  | "requests"
  /** It asks who is calling, lets in or refuses, or makes what callers are known by. */
  | "authentication"
  /** It asks a database, a directory or a search in a language of its own. */
  | "queries"
  | "uploads"
  /** It calls addresses. */
  | "outgoing requests"
  /** It runs programs or code, or builds objects from bytes. */
  | "commands and code";

export interface Engine {
  /** Names of all files that exist in the workspace folders, for import resolution. Texts come by `set`. */
  setFiles(files: Iterable<FileId>): void;
  /** Last parts of the paths of files and folders that are there but, by settings or ignore files, are not read. */
  setLeftOut(names: Iterable<string>): void;
  /** Files that git keeps although an ignore file names them. */
  setKept(files: Iterable<FileId>): void;
  /** Workspace folders (ids without a trailing slash); [""] on the command line. */
  setRoots(roots: readonly FileId[]): void;
  /** How fingerprints call a file, wherever it is looked at from; by itself its path in its workspace folder. */
  nameFiles(nameOf: (file: FileId) => string): void;
  addFile(file: FileId): void;
  /** The file is gone: its text and name are forgotten. */
  remove(file: FileId): void;
  /** Gives or replaces a text. A leading BOM must have been taken off. */
  set(file: FileId, text: string, options?: OpenOptions): void;
  /**
   * Applies edits one after another, each in offsets of the text before it. Parts move along, unless they are given as they
   * are after the edits.
   */
  edit(file: FileId, edits: readonly Edit[], parts?: readonly Span[]): void;
  /** The document is no longer edited: its tree is let go; the text stays. */
  close(file: FileId): void;
  has(file: FileId): boolean;
  text(file: FileId): string | undefined;
  textHash(file: FileId): string | undefined;
  /** Of a program in parts, as they stand in its present text. */
  parts(file: FileId): readonly Span[] | undefined;

  /**
   * The day it is, as 2027-03-01: suppressions that end before it suppress nothing. Without one, none has ended. Front ends
   * give the day of UTC, so that at one moment the answer is the same everywhere.
   */
  setToday(day: string): void;
  /** Settings for files under `root` ("" = all). */
  configure(settings: Settings, root?: FileId): readonly Problem[];

  /** True for files whose text can be analysed: code of our languages, and manifests. */
  wants(file: FileId, languageId?: string): boolean;
  /** Known files, not loaded, that the analysis would read next (imports, and configuration that steers them). */
  needs(): readonly FileId[];

  /**
   * Works for about `budget` milliseconds on files that are loaded but not yet analysed in their present state, those in
   * `first` (and then their imports) before the others. Returns how many still wait. `check` does not need it, but only
   * analysed callers contribute flows.
   */
  step(
    budget: number,
    first?: readonly FileId[],
  ): {
    readonly pending: number;
    readonly total: number;
    /** Something was done that is not done again. */
    readonly moved: boolean;
  };
  /**
   * Findings in this file, of all flows known so far: the file itself is always analysed in full. Suppressed findings are
   * not in it. Other files whose flows end here are analysed first, for `within` milliseconds at most (default: all); of the
   * rest the last known flows stand in, and `changed` names the file again when they have been analysed.
   */
  check(file: FileId, within?: number): Report;
  /** The items of a file as it was last checked, outer before inner: the first is the module, and its span is the file. */
  items(file: FileId): readonly ItemState[];
  /** Where something begins in a file that is neither a comment nor its `#!` line: before it a suppression may be about the file. */
  head(file: FileId): number;
  /** Calls in this file that hand data to a sink of another file, of all flows known so far. They are not counted as findings. */
  departures(file: FileId): readonly Departure[];
  /** Files whose findings or departures may have changed since the last call, because of an edit anywhere. Includes files never asked for. */
  changed(): readonly FileId[];
  /**
   * The ways to mend a finding, best first; `file` is the one it stands in. It must come from `check` on the present text,
   * else the answer is []. With the place of one of its departures: also the ways to mend that flow there.
   */
  fixes(file: FileId, fingerprint: string, from?: Place): readonly Fix[];

  /** In the order of the path; [] unless the finding comes from `check` on the present text. `file` is the one it stands in. */
  passed(file: FileId, fingerprint: string): readonly PassedFunction[];

  /** Messages about crashes in a rule or file, and functions too large to analyse, since the last call; each is reported once. */
  problems(): readonly Problem[];
  rules(): readonly RuleInfo[];
  rule(id: string): RuleInfo | undefined;
  /** Of rules and models of a project's own only what adds findings counts, as in a folder that is not trusted. */
  restrict(isRestricted: boolean): void;
  hidden(file: FileId): Hidden;
  /** The comments of a file that suppress findings, if there are any, whether they do so or not. */
  suppressions(file: FileId): readonly Suppression[];
  /** What the calls in a file, and those who call its functions, have to do with, whether or not anything is wrong there. */
  topics(file: FileId): readonly Topic[];
  /** Why nothing is reported on the line of an offset, or what is; of the call that the offset is in, if it is in one. Never []. */
  why(file: FileId, offset: number): readonly Reason[];
  /** The well-known package for which this one, that hardly anybody uses, is easily mistaken, and how; by the names that it was given. */
  lookAlike(
    ecosystem: Ecosystem,
    name: string,
  ): { readonly name: string; readonly how: string } | undefined;
  /**
   * The registry had no package of this name on the day of the list: only a list with every name there is can say that.
   * `nearest` is a well-known name like it, or "".
   */
  unknownName(
    ecosystem: Ecosystem,
    name: string,
  ): { readonly date: string; readonly isOld: boolean; readonly nearest: string } | undefined;
  /** The files with rules and models of the projects' own, and what they hold. */
  own(): readonly OwnSummary[];
  /** For people who work on the engine: what it believes of the functions of a file, outer before inner. The text may change. */
  describe(file: FileId, what: "ir" | "summary"): readonly Described[];
  /** Trees alive now; equals the number of open files that were parsed. */
  liveTrees(): number;
  /**
   * Forgets what is kept only to be quick, or of it the entries for which the answer is true: for tests of "deleting any cache
   * changes only the time".
   */
  dropCaches(chosen?: () => boolean): void;
  dispose(): void;
}

export interface Described {
  /** Qualified name in the file; "" for the module. */
  readonly name: string;
  readonly span: Span;
  readonly text: string;
}

export interface RuleInfo {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly severity: Severity;
  readonly cwe: readonly number[];
  readonly owasp: readonly string[];
  /** The version in which it came, or in which it began to report more; none for a rule of the project. */
  readonly since?: string;
  /** The rule's page. */
  readonly url: string;
  /** The page's Markdown, or "". */
  readonly page: string;
}

/** Decided from the content of a file: header comment, source map, line length, NUL bytes. */
export type Classify = (file: FileId, text: string) => SkipReason | undefined;
