/** Python files and paths: where a path is opened, changed or sent, how paths are put together, and what confines them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const PATH: SinkKind = "path";
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  does: "reads" | "lists" | "writes" | "deletes" | "sends",
  /** Where the mode is given that it is opened in: "1|mode". */
  mode?: string,
  /** Which argument is the name of a file in the folder that the data is. */
  name?: number,
) => ({
  path,
  args,
  kind: PATH,
  data: {
    api,
    does,
    ...(mode === undefined ? {} : { mode }),
    ...(name === undefined ? {} : { name }),
  },
});
/**
 * It writes over what is there. `writer`: two lines that do the same to a new file only, in which OBJECT and ARG stand for what is
 * written here, and TARGET for a new name. Of what moves a file, only the second path is written to.
 */
const overwriting = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  writer: string,
) => ({ path, args, kind: PATH, data: { api, does: "writes", replaces: true, writer } });
const moving = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: PATH,
  data: { api, does: "writes", replaces: "target" },
});
/** A path, before and after links and ".." were resolved. */
const P = "{pathlib.Path(),pathlib.Resolved()}";

const files: Model = {
  language: "python",
  types: {
    "pathlib.Path()": [
      "pathlib.{PurePath,PosixPath,WindowsPath,PurePosixPath,PureWindowsPath}()",
      "pathlib.Path.{cwd,home}()",
      `${P}.{joinpath,with_name,with_suffix,with_stem,relative_to,%/}()`,
      "pathlib.Path().{expanduser,absolute}()",
      `${P}.parent`,
      "anyio.Path()",
      "aiopath.AsyncPath()",
      // Text can only be a divisor of a path.
      "%/()",
    ],
    "pathlib.Resolved()": [`${P}.resolve()`, "pathlib.Resolved().absolute()"],
  },
  sinks: [
    // A name that is free now: whoever makes the file first has it.
    { path: "tempfile.mktemp", args: [], kind: "temporary-name", data: { api: "mktemp" } },
    row(
      "{builtins.open,io.open,codecs.open,os.open,aiofiles.open,gzip.open,bz2.open,lzma.open,zipfile.ZipFile,tarfile.open}",
      [0, "file", "path", "filename", "name"],
      "open",
      "reads",
      "1|mode",
    ),
    row(`${P}.{read_text,read_bytes}`, ["recv"], "Path.open", "reads"),
    row(`${P}.open`, ["recv"], "Path.open", "reads", "0|mode"),
    overwriting(
      `${P}.write_text`,
      ["recv"],
      "Path.write",
      'with OBJECT.open("x") as TARGET:\nTARGET.write(ARG)',
    ),
    overwriting(
      `${P}.write_bytes`,
      ["recv"],
      "Path.write",
      'with OBJECT.open("xb") as TARGET:\nTARGET.write(ARG)',
    ),
    row(`${P}.{touch,mkdir}`, ["recv"], "Path.write", "writes"),
    row(`${P}.{unlink,rmdir}`, ["recv"], "Path.unlink", "deletes"),
    row("os.{remove,unlink,rmdir,removedirs}", [0, "path", "name"], "os.remove", "deletes"),
    row("os.{makedirs,mkdir}", [0, "name", "path"], "os.makedirs", "writes"),
    row("os.{listdir,scandir,walk}", [0, "path", "top"], "os.listdir", "lists"),
    moving("os.{rename,replace}", [0, 1, "src", "dst"], "os.rename"),
    moving("shutil.{copy,copy2,copyfile,move}", [0, 1, "src", "dst"], "shutil"),
    row("shutil.copytree", [0, 1, "src", "dst"], "shutil", "writes"),
    row("shutil.rmtree", [0, "path"], "shutil.rmtree", "deletes"),
    row(
      "{starlette.responses.FileResponse,aiohttp.web.FileResponse,litestar.response.File}",
      [0, "path"],
      "FileResponse",
      "sends",
    ),
    // Its neighbour refuses names that climb, and asks for the same options.
    {
      path: "flask.send_file",
      args: [0, "path_or_file", "filename_or_fp"],
      kind: PATH,
      data: { api: "send_file", does: "sends", within: "flask.send_from_directory" },
    },
    row("quart.send_file", [0, "path_or_file", "filename_or_fp"], "send_file", "sends"),
    row(
      "{flask.send_from_directory,quart.send_from_directory}",
      [0, "directory"],
      "send_from_directory",
      "sends",
      undefined,
      1,
    ),
    // "May return invalid paths because it works a character at a time", as its documentation says.
    { path: "os.path.commonprefix", args: [], kind: "path-compare" },
  ],
  passes: [
    { path: "os.path.join()", from: ["*"], concat: true, absoluteWins: true },
    {
      path: "os.path.{realpath,abspath}()",
      from: [0],
      same: true,
      derive: "resolved",
      clears: ["behind"],
    },
    { path: "os.path.normpath()", from: [0], same: true, derive: "resolved" },
    { path: "os.path.{expanduser,expandvars,normcase}()", from: [0], same: true },
    { path: "os.fspath()", from: [0], same: true, keepsType: true },
    { path: "os.path.basename()", from: [0], derive: "part", clears: ["path"] },
    { path: "os.path.{splitext,split}()", from: [0], derive: "part" },
    {
      path: "os.path.splitext()[1]",
      from: ["recv"],
      derive: "part",
      clears: ["path", "piece"],
    },
    { path: "os.path.split()[1]", from: ["recv"], derive: "part", clears: ["path"] },
    { path: "ntpath.basename()", from: [0], derive: "part", clears: ["path"] },
    { path: "os.path.dirname()", from: [0], derive: "folder" },
    { path: "os.path.relpath()", from: [0], derive: "relative" },
    { path: "os.path.commonpath()", from: [0], derive: "folder" },
    { path: "os.path.commonprefix()", from: [0], derive: "part" },
    {
      path: "os.path.{exists,isfile,isdir,islink,getsize,getmtime,lexists}()",
      from: [],
      scalar: true,
    },
    {
      path: "pathlib.{Path,PurePath,PosixPath,WindowsPath,PurePosixPath,PureWindowsPath}()",
      from: ["*"],
      concat: true,
      absoluteWins: true,
    },
    { path: `${P}.joinpath()`, from: ["recv", "*"], concat: true, absoluteWins: true },
    {
      path: `${P}.resolve()`,
      from: ["recv"],
      same: true,
      derive: "resolved",
      clears: ["behind"],
    },
    { path: `${P}.{absolute,expanduser}()`, from: ["recv"], same: true },
    { path: `${P}.{with_name,with_suffix,with_stem}()`, from: ["recv", 0], derive: "part" },
    { path: `${P}.{name,stem}`, from: ["recv"], derive: "part", clears: ["path"] },
    { path: `${P}.suffix`, from: ["recv"], derive: "part", clears: ["path", "piece"] },
    { path: `${P}.{parent,parents}`, from: ["recv"], derive: "folder" },
    { path: `${P}.parts`, from: ["recv"] },
    { path: `${P}.relative_to()`, from: ["recv"], derive: "relative" },
    { path: `${P}.as_posix()`, from: ["recv"], same: true },
    { path: `${P}.{exists,is_file,is_dir,stat,is_symlink}()`, from: [], scalar: true },
    { path: "%/()", from: [0, 1], concat: true, absoluteWins: true },
    {
      path: "{werkzeug.utils.secure_filename,werkzeug.secure_filename,django.utils.text.get_valid_filename,slugify.slugify,pathvalidate.sanitize_filename,django.utils.text.slugify}()",
      from: [0],
      derive: "part",
      clears: ["path", "upload-path"],
    },
    {
      path: "{werkzeug.utils.safe_join,werkzeug.security.safe_join,flask.safe_join,django.utils._os.safe_join}()",
      from: ["*"],
      clears: ["path"],
    },
    // A file in memory: its content is no path.
    { path: "io.{BytesIO,StringIO}()", from: [0], clears: ["path", "upload-path"] },
    {
      path: "tempfile.{mkstemp,mkdtemp,NamedTemporaryFile,TemporaryDirectory,gettempdir}()",
      from: [],
      scalar: true,
    },
  ],
  guards: [
    {
      path: "shutil.{copy,copy2,copyfile,move}()",
      subject: 1,
      proves: "return",
      clears: [],
      writes: true,
    },
    {
      path: `${P}.{write_text,write_bytes}()`,
      subject: "recv",
      proves: "return",
      clears: [],
      writes: true,
    },
    {
      path: "*.is_relative_to()",
      subject: "recv",
      proves: "true",
      clears: ["in-folder"],
      needs: { arg: 0, is: "untainted" },
    },
    {
      path: `${P}.relative_to()`,
      subject: "recv",
      proves: "return",
      clears: ["in-folder"],
      needs: { arg: 0, is: "untainted" },
    },
    {
      path: `${P}.parents.%in()`,
      subject: "recv",
      proves: "true",
      clears: ["path"],
      needs: { arg: 0, is: "untainted" },
    },
    { path: "os.path.isabs()", subject: 0, proves: "false", clears: ["not-absolute"] },
    { path: `${P}.is_absolute()`, subject: "recv", proves: "false", clears: ["not-absolute"] },
    {
      path: `${P}.parts.%in()`,
      subject: "recv",
      proves: "false",
      clears: ["no-climb"],
      needs: { arg: 0, is: "climb" },
    },
  ],
  constants: { "{os.sep,os.path.sep}": "/" },
  hints: {
    send_file: ["flask.send_file"],
    FileResponse: ["starlette.responses.FileResponse"],
    aiofiles: ["aiofiles"],
  },
};

export default files;
