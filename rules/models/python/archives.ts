/** Python archives: names of members, which whoever packed them chose, and what unpacks them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const EXTRACT: SinkKind = "extract";
const NAME = "the name of a member of the archive";

const archives: Model = {
  language: "python",
  types: {
    "tarfile.TarFile()": ["tarfile.open()", "tarfile.TarFile.{open,gzopen,bz2open,xzopen}()"],
    "tarfile.TarInfo()": [
      "tarfile.TarFile()[*]",
      "tarfile.TarFile().getmembers()[*]",
      "tarfile.TarFile().{next,getmember}()",
    ],
    "zipfile.ZipInfo()": [
      "zipfile.ZipFile().infolist()[*]",
      "zipfile.ZipFile().filelist[*]",
      "zipfile.ZipFile().getinfo()",
    ],
  },
  sources: [
    { path: "tarfile.TarInfo().{name,path,linkname}", kind: "archive-name", text: NAME },
    { path: "tarfile.TarFile().getnames()", kind: "archive-name", text: NAME },
    { path: "zipfile.ZipInfo().filename", kind: "archive-name", text: NAME },
    { path: "zipfile.ZipFile().namelist()", kind: "archive-name", text: NAME },
  ],
  // `filter` is where the filter of members stands. The zipfile module cleans names by itself.
  sinks: [
    {
      path: "tarfile.TarFile().extractall",
      args: [],
      kind: EXTRACT,
      data: { api: "extractall", filter: "3|filter", archive: "recv" },
    },
    {
      path: "tarfile.TarFile().extract",
      args: [],
      kind: EXTRACT,
      data: { api: "extract", filter: "4|filter", archive: "recv" },
    },
    {
      path: "shutil.unpack_archive",
      args: [],
      kind: EXTRACT,
      data: { api: "unpack_archive", filter: "3|filter", archive: "0" },
    },
  ],
  passes: [
    {
      path: "{tarfile.open,tarfile.TarFile,zipfile.ZipFile}()",
      from: [0, 2, "name", "fileobj", "file"],
      clears: ["path", "upload-path"],
    },
    { path: "zipfile.ZipFile().{read,open}()", from: ["recv"], clears: ["path", "upload-path"] },
    {
      path: "tarfile.TarFile().extractfile()",
      from: ["recv"],
      clears: ["path", "upload-path"],
    },
    // What is unpacked stays in the folder: https://docs.python.org/3/library/zipfile.html#zipfile.ZipFile.extract.
    { path: "zipfile.ZipFile().{extract,extractall}()", from: [] },
  ],
};

export default archives;
