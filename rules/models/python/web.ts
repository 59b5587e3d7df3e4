/** Python web frameworks: where requests come in and what types their objects have. */
import type { Model } from "../../../server/rule/rule.ts";

const VERBS = "{get,post,put,patch,delete,options,head,api_route,websocket,trace}";
const FASTAPI = "{fastapi.FastAPI(),fastapi.APIRouter(),fastapi.routing.APIRouter()}";
const FLASK = "{flask.Flask(),flask.Blueprint(),quart.Quart()}";

// `<int:id>`, `<float:x>` and `<uuid:key>` in the address are converted.
const CONVERTED = "<(?:int|float|uuid)(?:\\([^)]*\\))?:NAME>";

const web: Model = {
  language: "python",
  aliases: {
    "fastapi.applications.FastAPI": "fastapi.FastAPI",
    "fastapi.{Request,requests.Request}": "starlette.requests.Request",
    "fastapi.{UploadFile,datastructures.UploadFile}": "starlette.datastructures.UploadFile",
    "fastapi.responses.JSONResponse": "starlette.responses.JSONResponse",
    "fastapi.responses.{HTMLResponse}": "starlette.responses.HTMLResponse",
    "fastapi.responses.{PlainTextResponse}": "starlette.responses.PlainTextResponse",
    "fastapi.responses.{Response}": "starlette.responses.Response",
    "fastapi.responses.{FileResponse}": "starlette.responses.FileResponse",
    "fastapi.responses.{RedirectResponse}": "starlette.responses.RedirectResponse",
    "fastapi.{Response}": "starlette.responses.Response",
    "fastapi.middleware.cors.CORSMiddleware": "starlette.middleware.cors.CORSMiddleware",
    "fastapi.exceptions.HTTPException": "fastapi.HTTPException",
    "fastapi.{WebSocket,websockets.WebSocket}": "starlette.websockets.WebSocket",
    "flask.wrappers.Request": "flask.Request",
    "tornado.websocket.WebSocketHandler": "tornado.web.WebSocketHandler",
  },
  types: {
    "starlette.requests.Request()": [
      "fastapi.FastAPI().middleware().arg(0).param(0)",
      "fastapi.FastAPI().exception_handler().arg(0).param(0)",
      "starlette.applications.Starlette().exception_handler().arg(0).param(0)",
      "starlette.routing.Route.arg({1,endpoint}).param(0)",
      "starlette.applications.Starlette().{add_route.arg(1),route().arg(0)}.param(0)",
      "starlette.endpoints.HTTPEndpoint().%method.{get,post,put,patch,delete,head,options}.param(0)",
      "starlette.middleware.base.BaseHTTPMiddleware().%method.dispatch.param(0)",
    ],
    "starlette.websockets.WebSocket()": [
      "starlette.routing.WebSocketRoute.arg({1,endpoint}).param(0)",
      "starlette.endpoints.WebSocketEndpoint().%method.{on_connect,on_receive,on_disconnect}.param(0)",
    ],
    "flask.views.View()": ["flask.views.MethodView()", "quart.views.{View,MethodView}()"],
    "aiohttp.web.WebSocket()": ["aiohttp.web.WebSocketResponse()"],
    "tornado.web.RequestHandler()": ["tornado.web.WebSocketHandler()"],
    "tornado.httputil.HTTPServerRequest()": ["tornado.web.RequestHandler().request"],
    "builtins.%exception()": [
      "fastapi.FastAPI().exception_handler().arg(0).param(1)",
      "starlette.applications.Starlette().exception_handler().arg(0).param(1)",
      "flask.Flask().errorhandler().arg(0).param(0)",
      "flask.Blueprint().errorhandler().arg(0).param(0)",
    ],
    "flask.Request()": ["flask.request", "quart.request"],
    "werkzeug.FileStorage()": ["flask.Request().files.get()"],
    "aiohttp.web.Request()": [
      "aiohttp.web.RouteTableDef().{get,post,put,patch,delete,head,options,view}().arg(0).param(0)",
      "aiohttp.web.RouteTableDef().route().arg(0).param(0)",
      "aiohttp.web.{get,post,put,patch,delete,head,options,view}.arg({1,handler}).param(0)",
      "aiohttp.web.route.arg({2,handler}).param(0)",
      "aiohttp.web.Application().router.{add_get,add_post,add_put,add_patch,add_delete,add_head}.arg({1,handler}).param(0)",
      "aiohttp.web.Application().router.add_route.arg({2,handler}).param(0)",
      "aiohttp.web.View().request",
      "aiohttp.web.middleware.arg(0).param(0)",
    ],
  },
  // Elements of `headers` of Starlette and Flask are texts too; what JSON holds is not.
  textRecords: [
    "flask.Request().{args,form,values,headers,cookies}",
    "{starlette.requests.Request(),starlette.websockets.WebSocket()}.{query_params,headers,cookies}",
  ],
  sources: [
    { path: `${FASTAPI}.${VERBS}().arg(0).param(*)`, kind: "remote", text: "a request parameter" },
    {
      path: `${FASTAPI}.{add_api_route,add_api_websocket_route}.arg({1,endpoint}).param(*)`,
      kind: "remote",
      text: "a request parameter",
    },
    {
      path: "fastapi.{Query,Path,Body,Form,Header,Cookie,File}().default",
      kind: "remote",
      text: "a request parameter",
    },
    {
      path: "fastapi.{Depends,Security}.arg({0,dependency}).param(*)",
      kind: "remote",
      text: "a request parameter",
    },
    {
      path: `${FLASK}.{route,get,post,put,patch,delete}().arg(0).param(*)`,
      kind: "remote",
      text: "a URL parameter",
      converted: CONVERTED,
    },
    {
      path: `${FLASK}.add_url_rule.arg({2,view_func}).param(*)`,
      kind: "remote",
      text: "a URL parameter",
      converted: CONVERTED,
    },
    {
      path: "flask.views.View().%method.{get,post,put,patch,delete,head,options,dispatch_request}.param(*)",
      kind: "remote",
      text: "a URL parameter",
    },
    {
      path: "{wtforms,wtforms.fields,wtforms.fields.simple}.{StringField,TextAreaField,PasswordField,SearchField,EmailField,URLField,TelField,HiddenField}().{data,raw_data}",
      kind: "remote",
      text: "what the client filled in",
    },
    {
      path: "{flask_wtf,wtforms}.{FlaskForm,Form}().data",
      kind: "remote",
      text: "what the client filled in",
      declared: true,
    },
    {
      path: "flask.Request().{args,form,values,json,data,query_string,view_args,stream}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "flask.Request().{headers,cookies,referrer,user_agent,origin,mimetype,content_type,authorization,access_route}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "flask.Request().{url,host_url,base_url,url_root,root_url}",
      kind: "remote",
      text: "request data",
      of: "address",
    },
    { path: "flask.Request().host", kind: "remote", text: "request data", of: "host" },
    {
      path: "flask.Request().{path,full_path}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    { path: "flask.Request().{get_json,get_data}()", kind: "remote", text: "request data" },
    {
      path: "{starlette.requests.Request(),starlette.websockets.WebSocket()}.{query_params,path_params}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "{starlette.requests.Request(),starlette.websockets.WebSocket()}.{headers,cookies}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "{starlette.requests.Request(),starlette.websockets.WebSocket()}.{url,base_url}",
      kind: "remote",
      text: "request data",
      of: "address",
    },
    {
      path: "starlette.requests.Request().{json,body,form,stream}()",
      kind: "remote",
      text: "the request body",
    },
    {
      path: "starlette.datastructures.UploadFile().headers",
      kind: "remote",
      text: "what the client said of the file",
    },
    {
      path: "starlette.websockets.WebSocket().{receive,receive_text,receive_bytes,receive_json}()",
      kind: "remote",
      text: "a message of the client",
    },
    {
      path: "starlette.websockets.WebSocket().{iter_text,iter_bytes,iter_json}()",
      kind: "remote",
      text: "a message of the client",
    },
    {
      path: "starlette.endpoints.WebSocketEndpoint().%method.on_receive.param(1)",
      kind: "remote",
      text: "a message of the client",
    },
    {
      path: "fastapi.security.{OAuth2PasswordRequestForm,OAuth2PasswordRequestFormStrict}().{username,password,scopes,client_id,client_secret}",
      kind: "remote",
      text: "the login form",
    },
    {
      path: "fastapi.security.{HTTPBasicCredentials,HTTPAuthorizationCredentials}().{username,password,credentials,scheme}",
      kind: "remote",
      text: "the Authorization header",
    },
    {
      path: "aiohttp.web.Request().{query,query_string,match_info,content}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "aiohttp.web.Request().{headers,cookies}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "aiohttp.web.Request().{path,path_qs,raw_path,rel_url}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    { path: "aiohttp.web.Request().url", kind: "remote", text: "request data", of: "address" },
    { path: "aiohttp.web.Request().host", kind: "remote", text: "request data", of: "host" },
    {
      path: "aiohttp.web.Request().{json,text,post,read,multipart}()",
      kind: "remote",
      text: "the request body",
    },
    {
      path: "aiohttp.web.WebSocket()[*].data",
      kind: "remote",
      text: "a message of the client",
    },
    {
      path: "aiohttp.web.WebSocket().{receive,receive_str,receive_bytes,receive_json}()",
      kind: "remote",
      text: "a message of the client",
    },
    {
      path: "tornado.web.RequestHandler().{get_argument,get_arguments,get_query_argument,get_query_arguments,get_body_argument,get_body_arguments}()",
      kind: "remote",
      text: "request data",
    },
    {
      path: "tornado.web.RequestHandler().{path_args,path_kwargs}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "{tornado.web.RequestHandler().get_cookie(),tornado.web.RequestHandler().cookies}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "tornado.httputil.HTTPServerRequest().{body,files,query,arguments,query_arguments,body_arguments}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "tornado.httputil.HTTPServerRequest().{headers,cookies}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "tornado.httputil.HTTPServerRequest().{uri,path}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    {
      path: "tornado.httputil.HTTPServerRequest().host",
      kind: "remote",
      text: "request data",
      of: "host",
    },
    {
      path: "tornado.httputil.HTTPServerRequest().full_url()",
      kind: "remote",
      text: "request data",
      of: "address",
    },
    {
      path: "tornado.web.RequestHandler().%method.{get,post,put,patch,delete,head,options,prepare}.param(*)",
      kind: "remote",
      text: "a part of the address",
    },
    {
      path: "tornado.web.RequestHandler().%method.on_message.param(0)",
      kind: "remote",
      text: "a message of the client",
    },
  ],
  ends: ["{flask.abort,quart.abort,werkzeug.exceptions.abort}()"],
  declares: ["{typing,typing_extensions}.Annotated"],
  injects: { "fastapi.{Depends,Security}()": [0, "dependency"] },
  scalars: ["fastapi.{Depends,Security}().default", "fastapi.BackgroundTasks"],
  hints: {
    app: ["fastapi.FastAPI()", "flask.Flask()"],
    router: ["fastapi.APIRouter()"],
    UploadFile: ["starlette.datastructures.UploadFile"],
    JSONResponse: ["starlette.responses.JSONResponse"],
    HTTPException: ["fastapi.HTTPException"],
    CORSMiddleware: ["starlette.middleware.cors.CORSMiddleware"],
    jsonify: ["flask.jsonify"],
    traceback: ["traceback"],
    request: ["django.http.HttpRequest()"],
    os: ["os"],
    jwt: ["jwt"],
    requests: ["requests"],
    json: ["json"],
    uuid: ["uuid"],
    Path: ["pathlib.Path"],
  },
};

export default web;
