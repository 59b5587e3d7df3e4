/** From summaries to findings: applies the rules, puts flows together, decides confidence and level, drops what is suppressed. */
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { absoluteSpan } from "../languages/items.ts";
import { type FileIr, fileOf, type PlacedItem, type Program } from "../project/program.ts";
import type { Code, Context, Fix, ManifestFile, Match, Rule, RuleSet } from "../rule/rule.ts";

import { kindBit, type SinkKind } from "../taint/knowledge.ts";
import type { Solver } from "../taint/solve.ts";
import type { Hit, Observation, StoreView } from "../taint/summary.ts";
import { deepKey, type ItemId, MARKS, markBit, SELF_LABEL, type Trail } from "../taint/value.ts";
import type { Confidence, Finding, FlowStep, Level, Settings, Severity } from "./api.ts";
import type { Directive } from "./suppress.ts";

/** What one file's items say about the whole project. */
export interface Contribution {
  /** Files in which its flows end. */
  readonly targets: ReadonlySet<FileId>;
  /** Flows from a known source. */
  readonly hits: readonly Hit[];
  /** Functions called from here. */
  readonly calls: ReadonlySet<ItemId>;
  readonly observations: readonly Observation[];
  /** Flows from parameters, by the item that has the parameter: of use if nobody calls it. */
  readonly roots: readonly { readonly item: ItemId; readonly hit: Hit }[];
  readonly stores?: readonly StoreView[];
}

export interface Found {
  readonly finding: Finding;
  readonly fixes: () => readonly Fix[];
}

export function watchList(rules: readonly Rule[]): string[] {
  return rules.flatMap((r) => [
    ...(r.calls?.watch ?? []),
    ...(r.stores?.watch ?? []),
    ...(r.project?.watch ?? []),
    ...(r.items?.watch ?? []),
  ]);
}

export function contribute(file: FileIr, solver: Solver): Contribution {
  const targets = new Set<FileId>();
  const hits: Hit[] = [];
  const calls = new Set<ItemId>();
  const observations: Observation[] = [];
  const roots: { item: ItemId; hit: Hit }[] = [];
  const stores: StoreView[] = [];
  for (const item of file.items) {
    const summary = solver.summary(item.id);
    if (summary === undefined) continue;
    const { isEntryPoint } = solver.entry(item.id);
    for (const h of summary.hits) {
      if (h.label.startsWith("source:")) {
        hits.push(h);
        targets.add(fileOf(h.site.item));
      } else if (h.label.startsWith("param:") && !h.label.startsWith(SELF_LABEL) && !isEntryPoint) {
        // What a framework passes is no unknown: it is a source or it is not.
        roots.push({ item: item.id, hit: h });
        targets.add(fileOf(h.site.item));
      }
    }
    for (const c of summary.calls)
      if (c !== item.id) {
        calls.add(c);
        targets.add(fileOf(c));
      }
    observations.push(...summary.observations);
    stores.push(...summary.stores);
  }
  targets.delete(file.file);
  return { targets, hits, calls, observations, roots, stores };
}

/** Equal keys: nothing that other files could see has changed. */
export function contributionKey(c: Contribution): string {
  const site = (s: { item: ItemId; op: number; span: Span }): string =>
    `${s.item}:${s.op}:${s.span.start}-${s.span.end}`;
  return hash128(
    [
      ...c.hits.map(
        (h) => `${h.sink}@${site(h.site)}:${h.label}:${h.cleared}:${h.marks}:${h.trail.key}`,
      ),
      ...c.roots.map(
        (r) =>
          `${r.item}|${r.hit.sink}@${site(r.hit.site)}:${r.hit.label}:${r.hit.cleared}:${r.hit.trail.key}`,
      ),
      ...c.observations.map(
        (o) =>
          `${o.paths.join(",")}@${site(o.site)}(${o.args.map((a) => deepKey(a.value)).join(",")})`,
      ),
      ...[...c.calls].sort(),
    ].join("\n"),
  );
}

/** Calls here matter to findings in other files, whether data flows there or not. */
export function isShared(c: Contribution, rules: readonly Rule[]): boolean {
  return rules.some(
    ({ project }) => project !== undefined && c.observations.some((o) => concerns(o, project)),
  );
}

