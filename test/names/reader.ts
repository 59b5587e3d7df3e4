/** Findings of rules that look at imports and manifests alone: data is not followed, which takes most of the time. */
import type { NameIndex } from "../../server/base/names.ts";
import type { Analysis } from "../../server/engine/analysis.ts";
import { createAnswers } from "../../server/engine/answers.ts";
import { DEFAULT_SETTINGS, type Finding } from "../../server/engine/api.ts";
import { createMoments } from "../../server/engine/moment.ts";
import { createOwn } from "../../server/engine/own.ts";
import { createProblems } from "../../server/engine/problems.ts";
import { createTexts, type Doc } from "../../server/engine/texts.ts";
import type { RuleSet } from "../../server/rule/rule.ts";
import { createSyntax } from "../../server/syntax/parser.ts";
import { readWasm } from "../harness/engine.ts";

export type Reader = (texts: ReadonlyMap<string, string>) => readonly Finding[];

/** Of the strict profile, in a workspace that holds these texts and nothing else. */
export async function createReader(rules: RuleSet, names: NameIndex | undefined): Promise<Reader> {
  const syntax = await createSyntax(readWasm());
  return (all) => {
    const problems = createProblems();
    const texts = createTexts(rules);
    const own = createOwn(rules, texts, problems);
    const moments = createMoments(syntax, texts, own, undefined, () => undefined);
    const analysis: Analysis = {
      last: new Map(),
      analyse: () => undefined,
      analyseFeeders: () => undefined,
      knownNow: () => new Map(),
    };
    const answers = createAnswers(texts, moments, analysis, problems, own, names);
    answers.settings.set("", {
      ...DEFAULT_SETTINGS,
      profile: "strict",
      minimumConfidence: "low",
    });
    for (const [file, text] of all) {
      texts.known.add(file);
      texts.docs.set(file, docOf(text));
    }
    return [...all.keys()].flatMap((file) => answers.found(file).map(({ finding }) => finding));
  };
}

function docOf(text: string): Doc {
  return {
    ...{ text, hash: undefined, languageId: undefined, editable: false, open: false },
    ...{ source: undefined, ir: undefined, lowering: undefined, commented: undefined },
    ...{ written: undefined, itemKeys: undefined, parts: undefined },
  };
}
