/**
 * Hides secrets in whatever is told about a file: values that its code makes suspect are hidden also in a text in which
 * they stand without that code. Invariant: texts of findings, fixes and faults pass through here before they are sent.
 */
import type { FileId } from "../base/brand.ts";
import type { Engine, Fix, FlowStep } from "../engine/api.ts";
import { hiddenValues, literalValues, maskRandom, maskSecrets, valueMask } from "../engine/mask.ts";
import { homeOf, type Shown } from "./departures.ts";

export interface Secrets {
  /** For a text about these files. */
  maskFor(files: Iterable<FileId>): Mask;
  /** The findings of one file, as they may be told. */
  told<T extends Shown>(findings: readonly T[]): readonly T[];
  /** For a text of unknown origin, such as the message of an error: what looks random is hidden as well. */
  maskFault: Mask;
}

type Mask = (text: string) => string;

interface Known {
  readonly text: string;
  readonly values: readonly string[];
  /** What is hidden in each line: an edit leaves most of them as they were. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

const MOST_FILES = 64;
const MOST_TEXTS = 2000;
/** In a longer line nobody gives a name to a secret by hand. */
const LONGEST_LINE = 50_000;
const NONE: readonly string[] = [];

export function createSecrets(engine: Engine, open: () => Iterable<FileId>): Secrets {
  const known = new Map<FileId, Known>();
  /** Most messages are always the same, and most files hold no secret. */
  const plain = new Map<string, string>();
  const byForm = valueMask([]);

  const valuesIn = (file: FileId): readonly string[] => {
    const text = engine.text(file) ?? "";
    const before = known.get(file);
    if (before?.text === text) return before.values;
    const lines = new Map<string, readonly string[]>();
    for (const line of text.split(/\r\n|\r|\n/)) {
      if (line.length > LONGEST_LINE || lines.has(line)) continue;
      const own = before?.lines.get(line) ?? hiddenValues(line).filter(isTelling);
      lines.set(line, own.length === 0 ? NONE : own);
    }
    const values = [...lines.values()].flat();
    if (known.size >= MOST_FILES) known.clear();
    known.set(file, { text, values, lines });
    return values;
  };
  const maskWith = (values: readonly string[]): Mask => {
    if (values.length > 0) return valueMask(values);
    return (text) => {
      const ready = plain.get(text);
      if (ready !== undefined) return ready;
      if (plain.size >= MOST_TEXTS) plain.clear();
      const masked = byForm(text);
      plain.set(text, masked);
      return masked;
    };
  };
  const valuesOf = (files: Iterable<FileId>): string[] => [...new Set(files)].flatMap(valuesIn);

  return {
    maskFor: (files) => maskWith(valuesOf(files)),
    told(findings) {
      const reported = findings
        .filter(({ category }) => category === "secrets")
        .flatMap((finding) => [finding, ...finding.flow])
        .flatMap(({ file, span }) =>
          literalValues((engine.text(file) ?? "").slice(span.start, span.end)),
        );
      return findings.map((finding) =>
        masked(finding, maskWith([...reported, ...valuesOf(filesOf(finding))])),
      );
    },
    maskFault: (text) => maskRandom(maskSecrets(valueMask(valuesOf(open()))(text))),
  };
}

/** A plain word, such as a password of an example, tells nothing where its name does not stand beside it. */
function isTelling(value: string): boolean {
  return !/^[A-Za-z]+$/.test(value);
}

/** The files whose code the texts of a finding may quote. */
export function filesOf(finding: Shown): Set<FileId> {
  const files = new Set([finding.file, homeOf(finding)]);
  for (const path of [finding.flow, ...finding.paths]) for (const { file } of path) files.add(file);
  return files;
}

export function maskedFix(fix: Fix, mask: Mask): Fix {
  return {
    ...fix,
    title: mask(fix.title),
    ...(fix.reason === undefined ? {} : { reason: mask(fix.reason) }),
  };
}

function masked<T extends Shown>(finding: T, mask: Mask): T {
  const path = (steps: readonly FlowStep[]): readonly FlowStep[] =>
    steps.map((step) => ({ ...step, text: mask(step.text) }));
  const { what, why, fix } = finding.message;
  return {
    ...finding,
    title: mask(finding.title),
    message: { what: mask(what), why: mask(why), fix: mask(fix) },
    flow: path(finding.flow),
    paths: finding.paths.map(path),
  };
}
