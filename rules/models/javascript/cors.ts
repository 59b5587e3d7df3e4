/** JavaScript libraries and headers that tell browsers which other sites may read answers. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CORS: SinkKind = "cors";
const HEADER: SinkKind = "header";
const NAMES = ["Access-Control-Allow-Origin", "access-control-allow-origin"];
const within = (spec: string): string[] => NAMES.map((n) => `${spec}.${n}`);

/** The fields are those of the Python rows; `yes` says what `origin: true` sends. */
const row = (
  path: string,
  options: string,
  data: Readonly<Record<string, string | number | boolean>>,
) => ({
  path,
  args: [],
  kind: CORS,
  data: {
    origins: options
      .split("|")
      .map((o) => `${o}.origin`)
      .join("|"),
    credentials: options
      .split("|")
      .map((o) => `${o}.credentials`)
      .join("|"),
    otherwise: "*",
    wildcard: "literal",
    lists: false,
    yes: "echo",
    regex: "search",
    fill: "process.env.APP_ORIGIN ?? false",
    ...data,
  },
});

const cors: Model = {
  language: "javascript",
  types: {
    "next.Response()": [
      "next/server.NextResponse.{json,next,redirect,rewrite}()",
      "next/server.NextResponse()",
      "globalThis.Response()",
    ],
  },
  sinks: [
    row("cors", "0", { api: "cors()", library: "cors" }),
    row("{@fastify/cors,fastify-cors}.passed", "1", {
      api: "@fastify/cors",
      library: "@fastify/cors",
      lists: true,
    }),
    row("{@koa/cors,koa2-cors,kcors}", "0", {
      api: "@koa/cors",
      library: "@koa/cors",
      wildcard: "echo",
      yes: "",
      fill: '() => process.env.APP_ORIGIN ?? ""',
    }),
    row("hono/cors.cors", "0", {
      api: "hono/cors",
      library: "hono",
      yes: "",
      fill: '[process.env.APP_ORIGIN ?? ""]',
    }),
    row("@nestjs/core.NestFactory.create().enableCors", "0", {
      api: "enableCors",
      library: "Nest",
    }),
    row("@nestjs/core.NestFactory.create", "1.cors", {
      api: "NestFactory.create",
      library: "Nest",
    }),
    row("socket.io.Server", "1.cors|0.cors", { api: "socket.io", library: "socket.io" }),
    {
      path: "express.Response().{setHeader,set,header,append}",
      args: [1, ...within("0")],
      kind: HEADER,
      data: { name: "0" },
    },
    {
      path: "{express.Response(),node.ServerResponse()}.writeHead",
      args: [...within("1"), ...within("2")],
      kind: HEADER,
      data: {},
    },
    {
      path: "node.ServerResponse().{setHeader,appendHeader}",
      args: [1],
      kind: HEADER,
      data: { name: "0" },
    },
    { path: "fastify.Reply().header", args: [1], kind: HEADER, data: { name: "0" } },
    { path: "fastify.Reply().headers", args: within("0"), kind: HEADER, data: {} },
    {
      path: "koa.Context().{set,response.set,append}",
      args: [1, ...within("0")],
      kind: HEADER,
      data: { name: "0" },
    },
    {
      path: "hono.Context().{header,res.headers.set}",
      args: [1],
      kind: HEADER,
      data: { name: "0" },
    },
    { path: "next.Response().headers.{set,append}", args: [1], kind: HEADER, data: { name: "0" } },
    {
      path: "{globalThis.Response,globalThis.Response.json,next/server.NextResponse,next/server.NextResponse.json}",
      args: within("1.headers"),
      kind: HEADER,
      data: {},
    },
  ],
  hints: { cors: ["cors"] },
};

export default cors;
