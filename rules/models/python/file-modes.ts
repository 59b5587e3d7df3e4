/** Python: calls that say who may read and write a file. Modes of `open`, `mkdir` and the like lose what the umask takes away. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "file-mode";
const row = (path: string, mode: string) => ({ path, args: [], kind: KIND, data: { mode } });

const fileModes: Model = {
  language: "python",
  sinks: [
    row("os.{chmod,lchmod,fchmod}", "1|mode"),
    row("pathlib.{Path,PosixPath}().{chmod,lchmod}", "0|mode"),
  ],
};

export default fileModes;
