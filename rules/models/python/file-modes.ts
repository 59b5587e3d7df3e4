/** Python: calls that say who may read and write a file. Modes of `open`, `mkdir` and the like lose what the umask takes away. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "file-mode";
/** Bits of modes by their names, those that matter: others may do all, others may write, nobody touches the files of others. */
const BITS = `stat.S_IRWXO:${0o007},stat.S_IWOTH:${0o002},stat.S_ISVTX:${0o1000}`;
const row = (path: string, mode: string) => ({
  path,
  args: [],
  kind: KIND,
  data: { mode, bits: BITS },
});

const fileModes: Model = {
  language: "python",
  sinks: [
    row("os.{chmod,lchmod,fchmod}", "1|mode"),
    row("pathlib.{Path,PosixPath}().{chmod,lchmod}", "0|mode"),
  ],
};

export default fileModes;
