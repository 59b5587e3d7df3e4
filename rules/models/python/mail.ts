/** Python that sends mail as a text that the program has written itself, header lines and all. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const HEADER: SinkKind = "header";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: HEADER,
  // Objects of the package email refuse line breaks in headers, or fold them; only texts are taken as they are.
  data: { api, rule: "header-injection" },
});

const mail: Model = {
  language: "python",
  sinks: [
    row("smtplib.{SMTP,SMTP_SSL,LMTP}().sendmail", [2, "msg"], "sendmail"),
    row("aiosmtplib.SMTP().sendmail", [2, "message"], "sendmail"),
    row("aiosmtplib.send", [0, "message"], "aiosmtplib.send"),
    row("boto3.client().send_raw_email", ["RawMessage.Data"], "send_raw_email"),
    row("boto3.client().send_email", ["Content.Raw.Data"], "send_email"),
  ],
};

export default mail;
