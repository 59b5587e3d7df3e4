import { dataPieces, oneLine } from "../server/rule/fix/one-line.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Hit,
  kindBit,
  type Match,
  type Part,
  rule,
  spread,
} from "../server/rule/rule.ts";

export default rule({
  id: "header-injection",
  title: "Header of a message built from request data",
  category: "injection",
  severity: "low",
  cwe: [93, 113],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "header",
    accept(hit): Partial<Match> | undefined {
      if (hit.row.data?.rule !== "header-injection") return undefined;
      // Behind the first empty line is the body.
      const isInHeader = (hit.value.alts ?? []).some(
        (alt) =>
          "parts" in alt &&
          /^\s*[\w-]+:/.test(alt.parts[0]?.text ?? "") &&
          inHeader(hit, alt.parts).length > 0,
      );
      // Most of it is a letter that looks like one of the program's: advice, for the strict profile.
      return isInHeader ? { confidence: "low" } : undefined;
    },
  },
  say: ({ hit }) => ({
    what: `Request data becomes part of a header line of the message that ${String(hit?.row.data?.api ?? "the call")} sends as it is.`,
    why: "A line break in the value ends the header: what follows adds headers such as Reply-To, or a body of the attacker's, in a letter from your address.",
    fix: "Build the message with EmailMessage, or from the fields of nodemailer: both refuse or encode line breaks.",
  }),
  fixes: (match, code, context) => fixes(match, code, context),
});

/** The values in front of the first empty line that may hold line breaks. */
function inHeader(hit: Hit, parts: readonly Part[]): readonly Part[] {
  let before = "";
  return parts.filter(({ text, value }) => {
    const isBody = /\n\r?\n/.test(before);
    before += text ?? "x";
    return (
      !isBody &&
      value !== undefined &&
      spread(value).some((t) => t.kind === hit.kind && (t.cleared & kindBit(hit.sink)) === 0)
    );
  });
}

/** No header has a line break in it: where the text is put together in sight, each value in the header becomes one line. */
function fixes({ hit }: Match, code: Code, context: Context): readonly Fix[] {
  const pieces = hit === undefined ? undefined : dataPieces(hit, code);
  if (hit !== undefined && pieces !== undefined) {
    const [alt] = hit.value.alts ?? [];
    const own = inHeader(hit, alt !== undefined && "parts" in alt ? alt.parts : []);
    const fix = oneLine("Put the value on one line", hit, code, context, own);
    if (fix !== undefined) return [fix];
  }
  return [
    {
      title: "Build the message from fields",
      grade: "manual",
      edits: [],
      reason:
        code.language === "python"
          ? 'Use email.message.EmailMessage: message["Subject"] = subject, message.set_content(text), server.send_message(message). No edit is offered: the text has to be taken apart.'
          : "Give nodemailer from, to, subject and text, or its MailComposer for a service that takes raw messages. No edit is offered: the text has to be taken apart.",
    },
  ];
}
