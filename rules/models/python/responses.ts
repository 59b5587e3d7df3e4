/** Python web frameworks: what goes out to the client, and where errors come in to be answered. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const RESPONSE: SinkKind = "response";
/**
 * `body` is what a replaced value must look like: a JSON document, a line of text, or whatever stands there. `errors`: what is
 * written of an exception that is given as an object, if not its text: "nothing", since json.dumps refuses it, or its
 * "attributes", as FastAPI's jsonable_encoder does.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  body: "json" | "text" | "value",
  errors?: "nothing" | "attributes",
) => ({
  path,
  args,
  kind: RESPONSE,
  data: {
    api,
    body,
    ...(errors === undefined ? {} : { errors }),
    // What a route gives back is an answer, and abort gives one; all others only make it.
    ...(path.endsWith(".result") || path.endsWith("abort}") ? {} : { makes: "answer" }),
  },
});

const FASTAPI = "{fastapi.FastAPI(),fastapi.APIRouter(),fastapi.routing.APIRouter()}";
const FLASK = "{flask.Flask(),flask.Blueprint(),quart.Quart()}";
const VERBS = "{get,post,put,patch,delete,options,head,api_route}";
const EVERY_OTHER_KIND: readonly SinkKind[] = [
  "sql",
  "url",
  "path",
  "html",
  "network",
  "upload-path",
  "shell",
  "code",
  "redirect",
  "header",
  "log",
  "template",
  "deserialize",
];

const responses: Model = {
  language: "python",
  aliases: {
    "fastapi.responses.{ORJSONResponse,UJSONResponse}": "starlette.responses.JSONResponse",
    "starlette.exceptions.HTTPException": "fastapi.HTTPException",
    "quart.{jsonify}": "flask.jsonify",
    "flask.json.jsonify": "flask.jsonify",
    "flask.wrappers.Response": "flask.Response",
    "django.http.response.JsonResponse": "django.http.JsonResponse",
    "django.http.response.HttpResponse": "django.http.HttpResponse",
  },
  sources: [
    {
      path: "{fastapi.FastAPI(),starlette.applications.Starlette()}.exception_handler().arg(0).param(1)",
      kind: "exception",
      text: "the exception that was not handled",
    },
    {
      path: `${FLASK}.{errorhandler,app_errorhandler}().arg(0).param(0)`,
      kind: "exception",
      text: "the exception that was not handled",
    },
    { path: "sys.exc_info()", kind: "exception", text: "the exception holds internal details" },
    {
      path: "traceback.{format_exception_only,format_list}()",
      kind: "stack",
      text: "the stack trace",
    },
    {
      path: "traceback.TracebackException.from_exception().format()",
      kind: "stack",
      text: "the stack trace",
    },
    { path: "builtins.%exception().__traceback__", kind: "stack", text: "the stack trace" },
  ],
  sinks: [
    row("starlette.responses.JSONResponse", [0, "content"], "JSONResponse", "json", "nothing"),
    row(
      "starlette.responses.{HTMLResponse,PlainTextResponse,Response}",
      [0, "content"],
      "the response",
      "text",
    ),
    row("fastapi.HTTPException", [1, "detail"], "HTTPException", "text", "nothing"),
    row(`${FASTAPI}.${VERBS}().arg(0).result`, [], "the route", "json", "attributes"),
    row(
      `${FLASK}.{route,get,post,put,patch,delete,errorhandler,app_errorhandler}().arg(0).result`,
      [],
      "the route",
      "text",
    ),
    row("flask.jsonify", ["*"], "jsonify", "json", "nothing"),
    row("{flask.make_response,quart.make_response}", [0], "make_response", "text"),
    row("{flask.Response,quart.Response}", [0, "response"], "Response", "text"),
    row("{flask.abort,quart.abort}", [1, "description"], "abort", "text"),
    row("flask.render_template", ["*"], "render_template", "value"),
    row("django.http.JsonResponse", [0, "data"], "JsonResponse", "json", "nothing"),
    row(
      "django.http.{HttpResponse,HttpResponseServerError,HttpResponseBadRequest,HttpResponseNotFound,HttpResponseForbidden}",
      [0, "content"],
      "HttpResponse",
      "text",
    ),
    row("rest_framework.response.Response", [0, "data"], "Response", "json"),
    row("rest_framework.exceptions.APIException", [0, "detail"], "APIException", "text"),
    row("aiohttp.web.json_response", [0, "data"], "json_response", "json"),
    row("aiohttp.web.Response", ["text", "body"], "Response", "text"),
    row(
      "aiohttp.web.{HTTPInternalServerError,HTTPBadGateway}",
      ["text", "reason"],
      "the response",
      "text",
    ),
    row("sanic.response.{json,text,html}", [0, "body"], "the response", "text"),
  ],
  passes: [
    // The name of an exception's class; of other values it is no more than a name.
    { path: "builtins.type()", from: [0], derive: "part", clears: EVERY_OTHER_KIND },
    {
      path: "{fastapi.encoders.jsonable_encoder,traceback.TracebackException.from_exception}()",
      from: [0],
    },
    { path: "*.with_traceback()", from: ["recv"] },
  ],
  hints: {
    PlainTextResponse: ["starlette.responses.PlainTextResponse"],
    HTMLResponse: ["starlette.responses.HTMLResponse"],
    JsonResponse: ["django.http.JsonResponse"],
    make_response: ["flask.make_response"],
  },
};

export default responses;
