/** JavaScript that sends mail as a text that the program has written itself, header lines and all. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const HEADER: SinkKind = "header";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: HEADER,
  data: { api, rule: "header-injection" },
});

const mail: Model = {
  language: "javascript",
  sinks: [
    // What it makes a message of itself has no line breaks in its headers; this it sends as it is.
    row("nodemailer.createTransport().sendMail", ["0.raw"], "sendMail"),
    row("@aws-sdk/client-ses.SendRawEmailCommand", ["0.RawMessage.Data"], "SendRawEmailCommand"),
    row("@aws-sdk/client-sesv2.SendEmailCommand", ["0.Content.Raw.Data"], "SendEmailCommand"),
    row("mailgun.js().client().messages.create", ["1.message"], "messages.create"),
    row("aws-sdk.SES().sendRawEmail", ["0.RawMessage.Data"], "sendRawEmail"),
  ],
};

export default mail;
