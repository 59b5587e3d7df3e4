/** From matches to findings: puts flows together, decides confidence and level, drops what is suppressed. */
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import type { Span } from "../base/text.ts";
import { absoluteSpan, toItem } from "../languages/items.ts";
import { fileOf, type Program } from "../project/program.ts";
import { manifestFault } from "../rule/manifest.ts";
import { type Context, type Handover, leadsTo, type Match, type Rule } from "../rule/rule.ts";
import type { Hit } from "../taint/summary.ts";
import { FACTS, type ItemId, markBit, marksIn, type Trail } from "../taint/value.ts";
import type { Confidence, Finding, FlowStep, Level, Settings, Severity } from "./api.ts";
import { contextOf } from "./contexts.ts";
import { gathered } from "./gathered.ts";
import type { FindingsInput, Found } from "./input.ts";
import { literalValues, withoutSecrets } from "./mask.ts";
import { CONFIDENCES, matchesOf, type Raw, SEVERITIES } from "./matches.ts";
import { type Suppressor, suppressor } from "./suppress.ts";
import { suppressionNotes } from "./suppression-notes.ts";

const MAX_PATHS = 5;

export function findingsOf(input: FindingsInput): readonly Found[] {
  const { file, program, ruleSet, settings } = input;
  const context = contextOf(input);
  const raw: Raw[] = [];
  const failed = new Set<string>();
  for (const rule of ruleSet.rules) {
    if (isOff(settings, rule.id)) continue;
    try {
      raw.push(...matchesOf(rule, input, context));
    } catch (error) {
      failed.add(rule.id);
      input.problem(
        file,
        `rule ${rule.id} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const kept = oneFlowPerSink(raw);
  const ordinals = new Map<string, number>();
  const out: Found[] = [];
  const { text, directives, ruleIds, today } = input;
  const suppressed = suppressor(program, file, text, directives, ruleIds, today);
  const built = kept
    .map((r) => ({ ...r, span: spanOf(program, file, r.match, r.rule) }))
    .sort(
      (a, b) =>
        a.span.start - b.span.start ||
        a.span.end - b.span.end ||
        (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0),
    );
  const spoken = built.filter((r) => !yields(r, built));
  for (const r of built)
    if (!spoken.includes(r))
      suppressed.accepts(r.rule, r.match.item, inItem(program, r.match, r.rule));
  const secrets = spoken
    .filter(({ rule, match }) => categoryOf(rule, match) === "secrets")
    .flatMap(({ span }) => literalValues(input.text.slice(span.start, span.end)));
  for (const r of spoken) {
    const code = withoutSecrets(input.text, r.span, secrets).replace(/\s+/g, " ");
    const base = `${r.rule.id}|${functionName(r.match.item, input.nameOf)}|${code}`;
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
    if (suppressed.accepts(r.rule, r.match.item, inItem(program, r.match, r.rule))) {
      input.hide("suppression");
      continue;
    }
    if (!shown(finding, settings)) {
      // Low confidence is for the strict profile, whatever else is set.
      if (finding.confidence !== "low") input.hide("settings");
      continue;
    }
    out.push({
      finding,
      hits: r.hits,
      fixes: () => {
        if (r.rule.text !== undefined) return r.rule.text.fixes(r.match, input);
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
      fixesAt: (hit, exit) => {
        const at = handover(context, exit);
        if (at === undefined || at.code.ir.hasError) return [];
        return r.rule.fixesAtSource?.({ ...r.match, hit }, at, context) ?? [];
      },
    });
  }
  const all = settings.profile === "strict" ? out : gathered(out);
  if (input.directives.length > 0) {
    useForUntold(raw, kept, input, suppressed);
    const isWhole =
      (program.file(file) === undefined
        ? manifestFault(file.slice(file.lastIndexOf("/") + 1), input.text) === undefined
        : program.file(file)?.hasError === false) &&
      input.contributions.get(file)?.givenUp.length === 0;
    all.push(
      ...suppressionNotes(
        input,
        suppressed,
        (id) => isWhole && !isOff(settings, id) && !failed.has(id),
      ),
    );
  }
  return all;
}

/** The settings leave the rule out. */
export function isOff({ rules, only }: Settings, id: string): boolean {
  return rules[id] === "off" || only?.includes(id) === false;
}

/** The call of a step, if it is clear which of its arguments carries the data. */
function handover(context: Context, exit: Trail): Handover | undefined {
  const code = context.code(exit.item);
  const call = code?.ir.ops.find(
    (op) => op.op === "call" && op.span.start === exit.span.start && op.span.end === exit.span.end,
  );
  if (code === undefined || call?.op !== "call") return undefined;
  const open = call.args.filter(({ value }) => code.op(value).op !== "const");
  const [only] = open;
  if (only === undefined || open.length > 1 || only.spread !== undefined) return undefined;
  return { code, call, argument: only.value };
}

/** A directive is also of use where its rule would speak if another one did not, or if the right caller came along. */
function useForUntold(
  raw: readonly Raw[],
  kept: readonly Raw[],
  input: FindingsInput,
  suppressed: Suppressor,
): void {
  const told = new Set(kept);
  for (const r of raw)
    if (!told.has(r))
      suppressed.accepts(r.rule, r.match.item, inItem(input.program, r.match, r.rule));
  const { file, index, contributions, ruleSet } = input;
  for (const hit of [...(index.hits.get(file) ?? []), ...(contributions.get(file)?.latent ?? [])])
    for (const rule of ruleSet.rules)
      if (leadsTo(rule.flow, hit.sink)) suppressed.accepts(rule, hit.site.item, hit.argSpan);
}

function placeOf(span: Span): string {
  return `${span.start}-${span.end}`;
}

/** One fault, one finding: of several flow rules for the same argument the most severe speaks. */
function oneFlowPerSink(raw: readonly Raw[]): readonly Raw[] {
  const best = new Map<string, Raw>();
  const weight = (r: Raw): number => SEVERITIES.indexOf(r.match.severity ?? r.rule.severity);
  // By place: what stands in a `finally` is lowered once for each way into it.
  // A rule may speak of another place, as of the check before the sinks: that is one fault, too.
  const keyOf = ({ rule, match: { hit, item, op, span } }: Raw): string | undefined =>
    hit === undefined
      ? undefined
      : op !== undefined && op !== hit.site.op
        ? `${rule.id}|${item}|${placeOf(span)}`
        : `${hit.sink}|${hit.site.item}|${placeOf(hit.site.span)}|${placeOf(hit.argSpan)}`;
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

/** A rule that knows more speaks about the same place. */
function yields(r: Raw & { span: Span }, all: readonly (Raw & { span: Span })[]): boolean {
  const { after } = r.rule;
  return (
    after !== undefined &&
    all.some(
      ({ rule, span }) =>
        after.includes(rule.id) && span.start < r.span.end && r.span.start < span.end,
    )
  );
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
  const certain = levelOf(severity, confidence);
  const gravity = assumed(certain, r);
  const level: Level =
    override !== undefined && override !== "off"
      ? override
      : input.settings.profile === "strict"
        ? certain
        : gravity;
  const paths = differentSources(r.hits).map((hit) => steps(hit.trail, input.program));
  const flow =
    match.hit === undefined
      ? related(match, input)
      : (paths[0] ?? steps(match.hit.trail, input.program));
  const marks: string[] = match.hit === undefined ? [] : marksIn(match.hit.marks & ~FACTS);
  if (r.isUnknown) marks.push("unknown-origin");
  const generates = rule.generates?.(match);
  return {
    rule: rule.id,
    title: rule.title,
    category: categoryOf(rule, match),
    cwe: rule.cwe,
    owasp: rule.owasp,
    severity,
    confidence,
    level,
    gravity,
    message: rule.say(match, context),
    file: input.file,
    span: r.span,
    flow,
    paths,
    morePaths: new Set(r.hits.map((hit) => hit.trail.key)).size - paths.length,
    marks,
    ...(generates === undefined ? {} : { generates }),
    fingerprint,
  };
}

function categoryOf(rule: Rule, match: Match): string {
  return match.category ?? rule.category;
}

/** The best way from each source, up to the number that is shown. An object and its field read at one place are one source. */
function differentSources(hits: readonly Hit[]): readonly Hit[] {
  const out = new Map<string, Hit>();
  for (const hit of hits) {
    if (out.size === MAX_PATHS) break;
    let source: Trail = hit.trail;
    while (source.prev !== undefined) source = source.prev;
    const key = `${source.item}:${source.span.start}-${source.span.end}`;
    if (!out.has(key)) out.set(key, hit);
  }
  return [...out.values()];
}

function assumed(level: Level, { match }: Raw): Level {
  const isAssumed = ((match.hit?.marks ?? 0) & ASSUMED) !== 0;
  return isAssumed && level !== "hint" ? "information" : level;
}
/** What was assumed on the way of these may be another part of an object, or nothing of it: a possibility, not yet a warning. */
const ASSUMED = markBit("unknown-call") | markBit("many-values") | markBit("whole-object");

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

export function steps(last: Trail, program: Program): FlowStep[] {
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
  if (isAbsolute(match, rule)) return match.span;
  const item = program.item(match.item);
  return item === undefined || item.file !== file
    ? match.span
    : absoluteSpan(item.source, match.span);
}

function isAbsolute(match: Match, rule: Rule): boolean {
  return rule.text !== undefined || (rule.manifest !== undefined && match.op === undefined);
}
/** The place of a match in the coordinates of its item. */
function inItem(program: Program, match: Match, rule: Rule): Span {
  const item = isAbsolute(match, rule) ? program.item(match.item) : undefined;
  if (item === undefined) return match.span;
  const { start, end } = match.span;
  return { start: toItem(item.source, start), end: toItem(item.source, end) };
}

/** The file's name + the qualified name in it. */
function functionName(item: ItemId, nameOf: (file: FileId) => string): string {
  const file = fileOf(item);
  return nameOf(file) + item.slice(file.length);
}
