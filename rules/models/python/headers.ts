/** Python: applications, what they show pages with, and what sets headers that protect these. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const HEADERS: SinkKind = "headers";
/** The roles are those of the JavaScript rows. */
const row = (path: string, role: string, data: Readonly<Record<string, string>> = {}) => ({
  path,
  args: [],
  kind: HEADERS,
  data: { role, ...data },
});

const harmless =
  "starlette.middleware.cors|starlette.middleware.gzip|starlette.middleware.sessions|starlette.middleware.trustedhost|starlette.middleware.httpsredirect|fastapi.middleware|uvicorn|slowapi";

const headers: Model = {
  language: "python",
  sinks: [
    row("flask.Flask", "app", { name: "Flask" }),
    row("quart.Quart", "app", { name: "Quart" }),
    row("fastapi.FastAPI", "app", { name: "FastAPI" }),
    row("starlette.applications.Starlette", "app", { name: "Starlette" }),
    row("{fastapi.FastAPI(),starlette.applications.Starlette()}.add_middleware", "use", {
      harmless,
    }),
    row("starlette.middleware.Middleware", "use", { harmless }),
    row("{fastapi.FastAPI(),starlette.applications.Starlette()}.middleware()", "use"),
    row("{flask.Flask(),flask.Blueprint(),quart.Quart()}.{after_request,after_app_request}", "use"),
    row("{flask,quart}.{render_template,render_template_string}", "page"),
    row("{fastapi,starlette}.templating.Jinja2Templates().TemplateResponse", "page"),
    row("{fastapi,starlette}.responses.HTMLResponse", "page"),
    row("{fastapi,starlette}.staticfiles.StaticFiles", "page"),
    row("{flask_talisman.Talisman,secure.Secure,quart_talisman.Talisman}", "protects"),
  ],
};

export default headers;
