/** JavaScript: what sends a browser to another address, on the server and in the page itself. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const REDIRECT: SinkKind = "redirect";
/**
 * `name` is the argument that names a header, which must be Location. In a page (`at`), an address may also be `javascript:`, which
 * runs.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  data: Readonly<Record<string, string>> = {},
) => ({ path, args, kind: REDIRECT, noRecord: true, data: { api, at: "server", ...data } });
const page = (path: string, args: readonly (number | string)[], api: string) =>
  row(path, args, api, { at: "page" });

const WINDOW = "{globalThis,globalThis.window,globalThis.self,globalThis.top,globalThis.parent}";
const LOCATION = "the Location header";
const within = (spec: string) => [`${spec}.Location`, `${spec}.location`];

const redirects: Model = {
  language: "javascript",
  aliases: {
    "globalThis.{top,parent}.location": "globalThis.location",
    "globalThis.window.open": "globalThis.open",
  },
  sinks: [
    // The status may stand in front of the address, or behind it.
    row("express.Response().redirect", [0, 1], "res.redirect"),
    row("express.Response().location", [0], "res.location"),
    row("fastify.Reply().redirect", [0, 1], "reply.redirect"),
    row("koa.Context().{redirect,response.redirect}", [0], "ctx.redirect"),
    row("hono.Context().redirect", [0], "c.redirect"),
    row("next/server.NextResponse.redirect", [0], "NextResponse.redirect"),
    row("next/navigation.{redirect,permanentRedirect}", [0], "redirect"),
    row("globalThis.Response.redirect", [0], "Response.redirect"),
    row("express.Response().{setHeader,set,header,append}", [1], LOCATION, { name: "0" }),
    row("node.ServerResponse().{setHeader,appendHeader}", [1], LOCATION, { name: "0" }),
    row("fastify.Reply().header", [1], LOCATION, { name: "0" }),
    row("koa.Context().{set,response.set}", [1], LOCATION, { name: "0" }),
    row("hono.Context().header", [1], LOCATION, { name: "0" }),
    row(
      "{express.Response(),node.ServerResponse()}.writeHead",
      [...within("1"), ...within("2")],
      LOCATION,
    ),
    row(
      "{globalThis.Response,next/server.NextResponse}",
      ["1.headers.Location", "1.headers.location"],
      LOCATION,
    ),
    page("globalThis.location.{assign,replace}", [0], "location.assign"),
    page("globalThis.location.href=", [], "location.href"),
    page(`${WINDOW}.location=`, [], "location"),
    page("globalThis.document.location=", [], "location"),
    page("globalThis.open", [0], "window.open"),
    // https://nextjs.org/docs/app/api-reference/functions/use-router: javascript: is executed, too.
    page("{next/navigation,next/router}.useRouter().{push,replace}", [0], "router.push"),
  ],
  passes: [
    // Parameters that are set do not change the site.
    {
      path: "globalThis.URL().searchParams.{set,append}()",
      from: [1],
      to: "recv",
      stores: "entry",
      key: 0,
      clears: ["redirect", "url"],
    },
    // What they give was signed or sealed by the program.
    {
      path: "{cookie-signature.unsign,iron-session.unsealData,@hapi/iron.unseal}()",
      from: [],
    },
  ],
  guards: [
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "true",
      clears: ["redirect"],
      needs: { arg: 0, is: "own-path" },
    },
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "true",
      clears: ["slash-at-start"],
      needs: { arg: 0, is: "slash" },
    },
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "false",
      clears: ["no-two-slashes"],
      needs: { arg: 0, is: "slashes" },
    },
    {
      path: "*.includes()",
      subject: "recv",
      proves: "false",
      clears: ["no-two-slashes"],
      needs: { arg: 0, is: "slashes" },
    },
  ],
};

export default redirects;
