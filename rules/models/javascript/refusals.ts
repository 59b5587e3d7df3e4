/** JavaScript web frameworks: how a function that answers a request says no. */
import type { Model } from "../../../server/rule/rule.ts";

const NEST = "{Get,Post,Put,Patch,Delete,Options,Head,All}";

const refusals: Model = {
  language: "javascript",
  refusals: [
    {
      path: "express.Response()",
      text: "{it}.status({status}).send({message})",
      json: "{it}.status({status}).json({ {key}: {message} })",
      form: "call",
    },
    { path: "fastify.Reply()", text: "{it}.code({status}).send({message})", form: "call" },
    { path: "koa.Context()", text: "{it}.throw({status}, {message})", form: "throws" },
    { path: "hono.Context()", text: "return {it}.text({message}, {status})", form: "result" },
    {
      path: "node.ServerResponse()",
      text: "{it}.writeHead({status}).end({message})",
      form: "call",
    },
    {
      path: "{next.route,next.middleware,platform.fetch,globalThis.Deno.serve.arg(*),globalThis.Bun.serve.arg(0.fetch)}",
      text: "return new Response({message}, { status: {status} })",
      form: "result",
    },
    {
      path: `@nestjs/common.${NEST}().arg(0)`,
      text: "throw new {@nestjs/common#BadRequestException}({message})",
      form: "throws",
      status: 400,
    },
    {
      path: `@nestjs/common.${NEST}().arg(0)`,
      text: "throw new {@nestjs/common#HttpException}({message}, {status})",
      form: "throws",
    },
    {
      path: "{trpc.Procedure().{query,mutation,subscription,use}.arg(0),trpc.Root().middleware.arg(0)}",
      text: 'throw new {@trpc/server#TRPCError}({ code: "BAD_REQUEST", message: {message} })',
      form: "throws",
      status: 400,
    },
  ],
};

export default refusals;
