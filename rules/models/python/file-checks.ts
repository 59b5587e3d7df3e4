/** Python: calls that ask about a path, and calls that act on it, for faults of doing one after the other. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FILE_CHECK: SinkKind = "file-check";
type Data = Readonly<Record<string, string | number | boolean>>;

/**
 * Data of a "file-check" row. `role` is "check" or "use"; `subject` is where the path is: an argument or "recv".
 * Of a check, `asks` is "access" if it asks for rights. Of a use, `deed` is "folder", "delete", "write" or "open"; `mode` is
 * where an "open" is told its mode; `option` makes the call itself cope with what is there or gone, a property of the argument
 * at `options` or else a keyword, and a fix adds it unless `offered` is false; `instead` is a call that copes where this one
 * cannot, in which OBJECT and PATH stand for what is written here and CLASS for the name of the imported class `needs`.
 */
const check = (path: string, subject: number | "recv", data: Data = {}) => ({
  path,
  args: [],
  kind: FILE_CHECK,
  data: { role: "check", subject, ...data },
});
const use = (path: string, subject: number | "recv", deed: string, data: Data = {}) => ({
  path,
  args: [],
  kind: FILE_CHECK,
  data: { role: "use", subject, deed, ...data },
});
/** A path, before and after links and ".." were resolved. */
const P = "pathlib.{Path(),Resolved()}";

const fileChecks: Model = {
  language: "python",
  sinks: [
    check("os.path.{exists,isfile,isdir,lexists}", 0),
    check("os.access", 0, { asks: "access" }),
    check(`${P}.{exists,is_file,is_dir}`, "recv"),
    use("{builtins,os}.open", 0, "open", { mode: "1|mode" }),
    use(`${P}.open`, "recv", "open", { mode: "0|mode" }),
    use(`${P}.{write_text,write_bytes}`, "recv", "write"),
    use("os.makedirs", 0, "folder", { option: "exist_ok" }),
    use("os.mkdir", 0, "folder", { instead: "OBJECT.makedirs(PATH, exist_ok=True)" }),
    use(`${P}.mkdir`, "recv", "folder", { option: "exist_ok" }),
    use("os.{remove,unlink}", 0, "delete", {
      instead: "CLASS(PATH).unlink(missing_ok=True)",
      needs: "pathlib.Path",
    }),
    use("os.rmdir", 0, "delete"),
    use("shutil.rmtree", 0, "delete", { option: "ignore_errors", offered: false }),
    use(`${P}.unlink`, "recv", "delete", { option: "missing_ok" }),
  ],
};

export default fileChecks;
