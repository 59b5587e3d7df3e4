/** Node: calls that say who may read and write a file. Modes of `open`, `mkdir` and the like lose what the umask takes away. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "file-mode";
const row = (path: string, mode: string) => ({ path, args: [], kind: KIND, data: { mode } });

const FS = "{fs,fs.promises,fs/promises,fs-extra}";

const fileModes: Model = {
  language: "javascript",
  sinks: [row(`${FS}.{chmod,lchmod,fchmod,chmodSync,lchmodSync,fchmodSync}`, "1")],
};

export default fileModes;
