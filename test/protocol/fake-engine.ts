/**
 * An engine that reads words instead of code, to test the server alone:
 * `BAD(` has a safe fix (`GOOD(`), `RISKY(` a suggested one, `HARD(` none; `SINK(x)` is a finding when another file holds
 * `SOURCE(x)`; `TELL("x")` quotes its text wherever it can; `%%` is a syntax error; `CRASH` makes the check throw, `SLOW` makes it take 3 ms.
 */
import type { FileId } from "../../server/base/brand.ts";
import { hash128 } from "../../server/base/hash.ts";
import { applyEdits } from "../../server/base/text.ts";
import type {
  Engine,
  Finding,
  Fix,
  FlowStep,
  Report,
  RuleInfo,
  Settings,
} from "../../server/engine/api.ts";
import { DEFAULT_SETTINGS } from "../../server/engine/api.ts";

const WORDS = /(BAD|RISKY|HARD)\(|SINK\((\w+)\)|TELL\("([^"]*)"\)/g;

const infos: readonly RuleInfo[] = ["bad", "risky", "hard", "sink", "tell"].map((id) => ({
  id,
  title: id,
  category: "test",
  severity: "high",
  cwe: [89],
  owasp: [],
  url: `https://example.org/rules/${id}.md`,
  page: "",
}));

