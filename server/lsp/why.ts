/** The request "skeptic/why": why nothing is reported at a place. */
import type { TextDocumentPositionParams } from "vscode-languageserver";
import type { Reason } from "../engine/api.ts";
import { whySkipped } from "../engine/classify.ts";
import { type Context, fileOf, lineWords, locationOf, offsetOf, shortPath } from "./context.ts";
import { visible } from "./plain.ts";
import type { WhyResult } from "./protocol.ts";

export function why(context: Context, asked: TextDocumentPositionParams): WhyResult {
  const { uri } = asked.textDocument;
  const file = fileOf(context, uri);
  const document = context.documents.get(file);
  if (document === undefined) return only("This document is not one that Skeptic looks at.");
  if (document.skipped !== undefined)
    return only(`This file is not analysed: ${whySkipped(document.skipped)}.`);
  if (!context.folders.settingsOf(file).enable)
    return only("Skeptic is off in this folder (setting skeptic.enable).");
  if (context.folders.silences(file))
    return only("This file is left out: by the setting skeptic.exclude, or as code of others.");
  const offset = offsetOf(context, uri, asked.position);
  if (offset === undefined)
    return only("This cell is not looked at: it is empty, or in another language than the rest.");
  const reasons = context.engine.why(file, offset);
  const known = context.engine.check(file).findings.filter(context.baselines.knows);
  return {
    reasons: reasons.map((one) => {
      const isKnown =
        one.kind === "finding" &&
        known.some(({ rule, span }) => rule === one.rule && span.start === one.place?.span.start);
      return toAnswer(
        context,
        file,
        one,
        isKnown ? ". It is in the baseline, so it is not shown" : "",
      );
    }),
  };
}

function only(text: string): WhyResult {
  return { reasons: [{ text }] };
}

function toAnswer(
  context: Context,
  file: string,
  { text, place }: Reason,
  more: string,
): WhyResult["reasons"][number] {
  const hide = context.secrets.maskFor([file, ...(place === undefined ? [] : [place.file])]);
  const said = visible(hide(`${text}${more}`));
  if (place === undefined) return { text: `${said}.` };
  const { uri, range } = locationOf(context, place);
  const where = place.file === file ? "" : `${visible(shortPath(context, place.file))}, `;
  return {
    text: `${said} (${where}${lineWords(context, place)}).`,
    place: { uri, ...range.start },
  };
}
