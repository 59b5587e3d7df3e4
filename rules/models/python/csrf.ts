/** Python frameworks: sessions in cookies, and what keeps requests of other sites away from them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CSRF: SinkKind = "csrf";
/**
 * `role`: "session" (a session is kept in a cookie; `sameSite` says where it is told to whom it is sent, `usual` what holds where that is
 * left out, `setting` what to set), "protects" (requests are checked), "exempt" (`handler` is not checked), "off" (`flag` false switches the check off),
 * "list" (the layers of an application: `has` without `needs` is not checked), "forms" (bodies that a form of another site can send are read).
 */
const row = (path: string, data: Readonly<Record<string, string | number | boolean>>) => ({
  path,
  args: [],
  kind: CSRF,
  data,
});
const DJANGO = {
  beside: "\\b(?:INSTALLED_APPS|ROOT_URLCONF|WSGI_APPLICATION)\\b",
  files: "(?:^|/)settings(?:/\\w+)?\\.py$",
};
const FLASK = "{flask.Flask(),quart.Quart()}";

const csrf: Model = {
  language: "python",
  sinks: [
    row("flask.Flask", { role: "session", api: "Flask", setting: "SESSION_COOKIE_SAMESITE" }),
    row("quart.Quart", { role: "session", api: "Quart", setting: "SESSION_COOKIE_SAMESITE" }),
    row("starlette.middleware.sessions.SessionMiddleware.passed", {
      role: "session",
      api: "SessionMiddleware",
      sameSite: "same_site",
      usual: "lax",
    }),
    row("{flask_wtf.CSRFProtect,flask_wtf.csrf.CSRFProtect,flask_seasurf.SeaSurf}", {
      role: "protects",
    }),
    // It sets SameSite of the session cookie, too.
    row("flask_talisman.Talisman", { role: "protects" }),
    row("{starlette_csrf.CSRFMiddleware,starlette_csrf.middleware.CSRFMiddleware}.passed", {
      role: "protects",
    }),
    row("fastapi_csrf_protect.CsrfProtect", { role: "protects" }),
    row(`${FLASK}.config.WTF_CSRF_ENABLED=`, { role: "off", api: "Flask-WTF" }),
    row(`${FLASK}.config.{update,from_mapping}`, {
      role: "off",
      api: "Flask-WTF",
      flag: "WTF_CSRF_ENABLED",
    }),
    row("django.views.decorators.csrf.csrf_exempt", { role: "exempt", handler: "0" }),
    row("django.views.decorators.csrf.csrf_exempt.passed", { role: "exempt", within: true }),
    row("{flask_wtf.CSRFProtect(),flask_wtf.csrf.CSRFProtect(),flask_seasurf.SeaSurf()}.exempt", {
      role: "exempt",
      handler: "0",
    }),
    row("%module.MIDDLEWARE=", {
      role: "list",
      api: "Django",
      has: "django.contrib.sessions.middleware.SessionMiddleware",
      needs: "csrf",
      add: "django.middleware.csrf.CsrfViewMiddleware",
      ...DJANGO,
    }),
  ],
  deeds: [
    ...[
      "flask.session",
      "flask.session[*]",
      "quart.session",
      "flask_login.{current_user,login_required,fresh_login_required}",
      "starlette.requests.Request().session",
      "starlette.requests.Request().cookies",
      "flask.Request().cookies",
      "django.http.HttpRequest().{user,session,COOKIES}",
      "django.contrib.auth.decorators.{login_required,permission_required,user_passes_test,login_required(),permission_required(),user_passes_test()}",
    ].map((path) => ({ path, does: "by-cookie" as const })),
    // A form of another site cannot send JSON: it has to be asked for first.
    { path: "flask.Request().{json,get_json()}", does: "reads-json" as const },
    ...[
      "flask_wtf.FlaskForm().{validate_on_submit(),validate()}",
      "flask_wtf.form.FlaskForm().{validate_on_submit(),validate()}",
      "flask_wtf.csrf.validate_csrf()",
      "django.views.decorators.csrf.{csrf_protect,requires_csrf_token}",
    ].map((path) => ({ path, does: "checks-origin" as const })),
  ],
};

export default csrf;