export function createFakeEngine(): Engine {
  const names = new Set<FileId>();
  const texts = new Map<FileId, string>();
  const waiting = new Set<FileId>();
  const changed = new Set<FileId>();
  const settings = new Map<FileId, Settings>([["", DEFAULT_SETTINGS]]);
  const told: string[] = [];

  const touch = (file: FileId): void => {
    waiting.add(file);
    for (const other of texts.keys()) changed.add(other);
    changed.add(file);
  };
  const findings = (file: FileId): Finding[] => {
    const text = texts.get(file) ?? "";
    const found: Finding[] = [];
    for (const match of text.matchAll(WORDS)) {
      const span = { start: match.index, end: match.index + match[0].length };
      const said = match[3];
      const flow: FlowStep[] =
        said !== undefined
          ? [{ file, span, role: "sink", text: `the text ${said}` }]
          : match[2] === undefined
            ? []
            : flowTo(file, span, match[2]);
      if (match[2] !== undefined && flow.length === 0) continue;
      const rule = said !== undefined ? "tell" : (match[1] ?? "sink").toLowerCase();
      if (isIgnored(text, span.start, rule)) continue;
      found.push({
        file,
        span,
        rule,
        title: `A ${rule} call${said === undefined ? "" : ` of ${said}`}`,
        category: "test",
        cwe: [89],
        owasp: [],
        severity: "high",
        confidence: "high",
        level: rule === "hard" ? "hint" : "error",
        gravity: rule === "hard" ? "hint" : "error",
        message: {
          what: said === undefined ? `This is ${rule}.` : `It says ${said}.`,
          why: "It *breaks* <b>.",
          fix: "Write `GOOD`.",
        },
        flow,
        paths: flow.length === 0 ? [] : [flow],
        morePaths: 0,
        marks: [],
        fingerprint: hash128(`${rule}:${found.length}:${file}`),
      });
    }
    return found;
  };
  const flowTo = (file: FileId, span: FlowStep["span"], name: string): FlowStep[] => {
    for (const [other, text] of texts) {
      const at = text.indexOf(`SOURCE(${name})`);
      if (at === -1 || waiting.has(other)) continue;
      return [
        {
          file: other,
          span: { start: at, end: at + 6 },
          role: "source",
          text: "comes from outside",
        },
        { file, span, role: "sink", text: "arrives here" },
      ];
    }
    return [];
  };
  const report = (file: FileId): Report => {
    const text = texts.get(file) ?? "";
    waiting.delete(file);
    if (text.includes("CRASH")) {
      const quoted = /".*"/.exec(text)?.[0] ?? "";
      throw new Error(`this file crashes the check ${quoted}`);
    }
    if (text.includes("SLOW")) for (const end = performance.now() + 3; performance.now() < end; );
    let root = "";
    for (const one of settings.keys())
      if (file.startsWith(one) && one.length > root.length) root = one;
    const levels = settings.get(root)?.rules ?? {};
    return {
      file,
      findings: findings(file).filter(({ rule }) => levels[rule] !== "off"),
      hasError: text.includes("%%"),
    };
  };

  return {
    setFiles(files) {
      names.clear();
      for (const file of files) names.add(file);
    },
    setRoots() {},
    setLeftOut() {},
    setKept() {},
    topics: () => [],
    head: () => 0,
    setToday() {},
    nameFiles() {},
    addFile: (file) => void names.add(file),
    remove(file) {
      names.delete(file);
      touch(file);
      texts.delete(file);
      waiting.delete(file);
    },
    set(file, text) {
      names.add(file);
      if (texts.get(file) === text) return;
      texts.set(file, text);
      touch(file);
    },
    edit(file, edits) {
      let text = texts.get(file) ?? "";
      for (const edit of edits) text = applyEdits(text, [edit]);
      texts.set(file, text);
      touch(file);
    },
    close() {},
    has: (file) => texts.has(file),
    text: (file) => texts.get(file),
    parts: () => undefined,
    textHash: (file) => (texts.has(file) ? hash128(texts.get(file) as string) : undefined),
    configure(next, root = "") {
      settings.set(root, next);
      for (const file of texts.keys()) changed.add(file);
      return Object.keys(next.rules)
        .filter((rule) => !["bad", "risky", "hard", "sink", "tell"].includes(rule))
        .map((rule) => ({ message: `unknown rule "${rule}"` }));
    },
    wants: (file, languageId) => languageId === "python" || /\.(py|ts|js)$/.test(file),
    needs: () => [],
    step(budget) {
      const end = performance.now() + budget;
      for (const file of waiting) {
        waiting.delete(file);
        for (const other of texts.keys())
          if (texts.get(other)?.includes("SINK")) changed.add(other);
        if (performance.now() >= end) break;
      }
      return { pending: waiting.size, total: texts.size, moved: true };
    },
    check: report,
    items(file) {
      const text = texts.get(file) ?? "";
      return [{ span: { start: 0, end: text.length }, hasError: text.includes("%%") }];
    },
    departures: () => [],
    describe: () => [],
    changed() {
      const files = [...changed];
      changed.clear();
      return files;
    },
    fixes(file, fingerprint): Fix[] {
      const finding = findings(file).find((one) => one.fingerprint === fingerprint);
      if (finding === undefined) return [];
      const textHash = hash128(texts.get(file) ?? "");
      const edits = [{ file, textHash, edits: [{ ...finding.span, newText: "GOOD(" }] }];
      if (finding.rule === "tell") {
        const { what } = finding.message;
        return [
          { title: `Change it: ${what}`, grade: "suggested", edits },
          { title: `Think: ${what}`, grade: "manual", edits: [], reason: what },
        ];
      }
      if (finding.rule === "bad") return [{ title: "Use GOOD", grade: "safe", edits }];
      if (finding.rule === "risky") return [{ title: "Maybe GOOD", grade: "suggested", edits }];
      return [
        { title: "Think", grade: "manual", edits: [], reason: "It cannot be done by a machine." },
      ];
    },
    passed: () => [],
    problems: () => told.splice(0).map((message) => ({ message })),
    restrict: () => undefined,
    own: () => [],
    rule: (id) => infos.find((info) => info.id === id),
    lookAlike: () => undefined,
    unknownName: () => undefined,
    why: () => [{ kind: "no-rule", text: "No rule looks at what stands here" }],
    hidden: () => ({ suppression: 0, settings: 0 }),
    suppressions: () => [],
    rules: () => infos,
    liveTrees: () => 0,
    dropCaches() {},
    dispose() {},
  };
}

function isIgnored(text: string, offset: number, rule: string): boolean {
  const above = text.slice(0, offset).split("\n").at(-2) ?? "";
  return new RegExp(`skeptic: ignore\\[${rule}\\] -- \\S`).test(above);
}
