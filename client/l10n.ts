// Words in the editor's language. English is written where it is used; l10n/bundle.l10n.LANGUAGE.json has the others, by the English.
// Nothing of the editor is needed here: it hands over what it has read for its language.

let words: Readonly<Record<string, unknown>> = {};

/** @param bundle `vscode.l10n.bundle`; undefined for English. */
export function setWords(bundle: Readonly<Record<string, unknown>> | undefined): void {
  words = bundle ?? {};
}

/** The message in the editor's language, with the arguments in the places of `{0}`, `{1}` and so on. */
export function t(message: string, ...given: readonly (string | number)[]): string {
  const said = words[message];
  return (typeof said === "string" ? said : message).replace(/\{(\d+)\}/g, (place, at) =>
    String(given[Number(at)] ?? place),
  );
}
