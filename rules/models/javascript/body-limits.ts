/** JavaScript parsers of request bodies: how much they take, and where they put it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LIMIT: SinkKind = "body-limit";
/**
 * `limits` is where the limits of an upload are, which has none without; `file` the option among them; `disk` options that put it into
 * files, `storage` where an object is that says so. `most` is where the size of a body is, for which there is a small limit without.
 */
const row = (path: string, data: Readonly<Record<string, string>>) => ({
  path,
  args: [],
  kind: LIMIT,
  data,
});

const limits: Model = {
  language: "javascript",
  sinks: [
    // Which files such a parser takes: none at all, or some.
    { path: "multer().none", args: [], kind: LIMIT, data: { takes: "nothing" } },
    { path: "multer().{single,array,fields,any}", args: [], kind: LIMIT, data: { takes: "files" } },
    // https://github.com/expressjs/multer#limits: Infinity.
    row("multer", {
      api: "multer",
      limits: "0.limits",
      size: "0.limits.fileSize",
      disk: "0.dest",
      storage: "0.storage",
      memory: "multer.memoryStorage()",
    }),
    // https://github.com/richardgirges/express-fileupload#using-busboy-options: those of busboy, Infinity.
    row("express-fileupload", {
      api: "express-fileupload",
      limits: "0.limits",
      size: "0.limits.fileSize",
      disk: "0.useTempFiles",
    }),
    // 100 kilobytes without: https://expressjs.com/en/5x/api.html#express.json
    row("{express,body-parser}.{json,urlencoded,raw,text}", {
      api: "the body parser",
      most: "0.limit",
    }),
    // One megabyte without: https://fastify.dev/docs/latest/Reference/Server/#bodylimit
    row("fastify", { api: "Fastify", most: "0.bodyLimit" }),
  ],
};

export default limits;
