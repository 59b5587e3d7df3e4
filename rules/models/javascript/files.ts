/** JavaScript files and paths: where a path is opened, changed or sent, how paths are put together, and what confines them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const PATH: SinkKind = "path";
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  does: "reads" | "lists" | "writes" | "deletes" | "sends",
  /** Where the mode is given that it is opened in: "1|flags". */
  mode?: string,
) => ({
  path,
  args,
  kind: PATH,
  data: { api, does, ...(mode === undefined ? {} : { mode }) },
});
/** It writes over what is there, unless it is told not to, by the option at this place; of what moves a file, the "target". */
const overwriting = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  replaces: string,
) => ({ path, args, kind: PATH, data: { api, does: "writes", replaces } });
const FS = "{fs,fs/promises,fs.promises,fs-extra,graceful-fs}";
const PATHLIB = "{path,path.posix,path.win32,path/posix}";

const files: Model = {
  language: "javascript",
  sinks: [
    row(
      `${FS}.{readFile,readFileSync,createReadStream,readlink,readlinkSync,readJson,readJsonSync}`,
      [0],
      "fs.readFile",
      "reads",
    ),
    row(`${FS}.{open,openSync}`, [0], "fs.readFile", "reads", "1|flags"),
    row(`${FS}.{readdir,readdirSync,opendir}`, [0], "fs.readFile", "lists"),
    overwriting(
      `${FS}.{writeFile,writeFileSync,outputFile,outputFileSync}`,
      [0],
      "fs.writeFile",
      "2.flag",
    ),
    overwriting(`${FS}.createWriteStream`, [0], "fs.writeFile", "1.flags"),
    row(
      `${FS}.{appendFile,appendFileSync,mkdir,mkdirSync,writeJson,writeJsonSync,ensureDir,truncate,chmod,chown}`,
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
    overwriting(`${FS}.{rename,renameSync,copyFile,copyFileSync}`, [0, 1], "fs.rename", "target"),
    row(
      `${FS}.{cp,cpSync,copy,copySync,move,moveSync,symlink,symlinkSync}`,
      [0, 1],
      "fs.rename",
      "writes",
    ),
    // With `root` it refuses names that climb: https://expressjs.com/en/5x/api.html#res.sendFile
    {
      path: "express.Response().sendFile",
      args: [0],
      kind: PATH,
      data: { api: "res.sendFile", does: "sends", within: "option:root" },
    },
    row("express.Response().download", [0], "res.sendFile", "sends"),
    row("globalThis.Bun.{file,write}", [0], "Bun.file", "reads"),
    row(
      "globalThis.Deno.{readTextFile,readFile,writeTextFile,writeFile,open,remove,readTextFileSync,readFileSync}",
      [0],
      "Deno.readFile",
      "reads",
    ),
  ],
  passes: [
    { path: `${PATHLIB}.join()`, from: ["*"], concat: true, derive: "resolved" },
    {
      path: `${PATHLIB}.resolve()`,
      from: ["*"],
      concat: true,
      absoluteWins: true,
      derive: "resolved",
      clears: ["behind"],
    },
    { path: `${PATHLIB}.normalize()`, from: [0], same: true, derive: "resolved" },
    {
      path: `${FS}.{realpath,realpathSync}()`,
      from: [0],
      same: true,
      derive: "resolved",
      clears: ["behind"],
    },
    { path: `${PATHLIB}.basename()`, from: [0], derive: "part", clears: ["path"] },
    { path: `${PATHLIB}.extname()`, from: [0], derive: "part", clears: ["path", "piece"] },
    { path: `${PATHLIB}.dirname()`, from: [0], derive: "folder" },
    { path: `${PATHLIB}.relative()`, from: [0, 1], derive: "relative" },
    { path: `${PATHLIB}.{format,parse}()`, from: ["*"] },
    {
      path: "*.replace()",
      from: ["recv", 1],
      clears: ["no-climb"],
      needs: { arg: 0, is: "climbs-pattern" },
    },
    {
      path: "*.replaceAll()",
      from: ["recv", 1],
      clears: ["no-climb"],
      needs: { arg: 0, is: "climbs" },
    },
    {
      path: "*.replace()",
      from: ["recv", 1],
      clears: ["no-climb-at-start"],
      needs: { arg: 0, is: "climbs-at-start" },
    },
    { path: `${PATHLIB}.isAbsolute()`, from: [], scalar: true },
    { path: "path.parse().{base,name}", from: ["recv"], derive: "part", clears: ["path"] },
    { path: "path.parse().ext", from: ["recv"], derive: "part", clears: ["path", "piece"] },
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
      path: `${FS}.{copyFile,copyFileSync,rename,renameSync}()`,
      subject: 1,
      proves: "return",
      clears: [],
      writes: true,
    },
    {
      path: `${FS}.{writeFile,writeFileSync}()`,
      subject: 0,
      proves: "return",
      clears: [],
      writes: true,
    },
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "true",
      clears: ["beside-folder"],
      needs: { arg: 0, is: "untainted" },
    },
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "true",
      clears: ["in-folder"],
      needs: { arg: 0, is: "folder" },
    },
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "false",
      clears: ["no-climb-at-start"],
      needs: { arg: 0, is: "climb" },
    },
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "false",
      clears: ["not-absolute"],
      needs: { arg: 0, is: "slash" },
    },
    {
      path: "*.includes()",
      subject: "recv",
      proves: "false",
      clears: ["no-climb"],
      needs: { arg: 0, is: "climb" },
      pieces: false,
    },
    {
      path: "*.{includes,%equals}()",
      subject: "recv",
      proves: "false",
      clears: ["no-climb"],
      needs: { arg: 0, is: "among", values: [".."] },
      pieces: true,
    },
    {
      path: "*.includes()",
      subject: 0,
      proves: "false",
      clears: ["no-climb"],
      needs: { arg: "recv", is: "holding", values: [".."] },
      pieces: true,
    },
    {
      path: "*.includes()",
      subject: "recv",
      proves: "false",
      clears: ["path"],
      needs: { arg: 0, is: "slash" },
    },
    {
      path: "*.test()",
      subject: 0,
      proves: "false",
      clears: ["no-climb"],
      needs: { arg: "recv", is: "climb" },
    },
    {
      path: "*.indexOf()",
      subject: "recv",
      proves: "absent",
      clears: ["no-climb"],
      needs: { arg: 0, is: "climb" },
    },
    {
      path: "*.indexOf()",
      subject: "recv",
      proves: "absent",
      clears: ["path"],
      needs: { arg: 0, is: "slash" },
    },
    {
      path: "*.indexOf()",
      subject: "recv",
      proves: "start",
      clears: ["beside-folder"],
      needs: { arg: 0, is: "untainted" },
    },
    {
      path: "*.indexOf()",
      subject: "recv",
      proves: "start",
      clears: ["in-folder"],
      needs: { arg: 0, is: "folder" },
    },
    { path: `${PATHLIB}.isAbsolute()`, subject: 0, proves: "false", clears: ["not-absolute"] },
    { path: "{path-is-inside,is-path-inside}()", subject: 0, proves: "true", clears: ["path"] },
  ],
  constants: { [`${PATHLIB}.sep`]: "/" },
  hints: {
    fs: ["fs"],
    path: ["path"],
  },
};

export default files;
