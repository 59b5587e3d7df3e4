/** Python web frameworks: how a function that answers a request says no. */
import type { Model, RefusalRow } from "../../../server/rule/rule.ts";

const VERBS = "{get,post,put,patch,delete,options,head,api_route,trace}";
const FASTAPI = "{fastapi.FastAPI(),fastapi.APIRouter(),fastapi.routing.APIRouter()}";
const FLASK = "{flask.Flask(),flask.Blueprint()}";
const QUART = "{quart.Quart(),quart.Blueprint()}";

/** The same rows for each of the paths. */
const at = (paths: readonly string[], rows: readonly Omit<RefusalRow, "path">[]): RefusalRow[] =>
  paths.flatMap((path) => rows.map((row) => ({ path, ...row })));

const refusals: Model = {
  language: "python",
  refusals: [
    ...at(
      [
        `${FASTAPI}.${VERBS}().arg(0)`,
        `${FASTAPI}.add_api_route.arg({1,endpoint})`,
        "fastapi.{Depends,Security}.arg({0,dependency})",
        // Imported by name: for the functions that the handlers of the file call.
        "fastapi.HTTPException",
      ],
      [
        {
          text: "raise {fastapi#HTTPException|starlette.exceptions#HTTPException}(status_code={status}, detail={message})",
          form: "throws",
        },
        {
          text: 'return {fastapi.responses#JSONResponse|starlette.responses#JSONResponse}({"detail": {message}}, status_code={status})',
          form: "result",
        },
      ],
    ),
    ...at(
      [
        "starlette.requests.Request()",
        "starlette.exceptions.HTTPException",
        "starlette.routing.Route.arg({1,endpoint})",
        "starlette.applications.Starlette().{add_route.arg(1),route().arg(0)}",
        "starlette.endpoints.HTTPEndpoint().%method.{get,post,put,patch,delete,head,options}",
      ],
      [
        {
          text: "raise {starlette.exceptions#HTTPException|fastapi#HTTPException}(status_code={status}, detail={message})",
          form: "throws",
        },
        {
          text: "return {starlette.responses#PlainTextResponse}({message}, status_code={status})",
          form: "result",
        },
      ],
    ),
    ...at(
      [
        `${FLASK}.{route,get,post,put,patch,delete}().arg(0)`,
        `${FLASK}.add_url_rule.arg({2,view_func})`,
        "flask.views.View().%method.{get,post,put,patch,delete,head,options,dispatch_request}",
      ],
      [
        { text: "{flask#abort}({status})", form: "throws" },
        { text: "return {message}, {status}", form: "result" },
      ],
    ),
    // Whoever reads it is inside of a request.
    ...at(["flask.request", "flask.abort"], [{ text: "{flask#abort}({status})", form: "throws" }]),
    ...at(
      [`${QUART}.{route,get,post,put,patch,delete}().arg(0)`],
      [
        { text: "{quart#abort}({status})", form: "throws" },
        { text: "return {message}, {status}", form: "result" },
      ],
    ),
    ...at(["quart.request", "quart.abort"], [{ text: "{quart#abort}({status})", form: "throws" }]),
    ...at(
      ["rest_framework.request.Request()"],
      [
        {
          text: "raise {rest_framework.exceptions#ParseError}({message})",
          form: "throws",
          status: 400,
        },
        {
          text: "raise {rest_framework.exceptions#AuthenticationFailed}({message})",
          form: "throws",
          status: 401,
        },
        {
          text: 'return {rest_framework.response#Response}({"detail": {message}}, status={status})',
          form: "result",
        },
      ],
    ),
    // Since Django 3.2.
    ...at(
      [
        "django.http.HttpRequest()",
        "django.http.{HttpResponse,FileResponse,JsonResponse,StreamingHttpResponse}()",
        "django.shortcuts.{render,redirect}()",
      ],
      [
        {
          text: "raise {django.core.exceptions#BadRequest}({message})",
          form: "throws",
          status: 400,
        },
        { text: "return {django.http#HttpResponse}({message}, status={status})", form: "result" },
      ],
    ),
    ...at(
      ["aiohttp.web.Request()"],
      [
        { text: "raise {aiohttp#web}.HTTPBadRequest(text={message})", form: "throws", status: 400 },
        {
          text: "raise {aiohttp#web}.HTTPUnauthorized(text={message})",
          form: "throws",
          status: 401,
        },
        { text: "return {aiohttp#web}.Response(text={message}, status={status})", form: "result" },
      ],
    ),
    ...at(
      ["tornado.web.RequestHandler().%method.{get,post,put,patch,delete,head,options,prepare}"],
      [
        { text: "raise {tornado.web#HTTPError}({status})", form: "throws" },
        { text: "{self}.send_error({status})", form: "call" },
      ],
    ),
  ],
};

export default refusals;
