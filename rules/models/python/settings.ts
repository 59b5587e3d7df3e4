/** Python frameworks: switches that show internals to whoever asks. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const DEBUG: SinkKind = "debug";
/**
 * `flag` is where the switch is; `shows` is "console" (code can be run), "settings" or "trace"; `variable` the environment
 * variable a fix reads; `moreover` what else debug mode changes. A variable that any module may have counts only in a file whose
 * text has `beside`, or whose path has `files`.
 */
const row = (
  path: string,
  flag: string,
  data: Readonly<Record<string, string | number | boolean>>,
) => ({ path, args: [], kind: DEBUG, data: { flag, ...data } });

const settings: Model = {
  language: "python",
  sinks: [
    row("flask.Flask().run", "2|debug", {
      api: "app.run",
      library: "Flask",
      shows: "console",
      variable: "FLASK_DEBUG",
    }),
    row("flask_socketio.SocketIO().run", "debug", {
      api: "socketio.run",
      library: "Flask",
      shows: "console",
      variable: "FLASK_DEBUG",
    }),
    row("dash.Dash().{run,run_server}", "debug", {
      api: "app.run",
      library: "Dash",
      shows: "console",
      variable: "DASH_DEBUG",
    }),
    row("quart.Quart().run", "debug", {
      api: "app.run",
      library: "Quart",
      shows: "trace",
      variable: "QUART_DEBUG",
    }),
    row("fastapi.FastAPI", "debug", {
      api: "FastAPI",
      library: "FastAPI",
      shows: "trace",
      moreover: "your own handler for Exception is not called",
      variable: "APP_DEBUG",
    }),
    row("%module.DEBUG=", "", {
      api: "DEBUG",
      library: "Django",
      shows: "settings",
      variable: "DJANGO_DEBUG",
      beside: "\\b(?:INSTALLED_APPS|ROOT_URLCONF|MIDDLEWARE|WSGI_APPLICATION)\\b|\\bdjango\\b",
      files: "(?:^|/)settings(?:/\\w+)?\\.py$",
    }),
    row("starlette.applications.Starlette", "0|debug", {
      api: "Starlette",
      library: "Starlette",
      shows: "trace",
      variable: "APP_DEBUG",
    }),
    row("sanic.Sanic().run", "debug", {
      api: "app.run",
      library: "Sanic",
      shows: "trace",
      variable: "APP_DEBUG",
    }),
    row("{bottle.run,bottle.Bottle().run}", "debug", {
      api: "run",
      library: "Bottle",
      shows: "trace",
      variable: "APP_DEBUG",
    }),
    row("tornado.web.Application", "debug", {
      api: "Application",
      library: "Tornado",
      shows: "trace",
      variable: "APP_DEBUG",
    }),
    row("flask.Flask().config.update", "DEBUG|0.DEBUG", {
      api: "app.config",
      library: "Flask",
      shows: "console",
      variable: "FLASK_DEBUG",
    }),
    row("flask.Flask().{debug,config.DEBUG}=", "", {
      api: "app.debug",
      library: "Flask",
      shows: "console",
      variable: "FLASK_DEBUG",
    }),
  ],
  hints: { FastAPI: ["fastapi.FastAPI"] },
};

export default settings;
