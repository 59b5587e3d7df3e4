/** Why a place has no finding: first whether it has one, or one that is hidden; else what the analysis knows of it. */
import type { Span } from "../base/text.ts";
import { kindBit } from "../taint/kinds.ts";
import type { Finding, Place, Reason, Settings } from "./api.ts";
import { findingsOf, isOff } from "./findings.ts";
import type { FindingsInput, Found } from "./input.ts";
import { maskSecrets } from "./mask.ts";
import { SEVERITIES } from "./matches.ts";
import type { Moment } from "./moment.ts";
import { lineAt, whyNot } from "./why.ts";

/** All that the rules have to say. */
const EVERYTHING: Pick<Settings, "profile" | "minimumSeverity" | "minimumConfidence"> = {
  profile: "strict",
  minimumSeverity: "info",
  minimumConfidence: "low",
};
const MOST_CODE = 80;

/** `found` are the findings that are shown; `input` is what they were made of. */
export function reasonsAt(
  moment: Moment,
  input: Omit<FindingsInput, "hide" | "problem">,
  found: readonly Found[],
  offset: number,
): readonly Reason[] {
  const { file, text, settings } = input;
  const line = lineAt(text, offset);
  const here = ({ span }: Finding): boolean => span.start <= line.end && line.start <= span.end;
  const shown = found.map(({ finding }) => finding).filter(here);
  const out: Reason[] = shown.map((finding) => ({
    kind: "finding",
    rule: finding.rule,
    text: `${finding.rule} reports this: ${finding.title}`,
    place: placeOf(finding),
  }));
  out.push(...hiddenAt(input, settings, shown, here));
  if (out.length > 0) return out;
  const why = {
    ...input,
    would: wouldSay(input, settings, here),
    inspect: (item: string) => moment.solver.inspect(item),
    code: (place: Place) => codeAt(input, place),
  };
  const reasons = whyNot(why, offset);
  if (reasons.length > 0) return reasons;
  const code = codeAt(input, { file, span: line });
  return [
    {
      kind: "no-rule",
      text:
        code === "" ? "Nothing stands on this line" : `No rule looks at what stands here (${code})`,
    },
  ];
}

/** The rules that would report something on this line if nothing were proved of the data, the gravest first. */
function wouldSay(
  input: Omit<FindingsInput, "hide" | "problem">,
  settings: Settings,
  here: (finding: Finding) => boolean,
): readonly string[] {
  const { file, index } = input;
  const hits = (index.hits.get(file) ?? []).map((hit) => ({
    ...hit,
    cleared: hit.cleared & ~kindBit(hit.sink),
  }));
  return findingsOf({
    ...input,
    index: { ...index, hits: new Map([...index.hits, [file, hits]]) },
    settings: { ...settings, ...EVERYTHING },
    hide: () => undefined,
    problem: () => undefined,
  })
    .map(({ finding }) => finding)
    .filter(here)
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
    .map(({ rule }) => rule);
}

/** Findings of this line that a comment accepts, or that the settings leave out. */
function hiddenAt(
  input: Omit<FindingsInput, "hide" | "problem">,
  settings: Settings,
  shown: readonly Finding[],
  here: (finding: Finding) => boolean,
): readonly Reason[] {
  const known = new Set(shown.map(({ fingerprint }) => fingerprint));
  const look = (changed: Partial<FindingsInput>): readonly Finding[] =>
    findingsOf({ ...input, ...changed, hide: () => undefined, problem: () => undefined })
      .map(({ finding }) => finding)
      .filter((finding) => here(finding) && !known.has(finding.fingerprint));
  const out: Reason[] = [];
  for (const finding of look({ directives: [] })) {
    if (finding.rule.startsWith("suppression-")) continue;
    known.add(finding.fingerprint);
    out.push({
      kind: "suppressed",
      rule: finding.rule,
      text: `${finding.rule} found something here, and a comment accepts it`,
      place: placeOf(finding),
    });
  }
  const { only: _, ...all } = { ...settings, ...EVERYTHING, rules: {} };
  for (const finding of look({ settings: all })) {
    if (finding.rule.startsWith("suppression-")) continue;
    const why = isOff(settings, finding.rule)
      ? "the settings turn this rule off"
      : `the settings leave it out: its severity is ${finding.severity}, its confidence ${finding.confidence}`;
    out.push({
      kind: "settings",
      rule: finding.rule,
      text: `${finding.rule} found something here, and ${why}`,
      place: placeOf(finding),
    });
  }
  return out;
}

function placeOf({ file, span }: Finding): Place {
  return { file, span };
}

function codeAt({ program }: Pick<FindingsInput, "program">, { file, span }: Place): string {
  const text = textOf(program.files.text(file), span);
  const code = maskSecrets(text).replace(/\s+/g, " ").trim();
  return code.length <= MOST_CODE ? code : `${code.slice(0, MOST_CODE - 1)}…`;
}

function textOf(text: string | undefined, { start, end }: Span): string {
  return (text ?? "").slice(start, end);
}
