/** Python text that a browser reads as HTML: what sends it, what says it is safe, and what escapes it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const HTML: SinkKind = "html";
const RAW: SinkKind = "raw-html";
/**
 * `type` is where a content type other than HTML may stand; `needs` means that only a content type of HTML makes it HTML;
 * `answer` is what a framework makes of a handler's result: `text` if text is HTML, `declared` if the route says so.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  data: Readonly<Record<string, string | boolean>> = {},
) => ({ path, args, kind: HTML, data: { api, sort: "server", ...data } });

/** What marks a text as HTML: where the text is, and what escapes instead. */
const marks = (
  path: string,
  html: string,
  api: string,
  mend: string,
  instead: Readonly<Record<string, string>> = {},
) => ({
  path,
  args: [],
  kind: RAW,
  data: { html, api, mend, ...instead },
});

const FLASK = "{flask.Flask(),flask.Blueprint(),quart.Quart(),quart.Blueprint()}";
const FASTAPI = "{fastapi.FastAPI(),fastapi.APIRouter(),fastapi.routing.APIRouter()}";

const html: Model = {
  language: "python",
  aliases: {
    "{flask.Markup,jinja2.Markup,markupsafe._native.Markup}": "markupsafe.Markup",
    "{flask.escape,jinja2.escape,markupsafe._native.escape}": "markupsafe.escape",
    "django.utils.safestring.SafeText": "django.utils.safestring.SafeString",
  },
  sinks: [
    row("starlette.responses.HTMLResponse", [0, "content"], "HTMLResponse"),
    row("starlette.responses.Response", [0, "content"], "Response", {
      type: "2|media_type",
      needs: true,
    }),
    row(`${FASTAPI}.{get,post,put,patch,delete,api_route}().arg(0).result`, [], "the route", {
      answer: "declared",
    }),
    row(`${FLASK}.{route,get,post,put,patch,delete}().arg(0).result`, [], "the route", {
      answer: "text",
    }),
    row("{flask.make_response,quart.make_response}", [0], "make_response", { answer: "text" }),
    row("{flask.Response,quart.Response}", [0, "response"], "Response", {
      type: "3|mimetype|content_type",
      answer: "text",
    }),
    row("django.http.HttpResponse", [0, "content"], "HttpResponse", {
      type: "1|content_type",
      answer: "text",
    }),
    row("aiohttp.web.Response", ["text", "body"], "Response", {
      type: "content_type",
      needs: true,
    }),
    row("tornado.web.RequestHandler().{write,finish}", [0, "chunk"], "write", { answer: "text" }),
    row("sanic.response.html", [0, "body"], "html"),
    row("markupsafe.Markup", [0, "object"], "Markup", {
      sort: "marked",
      // Plain text again: in Markup(text).unescape() the class is a parser.
      plain: "unescape striptags",
    }),
    row("django.utils.safestring.{mark_safe,SafeString}", [0, "s"], "mark_safe", {
      sort: "marked",
    }),
    marks(
      "markupsafe.Markup",
      "0|object",
      "Markup",
      'Leave the text to the template, which escapes it, or write Markup("<b>{}</b>").format(value).',
    ),
    marks(
      "django.utils.safestring.{mark_safe,SafeString}",
      "0|s",
      "mark_safe",
      "Use format_html, which escapes what is put in; HTML that somebody wrote goes through nh3.clean first.",
      { module: "django.utils.html", function: "format_html" },
    ),
    row("django.utils.html.format_html", [0, "format_string"], "format_html", { sort: "marked" }),
  ],
  passes: [
    {
      path: "{markupsafe.escape,markupsafe.Markup.escape,markupsafe.escape_silent,django.utils.html.escape,django.utils.html.conditional_escape,cgi.escape,xml.sax.saxutils.escape}()",
      from: [0],
      clears: ["html"],
    },
    { path: "{bleach.clean,bleach.linkify,nh3.clean}()", from: [0], clears: ["html"] },
    // What the format is given is escaped; the format itself is a sink.
    { path: "django.utils.html.{format_html,format_html_join}()", from: ["*"], clears: ["html"] },
    { path: "markupsafe.Markup().{format,%%}()", from: ["recv", "*"], clears: ["html"] },
    { path: "markupsafe.Markup()", from: [0], same: true },
    { path: "django.utils.safestring.{mark_safe,SafeString}()", from: [0], same: true },
    // Templates escape what they are given; what is not escaped in them is seen by no rule.
    {
      path: "{jinja2.Environment(),jinja2.sandbox.SandboxedEnvironment()}.{get_template,select_template}().{render,render_async,generate}()",
      from: ["*"],
      clears: ["html"],
    },
    { path: "{fastapi,starlette}.templating.Jinja2Templates().TemplateResponse()", from: [] },
    {
      path: "{flask.render_template,flask.render_template_string,quart.render_template,django.template.loader.render_to_string}()",
      from: [],
    },
    { path: "{flask.url_for,quart.url_for,django.urls.reverse,flask.jsonify}()", from: [] },
    {
      path: "*.replace()",
      from: ["recv", 1],
      clears: ["html"],
      derive: "part",
      needs: { arg: 0, is: "markup" },
    },
  ],
  hints: {
    HttpResponse: ["django.http.HttpResponse"],
    Markup: ["markupsafe.Markup"],
    mark_safe: ["django.utils.safestring.mark_safe"],
  },
};

export default html;
