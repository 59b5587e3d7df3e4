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
    {
      path: "express.Request().{query,params,body,headers,cookies,signedCookies,url,originalUrl,path,hostname,host,subdomains,rawHeaders}",
      kind: "remote",
      text: "request data",
    },
    {
      path: `${EXPRESS}.param.arg(1).param(3)`,
      kind: "remote",
      text: "a part of the address",
    },
    { path: "express.Request().{get,header,param}()", kind: "remote", text: "a request header" },
    {
      path: "fastify.Request().{query,params,body,headers,cookies,url,originalUrl,hostname,host}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "koa.Context().{query,querystring,search,params,headers,header,url,originalUrl,href,path,host,hostname,origin,URL,subdomains}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "koa.Context().request.{body,rawBody,query,querystring,search,headers,header,url,originalUrl,href,path,host,hostname,origin,URL}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "koa.Context().{get,cookies.get,request.get}()",
      kind: "remote",
      text: "a request header",
    },
    {
      path: "hono.Context().req.{query,queries,param,header,json,text,parseBody,formData,blob,arrayBuffer,valid}()",
      kind: "remote",
      text: "request data",
    },
    { path: "hono.Context().req.{url,path}", kind: "remote", text: "the address" },
    {
      path: "node.IncomingMessage().{url,headers,rawHeaders}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "node.IncomingMessage().on.arg(1).param(0)",
      kind: "remote",
      text: "the request body",
      only: "^data$",
    },
    { path: "node.IncomingMessage()[*]", kind: "remote", text: "the request body" },
    {
      path: "next.Request().{nextUrl.searchParams,url,headers,cookies}",
      kind: "remote",
      text: "request data",
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
