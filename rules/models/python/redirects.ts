/** Python web frameworks: what sends a browser to another address, and what makes addresses of the program's own. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const REDIRECT: SinkKind = "redirect";
/**
 * `name` is the argument that names a header, which must be Location; `check` says whether {it} is an address of the same site;
 * `quotes` are characters that arrive encoded.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  data: Readonly<Record<string, string>> = {},
) => ({ path, args, kind: REDIRECT, data: { api, at: "server", ...data } });

const DJANGO = {
  check: "{django.utils.http#url_has_allowed_host_and_scheme}({it}, allowed_hosts=None)",
};
const HEADER = "{Location,location}";

const redirects: Model = {
  language: "python",
  aliases: {
    "{werkzeug.utils.redirect,flask.helpers.redirect,quart.redirect,quart.helpers.redirect}":
      "flask.redirect",
    "{flask.helpers.url_for,quart.url_for,quart.helpers.url_for}": "flask.url_for",
    "django.http.response.{HttpResponseRedirect}": "django.http.HttpResponseRedirect",
    "django.http.response.{HttpResponsePermanentRedirect}":
      "django.http.HttpResponsePermanentRedirect",
    "django.urls.base.reverse": "django.urls.reverse",
  },
  sinks: [
    row("flask.redirect", [0, "location"], "redirect"),
    row("django.shortcuts.redirect", [0, "to"], "redirect", DJANGO),
    row(
      "django.http.{HttpResponseRedirect,HttpResponsePermanentRedirect}",
      [0, "redirect_to"],
      "HttpResponseRedirect",
      DJANGO,
    ),
    row("django.views.View().%method.get_redirect_url.result", [], "RedirectView", DJANGO),
    row("starlette.responses.RedirectResponse", [0, "url"], "RedirectResponse", { quotes: "\\" }),
    row(
      "aiohttp.web.{HTTPFound,HTTPSeeOther,HTTPMovedPermanently,HTTPTemporaryRedirect,HTTPPermanentRedirect,HTTPMultipleChoices}",
      [0, "location"],
      "the redirect",
    ),
    row("tornado.web.RequestHandler().redirect", [0, "url"], "redirect"),
    row("tornado.web.RequestHandler().set_header", [1, "value"], "the Location header", {
      name: "0|name",
    }),
    row(`starlette.responses.Response().headers.${HEADER}=`, [], "the Location header"),
    row(`flask.Response().headers.${HEADER}=`, [], "the Location header"),
    row("flask.Response().location=", [], "the Location header"),
    row(`django.http.HttpResponse().${HEADER}=`, [], "the Location header", DJANGO),
    row(`django.http.HttpResponse().headers.${HEADER}=`, [], "the Location header", DJANGO),
    row(
      "{flask.Response,starlette.responses.Response,django.http.HttpResponse}",
      ["headers.Location", "headers.location"],
      "the Location header",
    ),
  ],
  passes: [
    // They quote what goes into the path or the query of an address of the program's own.
    {
      path: "{flask.url_for,django.urls.reverse,django.urls.reverse_lazy}()",
      from: ["*"],
      derive: "part",
      // "<", ">", blanks and the quotation mark are percent-encoded in what is quoted (werkzeug.urls, django.utils.http).
      clears: ["redirect", "url", "html"],
    },
    {
      path: "starlette.requests.Request().url_for()",
      from: ["*"],
      derive: "part",
      clears: ["redirect", "url"],
    },
    {
      path: "starlette.requests.Request().{url,base_url,url_for()}.{include_query_params,replace_query_params,remove_query_params}()",
      from: ["recv", "*"],
      clears: ["redirect", "url"],
    },
    {
      path: "tornado.web.RequestHandler().reverse_url()",
      from: ["*"],
      derive: "part",
      clears: ["redirect", "url"],
    },
    // An absolute address wins over the request's own.
    {
      path: "django.http.HttpRequest().build_absolute_uri()",
      from: [0, "location"],
      same: true,
    },
    { path: "django.shortcuts.resolve_url()", from: [0], same: true },
    // What they give was signed by the program.
    {
      path: "itsdangerous.{Serializer,URLSafeSerializer,TimedSerializer,URLSafeTimedSerializer,Signer,TimestampSigner}().{loads,unsign}()",
      from: [],
    },
    { path: "django.core.signing.loads()", from: [] },
    {
      path: "django.core.signing.{Signer,TimestampSigner}().{unsign,unsign_object}()",
      from: [],
    },
  ],
  guards: [
    {
      path: "django.utils.http.url_has_allowed_host_and_scheme()",
      subject: "url",
      proves: "true",
      clears: ["url", "redirect"],
    },
    // Its name before Django 3.0.
    ...[0, "url"].map((subject) => ({
      path: "django.utils.http.is_safe_url()",
      subject,
      proves: "true" as const,
      clears: ["url", "redirect"] as const,
    })),
    {
      path: "*.startswith()",
      subject: "recv",
      proves: "true",
      clears: ["redirect"],
      needs: { arg: 0, is: "own-path" },
    },
    {
      path: "*.startswith()",
      subject: "recv",
      proves: "true",
      clears: ["slash-at-start"],
      needs: { arg: 0, is: "slash" },
    },
    {
      path: "*.startswith()",
      subject: "recv",
      proves: "false",
      clears: ["no-two-slashes"],
      needs: { arg: 0, is: "slashes" },
    },
    {
      path: "*.%in()",
      subject: "recv",
      proves: "false",
      clears: ["no-two-slashes"],
      needs: { arg: 0, is: "slashes" },
    },
  ],
};

export default redirects;
