/** JavaScript web frameworks: what goes out to the client, and where errors come in to be answered. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const RESPONSE: SinkKind = "response";
/** `body` is what a replaced value must look like: a JSON document, a line of text, or whatever stands there. */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  body: "json" | "text" | "value",
) => ({ path, args, kind: RESPONSE, data: { api, body } });

const EXPRESS = "{express(),express.Router()}";
const ERROR = "globalThis.%exception()";
const FASTIFY = "{fastify(),fastify.fastify()}";
const TOLD = "the error holds internal details";

const responses: Model = {
  language: "javascript",
  types: {
    "express.Request()": [`${EXPRESS}.use.arg(*).of4.param(1)`],
    "express.Response()": [
      `${EXPRESS}.use.arg(*).of4.param(2)`,
      "express.Response().{append,attachment,links,location,vary,format}()",
    ],
    "fastify.Request()": [`${FASTIFY}.setErrorHandler.arg(0).param(1)`],
    "fastify.Reply()": [`${FASTIFY}.setErrorHandler.arg(0).param(2)`],
    "hono.Context()": ["hono.Hono().onError.arg(0).param(1)"],
    [ERROR]: [
      `${EXPRESS}.use.arg(*).of4.param(0)`,
      `${FASTIFY}.setErrorHandler.arg(0).param(0)`,
      "hono.Hono().onError.arg(0).param(0)",
      "*.catch.arg(0).param(0)",
      "*.then.arg(1).param(0)",
    ],
  },
  aliases: {
    "express.NextFunction": "express.Next",
    "{Response,globalThis.window.Response}": "globalThis.Response",
  },
  sources: [
    {
      path: `${EXPRESS}.use.arg(*).of4.param(0)`,
      kind: "exception",
      text: "the error that was not handled",
    },
    {
      path: `${FASTIFY}.setErrorHandler.arg(0).param(0)`,
      kind: "exception",
      text: "the error that was not handled",
    },
    {
      path: "hono.Hono().onError.arg(0).param(0)",
      kind: "exception",
      text: "the error that was not handled",
    },
    { path: "*.catch.arg(0).param(0)", kind: "exception", text: TOLD },
    { path: "*.then.arg(1).param(0)", kind: "exception", text: TOLD },
    {
      path: "{mysql,mysql2}.{createConnection,createPool}().{query,execute}.arg(*).param(0)",
      kind: "exception",
      text: "the database's error",
    },
    {
      path: "{pg.Client(),pg.Pool()}.query.arg(*).param(0)",
      kind: "exception",
      text: "the database's error",
    },
    {
      path: "sqlite3.Database().{run,all,get,each,exec}.arg(*).of{1,2}.param(0)",
      kind: "exception",
      text: "the database's error",
    },
    {
      path: "{fs,graceful-fs,fs-extra}.{readFile,writeFile,appendFile,readdir,unlink,mkdir,rename,stat,access,rm,copyFile,open}.arg(*).param(0)",
      kind: "exception",
      text: "the file system's error",
    },
    {
      path: "{child_process.exec,child_process.execFile}.arg(*).param(0)",
      kind: "exception",
      text: "the process's error",
    },
  ],
  sinks: [
    row("express.Response().{json,jsonp}", [0], "res.json", "json"),
    row("express.Response().{send,end,write}", [0], "res.send", "text"),
    row("express.Response().render", [1], "res.render", "value"),
    row("fastify.Reply().send", [0], "reply.send", "json"),
    row(`${FASTIFY}.{get,post,put,patch,delete,all}.arg(*).result`, [], "the route", "json"),
    row("koa.Context().body=", [], "ctx.body", "json"),
    row("koa.Context().response.body=", [], "ctx.body", "json"),
    row("koa.Context().throw", [1], "ctx.throw", "text"),
    row("hono.Context().json", [0], "c.json", "json"),
    row("hono.Context().{text,html,body}", [0], "c.text", "text"),
    row("node.ServerResponse().{end,write}", [0], "res.end", "text"),
    row("next/server.NextResponse.json", [0], "NextResponse.json", "json"),
    row("next/server.NextResponse", [0], "NextResponse", "text"),
    row("globalThis.Response.json", [0], "Response.json", "json"),
    row("globalThis.Response", [0], "Response", "text"),
    row(
      "@nestjs/common.{HttpException,InternalServerErrorException,BadGatewayException,ServiceUnavailableException,GatewayTimeoutException}",
      [0],
      "the exception",
      "text",
    ),
    row("@trpc/server.TRPCError", ["0.message"], "TRPCError", "text"),
    row("@sveltejs/kit.{json,error}", [0, 1], "the response", "value"),
  ],
  hints: {
    reply: ["fastify.Reply()"],
    ctx: ["koa.Context()"],
    NextResponse: ["next/server.NextResponse"],
    err: [ERROR],
    error: [ERROR],
  },
};

export default responses;
