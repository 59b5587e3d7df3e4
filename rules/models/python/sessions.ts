/** Python frameworks: secrets that sign sessions, and cookies. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SESSION: SinkKind = "session";
const COOKIE: SinkKind = "cookie";
type Data = Readonly<Record<string, string | number | boolean>>;
/** `key` is where the secret is, or nothing for an assignment; `variable` the environment variable a fix reads. */
const secret = (path: string, key: string, data: Data) => ({
  path,
  args: [],
  kind: SESSION,
  data: { key, ...data },
});
/**
 * A cookie: where its `name`, its `value` and its switches are. `off` in place of these names the switch that a setting of this
 * name is ("secure", "httpOnly"). A variable that any module may have counts only beside such a text or in such a file.
 * `redirects` is the setting that sends all that comes over HTTP to HTTPS, `unless` one that makes exceptions, `by` the list and the
 * entry in it that does so.
 */
const cookie = (path: string, data: Data) => ({ path, args: [], kind: COOKIE, data });

const DJANGO = {
  beside: "\\b(?:INSTALLED_APPS|ROOT_URLCONF|MIDDLEWARE|WSGI_APPLICATION)\\b",
  files: "(?:^|/)settings(?:/\\w+)?\\.py$",
};
const SERIALIZERS =
  "{Serializer,TimedSerializer,URLSafeSerializer,URLSafeTimedSerializer,Signer,TimestampSigner}";
const FLAGS = { name: "0|key", value: "1|value", secure: "secure|6", httpOnly: "httponly|7" };

const sessions: Model = {
  language: "python",
  sinks: [
    secret("flask.Flask().{secret_key,config.SECRET_KEY}=", "", {
      api: "Flask",
      variable: "SECRET_KEY",
    }),
    secret("flask.Flask().config.{update,from_mapping}", "SECRET_KEY|0.SECRET_KEY", {
      api: "Flask",
      variable: "SECRET_KEY",
    }),
    secret("flask.Flask().config.JWT_SECRET_KEY=", "", {
      api: "Flask-JWT-Extended",
      variable: "JWT_SECRET_KEY",
      tokens: true,
    }),
    secret("quart.Quart().{secret_key,config.SECRET_KEY}=", "", {
      api: "Quart",
      variable: "SECRET_KEY",
    }),
    secret("%module.SECRET_KEY=", "", { api: "Django", variable: "DJANGO_SECRET_KEY", ...DJANGO }),
    secret("starlette.middleware.sessions.SessionMiddleware", "1|secret_key", {
      api: "SessionMiddleware",
      variable: "SESSION_SECRET",
    }),
    secret("starlette.middleware.sessions.SessionMiddleware.passed", "secret_key", {
      api: "SessionMiddleware",
      variable: "SESSION_SECRET",
    }),
    secret(`itsdangerous.${SERIALIZERS}`, "0|secret_key", {
      api: "itsdangerous",
      variable: "SECRET_KEY",
    }),
    secret("tornado.web.Application", "cookie_secret", {
      api: "tornado.web.Application",
      variable: "COOKIE_SECRET",
    }),
    cookie(
      "{starlette.responses.Response(),flask.Response(),django.http.HttpResponse(),aiohttp.web.Response()}.set_cookie",
      FLAGS,
    ),
    cookie("*.set_cookie", FLAGS),
    // Where every request over HTTP is answered by a redirect, no page is ever shown by one.
    cookie("%module.SESSION_COOKIE_SECURE=", {
      off: "secure",
      ...DJANGO,
      redirects: "SECURE_SSL_REDIRECT",
      unless: "SECURE_REDIRECT_EXEMPT",
      by: "MIDDLEWARE:django.middleware.security.SecurityMiddleware",
    }),
    cookie("%module.SESSION_COOKIE_HTTPONLY=", { off: "httpOnly", ...DJANGO }),
    cookie("{flask.Flask(),quart.Quart()}.config.SESSION_COOKIE_SECURE=", { off: "secure" }),
    cookie("{flask.Flask(),quart.Quart()}.config.SESSION_COOKIE_HTTPONLY=", { off: "httpOnly" }),
    cookie("starlette.middleware.sessions.SessionMiddleware.passed", {
      switches: "https_only:secure",
    }),
    cookie("{flask.Flask(),quart.Quart()}.config.update", {
      switches: "SESSION_COOKIE_SECURE:secure,SESSION_COOKIE_HTTPONLY:httpOnly",
    }),
  ],
  aliases: {
    "fastapi.middleware.sessions.SessionMiddleware":
      "starlette.middleware.sessions.SessionMiddleware",
  },
};

export default sessions;
