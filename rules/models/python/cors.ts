/** Python libraries and headers that tell browsers which other sites may read answers. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CORS: SinkKind = "cors";
const HEADER: SinkKind = "header";
const NAME = "{Access-Control-Allow-Origin,access-control-allow-origin}";
const RESPONSES =
  "starlette.responses.{Response,JSONResponse,HTMLResponse,PlainTextResponse,StreamingResponse,FileResponse,RedirectResponse}";

/**
 * Data of a "cors" row: where origins and credentials are given, what counts when origins are left out (`otherwise`), what
 * the library sends for "*" with credentials ("echo": the caller's own origin, "literal": the star), whether a star inside a
 * list counts, what a pattern is compared with (`regex`: the whole origin, its start, any part of it), and what a fix puts in
 * (`fill`, with the module it `needs`). Where they are variables of a settings module, `credentials` names the one for credentials and `list` the one that lists origins.
 */
const cors: Model = {
  language: "python",
  types: {
    "starlette.responses.Response()": [`${RESPONSES}()`, "starlette.%next()"],
    "starlette.%next": [
      "{fastapi.FastAPI(),starlette.applications.Starlette()}.middleware().arg(0).param(1)",
    ],
    "flask.Response()": [
      "{flask.Flask(),flask.Blueprint()}.{after_request,after_app_request}.arg(0).param(0)",
      "flask.{make_response,jsonify}()",
    ],
    "django.http.HttpResponse()": [
      "django.http.{JsonResponse,HttpResponseRedirect,StreamingHttpResponse,FileResponse}()",
    ],
  },
  sinks: [
    {
      path: "starlette.middleware.cors.CORSMiddleware.passed",
      args: [],
      kind: CORS,
      data: {
        api: "CORSMiddleware",
        library: "Starlette",
        origins: "allow_origins",
        credentials: "allow_credentials",
        pattern: "allow_origin_regex",
        otherwise: "none",
        wildcard: "echo",
        lists: true,
        regex: "whole",
        fill: '[os.environ["APP_ORIGIN"]]',
        needs: "os",
      },
    },
    {
      path: "starlette.middleware.cors.CORSMiddleware",
      args: [],
      kind: CORS,
      data: {
        api: "CORSMiddleware",
        library: "Starlette",
        origins: "1|allow_origins",
        credentials: "4|allow_credentials",
        pattern: "5|allow_origin_regex",
        otherwise: "none",
        wildcard: "echo",
        lists: true,
        regex: "whole",
        fill: '[os.environ["APP_ORIGIN"]]',
        needs: "os",
      },
    },
    {
      path: "flask_cors.{CORS,cross_origin,CORS().init_app}",
      args: [],
      kind: CORS,
      data: {
        api: "flask-cors",
        library: "flask-cors",
        origins: "origins",
        credentials: "supports_credentials",
        resources: "resources",
        otherwise: "*",
        wildcard: "echo",
        lists: true,
        patterns: true,
        regex: "start",
        fill: '[os.environ["APP_ORIGIN"]]',
        needs: "os",
      },
    },
    {
      path: "%module.{CORS_ALLOW_ALL_ORIGINS,CORS_ORIGIN_ALLOW_ALL}=",
      args: [],
      kind: CORS,
      data: {
        api: "django-cors-headers",
        library: "django-cors-headers",
        credentials: "CORS_ALLOW_CREDENTIALS",
        wildcard: "echo",
        list: "CORS_ALLOWED_ORIGINS",
      },
    },
    {
      path: "%module.{CORS_ALLOWED_ORIGIN_REGEXES,CORS_ORIGIN_REGEX_WHITELIST}=",
      args: [],
      kind: CORS,
      data: {
        library: "django-cors-headers",
        credentials: "CORS_ALLOW_CREDENTIALS",
        regex: "start",
      },
    },
    {
      path: "%module.{CORS_ALLOWED_ORIGINS,CORS_ORIGIN_WHITELIST}=",
      args: [],
      kind: CORS,
      data: {
        library: "django-cors-headers",
        credentials: "CORS_ALLOW_CREDENTIALS",
        list: "CORS_ALLOWED_ORIGINS",
        regex: "start",
      },
    },
    { path: `starlette.responses.Response().headers.${NAME}=`, args: [], kind: HEADER, data: {} },
    {
      path: "starlette.responses.Response().headers.{setdefault,append}",
      args: [1],
      kind: HEADER,
      data: { name: "0" },
    },
    {
      path: RESPONSES,
      args: ["headers.Access-Control-Allow-Origin", "headers.access-control-allow-origin"],
      kind: HEADER,
      data: {},
    },
    { path: `flask.Response().headers.${NAME}=`, args: [], kind: HEADER, data: {} },
    {
      path: "flask.Response().headers.{add,set,setdefault}",
      args: [1],
      kind: HEADER,
      data: { name: "0" },
    },
    { path: `django.http.HttpResponse().${NAME}=`, args: [], kind: HEADER, data: {} },
    { path: `django.http.HttpResponse().headers.${NAME}=`, args: [], kind: HEADER, data: {} },
  ],
  hints: { call_next: ["starlette.%next"], CORS: ["flask_cors.CORS"] },
};

export default cors;
