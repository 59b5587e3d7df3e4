/** The request "skeptic/why": why nothing is reported at a place. */
import type { TextDocumentPositionParams } from "vscode-languageserver";
import type { Reason } from "../engine/api.ts";
import { whySkipped } from "../engine/classify.ts";
import { type Context, rangeOf, shortPath, uriFor } from "./context.ts";
import { bomLength, clampedOffset } from "./document.ts";
import { fileId } from "./file-id.ts";
import { visible } from "./plain.ts";
import type { WhyResult } from "./protocol.ts";

export function why(context: Context, asked: TextDocumentPositionParams): WhyResult {
  const file = fileId(asked.textDocument.uri);
  const document = context.documents.get(file);
  if (document === undefined) return only("This document is not one that Skeptic looks at.");
  if (document.skipped !== undefined)
    return only(`This file is not analysed: ${whySkipped(document.skipped)}.`);
  if (!context.folders.settingsOf(file).enable)
    return only("Skeptic is off in this folder (setting skeptic.enable).");
  if (context.folders.silences(file))
    return only("This file is left out: by the setting skeptic.exclude, or as code of others.");
  const { line, character } = asked.position;
  const offset =
    clampedOffset(document.text, document.starts, line, character) - bomLength(document.text);
  const reasons = context.engine.why(file, Math.max(0, offset));
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
  const { start } = rangeOf(context, place.file, place.span);
  const where = place.file === file ? "" : `${visible(shortPath(context, place.file))}, `;
  return {
    text: `${said} (${where}line ${start.line + 1}).`,
    place: { uri: uriFor(context, place.file), ...start },
  };
}
