/**
 * The baselines of the workspace folders: which findings they hide, and which come from rules that are younger than they.
 * In a workspace that is not trusted they hide nothing, so that a stranger's file cannot.
 */
import type { FileId } from "../base/brand.ts";
import type { Finding } from "../engine/api.ts";
import {
  BASELINE_FILE,
  type Baseline,
  baselineOf,
  MAX_BASELINE_SIZE,
  type Now,
  readBaseline,
  standings,
  writeBaseline,
} from "../engine/baseline.ts";
import type { Context } from "./context.ts";
import { isUnder } from "./file-id.ts";

export interface Baselines {
  /** Reads them again, and tells the engine how fingerprints call files: from the root of their repository. */
  load(): Promise<void>;
  isBaseline(file: FileId): boolean;
  /** The findings of a file without those that its baseline knows. */
  unknown(file: FileId, findings: readonly Finding[]): readonly Finding[];
  /** Of one finding, wherever it is shown: whether it is hidden. */
  knows(finding: Finding): boolean;
  /** Whether the baseline has it, be it hidden or not. */
  holds(finding: Finding): boolean;
  isOfNewRule(finding: Finding): boolean;
  /** That of a workspace folder; undefined where there is none, or where the workspace is not trusted. */
  of(root: FileId): Baseline | undefined;
  /** How fingerprints call a file. */
  nameOf(file: FileId): string;
  /** What is wrong with them, each as a sentence. */
  problems(): readonly string[];
  /**
   * The baselines with these findings of the files that were looked at: where each is, and its text. What one accepts elsewhere stays:
   * in files that are left out or that no folder here holds.
   */
  write(
    findings: readonly Finding[],
    looked: Looked,
  ): readonly { readonly file: FileId; readonly text: string; readonly findings: number }[];
}

export interface Looked {
  at(file: FileId): boolean;
  /** True for files that are there, looked at or not. */
  exists(file: FileId): boolean;
}

interface Held {
  readonly file: FileId;
  readonly baseline: Baseline | undefined;
  /** The nearest folder at or above the workspace folder that holds `.git`. */
  readonly repository: FileId | undefined;
}

type Needs = Pick<Context, "engine" | "folders" | "host" | "trust">;

/** @param version of Skeptic */
export function createBaselines(
  { engine, folders, host, trust }: Needs,
  version: string,
): Baselines {
  const held = new Map<FileId, Held>();
  let wrong: readonly string[] = [];
  let naming = "";

  const ownOf = (file: FileId): Baseline | undefined => {
    const folder = folders.of(file);
    return folder === undefined || !trust.given ? undefined : held.get(folder.root)?.baseline;
  };
  const baselineFor = (file: FileId): Baseline | undefined =>
    folders.settingsOf(file).newFindingsOnly ? ownOf(file) : undefined;
  const isIn = (baseline: Baseline | undefined, finding: Finding): boolean =>
    baseline !== undefined && standings([finding], baseline, now)[0] === "known";
  const now: Now = { sinceOf: (rule) => engine.rule(rule)?.since, version };
  const nameOf = (file: FileId): string => {
    const root = folders.of(file)?.root;
    if (root === undefined) return file;
    return file.slice((held.get(root)?.repository ?? root).length + 1);
  };
  const nameFiles = (): void => {
    const now = JSON.stringify([...held].map(([root, { repository }]) => [root, repository]));
    if (now === naming) return;
    naming = now;
    engine.nameFiles(nameOf);
  };

  const loadNow = async (): Promise<void> => {
    const problems: string[] = [];
    const next = new Map<FileId, Held>();
    for (const { root } of folders.all()) {
      const repository = await host.repository(root);
      next.set(root, await find(host, root, repository, problems));
    }
    held.clear();
    for (const [root, one] of next) held.set(root, one);
    wrong = problems;
    nameFiles();
  };
  /** One after the other: what an earlier one read must not replace what a later one did. */
  let loading = Promise.resolve();

  return {
    load() {
      loading = loading.catch(() => {}).then(loadNow);
      return loading;
    },
    isBaseline: (file) =>
      file.endsWith(`/${BASELINE_FILE}`) &&
      folders.all().some(({ root }) => isUnder(file, root) || isUnder(root, folderOf(file))),
    unknown(file, findings) {
      const baseline = baselineFor(file);
      if (baseline === undefined || findings.length === 0) return findings;
      const each = standings(findings, baseline, now);
      return findings.filter((_, at) => each[at] !== "known");
    },
    knows: (finding) => isIn(baselineFor(finding.file), finding),
    holds: (finding) => isIn(ownOf(finding.file), finding),
    isOfNewRule(finding) {
      const baseline = baselineFor(finding.file);
      if (baseline === undefined) return false;
      return standings([finding], baseline, now)[0] === "new-rule";
    },
    of: (root) => (trust.given ? held.get(root)?.baseline : undefined),
    nameOf,
    problems: () => (trust.given ? wrong : []),
    write(findings, looked) {
      const roots = folders.all().filter(({ settings }) => settings.enable);
      const files = new Set(roots.flatMap(({ root }) => held.get(root)?.file ?? []));
      return [...files].map((file) => {
        const sharing = [...held].filter(([, one]) => one.file === file);
        const own = findings.filter((finding) =>
          sharing.some(([root]) => folders.of(finding.file)?.root === root),
        );
        const before = sharing[0]?.[1].baseline;
        const made = baselineOf(own, version, nameOf);
        const rest = [...(before?.entries ?? [])].filter(
          ([, entry]) => !sharing.some(([root, one]) => isLookedAt(root, one, entry.file, looked)),
        );
        const entries = new Map([...rest, ...made.entries]);
        const text = writeBaseline({
          version: rest.length > 0 && before !== undefined ? before.version : version,
          entries,
        });
        return { file, text, findings: own.length };
      });
    },
  };

  /** Whether a file by its name in fingerprints was looked at, or is gone, below a folder. */
  function isLookedAt(root: FileId, { repository }: Held, name: string, looked: Looked): boolean {
    const file = `${repository ?? root}/${name}`;
    return (
      isUnder(file, root) && (looked.at(file) || !(looked.exists(file) || folders.silences(file)))
    );
  }
}

/** The folder that a baseline holds for. */
function folderOf(file: FileId): FileId {
  return file.slice(0, -BASELINE_FILE.length - 1);
}

/** In the folder or in one above it, up to the root of the repository; as on the command line. */
async function find(
  host: Needs["host"],
  root: FileId,
  repository: FileId | undefined,
  problems: string[],
): Promise<Held> {
  for (let folder = root; ; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    const file = `${folder}/${BASELINE_FILE}`;
    const read = await host.read(file, MAX_BASELINE_SIZE);
    if (read.kind === "text") {
      const baseline = readBaseline(read.text);
      if (!("problem" in baseline)) return { file, baseline, repository };
      problems.push(`${BASELINE_FILE} ${baseline.problem}: it hides nothing`);
      return { file, baseline: undefined, repository };
    }
    if (read.kind === "skipped") problems.push(`${BASELINE_FILE} cannot be read`);
    const isTop = repository === undefined || folder === repository || !isUnder(folder, repository);
    if (isTop) return { file: `${root}/${BASELINE_FILE}`, baseline: undefined, repository };
  }
}
