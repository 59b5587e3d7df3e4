/** JavaScript: applications, what they show pages with, and what sets headers that protect these. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const HEADERS: SinkKind = "headers";
/**
 * `role`: makes an application ("app"); takes a middleware in its arguments ("use"), of which those of the packages in `harmless` set no such
 * header; sends a page ("page"); sets the headers ("protects").
 */
const row = (path: string, role: string, data: Readonly<Record<string, string>> = {}) => ({
  path,
  args: [],
  kind: HEADERS,
  data: { role, ...data },
});

const harmless =
  "express|body-parser|cookie-parser|cookie-session|express-session|cors|morgan|compression|method-override|multer|serve-favicon|serve-static|connect-flash|passport|pino-http|csurf|express-rate-limit|koa|@koa/router|koa-router|@koa/cors|koa-bodyparser|koa-static|@koa/bodyparser|koa-session|koa-logger|hono|hono/cors|hono/logger|@hono/node-server";

const headers: Model = {
  language: "javascript",
  sinks: [
    row("express", "app", { name: "Express", helmet: "helmet" }),
    row("koa", "app", { name: "Koa", helmet: "koa-helmet" }),
    row("hono.Hono", "app", { name: "Hono", helmet: "secureHeaders of hono/secure-headers" }),
    row("{express(),express.Router(),koa(),hono.Hono()}.use", "use", { harmless }),
    row("express.Response().{render,sendFile}", "page"),
    row("express.static", "page"),
    row("koa.Context().render", "page"),
    row("koa-static", "page"),
    row("@hono/node-server/serve-static.serveStatic", "page"),
    row("hono.Context().{html,render}", "page"),
    row("{helmet,koa-helmet,hono/secure-headers.secureHeaders,lusca}", "protects"),
    row(
      "{helmet,lusca}.{contentSecurityPolicy,hsts,strictTransportSecurity,frameguard,xFrameOptions,noSniff,xContentTypeOptions,csp,xframe,nosniff}",
      "protects",
    ),
  ],
};

export default headers;
