/** JavaScript web frameworks: where requests come in and what types their objects have. */
import type { Model } from "../../../server/rule/rule.ts";

const VERBS = "{get,post,put,patch,delete,options,head,all,use}";
const EXPRESS = "{express(),express.Router(),express().route(),express.Router().route()}";

const web: Model = {
  language: "javascript",
  types: {
    "express.Request()": [`${EXPRESS}.${VERBS}.arg(*).param(0)`],
    "express.Response()": [
      `${EXPRESS}.${VERBS}.arg(*).param(1)`,
      "express.Response().{status,type,set,header,contentType,cookie}()",
    ],
    "fastify.Request()": [
      "{fastify(),fastify.fastify()}.{get,post,put,patch,delete,all}.arg(*).param(0)",
    ],
    "fastify.Reply()": [
      "{fastify(),fastify.fastify()}.{get,post,put,patch,delete,all}.arg(*).param(1)",
      "fastify.Reply().{code,status,type,header}()",
    ],
    "koa.Context()": [
      "koa().use.arg(*).param(0)",
      "{@koa/router(),koa-router()}.{get,post,put,patch,delete,all}.arg(*).param(0)",
    ],
    "hono.Context()": ["hono.Hono().{get,post,put,patch,delete,all,use}.arg(*).param(0)"],
    "node.IncomingMessage()": ["{http,https}.createServer.arg(*).param(0)"],
    "node.ServerResponse()": ["{http,https}.createServer.arg(*).param(1)"],
    "next.Request()": ["next/server.NextRequest()"],
  },
  sources: [
    {
      path: "express.Request().{query,params,body,headers,cookies,url,originalUrl,path,hostname}",
      kind: "remote",
      text: "request data",
    },
    { path: "express.Request().{get,header,param}()", kind: "remote", text: "a request header" },
    {
      path: "fastify.Request().{query,params,body,headers,url}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "koa.Context().{query,params,request.body,request.query,headers,url,path}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "hono.Context().req.{query,param,header,json,text,parseBody,formData}()",
      kind: "remote",
      text: "request data",
    },
    { path: "node.IncomingMessage().{url,headers}", kind: "remote", text: "request data" },
    {
      path: "next.Request().{nextUrl.searchParams,url,headers,cookies}",
      kind: "remote",
      text: "request data",
    },
    { path: "next.Request().{json,text,formData}()", kind: "remote", text: "the request body" },
  ],
  hints: {
    app: ["express()"],
    router: ["express.Router()"],
    req: ["express.Request()"],
    request: ["express.Request()"],
    res: ["express.Response()"],
  },
};

export default web;