/** The contributions of all files, by the file in which their flows end. */
export interface ProjectIndex {
  readonly hits: ReadonlyMap<FileId, readonly Hit[]>;
  readonly roots: ReadonlyMap<FileId, readonly { readonly item: ItemId; readonly hit: Hit }[]>;
  readonly called: ReadonlySet<ItemId>;
}
export function indexContributions(contributions: ReadonlyMap<FileId, Contribution>): ProjectIndex {
  const hits = new Map<FileId, Hit[]>();
  const roots = new Map<FileId, { item: ItemId; hit: Hit }[]>();
  const called = new Set<ItemId>();
  const add = <T>(into: Map<FileId, T[]>, file: FileId, value: T): void => {
    const list = into.get(file);
    if (list === undefined) into.set(file, [value]);
    else list.push(value);
  };
  for (const f of [...contributions.keys()].sort()) {
    const c = contributions.get(f) as Contribution;
    for (const h of c.hits) add(hits, fileOf(h.site.item), h);
    for (const r of c.roots) add(roots, fileOf(r.hit.site.item), r);
    for (const id of c.calls) called.add(id);
  }
  return { hits, roots, called };
}

export interface FindingsInput {
  readonly index: ProjectIndex;
  readonly file: FileId;
  readonly text: string;
  readonly ruleSet: RuleSet;
  readonly ruleIds: ReadonlySet<string>;
  readonly program: Program;
  readonly contributions: ReadonlyMap<FileId, Contribution>;
  readonly settings: Settings;
  readonly root: FileId;
  readonly directives: readonly Directive[];
  readonly manifest: ManifestFile | undefined;
  readonly problem: (file: FileId, message: string) => void;
}

const SEVERITIES: readonly Severity[] = ["info", "low", "medium", "high", "critical"];
const CONFIDENCES: readonly Confidence[] = ["low", "medium", "high"];
const MAX_PATHS = 5;

interface Raw {
  readonly rule: Rule;
  readonly match: Match;
  /** Further ways to the same sink. */
  readonly others: Hit[];
}

