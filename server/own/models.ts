/** Own rows as rows of the models. */
import type { LanguageId, Model } from "../rule/rule.ts";
import type { Named, Place, Rows, RuleData } from "./format.ts";

export function modelsOf(rows: Rows, rules: readonly RuleData[], place: Place): readonly Model[] {
  const languages: readonly LanguageId[] = ["python", "javascript"];
  return languages.flatMap((language) => {
    const of = <T extends { readonly language: LanguageId }>(list: readonly T[]): T[] =>
      list.filter((row) => row.language === language);
    const at = (named: Named): string => pathOf(named, place);
    const model: Model = {
      language,
      sources: of(rows.sources).flatMap(({ kind, text, ...named }) => [
        { path: at(named), kind, text },
        { path: `${at(named)}()`, kind, text },
      ]),
      sinks: [
        ...of(rows.sinks).map(({ kind, arguments: args, ...named }) => ({
          path: at(named),
          args,
          kind,
        })),
        ...of(rules).flatMap(({ id, flow }) =>
          (flow?.to ?? []).map(({ arguments: args, ...named }) => ({
            path: at(named),
            args,
            kind: (flow as NonNullable<typeof flow>).kind,
            data: { rule: id },
          })),
        ),
      ],
      passes: [
        ...of(rows.sanitizers).map(({ argument = 0, clears, ...named }) => ({
          path: `${at(named)}()`,
          from: [argument],
          clears,
        })),
        ...of(rows.propagators).map(({ arguments: from, ...named }) => ({
          path: `${at(named)}()`,
          from,
        })),
      ],
      guards: of(rows.guards).map(({ argument = 0, proves, clears, ...named }) => ({
        path: `${at(named)}()`,
        subject: argument,
        proves,
        clears,
      })),
    };
    const isEmpty = [model.sources, model.sinks, model.passes, model.guards].every(
      (list) => list?.length === 0,
    );
    return isEmpty ? [] : [model];
  });
}

/** Of a function of the project, its id. */
function pathOf({ path, function: fn }: Named, { folder }: Place): string {
  if (fn === undefined) return path as string;
  const colon = fn.lastIndexOf(":");
  const file = fn.slice(0, colon).replace(/^(?:\.\/)+/, "");
  return `${folder === "" ? "" : `${folder}/`}${file}#${fn.slice(colon + 1)}`;
}
