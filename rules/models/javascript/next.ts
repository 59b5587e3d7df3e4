/** Next.js: functions it finds by their file and export, or by "use server", and what it calls them with. */
import type { Model } from "../../../server/rule/rule.ts";

const CODE = "\\.[cm]?[jt]sx?$";
const PART = "a part of the address";
const HOOK = "{useSearchParams,useParams}";

const next: Model = {
  language: "javascript",
  aliases: {
    "next/server.NextRequest": "next.Request",
    "{next/types.NextApiRequest,@vercel/node.VercelRequest}": "next.NextApiRequest",
    "next/types.GetServerSidePropsContext": "next.GetServerSidePropsContext",
  },
  types: {
    "next.Request()": [
      "next.route.param(0)",
      "next.middleware.param(0)",
      "hono.Context().req.raw",
      "platform.fetch.param(0)",
      "globalThis.Deno.serve.arg(*).param(0)",
      "globalThis.Bun.serve.arg(0.fetch).param(0)",
    ],
    "next.RouteContext()": ["next.route.param(1)"],
    "next.PageProps()": ["next.page.param(0)"],
    "next.NextApiRequest()": ["next.api.param(0)", "next.GetServerSidePropsContext().req"],
    "next.GetServerSidePropsContext()": [
      "next.props.param(0)",
      "next.GetServerSideProps().param(0)",
    ],
    "express.Response()": ["next.api.param(1)", "next.NextApiResponse()"],
  },
  sources: [
    {
      path: "next.Request().nextUrl.{search,pathname,hash}",
      kind: "remote",
      text: "the address",
      of: "path",
    },
    { path: "next.Request().nextUrl.href", kind: "remote", text: "the address", of: "address" },
    {
      path: "next.Request().{arrayBuffer,blob,bytes}()",
      kind: "remote",
      text: "the request body",
    },
    { path: "next.Request().body", kind: "remote", text: "the request body" },
    { path: "next.RouteContext().params", kind: "remote", text: PART },
    { path: "next.PageProps().{params,searchParams}", kind: "remote", text: PART },
    {
      path: "next.NextApiRequest().{query,body}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "next.NextApiRequest().{cookies,headers}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    { path: "next.NextApiRequest().url", kind: "remote", text: "request data", of: "path" },
    {
      path: "next.GetServerSidePropsContext().{query,params}",
      kind: "remote",
      text: PART,
    },
    {
      path: "next.GetServerSidePropsContext().resolvedUrl",
      kind: "remote",
      text: PART,
      of: "path",
    },
    {
      path: "next.action.param(*)",
      kind: "remote",
      text: "an argument of a server action, which anybody can call",
    },
    {
      path: "next/headers.{cookies,headers}()",
      kind: "remote",
      text: "a header of the request",
      of: "sender",
    },
    { path: `next/navigation.${HOOK}()`, kind: "client", text: PART },
    { path: "next/navigation.usePathname()", kind: "client", text: PART, of: "path" },
    { path: "next/router.useRouter().query", kind: "client", text: PART },
    { path: "next/router.useRouter().asPath", kind: "client", text: PART, of: "path" },
  ],
  conventions: [
    {
      files: `/app/(?:.*/)?route${CODE}`,
      exports: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
      taker: "next.route",
    },
    {
      files: `/app/(?:.*/)?(?:page|layout|template)${CODE}`,
      exports: ["default", "generateMetadata", "generateViewport"],
      taker: "next.page",
    },
    { files: `/pages/api/.*${CODE}`, exports: ["default"], taker: "next.api" },
    { files: `/pages/.*${CODE}`, exports: ["getServerSideProps"], taker: "next.props" },
    {
      files: `/(?:middleware|proxy)${CODE}`,
      exports: ["middleware", "proxy", "default"],
      taker: "next.middleware",
    },
    { directive: "use server", taker: "next.action" },
    { exports: ["default.fetch"], taker: "platform.fetch" },
  ],
};

export default next;
