/** What an installed package is asked (`skeptic deps --inspect`): rules of scans that fit, and some that only fit others' code. */
import type { RuleSet } from "../../server/rule/rule.ts";
import depInstallScript from "../dep-install-script.ts";
import exfiltrationPattern from "../exfiltration-pattern.ts";
import { models } from "../models/index.ts";
import trojanSourceUnicode from "../trojan-source-unicode.ts";
import credentialNames from "./credential-names.ts";
import decodedCode from "./decoded-code.ts";
import downloadedCode from "./downloaded-code.ts";
import machineSent from "./machine-sent.ts";
import networkUse, { programUse } from "./network-use.ts";
import { javascriptSources, pythonSources } from "./sources.ts";

export const inspectRules: RuleSet = {
  rules: [
    exfiltrationPattern,
    depInstallScript,
    trojanSourceUnicode,
    decodedCode,
    downloadedCode,
    machineSent,
    credentialNames,
    networkUse,
    programUse,
  ],
  models: [...models, javascriptSources, pythonSources],
  pages: {},
};
