/** Python web frameworks: where requests come in and what types their objects have. */
import type { Model } from "../../../server/rule/rule.ts";

const VERBS = "{get,post,put,patch,delete,options,head,api_route,websocket,trace}";
const FASTAPI = "{fastapi.FastAPI(),fastapi.APIRouter(),fastapi.routing.APIRouter()}";
const FLASK = "{flask.Flask(),flask.Blueprint(),quart.Quart()}";

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
    "flask.wrappers.Request": "flask.Request",
  },
  types: {
    "starlette.requests.Request()": [
      "fastapi.FastAPI().middleware().arg(0).param(0)",
      "fastapi.FastAPI().exception_handler().arg(0).param(0)",
      "starlette.applications.Starlette().exception_handler().arg(0).param(0)",
    ],
    "builtins.%exception()": [
      "fastapi.FastAPI().exception_handler().arg(0).param(1)",
      "starlette.applications.Starlette().exception_handler().arg(0).param(1)",
      "flask.Flask().errorhandler().arg(0).param(0)",
      "flask.Blueprint().errorhandler().arg(0).param(0)",
    ],
    "flask.Request()": ["flask.request", "quart.request"],
    "werkzeug.FileStorage()": ["flask.Request().files.get()"],
    "aiohttp.web.Request()": [
      "aiohttp.web.RouteTableDef().{get,post,put,patch,delete}().arg(0).param(0)",
    ],
  },
  sources: [
    { path: `${FASTAPI}.${VERBS}().arg(0).param(*)`, kind: "remote", text: "a request parameter" },
    {
      path: "fastapi.{Query,Path,Body,Form,Header,Cookie}().default",
      kind: "remote",
      text: "a request parameter",
    },
    {
      path: `${FLASK}.{route,get,post,put,patch,delete}().arg(0).param(*)`,
      kind: "remote",
      text: "a URL parameter",
    },
    {
      path: "flask.Request().{args,form,values,json,data,headers,cookies,url,path,full_path,query_string,view_args}",
      kind: "remote",
      text: "request data",
    },
    { path: "flask.Request().{get_json,get_data}()", kind: "remote", text: "request data" },
    {
      path: "starlette.requests.Request().{query_params,path_params,headers,cookies,url}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "starlette.requests.Request().{json,body,form,stream}()",
      kind: "remote",
      text: "the request body",
    },
    {
      path: "starlette.datastructures.UploadFile().filename",
      kind: "upload-name",
      text: "the file name the client sent",
    },
    {
      path: "django.http.HttpRequest().{GET,POST,COOKIES,META,body,headers,path}",
      kind: "remote",
      text: "request data",
    },
    { path: "django.http.HttpRequest().{get_full_path}()", kind: "remote", text: "request data" },
    {
      path: "aiohttp.web.Request().{query,match_info,headers,cookies,path,rel_url}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "aiohttp.web.Request().{json,text,post,read}()",
      kind: "remote",
      text: "the request body",
    },
  ],
  ends: ["{flask.abort,quart.abort,werkzeug.exceptions.abort}()"],
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
