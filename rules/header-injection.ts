import { type Match, rule } from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";

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
      const isInHeader = surroundings(hit).some(
        ({ before }) => /^\s*[\w-]+:/.test(before) && !/\n\r?\n/.test(before),
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
  fixes: (_match, code) => [
    {
      title: "Build the message from fields",
      grade: "manual",
      edits: [],
      reason:
        code.language === "python"
          ? 'Use email.message.EmailMessage: message["Subject"] = subject, message.set_content(text), server.send_message(message). No edit is offered: the text has to be taken apart.'
          : "Give nodemailer from, to, subject and text, or its MailComposer for a service that takes raw messages. No edit is offered: the text has to be taken apart.",
    },
  ],
});
