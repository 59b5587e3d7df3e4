/** JavaScript files and paths: where a path is opened, changed or sent, how paths are put together, and what confines them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const PATH: SinkKind = "path";
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  does: "reads" | "writes" | "deletes" | "sends",
) => ({ path, args, kind: PATH, data: { api, does } });
const FS = "{fs,fs/promises,fs.promises,fs-extra,graceful-fs}";
const PATHLIB = "{path,path.posix,path.win32,path/posix}";

const files: Model = {
  language: "javascript",
  types: {
    "path.Resolved()": [`${PATHLIB}.{resolve,join,normalize}()`, `${FS}.{realpath,realpathSync}()`],
    "path.Relative()": [`${PATHLIB}.relative()`],
    "path.sep": [`{path.posix,path.win32,path/posix}.sep`],
  },
  sinks: [
    row(
      `${FS}.{readFile,readFileSync,createReadStream,readdir,readdirSync,open,openSync,readlink,readlinkSync,opendir,readJson,readJsonSync}`,
      [0],
      "fs.readFile",
      "reads",
    ),
    row(
      `${FS}.{writeFile,writeFileSync,appendFile,appendFileSync,createWriteStream,mkdir,mkdirSync,outputFile,outputFileSync,writeJson,writeJsonSync,ensureDir,truncate,chmod,chown}`,
      [0],
      "fs.writeFile",
      "writes",
    ),
    row(
      `${FS}.{unlink,unlinkSync,rm,rmSync,rmdir,rmdirSync,remove,removeSync}`,
      [0],
      "fs.unlink",
      "deletes",
    ),
    row(
      `${FS}.{rename,renameSync,copyFile,copyFileSync,cp,cpSync,copy,copySync,move,moveSync,symlink,symlinkSync}`,
      [0, 1],
      "fs.rename",
      "writes",
    ),
    row("express.Response().{sendFile,download}", [0], "res.sendFile", "sends"),
    row("globalThis.Bun.{file,write}", [0], "Bun.file", "reads"),
    row(
      "globalThis.Deno.{readTextFile,readFile,writeTextFile,writeFile,open,remove,readTextFileSync,readFileSync}",
      [0],
      "Deno.readFile",
      "reads",
    ),
  ],
  passes: [
    { path: `${PATHLIB}.{join,resolve}()`, from: ["*"], concat: true },
    { path: `${PATHLIB}.normalize()`, from: [0], same: true },
    { path: `${FS}.{realpath,realpathSync}()`, from: [0], same: true },
    { path: `${PATHLIB}.{basename,extname}()`, from: [0], derive: "part", clears: ["path"] },
    { path: `${PATHLIB}.dirname()`, from: [0], derive: "part" },
    { path: `${PATHLIB}.{relative,format,parse}()`, from: ["*"] },
    { path: `${PATHLIB}.isAbsolute()`, from: [], scalar: true },
    { path: "path.parse().{base,name,ext}", from: ["recv"], derive: "part", clears: ["path"] },
    {
      path: "{sanitize-filename,filenamify,slugify,@sindresorhus/slugify}()",
      from: [0],
      derive: "part",
      clears: ["path", "upload-path"],
    },
    {
      path: `${FS}.{existsSync,exists,stat,statSync,lstat,lstatSync,access,accessSync}()`,
      from: [],
      scalar: true,
    },
  ],
  guards: [
    {
      path: "path.Resolved().startsWith()",
      subject: "recv",
      proves: "true",
      clears: ["path"],
      needs: { arg: 0, is: "untainted" },
    },
    {
      path: "path.Resolved().indexOf()",
      subject: "recv",
      proves: "start",
      clears: ["path"],
      needs: { arg: 0, is: "untainted" },
    },
    { path: "path.Resolved().indexOf()", subject: "recv", proves: "found", clears: [] },
    { path: "path.Relative().startsWith()", subject: "recv", proves: "false", clears: ["path"] },
    { path: "*.includes()", subject: "recv", proves: "true", clears: [] },
    { path: "{path-is-inside,is-path-inside}()", subject: 0, proves: "true", clears: ["path"] },
  ],
  hints: {
    fs: ["fs"],
    path: ["path"],
  },
};

export default files;
