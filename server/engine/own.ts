/**
 * Rules and models of the projects' own: read from the texts under `.skeptic/rules/`, each file's for the folder that holds
 * `.skeptic`. Made again when one of these texts is another one.
 */
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import { type Own, readOwn } from "../own/read.ts";
import type { Rule, RuleSet } from "../rule/rule.ts";
import { compile, type Knowledge } from "../taint/knowledge.ts";
import type { OwnSummary } from "./api.ts";
import { watchList } from "./contributions.ts";
import type { Problems } from "./problems.ts";
import type { Texts } from "./texts.ts";

const OWN_FILE = /(?:^|\/)\.skeptic\/rules\/[^/]+\.(?:ya?ml|json)$/;
/** So many of them are read. */
const MAX_FILES = 100;

interface OwnFile {
  readonly file: FileId;
  /** "" or a path without a slash at its end. */
  readonly folder: string;
  readonly own: Own;
}

export interface OwnRules {
  /** Reads what is there; true if anything is different from the last time. */
  readonly refresh: () => boolean;
  /** Only what adds findings counts, until the folders are trusted. */
  readonly restrict: (isRestricted: boolean) => void;
  /** The rules that hold for a file. */
  readonly setOf: (file: FileId) => RuleSet;
  /** The rules of all. */
  readonly all: () => RuleSet;
  readonly knowledge: (file: FileId, language: "python" | "javascript") => Knowledge;
  /** What there is, by file. */
  readonly summary: () => readonly OwnSummary[];
}
export function isOwnFile(file: FileId): boolean {
  return file.includes(".skeptic/rules/") && OWN_FILE.test(file);
}

export function createOwn(
  builtIn: RuleSet,
  { docs, known, files }: Texts,
  { tell }: Problems,
): OwnRules {
  let isRestricted = false;
  let signature = "";
  let own: readonly OwnFile[] = [];
  let whole: RuleSet = builtIn;
  const sets = new Map<string, RuleSet>();
  const compiled = new Map<string, Knowledge>();
  const taken = new Set(builtIn.rules.map(({ id }) => id));

  const refresh = (): boolean => {
    const names = [...new Set([...known, ...docs.keys()])].filter(isOwnFile).sort();
    const texts = names.slice(0, MAX_FILES).flatMap((file) => {
      const text = files.text(file);
      return text === undefined ? [] : [{ file, text }];
    });
    const over = names.length - MAX_FILES;
    const now = `${isRestricted} ${Math.max(0, over)}\n${texts.map(({ file, text }) => `${file} ${hash128(text)}`).join("\n")}`;
    if (now === signature || (signature === "" && texts.length === 0)) return false;
    signature = now;
    const firstOver = names[MAX_FILES];
    if (firstOver !== undefined)
      tell({
        file: firstOver,
        message: `only the first ${MAX_FILES} files of rules and models are read: this one is left out${over > 1 ? `, and ${over - 1} more` : ""}`,
      });
    const ids = new Set(taken);
    own = texts.map(({ file, text }) => {
      const at = file.indexOf(".skeptic/rules/");
      const folder = at === 0 ? "" : file.slice(0, at - 1);
      const read = readOwn(text, folder, isRestricted, (id) => ids.has(id));
      for (const { id } of read.rules) ids.add(id);
      for (const { line, message } of read.faults)
        tell({ file, message: `line ${line}: ${message}` });
      return { file, folder, own: read };
    });
    whole = withOwn(builtIn, own);
    sets.clear();
    compiled.clear();
    return true;
  };

  const folderOf = (file: FileId): string => {
    let best = "";
    for (const { folder } of own)
      if (folder.length > best.length && file.startsWith(`${folder}/`)) best = folder;
    return best;
  };
  /** Of a folder inside another one, those of both. */
  const setIn = (folder: string): RuleSet => {
    let set = sets.get(folder);
    if (set === undefined) {
      const around = own.filter(
        (o) => o.folder === "" || o.folder === folder || folder.startsWith(`${o.folder}/`),
      );
      set = around.length === 0 ? builtIn : withOwn(builtIn, around);
      sets.set(folder, set);
    }
    return set;
  };

  return {
    refresh,
    restrict(is) {
      isRestricted = is;
    },
    setOf: (file) => setIn(folderOf(file)),
    all: () => whole,
    knowledge(file, language) {
      const folder = folderOf(file);
      const key = `${language} ${folder}`;
      let made = compiled.get(key);
      if (made === undefined) {
        const set = setIn(folder);
        const hash = hash128(JSON.stringify(set.models));
        made = compile(set.models, language, watchList(set.rules), hash);
        compiled.set(key, made);
      }
      return made;
    },
    summary: () =>
      own.map(({ file, own: { rules, models, silencing } }) => ({
        file,
        rules: rules.length,
        models: models.reduce(
          (n, m) =>
            n +
            [m.sources, m.sinks, m.passes, m.guards].reduce(
              (all, rows) => all + (rows?.length ?? 0),
              0,
            ),
          0,
        ),
        silencing,
      })),
  };
}

/** An own row that says what a call gives stands before those of the library. */
function withOwn(builtIn: RuleSet, files: readonly OwnFile[]): RuleSet {
  if (files.length === 0) return builtIn;
  const rules: Rule[] = files.flatMap(({ own }) => own.rules);
  return {
    rules: [...builtIn.rules, ...rules],
    models: [...files.flatMap(({ own }) => own.models), ...builtIn.models],
    pages: Object.assign({}, builtIn.pages, ...files.map(({ own }) => own.pages)),
  };
}
