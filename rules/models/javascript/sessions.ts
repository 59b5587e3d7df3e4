/** JavaScript frameworks: secrets that sign sessions, and cookies. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SESSION: SinkKind = "session";
const COOKIE: SinkKind = "cookie";
type Data = Readonly<Record<string, string | number | boolean>>;
/** The fields are those of the Python rows. */
const secret = (path: string, key: string, api: string) => ({
  path,
  args: [],
  kind: SESSION,
  data: { key, api, variable: "SESSION_SECRET" },
});
const cookie = (path: string, data: Data) => ({ path, args: [], kind: COOKIE, data });
const flags = (at: number) => ({
  name: String(at - 2),
  value: String(at - 1),
  options: at,
  secure: `${at}.secure`,
  httpOnly: `${at}.httpOnly`,
});

const sessions: Model = {
  language: "javascript",
  sinks: [
    secret("express-session", "0.secret", "express-session"),
    secret("cookie-session", "0.keys|0.secret", "cookie-session"),
    secret("cookie-parser", "0", "cookie-parser"),
    secret("koa().keys=", "", "Koa"),
    secret("iron-session.getIronSession", "2.password", "iron-session"),
    secret("@fastify/cookie.passed", "1.secret", "@fastify/cookie"),
    secret("@fastify/session.passed", "1.secret", "@fastify/session"),
    secret("@fastify/secure-session.passed", "1.key|1.secret", "@fastify/secure-session"),
    secret("hono/cookie.setSignedCookie", "3", "hono/cookie"),
    cookie("express.Response().cookie", flags(2)),
    cookie("fastify.Reply().{setCookie,cookie}", flags(2)),
    // Koa's cookies are HttpOnly unless they say otherwise.
    cookie("koa.Context().cookies.set", { ...flags(2), usual: "httpOnly" }),
    cookie("hono/cookie.setCookie", flags(3)),
    cookie("hono/cookie.setSignedCookie", { ...flags(4), name: "1", value: "2" }),
    cookie("next/headers.cookies().set", flags(2)),
    cookie("express-session", { switches: "0.cookie.secure:secure,0.cookie.httpOnly:httpOnly" }),
    cookie("cookie-session", { switches: "0.secure:secure,0.httpOnly:httpOnly" }),
    cookie("iron-session.getIronSession", {
      switches: "2.cookieOptions.secure:secure,2.cookieOptions.httpOnly:httpOnly",
    }),
    cookie("{@fastify/session,@fastify/secure-session}.passed", {
      switches: "1.cookie.secure:secure,1.cookie.httpOnly:httpOnly",
    }),
  ],
};

export default sessions;
