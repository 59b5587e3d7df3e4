/** JavaScript web frameworks: where requests come in and what types their objects have. */
import type { Model } from "../../../server/rule/rule.ts";

const VERBS = "{get,post,put,patch,delete,options,head,all,use}";
const EXPRESS = "{express(),express.Router(),express().route(),express.Router().route()}";

const web: Model = {
  language: "javascript",
  types: {
    "express()": ["express.Application()", "express.Express()"],
    // Each handler of a route gives the route again.
    "express().route()": [`express().route().${VERBS}()`, `express.Router().route().${VERBS}()`],
    "express.Request()": [
      `${EXPRESS}.${VERBS}.arg(*).param(0)`,
      `${EXPRESS}.param.arg(1).param(0)`,
      "express.{RequestHandler,Handler}().param(0)",
    ],
    "express.Response()": [
      `${EXPRESS}.${VERBS}.arg(*).param(1)`,
      `${EXPRESS}.param.arg(1).param(1)`,
      "express.{RequestHandler,Handler}().param(1)",
      "express.Response().{status,type,set,header,contentType,cookie}()",
    ],
    "fastify()": [
      "fastify.fastify()",
      "fastify.FastifyInstance()",
      "fastify.{FastifyPluginAsync,FastifyPluginCallback}().param(0)",
      "fastify().register.arg(0).param(0)",
      "fastify-plugin.arg(0).param(0)",
    ],
    "fastify.Request()": [
      "fastify().{get,post,put,patch,delete,head,options,all}.arg(*).param(0)",
      "fastify().{route.arg(0.handler),route.arg(0.preHandler),addHook.arg(1)}.param(0)",
      "fastify.FastifyRequest()",
    ],
    "fastify.Reply()": [
      "fastify().{get,post,put,patch,delete,head,options,all}.arg(*).param(1)",
      "fastify().{route.arg(0.handler),route.arg(0.preHandler),addHook.arg(1)}.param(1)",
      "fastify.FastifyReply()",
      "fastify.Reply().{code,status,type,header}()",
    ],
    "koa.Context()": [
      "koa().use.arg(*).param(0)",
      "{@koa/router(),koa-router(),@koa/router.Router()}.{get,post,put,patch,delete,del,all,use}.arg(*).param(0)",
      "koa.{Context,ParameterizedContext,DefaultContext}()",
    ],
    "hono.Hono()": [
      "hono.Hono().{get,post,put,patch,delete,options,all,on,use,route,basePath}()",
      "@hono/zod-openapi.OpenAPIHono()",
      "hono/quick.Hono()",
      "hono/tiny.Hono()",
    ],
    "hono.Context()": [
      "hono.Hono().{get,post,put,patch,delete,options,all,on,use,openapi}.arg(*).param(0)",
      "hono/factory.createMiddleware.arg(0).param(0)",
    ],
    "node.IncomingMessage()": [
      "{http,https,http2}.{createServer,createSecureServer}.arg(*).param(0)",
      "http.IncomingMessage()",
      "koa.Context().req",
      "fastify.Request().raw",
    ],
    "node.ServerResponse()": [
      "{http,https,http2}.{createServer,createSecureServer}.arg(*).param(1)",
      "http.ServerResponse()",
    ],
  },
  sources: [
    { path: "express.Request().{params,body}", kind: "remote", text: "request data" },
    // qs: allowPrototypes is false.
    { path: "express.Request().query", kind: "remote", text: "request data", safeNames: true },
    {
      path: "express.Request().{headers,cookies,signedCookies,rawHeaders}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "express.Request().{url,originalUrl,path}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    {
      path: "express.Request().{hostname,host,subdomains}",
      kind: "remote",
      text: "request data",
      of: "host",
    },
    {
      path: `${EXPRESS}.param.arg(1).param(3)`,
      kind: "remote",
      text: "a part of the address",
    },
    {
      path: "express.Request().{get,header}()",
      kind: "remote",
      text: "a request header",
      of: "sender",
    },
    { path: "express.Request().param()", kind: "remote", text: "request data" },
    { path: "fastify.Request().params", kind: "remote", text: "request data" },
    // fast-querystring gives an object without a prototype; secure-json-parse refuses the name.
    {
      path: "fastify.Request().{query,body}",
      kind: "remote",
      text: "request data",
      safeNames: true,
    },
    {
      path: "fastify.Request().{headers,cookies}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "fastify.Request().{url,originalUrl}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    {
      path: "fastify.Request().{hostname,host}",
      kind: "remote",
      text: "request data",
      of: "host",
    },
    {
      path: "koa.Context().{query,querystring,params}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "koa.Context().request.{body,rawBody,query,querystring}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "{koa.Context(),koa.Context().request}.{headers,header}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "{koa.Context(),koa.Context().request}.{url,originalUrl,path,search}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    {
      path: "{koa.Context(),koa.Context().request}.{href,URL}",
      kind: "remote",
      text: "request data",
      of: "address",
    },
    {
      path: "{koa.Context(),koa.Context().request}.origin",
      kind: "remote",
      text: "request data",
      of: "origin",
    },
    {
      path: "{koa.Context(),koa.Context().request}.{host,hostname,subdomains}",
      kind: "remote",
      text: "request data",
      of: "host",
    },
    {
      path: "koa.Context().{get,cookies.get,request.get}()",
      kind: "remote",
      text: "a request header",
      of: "sender",
    },
    {
      path: "hono.Context().req.{query,queries,param,json,text,parseBody,formData,blob,arrayBuffer,valid}()",
      kind: "remote",
      text: "request data",
    },
    {
      path: "hono.Context().req.header()",
      kind: "remote",
      text: "a request header",
      of: "sender",
    },
    { path: "hono.Context().req.url", kind: "remote", text: "the address", of: "address" },
    { path: "hono.Context().req.path", kind: "remote", text: "the address", of: "path" },
    { path: "node.IncomingMessage().url", kind: "remote", text: "request data", of: "path" },
    {
      path: "node.IncomingMessage().{headers,rawHeaders}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "node.IncomingMessage().on.arg(1).param(0)",
      kind: "remote",
      text: "the request body",
      only: "^data$",
    },
    { path: "node.IncomingMessage()[*]", kind: "remote", text: "the request body" },
    { path: "next.Request().nextUrl.searchParams", kind: "remote", text: "request data" },
    { path: "next.Request().url", kind: "remote", text: "request data", of: "address" },
    {
      path: "next.Request().{headers,cookies}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    { path: "next.Request().{json,text,formData}()", kind: "remote", text: "the request body" },
  ],
  ends: ["koa.Context().throw()"],
  hints: {
    app: ["express()"],
    router: ["express.Router()"],
    req: ["express.Request()"],
    request: ["express.Request()"],
    res: ["express.Response()"],
    ctx: ["koa.Context()"],
  },
};

export default web;
