/** An engine that finds words, to test the command line without the analysis. */
import type { FileId } from "../../server/base/brand.ts";
import { hash128 } from "../../server/base/hash.ts";
import type { Edit } from "../../server/base/text.ts";
import type {
  Engine,
  Finding,
  Fix,
  Grade,
  Level,
  RuleInfo,
  Settings,
  Severity,
} from "../../server/engine/api.ts";
import { DEFAULT_SETTINGS } from "../../server/engine/api.ts";

interface Word {
  readonly word: RegExp;
  readonly level: Level;
  readonly severity: Severity;
  readonly category: string;
  readonly grade: Grade;
  readonly to: string | undefined;
}

/** Every rule reports a word. A call of `evil(` that is imported has a flow from the file `source.py`. */
const WORDS: Readonly<Record<string, Word>> = {
  "evil-call": word(/\bevil\(/g, "error", "critical", "injection", "safe", "good("),
  "rude-call": word(/\brude\(/g, "warning", "medium", "injection", "suggested", "kind("),
  "odd-call": word(/\bodd\(/g, "information", "low", "style", "placeholder", "even(FILL_IN, "),
  "late-call": word(/\blate\(/g, "hint", "info", "style", "manual", undefined),
  "hard-coded-secret": word(
    /(?<=\w+ = )"[^"]+"(?= {2}# key)/g,
    "error",
    "high",
    "secrets",
    "suggested",
    'os.environ["KEY"]',
  ),
  "stuck-call": word(/\bstuck\(/g, "error", "high", "injection", "safe", "stuck("),
  "breaking-call": word(/\bbreaking\(/g, "error", "high", "injection", "safe", "SYNTAX ERROR("),
  "paired-call": word(/\bpaired\(/g, "error", "high", "injection", "safe", "single("),
  "young-call": word(/\byoung\(/g, "error", "high", "injection", "safe", "old("),
  "listed-call": word(/\blisted\(/g, "error", "high", "injection", "safe", "plain("),
};

function word(
  word: RegExp,
  level: Level,
  severity: Severity,
  category: string,
  grade: Grade,
  to: string | undefined,
): Word {
  return { word, level, severity, category, grade, to };
}

export async function createFakeEngine(): Promise<Engine> {
  const texts = new Map<FileId, { text: string; editable: boolean }>();
  let known = new Set<FileId>();
  let nameOf = (file: FileId): string => file;
  let pending = new Set<FileId>();
  let settings: Settings = DEFAULT_SETTINGS;
  const textOf = (file: FileId) => texts.get(file)?.text ?? "";

  const findingsIn = (file: FileId): Finding[] => {
    const text = textOf(file);
    const found: Finding[] = [];
    for (const [rule, one] of Object.entries(WORDS)) {
      if (settings.rules[rule] === "off") continue;
      let ordinal = 0;
      for (const match of text.matchAll(one.word)) {
        const span = { start: match.index, end: match.index + match[0].length };
        found.push({
          file,
          span,
          rule,
          title: `Word ${rule}`,
          category: one.category,
          cwe: [89],
          owasp: ["A05:2025 Injection"],
          severity: one.severity,
          confidence: "high",
          level: gravityIn(text, match.index) ?? one.level,
          gravity: gravityIn(text, match.index) ?? one.level,
          message: {
            what: `${match[0].replace(/"/g, "").slice(0, 3)} is called.`,
            why: "It does harm.",
            fix: "Call something else.",
          },
          ...pathOf(flowOf(file, span)),
          marks: [],
          fingerprint: hash128(`${rule} ${nameOf(file)} ${ordinal++}`),
        });
      }
    }
    return found;
  };

  const flowOf = (file: FileId, span: Finding["span"]): Finding["flow"] => {
    const imported = /^import (\w+)/m.exec(textOf(file))?.[1];
    const other = imported === undefined ? undefined : sibling(file, `${imported}.py`);
    if (other === undefined || !texts.has(other)) return [];
    return [
      {
        file: other,
        span: { start: 0, end: textOf(other).length },
        role: "source",
        text: "from outside",
      },
      { file, span, role: "sink", text: "it is called" },
    ];
  };

  const pathOf = (flow: Finding["flow"]): Pick<Finding, "flow" | "paths" | "morePaths"> => {
    if (flow.length === 0) return { flow, paths: [], morePaths: 0 };
    // A file that says so is reached on one more way, and on two that are only counted.
    const [source] = flow;
    const isBusy = source !== undefined && textOf(source.file).includes("busy");
    return isBusy
      ? { flow, paths: [flow, flow.toReversed()], morePaths: 2 }
      : { flow, paths: [flow], morePaths: 0 };
  };

  const mendingEdits = (finding: Finding, to: string): Edit[] => {
    const edits: Edit[] = [{ ...finding.span, newText: to }];
    // An import at the top, the same for every finding of the file.
    if (finding.rule === "listed-call" && !textOf(finding.file).startsWith("import plain"))
      edits.unshift({ start: 0, end: 0, newText: "import plain\nimport other\n" });
    return edits;
  };

  return {
    setFiles(files) {
      known = new Set(files);
    },
    setRoots: () => undefined,
    setLeftOut: () => undefined,
    setKept: () => undefined,
    topics: () => [],
    head: () => 0,
    setToday: () => undefined,
    nameFiles(name) {
      nameOf = name;
    },
    addFile(file) {
      known.add(file);
    },
    remove(file) {
      known.delete(file);
      texts.delete(file);
      pending.delete(file);
    },
    set(file, text, options) {
      texts.set(file, { text, editable: options?.editable !== false });
      pending.add(file);
    },
    edit: () => {
      throw new Error("not used by the command line");
    },
    close: () => undefined,
    has: (file) => texts.has(file),
    text: (file) => texts.get(file)?.text,
    parts: () => undefined,
    textHash: (file) => (texts.has(file) ? hash128(textOf(file)) : undefined),
    configure(next) {
      settings = next;
      return [];
    },
    wants: (file) => /\.(?:py|ts|js)$|(?:^|\/)package\.json$/.test(file),
    needs() {
      const wanted = new Set<FileId>();
      for (const [file, { text }] of texts)
        for (const match of text.matchAll(/^import (\w+)/gm)) {
          const other = sibling(file, `${match[1]}.py`);
          if (known.has(other) && !texts.has(other)) wanted.add(other);
        }
      return [...wanted];
    },
    step() {
      pending = new Set([...pending].slice(2));
      return { pending: pending.size, total: texts.size, moved: true };
    },
    check(file) {
      if (textOf(file).includes("CRASH")) throw new TypeError(`secret text ${textOf(file)}`);
      return {
        file,
        findings: findingsIn(file),
        hasError: textOf(file).includes("SYNTAX ERROR"),
      };
    },
    items: () => [],
    departures: () => [],
    describe: () => [],
    changed: () => [],
    fixes(file, fingerprint) {
      const finding = findingsIn(file).find((one) => one.fingerprint === fingerprint);
      const one = finding === undefined ? undefined : WORDS[finding.rule];
      if (finding === undefined || one === undefined) return [];
      const fix: Fix = {
        title: `Call ${one.to ?? "nothing"}`,
        grade: one.grade,
        edits:
          one.to === undefined
            ? []
            : [{ file, textHash: hash128(textOf(file)), edits: mendingEdits(finding, one.to) }],
        ...(one.to === undefined ? { reason: "nobody knows how" } : {}),
      };
      if (finding.rule !== "paired-call") return [fix];
      const other = sibling(file, "pair.py");
      const end = textOf(other).length;
      return [
        {
          ...fix,
          edits: [
            ...fix.edits,
            {
              file: other,
              textHash: hash128(textOf(other)),
              edits: [{ start: end, end, newText: "single = 1\n" }],
            },
          ],
        },
      ];
    },
    passed: () => [],
    problems: () => [],
    restrict: () => undefined,
    own: () => [],
    rule: (id) => (WORDS[id] === undefined ? undefined : ruleInfo(id, WORDS[id])),
    lookAlike: () => undefined,
    unknownName: () => undefined,
    why: () => [{ kind: "no-rule", text: "No rule looks at what stands here" }],
    hidden: () => ({ suppression: 0, settings: 0 }),
    suppressions: () => [],
    rules: () => Object.entries(WORDS).map(([id, one]) => ruleInfo(id, one)),
    liveTrees: () => 0,
    dropCaches: () => undefined,
    dispose: () => undefined,
  };
}

/** A line may say how grave what stands in it is: "# as warning". */
function gravityIn(text: string, at: number): Level | undefined {
  const [line = ""] = text.slice(at).split("\n", 1);
  return /# as (error|warning|information|hint)$/.exec(line)?.[1] as Level | undefined;
}

function sibling(file: FileId, name: string): FileId {
  return file.slice(0, file.lastIndexOf("/") + 1) + name;
}

function ruleInfo(id: string, { category, severity }: Word): RuleInfo {
  return {
    id,
    title: `Word ${id}`,
    category,
    severity,
    cwe: [89],
    owasp: ["A05:2025 Injection"],
    ...(id === "young-call" ? { since: "1.0.0" } : {}),
    url: `https://example.org/rules/${id}`,
    page: `# Word ${id}\n\nThe word is bad.\n\n## Vulnerable\n`,
  };
}
