/** JavaScript frameworks: sessions in cookies, and what keeps requests of other sites away from them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CSRF: SinkKind = "csrf";
/** The fields are those of the Python rows; `object` is where the options of the cookie are. */
const row = (path: string, data: Readonly<Record<string, string | number | boolean>>) => ({
  path,
  args: [],
  kind: CSRF,
  data,
});
const session = (path: string, api: string, options: string) =>
  row(path, { role: "session", api, object: options, sameSite: `${options}.sameSite` });

const csrf: Model = {
  language: "javascript",
  sinks: [
    session("express-session", "express-session", "0.cookie"),
    session("cookie-session", "cookie-session", "0"),
    session("koa-session", "koa-session", "0"),
    session("koa-generic-session", "koa-generic-session", "0.cookie"),
    session("@fastify/session.passed", "@fastify/session", "1.cookie"),
    session("@fastify/secure-session.passed", "@fastify/secure-session", "1.cookie"),
    ...[
      "{csurf,@dr.pogodin/csurf,tiny-csrf,lusca,lusca.csrf,koa-csrf,hono/csrf.csrf}",
      "{csrf-csrf.doubleCsrf,csrf-sync.csrfSync,csrf}",
      "@fastify/csrf-protection.passed",
    ].map((path) => row(path, { role: "protects" })),
    ...[
      "{express.urlencoded,body-parser.urlencoded,body-parser,multer,express-fileupload}",
      "{koa-bodyparser,koa-body,koa-body.koaBody,@koa/bodyparser.bodyParser}",
      "{@fastify/formbody,@fastify/multipart}.passed",
    ].map((path) => row(path, { role: "forms" })),
  ],
  deeds: [
    ...[
      "express.Request().{session,cookies,signedCookies,isAuthenticated()}",
      "fastify.Request().{session,cookies}",
      "koa.Context().{session,cookies,isAuthenticated()}",
    ].map((path) => ({ path, does: "by-cookie" as const })),
    ...["express.Request().body", "fastify.Request().body", "koa.Context().request.body"].map(
      (path) => ({ path, does: "reads-json" as const }),
    ),
  ],
};

export default csrf;