export function findingsOf(input: FindingsInput): readonly Found[] {
  const { file, program, ruleSet, settings } = input;
  const context: Context = {
    file,
    code: (item) => codeOf(program, item, (f) => (f === file ? input.text : undefined)),
    imported: (from, specifier) => importedFile(program, from, specifier),
  };
  const raw: Raw[] = [];
  for (const rule of ruleSet.rules) {
    if (settings.rules[rule.id] === "off") continue;
    try {
      raw.push(...apply(rule, input, context));
    } catch (error) {
      input.problem(
        file,
        `rule ${rule.id} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const kept = oneFlowPerSink(raw);
  const ordinals = new Map<string, number>();
  const starts = lineStarts(input.text);
  const out: Found[] = [];
  const used = new Set<Directive>();
  const built = kept
    .map((r) => ({ ...r, span: spanOf(program, file, r.match, r.rule) }))
    .sort(
      (a, b) =>
        a.span.start - b.span.start ||
        a.span.end - b.span.end ||
        (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0),
    );
  for (const r of built) {
    const base = `${r.rule.id}|${functionName(r.match.item, input.root)}|${input.text.slice(r.span.start, r.span.end).replace(/\s+/g, " ")}`;
    const ordinal = ordinals.get(base) ?? 0;
    ordinals.set(base, ordinal + 1);
    let finding: Finding;
    try {
      finding = build(r, hash128(`${base}|${ordinal}`).slice(0, 16), input, context);
    } catch (error) {
      input.problem(
        file,
        `rule ${r.rule.id} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
      continue;
    }
    if (!shown(finding, settings)) continue;
    const directive = input.directives.find((d) => suppresses(d, finding, starts, input.ruleIds));
    if (directive !== undefined) {
      used.add(directive);
      continue;
    }
    out.push({
      finding,
      fixes: () => {
        if (
          r.rule.manifest?.fixes !== undefined &&
          input.manifest !== undefined &&
          r.match.op === undefined
        )
          return r.rule.manifest.fixes(r.match, input.manifest);
        const code = context.code(r.match.item);
        if (code === undefined || r.rule.fixes === undefined) return [];
        if (code.ir.hasError)
          return [
            {
              title: "Fix the syntax error first",
              grade: "manual",
              edits: [],
              reason: "The code around the finding does not parse, so no edit is offered.",
            },
          ];
        return r.rule.fixes(r.match, code, context);
      },
    });
  }
  out.push(...suppressionNotes(input, starts));
  return out;
}

/** One fault, one finding: of several flow rules for the same argument the most severe speaks. */
function oneFlowPerSink(raw: readonly Raw[]): readonly Raw[] {
  const best = new Map<string, Raw>();
  const weight = (r: Raw): number => SEVERITIES.indexOf(r.match.severity ?? r.rule.severity);
  const keyOf = (r: Raw): string | undefined =>
    r.match.hit === undefined
      ? undefined
      : `${r.match.hit.sink}|${r.match.hit.site.item}|${r.match.hit.site.op}|${r.match.hit.arg}`;
  for (const r of raw) {
    const key = keyOf(r);
    if (key === undefined) continue;
    const old = best.get(key);
    if (old === undefined || weight(r) > weight(old)) best.set(key, r);
  }
  return raw.filter((r) => {
    const key = keyOf(r);
    return key === undefined || best.get(key) === r;
  });
}

function apply(rule: Rule, input: FindingsInput, context: Context): Raw[] {
  const { file, contributions } = input;
  const out: Raw[] = [];
  const add = (matches: Match | readonly Match[] | undefined): void => {
    if (matches === undefined) return;
    for (const match of Array.isArray(matches) ? (matches as readonly Match[]) : [matches as Match])
      if (fileOf(match.item) === file) out.push({ rule, match, others: [] });
  };
  const own = contributions.get(file);
  if (rule.flow !== undefined) out.push(...flows(rule, rule.flow, input, context));
  if (rule.calls !== undefined) {
    for (const o of own?.observations ?? [])
      if (concerns(o, rule.calls)) add(rule.calls.check(o, context));
  }
  if (rule.stores !== undefined) {
    for (const s of own?.stores ?? [])
      if (
        s.sinks.some((x) => rule.stores?.sinks?.includes(x.kind)) ||
        rule.stores.watch?.some(
          (w) => w === s.target || (w.endsWith(".*=") && s.target.startsWith(w.slice(0, -2))),
        )
      )
        add(rule.stores.check(s, context));
  }
  if (rule.items !== undefined) {
    const byItem = new Map<ItemId, Observation[]>();
    for (const o of own?.observations ?? [])
      if (concerns(o, rule.items)) byItem.set(o.site.item, [...(byItem.get(o.site.item) ?? []), o]);
    for (const [item, calls] of byItem) {
      const code = context.code(item);
      if (code !== undefined)
        add(
          rule.items.check(
            calls.sort((a, b) => a.site.span.start - b.site.span.start),
            code,
            context,
          ),
        );
    }
  }
  if (rule.project !== undefined) {
    const all: Observation[] = [];
    for (const f of [...contributions.keys()].sort())
      for (const o of contributions.get(f)?.observations ?? [])
        if (concerns(o, rule.project)) all.push(o);
    if (all.some((o) => fileOf(o.site.item) === file)) add(rule.project.check(all, context));
  }
  if (
    rule.manifest !== undefined &&
    input.manifest !== undefined &&
    rule.manifest.names.test(file.slice(file.lastIndexOf("/") + 1))
  )
    add(rule.manifest.check(input.manifest));
  return out;
}

function concerns(
  o: Observation,
  spec: { readonly watch?: readonly string[]; readonly sinks?: readonly SinkKind[] },
): boolean {
  return (
    isWatched(o, spec.watch) ||
    (spec.sinks !== undefined && o.sinks.some((s) => spec.sinks?.includes(s.kind)))
  );
}
function isWatched(o: Observation, watch: readonly string[] | undefined): boolean {
  if (watch === undefined) return false;
  return o.paths.some((p) => watchMatches(watch, p));
}
const expanded = new WeakMap<readonly string[], Set<string>>();
function watchMatches(watch: readonly string[], path: string): boolean {
  let set = expanded.get(watch);
  if (set === undefined) {
    set = new Set(watch.flatMap(expandBraces));
    expanded.set(watch, set);
  }
  return set.has(path);
}
function expandBraces(path: string): string[] {
  const open = path.indexOf("{");
  if (open < 0) return [path];
  const close = path.indexOf("}", open);
  return path
    .slice(open + 1, close)
    .split(",")
    .flatMap((m) => expandBraces(path.slice(0, open) + m.trim() + path.slice(close + 1)));
}

function flows(
  rule: Rule,
  spec: NonNullable<Rule["flow"]>,
  input: FindingsInput,
  context: Context,
): Raw[] {
  const { file, index } = input;
  const groups = new Map<string, { hit: Hit; unknown: boolean }[]>();
  const take = (hit: Hit, unknown: boolean): void => {
    if (hit.sink !== spec.to || fileOf(hit.site.item) !== file) return;
    const cleared = (hit.cleared & kindBit(spec.to)) !== 0;
    if (spec.keep === undefined ? cleared : !spec.keep(hit, cleared)) return;
    const key = `${hit.site.item}:${hit.site.op}:${hit.arg}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [{ hit, unknown }]);
    else list.push({ hit, unknown });
  };
  const from = new Set<string>(spec.from);
  for (const h of index.hits.get(file) ?? []) if (from.has(h.kind)) take(h, false);
  if (from.has("unknown"))
    for (const r of index.roots.get(file) ?? [])
      if (!index.called.has(r.item) && !isDeclaredNumber(input.program, r.item, r.hit.label))
        take(r.hit, true);
  const out: Raw[] = [];
  for (const list of groups.values()) {
    list.sort(
      (a, b) =>
        Number(a.unknown) - Number(b.unknown) ||
        count(a.hit.marks) - count(b.hit.marks) ||
        a.hit.trail.length - b.hit.trail.length ||
        (a.hit.label < b.hit.label ? -1 : a.hit.label > b.hit.label ? 1 : 0) ||
        (a.hit.trail.key < b.hit.trail.key ? -1 : 1),
    );
    for (const { hit, unknown } of list) {
      const more = spec.accept === undefined ? {} : spec.accept(hit, context);
      if (more === undefined) continue;
      const confidence: Confidence = unknown || hit.marks !== 0 ? "medium" : "high";
      out.push({
        rule,
        match: {
          item: hit.site.item,
          span: hit.argSpan,
          op: hit.site.op,
          hit,
          confidence,
          ...more,
        },
        others: list
          .filter((x) => x.hit !== hit && x.unknown === unknown)
          .map((x) => x.hit)
          .slice(0, MAX_PATHS - 1),
      });
      break;
    }
  }
  return out;
}
/** A parameter declared as a number whose callers are unknown gets the benefit of its type. */
function isDeclaredNumber(program: Program, item: ItemId, label: string): boolean {
  const type = program.item(item)?.ir.params[Number(label.split(":")[1])]?.annotation;
  return (
    type?.kind === "name" && /^(number|boolean|bigint|int|float|bool)$/.test(type.path.join("."))
  );
}

function count(bits: number): number {
  let n = 0;
  for (let b = bits; b !== 0; b &= b - 1) n++;
  return n;
}

function build(
  r: Raw & { span: Span },
  fingerprint: string,
  input: FindingsInput,
  context: Context,
): Finding {
  const { rule, match } = r;
  const severity = match.severity ?? rule.severity;
  const confidence = match.confidence ?? "high";
  const override = input.settings.rules[rule.id];
  const level: Level =
    override !== undefined && override !== "off" ? override : levelOf(severity, confidence);
  const flow =
    match.hit === undefined ? related(match, input) : steps(match.hit.trail, input.program);
  const marks =
    match.hit === undefined
      ? []
      : MARKS.filter((m) => ((match.hit as Hit).marks & markBit(m)) !== 0);
  return {
    rule: rule.id,
    title: rule.title,
    category: rule.category,
    cwe: rule.cwe,
    owasp: rule.owasp,
    severity,
    confidence,
    level,
    message: rule.say(match, context),
    file: input.file,
    span: r.span,
    flow,
    marks,
    fingerprint,
  };
}

/** The level shown, and used by `--fail-on`. */
export function levelOf(severity: Severity, confidence: Confidence): Level {
  switch (severity) {
    case "critical":
    case "high":
      return confidence === "high" ? "error" : "warning";
    case "medium":
      return "warning";
    case "low":
      return "information";
    default:
      return "hint";
  }
}

function shown(finding: Finding, settings: Settings): boolean {
  if (SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(settings.minimumSeverity))
    return false;
  const least = settings.profile === "strict" ? "low" : settings.minimumConfidence;
  return CONFIDENCES.indexOf(finding.confidence) >= CONFIDENCES.indexOf(least);
}

function steps(last: Trail, program: Program): FlowStep[] {
  const out: FlowStep[] = [];
  for (let t: Trail | undefined = last; t !== undefined; t = t.prev) {
    const item = program.item(t.item);
    if (item === undefined) continue;
    out.push({
      file: item.file,
      span: absoluteSpan(item.source, t.span),
      role: t.role,
      text: t.text,
    });
  }
  return out.reverse();
}
function related(match: Match, input: FindingsInput): FlowStep[] {
  return (match.related ?? []).flatMap((r) => {
    const item = input.program.item(r.item);
    return item === undefined
      ? []
      : [
          {
            file: item.file,
            span: absoluteSpan(item.source, r.span),
            role: "step" as const,
            text: r.text,
          },
        ];
  });
}

function spanOf(program: Program, file: FileId, match: Match, rule: Rule): Span {
  if (rule.manifest !== undefined && match.op === undefined) return match.span;
  const item = program.item(match.item);
  return item === undefined || item.file !== file
    ? match.span
    : absoluteSpan(item.source, match.span);
}

/** File relative to its workspace folder + qualified name. */
function functionName(item: ItemId, root: FileId): string {
  return root !== "" && item.startsWith(`${root}/`) ? item.slice(root.length + 1) : item;
}

function suppresses(
  d: Directive,
  finding: Finding,
  starts: Uint32Array,
  ids: ReadonlySet<string>,
): boolean {
  if (d.reason === "" || d.rules.some((r) => !ids.has(r))) return false;
  if (d.rules.length === 0 ? finding.category === "secrets" : !d.rules.includes(finding.rule))
    return false;
  const first = positionAt(starts, finding.span.start).line;
  const last = positionAt(starts, finding.span.end).line;
  return d.lines[0] <= last && first <= d.lines[1];
}

function suppressionNotes(input: FindingsInput, starts: Uint32Array): Found[] {
  void starts;
  const out: Found[] = [];
  for (const d of input.directives) {
    const unknown = d.rules.filter((r) => !input.ruleIds.has(r));
    if (d.reason !== "" && unknown.length === 0 && d.rules.length > 0) continue;
    if (d.reason !== "" && d.rules.length === 0) continue;
    const text = input.text.slice(d.start, d.end);
    const what =
      unknown.length > 0
        ? `This suppression names an unknown rule (${unknown.join(", ")}), so it does not apply.`
        : "This suppression has no reason, so it does not apply.";
    const finding: Finding = {
      rule: "suppression-incomplete",
      title: "Suppression that does not apply",
      category: "suppression",
      cwe: [],
      owasp: [],
      severity: "low",
      confidence: "high",
      level: "information",
      message: {
        what,
        why: "A finding hidden without a reason cannot be reviewed later.",
        fix: "Write `skeptic: ignore[rule-id] -- reason`.",
      },
      file: input.file,
      span: { start: d.start, end: d.end },
      flow: [],
      marks: [],
      fingerprint: hash128(
        `suppression|${functionName(input.file, input.root)}|${text}|${input.directives.filter((x) => x.start < d.start && input.text.slice(x.start, x.end) === text).length}`,
      ).slice(0, 16),
    };
    out.push({
      finding,
      fixes: () =>
        unknown.length === 0 && d.rules.length > 0
          ? [
              {
                title: "Add a place for the reason",
                grade: "suggested",
                edits: [
                  {
                    file: input.file,
                    edits: [
                      {
                        start: d.start,
                        end: d.end,
                        newText: `${text.replace(/\s*(--\s*)?(\*\/)?\s*$/, "")} -- why is this safe?${text.endsWith("*/") ? " */" : ""}`,
                      },
                    ],
                  },
                ],
              },
            ]
          : [
              {
                title: "Remove the suppression",
                grade: "suggested",
                edits: [{ file: input.file, edits: [{ start: d.start, end: d.end, newText: "" }] }],
              },
            ],
    });
  }
  return out;
}

function importedFile(program: Program, from: FileId, specifier: string): FileId | undefined {
  const to = program.file(from)?.language.resolve(from, specifier, program.files);
  return to?.kind === "file" ? to.file : undefined;
}
/** A view of an item for rules. */
export function codeOf(
  program: Program,
  id: ItemId,
  textOf: (file: FileId) => string | undefined,
): Code | undefined {
  const placed: PlacedItem | undefined = program.item(id);
  if (placed === undefined) return undefined;
  const text = textOf(placed.file) ?? program.files.text(placed.file) ?? "";
  const language = program.file(placed.file)?.language.id ?? "python";
  const absolute = (span: Span): Span => absoluteSpan(placed.source, span);
  return {
    item: id,
    file: placed.file,
    language,
    ir: placed.ir,
    op: (op) => placed.ir.ops[op] as Code["ir"]["ops"][number],
    text: (span) => {
      const at = absolute(span);
      return text.slice(at.start, at.end);
    },
    absolute,
    fileText: text,
    statement(span) {
      let best: Span | undefined;
      for (const s of placed.ir.statements)
        if (
          s.start <= span.start &&
          s.end >= span.end &&
          (best === undefined || s.end - s.start <= best.end - best.start)
        )
          best = s;
      return best === undefined ? undefined : absolute(best);
    },
    indent(offset) {
      let line = offset;
      while (line > 0 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line--;
      return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? "";
    },
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    parent: placed.parent,
    other: (item) => codeOf(program, item, textOf),
  };
}
