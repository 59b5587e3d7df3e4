/** JavaScript archives: names of members, which whoever packed them chose, and what unpacks them without a check. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const EXTRACT: SinkKind = "extract";
const NAME = "the name of a member of the archive";

const archives: Model = {
  language: "javascript",
  types: {
    "adm-zip.Entry()": ["adm-zip().getEntries()[*]", "adm-zip().getEntry()"],
    "tar-stream.Header()": [
      "tar-stream.extract().on.arg(1).param(0)",
      "tar-stream.extract()[*].header",
    ],
    "unzipper.Entry()": [
      "unzipper.Open.{file,buffer,url,s3}().files[*]",
      "unzipper.{Parse,ParseOne}()[*]",
      "unzipper.{Parse,ParseOne}().on.arg(1).param(0)",
    ],
  },
  sources: [
    { path: "adm-zip.Entry().{entryName,name}", kind: "archive-name", text: NAME },
    { path: "unzipper.Entry().path", kind: "archive-name", text: NAME },
    { path: "tar-stream.Header().name", kind: "archive-name", text: NAME },
    // `entry.path` of the tar package, as it lists an archive.
    { path: "tar.{t,list}.arg(0.onentry).param(0).path", kind: "archive-name", text: NAME },
  ],
  // `keep` is the switch that keeps absolute paths and "..".
  sinks: [
    {
      path: "tar.{x,extract}",
      args: [],
      kind: EXTRACT,
      data: { api: "tar.extract", keep: "0.preservePaths|0.P" },
    },
  ],
  passes: [{ path: "*.pipe()", from: [0], same: true, keepsType: true }],
};

export default archives;
