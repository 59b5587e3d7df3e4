/** JavaScript: calls that ask about a path, and calls that act on it, for faults of doing one after the other. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FILE_CHECK: SinkKind = "file-check";
type Data = Readonly<Record<string, string | number | boolean>>;

/** Rows as in the Python model of this name, which says what their data means. */
const check = (path: string, data: Data = {}) => ({
  path,
  args: [],
  kind: FILE_CHECK,
  data: { role: "check", subject: 0, ...data },
});
const use = (path: string, deed: string, data: Data = {}) => ({
  path,
  args: [],
  kind: FILE_CHECK,
  data: { role: "use", subject: 0, deed, ...data },
});
const PROMISES = "{fs/promises,fs.promises}";

const fileChecks: Model = {
  language: "javascript",
  sinks: [
    check("fs.{existsSync,statSync}"),
    check("fs.accessSync", { asks: "access" }),
    check(`${PROMISES}.stat`),
    check(`${PROMISES}.access`, { asks: "access" }),
    ...["fs", PROMISES].flatMap((fs) => [
      use(`${fs}.writeFile`, "write", { option: "flag", options: 2 }),
      use(`${fs}.mkdir`, "folder", { option: "recursive", options: 1 }),
      use(`${fs}.unlink`, "delete"),
    ]),
    use("fs.writeFileSync", "write", { option: "flag", options: 2 }),
    use("fs.appendFileSync", "write", { option: "flag", offered: false }),
    use("fs.createWriteStream", "write", { option: "flags", options: 1 }),
    use("fs.openSync", "open", { mode: "1" }),
    use("fs.mkdirSync", "folder", { option: "recursive", options: 1 }),
    use("fs.unlinkSync", "delete", { instead: "OBJECT.rmSync(PATH, { force: true })" }),
    use("fs.rmSync", "delete", { option: "force", options: 1 }),
  ],
};

export default fileChecks;
